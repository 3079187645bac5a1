"""Queries about the languages that people are spoken to in. Each runs inside its caller's transaction."""

from __future__ import annotations

from sqlite_utils import Database

from core.store.database import first


def spoken_in(db: Database, conversation: str, who: str) -> str:
    """Return the language in which somebody was spoken to last in a conversation; empty if they were not.

    Who is new in a thread is spoken to as the others there; a whole channel has no language of its own.
    """
    theirs = (
        "SELECT language FROM turns WHERE customer = ? AND conversation = ? AND language != '' "
        "ORDER BY id DESC LIMIT 1"
    )
    everybodys = "SELECT language FROM conversations WHERE id = ? AND NOT shared"
    row = first(db, theirs, [who, conversation]) or first(db, everybodys, [conversation])
    return str(row[0]) if row else ""


def spoken_last(db: Database, who: str) -> str:
    """Return the language in which somebody was spoken to last, wherever that was; empty if nowhere."""
    query = (
        "SELECT coalesce(nullif(turns.language, ''), conversations.language) AS known FROM turns "
        "JOIN conversations ON conversations.id = turns.conversation "
        "WHERE turns.customer = ? AND known != '' ORDER BY turns.id DESC LIMIT 1"
    )
    row = first(db, query, [who])
    return str(row[0]) if row else ""


def keep(db: Database, turn: int, conversation: str, language: str) -> None:
    """Keep the language in which the customer of a turn was spoken to."""
    db.execute("UPDATE turns SET language = ? WHERE id = ?", [language, turn])
    db.execute("UPDATE conversations SET language = ? WHERE id = ?", [language, conversation])
