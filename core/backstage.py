"""What agents write and press: heard where they work, passed on to their customers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from weakref import WeakValueDictionary

from core import words
from core.agency import Agency
from core.handover import Note, heard
from core.insist import insist
from core.messages import (
    Aside,
    Author,
    Case,
    CaseState,
    IncomingMessage,
    IncomingPress,
    Press,
    platform_of,
)
from core.phrases import Phrases, phrases_in
from core.ports import Platform, Trouble
from core.presses import Pressed, pressed, rated
from core.store import Store

log = logging.getLogger(__name__)


class Backstage:
    """The agents' side of the desk."""

    def __init__(
        self,
        store: Store,
        agency: Agency | None,
        platforms: Mapping[str, Platform],
        receive: Callable[[IncomingMessage], Awaitable[bool]],
        changed: Callable[[], None],
        phrases: Callable[[], Awaitable[Mapping[str, Phrases]]],
    ) -> None:
        self._store = store
        self._tables = phrases
        self._agency = agency
        self._platforms = platforms
        self._receive = receive
        self._changed = changed
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def hear(self, case: Case, message: IncomingMessage, tokens: int) -> bool:
        """Take what was written in the thread of a case; return False if it is known already."""
        if self._agency is None:
            return False
        # As they came, one after the other: no word may overtake one whose writer's name is still asked for.
        async with self._turns.setdefault(case.key, asyncio.Lock()):
            around = await self._agency.around(case.place)
            named = replace(message, author=await self._named(message.author))
            new = await self._store.hear(
                case.key, named, tokens, lambda now, text: heard(now, replace(named, text=text), around)
            )
        self._changed()
        return new

    async def press(self, press: IncomingPress) -> Aside:
        """Do what a button of a case says; return what the presser alone is told, which may be nothing."""
        return Aside(await self._pressed(press))

    async def _pressed(self, press: IncomingPress) -> str:
        key, _, note = press.about.partition(".")
        case = await self._store.case(key)
        if case is None or self._agency is None:
            return words.OUT_OF_DATE.format(state="").strip()
        # What was written before, while we were away, comes first.
        await self._store.until_let_go(case.thread or case.place)
        if press.press in {Press.YES, Press.NO}:
            return await self._answer_to_offer(case, press)
        by_customer = press.press in {Press.GOOD, Press.BAD}
        if not by_customer and (refusal := await self._refusal(self._agency, press.who)):
            return refusal
        who = await self._named(press.who)
        around = await self._agency.around(case.place)

        def apply(now: Case, note: Note | None, busy: bool) -> Pressed:
            if by_customer:
                return rated(now, press.press, who, around)
            done = pressed(now, press.press, who, around, note, busy)
            change = done.change
            if change is None or not change.why or change.case.state is not CaseState.CLAIMED:
                return done
            claimed = replace(change.case, claimed_from=press.position)
            return replace(done, change=replace(change, case=claimed))

        done = await self._store.press(key, note, apply)
        self._changed()
        return done.reply if done else ""

    async def _refusal(self, agency: Agency, who: Author) -> str:
        """Return what somebody is told who may not handle cases; empty if they may."""
        try:
            return "" if await agency.is_agent(who) else words.NOT_AN_AGENT
        except Trouble as error:
            log.warning("Whether somebody is an agent is not known: %s", error)
            return words.FAILED_PRESS

    async def _answer_to_offer(self, case: Case, press: IncomingPress) -> str:
        """Take a press on Yes or No as if the customer had written it."""
        if press.who.id != case.customer.id:
            return (await self._phrases(case)).not_yours
        newest = await self._store.newest_of(case)
        if case.state is not CaseState.OFFERED or newest is None:
            return (await self._phrases(case)).out_of_date
        message = IncomingMessage(
            id=f"{newest}+{press.press}",
            conversation=case.conversation,
            author=case.customer,
            text=words.PRESSED[press.press],
            position=press.position,
            sent_at=press.at,
            place=case.place,
            shared=case.shared,
            mentions=True,
        )
        await self._receive(message)
        return ""

    async def _phrases(self, case: Case) -> Phrases:
        return phrases_in(case.language, await self._tables())

    async def _named(self, author: Author) -> Author:
        """Return an author with the name that people know them by."""
        known = await self._store.names([author.id])
        name = author.name or known.get(author.id, "")
        if not name:
            name = await self._platforms[platform_of(author.id)].person(author)
        # An id in place of a name could not be asked for; it is asked for next time.
        if name != known.get(author.id) and name not in author.id:
            await insist(lambda: self._store.remember_name(Author(author.id, name)))
        return Author(author.id, name)
