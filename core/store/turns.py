"""Queries about turns: claimed, brought up to date, put back. Each runs inside its caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlite_utils import Database

from core.messages import Audience, Earlier, Reason, Turn, platform_of
from core.store import languages
from core.store.cases import case_for, offer_beside, open_cases, session_of
from core.store.database import first, marks
from core.store.history import NAMED, history, last_customer, last_said_at, message_of, opening_words
from core.store.live import close_left, left
from core.store.pauses import exchanges
from core.store.summaries import summaries


@dataclass(frozen=True, slots=True)
class Claimed:
    """Turns that were claimed, whether more waits, and when what was put back may be claimed again."""

    turns: tuple[Turn, ...]
    left: bool
    next_at: float | None


def claim(
    db: Database, platforms: Sequence[str], now: float, oldest: float, session_seconds: float | None = None
) -> Turn | None:
    """Claim what one customer has waiting in the conversation that waits longest.

    Passes over places that are held, and over what was written before `oldest`. With `session_seconds` a
    session begins after so long a silence: what was said before is then no history.
    """
    found = first(
        db,
        "SELECT conversation, author, platform, audience FROM messages AS m WHERE turn IS NULL "
        "AND role = 'customer' AND not_before <= ? AND (sent_at >= ? OR audience != '') "
        f"AND platform IN ({marks(platforms)}) "
        "AND NOT EXISTS (SELECT 1 FROM turns WHERE state = 'claimed' AND conversation = m.conversation) "
        "AND NOT EXISTS (SELECT 1 FROM held WHERE m.conversation = held.place "
        "OR substr(m.conversation, 1, length(held.place) + 1) IN (held.place || ':', held.place || '/')) "
        "ORDER BY seq LIMIT 1",
        [now, oldest, *platforms],
    )
    if found is None:
        return None
    conversation, author, platform, audience = found
    turn = db.execute(
        "INSERT INTO turns(conversation, platform, customer, state, claimed_at) "
        "VALUES (?, ?, ?, 'claimed', ?)",
        [conversation, platform, author, now],
    ).lastrowid
    assert turn is not None
    return _take_waiting(db, turn, conversation, author, Audience(audience), session_seconds)


def claim_all(
    db: Database,
    platforms: Sequence[str],
    most: int,
    now: float,
    oldest: float,
    session_seconds: float | None = None,
) -> Claimed:
    """Claim what waits, so many turns at most; see `claim`."""
    found: list[Turn] = []
    while len(found) < most and (turn := claim(db, platforms, now, oldest, session_seconds)):
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


def extend(db: Database, turn: Turn, session_seconds: float | None = None) -> Turn | None:
    """Take what its customer has written, edited or deleted meanwhile into a claimed turn.

    Returns:
        The turn as it is now; None, and no turn, if all its messages were deleted.
    """
    audience = turn.newest.audience
    extended = _take_waiting(db, turn.id, turn.conversation, turn.customer, audience, session_seconds)
    if extended is None:
        db.execute("DELETE FROM turns WHERE id = ?", [turn.id])
        close_left(db)
    return extended


def _take_waiting(
    db: Database, turn: int, conversation: str, author: str, audience: Audience, session_seconds: float | None
) -> Turn | None:
    # What was said to others is a turn of its own: no answer waits for it, and it answers nothing.
    db.execute(
        "UPDATE messages SET turn = ?, attempts = attempts + 1 "
        "WHERE conversation = ? AND author = ? AND turn IS NULL AND role = 'customer' AND audience = ?",
        [turn, conversation, author, audience],
    )
    query = f"{NAMED} WHERE messages.conversation = ? AND turn = ? ORDER BY position, seq"
    waiting = tuple(message_of(row) for row in db.query(query, [conversation, turn]))
    if not waiting:
        return None
    query = "SELECT shared, opened_by, summary, unread FROM conversations WHERE id = ?"
    shared, opened_by, summary, unread = first(db, query, [conversation])
    found = open_cases(db, conversation)
    case = case_for(found, author, shared=bool(shared))
    stranger = bool(opened_by) and opened_by != author and not shared
    reader = author if shared else ""
    with_people = case is not None and case.is_with_people
    window = _window(db, turn, conversation, waiting[0].sent_at, session_seconds, reader, with_people)
    return Turn(
        id=turn,
        conversation=conversation,
        waiting=waiting,
        history=tuple(history(db, conversation, window.start, before=turn, reader=reader)),
        case=case,
        start=window.start,
        session=session_of(db, conversation, author, time.time()),
        shared=bool(shared),
        stranger=stranger,
        host=last_customer(db, conversation, author) if stranger else None,
        beside=None if shared else offer_beside(found, author),
        opened_by=opened_by,
        summaries=tuple(summaries(db, conversation, summary)),
        summary=summary,
        earlier=window.earlier,
        begins=window.begins,
        language=languages.spoken_in(db, conversation, author),
        unread=unread,
        exchanges=exchanges(db, conversation, author, turn),
        live=left(db, turn, [message.id for message in waiting]),
    )


@dataclass(frozen=True, slots=True)
class _Window:
    """What of a conversation a turn sees: from which turn on, whether a session begins, the one before."""

    start: int
    begins: bool = False
    earlier: Earlier | None = None


def _window(
    db: Database,
    turn: int,
    conversation: str,
    asked_at: float,
    session_seconds: float | None,
    reader: str,
    with_people: bool,
) -> _Window:
    """Return what a turn sees of its conversation; `reader` as for `history`."""
    query = 'SELECT "window", session, previous_session FROM conversations WHERE id = ?'
    start, session, previous = first(db, query, [conversation])
    if session_seconds is None:
        return _Window(start)
    since = last_said_at(db, conversation, start, turn)
    begins = since is not None and asked_at - since > session_seconds and not with_people
    if begins:
        start, previous, session = turn, session, turn
    words = opening_words(db, conversation, previous, session, reader) if previous < session else None
    return _Window(start, begins, Earlier(*words) if words else None)


def late(db: Database, platforms: Sequence[str], oldest: float) -> list[Turn]:
    """Return what was written before `oldest` and still waits, as turns that are not claimed."""
    rows = db.query(
        "SELECT * FROM messages AS m WHERE turn IS NULL AND role = 'customer' AND audience = '' "
        f"AND sent_at < ? AND platform IN ({marks(platforms)}) "
        "AND NOT EXISTS (SELECT 1 FROM turns WHERE state = 'claimed' AND conversation = m.conversation) "
        "ORDER BY conversation, author, position, seq",
        [oldest, *platforms],
    )
    grouped = [
        (*key, tuple(map(message_of, group)))
        for key, group in groupby(rows, key=lambda row: (row["conversation"], row["author"]))
    ]
    return [
        Turn(0, conversation, messages, language=languages.spoken_in(db, conversation, author))
        for conversation, author, messages in grouped
    ]


def still_waits(db: Database, turn: Turn) -> bool:
    """Say whether all messages of a turn that was not claimed are there still, as they were."""
    query = "SELECT 1 FROM messages WHERE id = ? AND text = ? AND turn IS NULL"
    return all(first(db, query, [message.id, message.text]) for message in turn.waiting)


def settle(db: Database, turn: Turn, reason: Reason) -> None:
    """Close the messages of a turn that was not claimed, as not answered for a reason."""
    number = db.execute(
        "INSERT INTO turns(conversation, platform, customer, state, reason, claimed_at, decided_at) "
        "VALUES (?, ?, ?, 'decided', ?, ?, ?)",
        [turn.conversation, platform_of(turn.conversation), turn.customer, reason, time.time(), time.time()],
    ).lastrowid
    for message in turn.waiting:
        db.execute("UPDATE messages SET turn = ? WHERE id = ? AND turn IS NULL", [number, message.id])
    close_left(db)


def as_it_is_now(db: Database, turn: Turn, gone: str) -> Turn:
    """Return a turn with its messages' words of now."""
    now = dict(db.execute("SELECT id, text FROM messages WHERE turn = ?", [turn.id]).fetchall())
    waiting = tuple(replace(message, text=now.get(message.id, gone)) for message in turn.waiting)
    return replace(turn, waiting=waiting)


def release(db: Database, turns: Sequence[int], not_before: float, *, counts: bool) -> None:
    """Put the messages of claimed turns back, to be claimed again at a time; a decided one stays decided."""
    for turn in turns:
        db.execute(
            "UPDATE messages SET turn = NULL, not_before = ?, attempts = attempts - ? WHERE turn = ? AND "
            "conversation = (SELECT conversation FROM turns WHERE id = ? AND state = 'claimed')",
            [not_before, 0 if counts else 1, turn, turn],
        )
        db.execute("DELETE FROM turns WHERE id = ? AND state = 'claimed'", [turn])
    close_left(db)
