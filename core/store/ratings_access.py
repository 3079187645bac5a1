"""The store by what customers make of answers."""

from __future__ import annotations

from core.messages import Press
from core.store import ratings
from core.store.transactions import Transactions
from core.thumbs import Given


class RatingsAccess(Transactions):
    """Answers, and how they were."""

    async def given(self, key: str) -> Given | None:
        """Return the answer that a post belongs to, by the post's key."""
        return await self._run(lambda db: ratings.given(db, ratings.BY_KEY, key))

    async def given_by_ref(self, ref: str) -> Given | None:
        """Return the answer that a post belongs to, by the post's reference."""
        return await self._run(lambda db: ratings.given(db, ratings.BY_REF, ref))

    async def rate(self, turn: int, press: Press, at: float) -> None:
        """Keep with an answer whether it was helpful; who changes their mind is believed."""
        await self._write(lambda db: ratings.rate(db, turn, press, at))

    async def unrate(self, turn: int, press: Press, at: float) -> None:
        """Take back what was said of an answer, if that was said last."""
        await self._write(lambda db: ratings.unrate(db, turn, press, at))

    async def ratings(self, since: float) -> dict[Press, int]:
        """Return how many answers since a time were rated, and how."""
        return await self._run(lambda db: ratings.ratings(db, since))
