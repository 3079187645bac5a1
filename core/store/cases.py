"""Queries about cases. Each runs inside its caller's transaction."""

from __future__ import annotations

import time

from sqlite_utils import Database

from core.messages import Author, Case, CaseState, Reason
from core.store.database import marks

OPEN_STATES = (CaseState.OFFERED, CaseState.WAITING, CaseState.CLAIMED)


def open_cases(db: Database, conversation: str) -> list[Case]:
    """Return the open cases of a conversation, the newest first."""
    rows = db.query(
        f"SELECT * FROM cases WHERE conversation = ? AND state IN ({marks(OPEN_STATES)}) ORDER BY id DESC",
        [conversation, *OPEN_STATES],
    )
    return [
        Case(
            conversation=row["conversation"],
            customer=Author(row["customer"], row["customer_name"]),
            reason=Reason(row["reason"]),
            question=row["question"],
            state=CaseState(row["state"]),
            place=row["place"],
            owner=row["owner"],
            ping=row["ping"],
            id=row["id"],
        )
        for row in rows
    ]


def save_case(db: Database, case: Case, who: str, why: str) -> None:
    """Store a case as it is now, and the step: who took it, and why."""
    number: int | None = case.id
    if case.id:
        db.execute(
            "UPDATE cases SET state = ?, reason = ?, question = ?, owner = ?, ping = ? WHERE id = ?",
            [case.state, case.reason, case.question, case.owner, case.ping, case.id],
        )
    else:
        number = db.execute(
            "INSERT INTO cases(conversation, customer, customer_name, place, reason, question, state, "
            "owner, ping, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                case.conversation,
                case.customer.id,
                case.customer.name,
                case.place,
                case.reason,
                case.question,
                case.state,
                case.owner,
                case.ping,
                time.time(),
            ],
        ).lastrowid
    db.execute(
        'INSERT INTO case_steps("case", state, who, why, at) VALUES (?, ?, ?, ?, ?)',
        [number, case.state, who, why, time.time()],
    )
