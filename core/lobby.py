"""Where people come in without having written yet: they are greeted, and see what the bot can do."""

from __future__ import annotations

from collections.abc import Callable

from core.addressing import Addressing
from core.agency import Agency
from core.answering import Answerer
from core.home import Home, home
from core.messages import Author, CaseState, Post
from core.posts import new_key
from core.store import Store


class Lobby:
    """Greets, and shows the page that a platform gives the bot."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        agency: Agency | None,
        addressing: Addressing,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._agency = agency
        self._addressing = addressing
        self._wake = wake

    async def welcome(self, place: str) -> tuple[str, ...]:
        """Greet in a place that somebody opened, once for ever, and return the questions to suggest there.

        The greeting is no part of the conversation: it begins with the customer's first words.
        """
        greeting = (await self._answerer.phrases_in("")).greeting
        if await self._store.tell_once(f"welcome {place}", (), [Post(new_key(), place, greeting)]):
            self._wake()
        return await self._answerer.prompts()

    async def home(self, person: Author, prefix: str) -> Home:
        """Return the page for one person; agents also see the cases that people have.

        Args:
            person: Who opened it.
            prefix: What stands before a command's name on their platform.
        """
        agency, says = self._agency, await self._addressing.to(person.id)
        reached = says.home_person if agency else await self._answerer.contact()
        with_people = (CaseState.WAITING, CaseState.CLAIMED)
        is_agent = agency is not None and await agency.tells_agent(person)
        cases = await self._store.cases(with_people) if is_agent else None
        button = says.button_person if agency else ""
        return home(says.welcomes(prefix, reached), cases, await self._answerer.policy(), button)
