"""Queries about messages and the turns that answer them. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass, replace
from itertools import groupby

from sqlite_utils import Database

from core.handover import Change
from core.messages import (
    Answer,
    Audience,
    Case,
    Earlier,
    Post,
    Reason,
    Turn,
    platform_of,
)
from core.outage import Struck
from core.store import languages
from core.store.cases import apply_change, case_for, offer_beside, open_cases, session_of, strike
from core.store.database import first, marks
from core.store.forgotten import is_forgotten
from core.store.history import NAMED, history, last_customer, last_said_at, message_of, opening_words
from core.store.live import close_left, left
from core.store.pauses import exchanges, pause
from core.store.posts import ANSWERED, add_posts, drop_word
from core.store.summaries import summaries
from core.window import in_force


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
        language: In which the customer was spoken to; empty: as before.
        pause: Whether nothing more is taken in from its customer there until they were quiet for a while.
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
    language: str = ""
    pause: bool = False


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
    db: Database,
    turn: int,
    conversation: str,
    author: str,
    audience: Audience,
    session_seconds: float | None,
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


class OthersWrote(Exception):
    """Other people wrote in a conversation while a turn of it was answered: an agent may have."""

    def __init__(self, people: Set[str]) -> None:
        super().__init__(f"{len(people)} other people wrote")
        self.people = people


def check_others(db: Database, turn: Turn, decision: Decision, customers: Set[str]) -> None:
    """Raise OthersWrote if an answer might talk over an agent; see `Store.decide`."""
    if decision.answer is not None:
        _check_others(db, turn, customers)


def _check_others(db: Database, turn: Turn, customers: Set[str]) -> None:
    if turn.shared:
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
    if _moved_on(db, turn) or is_forgotten(db, turn.customer, turn.newest.sent_at):
        return False
    # A reply that is seen already is not made anew from other words.
    if not any(post.live for post in decision.posts) and _reworded(db, turn):
        return False
    if not _end(db, turn.id, decision.answer):
        return False
    drop_word(db, turn.newest.place, ANSWERED)
    if decision.said:
        _add_reply(db, turn, decision.said, decision.tokens)
    add_posts(db, decision.posts, turn.id)
    close_left(db)
    if decision.change:
        case = apply_change(db, decision.change, turn.id)
        if decision.answer is None:
            db.execute('UPDATE turns SET "case" = ? WHERE id = ?', [case, turn.id])
    if decision.struck:
        strike(db, decision.struck)
    if decision.by_agent:
        db.execute(
            "UPDATE messages SET role = 'agent' WHERE conversation = ? AND turn = ? AND role = 'customer'",
            [turn.conversation, turn.id],
        )
    _remember(db, turn, decision)
    return True


def _end(db: Database, turn: int, answer: Answer | None) -> bool:
    """Close a claimed turn with what was decided; return False if it is not claimed any more."""
    withheld = [asdict(one) for one in answer.withheld] if answer else []
    ended = db.execute(
        "UPDATE turns SET state = 'decided', action = ?, reason = ?, sources = ?, withheld = ?, "
        "decided_at = ? WHERE id = ? AND state = 'claimed'",
        [
            answer.action if answer else None,
            answer.reason if answer else None,
            json.dumps([passage.id for passage in answer.sources]) if answer else None,
            json.dumps(withheld) if withheld else None,
            time.time(),
            turn,
        ],
    )
    return ended.rowcount == 1


def _remember(db: Database, turn: Turn, decision: Decision) -> None:
    """Keep what a decision means for what its customer, or the conversation, says next."""
    if decision.language:
        languages.keep(db, turn.id, turn.conversation, decision.language)
    if decision.mute:
        db.execute("UPDATE conversations SET muted = 1 WHERE id = ?", [turn.conversation])
    if decision.pause:
        pause(db, turn.conversation, turn.customer)
    _move_window(db, turn, decision.window)


def say_meanwhile(db: Database, turn: Turn, word: Post) -> bool:
    """Put a word into the outbox that a turn takes longer, if it is the bot's to answer still."""
    claimed = "SELECT 1 FROM turns WHERE id = ? AND conversation = ? AND state = 'claimed'"
    case = case_for(open_cases(db, turn.conversation), turn.customer, shared=turn.shared)
    if (case and case.is_with_people) or not first(db, claimed, [turn.id, turn.conversation]):
        return False
    add_posts(db, [word], None)
    return True


def overtaken(db: Database, turn: Turn, customers: Set[str] | None) -> bool:
    """Say whether people answer a turn by now.

    Raises:
        OthersWrote: See `check_others`.
    """
    if customers is not None:
        _check_others(db, turn, customers)
    case = case_for(open_cases(db, turn.conversation), turn.customer, shared=turn.shared)
    return case is not None and case.is_with_people


def _move_window(db: Database, turn: Turn, window: int) -> None:
    """Write which turns later prompts see, unless the conversation was begun afresh meanwhile."""
    if turn.begins:
        db.execute(
            'UPDATE conversations SET "window" = ?, previous_session = session, session = ? '
            'WHERE id = ? AND "window" <= ?',
            [turn.id, turn.id, turn.conversation, turn.id],
        )
    if window > turn.start:
        summary = in_force(turn.summaries, turn.summary, turn.start, window)
        db.execute(
            'UPDATE conversations SET "window" = ?, summary = ? WHERE id = ? AND "window" < ?',
            [window, summary.before if summary else 0, turn.conversation, window],
        )


def _moved_on(db: Database, turn: Turn) -> bool:
    """Say whether the case is no longer as it was when the turn was claimed: a person may have taken it."""
    now = case_for(open_cases(db, turn.conversation), turn.customer, shared=turn.shared)
    return _stand(now) != _stand(turn.case)


def _stand(case: Case | None) -> object:
    return replace(case, thread="") if case else None  # the card may be posted meanwhile


def _reworded(db: Database, turn: Turn) -> bool:
    """Say whether a message of a turn was edited or deleted since the turn was claimed."""
    query = (
        "SELECT id, text, audience FROM messages WHERE conversation = ? AND turn = ? AND role = 'customer'"
    )
    now = db.execute(query, [turn.conversation, turn.id])
    return set(now) != {(message.id, message.text, message.audience) for message in turn.waiting}


def as_it_is_now(db: Database, turn: Turn, gone: str) -> Turn:
    """Return a turn with its messages' words of now."""
    now = dict(db.execute("SELECT id, text FROM messages WHERE turn = ?", [turn.id]).fetchall())
    waiting = tuple(replace(message, text=now.get(message.id, gone)) for message in turn.waiting)
    return replace(turn, waiting=waiting)


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
    close_left(db)
