"""The store by conversations: what was said, in which language, by whom, and in short."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sqlite_utils import Database

from core.messages import Author, StoredMessage, Summary
from core.store import history, inbox, languages, pauses, people, summaries
from core.store.database import marks
from core.store.forgotten import is_gone
from core.store.summaries import Material
from core.store.transactions import Transactions


class ConversationsAccess(Transactions):
    """Conversations, and the people in them."""

    async def history(self, conversation: str) -> list[StoredMessage]:
        """Return what was said in a conversation and answered, oldest first, the whole of it."""
        return await self._run(lambda db: history.history(db, conversation, 0, before=None))

    async def language(self, who: str, conversation: str = "") -> str:
        """Return the language in which somebody is spoken to in a conversation, or was last anywhere.

        Empty where neither is known.
        """
        return await self._run(
            lambda db: languages.spoken_in(db, conversation, who) or languages.spoken_last(db, who)
        )

    async def pauses_for(self, who: str, conversation: str) -> bool:
        """Say whether nothing is taken in from a customer there just now: they wrote like a machine."""
        return await self._run(lambda db: pauses.pauses_for(db, conversation, who))

    async def start_afresh(self, conversation: str) -> None:
        """Let later prompts begin after what was said so far, and take back an open offer."""
        await self._write(lambda db: people.start_afresh(db, conversation, time.time()))

    async def unsummarised(self, conversation: str) -> Material | None:
        """Return what the next summary of a conversation may be made of, if anything was said there."""
        return await self._run(lambda db: summaries.material(db, conversation))

    async def keep_summary(self, conversation: str, revision: int, summary: Summary) -> bool:
        """Store a summary; return False, and store nothing, if it may tell of words taken back meanwhile.

        Args:
            conversation: Whose.
            revision: The conversation's when what the summary is made of was read.
            summary: What to store.
        """
        return await self._write(lambda db: summaries.keep(db, conversation, revision, summary))

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the known names of people by their ids."""
        wanted = list(dict.fromkeys(ids))
        query = f"SELECT id, name FROM people WHERE id IN ({marks(wanted)})"
        return await self._run(lambda db: dict(db.execute(query, wanted).fetchall()))

    async def remember_name(self, author: Author) -> None:
        """Keep the name that people know an author by."""

        def work(db: Database) -> None:
            # It may have been asked for while they were forgotten.
            if not is_gone(db, author.id):
                inbox.remember_name(db, author)

        await self._write(work)
