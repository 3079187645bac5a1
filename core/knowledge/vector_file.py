"""The vectors of passages on disk: a table of SQLite, which is there whole or not at all after a crash."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

# How long a vector stays that no passage needs: a file that comes back, or another embedder that is tried for
# a week, costs nothing.
KEPT_SECONDS = 30 * 86_400.0
BUSY_SECONDS = 5.0

_TABLE = """
CREATE TABLE IF NOT EXISTS vectors (
    embedder TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    key BLOB NOT NULL,
    vector BLOB NOT NULL,
    unused_since REAL,
    PRIMARY KEY (embedder, dimensions, key)
)
"""


class VectorFile:
    """Vectors by embedder, number of dimensions and key. Belongs to one thread at a time.

    Several processes may work on the same file. Vectors can be made again: a file that is damaged is begun
    anew, and one that can't be read or written is done without; the log tells of it once.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or begin the file; None keeps all in memory."""
        self._db = _opened(path)
        self._told = False

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def newest(self, embedder: str) -> int:
        """Return how many dimensions the embedder's vectors had when last one was kept; 0 without any."""
        found = self._rows(
            "SELECT dimensions FROM vectors WHERE embedder = ? ORDER BY rowid DESC LIMIT 1", [embedder]
        )
        return next((dimensions for (dimensions,) in found), 0)

    def read(self, embedder: str, dimensions: int) -> Iterator[tuple[bytes, bytes]]:
        """Yield all keys with their vectors."""
        return self._rows(
            "SELECT key, vector FROM vectors WHERE embedder = ? AND dimensions = ?", [embedder, dimensions]
        )

    def find(self, embedder: str, dimensions: int, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the vectors of these keys, of those that are there."""
        query = "SELECT key, vector FROM vectors WHERE embedder = ? AND dimensions = ? AND key = ?"
        return {key: vector for one in keys for key, vector in self._rows(query, [embedder, dimensions, one])}

    def write(self, embedder: str, dimensions: int, vectors: Mapping[bytes, bytes]) -> None:
        """Keep vectors, all or none of them."""
        self._change(
            [
                (
                    "INSERT OR REPLACE INTO vectors(embedder, dimensions, key, vector) VALUES (?, ?, ?, ?)",
                    [(embedder, dimensions, key, vector) for key, vector in vectors.items()],
                )
            ]
        )

    def tidy(self, embedder: str, dimensions: int, used: Set[bytes], now: float) -> None:
        """Drop what nobody has needed for long.

        Args:
            embedder: Whose vectors are in use; those of others are not.
            dimensions: Likewise.
            used: The keys that are.
            now: In seconds since the epoch.
        """
        stale: dict[bytes, float | None] = dict(
            self._rows(
                "SELECT key, unused_since FROM vectors WHERE embedder = ? AND dimensions = ?",
                [embedder, dimensions],
            )
        )
        changed: list[tuple[object, ...]] = [
            (None if key in used else now, embedder, dimensions, key)
            for key, since in stale.items()
            if (key in used) != (since is None)
        ]
        self._change(
            [
                (
                    "UPDATE vectors SET unused_since = ? WHERE embedder = ? AND dimensions = ? AND key = ?",
                    changed,
                ),
                (
                    "UPDATE vectors SET unused_since = ? WHERE (embedder <> ? OR dimensions <> ?) "
                    "AND unused_since IS NULL",
                    [(now, embedder, dimensions)],
                ),
                ("DELETE FROM vectors WHERE unused_since < ?", [(now - KEPT_SECONDS,)]),
            ]
        )

    def _rows(self, query: str, arguments: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._db.execute(query, arguments)
        except sqlite3.Error as error:
            self._tell(error)

    def _change(self, statements: Iterable[tuple[str, Iterable[Sequence[object]]]]) -> None:
        try:
            with self._db:
                for statement, arguments in statements:
                    self._db.executemany(statement, arguments)
        except sqlite3.Error as error:
            self._tell(error)

    def _tell(self, error: sqlite3.Error) -> None:
        if not self._told:
            self._told = True
            log.warning(
                "The vectors of your articles can't be kept on disk (%s): they are made again after each "
                "start. Check INDEX_DIR and the room on the disk.",
                error,
            )


def _opened(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _connected(":memory:")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connected(path)
        except sqlite3.OperationalError:
            raise  # it may be held by another process, or the disk full: nothing is wrong with the file
        except sqlite3.DatabaseError:
            log.warning("The file %s is damaged; the vectors in it are made again.", path)
            for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                name.unlink(missing_ok=True)
            return _connected(path)
    except (OSError, sqlite3.Error) as error:
        log.warning(
            "The file %s can't be used (%s): the vectors of your articles are made again after each start. "
            "Check INDEX_DIR.",
            path,
            error,
        )
        return _connected(":memory:")


def _connected(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        # After a power cut the last batches may be missing, but what is there is whole.
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", _TABLE):
            db.execute(statement).fetchall()
    except sqlite3.Error:
        db.close()
        raise
    return db
