"""Queries about customers whose words come like a machine's. Each runs inside its caller's transaction."""

from __future__ import annotations

import time

from sqlite_utils import Database

from core.loops import PAUSE_SECONDS
from core.messages import Exchange, IncomingMessage, Role
from core.store.database import first

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

    Args:
        db: The database.
        conversation: Whose turns.
        customer: The id of who asked.
        before: The turn that they come before.
    """
    rows = db.execute(
        'SELECT turn, role, substr(text, 1, ?), sent_at, customer, action, "case" FROM messages '
        "JOIN turns ON turns.id = turn WHERE messages.conversation = ? AND turn < ? AND state = 'decided' "
        "ORDER BY turn DESC, position DESC, seq DESC LIMIT ?",
        [_COMPARED, conversation, before, _MOST_ROWS],
    )
    oldest = time.time() - _DAY
    found: dict[int, Exchange] = {}
    for turn, role, text, at, whose, action, case in rows:
        if whose != customer or (case is None and action is None):
            continue
        if case is not None or at < oldest:
            break
        one = found.get(turn, Exchange("", 0.0, ""))
        if role == Role.CUSTOMER:
            found[turn] = Exchange(f"{text}\n{one.asked}".strip(), max(at, one.at), one.said)
        else:
            found[turn] = Exchange(one.asked, one.at, text)
    return tuple(found.values())
