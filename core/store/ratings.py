"""Queries about answers and what their customers made of them. Each runs inside its caller's transaction."""

from __future__ import annotations

from sqlite_utils import Database

from core.messages import Press, original
from core.store.cases import case_for, open_cases
from core.store.database import first
from core.store.languages import spoken_in
from core.thumbs import Given

_ANSWER = (
    "SELECT turns.id, turns.conversation, posts.place, turns.customer, conversations.shared, turns.language "
    "FROM posts JOIN turns ON turns.id = posts.turn "
    "JOIN conversations ON conversations.id = turns.conversation "
    "WHERE turns.action = 'answer' AND edits = '' AND sign = '' AND "
)
BY_KEY = f"{_ANSWER} posts.key = ?"
BY_REF = f"{_ANSWER} posts.ref = ? AND posts.ref != ''"


def given(db: Database, query: str, name: str) -> Given | None:
    """Return the answer that a post belongs to, as it stands now: `BY_KEY` or `BY_REF`."""
    row = first(db, query, [name])
    if row is None:
        return None
    turn, conversation, place, customer, shared, language = row
    newest = first(
        db,
        "SELECT id FROM messages WHERE conversation = ? AND author = ? AND role = 'customer' "
        "ORDER BY seq DESC LIMIT 1",
        [conversation, customer],
    )
    closed = first(
        db,
        "SELECT count(*) FROM cases WHERE conversation = ? AND customer = ? "
        "AND state IN ('resolved', 'cancelled')",
        [conversation, customer],
    )
    case = case_for(open_cases(db, conversation), customer, shared=bool(shared))
    return Given(
        turn,
        conversation,
        place,
        customer,
        original(newest[0]) if newest else "",
        closed[0] if closed else 0,
        case is not None and case.is_with_people,
        bool(shared),
        language or spoken_in(db, conversation, customer),
    )


def rate(db: Database, turn: int, press: Press, at: float) -> None:
    """Keep how an answer was, in the place of what was said of it before that time."""
    query = "UPDATE turns SET feedback = ?, feedback_at = ? WHERE id = ? AND feedback_at <= ?"
    db.execute(query, [press, at, turn, at])


def unrate(db: Database, turn: int, press: Press, at: float) -> None:
    """Take back how an answer was, unless something else was said of it, or later."""
    query = (
        "UPDATE turns SET feedback = '', feedback_at = ? WHERE id = ? AND feedback IN (?, '') "
        "AND feedback_at <= ?"
    )
    db.execute(query, [at, turn, press, at])


def ratings(db: Database, since: float) -> dict[Press, int]:
    """Return how many answers since a time were rated, and how."""
    query = "SELECT feedback, count(*) FROM turns WHERE feedback != '' AND decided_at >= ? GROUP BY feedback"
    return {Press(name): number for name, number in db.execute(query, [since])}
