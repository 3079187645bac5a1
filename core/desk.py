"""The story: a message is received, claimed as a turn, answered or escalated, and the outcome sent."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core import words
from core.addressing import Addressing
from core.agency import Agency
from core.answering import Answerer
from core.attachments import Attachments
from core.attendance import Attendance
from core.backstage import Backstage
from core.bursts import Bursts
from core.commands import Commands
from core.feedback import Feedback
from core.forgetting import Forgetting
from core.handover import NewWords, reworded
from core.home import Home
from core.lobby import Lobby
from core.messages import (
    Agents,
    Aside,
    Author,
    IncomingCommand,
    IncomingMessage,
    IncomingPress,
    IncomingReaction,
    Post,
    Press,
    platform_of,
)
from core.outbox import Outbox
from core.phrases import Phrases
from core.ports import Counter, Platform
from core.posts import new_key, parts_of
from core.reminders import Reminders
from core.store import Removed, Store
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
        self._answerer = answerer
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
            self._case_changed,
            self._said,
            Attachments(store, counter).read,
        )
        self._backstage = Backstage(
            store, self._agency, self._platforms, self.receive, self._wake_all, answerer.phrases
        )
        self._addressing = Addressing(store, answerer)
        self.forgetting = Forgetting(
            store, answerer.policy, self._removed, self._is_idle, self._addressing.to
        )
        self._commands = Commands(
            store,
            self._contact,
            self._receive_below,
            self._opening,
            self.start_afresh,
            self.forgetting,
            self._addressing,
        )
        self._lobby = Lobby(store, answerer, self._agency, self._addressing, self._outbox.wake)
        self._feedback = Feedback(store, self._contact, answerer.phrases, self.receive)
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

    async def _received(self, message: IncomingMessage, *, live: bool, opening: Sequence[Post] = ()) -> bool:
        tokens = self._counter.count(message.text)
        receipt = await self._store.add(message, tokens, opening)
        if receipt.case:
            if live:  # what was written before, while we were away, comes first
                await self._store.until_let_go(message.answer_place)
            return await self._backstage.hear(receipt.case, message, tokens)
        if receipt.new or receipt.grew:
            # What is said to others is no part of what is being answered.
            if not message.to_others:
                self._bursts.changed((message.conversation, message.author.id))
            self._worker.wake()
        return receipt.new

    async def edit(self, id: str, text: str, at: float, *, to_others: bool = False) -> None:
        """Replace a message's words; a reply that is not shown yet is made from the new ones.

        Args:
            id: The message's.
            text: Its words now.
            at: When they were edited, by the platform's clock. An edit that is not newer than the last one
                known is a second delivery, and changes nothing.
            to_others: Whether they are said to other people now; words that no longer are get an answer.
        """
        tokens = self._counter.count(text)
        if whose := await self._store.edit(id, text, tokens, at, self._reworded, to_others=to_others):
            self._bursts.changed(whose)
            self._said(whose[0])
            self._worker.wake()
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
        if press.press in {Press.FORGET, Press.KEEP}:
            return await self.forgetting.pressed(press)
        if press.press in PRESSES:
            return await self._feedback.press(press)
        return await self._backstage.press(press)

    async def command(self, command: IncomingCommand) -> Aside:
        """Do what a command says; return what its giver alone is told, which may be nothing."""
        return await self._commands.do(command)

    async def _receive_below(self, message: IncomingMessage, opening: Sequence[Post]) -> bool:
        """Receive a message whose words are posted above its answer."""
        new = await self._received(message, live=True, opening=opening)
        self._outbox.wake()
        return new

    def _opening(self, command: IncomingCommand, text: str, says: Phrases) -> Sequence[Post]:
        """Return what shows a command's words in a place; where others write too, it says whose they are."""
        platform = self._platforms[platform_of(command.conversation)]
        place, others = command.place or command.conversation, command.shared or command.place
        [first, *more] = parts_of(
            words.asked(text, says.you_asked), platform.limit, place, carries=command.id
        )
        return [replace(first, mention=platform.mention(command.who.id) if others else ""), *more]

    async def _contact(self) -> str:
        return "" if self._agency else await self._answerer.contact()

    async def welcome(self, place: str) -> tuple[str, ...]:
        """Greet in a place that somebody opened, once, and return the questions to suggest there."""
        return await self._lobby.welcome(place)

    async def home(self, person: Author) -> Home:
        """Return the page that a platform shows a person of the bot."""
        return await self._lobby.home(person)

    async def react(self, reaction: IncomingReaction) -> None:
        """Keep what a thumb on one of our posts says."""
        await self._feedback.react(reaction)

    async def take_back(self, message: IncomingMessage) -> bool:
        """Receive a message that was read back; of one that is known, the words are brought up to date."""
        new = await self._received(message, live=False)
        if not new:
            await self.edit(message.id, message.text, message.edited_at, to_others=message.to_others)
        return new

    async def says(self, who: str, conversation: str = "") -> Phrases:
        """Return what the bot itself says to somebody, in a conversation if one is named."""
        return await self._addressing.to(who, conversation)

    async def serves(self, conversation: str, place: str = "") -> bool:
        """Say whether a conversation is one of ours already, or its place the thread of a case."""
        return await self._store.serves(conversation, place)

    async def say_once(self, key: str, place: str, text: str) -> None:
        """Post words in a place, unless that was done under this key before."""
        if await self._store.tell_once(key, (), [Post(new_key(), place, text)]):
            self._outbox.wake()

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
        forgetting = asyncio.create_task(self.forgetting.run())
        stopping = asyncio.create_task(stop.wait())
        summarising = [asyncio.create_task(self._summaries.run())] if self._summaries else []
        await asyncio.wait({attending, working, sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await _cancelled(stopping, attending, reminding, forgetting, *summarising)
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
