"""What the agents' place is told once: budgets that run out, days that cost far more than usual."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from core.messages import Post
from core.posts import new_key
from core.store import Store

log = logging.getLogger(__name__)

MOST_KEPT = 10_000


class Alerts:
    """Tells each thing once, whatever is told at the same time, and however often the process starts.

    Attributes:
        wake: Called when there is something to send; set it to what makes the outbox look.
    """

    def __init__(self, store: Store, place: str | None = None) -> None:
        """Take the agents' place; without one, alerts only go to the log."""
        self._store = store
        self._place = place
        self._told: set[str] = set()
        self.wake: Callable[[], None] = lambda: None

    async def tell(
        self, key: str, text: str, logged: str, covers: Sequence[str] = (), customer: str = ""
    ) -> bool:
        """Post a text in the agents' place and log it, unless that was done under this key before.

        Args:
            key: Names what is told.
            text: Markdown for the agents; words of others in it are escaped.
            logged: The same for the log, without the words of others.
            covers: Keys of what need not be told any more once this is.
            customer: The id of the customer whom the text names, if it does.

        Returns:
            Whether it was told now.
        """
        if key in self._told:
            return False
        names = (customer,) if customer else ()
        posts = [Post(new_key(), self._place, text, names=names)] if self._place else []
        told = await self._store.tell_once(key, covers, posts)
        self._remember(key, *covers)
        if told:
            log.warning(logged)
            self.wake()
        return told

    def _remember(self, *keys: str) -> None:
        """Spare the database the question, for as many keys as there is room for."""
        if len(self._told) >= MOST_KEPT:
            self._told.clear()
        self._told.update(keys)
