"""Queries about what people say to one another. Each runs inside its caller's transaction."""

from __future__ import annotations

from sqlite_utils import Database

from core.messages import Audience, IncomingMessage
from core.store.database import first
from core.talk import LOOKED_AT, Said, goes_on

_BEFORE = f"""
    SELECT role || author, sent_at, audience = '{Audience.OTHERS}' FROM messages
    WHERE conversation = :conversation AND seq < :seq AND (turn IS NULL OR turn IN (
        SELECT DISTINCT turn FROM messages WHERE conversation = :conversation AND turn IS NOT NULL
        ORDER BY turn DESC LIMIT {LOOKED_AT}))
    ORDER BY seq DESC LIMIT {LOOKED_AT}
"""
_NEWEST = 2**63 - 1


def is_said_in_talk(db: Database, message: IncomingMessage) -> bool:
    """Say whether a new message goes on with a talk of other people in its conversation."""
    return _goes_on(db, message.conversation, message.author.id, message.sent_at, _NEWEST)


def was_said_in_talk(db: Database, id: str) -> bool:
    """Say whether a stored message went on with a talk when it came."""
    row = first(db, "SELECT conversation, author, sent_at, seq FROM messages WHERE id = ?", [id])
    return row is not None and _goes_on(db, *row)


def _goes_on(db: Database, conversation: str, author: str, at: float, seq: int) -> bool:
    rows = db.execute(_BEFORE, {"conversation": conversation, "seq": seq}).fetchall()
    before = [Said(who, when, bool(to_others)) for who, when, to_others in rows]
    return goes_on(f"customer{author}", at, before)
