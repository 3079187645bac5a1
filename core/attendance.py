"""Where we listen, since when, and what becomes of what was written while we did not."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from core.answering import Answerer
from core.catch_up import CatchUp
from core.faults import describe
from core.insist import insist
from core.late import late_posts
from core.messages import Agents, IncomingMessage, platform_of
from core.ports import Platform
from core.store import Store

log = logging.getLogger(__name__)

TICK_SECONDS = 20.0
# After a read-back that could not be finished.
AGAIN_SECONDS = 60.0


class Attendance:
    """Starts a read-back at every connection, and records up to when everything was heard."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        platforms: Mapping[str, Platform],
        receive: Callable[[IncomingMessage], Awaitable[bool]],
        agents: Agents | None,
        answer_within: float,
        read_back_seconds: float,
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._platforms = platforms
        self._receive = receive
        self._agents = agents
        self._answer_within = answer_within
        self._read_back_seconds = read_back_seconds
        self._changed = changed
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._caught_up: set[str] = set()

    async def hold_all(self) -> None:
        """Let all turns wait for the read-back of their platform; before the first claim."""
        for name in self._platforms:
            await self._store.hold(name)

    def connected(self, name: str) -> None:
        """Tell that a platform was connected to (again): what was missed is read back."""
        if name in self._reading:
            self._again.add(name)
            return
        self._caught_up.discard(name)
        task = asyncio.create_task(self._catch_up(name))
        self._reading[name] = task
        task.add_done_callback(lambda _: self._read(name))

    def _read(self, name: str) -> None:
        del self._reading[name]
        self._changed()
        if name in self._again:
            self._again.discard(name)
            self.connected(name)

    async def _catch_up(self, name: str) -> None:
        while True:
            await insist(lambda: self._store.hold(name))
            catch_up = CatchUp(self._store, self._platforms[name], self._receive, self._read_back_seconds)
            if await catch_up.run():
                break
            self._changed()
            await asyncio.sleep(AGAIN_SECONDS)
        self._caught_up.add(name)
        await self._settle_late(name)

    async def run(self) -> None:
        """Connect all platforms, then note every so often what was heard; until cancelled."""
        for name in self._platforms:
            self.connected(name)
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for name in list(self._caught_up):
                if self._platforms[name].connected:
                    now = time.time()
                    await insist(lambda name=name, now=now: self._store.saw(name, now))  # type: ignore[misc]
                await self._settle_late(name)

    async def close(self) -> None:
        """Give up what is being read back; it is read again at the next start."""
        tasks = list(self._reading.values())
        self._again.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _settle_late(self, name: str) -> None:
        """Tell of what is too old to be answered, in one list, and apologise."""
        oldest = time.time() - self._answer_within
        turns = await insist(lambda: self._store.late([name], oldest))
        if not turns:
            return
        platform = self._platforms[name]
        try:
            names = await self._store.names(turn.customer for turn in turns)
            places = {turn.newest.place: await platform.where(turn.newest.place) for turn in turns}
            contact = await self._answerer.contact()
            says = {turn: await self._answerer.says(turn) for turn in turns}
        except Exception as error:
            log.error("Late messages could not be told of yet: %s", describe(error))
            return
        limit = self._platforms[platform_of(self._agents.place)].limit if self._agents else platform.limit
        posts = late_posts(turns, names, places, contact, self._agents, limit, says.__getitem__)
        await insist(lambda: self._store.settle_late(turns, posts))
        log.warning("%s: %d messages came too late to be answered.", name, len(turns))
        self._changed()
