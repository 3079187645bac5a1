"""What a customer can tell the bot by a command: help, a question, a person, a new start, to be forgotten."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from core import words
from core.addressing import Addressing
from core.escalation import Cue, cues
from core.forgetting import Forgetting
from core.markdown import escape
from core.messages import Aside, Case, Command, IncomingCommand, IncomingMessage, Post, platform_of
from core.phrases import ENGLISH, Phrases, asks_for_person
from core.ports import Platform
from core.posts import joined, parts_of
from core.store import Store

# So many commands are remembered, so that one which is delivered again does nothing twice.
REMEMBERED = 1_000


class Commands:
    """Does what commands say, by the same doors as words and buttons."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        receive: Callable[[IncomingMessage, Sequence[Post]], Awaitable[bool]],
        start_afresh: Callable[[str], Awaitable[None]],
        forgetting: Forgetting,
        addressing: Addressing,
    ) -> None:
        """Make one.

        Args:
            store: Knows the cases.
            platforms: Where commands are given, by name.
            receive: Takes a message, and posts something above its answer if it is new.
            start_afresh: Lets a conversation begin anew.
            forgetting: Asks who wants to be forgotten once more.
            addressing: Knows in which language somebody is spoken to.
        """
        self._store = store
        self._platforms = platforms
        self._receive = receive
        self._start_afresh = start_afresh
        self._forgetting = forgetting
        self._addressing = addressing
        self._given: OrderedDict[str, asyncio.Task[Aside]] = OrderedDict()

    async def do(self, command: IncomingCommand) -> Aside:
        """Do what a command says; return what its giver alone is told, which may be nothing.

        One that is delivered again gets the same answer and does nothing, unless it failed.
        """
        known = self._given.get(command.id)
        if known is None or (known.done() and (known.cancelled() or known.exception())):
            known = self._given[command.id] = asyncio.create_task(self._do(command))
            if len(self._given) > REMEMBERED:
                self._given.popitem(last=False)
        return await asyncio.shield(known)

    async def _do(self, command: IncomingCommand) -> Aside:
        if command.command is Command.FORGET:
            return await self._forgetting.ask(command.who)
        if command.backstage or await self._store.case_below(command.place or command.conversation):
            return Aside(words.HELP_AGENTS)
        says = await self._addressing.to(command.who.id, command.conversation)
        if command.command is Command.HELP:
            unknown = says.no_such_command.format(name=escape(command.text)) if command.text else ""
            return Aside(joined(unknown, says.helps(command.prefix, await self._addressing.contact())))
        cases = await self._store.open_cases(command.conversation)
        if command.command is Command.NEW:
            return await self._new(command, cases, says)
        if refused := in_vain(command, cases, says):
            return Aside(refused)
        message = as_message(command, says)
        opening = () if command.shown else self._opening(command, message.text, says)
        if await self._receive(message, opening):
            return Aside(told(command, cases, says))
        if await self._store.pauses_for(command.who.id, command.conversation):
            return Aside(joined(says.looped, await self._addressing.contact()))
        return Aside(says.asked_already)

    def _opening(self, command: IncomingCommand, text: str, says: Phrases) -> Sequence[Post]:
        """Return what shows a command's words in a place; where others write too, it says whose they are."""
        platform = self._platforms[platform_of(command.conversation)]
        place, others = command.place or command.conversation, command.shared or command.place
        shown = words.asked(text, says.you_asked)
        [first, *more] = parts_of(shown, platform.limit, place, carries=command.id)
        return [replace(first, mention=platform.mention(command.who.id) if others else ""), *more]

    async def _new(self, command: IncomingCommand, cases: Sequence[Case], says: Phrases) -> Aside:
        if refused := keeps(command, cases, says):
            return Aside(refused)
        if await self._store.serves(command.conversation):
            await self._start_afresh(command.conversation)
        return Aside(says.new_begins)


def in_vain(command: IncomingCommand, cases: Sequence[Case], says: Phrases) -> str:
    """Return why a question, or a wish for a person, comes to nothing; empty if it does not."""
    if command.text.strip():
        return ""
    if command.command is Command.ASK:
        return says.no_question.format(prefix=command.prefix)
    theirs = (case for case in cases if case.customer.id == command.who.id)
    return says.has_person if any(case.is_with_people for case in theirs) else ""


def keeps(command: IncomingCommand, cases: Sequence[Case], says: Phrases) -> str:
    """Return why a conversation can't begin anew; empty if it can."""
    if not command.conversation:
        return says.new_not_here
    if command.shared:
        return says.new_shared
    return says.new_with_people if any(case.is_with_people for case in cases) else ""


def as_message(command: IncomingCommand, says: Phrases = ENGLISH) -> IncomingMessage:
    """Return a question, or a wish for a person, as if its words had been written."""
    return IncomingMessage(
        id=command.id,
        conversation=command.conversation,
        author=command.who,
        text=wish(command.text, says) if command.command is Command.HUMAN else command.text.strip(),
        position=command.position,
        sent_at=command.at,
        place=command.place,
        shared=command.shared,
        mentions=True,
        files=command.files,
    )


def wish(text: str, says: Phrases = ENGLISH) -> str:
    """Return the words of a wish for a person; `text` is what it is about, which may be nothing."""
    text = text.strip()
    return text if Cue.PERSON in cues(text) else joined(asks_for_person(says), text)


def told(command: IncomingCommand, cases: Sequence[Case], says: Phrases) -> str:
    """Return what the giver alone is told when the words of a command were taken in."""
    if any(case.is_with_people and case.customer.id == command.who.id for case in cases):
        return says.calling
    if command.elsewhere:
        return says.goes_on_direct
    return says.calling if command.command is Command.HUMAN else ""
