"""The SQLite file: messages, turns, posts, cases, usage. Each public method is one transaction."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlite_utils import Database

from core.store.cases_access import CasesAccess
from core.store.commits import GroupCommit
from core.store.conversations_access import ConversationsAccess
from core.store.costs_access import CostsAccess
from core.store.database import StoreUnusable, connect, copy
from core.store.decisions import Decision, OthersWrote
from core.store.forgetting import Removed
from core.store.forgetting_access import ForgettingAccess
from core.store.inbox_access import InboxAccess, Receipt
from core.store.outbox_access import OutboxAccess
from core.store.posts import OutboxRow
from core.store.questions import CustomerTurn
from core.store.ratings_access import RatingsAccess
from core.store.summaries import Material
from core.store.theirs import Holdings
from core.store.turns import Claimed
from core.store.turns_access import TurnsAccess
from core.store.usage import By, Limit, Planned, Reserved, Settled, Spending

__all__ = [
    "By",
    "Claimed",
    "CustomerTurn",
    "Decision",
    "Holdings",
    "Limit",
    "Material",
    "OthersWrote",
    "OutboxRow",
    "Planned",
    "Receipt",
    "Removed",
    "Reserved",
    "Settled",
    "Spending",
    "Store",
    "StoreUnusable",
]


class Store(
    InboxAccess,
    TurnsAccess,
    ConversationsAccess,
    CasesAccess,
    ForgettingAccess,
    RatingsAccess,
    CostsAccess,
    OutboxAccess,
):
    """One SQLite file, one connection, one thread that uses it.

    What it can do stands in its parts, one a subject; the queries stand in the modules that they call.
    """

    def __init__(
        self, db: Database, thread: ThreadPoolExecutor, session_seconds: float | None = None
    ) -> None:
        self._db = db
        self._session_seconds = session_seconds
        self._thread = thread
        self._commits = GroupCommit(db, thread)
        self._held: set[str] = set()
        self._let_go = asyncio.Event()
        # Whether the file was written anew since somebody was forgotten.
        self._is_rewritten = False

    @classmethod
    async def open(cls, path: Path, session_seconds: float | None = None) -> Store:
        """Open the file, create it or bring its tables up to date.

        Args:
            path: The file.
            session_seconds: After how long a silence a turn that is claimed begins a session of its own;
                None: never.

        Raises:
            StoreUnusable: It is no database, damaged, locked, not writable, or of a newer Frontdesk.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            db = await asyncio.get_running_loop().run_in_executor(thread, connect, path)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(db, thread, session_seconds)

    async def close(self) -> None:
        """Finish what is under way and close the file."""
        self._commits.begin(asyncio.get_running_loop())
        await self._run(lambda db: db.close())
        self._thread.shutdown(wait=True)

    async def backup(self, path: Path) -> None:
        """Write a consistent copy of the file, while it is in use."""
        await self._run(lambda db: copy(db, path))
