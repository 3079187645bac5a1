"""Queries about replies that are seen while they are written. Each runs inside its caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlite_utils import Database

from core.messages import Post, platform_of
from core.store.database import first, marks, whole
from core.store.posts import OPEN, Live


def begin(db: Database, turn: int, answers: str, post: Post) -> bool:
    """Keep a reply to a message before its first words are shown; what is posted there later waits for it.

    Returns:
        False, and nothing is kept, if another post goes there first, or the turn is not claimed any more.
    """
    now = time.time()
    before = (
        f"SELECT 1 FROM posts WHERE {OPEN} AND place = ? AND (state = 'sending' OR attempts > 0 "
        "OR (not_before <= ? AND after = '' AND under = '' AND edits = ''))"
    )
    claimed = "SELECT 1 FROM turns WHERE id = ? AND state = 'claimed'"
    if first(db, before, [post.place, now]) or not first(db, claimed, [turn]):
        return False
    values = {
        "key": post.key,
        "platform": platform_of(post.place),
        "place": post.place,
        "text": whole(post.text),
        "mention": "",
        "reply_to": post.reply_to,
        "after": "",
        "otherwise": "",
        "state": "sending",
        "live": Live.GROWING,
        "answers": answers,
        "writer": turn,
        "created_at": now,
        "sending_since": now,
    }
    db.execute(
        f"INSERT INTO posts({', '.join(values)}) VALUES ({marks(list(values))})", list(values.values())
    )
    return True


def began(db: Database, key: str, ref: str) -> None:
    """Record the reference of a reply whose first words are seen."""
    db.execute("UPDATE posts SET ref = ?, posted_at = ? WHERE key = ?", [ref, time.time(), key])


def not_begun(db: Database, key: str) -> None:
    """Forget a reply of which nothing is seen for sure: it is posted once it is finished, as any other."""
    db.execute(f"DELETE FROM posts WHERE key = ? AND live = {Live.GROWING}", [key])


def anew(db: Database, key: str) -> None:
    """Let a reply that is gone from its platform be posted as any other."""
    query = f"UPDATE posts SET live = {Live.NOT}, ref = NULL, posted_at = NULL WHERE key = ?"
    db.execute(query, [key])


def left(db: Database, turn: int, messages: Sequence[str]) -> str:
    """Return the key of the reply to one of these messages that was begun before, for this turn to end it."""
    found = first(
        db,
        f"SELECT key FROM posts WHERE live = {Live.GROWING} AND answers IN ({marks(messages)}) "
        "ORDER BY id LIMIT 1",
        messages,
    )
    if found is None:
        return ""
    db.execute("UPDATE posts SET writer = ? WHERE key = ?", [turn, found[0]])
    return str(found[0])


def close_left(db: Database) -> None:
    """Let what is seen of replies be removed that no turn will end any more."""
    db.execute(
        f"UPDATE posts SET state = 'waiting', live = {Live.ENDING}, text = '', buttons = '' "
        f"WHERE live = {Live.GROWING} "
        "AND NOT EXISTS (SELECT 1 FROM turns WHERE turns.id = writer AND state = 'claimed') "
        "AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = answers AND messages.turn IS NULL)"
    )
