"""Queries about cases. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlite_utils import Database

from core.cases import DECLINED
from core.handover import Change, Note
from core.messages import Author, Case, CaseState, CaseStep, Reason, Role, Session
from core.outage import Outage, Struck, told
from core.store.database import files_as_json, files_of, first, marks, whole
from core.store.posts import add_posts, hush, without_buttons

OPEN_STATES = (CaseState.OFFERED, CaseState.WAITING, CaseState.CLAIMED)
WITH_PEOPLE = (CaseState.WAITING, CaseState.CLAIMED)
# What was offered or resolved longer ago than this is another matter.
SESSION_SECONDS = 12 * 3_600.0
PREVIOUS_SECONDS = 86_400.0

# All but `thread`, which is set when the card is posted, whatever else becomes of the case meanwhile.
_COLUMNS: dict[str, Callable[[Case], object]] = {
    "conversation": lambda case: case.conversation,
    "customer": lambda case: case.customer.id,
    "customer_name": lambda case: case.customer.name,
    "place": lambda case: case.place,
    "reason": lambda case: case.reason,
    "question": lambda case: whole(case.question),
    "state": lambda case: case.state,
    "owner": lambda case: case.owner.id if case.owner else "",
    "owner_name": lambda case: case.owner.name if case.owner else "",
    "key": lambda case: case.key,
    "ping": lambda case: case.ping,
    "desk": lambda case: case.desk,
    "body": lambda case: whole(case.body),
    "asked": lambda case: case.asked,
    "subject": lambda case: case.subject,
    "shared": lambda case: int(case.shared),
    "opened_at": lambda case: case.opened_at,
    "since": lambda case: case.since,
    "spoke": lambda case: case.spoke,
    "spoke_at": lambda case: case.spoke_at,
    "claimed_from": lambda case: case.claimed_from,
    "told": lambda case: int(case.told),
    "reminders": lambda case: case.reminders,
    "answer": lambda case: whole(case.answer),
    "rating": lambda case: case.rating,
    "language": lambda case: case.language,
}


def _case(row: dict[str, Any]) -> Case:
    return Case(
        conversation=row["conversation"],
        customer=Author(row["customer"], row["customer_name"]),
        reason=Reason(row["reason"]),
        question=row["question"],
        state=CaseState(row["state"]),
        place=row["place"],
        key=row["key"],
        owner=Author(row["owner"], row["owner_name"]) if row["owner"] else None,
        ping=row["ping"],
        desk=row["desk"],
        thread=row["thread"],
        body=row["body"],
        asked=row["asked"],
        subject=row["subject"],
        shared=bool(row["shared"]),
        opened_at=row["opened_at"],
        since=row["since"],
        spoke=Role(row["spoke"]),
        spoke_at=row["spoke_at"],
        claimed_from=row["claimed_from"],
        told=bool(row["told"]),
        reminders=row["reminders"],
        answer=row["answer"],
        rating=row["rating"],
        language=row["language"],
        id=row["id"],
    )


def find_cases(db: Database, where: str, arguments: list[object], limit: int = -1) -> list[Case]:
    """Return the cases that a condition holds for, the newest first."""
    rows = db.query(f"SELECT * FROM cases WHERE {where} ORDER BY id DESC LIMIT {limit}", arguments)
    return [_case(row) for row in rows]


def open_cases(db: Database, conversation: str) -> list[Case]:
    """Return the open cases of a conversation, the newest first."""
    among = marks(OPEN_STATES)
    return find_cases(db, f"conversation = ? AND state IN ({among})", [conversation, *OPEN_STATES])


def case_of(db: Database, key: str) -> Case | None:
    """Return the case with a key."""
    return next(iter(find_cases(db, "key = ?", [key])), None)


def case_below(db: Database, thread: str) -> Case | None:
    """Return the case whose card stands above a thread."""
    return next(iter(find_cases(db, "thread = ? AND thread != ''", [thread])), None)


def case_for(found: Sequence[Case], author: str, *, shared: bool) -> Case | None:
    """Return which of the open cases of a conversation decides what becomes of an author's words.

    A case that people have silences a DM or a thread for everybody, a whole channel only for its customer.
    """
    theirs = [case for case in found if case.customer.id == author]
    others = [case for case in found if case.is_with_people and not shared]
    return next(iter([*(case for case in theirs if case.is_with_people), *others, *theirs]), None)


def offer_beside(found: Sequence[Case], author: str) -> Case | None:
    """Return the open offer to somebody else, of the open cases of a conversation."""
    return next((c for c in found if c.customer.id != author and c.state is CaseState.OFFERED), None)


def session_of(db: Database, conversation: str, author: str, now: float) -> Session:
    """Return what came of persons since a customer last began afresh."""
    theirs = "SELECT 1 FROM cases WHERE conversation = ? AND customer = ?"
    if first(db, theirs, [conversation, author]) is None:
        return Session()
    # A case that agents were called for has been dealt with; an offer that came to nothing still counts.
    query = (
        "SELECT max(since) FROM cases WHERE conversation = ? AND customer = ? "
        "AND state IN ('resolved', 'cancelled') AND ping != ''"
    )
    closed = first(db, query, [conversation, author])[0] or 0.0
    afresh = first(db, "SELECT afresh_at FROM conversations WHERE id = ?", [conversation])[0]
    since = max(closed, afresh, now - SESSION_SECONDS)
    steps = db.execute(
        'SELECT case_steps.state, why FROM cases JOIN case_steps ON case_steps."case" = cases.id '
        "WHERE conversation = ? AND customer = ? AND opened_at >= ?",
        [conversation, author, since],
    ).fetchall()
    previous = find_cases(
        db,
        "conversation = ? AND customer = ? AND state = ? AND since >= ?",
        [conversation, author, CaseState.RESOLVED, max(now - PREVIOUS_SECONDS, afresh)],
        limit=1,
    )
    return Session(
        offers=sum(state == CaseState.OFFERED for state, _ in steps),
        declined=any(why == DECLINED for _, why in steps),
        previous=previous[0] if previous else None,
    )


def save_case(db: Database, case: Case) -> int:
    """Store a case as it is now; return its number."""
    values = [value(case) for value in _COLUMNS.values()]
    if case.id:
        pairs = ", ".join(f"{name} = ?" for name in _COLUMNS)
        db.execute(f"UPDATE cases SET {pairs} WHERE id = ?", [*values, case.id])
        return case.id
    names = ", ".join(_COLUMNS)
    number = db.execute(f"INSERT INTO cases({names}) VALUES ({marks(values)})", values).lastrowid
    assert number is not None
    return number


def add_step(db: Database, case: int, state: CaseState, who: str, why: str) -> None:
    """Record a step of a case: who took it, and why."""
    db.execute(
        'INSERT INTO case_steps("case", state, who, why, at) VALUES (?, ?, ?, ?, ?)',
        [case, state, who, why, time.time()],
    )


def steps_of(db: Database, case: int) -> list[CaseStep]:
    """Return the steps of a case, in order."""
    rows = db.execute('SELECT state, who, why, at FROM case_steps WHERE "case" = ? ORDER BY id', [case])
    return [CaseStep(CaseState(state), who, why, at) for state, who, why, at in rows]


def apply_change(db: Database, change: Change, turn: int | None) -> int:
    """Store what became of a case, and put what is posted about it into the outbox; return its number."""
    if change.case.id:
        _take_buttons_away(db, change.case)
    if change.why and change.case.state is CaseState.CLAIMED:
        hush(db, change.case.place)
    number = save_case(db, change.case)
    if change.why:
        add_step(db, number, change.case.state, change.who, change.why)
    add_posts(db, change.posts, turn)
    return number


def _take_buttons_away(db: Database, now: Case) -> None:
    """Edit the buttons off a post that the customer has answered: one that does nothing is a trap."""
    state, rating, asked = first(db, "SELECT state, rating, asked FROM cases WHERE id = ?", [now.id])
    answered = (state == CaseState.OFFERED and now.state != state) or (now.rating and not rating)
    if answered and asked:
        add_posts(db, without_buttons(db, asked), None)


def add_note(db: Database, note: Note, case: int, at: float) -> bool:
    """Record that an agent wrote something; return False if that is known."""
    added = db.execute(
        'INSERT INTO notes(id, "case", author, author_name, text, tokens, files, at) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING",
        [
            note.id,
            case,
            note.author.id,
            note.author.name,
            whole(note.text),
            note.tokens,
            files_as_json(note.files),
            at,
        ],
    )
    return added.rowcount == 1


def note_of(db: Database, id: str, case: int) -> Note | None:
    """Return what an agent wrote in the thread of a case, if it was not passed on yet."""
    query = 'SELECT id, author, author_name, text, tokens, files FROM notes WHERE id = ? AND "case" = ?'
    row = first(db, query, [id, case])
    if row is None or not (row[3] or row[5]):
        return None
    return Note(row[0], Author(row[1], row[2]), row[3], row[4], files_of(row[5]))


def strike(db: Database, struck: Struck) -> None:
    """Put a customer on the notice of their agents' place that the bot can't answer."""
    row = first(
        db,
        "SELECT outages.key, outages.place, lines, total, last_at FROM outages JOIN posts USING (key) "
        "WHERE outages.place = ? AND state != 'failed'",
        [struck.place],
    )
    known = Outage(row[0], row[1], tuple(json.loads(row[2])), row[3], row[4]) if row else None
    outage, post = told(known, struck)
    db.execute(
        "INSERT OR REPLACE INTO outages(key, place, lines, total, last_at) VALUES (?, ?, ?, ?, ?)",
        [outage.key, outage.place, json.dumps(outage.lines), outage.total, outage.last_at],
    )
    add_posts(db, [post], None)
