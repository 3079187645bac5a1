"""What customers say of answers, by buttons and reactions: kept with the answer; maybe a person is called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from core import words
from core.messages import Aside, IncomingMessage, IncomingPress, IncomingReaction, Press
from core.store import Store
from core.thumbs import thanked, wish

_OUT_OF_DATE = words.OUT_OF_DATE.format(state="").strip()


class Feedback:
    """The buttons below answers, and thumbs on them."""

    def __init__(
        self,
        store: Store,
        contact: Callable[[], Awaitable[str | None]],
        receive: Callable[[IncomingMessage], Awaitable[bool]],
    ) -> None:
        """Make it.

        Args:
            store: Keeps what is said.
            contact: Tells how customers reach a person; None where agents can be called.
            receive: Takes in what a customer writes.
        """
        self._store = store
        self._contact = contact
        self._receive = receive

    async def press(self, press: IncomingPress) -> Aside:
        """Do what a button below an answer says; return what the presser alone is told."""
        given = await self._store.given(press.about)
        if given is None:
            return Aside(_OUT_OF_DATE)
        if press.who.id != given.customer:
            return Aside(words.NOT_YOURS_TO_ANSWER)
        contact = await self._contact()
        if press.press is not Press.PERSON:
            await self._store.rate(given.turn, press.press)
            return thanked(given, press, contact)
        # What was written before, while we were away, comes first.
        await self._store.until_let_go(given.place)
        given = await self._store.given(press.about)
        if given is None or not given.newest:
            return Aside(_OUT_OF_DATE)
        if given.with_people:
            return Aside(words.WITH_TEAM)
        return Aside() if await self._receive(wish(given, press)) else Aside(words.PERSON_ASKED)

    async def react(self, reaction: IncomingReaction) -> None:
        """Keep what a thumb on an answer says, if it is that of its customer.

        Nobody is told anything: a reaction asks for no answer, and a person can be called right below.
        """
        given = await self._store.given_by_ref(reaction.ref)
        if given is None or reaction.who.id != given.customer:
            return
        if reaction.taken_away:
            await self._store.unrate(given.turn, reaction.press)
        else:
            await self._store.rate(given.turn, reaction.press)
