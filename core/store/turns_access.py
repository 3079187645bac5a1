"""The store by turns: claimed, brought up to date, decided, put back."""

from __future__ import annotations

import time
from collections.abc import Sequence, Set

from sqlite_utils import Database

from core.messages import Post, Reason, SaidBefore, Turn
from core.store import decisions, joining, posts, turns
from core.store.database import marks
from core.store.decisions import Decision
from core.store.posts import OutboxRow
from core.store.transactions import Transactions
from core.store.turns import Claimed


class TurnsAccess(Transactions):
    """Turns, from the claim to the decision."""

    _session_seconds: float | None

    async def claim(
        self, platforms: Sequence[str], now: float | None = None, oldest: float = 0.0
    ) -> Turn | None:
        """Claim what one customer has waiting in the conversation that waits longest, or return None.

        Args:
            platforms: Whose conversations.
            now: The time, in seconds since the epoch.
            oldest: What was written before this time is passed over; see `late`.
        """
        moment = time.time() if now is None else now
        session = self._session_seconds
        return await self._write(
            lambda db: turns.claim(db, platforms, moment, oldest, session), durable=False
        )

    async def claim_all(self, platforms: Sequence[str], most: int, oldest: float = 0.0) -> Claimed:
        """Claim all that can be claimed now, so many turns at most; see `claim`."""
        now, session = time.time(), self._session_seconds
        return await self._write(
            lambda db: turns.claim_all(db, platforms, most, now, oldest, session), durable=False
        )

    async def extend(self, turn: Turn) -> Turn | None:
        """Bring a claimed turn up to date; None, and no turn any more, if its messages were all deleted."""
        session = self._session_seconds
        return await self._write(lambda db: turns.extend(db, turn, session), durable=False)

    async def next_waiting(self, platforms: Sequence[str]) -> float | None:
        """Return when the next message that was put back may be claimed again, or None."""
        return await self._run(lambda db: turns.next_waiting(db, platforms))

    async def late(self, platforms: Sequence[str], oldest: float) -> list[Turn]:
        """Return what was written before `oldest` and still waits, a turn per customer and conversation."""
        return await self._run(lambda db: turns.late(db, platforms, oldest))

    async def settle_late(self, late: Sequence[Turn], new_posts: Sequence[Post]) -> None:
        """Close late turns as not answered, and post what is said of them."""

        def work(db: Database) -> None:
            if not all(turns.still_waits(db, turn) for turn in late):
                return  # somebody was forgotten meanwhile: what is posted would quote them
            for turn in late:
                turns.settle(db, turn, Reason.LATE)
            posts.add_posts(db, new_posts, None)

        await self._write(work)

    async def as_it_is_now(self, turn: Turn, gone: str) -> Turn:
        """Return a claimed turn with its messages' words of now; `gone` stands for a deleted message."""
        return await self._run(lambda db: turns.as_it_is_now(db, turn, gone))

    async def overtaken(self, turn: Turn, customers: Set[str] | None) -> bool:
        """Say whether people answer a turn by now; arguments and OthersWrote as for `decide`."""
        return await self._run(lambda db: decisions.overtaken(db, turn, customers))

    async def decide(
        self, turn: Turn, decision: Decision, platforms: Sequence[str] = (), customers: Set[str] | None = None
    ) -> list[OutboxRow] | None:
        """Write what a turn came to; return None, and write nothing, if it was no longer ours to decide.

        That is so when a person has taken the conversation over since the turn was claimed.

        Args:
            turn: The turn.
            decision: What it came to.
            platforms: Whose posts are to be sent.
            customers: Who is known to be no agent, for an answer that is not to talk over one; None where
                there are no agents.

        Returns:
            The posts of these platforms that can be sent now, as `take_posts` does: a reply need not wait
            for the disk once more.

        Raises:
            OthersWrote: People of whom that is not known wrote in the conversation meanwhile.
        """

        def work(db: Database) -> list[OutboxRow] | None:
            if customers is not None:
                decisions.check_others(db, turn, decision, customers)
            if not decisions.decide(db, turn, decision):
                return None
            return posts.take_posts(db, platforms, time.time())

        return await self._write(work)

    async def say_meanwhile(self, turn: Turn, word: Post, platforms: Sequence[str]) -> list[OutboxRow]:
        """Post a word to the customer of a turn that takes long, unless it is decided or with people by now.

        Args:
            turn: A claimed turn.
            word: Its key is a `word_key`: what comes of the turn before it is posted drops it.
            platforms: Whose posts are to be sent.

        Returns:
            As `decide`; nothing where the word is not posted.
        """

        def work(db: Database) -> list[OutboxRow]:
            if not decisions.say_meanwhile(db, turn, word):
                return []
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

    async def join(self, turn: Turn, said: Sequence[tuple[SaidBefore, int]]) -> bool:
        """Store what was said before the bot was called, with its tokens, as history of a claimed turn.

        It is not looked for again.

        Returns:
            Whether there was anything; the turn is put back then, to be claimed with it.
        """

        def work(db: Database) -> bool:
            found = joining.join(db, turn, said)
            if found:
                turns.release(db, [turn.id], 0.0, counts=False)
            return found

        return await self._write(work)
