"""How work reaches the file: read in one thread, written in transactions that are committed together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlite_utils import Database

from core.store.commits import GroupCommit

T = TypeVar("T")


class Transactions:
    """What all parts of the store share: one connection, and the thread that uses it."""

    _db: Database
    _thread: ThreadPoolExecutor
    _commits: GroupCommit

    async def _run(self, work: Callable[[Database], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._db)

    async def _write(self, work: Callable[[Database], T], *, durable: bool = True, hurried: bool = True) -> T:
        """Do some work in a transaction of its own, committed together with what else waits.

        Args:
            work: What to do.
            durable: Whether it must survive a loss of power. What only says who is at work on what need
                not: at the next start it is found out anew. A killed process loses neither.
            hurried: Whether it is done now; see `GroupCommit.run`.
        """
        return await self._commits.run(work, durable=durable, hurried=hurried)
