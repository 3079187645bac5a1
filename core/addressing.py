"""In which language somebody is spoken to outside of a turn: a command, a press, a page."""

from __future__ import annotations

from collections.abc import Mapping

from core.answering import Answerer
from core.phrases import Phrases
from core.store import Store


class Addressing:
    """Knows what the bot itself says to somebody; `calls` says whether agents can be called."""

    def __init__(self, store: Store, answerer: Answerer, *, calls: bool) -> None:
        self._store = store
        self._answerer = answerer
        self._calls = calls

    async def contact(self) -> str:
        """Return how customers reach a person where none can be called; empty where one can."""
        return "" if self._calls else await self._answerer.contact()

    async def phrases(self) -> Mapping[str, Phrases]:
        """Return what the bot itself says, by language."""
        return await self._answerer.phrases()

    async def to(self, who: str, conversation: str = "") -> Phrases:
        """Return what the bot itself says, in the language in which it spoke to them last.

        Args:
            who: The customer's id.
            conversation: Where they are spoken to, if that is known: what was spoken there comes first.
        """
        return await self._answerer.phrases_in(await self._store.language(who, conversation))
