"""The SQLite file: messages, turns, posts, cases, usage. Each public method is one transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from core.messages import Author, Case, IncomingMessage, Post, Reason, StoredMessage, Turn, Usage
from core.store import cases, changes, posts, turns
from core.store.commits import GroupCommit
from core.store.database import StoreUnusable, connect, copy, first, marks
from core.store.posts import OutboxRow
from core.store.turns import Claimed, Decision

__all__ = ["Claimed", "Decision", "OutboxRow", "Store", "StoreUnusable"]

T = TypeVar("T")


class Store:
    """One SQLite file, one connection, one thread that uses it."""

    def __init__(self, db: Database, thread: ThreadPoolExecutor) -> None:
        self._db = db
        self._thread = thread
        self._commits = GroupCommit(db, thread)

    @classmethod
    async def open(cls, path: Path) -> Store:
        """Open the file, create it or bring its tables up to date.

        Raises:
            StoreUnusable: It is no database, damaged, locked, not writable, or of a newer Frontdesk.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            db = await asyncio.get_running_loop().run_in_executor(thread, connect, path)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(db, thread)

    async def close(self) -> None:
        """Finish what is under way and close the file."""
        await self._run(lambda db: db.close())
        self._thread.shutdown(wait=True)

    async def _run(self, work: Callable[[Database], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._db)

    async def _write(self, work: Callable[[Database], T], *, durable: bool = True) -> T:
        """Do some work in a transaction of its own, committed together with what else waits.

        Args:
            work: What to do.
            durable: Whether it must survive a loss of power. What only says who is at work on what need
                not: at the next start it is found out anew. A killed process loses neither.
        """
        return await self._commits.run(work, durable=durable)

    # --- the inbox -----------------------------------------------------------------------------------

    async def add(self, message: IncomingMessage, tokens: int) -> bool:
        """Store a customer's message; return False if its id is known already (a second delivery)."""
        return await self._write(lambda db: turns.add(db, message, tokens))

    async def serves(self, conversation: str) -> bool:
        """Say whether anything was ever stored in a conversation."""
        query = "SELECT 1 FROM conversations WHERE id = ?"
        return await self._run(lambda db: first(db, query, [conversation]) is not None)

    async def claim(
        self, platforms: Sequence[str], now: float | None = None, oldest: float = 0.0
    ) -> Turn | None:
        """Claim what one customer has waiting in the conversation that waits longest, or return None.

        Args:
            platforms: Whose conversations.
            now: The time, in seconds since the epoch.
            oldest: What was written before this time is passed over; see `take_late`.
        """
        moment = time.time() if now is None else now
        return await self._write(lambda db: turns.claim(db, platforms, moment, oldest), durable=False)

    async def claim_all(self, platforms: Sequence[str], most: int, oldest: float = 0.0) -> Claimed:
        """Claim all that can be claimed now, so many turns at most; see `claim`."""
        now = time.time()
        return await self._write(lambda db: turns.claim_all(db, platforms, most, now, oldest), durable=False)

    async def extend(self, turn: Turn) -> Turn | None:
        """Bring a claimed turn up to date; None, and no turn any more, if its messages were all deleted."""
        return await self._write(lambda db: turns.extend(db, turn), durable=False)

    async def edit(self, id: str, text: str, tokens: int, at: float) -> tuple[str, str] | None:
        """Replace a message's words, also of one that is still to come, by those of an edit at a time.

        Returns:
            The message's conversation and author if it is known and its words changed, else None.
        """
        return await self._write(lambda db: changes.edit(db, id, text, tokens, at))

    async def delete(self, id: str, stands_for_it: str, tokens: int) -> tuple[str, str] | None:
        """Remove a message's words, also of one that is still to come; returns as `edit` does."""
        return await self._write(lambda db: changes.delete(db, id, stands_for_it, tokens))

    async def hold(self, place: str) -> None:
        """Let the turns of a place (with what is below it), or of a whole platform, wait."""
        query = "INSERT INTO held(place) VALUES (?) ON CONFLICT(place) DO NOTHING"
        await self._run(lambda db: db.execute(query, [place]))

    async def let_go(self, place: str) -> None:
        """End a hold."""
        await self._run(lambda db: db.execute("DELETE FROM held WHERE place = ?", [place]))

    async def late(self, platforms: Sequence[str], oldest: float) -> list[Turn]:
        """Return what was written before `oldest` and still waits, a turn per customer and conversation."""
        return await self._run(lambda db: turns.late(db, platforms, oldest))

    async def settle_late(self, late: Sequence[Turn], new_posts: Sequence[Post]) -> None:
        """Close late turns as not answered, and post what is said of them."""

        def work(db: Database) -> None:
            for turn in late:
                turns.settle(db, turn, Reason.LATE)
            posts.add_posts(db, new_posts, None)

        await self._write(work)

    async def last_seen(self, platform: str) -> float | None:
        """Return until when everything that a platform delivered is in the inbox, if it ever was."""
        query = "SELECT at FROM seen WHERE platform = ?"
        row = await self._run(lambda db: first(db, query, [platform]))
        return row[0] if row else None

    async def saw(self, platform: str, at: float) -> None:
        """Record that everything that a platform delivered until then is in the inbox."""
        query = (
            "INSERT INTO seen(platform, at) VALUES (?, ?) "
            "ON CONFLICT(platform) DO UPDATE SET at = max(at, excluded.at)"
        )
        await self._write(lambda db: db.execute(query, [platform, at]))

    async def conversations(self, platform: str, since: float) -> list[str]:
        """Return the conversations of a platform in which something was said since then, newest first."""
        query = (
            "SELECT conversation FROM messages WHERE platform = ? GROUP BY conversation "
            "HAVING max(sent_at) >= ? ORDER BY max(sent_at) DESC"
        )
        return await self._run(lambda db: [row[0] for row in db.execute(query, [platform, since])])

    async def backup(self, path: Path) -> None:
        """Write a consistent copy of the file, while it is in use."""
        await self._run(lambda db: copy(db, path))

    async def next_waiting(self, platforms: Sequence[str]) -> float | None:
        """Return when the next message that was put back may be claimed again, or None."""
        return await self._run(lambda db: turns.next_waiting(db, platforms))

    async def decide(
        self, turn: Turn, decision: Decision, platforms: Sequence[str] = ()
    ) -> list[OutboxRow] | None:
        """Write what a turn came to; return None, and write nothing, if it was no longer ours to decide.

        That is so when a person has taken the conversation over since the turn was claimed.

        Returns:
            The posts of these platforms that can be sent now, as `take_posts` does: a reply need not wait
            for the disk once more.
        """

        def work(db: Database) -> list[OutboxRow] | None:
            if not turns.decide(db, turn, decision):
                return None
            return posts.take_posts(db, platforms, time.time())

        return await self._write(work)

    async def release(self, turn: Turn, delay: float = 0.0, *, counts: bool = True) -> None:
        """Put a turn's messages back to be claimed again, after `delay` seconds.

        Args:
            turn: A claimed turn.
            delay: Seconds to wait before it is claimed again.
            counts: Whether the try counts as failed; a clean shutdown does not.
        """
        await self._write(lambda db: turns.release(db, [turn.id], time.time() + delay, counts=counts))

    async def release_left_over(self, platforms: Sequence[str]) -> int:
        """Put back the turns that a process which is gone had claimed; return how many there were."""
        query = f"SELECT id FROM turns WHERE state = 'claimed' AND platform IN ({marks(platforms)})"

        def work(db: Database) -> int:
            ids = [row[0] for row in db.execute(query, list(platforms))]
            turns.release(db, ids, 0.0, counts=True)
            return len(ids)

        return await self._write(work)

    # --- conversations -------------------------------------------------------------------------------

    async def history(self, conversation: str) -> list[StoredMessage]:
        """Return what was said in a conversation and answered, oldest first, the whole of it."""
        return await self._run(lambda db: turns.history(db, conversation, 0, before=None))

    async def start_afresh(self, conversation: str) -> None:
        """Let later prompts begin after what was said so far, and take back an open offer."""
        await self._write(lambda db: turns.start_afresh(db, conversation))

    async def say_as_agent(
        self,
        conversation: str,
        customer: Author,
        agent: Author,
        text: str,
        tokens: int,
        new_posts: Sequence[Post],
        claimed: Callable[[Case | None], Case],
    ) -> None:
        """Store an agent's words in a conversation, with the posts that carry them and the case's step.

        Args:
            conversation: Where the customer is.
            customer: Whose case it is.
            agent: Who answers.
            text: What is said, and `tokens` how many tokens it has.
            tokens: See `text`.
            new_posts: What carries the words.
            claimed: Pure; from the customer's open case, if there is one, to the case as it is now.
        """

        def work(db: Database) -> None:
            found = cases.open_cases(db, conversation)
            theirs = next((case for case in found if case.customer.id == customer.id), None)
            turns.say_as_agent(db, agent, text, tokens, new_posts, claimed(theirs))

        await self._write(work)

    async def open_cases(self, conversation: str) -> list[Case]:
        """Return the open cases of a conversation, the newest first."""
        return await self._run(lambda db: cases.open_cases(db, conversation))

    async def step_case(self, case: Case, who: str, why: str, new_posts: Sequence[Post] = ()) -> None:
        """Store a case as it is now, who changed it and why, and what is posted about it."""

        def work(db: Database) -> None:
            cases.save_case(db, case, who, why)
            posts.add_posts(db, new_posts, None)

        await self._write(work)

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the known names of people by their ids."""
        wanted = list(dict.fromkeys(ids))
        query = f"SELECT id, name FROM people WHERE id IN ({marks(wanted)})"
        return await self._run(lambda db: dict(db.execute(query, wanted).fetchall()))

    async def remember_name(self, author: Author) -> None:
        """Keep the name that people know an author by."""
        name = changes.whole(author.name)
        query = (
            "INSERT INTO people(id, name) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET name = excluded.name"
        )
        await self._write(lambda db: db.execute(query, [author.id, name]))

    async def book(self, usage: Usage, conversation: str = "", customer: str = "") -> None:
        """Book tokens that were used outside of a turn, or by one that was not decided."""
        await self._write(lambda db: turns.book(db, usage, conversation, customer, None))

    # --- the outbox ----------------------------------------------------------------------------------

    async def take_posts(self, platforms: Sequence[str], now: float | None = None) -> list[OutboxRow]:
        """Mark what can be sent now as being sent, and return it: the first open post of each place.

        A post that waits for another one holds up nothing behind it.
        """
        moment = time.time() if now is None else now
        return await self._write(lambda db: posts.take_posts(db, platforms, moment))

    async def doubtful_posts(self, platforms: Sequence[str]) -> list[OutboxRow]:
        """Return the posts that a process which is gone was sending: they may be on their platform."""
        query = f"SELECT * FROM posts WHERE state = 'sending' AND platform IN ({marks(platforms)})"
        rows = await self._run(lambda db: list(db.query(query, list(platforms))))
        return [posts.outbox_row(row, doubtful=True) for row in rows]

    async def next_post(self, platforms: Sequence[str]) -> float | None:
        """Return when the next post that has to wait may be tried again, or None."""
        query = (
            "SELECT min(not_before) FROM posts AS p WHERE state = 'waiting' AND not_before > 0 "
            f"AND platform IN ({marks(platforms)}) AND NOT EXISTS "
            "(SELECT 1 FROM posts AS s WHERE s.place = p.place AND s.state = 'sending')"
        )
        row = await self._run(lambda db: first(db, query, platforms))
        return row[0] if row else None

    async def posted(self, row: OutboxRow, ref: str) -> bool:
        """Record that a post is on its platform; return whether others wait, perhaps for this one."""
        query = "UPDATE posts SET state = 'posted', ref = ?, posted_at = ?, error = NULL WHERE id = ?"

        def work(db: Database) -> bool:
            db.execute(query, [ref, time.time(), row.id])
            return first(db, "SELECT 1 FROM posts WHERE state = 'waiting'", []) is not None

        return await self._write(work, durable=False)

    async def try_later(self, row: OutboxRow, not_before: float, error: str) -> None:
        """Record that a post is not on its platform and when to try it again."""
        query = (
            "UPDATE posts SET state = 'waiting', not_before = ?, error = ?, attempts = attempts + 1 "
            "WHERE id = ?"
        )
        await self._write(lambda db: db.execute(query, [not_before, error, row.id]))

    async def failed(self, row: OutboxRow, error: str, instead: Sequence[Post] = ()) -> None:
        """Record that a post can't be posted, and what is posted about that.

        What waited for it says what it says otherwise.
        """

        def work(db: Database) -> None:
            posts.failed(db, row.post.key, error)
            posts.add_posts(db, instead, None)

        await self._write(work)

    async def known_refs(self, place: str, since: float) -> set[str]:
        """Return the references of what is known to be posted in a place since then."""
        query = "SELECT ref FROM posts WHERE place = ? AND ref IS NOT NULL AND posted_at >= ?"
        return await self._run(lambda db: {row[0] for row in db.execute(query, [place, since])})

    async def idle(self, platforms: Sequence[str]) -> bool:
        """Say whether nothing waits to be answered or sent on these platforms."""
        open_work = (
            "messages WHERE turn IS NULL AND role = 'customer'",
            "turns WHERE state = 'claimed'",
            "posts WHERE state IN ('waiting', 'sending')",
        )
        among = f"platform IN ({marks(platforms)})"
        query = " UNION ALL ".join(f"SELECT 1 FROM {work} AND {among}" for work in open_work)
        return await self._run(lambda db: first(db, query, [*platforms] * len(open_work)) is None)
