"""Queries about what people made of a case, and said in it. Each runs inside its caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from core.cases import step
from core.handover import Change, Note, closing_words
from core.messages import Case, CaseState, platform_of
from core.store.cases import apply_change, find_cases, open_cases
from core.store.database import files_as_json, first, whole
from core.store.inbox import ensure_conversation


def _last_turn(db: Database, conversation: str) -> int | None:
    row = first(db, "SELECT max(id) FROM turns WHERE conversation = ?", [conversation])
    return row[0] if row else None


def start_afresh(db: Database, conversation: str, now: float) -> None:
    """Move the window behind the last turn, and cancel open offers."""
    ensure_conversation(db, conversation, "", shared=False)
    _begin_behind_last_turn(db, conversation)
    db.execute("UPDATE conversations SET afresh_at = ? WHERE id = ?", [now, conversation])
    for case in open_cases(db, conversation):
        if case.state is CaseState.OFFERED:
            cancelled = step(case, CaseState.CANCELLED, now)
            apply_change(db, Change(cancelled, case.customer.id, "new session"), None)


def _begin_behind_last_turn(db: Database, conversation: str) -> None:
    after = (_last_turn(db, conversation) or 0) + 1
    db.execute('UPDATE conversations SET "window" = ? WHERE id = ?', [after, conversation])


def change_case(db: Database, change: Change, now: float, instead_of: Sequence[Case] = ()) -> None:
    """Store what people, or time, made of a case, and what they said to its customer.

    An offer that is open besides (`instead_of`) ends if the case is open now.
    """
    case, said = change.case, change.passed_on or change.closes
    turn = None
    for offer in () if case.is_closed else instead_of:
        apply_change(
            db, Change(step(offer, CaseState.CANCELLED, now), change.who, "another was reopened"), None
        )
    if change.closes and not case.shared:
        # What comes next is another matter; what others said in a shared channel goes on.
        _begin_behind_last_turn(db, case.conversation)
    if said:
        turn = _said_by_agent(db, said, case, now)
    apply_change(db, change, turn)
    if change.passed_on:
        db.execute("UPDATE notes SET text = '', files = '' WHERE id = ?", [change.passed_on.id])


def requote(db: Database, message: str) -> None:
    """Bring the notes that closed the cases of a message's conversation in line with what these say now."""
    found = first(db, "SELECT conversation FROM messages WHERE id = ?", [message])
    for case in find_cases(db, "conversation = ?", [found[0]]) if found else []:
        text = closing_words(case)
        # At most one token a byte; the words are few, and counting them anew is not worth the way.
        db.execute(
            "UPDATE messages SET text = ?, tokens = ? WHERE conversation = ? AND role = 'agent' "
            "AND id LIKE '%:agent/%' "
            'AND turn IN (SELECT id FROM turns WHERE conversation = ? AND "case" = ?)',
            [text, len(text.encode()), case.conversation, case.conversation, case.id],
        )


def _said_by_agent(db: Database, said: Note, case: Case, now: float) -> int:
    """Store an agent's words as a turn of their own; return its number."""
    platform = platform_of(case.conversation)
    turn = db.execute(
        "INSERT INTO turns(conversation, platform, customer, state, claimed_at, decided_at, "
        "\"case\") VALUES (?, ?, ?, 'decided', ?, ?, ?)",
        [case.conversation, platform, case.customer.id, now, now, case.id],
    ).lastrowid
    assert turn is not None
    db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
        "tokens, position, sent_at, turn, files) VALUES (?, ?, ?, ?, 'agent', ?, ?, ?, ?, 0, ?, ?, ?)",
        [
            said.id or f"{platform}:agent/{turn}",
            case.conversation,
            platform,
            case.place,
            said.author.id,
            said.author.name,
            whole(said.text),
            said.tokens,
            now,
            turn,
            files_as_json(said.files),
        ],
    )
    return turn
