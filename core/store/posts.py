"""Queries about the outbox. Each runs inside its caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from core.messages import CaseState, Post, platform_of


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A post that is being sent; `doubtful` says that an earlier try may have posted it already."""

    id: int
    post: Post
    attempts: int
    created_at: float
    doubtful: bool = False


def add_posts(db: Database, posts: Sequence[Post], turn: int | None) -> None:
    """Put posts into the outbox, in this order."""
    for post in posts:
        db.execute(
            "INSERT INTO posts(key, platform, place, text, mention, reply_to, after, otherwise, state, "
            "turn, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?)",
            [
                post.key,
                platform_of(post.place),
                post.place,
                post.text,
                post.mention,
                post.reply_to,
                post.after,
                post.otherwise,
                turn,
                time.time(),
            ],
        )


_READY = """
    p.state = 'waiting' AND p.not_before <= :now
    AND (p.after = '' OR EXISTS (SELECT 1 FROM posts a WHERE a.key = p.after AND a.state = 'posted'))
    AND NOT EXISTS (SELECT 1 FROM posts s WHERE s.place = p.place AND s.state = 'sending')
    AND NOT EXISTS (
        SELECT 1 FROM posts q WHERE q.place = p.place AND q.id < p.id AND q.state = 'waiting' AND (
            q.after = ''
            OR EXISTS (SELECT 1 FROM posts a WHERE a.key = q.after AND a.state = 'posted')
        )
    )
"""


def take_posts(db: Database, platforms: Sequence[str], now: float) -> list[OutboxRow]:
    """Mark the first open post of each place that can be sent now as being sent, and return them."""
    if not platforms:
        return []
    names = {f"platform{number}": name for number, name in enumerate(platforms)}
    among = ", ".join(f":{name}" for name in names)
    query = f"SELECT p.* FROM posts p WHERE p.platform IN ({among}) AND {_READY} ORDER BY p.id"
    rows = list(db.query(query, {"now": now, **names}))
    for row in rows:
        db.execute("UPDATE posts SET state = 'sending', sending_since = ? WHERE id = ?", [now, row["id"]])
    return [outbox_row(row) for row in rows]


def outbox_row(row: dict[str, Any], *, doubtful: bool = False) -> OutboxRow:
    """Make the object of a row of the table."""
    post = Post(
        key=row["key"],
        place=row["place"],
        text=row["text"],
        mention=row["mention"],
        reply_to=row["reply_to"],
        after=row["after"],
        otherwise=row["otherwise"],
    )
    return OutboxRow(row["id"], post, row["attempts"], row["created_at"], doubtful)


def failed(db: Database, key: str, error: str) -> None:
    """Mark a post as failed; what waited for it says what it says otherwise, or fails as well."""
    db.execute("UPDATE posts SET state = 'failed', error = ? WHERE key = ?", [error, key])
    _nobody_was_called(db, key)
    db.execute(
        "UPDATE posts SET text = otherwise, otherwise = '', after = '' "
        "WHERE after = ? AND state = 'waiting' AND otherwise != ''",
        [key],
    )
    waiting = db.execute("SELECT key FROM posts WHERE after = ? AND state = 'waiting'", [key]).fetchall()
    for (dependent,) in waiting:
        failed(db, dependent, f"what it waited for failed: {error}")


def _nobody_was_called(db: Database, key: str) -> None:
    """Cancel the case that a failed post was the ping of, so that the next request pings again."""
    for (case,) in db.execute("SELECT id FROM cases WHERE ping = ? AND state = 'waiting'", [key]).fetchall():
        db.execute("UPDATE cases SET state = 'cancelled' WHERE id = ?", [case])
        db.execute(
            'INSERT INTO case_steps("case", state, who, why, at) VALUES (?, ?, ?, ?, ?)',
            [case, CaseState.CANCELLED, "frontdesk", "the ping could not be posted", time.time()],
        )
