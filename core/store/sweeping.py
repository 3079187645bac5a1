"""Clearing the file of what was removed from its rows. Not in a transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlite_utils import Database

from core.store.database import BUSY_SECONDS, first


def is_unswept(db: Database) -> bool:
    """Say whether removed words may still be in the file's bytes."""
    return first(db, "SELECT 1 FROM forgotten WHERE state = 'removed'", []) is not None


@contextlib.contextmanager
def _without_waiting(db: Database) -> Iterator[None]:
    """Let what another process is in the way of fail at once: everybody waits for the store meanwhile."""
    db.execute("PRAGMA busy_timeout = 0").fetchall()
    try:
        yield
    finally:
        db.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1_000)}").fetchall()


def rewrite(db: Database) -> None:
    """Write the file anew, without what was removed from its rows; not in a transaction.

    secure_delete overwrites what is deleted, but not the copies that are left where SQLite moved a row from
    one page to another.
    """
    with _without_waiting(db):
        db.execute("VACUUM")


def empty_log(db: Database) -> bool:
    """Empty the log of changes, which holds pages as they were; return False if another process reads it."""
    with _without_waiting(db):
        busy, *_ = first(db, "PRAGMA wal_checkpoint(TRUNCATE)", [])
    if busy:
        return False
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE forgotten SET state = 'swept' WHERE state = 'removed'")
    db.execute("COMMIT")
    return True
