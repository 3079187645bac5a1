"""The story: a message is received, claimed as a turn, answered or escalated, and the outcome sent."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Sequence
from typing import Any

from core import words
from core.agency import Agency
from core.answering import Answerer
from core.attendance import Attendance
from core.backstage import Backstage
from core.bursts import Bursts
from core.feedback import Feedback
from core.handover import NewWords, reworded
from core.messages import (
    Agents,
    Aside,
    IncomingMessage,
    IncomingPress,
    IncomingReaction,
    Post,
    platform_of,
)
from core.outbox import Outbox
from core.ports import Counter, Platform
from core.reminders import Reminders
from core.store import Store
from core.summaries import Summaries
from core.thumbs import PRESSES
from core.worker import Worker

SETTLED_POLL_SECONDS = 0.02


class Desk:
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
        self._summaries = summaries
        self._counter = counter
        self._platforms: dict[str, Platform] = {}
        self._bursts = Bursts()
        self._agency = Agency(agents, answerer, counter, self._platforms) if agents else None
        self._outbox = Outbox(store, self._platforms, agents)
        self._reminders = Reminders(store, answerer, self._agency, self._outbox.wake)
        self._worker = Worker(
            store,
            answerer,
            counter,
            self._platforms,
            self._bursts,
            self._agency,
            turns_at_once,
            answer_within,
            self._outbox.send,
            self._reminders.wake,
            self._said,
        )
        self._backstage = Backstage(
            store, self._agency, self._platforms, self.receive, self._wake_all, answerer.phrases
        )

        async def contact() -> str | None:
            return None if agents else await answerer.contact()

        self._feedback = Feedback(store, contact, answerer.phrases, self.receive)
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

    def connect(self, platform: Platform) -> None:
        """Serve a platform. All are connected before `run`."""
        self._platforms[platform.name] = platform

    def _wake(self) -> None:
        self._worker.wake()
        self._outbox.wake()

    def _wake_all(self) -> None:
        self._wake()
        self._reminders.wake()

    def send(self) -> None:
        """Send what somebody else put into the outbox, now."""
        self._outbox.wake()

    def _said(self, conversation: str) -> None:
        """Take note that a turn was decided, or that words were changed or taken back."""
        if self._summaries:
            self._summaries.wake(conversation)

    # --- what comes in -------------------------------------------------------------------------------

    async def receive(self, message: IncomingMessage) -> bool:
        """Store a message; once this returns it is safe, and the platform may be told so.

        Returns:
            False for a message that was received, or deleted, before.
        """
        return await self._received(message, live=True)

    async def _received(self, message: IncomingMessage, *, live: bool) -> bool:
        tokens = self._counter.count(message.text)
        receipt = await self._store.add(message, tokens)
        if receipt.case:
            if live:  # what was written before, while we were away, comes first
                await self._store.until_let_go(message.answer_place)
            return await self._backstage.hear(receipt.case, message, tokens)
        if receipt.new:
            self._bursts.changed((message.conversation, message.author.id))
            self._worker.wake()
        return receipt.new

    async def edit(self, id: str, text: str, at: float) -> None:
        """Replace a message's words; a reply that is not shown yet is made from the new ones.

        Args:
            id: The message's.
            text: Its words now.
            at: When they were edited, by the platform's clock. An edit that is not newer than the last one
                known is a second delivery, and changes nothing.
        """
        if whose := await self._store.edit(id, text, self._counter.count(text), at, self._reworded):
            self._bursts.changed(whose)
            self._said(whose[0])
        self._outbox.wake()

    async def delete(self, id: str) -> None:
        """Remove a message's words; it is not answered if it was not yet."""
        tokens = self._counter.count(words.DELETED)
        if whose := await self._store.delete(id, words.DELETED, tokens, self._reworded):
            self._bursts.changed(whose)
            self._said(whose[0])
        self._outbox.wake()

    def _reworded(self, new: NewWords) -> Sequence[Post]:
        return reworded(new, lambda place: self._platforms[platform_of(place)].limit)

    async def press(self, press: IncomingPress) -> Aside:
        """Do what a button says; return what the presser alone is told, which may be nothing."""
        if press.press in PRESSES:
            return await self._feedback.press(press)
        return await self._backstage.press(press)

    async def react(self, reaction: IncomingReaction) -> None:
        """Keep what a thumb on one of our posts says."""
        await self._feedback.react(reaction)

    async def take_back(self, message: IncomingMessage) -> bool:
        """Receive a message that was read back; of one that is known, the words are brought up to date."""
        new = await self._received(message, live=False)
        if not new:
            await self.edit(message.id, message.text, message.edited_at)
        return new

    async def serves(self, conversation: str, place: str = "") -> bool:
        """Say whether a conversation is one of ours already, or its place the thread of a case."""
        return await self._store.serves(conversation, place)

    async def conversations(self, platform: str, since: float) -> list[str]:
        """Return a platform's conversations in which something was said since then, newest first."""
        return await self._store.conversations(platform, since)

    def reconnected(self, platform: str) -> None:
        """Tell that a connection came back: what was missed is read back before its places go on."""
        self._attendance.connected(platform)

    async def start_afresh(self, conversation: str) -> None:
        """Forget, for later answers, what was said in a conversation so far."""
        await self._store.start_afresh(conversation)
        self._outbox.wake()  # an open offer lost its buttons

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
        stopping = asyncio.create_task(stop.wait())
        summarising = [asyncio.create_task(self._summaries.run())] if self._summaries else []
        await asyncio.wait({attending, working, sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await _cancelled(stopping, attending, reminding, *summarising)
        await self._attendance.close()
        self._worker.stop()
        await asyncio.wait({working}, timeout=seconds)
        await self._worker.finish(seconds)
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
