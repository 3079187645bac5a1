"""Queries that remove a customer's words from what was posted. Each runs inside its caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from sqlite_utils import Database

from core import words
from core.messages import Post, Role
from core.posts import new_key
from core.store.cases import find_cases, save_case
from core.store.database import first
from core.store.posts import ERASED, Live, post_of
from core.store.quotes import quotes_of, unquoted, without_entries
from core.store.theirs import Theirs, column, listed


def erase_posts(db: Database, theirs: Theirs) -> list[Post]:
    """Remove the words of posts to a customer and about them; what waits is not sent.

    Returns:
        The edits that remove what stands below cards, and what shows their questions above the answers. What
        the bot and people told them stays where it is.
    """
    ids = listed(_with_edits(db, _posts_of(db, theirs)))
    wrote = listed(id for id, _, role, _ in theirs.messages if role == Role.CUSTOMER)
    shown = db.execute(
        "SELECT key, place FROM posts WHERE id IN (SELECT value FROM json_each(?)) "
        "AND (under != '' OR carries IN (SELECT value FROM json_each(?))) "
        "AND edits = '' AND sign = '' AND only_for = '' AND text != '' AND state IN ('sending', 'posted')",
        [ids, wrote],
    ).fetchall()
    db.execute(
        "UPDATE posts SET text = '', otherwise = '', buttons = '', carries = '', error = ?, "
        "state = CASE state WHEN 'waiting' THEN 'failed' ELSE state END "
        "WHERE id IN (SELECT value FROM json_each(?))",
        [ERASED, ids],
    )
    return [Post(new_key(), place, "", edits=key) for key, place in shown]


def _posts_of(db: Database, theirs: Theirs) -> list[int]:
    """Return the posts to a customer, about their cases, with their words, and in their own places."""
    query = (
        "SELECT id FROM posts WHERE turn IN (SELECT value FROM json_each(:turns)) "
        "UNION SELECT id FROM posts WHERE key IN (SELECT value FROM json_each(:pings)) "
        "UNION SELECT id FROM posts WHERE under != '' AND under IN (SELECT value FROM json_each(:pings)) "
        "UNION SELECT id FROM posts WHERE edits != '' AND edits IN (SELECT value FROM json_each(:pings)) "
        "UNION SELECT id FROM posts WHERE carries != '' AND carries IN (SELECT value FROM json_each(:ids)) "
        f"UNION SELECT id FROM posts WHERE live = {Live.GROWING} "
        "AND answers IN (SELECT value FROM json_each(:ids)) "
        "UNION SELECT id FROM posts WHERE turn IS NULL AND place IN (SELECT value FROM json_each(:places))"
    )
    places = column(
        db,
        "SELECT DISTINCT place FROM messages WHERE conversation IN (SELECT value FROM json_each(?))",
        listed(theirs.alone),
    )
    found = db.execute(
        query,
        {
            "turns": listed([*theirs.turns, *theirs.heard]),
            "pings": listed(case.ping for case in theirs.cases if case.ping),
            "ids": listed(id for id, *_ in theirs.messages),
            "places": listed([*places, *theirs.alone]),
        },
    )
    return [row[0] for row in found]


def _with_edits(db: Database, ids: Sequence[int]) -> list[int]:
    """Return posts and the edits of them."""
    keys = "(SELECT key FROM posts WHERE id IN (SELECT value FROM json_each(?)))"
    query = f"SELECT id FROM posts WHERE edits != '' AND edits IN {keys}"
    return list(dict.fromkeys([*ids, *column(db, query, listed(ids))]))


def erase_notices(db: Database, who: str) -> list[Post]:
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


def erase_quotes(db: Database, who: str, theirs: Theirs) -> list[Post]:
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
    for row in list(db.query(query, {"pings": listed(pings)})):
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
