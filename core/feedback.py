"""What customers say of answers, by buttons and reactions: kept with the answer; maybe a person is called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from core.messages import Aside, IncomingMessage, IncomingPress, IncomingReaction, Press
from core.phrases import ENGLISH, Phrases, phrases_in
from core.posts import joined
from core.store import Store
from core.thumbs import thanked, wish


class Feedback:
    """The buttons below answers, and thumbs on them."""

    def __init__(
        self,
        store: Store,
        contact: Callable[[], Awaitable[str]],
        phrases: Callable[[], Awaitable[Mapping[str, Phrases]]],
        receive: Callable[[IncomingMessage], Awaitable[bool]],
    ) -> None:
        """Make it.

        Args:
            store: Keeps what is said.
            contact: Tells how customers reach a person; empty where agents can be called.
            phrases: Tells what is said in each language.
            receive: Takes in what a customer writes.
        """
        self._store = store
        self._contact = contact
        self._phrases = phrases
        self._receive = receive

    async def press(self, press: IncomingPress) -> Aside:
        """Do what a button below an answer says; return what the presser alone is told."""
        given = await self._store.given(press.about)
        if given is None:
            return Aside(ENGLISH.out_of_date)
        phrases = phrases_in(given.language, await self._phrases())
        if press.who.id != given.customer:
            return Aside(phrases.not_yours)
        contact = await self._contact() or None
        if press.press is not Press.PERSON:
            await self._store.rate(given.turn, press.press, press.at)
            return thanked(given, press, phrases, contact)
        # What was written before, while we were away, comes first.
        await self._store.until_let_go(given.place)
        given = await self._store.given(press.about)
        if given is None or not given.newest:
            return Aside(phrases.out_of_date)
        if given.with_people:
            return Aside(phrases.with_team)
        if await self._receive(wish(given, press, phrases)):
            return Aside()
        if await self._store.pauses_for(given.customer, given.conversation):
            return Aside(joined(phrases.looped, contact or ""))
        return Aside(phrases.person_asked)

    async def react(self, reaction: IncomingReaction) -> None:
        """Keep what a thumb on an answer says, if it is that of its customer.

        Nobody is told anything: a reaction asks for no answer, and a person can be called right below.
        """
        given = await self._store.given_by_ref(reaction.ref)
        if given is None or reaction.who.id != given.customer:
            return
        if reaction.taken_away:
            await self._store.unrate(given.turn, reaction.press, reaction.at)
        else:
            await self._store.rate(given.turn, reaction.press, reaction.at)
