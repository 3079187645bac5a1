"""Queries about customers who ask to be forgotten. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from core import words
from core.cases import step
from core.messages import Case, CaseState, Post, Role
from core.store.cases import OPEN_STATES, add_step, save_case
from core.store.database import first
from core.store.live import close_left
from core.store.posts import ERASED, FAR_SECONDS, OPEN, add_posts
from core.store.posts_erased import erase_notices, erase_posts, erase_quotes
from core.store.theirs import Theirs, column, listed, theirs_of

# From a case to the edits that bring its card up to date. Pure.
Card = Callable[[Case], Sequence[Post]]

# An edit that came before its message waits for it no longer than this.
ORPHAN_SECONDS = 3_600.0
# Who is to be forgotten waits no longer for a post than this: its platform may be away for days.
POST_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed.

    Attributes:
        conversations: The customer's: what is under way in them is to be given up.
        last: Their last case, as it is now.
    """

    conversations: tuple[str, ...]
    last: Case | None


# --- what they asked for -----------------------------------------------------------------------------


def ask(db: Database, who: str, at: float) -> None:
    """Keep a customer's wish to be forgotten until it can be carried out."""
    db.execute(
        "INSERT INTO forgotten(who, asked_at, until, state) VALUES (?, ?, 0, 'waiting') "
        "ON CONFLICT(who) DO UPDATE SET asked_at = excluded.asked_at, state = 'waiting'",
        [who, at],
    )


def keep(db: Database, who: str) -> None:
    """Drop a wish that was not carried out yet."""
    db.execute("DELETE FROM forgotten WHERE who = ? AND state = 'waiting' AND until = 0", [who])
    # Whoever was forgotten before stays so.
    db.execute("UPDATE forgotten SET state = 'removed' WHERE who = ? AND state = 'waiting'", [who])


def wishes(db: Database) -> list[str]:
    """Return who waits to be forgotten, the oldest wish first."""
    return list(column(db, "SELECT who FROM forgotten WHERE state = 'waiting' ORDER BY asked_at"))


def is_under_way(db: Database, who: str) -> bool:
    """Say whether an answer to a customer is being made or sent, or what came of their case."""
    query = (
        "SELECT 1 FROM messages WHERE author = :who AND role = 'customer' AND turn IS NULL "
        "UNION ALL SELECT 1 FROM turns WHERE customer = :who AND state = 'claimed' "
        f"UNION ALL SELECT 1 FROM posts AS p WHERE p.{OPEN} AND not_before < :far "
        "AND created_at > :since AND ("
        "turn IN (SELECT id FROM turns WHERE customer = :who) "
        "OR place IN (SELECT place FROM cases WHERE customer = :who AND NOT shared) "
        "OR EXISTS (SELECT 1 FROM cases WHERE customer = :who AND ping IN (p.key, p.under, p.edits)))"
    )
    now = time.time()
    found = db.execute(query, {"who": who, "far": now + FAR_SECONDS, "since": now - POST_SECONDS})
    return found.fetchone() is not None


# --- removing their words ----------------------------------------------------------------------------


def forget(db: Database, who: str, card: Card) -> Removed:
    """Remove a customer's words from every table, and put the edits of what agents see into the outbox."""
    theirs = theirs_of(db, who)
    edits = [*erase_quotes(db, who, theirs), *erase_notices(db, who), *erase_posts(db, theirs)]
    cases = _erase_cases(db, theirs.cases, who)
    edits += [post for case in cases for post in card(case)]
    _erase_turns(db, theirs.turns)
    _erase_messages(db, who, theirs)
    _erase_conversations(db, theirs)
    db.execute("DELETE FROM people WHERE id = ?", [who])
    db.execute("DELETE FROM pauses WHERE customer = ?", [who])
    add_posts(db, edits, None)
    close_left(db)
    return Removed(theirs.conversations, next(iter(cases), None))


def _erase_messages(db: Database, who: str, theirs: Theirs) -> None:
    """Remove messages and notes; their ids stay, so that no redelivery or read-back brings them back."""
    ids, now = listed(id for id, *_ in theirs.messages), time.time()
    asked_at = first(db, "SELECT asked_at FROM forgotten WHERE who = ?", [who])[0]
    newest = first(
        db,
        "SELECT max(sent_at) FROM messages WHERE author = ? AND id IN (SELECT value FROM json_each(?))",
        [who, ids],
    )[0]
    notes = column(
        db,
        'SELECT id FROM notes WHERE "case" IN (SELECT value FROM json_each(?))',
        listed(case.id for case in theirs.cases),
    )
    said = [id for id, _, role, _ in theirs.messages if role != Role.ASSISTANT]
    db.execute(
        "INSERT INTO tombstones(id, text, at) SELECT value, NULL, ? FROM json_each(?) WHERE true "
        "ON CONFLICT(id) DO UPDATE SET text = NULL, at = excluded.at",
        [now, listed([*said, *notes])],
    )
    db.execute("DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))", [ids])
    db.execute("DELETE FROM readings WHERE message IN (SELECT value FROM json_each(?))", [ids])
    db.execute(
        "UPDATE notes SET text = '', files = '' WHERE id IN (SELECT value FROM json_each(?))",
        [listed(notes)],
    )
    _erase_orphans(db, now)
    db.execute(
        "UPDATE forgotten SET state = 'removed', until = max(until, ?, ?) WHERE who = ?",
        [asked_at, newest or 0.0, who],
    )


def _erase_orphans(db: Database, now: float) -> None:
    """Remove the words of edits whose message never came, or was not taken in: whose they are is not known.

    A message that is still to come is taken in nevertheless, with the words that it comes with.
    """
    orphans = (
        "text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = tombstones.id) "
        "AND NOT EXISTS (SELECT 1 FROM notes WHERE notes.id = tombstones.id)"
    )
    db.execute(f"UPDATE tombstones SET text = NULL WHERE {orphans} AND at < ?", [now - ORPHAN_SECONDS])
    db.execute(f"DELETE FROM tombstones WHERE {orphans}")


def _erase_conversations(db: Database, theirs: Theirs) -> None:
    """Remove the summaries of their conversations, and begin those anew that were theirs alone."""
    among = "IN (SELECT value FROM json_each(?))"
    everywhere = listed(theirs.conversations)
    db.execute(f"DELETE FROM summaries WHERE conversation {among}", [everywhere])
    db.execute(f"UPDATE conversations SET revision = revision + 1 WHERE id {among}", [everywhere])
    query = f"UPDATE conversations SET afresh_at = ?, muted = 0 WHERE id {among}"
    db.execute(query, [time.time(), listed(theirs.alone)])


def _erase_turns(db: Database, turns: Collection[int]) -> None:
    """Remove what answers would have claimed, not how often."""
    query = (
        "SELECT id, withheld FROM turns WHERE withheld IS NOT NULL AND id IN (SELECT value FROM json_each(?))"
    )
    for id, withheld in db.execute(query, [listed(turns)]).fetchall():
        blank = json.dumps([{**one, "claim": ""} for one in json.loads(withheld)])
        db.execute("UPDATE turns SET withheld = ? WHERE id = ?", [blank, id])


def _erase_cases(db: Database, cases: Sequence[Case], who: str) -> list[Case]:
    """Remove the words of their cases; an offer ends. Returns the cases as they are now."""
    now, erased = time.time(), []
    for case in cases:
        ended = step(case, CaseState.CANCELLED, now) if case.state in OPEN_STATES else case
        if ended is not case:
            add_step(db, case.id, CaseState.CANCELLED, who, ERASED)
        blank = replace(
            ended,
            customer=replace(case.customer, name=""),
            question="",
            answer="",
            body=words.forgotten_card(words.reason(case.reason, case.subject)),
            forgotten=True,
        )
        save_case(db, blank)
        erased.append(blank)
    return erased
