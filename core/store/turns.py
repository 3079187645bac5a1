"""Queries about messages and the turns that answer them. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from core.cases import step
from core.escalation import Cue, cues
from core.handover import Change, Note, closing_words
from core.messages import (
    Answer,
    Author,
    Case,
    CaseState,
    IncomingMessage,
    Post,
    Reason,
    Role,
    StoredMessage,
    Turn,
    Usage,
    platform_of,
)
from core.outage import Struck
from core.store.cases import apply_change, case_for, find_cases, offer_beside, open_cases, session_of, strike
from core.store.changes import bury, last_words
from core.store.database import files_as_json, files_of, first, marks, whole
from core.store.posts import add_posts


@dataclass(frozen=True, slots=True)
class Decision:
    """What a turn came to: everything that its one transaction writes.

    Attributes:
        answer: What was decided; None where the words only went to the agent who owns the case.
        said: All that the customer reads of it; becomes the assistant's message of the turn, unless empty.
        tokens: How many tokens that has.
        posts: What goes to the platforms, in this order.
        change: What becomes of the case, if the turn opens or changes one.
        window: The first turn that later prompts still see.
        mute: Whether the bot is to be quiet there until it is mentioned.
        struck: Who is put on the notice that the bot can't answer.
        by_agent: Whether the turn's messages turned out to be an agent's.
    """

    answer: Answer | None
    said: str = ""
    tokens: int = 0
    posts: Sequence[Post] = ()
    change: Change | None = None
    window: int = 0
    mute: bool = False
    struck: Struck | None = None
    by_agent: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """Turns that were claimed, whether more waits, and when what was put back may be claimed again."""

    turns: tuple[Turn, ...]
    left: bool
    next_at: float | None


def add(db: Database, message: IncomingMessage, tokens: int) -> bool:
    """Store a customer's message unless its id is known; return whether it was new.

    Of a message that was edited before it came, the new words are stored; of a deleted one nothing is.
    """
    last = last_words(db, message.id)
    if last and last.text is None:
        return False
    if last and last.text is not None and last.at >= message.edited_at:
        message = replace(message, text=last.text, edited_at=last.at)
    message = replace(
        message, text=whole(message.text), author=Author(message.author.id, whole(message.author.name))
    )
    _ensure_conversation(db, message.conversation, message.author.id, shared=message.shared)
    if _is_muted(db, message):
        return False
    if message.author.name:
        db.execute(
            "INSERT INTO people(id, name) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET name = excluded.name",
            [message.author.id, message.author.name],
        )
    stored = db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
        "tokens, position, sent_at, files) VALUES (?, ?, ?, ?, 'customer', ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT(id) DO NOTHING",
        [
            message.id,
            message.conversation,
            platform_of(message.conversation),
            message.answer_place,
            message.author.id,
            message.author.name,
            message.text,
            tokens,
            message.position,
            message.sent_at,
            files_as_json(message.files),
        ],
    )
    new = stored.rowcount == 1
    if new and message.edited_at:
        bury(db, message.id, message.text, message.edited_at)
    return new


def _ensure_conversation(db: Database, conversation: str, author: str, *, shared: bool) -> None:
    db.execute(
        "INSERT INTO conversations(id, opened_by, shared, created_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT(id) DO NOTHING",
        [conversation, author, int(shared), time.time()],
    )


def _is_muted(db: Database, message: IncomingMessage) -> bool:
    """Say whether the bot is to be quiet, and so to forget a message.

    A mention ends that, and so does a request for a person: nobody is to wait for one in silence.
    """
    query = "SELECT muted, quiet_until FROM conversations WHERE id = ?"
    muted, quiet_until = first(db, query, [message.conversation])
    if muted and (message.mentions or Cue.PERSON in cues(message.text)):
        query = "UPDATE conversations SET muted = 0, quiet_until = ? WHERE id = ?"
        db.execute(query, [message.position, message.conversation])
        return False
    if not muted and message.position >= quiet_until:
        return False
    found = open_cases(db, message.conversation)
    case = case_for(found, message.author.id, shared=message.shared)
    return case is None or not case.is_with_people


def claim(db: Database, platforms: Sequence[str], now: float, oldest: float) -> Turn | None:
    """Claim what one customer has waiting in the conversation that waits longest.

    Passes over places that are held, and over what was written before `oldest`.
    """
    found = first(
        db,
        "SELECT conversation, author, platform FROM messages AS m WHERE turn IS NULL "
        f"AND role = 'customer' AND not_before <= ? AND sent_at >= ? AND platform IN ({marks(platforms)}) "
        "AND NOT EXISTS (SELECT 1 FROM turns WHERE state = 'claimed' AND conversation = m.conversation) "
        "AND NOT EXISTS (SELECT 1 FROM held WHERE m.conversation = held.place "
        "OR substr(m.conversation, 1, length(held.place) + 1) IN (held.place || ':', held.place || '/')) "
        "ORDER BY seq LIMIT 1",
        [now, oldest, *platforms],
    )
    if found is None:
        return None
    conversation, author, platform = found
    turn = db.execute(
        "INSERT INTO turns(conversation, platform, customer, state, claimed_at) "
        "VALUES (?, ?, ?, 'claimed', ?)",
        [conversation, platform, author, now],
    ).lastrowid
    assert turn is not None
    return _take_waiting(db, turn, conversation, author)


def claim_all(db: Database, platforms: Sequence[str], most: int, now: float, oldest: float) -> Claimed:
    """Claim what waits, so many turns at most; see `claim`."""
    found: list[Turn] = []
    while len(found) < most and (turn := claim(db, platforms, now, oldest)):
        found.append(turn)
    waits = "SELECT 1 FROM messages WHERE turn IS NULL AND role = 'customer' AND platform IN"
    left = first(db, f"{waits} ({marks(platforms)})", platforms) is not None
    return Claimed(tuple(found), left, next_waiting(db, platforms) if left else None)


def next_waiting(db: Database, platforms: Sequence[str]) -> float | None:
    """Return when the next message that was put back may be claimed again, or None."""
    row = first(
        db,
        "SELECT min(not_before) FROM messages AS m WHERE turn IS NULL AND role = 'customer' "
        f"AND not_before > 0 AND platform IN ({marks(platforms)}) AND NOT EXISTS "
        "(SELECT 1 FROM turns WHERE state = 'claimed' AND conversation = m.conversation)",
        platforms,
    )
    return row[0] if row else None


def extend(db: Database, turn: Turn) -> Turn | None:
    """Take what its customer has written, edited or deleted meanwhile into a claimed turn.

    Returns:
        The turn as it is now; None, and no turn, if all its messages were deleted.
    """
    extended = _take_waiting(db, turn.id, turn.conversation, turn.customer)
    if extended is None:
        db.execute("DELETE FROM turns WHERE id = ?", [turn.id])
    return extended


# Messages with their authors' names as they are known now.
_NAMED = (
    "SELECT messages.*, coalesce(people.name, author_name) AS called, "
    '(SELECT "case" FROM turns WHERE turns.id = messages.turn) AS theirs FROM messages '
    "LEFT JOIN people ON people.id = author"
)


def _take_waiting(db: Database, turn: int, conversation: str, author: str) -> Turn | None:
    db.execute(
        "UPDATE messages SET turn = ?, attempts = attempts + 1 "
        "WHERE conversation = ? AND author = ? AND turn IS NULL AND role = 'customer'",
        [turn, conversation, author],
    )
    query = f"{_NAMED} WHERE conversation = ? AND turn = ? ORDER BY position, seq"
    waiting = tuple(_message(row) for row in db.query(query, [conversation, turn]))
    if not waiting:
        return None
    query = 'SELECT "window", shared, opened_by FROM conversations WHERE id = ?'
    window, shared, opened_by = first(db, query, [conversation])
    found = open_cases(db, conversation)
    return Turn(
        turn,
        conversation,
        waiting,
        tuple(history(db, conversation, window, before=turn, reader=author if shared else "")),
        case_for(found, author, shared=bool(shared)),
        window,
        session_of(db, conversation, author, time.time()),
        bool(shared),
        bool(opened_by) and opened_by != author and not shared,
        None if shared else offer_beside(found, author),
    )


def late(db: Database, platforms: Sequence[str], oldest: float) -> list[Turn]:
    """Return what was written before `oldest` and still waits, as turns that are not claimed."""
    rows = db.query(
        "SELECT * FROM messages AS m WHERE turn IS NULL "
        f"AND role = 'customer' AND sent_at < ? AND platform IN ({marks(platforms)}) "
        "AND NOT EXISTS (SELECT 1 FROM turns WHERE state = 'claimed' AND conversation = m.conversation) "
        "ORDER BY conversation, author, position, seq",
        [oldest, *platforms],
    )
    grouped = groupby(rows, key=lambda row: (row["conversation"], row["author"]))
    return [Turn(0, key[0], tuple(map(_message, group))) for key, group in grouped]


def settle(db: Database, turn: Turn, reason: Reason) -> None:
    """Close the messages of a turn that was not claimed, as not answered for a reason."""
    number = db.execute(
        "INSERT INTO turns(conversation, platform, customer, state, reason, claimed_at, decided_at) "
        "VALUES (?, ?, ?, 'decided', ?, ?, ?)",
        [turn.conversation, platform_of(turn.conversation), turn.customer, reason, time.time(), time.time()],
    ).lastrowid
    for message in turn.waiting:
        db.execute("UPDATE messages SET turn = ? WHERE id = ? AND turn IS NULL", [number, message.id])


def history(
    db: Database, conversation: str, window: int, before: int | None, reader: str = ""
) -> list[StoredMessage]:
    """Return messages by turn; within one the customer's come first, then the reply, then agents' words.

    Args:
        db: The database.
        conversation: Whose history.
        window: The first turn of it.
        before: The turn that it ends before; None: the whole.
        reader: Leaves out what other customers than this one and people said to each other.
    """
    private = 'AND ("case" IS NULL OR customer = :reader) ' if reader else ""
    rows = db.query(
        f"{_NAMED} JOIN turns ON turns.id = messages.turn "
        "WHERE messages.conversation = :conversation AND turn >= :window AND turn < :before "
        f"AND state = 'decided' {private}"
        "ORDER BY turn, CASE role WHEN 'customer' THEN 0 WHEN 'assistant' THEN 1 ELSE 2 END, "
        "position, seq",
        {
            "conversation": conversation,
            "window": window,
            "before": 2**62 if before is None else before,
            "reader": reader,
        },
    )
    return [_message(row) for row in rows]


def _message(row: dict[str, Any]) -> StoredMessage:
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
    )


class OthersWrote(Exception):
    """Other people wrote in a conversation while a turn of it was answered: an agent may have."""

    def __init__(self, people: Set[str]) -> None:
        super().__init__(f"{len(people)} other people wrote")
        self.people = people


def check_others(db: Database, turn: Turn, decision: Decision, customers: Set[str]) -> None:
    """Raise OthersWrote if an answer might talk over an agent; see `Store.decide`."""
    if decision.answer is None or turn.shared:
        return
    waiting = db.execute(
        "SELECT DISTINCT author FROM messages WHERE conversation = ? AND turn IS NULL AND role = 'customer' "
        "AND author != ?",
        [turn.conversation, turn.customer],
    )
    if unknown := {row[0] for row in waiting} - customers:
        raise OthersWrote(unknown)


def decide(db: Database, turn: Turn, decision: Decision) -> bool:
    """Write what a turn came to; return False if it was not ours to decide any more."""
    if _moved_on(db, turn) or _reworded(db, turn):
        return False
    answer = decision.answer
    decided = db.execute(
        "UPDATE turns SET state = 'decided', action = ?, reason = ?, sources = ?, decided_at = ? "
        "WHERE id = ? AND state = 'claimed'",
        [
            answer.action if answer else None,
            answer.reason if answer else None,
            json.dumps([passage.id for passage in answer.sources]) if answer else None,
            time.time(),
            turn.id,
        ],
    )
    if decided.rowcount != 1:
        return False
    if decision.said:
        _add_reply(db, turn, decision.said, decision.tokens)
    add_posts(db, decision.posts, turn.id)
    if decision.change:
        case = apply_change(db, decision.change, turn.id)
        if answer is None:
            db.execute('UPDATE turns SET "case" = ? WHERE id = ?', [case, turn.id])
    if decision.struck:
        strike(db, decision.struck)
    if decision.mute:
        db.execute("UPDATE conversations SET muted = 1 WHERE id = ?", [turn.conversation])
    if decision.by_agent:
        db.execute(
            "UPDATE messages SET role = 'agent' WHERE conversation = ? AND turn = ? AND role = 'customer'",
            [turn.conversation, turn.id],
        )
    if decision.window != turn.start:
        db.execute(
            'UPDATE conversations SET "window" = max("window", ?) WHERE id = ?',
            [decision.window, turn.conversation],
        )
    if answer:
        book(db, answer.usage, turn.conversation, turn.newest.author.id, turn.id)
    return True


def _moved_on(db: Database, turn: Turn) -> bool:
    """Say whether the case is no longer as it was when the turn was claimed: a person may have taken it."""
    now = case_for(open_cases(db, turn.conversation), turn.customer, shared=turn.shared)
    return _stand(now) != _stand(turn.case)


def _stand(case: Case | None) -> object:
    return replace(case, thread="") if case else None  # the card may be posted meanwhile


def _reworded(db: Database, turn: Turn) -> bool:
    """Say whether a message of a turn was edited or deleted since the turn was claimed."""
    query = "SELECT id, text FROM messages WHERE conversation = ? AND turn = ? AND role = 'customer'"
    now = db.execute(query, [turn.conversation, turn.id])
    return set(now) != {(message.id, message.text) for message in turn.waiting}


def _add_reply(db: Database, turn: Turn, text: str, tokens: int) -> None:
    db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
        "tokens, position, sent_at, turn) VALUES (?, ?, ?, ?, 'assistant', '', '', ?, ?, 0, ?, ?)",
        [
            f"{platform_of(turn.conversation)}:reply/{turn.id}",
            turn.conversation,
            platform_of(turn.conversation),
            turn.newest.place,
            text,
            tokens,
            time.time(),
            turn.id,
        ],
    )


def release(db: Database, turns: Sequence[int], not_before: float, *, counts: bool) -> None:
    """Put the messages of claimed turns back, to be claimed again at a time; a decided one stays decided."""
    for turn in turns:
        db.execute(
            "UPDATE messages SET turn = NULL, not_before = ?, attempts = attempts - ? WHERE turn = ? AND "
            "conversation = (SELECT conversation FROM turns WHERE id = ? AND state = 'claimed')",
            [not_before, 0 if counts else 1, turn, turn],
        )
        db.execute("DELETE FROM turns WHERE id = ? AND state = 'claimed'", [turn])


def _last_turn(db: Database, conversation: str) -> int | None:
    row = first(db, "SELECT max(id) FROM turns WHERE conversation = ?", [conversation])
    return row[0] if row else None


def start_afresh(db: Database, conversation: str, now: float) -> None:
    """Move the window behind the last turn, and cancel open offers."""
    _ensure_conversation(db, conversation, "", shared=False)
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


def book(db: Database, usage: Usage, conversation: str, customer: str, turn: int | None) -> None:
    """Book tokens, if any call was made."""
    if usage.calls:
        db.execute(
            "INSERT INTO usage(at, conversation, customer, turn, model, calls, prompt_tokens, "
            "cached_tokens, completion_tokens) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                time.time(),
                conversation,
                customer,
                turn,
                usage.model,
                usage.calls,
                usage.prompt_tokens,
                usage.cached_tokens,
                usage.completion_tokens,
            ],
        )
