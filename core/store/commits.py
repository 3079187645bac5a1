"""Group commit: what waits to be written goes into one transaction, since each costs a wait for the disk."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from sqlite_utils import Database

T = TypeVar("T")

# How long what is in no hurry waits for something else to be written with it.
LINGER_SECONDS = 0.02


@dataclass(slots=True)
class _Piece:
    """Some work that waits, and what comes of it."""

    work: Callable[[Database], Any]
    durable: bool
    done: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class GroupCommit:
    """Runs pieces of work in the store's thread, each whole or not at all, many in one transaction."""

    def __init__(self, db: Database, thread: ThreadPoolExecutor) -> None:
        self._db = db
        self._thread = thread
        self._lock = Lock()
        self._waiting: list[_Piece] = []
        self._begun = False  # whether the thread is going to take what waits

    async def run(self, work: Callable[[Database], T], *, durable: bool, hurried: bool = True) -> T:
        """Do some work; return what it gives once it is committed, raise what it or the commit raises.

        Args:
            work: What to do; what was given before is done before.
            durable: Whether the commit waits for the disk.
            hurried: Whether it is done now; else it is done with the next that is, or after LINGER_SECONDS.
        """
        loop = asyncio.get_running_loop()
        piece = _Piece(work, durable, loop.create_future())
        with self._lock:
            self._waiting.append(piece)
        if hurried:  # what else is given in this round of the loop and the next goes with it
            loop.call_soon(self.begin, loop)
        else:
            loop.call_later(LINGER_SECONDS, self.begin, loop)
        result: T = await piece.done
        return result

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the thread do what waits, unless nothing does or it is going to already."""
        with self._lock:
            if self._begun or not self._waiting:
                return
            self._begun = True
        self._thread.submit(self._drain, loop)

    def _drain(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            pieces, self._waiting = self._waiting, []
            self._begun = False
        try:
            self._commit(pieces)
        except BaseException as error:
            for piece in pieces:
                piece.error = piece.error or error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_tell, pieces)

    def _commit(self, pieces: list[_Piece]) -> None:
        """Do all pieces in one transaction; one that fails is undone alone."""
        # FULL waits for the disk at every commit; NORMAL leaves that to the next FULL one. What a killed
        # process had committed is there in both.
        durable = any(piece.durable for piece in pieces)
        self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        # Begin with the write lock: a deferred one fails at once where another process wrote meanwhile.
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for piece in pieces:
                self._do(piece)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.conn.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _do(self, piece: _Piece) -> None:
        self._db.execute("SAVEPOINT piece")
        try:
            piece.result = piece.work(self._db)
        except Exception as error:
            piece.error = error
            if not self._db.conn.in_transaction:
                # A full disk ends the whole transaction: what others wrote in it is gone as well.
                raise sqlite3.OperationalError(str(error)) from error
            self._db.execute("ROLLBACK TO piece")
        self._db.execute("RELEASE piece")


def _tell(pieces: list[_Piece]) -> None:
    for piece in pieces:
        if piece.done.done():
            continue  # who waited has been cancelled; the work is done all the same
        if piece.error:
            piece.done.set_exception(piece.error)
        else:
            piece.done.set_result(piece.result)
