"""The store by customers who ask to be forgotten."""

from __future__ import annotations

from sqlite_utils import Database

from core.messages import Post
from core.posts import new_key
from core.store import forgetting, posts, sweeping, theirs
from core.store.database import first
from core.store.forgetting import Card, Removed
from core.store.theirs import Holdings
from core.store.transactions import Transactions


class ForgettingAccess(Transactions):
    """Removes what is kept of somebody, and clears the bytes of the file."""

    _is_rewritten: bool

    async def holdings(self, who: str) -> Holdings:
        """Return how much is kept of a customer, by their id."""
        return await self._run(lambda db: theirs.holdings(db, who))

    async def wish_to_be_forgotten(self, who: str, at: float) -> None:
        """Keep a customer's wish until it is carried out."""
        await self._write(lambda db: forgetting.ask(db, who, at))

    async def keep(self, who: str) -> None:
        """Drop a customer's wish to be forgotten, if it was not carried out yet."""
        await self._write(lambda db: forgetting.keep(db, who))

    async def wishes(self) -> list[str]:
        """Return who waits to be forgotten, the oldest wish first."""
        return await self._run(forgetting.wishes)

    async def is_under_way(self, who: str) -> bool:
        """Say whether an answer to a customer is being made or sent, or what came of their case."""
        return await self._run(lambda db: forgetting.is_under_way(db, who))

    async def forget(
        self, who: str, card: Card, asked_at: float | None = None, news: str = ""
    ) -> Removed | None:
        """Remove the words of a customer who wishes it from every table; the figures stay, and the ids.

        Args:
            who: The customer's id.
            card: Pure; from a case to the edits that bring its card up to date.
            asked_at: When they wished it; None if that is known. It is kept until it can be done.
            news: What is posted to the customer where their last case was answered; may be empty.

        Returns:
            What was removed; None, and nothing is, while people deal with them, or if they no longer
            wish it.
        """

        def work(db: Database) -> Removed | None:
            if asked_at is not None:
                forgetting.ask(db, who, asked_at)
            if who not in forgetting.wishes(db) or theirs.is_with_people(db, who):
                return None
            removed = forgetting.forget(db, who, card)
            if news and (last := removed.last):
                only = who if last.shared else ""
                posts.add_posts(db, [Post(new_key(), last.place, news, only=only)], None)
            self._is_rewritten = False
            return removed

        return await self._write(work)

    async def is_unswept(self) -> bool:
        """Say whether words that were removed may still be in the file's bytes."""
        return await self._run(sweeping.is_unswept)

    async def size(self) -> int:
        """Return how large the file is, in bytes."""
        query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        return int((await self._run(lambda db: first(db, query, [])))[0])

    async def sweep(self) -> bool:
        """Write the file anew without what was removed; return False if another process reads it just now.

        Nothing else can use the file meanwhile.

        Raises:
            sqlite3.OperationalError: There is no room, or another process writes.
        """

        def work(db: Database) -> bool:
            if not self._is_rewritten:
                sweeping.rewrite(db)
                self._is_rewritten = True
            return sweeping.empty_log(db)

        return await self._run(work)
