"""Queries about what was said. Each runs inside its caller's transaction."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from core.messages import Audience, Author, Role, StoredMessage
from core.store.database import files_of, first, readings_of

# Messages with their authors' names as they are known now, and with what their files say.
NAMED = (
    'SELECT messages.*, coalesce(people.name, author_name) AS called, turns."case" AS theirs, '
    "CASE WHEN files = '' THEN NULL ELSE (SELECT json_group_array(json_array(number, name, readings.text, "
    "readings.tokens)) FROM readings WHERE readings.message = messages.id) END AS readings, "
    "turns.customer AS whose FROM messages LEFT JOIN people ON people.id = author "
    "LEFT JOIN turns ON turns.id = messages.turn"
)


# No customer has this id.
NOBODY = "nobody"


def history(
    db: Database, conversation: str, window: int, before: int | None, reader: str = ""
) -> list[StoredMessage]:
    """Return messages by turn; within one the customer's come first, then the reply, then agents' words.

    Args:
        db: The database.
        conversation: Whose history.
        window: The first turn of it.
        before: The turn that it ends before; None: the whole.
        reader: Leaves out what other customers than this one and people said to each other; NOBODY: what
            any customer and people did.
    """
    private = 'AND ("case" IS NULL OR customer = :reader) ' if reader else ""
    rows = db.query(
        f"{NAMED} WHERE messages.conversation = :conversation AND turn >= :window AND turn < :before "
        f"AND state = 'decided' {private}"
        "ORDER BY turn, CASE WHEN role = 'customer' OR audience = 'before' THEN 0 "
        "WHEN role = 'assistant' THEN 1 ELSE 2 END, "
        "position, seq",
        {
            "conversation": conversation,
            "window": window,
            "before": 2**62 if before is None else before,
            "reader": reader,
        },
    )
    return [message_of(row) for row in rows]


def last_said_at(db: Database, conversation: str, window: int, before: int) -> float | None:
    """Return when something was said last in a window, before a turn, in seconds since the epoch.

    What was said before the bot was called counts for no session of its own.
    """
    query = (
        "SELECT max(sent_at) FROM messages WHERE conversation = ? AND turn = (SELECT max(turn) FROM messages "
        "WHERE conversation = ? AND turn >= ? AND turn < ? AND audience != 'before')"
    )
    row = first(db, query, [conversation, conversation, window, before])
    return row[0] if row else None


def opening_words(
    db: Database, conversation: str, begin: int, end: int, reader: str
) -> tuple[float, str] | None:
    """Return when the first customer's message among some turns was written, and its words.

    Args:
        db: The database.
        conversation: Whose turns.
        begin: The first of them.
        end: The first that is none of them.
        reader: As for `history`.
    """
    query = (
        "SELECT sent_at, text FROM messages JOIN turns ON turns.id = turn WHERE messages.conversation = ? "
        "AND role = 'customer' AND turn >= ? AND turn < ? AND (? = '' OR \"case\" IS NULL OR customer = ?) "
        "ORDER BY turn, position, seq LIMIT 1"
    )
    row = first(db, query, [conversation, begin, end, reader, reader])
    return (row[0], row[1]) if row else None


def last_customer(db: Database, conversation: str, besides: str) -> Author | None:
    """Return the customer who wrote last in a conversation besides somebody."""
    query = (
        f"{NAMED} WHERE messages.conversation = ? AND role = 'customer' AND author != ? "
        "ORDER BY seq DESC LIMIT 1"
    )
    row = next(iter(db.query(query, [conversation, besides])), None)
    return message_of(row).author if row else None


def message_of(row: dict[str, Any]) -> StoredMessage:
    """Make a message of a row of `NAMED`, or of the table alone."""
    return StoredMessage(
        id=row["id"],
        role=Role(row["role"]),
        author=Author(row["author"], row.get("called", row["author_name"])),
        text=row["text"],
        sent_at=row["sent_at"],
        tokens=row["tokens"],
        place=row["place"],
        turn=row["turn"],
        attempts=row["attempts"],
        files=files_of(row["files"]),
        to_people=row.get("theirs") is not None,
        whose=row.get("whose") or "",
        audience=Audience(row["audience"]),
        readings=readings_of(row.get("readings")),
    )
