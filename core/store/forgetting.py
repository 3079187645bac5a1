"""Queries about customers who ask to be forgotten. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from core import words
from core.cases import step
from core.messages import Case, CaseState, Post, Role
from core.posts import new_key
from core.store.cases import OPEN_STATES, WITH_PEOPLE, add_step, find_cases, save_case
from core.store.database import first, marks
from core.store.live import close_left
from core.store.posts import ERASED, FAR_SECONDS, OPEN, add_posts, post_of
from core.store.quotes import quotes_of, unquoted, without_entries

# From a case to the edits that bring its card up to date. Pure.
Card = Callable[[Case], Sequence[Post]]

# An edit that came before its message waits for it no longer than this.
ORPHAN_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is kept of a customer: how many messages of theirs, answers to them, and cases."""

    messages: int
    answers: int
    cases: int
    with_people: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed.

    Attributes:
        conversations: The customer's: what is under way in them is to be given up.
        last: Their last case, as it is now.
    """

    conversations: tuple[str, ...]
    last: Case | None


@dataclass(frozen=True, slots=True)
class _Theirs:
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


def _listed(values: Iterable[object]) -> str:
    """Return values for `IN (SELECT value FROM json_each(?))`: there may be more than can be bound."""
    return json.dumps(list(values))


def _column(db: Database, query: str, *arguments: object) -> tuple[Any, ...]:
    return tuple(row[0] for row in db.execute(query, list(arguments)))


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
    return list(_column(db, "SELECT who FROM forgotten WHERE state = 'waiting' ORDER BY asked_at"))


def is_with_people(db: Database, who: str) -> bool:
    """Say whether people deal with a customer."""
    query = f"SELECT 1 FROM cases WHERE customer = ? AND state IN ({marks(WITH_PEOPLE)})"
    return first(db, query, [who, *WITH_PEOPLE]) is not None


def is_under_way(db: Database, who: str) -> bool:
    """Say whether an answer to a customer is being made or sent, or what came of their case."""
    query = (
        "SELECT 1 FROM messages WHERE author = :who AND role = 'customer' AND turn IS NULL "
        "UNION ALL SELECT 1 FROM turns WHERE customer = :who AND state = 'claimed' "
        f"UNION ALL SELECT 1 FROM posts AS p WHERE p.{OPEN} AND not_before < :far AND ("
        "turn IN (SELECT id FROM turns WHERE customer = :who) "
        "OR place IN (SELECT place FROM cases WHERE customer = :who AND NOT shared) "
        "OR EXISTS (SELECT 1 FROM cases WHERE customer = :who AND ping IN (p.key, p.under, p.edits)))"
    )
    found = db.execute(query, {"who": who, "far": time.time() + FAR_SECONDS})
    return found.fetchone() is not None


def holdings(db: Database, who: str) -> Holdings:
    """Return how much is kept of a customer."""
    theirs = _theirs(db, who)
    wrote = [role for _, _, role, _ in theirs.messages if role == Role.CUSTOMER]
    kept = [case for case in theirs.cases if not case.forgotten]
    return Holdings(len(wrote), len(theirs.messages) - len(wrote), len(kept), is_with_people(db, who))


# --- removing their words ----------------------------------------------------------------------------


def forget(db: Database, who: str, card: Card) -> Removed:
    """Remove a customer's words from every table, and put the edits of what agents see into the outbox."""
    theirs = _theirs(db, who)
    edits = [*_without_quotes(db, who, theirs), *_erase_notices(db, who), *_erase_posts(db, theirs)]
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


def _theirs(db: Database, who: str) -> _Theirs:
    conversations = _column(
        db,
        "SELECT conversation FROM messages WHERE author = ? UNION SELECT conversation FROM turns "
        "WHERE customer = ? UNION SELECT conversation FROM cases WHERE customer = ?",
        *[who] * 3,
    )
    alone = _column(
        db,
        "SELECT id FROM conversations AS c WHERE NOT shared AND id IN (SELECT value FROM json_each(?)) "
        "AND EXISTS (SELECT 1 FROM messages WHERE conversation = c.id AND role = 'customer') "
        "AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation = c.id AND role = 'customer' "
        "AND author != ?)",
        _listed(conversations),
        who,
    )
    cases = tuple(find_cases(db, "customer = ?", [who]))
    # What they wrote as an agent belongs to other customers.
    as_agent = set(_column(db, "SELECT turn FROM messages WHERE author = ? AND role = 'agent'", who))
    answered = _column(db, "SELECT id FROM turns WHERE customer = ?", who)
    everything = _column(
        db,
        "SELECT DISTINCT turn FROM messages WHERE conversation IN (SELECT value FROM json_each(?)) "
        "AND turn IS NOT NULL",
        _listed(alone),
    )
    turns = tuple({*(turn for turn in answered if turn not in as_agent), *everything})
    heard = _column(
        db,
        "SELECT id FROM turns WHERE conversation IN (SELECT value FROM json_each(?)) "
        'AND "case" IN (SELECT value FROM json_each(?))',
        _listed(conversations),
        _listed(case.id for case in cases),
    )
    of_turns = (
        "SELECT m.id, m.conversation, role, text FROM json_each(?) AS one CROSS JOIN turns AS t "
        "ON t.id = one.value CROSS JOIN messages AS m INDEXED BY messages_history "
        "ON m.conversation = t.conversation AND m.turn = t.id WHERE"
    )
    messages = {
        *db.execute(
            "SELECT id, conversation, role, text FROM messages WHERE author = ? AND role = 'customer'", [who]
        ),
        *db.execute(f"{of_turns} role != 'customer' OR author = ?", [_listed(turns), who]),
        *db.execute(f"{of_turns} role = 'agent'", [_listed(heard)]),
    }
    return _Theirs(conversations, alone, cases, turns, heard, tuple(messages))


def _erase_messages(db: Database, who: str, theirs: _Theirs) -> None:
    """Remove messages and notes; their ids stay, so that no redelivery or read-back brings them back."""
    ids, now = _listed(id for id, *_ in theirs.messages), time.time()
    asked_at = first(db, "SELECT asked_at FROM forgotten WHERE who = ?", [who])[0]
    newest = first(
        db,
        "SELECT max(sent_at) FROM messages WHERE author = ? AND id IN (SELECT value FROM json_each(?))",
        [who, ids],
    )[0]
    notes = _column(
        db,
        'SELECT id FROM notes WHERE "case" IN (SELECT value FROM json_each(?))',
        _listed(case.id for case in theirs.cases),
    )
    said = [id for id, _, role, _ in theirs.messages if role != Role.ASSISTANT]
    db.execute(
        "INSERT INTO tombstones(id, text, at) SELECT value, NULL, ? FROM json_each(?) WHERE true "
        "ON CONFLICT(id) DO UPDATE SET text = NULL, at = excluded.at",
        [now, _listed([*said, *notes])],
    )
    db.execute("DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))", [ids])
    db.execute("DELETE FROM readings WHERE message IN (SELECT value FROM json_each(?))", [ids])
    db.execute(
        "UPDATE notes SET text = '', files = '' WHERE id IN (SELECT value FROM json_each(?))",
        [_listed(notes)],
    )
    # Words of edits whose message never came; whose they are is not known.
    db.execute(
        "UPDATE tombstones SET text = NULL WHERE text IS NOT NULL AND at < ? "
        "AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = tombstones.id) "
        "AND NOT EXISTS (SELECT 1 FROM notes WHERE notes.id = tombstones.id)",
        [now - ORPHAN_SECONDS],
    )
    db.execute(
        "UPDATE forgotten SET state = 'removed', until = max(until, ?, ?) WHERE who = ?",
        [asked_at, newest or 0.0, who],
    )


def _erase_conversations(db: Database, theirs: _Theirs) -> None:
    """Remove the summaries of their conversations, and begin those anew that were theirs alone."""
    among = "IN (SELECT value FROM json_each(?))"
    everywhere = _listed(theirs.conversations)
    db.execute(f"DELETE FROM summaries WHERE conversation {among}", [everywhere])
    db.execute(f"UPDATE conversations SET revision = revision + 1 WHERE id {among}", [everywhere])
    query = f"UPDATE conversations SET afresh_at = ?, muted = 0 WHERE id {among}"
    db.execute(query, [time.time(), _listed(theirs.alone)])


def _erase_turns(db: Database, turns: Collection[int]) -> None:
    """Remove what answers would have claimed, not how often."""
    query = (
        "SELECT id, withheld FROM turns WHERE withheld IS NOT NULL AND id IN (SELECT value FROM json_each(?))"
    )
    for id, withheld in db.execute(query, [_listed(turns)]).fetchall():
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


# --- what was posted ---------------------------------------------------------------------------------


def _erase_posts(db: Database, theirs: _Theirs) -> list[Post]:
    """Remove the words of posts to them and about them; what waits is not sent.

    Returns:
        The edits that remove what stands below cards. What they read themselves stays where it is.
    """
    query = (
        "SELECT id FROM posts WHERE turn IN (SELECT value FROM json_each(:turns)) "
        "UNION SELECT id FROM posts WHERE key IN (SELECT value FROM json_each(:pings)) "
        "UNION SELECT id FROM posts WHERE under != '' AND under IN (SELECT value FROM json_each(:pings)) "
        "UNION SELECT id FROM posts WHERE edits != '' AND edits IN (SELECT value FROM json_each(:pings)) "
        "UNION SELECT id FROM posts WHERE carries != '' AND carries IN (SELECT value FROM json_each(:ids)) "
        "UNION SELECT id FROM posts WHERE live = 1 AND answers IN (SELECT value FROM json_each(:ids)) "
        "UNION SELECT id FROM posts WHERE turn IS NULL AND place IN (SELECT value FROM json_each(:places))"
    )
    places = _column(
        db,
        "SELECT DISTINCT place FROM messages WHERE conversation IN (SELECT value FROM json_each(?))",
        _listed(theirs.alone),
    )
    found = db.execute(
        query,
        {
            "turns": _listed([*theirs.turns, *theirs.heard]),
            "pings": _listed(case.ping for case in theirs.cases if case.ping),
            "ids": _listed(id for id, *_ in theirs.messages),
            "places": _listed([*places, *theirs.alone]),
        },
    )
    ids = [row[0] for row in found]
    keys = "(SELECT key FROM posts WHERE id IN (SELECT value FROM json_each(?)))"
    query = f"SELECT id FROM posts WHERE edits != '' AND edits IN {keys}"
    ids = list(dict.fromkeys([*ids, *_column(db, query, _listed(ids))]))
    shown = db.execute(
        "SELECT key, place FROM posts WHERE id IN (SELECT value FROM json_each(?)) "
        "AND under != '' AND edits = '' AND sign = '' AND only_for = '' AND text != '' "
        "AND state IN ('sending', 'posted')",
        [_listed(ids)],
    ).fetchall()
    db.execute(
        "UPDATE posts SET text = '', otherwise = '', buttons = '', carries = '', error = ?, "
        "state = CASE state WHEN 'waiting' THEN 'failed' ELSE state END "
        "WHERE id IN (SELECT value FROM json_each(?))",
        [ERASED, _listed(ids)],
    )
    return [Post(new_key(), place, "", edits=key) for key, place in shown]


def _erase_notices(db: Database, who: str) -> list[Post]:
    """Remove notices that name them; returns the edits."""
    edits = []
    called = _name_of(db, who)
    named = db.execute(
        "SELECT DISTINCT CASE WHEN edits = '' THEN key ELSE edits END FROM posts "
        "WHERE names != '' AND instr(' ' || names || ' ', ?)",
        [f" {who} "],
    ).fetchall()
    for (key,) in named:
        db.execute("DELETE FROM outages WHERE key = ?", [key])
        for row in list(db.query("SELECT * FROM posts WHERE key = ? OR edits = ?", [key, key])):
            others = tuple(name for name in post_of(row).names if name != who)
            left = without_entries(row["text"], called) if others and key == row["key"] else ""
            text = left or words.FORGOTTEN_NOTICE
            db.execute(
                "UPDATE posts SET text = ?, otherwise = '', buttons = '', names = ? WHERE id = ?",
                [text, " ".join(others), row["id"]],
            )
            if key == row["key"] and row["state"] != "failed":
                edits.append(Post(new_key(), row["place"], text, edits=key))
    return edits


def _without_quotes(db: Database, who: str, theirs: _Theirs) -> list[Post]:
    """Take their words out of the cards and transcripts of others who wrote in the same conversations."""
    edits = []
    name = _name_of(db, who)
    for conversation in set(theirs.conversations) - set(theirs.alone):
        quotes = quotes_of((role, text) for _, where, role, text in theirs.messages if where == conversation)
        others = find_cases(db, "conversation = ? AND customer != ?", [conversation, who])
        edits += _shown_without(db, [case.ping for case in others if case.ping], quotes, name)
        for case in others:
            body = unquoted(case.body, quotes, name)
            if body != case.body:
                save_case(db, replace(case, body=body))
    return edits


def _shown_without(db: Database, pings: Sequence[str], quotes: Set[str], name: str) -> list[Post]:
    """Take a person's messages out of others' cards and what stands below them; return the edits."""
    edits = []
    query = (
        "SELECT * FROM posts WHERE key IN (SELECT value FROM json_each(:pings)) "
        "UNION SELECT * FROM posts WHERE under != '' AND under IN (SELECT value FROM json_each(:pings)) "
        "UNION SELECT * FROM posts WHERE edits != '' AND edits IN (SELECT value FROM json_each(:pings)) "
        "ORDER BY id"
    )
    for row in list(db.query(query, {"pings": _listed(pings)})):
        left = unquoted(row["text"], quotes, name)
        if left == row["text"]:
            continue
        db.execute("UPDATE posts SET text = ? WHERE id = ?", [left, row["id"]])
        if row["state"] in {"sending", "posted"}:
            shown = post_of(row)
            edits.append(
                Post(new_key(), shown.place, left, edits=shown.edits or shown.key, buttons=shown.buttons)
            )
    return edits


def _name_of(db: Database, who: str) -> str:
    """Return what a customer is called; their id where that is not known."""
    row = first(db, "SELECT name FROM people WHERE id = ?", [who])
    return row[0] if row else who
