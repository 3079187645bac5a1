"""Opening the SQLite file, and the small tools that every query uses."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from core.faults import Mendable
from core.messages import File, Reading
from core.schema import migrations

BUSY_SECONDS = 5.0


class StoreUnusable(Mendable):
    """The database can't be used; the text says why and what to do."""


def connect(path: Path) -> Database:
    """Open the file and bring its tables up to date; raises StoreUnusable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
        db = Database(connection)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        # secure_delete overwrites removed words instead of leaving them in free pages.
        db.execute("PRAGMA secure_delete = ON").fetchall()
        # Places whose turns wait; of this process alone, so not in the file.
        db.execute("CREATE TEMP TABLE held (place TEXT PRIMARY KEY)")
        _migrate(db, path)
    except sqlite3.OperationalError as error:
        raise StoreUnusable(
            f"The database {path} can't be opened ({error}). Check that DATABASE names a file that this "
            "user may write, that the disk has room, and that no other program holds it."
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreUnusable(
            f"The file {path} is damaged or not a database ({error}). Move it away and put a backup in "
            "its place; without one Frontdesk starts with a new file."
        ) from error
    except OSError as error:
        raise StoreUnusable(
            f"The folder of the database {path} can't be made ({error.strerror}). Set DATABASE to a "
            "file that this user may write."
        ) from error
    return db


def _migrate(db: Database, path: Path) -> None:
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    newer = [m.name for m in migrations.applied(db) if m.name not in known]
    if newer:
        raise StoreUnusable(
            f"The database {path} was written by a newer Frontdesk (it has {newer[0]}). "
            "Update Frontdesk, or set DATABASE to another file."
        )
    if migrations.pending(db):
        migrations.apply(db)


def first(db: Database, query: str, arguments: Sequence[object]) -> Any:
    """Return the first row of a query, or None."""
    return db.execute(query, list(arguments)).fetchone()


def whole(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON allows and no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def files_as_json(files: Sequence[File]) -> str:
    """Return the files of a message as their column keeps them."""
    return json.dumps([astuple(file) for file in files]) if files else ""


def files_of(column: str) -> tuple[File, ...]:
    """Return the files that a column keeps."""
    return tuple(File(*file) for file in json.loads(column)) if column else ()


def readings_of(column: str | None) -> tuple[Reading, ...]:
    """Return what the files of a message say, of rows of the table `readings` as a JSON list of lists."""
    return tuple(Reading(*kept) for kept in sorted(json.loads(column))) if column else ()


def marks(values: Sequence[object]) -> str:
    """Return as many question marks as there are values to bind."""
    return ", ".join("?" * len(values))


def copy(db: Database, path: Path) -> None:
    """Write a consistent copy of an open database to a file that appears only when it is whole.

    Raises:
        StoreUnusable: The file can't be written.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        target = sqlite3.connect(unfinished)
        try:
            db.conn.backup(target, pages=1_000)
            verdict = target.execute("PRAGMA quick_check").fetchone()[0]
        finally:
            target.close()
        if verdict != "ok":
            raise StoreUnusable(f"The database is damaged ({verdict}); no backup was made.")
        unfinished.replace(path)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise StoreUnusable(
            f"The backup {path} could not be written ({error}). Check the folder and the room on the disk."
        ) from error
