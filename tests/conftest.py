"""What holds for every test."""

from __future__ import annotations

import gc
import sqlite3
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from core.schema import migrations
from core.store import database


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect the tests without looking for garbage meanwhile: what they import and are made of stays.

    Looking through it again and again took each process a third of its start.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _tables() -> Iterator[None]:
    """Copy a new database's tables from one that the migrations made.

    A thousand tests begin with a new one. To make its tables takes 20 ms and a dozen waits for the disk,
    to copy them 3 and one. What is in a database already is migrated as ever.
    """
    made = Database(sqlite3.connect(":memory:", check_same_thread=False))
    migrations.apply(made)
    migrate, one = database._migrate, threading.Lock()

    def copied(db: Database, path: Path) -> None:
        with one:
            if not db.table_names():
                made.conn.backup(db.conn)
        migrate(db, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_migrate", copied)
        yield
    made.close()
