"""Queries about messages and the turns that answer them. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from core.cases import step
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
from core.store.cases import open_cases, save_case
from core.store.changes import bury, last_words, whole
from core.store.database import first, marks
from core.store.posts import add_posts


@dataclass(frozen=True, slots=True)
class Decision:
    """What a turn came to: everything that its one transaction writes.

    Attributes:
        answer: What was decided; None where the words only went to the agent who owns the case.
        said: All that the customer reads of it; becomes the assistant's message of the turn, unless empty.
        tokens: How many tokens that has.
        posts: What goes to the platforms, in this order.
        case: The case as it is from now on, if the turn opened or changed one.
        window: The first turn that later prompts still see.
    """

    answer: Answer | None
    said: str = ""
    tokens: int = 0
    posts: Sequence[Post] = ()
    case: Case | None = None
    window: int = 0


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
    _ensure_conversation(db, message.conversation)
    if message.author.name:
        db.execute(
            "INSERT INTO people(id, name) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET name = excluded.name",
            [message.author.id, message.author.name],
        )
    stored = db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
        "tokens, position, sent_at) VALUES (?, ?, ?, ?, 'customer', ?, ?, ?, ?, ?, ?) "
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
        ],
    )
    new = stored.rowcount == 1
    if new and message.edited_at:
        bury(db, message.id, message.text, message.edited_at)
    return new


def _ensure_conversation(db: Database, conversation: str) -> None:
    db.execute(
        "INSERT INTO conversations(id, created_at) VALUES (?, ?) ON CONFLICT(id) DO NOTHING",
        [conversation, time.time()],
    )


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
    "SELECT messages.*, coalesce(people.name, author_name) AS called FROM messages "
    "LEFT JOIN people ON people.id = author"
)


def _take_waiting(db: Database, turn: int, conversation: str, author: str) -> Turn | None:
    db.execute(
        "UPDATE messages SET turn = ?, attempts = attempts + 1 "
        "WHERE conversation = ? AND author = ? AND turn IS NULL AND role = 'customer'",
        [turn, conversation, author],
    )
    query = f"{_NAMED} WHERE turn = ? ORDER BY position, seq"
    waiting = tuple(_message(row) for row in db.query(query, [turn]))
    if not waiting:
        return None
    window = first(db, 'SELECT "window" FROM conversations WHERE id = ?', [conversation])[0]
    theirs = [case for case in open_cases(db, conversation) if case.customer.id == author]
    return Turn(
        turn,
        conversation,
        waiting,
        tuple(history(db, conversation, window, before=turn)),
        theirs[0] if theirs else None,
        window,
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


def history(db: Database, conversation: str, window: int, before: int | None) -> list[StoredMessage]:
    """Return messages by turn; within one the customer's come first, then the reply, then agents' words."""
    rows = db.query(
        f"{_NAMED} JOIN turns ON turns.id = messages.turn "
        "WHERE messages.conversation = ? AND turn >= ? AND turn < ? AND state = 'decided' "
        "ORDER BY turn, CASE role WHEN 'customer' THEN 0 WHEN 'assistant' THEN 1 ELSE 2 END, "
        "position, seq",
        [conversation, window, 2**62 if before is None else before],
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
    )


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
    if decision.case:
        save_case(db, decision.case, turn.newest.author.id, decision.case.reason)
    if decision.window != turn.start:
        db.execute(
            'UPDATE conversations SET "window" = max("window", ?) WHERE id = ?',
            [decision.window, turn.conversation],
        )
    if answer:
        book(db, answer.usage, turn.conversation, turn.newest.author.id, turn.id)
    return True


def _moved_on(db: Database, turn: Turn) -> bool:
    """Say whether the customer's case is no longer as it was when the turn was claimed."""
    open_now = [case for case in open_cases(db, turn.conversation) if case.customer.id == turn.customer]
    now = (open_now[0].id, open_now[0].state) if open_now else None
    then = (turn.case.id, turn.case.state) if turn.case else None
    return now != then


def _reworded(db: Database, turn: Turn) -> bool:
    """Say whether a message of a turn was edited or deleted since the turn was claimed."""
    now = db.execute("SELECT id, text FROM messages WHERE turn = ? AND role = 'customer'", [turn.id])
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
            "UPDATE messages SET turn = NULL, not_before = ?, attempts = attempts - ? WHERE turn = "
            "(SELECT id FROM turns WHERE id = ? AND state = 'claimed')",
            [not_before, 0 if counts else 1, turn],
        )
        db.execute("DELETE FROM turns WHERE id = ? AND state = 'claimed'", [turn])


def _last_turn(db: Database, conversation: str) -> int | None:
    row = first(db, "SELECT max(id) FROM turns WHERE conversation = ?", [conversation])
    return row[0] if row else None


def start_afresh(db: Database, conversation: str) -> None:
    """Move the window behind the last turn, and cancel open offers."""
    _ensure_conversation(db, conversation)
    after = (_last_turn(db, conversation) or 0) + 1
    db.execute('UPDATE conversations SET "window" = ? WHERE id = ?', [after, conversation])
    for case in open_cases(db, conversation):
        if case.state is CaseState.OFFERED:
            save_case(db, step(case, CaseState.CANCELLED), case.customer.id, "new session")


def say_as_agent(
    db: Database, agent: Author, text: str, tokens: int, new_posts: Sequence[Post], case: Case
) -> None:
    """Store an agent's words as a turn of their own, the posts that carry them, and the case as it is now."""
    conversation, platform, now = case.conversation, platform_of(case.conversation), time.time()
    _ensure_conversation(db, conversation)
    turn = db.execute(
        "INSERT INTO turns(conversation, platform, customer, state, claimed_at, decided_at) "
        "VALUES (?, ?, ?, 'decided', ?, ?)",
        [conversation, platform, case.customer.id, now, now],
    ).lastrowid
    db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
        "tokens, position, sent_at, turn) VALUES (?, ?, ?, ?, 'agent', ?, ?, ?, ?, 0, ?, ?)",
        [
            f"{platform}:agent/{turn}",
            conversation,
            platform,
            case.place,
            agent.id,
            agent.name,
            whole(text),
            tokens,
            now,
            turn,
        ],
    )
    add_posts(db, new_posts, turn)
    save_case(db, case, agent.id, "answered")


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
