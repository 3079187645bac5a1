"""Queries about what belongs to a customer. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from core.messages import Case, Role
from core.store.cases import WITH_PEOPLE, find_cases
from core.store.database import first, marks


@dataclass(frozen=True, slots=True)
class Theirs:
    """What belongs to a customer.

    Attributes:
        conversations: Where they wrote.
        alone: Those of them in which no other customer did.
        cases: Their hand-overs.
        turns: What was answered to them; nothing that they said as an agent.
        heard: What people said in their cases.
        messages: (id, conversation, role, text) of what they wrote, and of what was answered.
    """

    conversations: tuple[str, ...]
    alone: tuple[str, ...]
    cases: tuple[Case, ...]
    turns: tuple[int, ...]
    heard: tuple[int, ...]
    messages: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is kept of a customer: how many messages of theirs, answers to them, and cases."""

    messages: int
    answers: int
    cases: int
    with_people: bool


def listed(values: Iterable[object]) -> str:
    """Return values for `IN (SELECT value FROM json_each(?))`: there may be more than can be bound."""
    return json.dumps(list(values))


def column(db: Database, query: str, *arguments: object) -> tuple[Any, ...]:
    """Return the first column of what a query finds."""
    return tuple(row[0] for row in db.execute(query, list(arguments)))


def is_with_people(db: Database, who: str) -> bool:
    """Say whether people deal with a customer."""
    query = f"SELECT 1 FROM cases WHERE customer = ? AND state IN ({marks(WITH_PEOPLE)})"
    return first(db, query, [who, *WITH_PEOPLE]) is not None


def holdings(db: Database, who: str) -> Holdings:
    """Return how much is kept of a customer."""
    theirs = theirs_of(db, who)
    wrote = [role for _, _, role, _ in theirs.messages if role == Role.CUSTOMER]
    kept = [case for case in theirs.cases if not case.forgotten]
    return Holdings(len(wrote), len(theirs.messages) - len(wrote), len(kept), is_with_people(db, who))


def theirs_of(db: Database, who: str) -> Theirs:
    """Return what belongs to a customer."""
    conversations = column(
        db,
        "SELECT conversation FROM messages WHERE author = ? UNION SELECT conversation FROM turns "
        "WHERE customer = ? UNION SELECT conversation FROM cases WHERE customer = ?",
        *[who] * 3,
    )
    alone = column(
        db,
        "SELECT id FROM conversations AS c WHERE NOT shared AND id IN (SELECT value FROM json_each(?)) "
        "AND EXISTS (SELECT 1 FROM messages WHERE conversation = c.id AND role = 'customer') "
        "AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation = c.id AND role = 'customer' "
        "AND author != ?)",
        listed(conversations),
        who,
    )
    cases = tuple(find_cases(db, "customer = ?", [who]))
    turns = _answered(db, who, alone)
    heard = column(
        db,
        "SELECT id FROM turns WHERE conversation IN (SELECT value FROM json_each(?)) "
        'AND "case" IN (SELECT value FROM json_each(?))',
        listed(conversations),
        listed(case.id for case in cases),
    )
    return Theirs(conversations, alone, cases, turns, heard, _messages(db, who, turns, heard))


def _answered(db: Database, who: str, alone: Iterable[str]) -> tuple[int, ...]:
    """Return the turns that were answered to a customer, with all of their own conversations."""
    # What they wrote as an agent belongs to other customers.
    as_agent = set(column(db, "SELECT turn FROM messages WHERE author = ? AND role = 'agent'", who))
    answered = column(db, "SELECT id FROM turns WHERE customer = ?", who)
    everything = column(
        db,
        "SELECT DISTINCT turn FROM messages WHERE conversation IN (SELECT value FROM json_each(?)) "
        "AND turn IS NOT NULL",
        listed(alone),
    )
    return tuple({*(turn for turn in answered if turn not in as_agent), *everything})


def _messages(
    db: Database, who: str, turns: Iterable[int], heard: Iterable[int]
) -> tuple[tuple[str, str, str, str], ...]:
    """Return what a customer wrote, what was answered to them, and what agents said in their cases."""
    of_turns = (
        "SELECT m.id, m.conversation, role, text FROM json_each(?) AS one CROSS JOIN turns AS t "
        "ON t.id = one.value CROSS JOIN messages AS m INDEXED BY messages_history "
        "ON m.conversation = t.conversation AND m.turn = t.id WHERE"
    )
    wrote = "SELECT id, conversation, role, text FROM messages WHERE author = ? AND role = 'customer'"
    return tuple(
        {
            *db.execute(wrote, [who]),
            *db.execute(f"{of_turns} role != 'customer' OR author = ?", [listed(turns), who]),
            *db.execute(f"{of_turns} role = 'agent'", [listed(heard)]),
        }
    )
