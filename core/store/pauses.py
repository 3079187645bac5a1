"""Queries about customers whose words come like a machine's. Each runs inside its caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlite_utils import Database

from core.loops import PAUSE_SECONDS, REPEATS
from core.messages import Exchange, IncomingMessage, Role
from core.store.database import first, marks

# Of a text so much is compared.
_COMPARED = 1_000
# A day's worth of turns, each with a question and a reply, and some that came in bursts.
_MOST_ROWS = 400
_DAY = 86_400.0


def pause(db: Database, conversation: str, customer: str) -> None:
    """Take nothing more in from a customer of a conversation until they were quiet for a while."""
    db.execute(
        "INSERT INTO pauses(conversation, customer, until) VALUES (?, ?, ?) "
        "ON CONFLICT(conversation, customer) DO UPDATE SET until = excluded.until",
        [conversation, customer, time.time() + PAUSE_SECONDS],
    )


def pauses_for(db: Database, conversation: str, customer: str) -> bool:
    """Say whether nothing is taken in from a customer of a conversation just now."""
    query = "SELECT 1 FROM pauses WHERE conversation = ? AND customer = ? AND until > ?"
    return first(db, query, [conversation, customer, time.time()]) is not None


def is_paused(db: Database, message: IncomingMessage) -> bool:
    """Say whether a message comes during a pause, which it makes longer; a pause that is over leaves."""
    whose = [message.conversation, message.author.id]
    query = "SELECT until FROM pauses WHERE conversation = ? AND customer = ?"
    found = first(db, query, whose)
    if found is None:
        return False
    if time.time() < found[0]:
        pause(db, message.conversation, message.author.id)
        return True
    db.execute("DELETE FROM pauses WHERE conversation = ? AND customer = ?", whose)
    return False


def exchanges(db: Database, conversation: str, customer: str, before: int) -> tuple[Exchange, ...]:
    """Return a customer's newest answered turns of a day, the newest first, since people dealt with them.

    Only the newest few have their words: of others it only counts when they were.

    Args:
        db: The database.
        conversation: Whose turns.
        customer: The id of who asked.
        before: The turn that they come before.
    """
    arguments = [conversation, before, _MOST_ROWS, customer, customer, time.time() - _DAY]
    rows = db.execute(_ANSWERED, arguments).fetchall()
    asked, said = _words_of(db, conversation, [turn for turn, _ in rows[:REPEATS]])
    return tuple(Exchange(asked.get(turn, ""), at, said.get(turn, "")) for turn, at in rows)


# The rows that are looked at are few, however long the conversation is.
_ANSWERED = """
    WITH recent AS MATERIALIZED (
        SELECT messages.turn, author, sent_at, customer, action, "case" FROM messages
        JOIN turns ON turns.id = messages.turn
        WHERE messages.conversation = ? AND messages.turn < ? AND state = 'decided'
        ORDER BY messages.turn DESC LIMIT ?
    )
    SELECT turn, max(sent_at) FROM recent
    WHERE author = ? AND action IS NOT NULL
        AND turn > coalesce((SELECT max(turn) FROM recent WHERE "case" IS NOT NULL AND customer = ?), 0)
    GROUP BY turn HAVING max(sent_at) >= ? ORDER BY turn DESC
"""


def _words_of(db: Database, conversation: str, turns: Sequence[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Return what was asked in some turns and what the bot said, by turn."""
    asked: dict[int, str] = {}
    said: dict[int, str] = {}
    if not turns:  # SQLite would read through all messages to find none
        return asked, said
    query = (
        "SELECT turn, role, substr(text, 1, ?) FROM messages WHERE conversation = ? "
        f"AND turn IN ({marks(turns)}) ORDER BY turn, position, seq"
    )
    for turn, role, text in db.execute(query, [_COMPARED, conversation, *turns]):
        if role == Role.CUSTOMER:
            asked[turn] = f"{asked.get(turn, '')}\n{text}".strip()
        elif role == Role.ASSISTANT:
            said[turn] = text
    return asked, said
