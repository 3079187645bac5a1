"""The story: a message is received, claimed as a turn, answered or escalated, and the outcome sent."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import Any

from core.addressing import Addressing
from core.agency import Agency
from core.answering import Answerer
from core.attachments import Attachments
from core.attendance import Attendance
from core.backstage import Backstage
from core.bursts import Bursts
from core.commands import Commands
from core.deciding import Deciding
from core.feedback import Feedback
from core.forgetting import Forgetting
from core.joining import Joining
from core.lobby import Lobby
from core.messages import Agents
from core.outbox import Outbox
from core.patience import Patience
from core.ports import Counter, Platform
from core.reception import Reception
from core.reminders import Reminders
from core.replying import Replying
from core.store import Removed, Store
from core.summaries import Summaries
from core.worker import Worker

SETTLED_POLL_SECONDS = 0.02


class Desk(Reception):
    """Takes messages in; its worker answers them, its outbox sends, its attendance reads back."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        counter: Counter,
        agents: Agents | None = None,
        turns_at_once: int = 32,
        answer_within: float = math.inf,
        read_back_seconds: float = 60.0,
        summaries: Summaries | None = None,
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._summaries = summaries
        self._counter = counter
        self._platforms: dict[str, Platform] = {}
        self._bursts = Bursts()
        self._agents = agents
        self._agency = Agency(agents, answerer, counter, self._platforms) if agents else None
        self._outbox = Outbox(store, self._platforms, agents)
        self._reminders = Reminders(store, answerer, self._agency, self._outbox.wake)
        self._patience = Patience(store, self._platforms, self._outbox.send, answerer.says)
        self._worker = Worker(store, self._platforms, self._replying(), turns_at_once, answer_within)
        self._attendance = Attendance(
            store,
            answerer,
            self._platforms,
            self.take_back,
            agents,
            answer_within,
            read_back_seconds,
            self._wake,
        )
        self._make_doors()

    def _replying(self) -> Replying:
        """Make what answers turns."""
        store, answerer, counter = self._store, self._answerer, self._counter
        deciding = Deciding(
            store,
            answerer,
            counter,
            self._platforms,
            self._agency,
            self._patience,
            self._outbox.send,
            self._case_changed,
            self._said,
        )
        return Replying(
            store,
            answerer,
            self._platforms,
            self._bursts,
            self._agency,
            self._patience,
            Joining(store, counter),
            deciding,
            Attachments(store, counter).read,
        )

    def _make_doors(self) -> None:
        """Make what takes in all that is no turn: cases, commands, thumbs, pages, wishes to be forgotten."""
        store, answerer = self._store, self._answerer
        self._addressing = Addressing(store, answerer, calls=self._agents is not None)
        self._backstage = Backstage(
            store, self._agency, self._platforms, self.receive, self._wake_all, answerer.phrases
        )
        self.forgetting = Forgetting(
            store, answerer.policy, self._removed, self._is_idle, self._addressing.to
        )
        self._commands = Commands(
            store,
            self._platforms,
            self._receive_below,
            self.start_afresh,
            self.forgetting,
            self._addressing,
        )
        self._lobby = Lobby(store, answerer, self._agency, self._addressing, self._outbox.wake)
        self._feedback = Feedback(store, self._addressing.contact, answerer.phrases, self.receive)

    def connect(self, platform: Platform) -> None:
        """Serve a platform. All are connected before `run`."""
        self._platforms[platform.name] = platform

    def _wake(self) -> None:
        self._worker.wake()
        self._outbox.wake()

    def _wake_all(self) -> None:
        self._wake()
        self._case_changed()

    def _case_changed(self) -> None:
        self._reminders.wake()
        self.forgetting.wake()

    def _removed(self, who: str, removed: Removed) -> None:
        """Give up what is under way for a customer who was forgotten, and what is remembered of anybody."""
        for conversation in removed.conversations:
            self._bursts.changed((conversation, who))
            self._said(conversation)
        self._answerer.forget()
        self._outbox.wake()

    async def _is_idle(self) -> bool:
        return await self._store.idle(tuple(self._platforms))

    def send(self) -> None:
        """Send what somebody else put into the outbox, now."""
        self._outbox.wake()

    # --- work ----------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event, seconds: float = 10.0) -> None:
        """Answer and send until `stop` is set; then finish what is under way, within `seconds`.

        What is not finished by then is put back into the store for the next start.
        """
        await self._attendance.hold_all()
        await self._outbox.take_up()
        attending = asyncio.create_task(self._attendance.run())
        working = asyncio.create_task(self._worker.run())
        sending = asyncio.create_task(self._outbox.run())
        reminding = asyncio.create_task(self._reminders.run())
        forgetting = asyncio.create_task(self.forgetting.run())
        stopping = asyncio.create_task(stop.wait())
        summarising = [asyncio.create_task(self._summaries.run())] if self._summaries else []
        await asyncio.wait({attending, working, sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await _cancelled(stopping, attending, reminding, forgetting, *summarising)
        await self._attendance.close()
        self._worker.stop()
        await asyncio.wait({working}, timeout=seconds)
        await self._worker.finish(seconds)
        await self._patience.finish(seconds)
        self._outbox.stop()
        await asyncio.wait({sending}, timeout=seconds)
        await self._outbox.finish(seconds)
        await _cancelled(working, sending)  # one that ended by an error tells why

    async def settled(self) -> None:
        """Return once everything that was received is answered and sent."""
        while not await self._store.idle(tuple(self._platforms)):
            await asyncio.sleep(SETTLED_POLL_SECONDS)


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait for them; raises what one of them ended with before."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
