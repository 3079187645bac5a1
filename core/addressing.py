"""In which language somebody is spoken to outside of a turn: a command, a press, a page."""

from __future__ import annotations

from core.answering import Answerer
from core.phrases import Phrases
from core.store import Store


class Addressing:
    """Knows what the bot itself says to somebody."""

    def __init__(self, store: Store, answerer: Answerer) -> None:
        self._store = store
        self._answerer = answerer

    async def to(self, who: str, conversation: str = "") -> Phrases:
        """Return what the bot itself says, in the language in which it spoke to them last.

        Args:
            who: The customer's id.
            conversation: Where they are spoken to, if that is known: its language comes first.
        """
        return await self._answerer.phrases_in(await self._store.language(who, conversation))
