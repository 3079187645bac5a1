"""The store by posts: taken, posted, put back, and those that are seen while they are written."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlite_utils import Database

from core.messages import Post, Turn
from core.store import live, posts
from core.store.database import first, marks
from core.store.posts import OutboxRow
from core.store.transactions import Transactions


class OutboxAccess(Transactions):
    """Posts on their way."""

    async def begin(self, turn: Turn, post: Post) -> bool:
        """Keep a reply to a turn before its first words are shown; False if it can't be begun now."""
        return await self._write(lambda db: live.begin(db, turn.id, turn.newest.id, post))

    async def began(self, key: str, ref: str) -> None:
        """Record the reference of a reply whose first words are seen."""
        await self._write(lambda db: live.began(db, key, ref), durable=False)

    async def not_begun(self, key: str) -> None:
        """Forget that a reply was begun: nothing of it is seen for sure."""
        await self._write(lambda db: live.not_begun(db, key), durable=False)

    async def post_anew(self, row: OutboxRow) -> None:
        """Let a reply that is gone from its platform be posted as any other."""
        await self._write(lambda db: live.anew(db, row.post.key))

    async def take_posts(self, platforms: Sequence[str], now: float | None = None) -> list[OutboxRow]:
        """Mark what can be sent now as being sent, and return it: the first open post of each place.

        A post that waits for another one holds up nothing behind it.
        """
        moment = time.time() if now is None else now
        return await self._write(lambda db: posts.take_posts(db, platforms, moment))

    async def doubtful_posts(self, platforms: Sequence[str]) -> list[OutboxRow]:
        """Return the posts that a process which is gone was sending: they may be on their platform."""
        among = f"platform IN ({marks(platforms)})"
        query = (
            f"SELECT {posts.COLUMNS} FROM posts AS p WHERE {posts.OPEN} AND state = 'sending' "
            f"AND live != {posts.Live.GROWING} AND {among}"
        )
        rows = await self._run(lambda db: list(db.query(query, list(platforms))))
        return [posts.outbox_row(row, doubtful=True) for row in rows]

    async def next_post(self, platforms: Sequence[str]) -> float | None:
        """Return when the next post that has to wait may be tried again, or None."""
        return await self._run(lambda db: posts.next_post(db, platforms))

    async def posted(self, row: OutboxRow, ref: str, thread: str = "") -> bool:
        """Record that a post is on its platform; return whether others wait, perhaps for this one.

        `thread` is the place below the post, if it has buttons.
        """
        query = "UPDATE posts SET state = 'posted', ref = ?, posted_at = ?, error = NULL WHERE id = ?"

        def work(db: Database) -> bool:
            db.execute(query, [ref, time.time(), row.id])
            if thread:
                db.execute(
                    "UPDATE cases SET thread = ? WHERE ping = ? AND ping != ''", [thread, row.post.key]
                )
            return posts.any_waiting(db)

        return await self._write(work, durable=False)

    async def try_later(self, row: OutboxRow, not_before: float, error: str) -> None:
        """Record that a post is not on its platform and when to try it again."""
        await self._write(lambda db: posts.try_later(db, row, not_before, error))

    async def post_plainer(self, row: OutboxRow, parts: Sequence[Post], error: str) -> None:
        """Send a post that was refused for its form again in a plainer one, as one post or several."""
        await self._write(lambda db: posts.post_plainer(db, row, parts, error))

    async def failed(self, row: OutboxRow, error: str, instead: Sequence[Post] = ()) -> None:
        """Record that a post can't be posted, and what is posted about that.

        What waited for it says what it says otherwise.
        """

        def work(db: Database) -> None:
            posts.failed(db, row.post.key, error)
            if not posts.is_erased(db, row):
                posts.add_posts(db, posts.naming(db, row, instead), None)

        await self._write(work)

    async def known_refs(self, place: str, since: float) -> set[str]:
        """Return the references of what is known to be posted in a place since then."""
        query = "SELECT ref FROM posts WHERE place = ? AND ref IS NOT NULL AND posted_at >= ?"
        return await self._run(lambda db: {row[0] for row in db.execute(query, [place, since])})

    async def idle(self, platforms: Sequence[str]) -> bool:
        """Say whether nothing waits to be answered or sent on these platforms."""
        among = f"platform IN ({marks(platforms)})"
        query = (
            f"SELECT 1 FROM messages WHERE turn IS NULL AND role = 'customer' AND {among} "
            f"UNION ALL SELECT 1 FROM turns WHERE state = 'claimed' AND {among}"
        )

        def work(db: Database) -> bool:
            if first(db, query, [*platforms, *platforms]):
                return False
            return not posts.any_under_way(db, platforms, time.time())

        return await self._run(work)
