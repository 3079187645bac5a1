"""The store by what comes in: messages, edits, deletions, and until when all of it is here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from core.messages import Case, IncomingMessage, Post, Reading
from core.store import cases, changes, inbox, live, people, posts, summaries
from core.store.database import first
from core.store.forgotten import is_forgotten
from core.store.posts import Reword
from core.store.transactions import Transactions


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: whether it was new, or the case in whose thread it was written.

    `grew` says that it was known, and waits with files now that it was first delivered without.
    """

    new: bool
    case: Case | None = None
    grew: bool = False


class InboxAccess(Transactions):
    """What comes in, and which places wait for what was missed."""

    _held: set[str]
    _let_go: asyncio.Event

    async def add(self, message: IncomingMessage, tokens: int, opening: Sequence[Post] = ()) -> Receipt:
        """Store a customer's message, unless its id is known already (a second delivery).

        What was written in the thread of a case is left to `hear`. With a new message goes what is posted
        above its answer.
        """

        def work(db: Database) -> Receipt:
            if case := cases.case_below(db, message.answer_place):
                return Receipt(new=False, case=case)
            if is_forgotten(db, message.author.id, message.sent_at):
                changes.bury(db, message.id, None, time.time())  # nor is a later edit of it taken in
                return Receipt(new=False)
            if inbox.add(db, message, tokens):
                posts.add_posts(db, opening, None)
                return Receipt(new=True)
            return Receipt(new=False, grew=inbox.add_files(db, message, tokens))

        return await self._write(work)

    async def keep_readings(self, message: str, readings: Sequence[Reading]) -> None:
        """Keep what the files of a message say, for later turns; nothing of a message that is gone."""
        await self._write(lambda db: inbox.keep_readings(db, message, readings))

    async def edit(
        self,
        id: str,
        text: str,
        tokens: int,
        at: float,
        reword: Reword,
        *,
        to_others: bool = False,
        mentions: bool = False,
    ) -> tuple[str, str] | None:
        """Replace a message's words by those of an edit at a time, and where they were passed on to.

        The message may be still to come. With `to_others` it is said to other people now; with `mentions`
        it mentions the bot.

        Returns:
            The message's conversation and author if it is known and its words changed, else None.
        """

        def work(db: Database) -> tuple[str, str] | None:
            before = changes.words_of(db, id)
            if not changes.edit(db, id, text, tokens, at, to_others=to_others, mentions=mentions):
                return None
            summaries.forget(db, id)
            if before:
                people.requote(db, *before, text)
            posts.carry_over(db, id, text, reword)
            return changes.whose(db, id)

        return await self._write(work)

    async def delete(
        self, id: str, stands_for_it: str, tokens: int, reword: Reword
    ) -> tuple[str, str] | None:
        """Remove a message's words, also of one that is still to come; returns as `edit` does."""

        def work(db: Database) -> tuple[str, str] | None:
            posts.carry_over(db, id, None, reword)
            summaries.forget(db, id)
            if before := changes.words_of(db, id):
                people.requote(db, *before, stands_for_it)
            whose = changes.delete(db, id, stands_for_it, tokens)
            live.close_left(db)
            return whose

        return await self._write(work)

    async def serves(self, conversation: str, place: str = "") -> bool:
        """Say whether anything was ever stored in a conversation, or its place is the thread of a case."""
        query = (
            "SELECT 1 FROM conversations WHERE id = ? UNION ALL SELECT 1 FROM cases "
            "WHERE thread = ? AND thread != ''"
        )
        arguments = [conversation, place or conversation]
        return await self._run(lambda db: first(db, query, arguments) is not None)

    async def conversations(self, platform: str, since: float) -> list[str]:
        """Return the conversations of a platform in which something was said since then, newest first.

        The threads of cases come behind them.
        """
        query = (
            "SELECT conversation FROM messages WHERE platform = ? GROUP BY conversation "
            "HAVING max(sent_at) >= ? ORDER BY max(sent_at) DESC"
        )
        # Nothing is left to see of when those wrote who were forgotten.
        emptied = (
            "SELECT conversation FROM turns WHERE platform = ? AND claimed_at >= ? AND NOT EXISTS "
            "(SELECT 1 FROM messages WHERE messages.conversation = turns.conversation) "
            "GROUP BY conversation"
        )
        threads = "SELECT thread FROM cases WHERE substr(thread, 1, ?) = ? AND max(since, spoke_at) >= ?"

        def work(db: Database) -> list[str]:
            theirs = db.execute(query, [platform, since]).fetchall()
            gone = db.execute(emptied, [platform, since]).fetchall()
            ours = db.execute(threads, [len(platform) + 1, f"{platform}:", since]).fetchall()
            return [row[0] for row in [*theirs, *gone, *ours]]

        return await self._run(work)

    async def hold(self, place: str) -> None:
        """Let the turns of a place (with what is below it), or of a whole platform, wait."""
        query = "INSERT INTO held(place) VALUES (?) ON CONFLICT(place) DO NOTHING"
        self._held.add(place)
        await self._run(lambda db: db.execute(query, [place]))

    async def let_go(self, place: str) -> None:
        """End a hold."""
        await self._run(lambda db: db.execute("DELETE FROM held WHERE place = ?", [place]))
        self._held.discard(place)
        self._let_go.set()

    async def until_let_go(self, place: str) -> None:
        """Return once neither a place nor what is above it is held."""
        while any(place == held or place.startswith((f"{held}:", f"{held}/")) for held in self._held):
            self._let_go.clear()
            await self._let_go.wait()

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
