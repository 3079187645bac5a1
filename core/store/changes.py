"""Queries about edits and deletions. Each runs inside its caller's transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlite_utils import Database

from core.messages import Audience
from core.store.database import first, whole
from core.store.talk import was_said_in_talk


@dataclass(frozen=True, slots=True)
class LastWords:
    """The newest words of a message that was edited (when, by the platform's clock); None: deleted."""

    text: str | None
    at: float


def last_words(db: Database, id: str) -> LastWords | None:
    """Return the last words of a message that was edited or deleted."""
    found = first(db, "SELECT text, at FROM tombstones WHERE id = ?", [id])
    return LastWords(*found) if found else None


def edit(
    db: Database,
    id: str,
    text: str,
    tokens: int,
    at: float,
    *,
    to_others: bool = False,
    mentions: bool = False,
) -> bool:
    """Replace a message's words, for good, unless newer ones are known; return whether they are new.

    Words that are no longer said to other people wait for an answer from then on. What went on with their
    talk stays a part of it, unless it mentions the bot now.
    """
    known = last_words(db, id)
    if known and known.text is None:
        return False
    if at <= (known.at if known else 0.0):
        return False
    text = whole(text)
    bury(db, id, text, at)
    known_as = first(db, "SELECT text, audience FROM messages WHERE id = ?", [id])
    if known_as is None:
        return True
    in_talk = known_as[1] == Audience.OTHERS and not mentions and was_said_in_talk(db, id)
    audience = Audience.OTHERS if to_others or in_talk else Audience.US
    if known_as[1] == Audience.BEFORE:
        audience = Audience.BEFORE
    if known_as == (text, audience):
        return False
    query = "UPDATE messages SET text = ?, tokens = ?, audience = ? WHERE id = ?"
    db.execute(query, [text, tokens, audience, id])
    if known_as[1] == Audience.OTHERS and audience == Audience.US:
        _let_wait(db, id)
    return True


def _let_wait(db: Database, id: str) -> None:
    """Take a message that was only kept as said to others out of its turn, to be answered."""
    db.execute(
        "UPDATE messages SET turn = NULL, attempts = 0 WHERE id = ? AND role = 'customer' AND turn IN "
        "(SELECT id FROM turns WHERE state = 'decided' AND action IS NULL AND reason IS NULL "
        'AND "case" IS NULL)',
        [id],
    )


def delete(db: Database, id: str, stands_for_it: str, tokens: int) -> tuple[str, str] | None:
    """Remove a message's words, for good. One that was answered leaves a word in its place in the history.

    Returns:
        The message's conversation and author if it is known, else None.
    """
    bury(db, id, None, time.time())
    customer = whose(db, id)
    db.execute("DELETE FROM readings WHERE message = ?", [id])
    if _is_unanswered(db, id):
        db.execute("DELETE FROM messages WHERE id = ?", [id])
    else:
        query = "UPDATE messages SET text = ?, tokens = ?, files = '' WHERE id = ?"
        db.execute(query, [stands_for_it, tokens, id])
    return customer


def bury(db: Database, id: str, text: str | None, at: float) -> None:
    """Remember the last words of a message, and since when they are its words."""
    db.execute(
        "INSERT INTO tombstones(id, text, at) VALUES (?, ?, ?) "
        "ON CONFLICT(id) DO UPDATE SET text = excluded.text, at = excluded.at",
        [id, text, at],
    )


def words_of(db: Database, id: str) -> tuple[str, str] | None:
    """Return the conversation of a message and its words, if it is known."""
    found = first(db, "SELECT conversation, text FROM messages WHERE id = ?", [id])
    return (found[0], found[1]) if found else None


def whose(db: Database, id: str) -> tuple[str, str] | None:
    """Return the conversation and the author of a customer's message."""
    found = first(db, "SELECT conversation, author FROM messages WHERE id = ? AND role = 'customer'", [id])
    return (found[0], found[1]) if found else None


def _is_unanswered(db: Database, id: str) -> bool:
    query = (
        "SELECT 1 FROM messages LEFT JOIN turns ON turns.id = turn "
        "WHERE messages.id = ? AND role = 'customer' AND (turn IS NULL OR state = 'claimed')"
    )
    return first(db, query, [id]) is not None
