"""Who was forgotten, and until when. Each query runs inside its caller's transaction."""

from __future__ import annotations

from sqlite_utils import Database

from core.store.database import first


def is_forgotten(db: Database, who: str, sent_at: float) -> bool:
    """Say whether what somebody wrote at a time is never to be taken in again."""
    return first(db, "SELECT 1 FROM forgotten WHERE who = ? AND until >= ?", [who, sent_at]) is not None


def is_gone(db: Database, who: str) -> bool:
    """Say whether somebody was forgotten and has written nothing since."""
    query = (
        "SELECT 1 FROM forgotten WHERE who = ? AND until > 0 "
        "AND NOT EXISTS (SELECT 1 FROM messages WHERE author = who)"
    )
    return first(db, query, [who]) is not None
