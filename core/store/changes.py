"""Queries about edits and deletions. Each runs inside its caller's transaction."""

from __future__ import annotations

import time

from sqlite_utils import Database

from core.store.database import first


def whole(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON allows and no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def last_words(db: Database, id: str) -> tuple[bool, str | None]:
    """Say whether a message was edited or deleted, and its last words: None for a deleted one."""
    found = first(db, "SELECT text FROM tombstones WHERE id = ?", [id])
    return (found is not None, found[0] if found else None)


def edit(db: Database, id: str, text: str, tokens: int) -> tuple[str, str] | None:
    """Replace a message's words, for good.

    Returns:
        The message's conversation and author if it is known and its words changed, else None.
    """
    if last_words(db, id) == (True, None):
        return None
    text = whole(text)
    if first(db, "SELECT 1 FROM messages WHERE id = ? AND text = ?", [id, text]):
        return None
    _bury(db, id, text)
    changed = db.execute(
        "UPDATE messages SET text = ?, tokens = ? WHERE id = ? AND text != ?", [text, tokens, id, text]
    )
    return _whose(db, id) if changed.rowcount else None


def delete(db: Database, id: str, stands_for_it: str, tokens: int) -> tuple[str, str] | None:
    """Remove a message's words, for good. One that was answered leaves a word in its place in the history.

    Returns:
        The message's conversation and author if it is known, else None.
    """
    _bury(db, id, None)
    whose = _whose(db, id)
    if _is_unanswered(db, id):
        db.execute("DELETE FROM messages WHERE id = ?", [id])
    else:
        db.execute("UPDATE messages SET text = ?, tokens = ? WHERE id = ?", [stands_for_it, tokens, id])
    return whose


def _bury(db: Database, id: str, text: str | None) -> None:
    db.execute(
        "INSERT INTO tombstones(id, text, at) VALUES (?, ?, ?) "
        "ON CONFLICT(id) DO UPDATE SET text = excluded.text, at = excluded.at",
        [id, text, time.time()],
    )


def _whose(db: Database, id: str) -> tuple[str, str] | None:
    found = first(db, "SELECT conversation, author FROM messages WHERE id = ? AND role = 'customer'", [id])
    return (found[0], found[1]) if found else None


def _is_unanswered(db: Database, id: str) -> bool:
    query = (
        "SELECT 1 FROM messages LEFT JOIN turns ON turns.id = turn "
        "WHERE messages.id = ? AND role = 'customer' AND (turn IS NULL OR state = 'claimed')"
    )
    return first(db, query, [id]) is not None
