"""Customers who ask to be forgotten: asked once more, then done, at once or after their open case."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence

from core import cards
from core.faults import describe
from core.insist import insist
from core.messages import Aside, Author, Button, Case, IncomingPress, Post, Press
from core.phrases import Phrases
from core.policy import Policy
from core.posts import joined
from core.store import Removed, Store
from core.waiting import wait_for

log = logging.getLogger(__name__)

# A question of longer ago is asked once more.
ASKED_SECONDS = 3_600.0
# How often it is looked whether somebody can be forgotten now; the command line leaves its wishes too.
LOOK_SECONDS = 20.0
# While only an answer, or what came of their case, is on its way.
SOON_SECONDS = 1.0
# Writing the file anew takes the store about 7 seconds a gigabyte, in which nothing else is stored: that of a
# larger file than this waits for a moment in which nothing is to be done, but not for ever.
LARGE_BYTES = 50_000_000
PATIENCE_SECONDS = 3_600.0
# After there was no room, or another program held the file.
REST_SECONDS = 300.0


class Forgetting:
    """Asks once more, and carries it out; what waits, or was interrupted, survives restarts."""

    def __init__(
        self,
        store: Store,
        policy: Callable[[], Awaitable[Policy]],
        removed: Callable[[str, Removed], None],
        is_idle: Callable[[], Awaitable[bool]],
        says: Callable[[str], Awaitable[Phrases]],
    ) -> None:
        """Make one.

        Args:
            store: Keeps the words.
            policy: What the support lead decided: the zone of the times on cards.
            removed: Is told of each customer, by id, who was forgotten.
            is_idle: Whether nothing is to be answered or sent just now.
            says: What the bot itself says to a customer, by their id.
        """
        self._store = store
        self._policy = policy
        self._removed = removed
        self._is_idle = is_idle
        self._says = says
        self._woken = asyncio.Event()
        self._unswept_since: float | None = None
        self._resting_until = 0.0

    def wake(self) -> None:
        """Look now whether somebody can be forgotten: a case may be closed."""
        self._woken.set()

    # --- what the customer says ----------------------------------------------------------------------

    async def ask(self, who: Author) -> Aside:
        """Return the question whether somebody is to be forgotten, with what goes and what stays."""
        held, says = await self._store.holdings(who.id), await self._says(who.id)
        text = joined(says.forget_ask, says.forget_open if held.with_people else "")
        about = f"{int(time.time())}.{who.id}"
        buttons = (Button(press, says.label(press), about) for press in (Press.FORGET, Press.KEEP))
        return Aside(text, tuple(buttons))

    async def pressed(self, press: IncomingPress) -> Aside:
        """Do what the answer to that question says; a second press does no harm."""
        asked_at, _, who = press.about.partition(".")
        says = await self._says(press.who.id)
        if who != press.who.id:
            return Aside(says.not_yours)
        if not asked_at.isdecimal() or press.at - float(asked_at) > ASKED_SECONDS:
            return Aside(says.out_of_date)
        if press.press is Press.KEEP:
            await self._store.keep(who)
            return Aside(says.kept)
        done = await self._forget(who, asked_at=press.at)
        return Aside(says.forgotten if done else says.forget_later)

    # --- what is done --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Forget who waits for it as soon as they can be, and clear the file; until cancelled."""
        while True:
            self._woken.clear()
            try:
                again = await self.look()
            except Exception as error:
                log.error("Nobody can be forgotten just now: %s", describe(error))
                again = LOOK_SECONDS
            await wait_for(self._woken, until=time.time() + again)

    async def look(self, *, at_once: bool = False) -> float:
        """Forget who can be forgotten now, and clear the file; return in how many seconds to look again.

        With `at_once` what is to be answered, or sent to them, is not waited for: nobody does that.
        """
        soon = False
        for who in await self._store.wishes():
            if not at_once and await self._store.is_under_way(who):
                soon = True  # they are told first what came of it
            else:
                await self._forget(who, news="" if at_once else (await self._says(who)).forgotten_now)
        await self._sweep()
        return SOON_SECONDS if soon else LOOK_SECONDS

    async def _forget(self, who: str, asked_at: float | None = None, news: str = "") -> bool:
        """Remove a customer's words, unless people deal with them; return whether that is done."""
        policy = await self._policy()

        def card(case: Case) -> Sequence[Post]:
            return cards.update(case, policy)

        removed = await insist(lambda: self._store.forget(who, card, asked_at, news))
        if removed is None:
            return False
        log.info("A customer who asked for it was forgotten.")
        self._removed(who, removed)
        self.wake()
        return True

    async def _sweep(self) -> None:
        """Clear the file of what was removed from its rows; a large one when there is time for it."""
        if not await self._store.is_unswept():
            self._unswept_since = None
            return
        now = time.monotonic()
        if now < self._resting_until:
            return
        self._unswept_since = self._unswept_since or now
        is_large = await self._store.size() > LARGE_BYTES
        if is_large and now - self._unswept_since < PATIENCE_SECONDS and not await self._is_idle():
            return
        try:
            swept = await self._store.sweep()
        except sqlite3.OperationalError as error:
            self._resting_until = now + REST_SECONDS
            log.warning("What was removed can't be cleared from the file yet (%s); trying again.", error)
            return
        if swept:
            self._unswept_since = None
            log.info("What was removed is gone from the file too.")
