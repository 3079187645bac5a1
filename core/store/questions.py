"""Queries about what customers asked and what agents answered. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlite_utils import Database

from core.messages import Reason, StoredMessage, Withheld
from core.store.database import marks
from core.store.history import NAMED, message_of


@dataclass(frozen=True, slots=True)
class CustomerTurn:
    """What one customer said in one turn that was the bot's to answer, and what came of it.

    Attributes:
        id: The turn's number.
        conversation: Where.
        customer: The customer's id.
        name: What they are called; may be empty.
        at: When its last message was sent, in seconds since the epoch.
        texts: Its messages as they are now, in the platform's order.
        reason: Why a person was offered or called, if one was.
        withheld: What the answer would have claimed without support.
        feedback: What the customer said of the answer: `helpful`, `unhelpful` or nothing.
    """

    id: int
    conversation: str
    customer: str
    name: str
    at: float
    texts: tuple[str, ...]
    reason: Reason | None = None
    withheld: tuple[Withheld, ...] = ()
    feedback: str = ""


def customer_turns(db: Database, reasons: Sequence[Reason], since: float) -> list[CustomerTurn]:
    """Return what customers asked wherever the articles failed one since a time, in order.

    These are all turns of the conversations with one that had such a reason, claims that were withheld or an
    answer that did not help, and of those with a case that was rated bad.
    """
    query = (
        "SELECT turn, messages.conversation, customer, coalesce(people.name, author_name), text, "
        "messages.sent_at, reason, withheld, feedback "
        "FROM messages JOIN turns ON turns.id = turn LEFT JOIN people ON people.id = author "
        "WHERE role = 'customer' AND audience = '' AND turns.state = 'decided' AND turns.\"case\" IS NULL "
        "AND messages.conversation IN ("
        f"SELECT conversation FROM turns WHERE decided_at >= ? AND (reason IN ({marks(reasons)}) "
        "OR withheld IS NOT NULL OR feedback = 'unhelpful') "
        "UNION SELECT conversation FROM cases WHERE rating = 'bad' AND since >= ?) "
        "ORDER BY turn, messages.position, messages.seq"
    )
    rows = db.execute(query, [since, *reasons, since])
    return [_turn(list(said)) for _, said in groupby(rows, key=lambda row: row[0])]


def _turn(rows: Sequence[tuple[int, str, str, str, str, float, str | None, str | None, str]]) -> CustomerTurn:
    id, conversation, customer, name, _, at, reason, withheld, feedback = rows[-1]
    return CustomerTurn(
        id,
        conversation,
        customer,
        name,
        at,
        tuple(row[4] for row in rows),
        Reason(reason) if reason else None,
        _withheld(json.loads(withheld)) if withheld else (),
        feedback,
    )


def _withheld(claims: Iterable[dict[str, object]]) -> tuple[Withheld, ...]:
    return tuple(Withheld(str(one["kind"]), str(one["claim"]), bool(one["mended"])) for one in claims)


def said_in_case(db: Database, case: int) -> list[StoredMessage]:
    """Return what a case's customer and its agents said to each other, in order.

    What stayed internal is none of it, nor the note that closed the case: it repeats what was said.
    """
    rows = db.query(
        f"{NAMED} WHERE turns.\"case\" = ? AND role IN ('customer', 'agent') "
        "AND messages.id NOT LIKE '%:agent/%' "
        "ORDER BY turn, messages.position, messages.seq",
        [case],
    )
    return [message_of(row) for row in rows]
