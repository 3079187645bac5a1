"""Queries about the outbox. Each runs inside its caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from sqlite_utils import Database

from core.handover import NewWords
from core.messages import Audience, Author, Button, CaseState, Post, Press, Role, Sign, platform_of
from core.posts import WORD_KEY, new_key
from core.store.database import files_of, first, marks, whole

# From a message's new words to the posts that bring them to where they were passed on. Pure.
Reword = Callable[[NewWords], Sequence[Post]]


class Live(IntEnum):
    """How far a reply is that is seen while it is written: the column `live`. Others are `NOT`.

    One that is `GROWING` may be seen already; it is `sending`, and keeps what is behind it waiting. Of one
    that is `ENDING` the last words are decided, and come by an edit of what is seen.
    """

    NOT = 0
    GROWING = 1
    ENDING = 2


# A post that is to be sent later than in this time is not waited for.
FAR_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A post that is being sent.

    Attributes:
        id: The row's number.
        post: What is sent.
        attempts: How often that failed.
        created_at: When it was decided.
        doubtful: Whether an earlier try may have posted it already.
        ref: The reference of what is seen of it already.
        under: The reference of the post in whose thread it goes.
        edits: The reference of the post that it edits.
        plain: Whether its words were made plain.
    """

    id: int
    post: Post
    attempts: int
    created_at: float
    doubtful: bool = False
    under: str = ""
    edits: str = ""
    ref: str = ""
    plain: bool = False


def add_posts(db: Database, posts: Sequence[Post], turn: int | None) -> None:
    """Put posts into the outbox, in this order. An edit replaces one of the same post that still waits.

    A reply that is being written is there already, and now ends.
    """
    for post in posts:
        if post.live and _ended(db, post, turn):
            continue
        if post.edits:
            db.execute(
                "DELETE FROM posts WHERE edits = ? AND edits != '' AND state = 'waiting'", [post.edits]
            )
        values = {
            "key": post.key,
            "platform": platform_of(post.place),
            "place": post.place,
            "text": whole(post.text),
            "mention": post.mention,
            "reply_to": post.reply_to,
            "after": post.after,
            "otherwise": post.otherwise,
            "under": post.under,
            "edits": post.edits,
            "sign": post.sign or "",
            "only_for": post.only,
            "buttons": _as_json(post.buttons),
            "carries": post.carries,
            "not_before": post.not_before,
            "names": " ".join(post.names),
            "state": "waiting",
            "turn": turn,
            "created_at": time.time(),
        }
        db.execute(
            f"INSERT INTO posts({', '.join(values)}) VALUES ({marks(list(values))})", list(values.values())
        )
        _fail_with(db, post)


def _ended(db: Database, post: Post, turn: int | None) -> bool:
    """Give a reply that is being written its last words; return whether it is one."""
    ended = db.execute(
        "UPDATE posts SET text = ?, buttons = ?, after = ?, otherwise = ?, turn = ?, state = 'waiting', "
        f"live = {Live.ENDING} WHERE key = ? AND live = {Live.GROWING}",
        [whole(post.text), _as_json(post.buttons), post.after, post.otherwise, turn, post.key],
    )
    return ended.rowcount == 1


def _fail_with(db: Database, post: Post) -> None:
    """Let a post fail at once that waits for one which failed before."""
    query = "SELECT key, error FROM posts WHERE key IN (?, ?, ?) AND state = 'failed'"
    if dead := first(db, query, [post.after, post.under, post.edits]):
        failed(db, dead[0], dead[1])


def _as_json(buttons: Sequence[Button]) -> str:
    return json.dumps([[b.press, b.label, b.about] for b in buttons]) if buttons else ""


def _buttons(text: str) -> tuple[Button, ...]:
    return tuple(Button(Press(press), *rest) for press, *rest in json.loads(text)) if text else ()


# What is open is named in the words of the index posts_open, or SQLite reads through all posts ever made.
OPEN = "state IN ('waiting', 'sending')"
_READY = f"""
    p.{OPEN} AND p.state = 'waiting' AND p.not_before <= :now
    AND NOT EXISTS (SELECT 1 FROM posts a WHERE a.key IN (p.after, p.under, p.edits) AND a.state != 'posted')
    AND NOT EXISTS (SELECT 1 FROM posts s WHERE s.place = p.place AND s.{OPEN} AND s.state = 'sending')
    AND NOT EXISTS (
        SELECT 1 FROM posts q WHERE q.place = p.place AND q.id < p.id AND q.{OPEN}
        AND q.state = 'waiting'
        -- One that waits for the office hours lets others pass; one that is tried again keeps its place.
        AND (q.attempts > 0 OR q.not_before <= :now)
        AND NOT EXISTS (
            SELECT 1 FROM posts a WHERE a.key IN (q.after, q.under, q.edits) AND a.state != 'posted'
        )
    )
"""


# A row with the references of the posts that it goes under, or edits.
COLUMNS = """
    p.*,
    (SELECT ref FROM posts WHERE key = p.under) AS under_ref,
    (SELECT ref FROM posts WHERE key = p.edits) AS edits_ref
"""


def take_posts(db: Database, platforms: Sequence[str], now: float) -> list[OutboxRow]:
    """Mark the first open post of each place that can be sent now as being sent, and return them."""
    if not platforms:
        return []
    names = {f"platform{number}": name for number, name in enumerate(platforms)}
    among = ", ".join(f":{name}" for name in names)
    query = (
        f"SELECT {COLUMNS} FROM posts p INDEXED BY posts_open "
        f"WHERE p.platform IN ({among}) AND {_READY} ORDER BY p.id"
    )
    rows = list(db.query(query, {"now": now, **names}))
    for row in rows:
        db.execute("UPDATE posts SET state = 'sending', sending_since = ? WHERE id = ?", [now, row["id"]])
    return [outbox_row(row) for row in rows]


def next_post(db: Database, platforms: Sequence[str]) -> float | None:
    """Return when the next post that has to wait may be tried again, or None."""
    row = first(
        db,
        f"SELECT min(not_before) FROM posts AS p WHERE {OPEN} AND state = 'waiting' AND not_before > 0 "
        f"AND platform IN ({marks(platforms)}) AND NOT EXISTS "
        f"(SELECT 1 FROM posts AS s WHERE s.place = p.place AND s.{OPEN} AND s.state = 'sending')",
        platforms,
    )
    return row[0] if row else None


def any_waiting(db: Database) -> bool:
    """Say whether any post waits to be sent."""
    return first(db, f"SELECT 1 FROM posts WHERE {OPEN} AND state = 'waiting'", []) is not None


def any_under_way(db: Database, platforms: Sequence[str], now: float) -> bool:
    """Say whether any post is to be sent soon; what waits for the agents' office hours is not."""
    query = (
        f"SELECT 1 FROM posts AS p WHERE p.{OPEN} AND not_before < ? AND platform IN ({marks(platforms)}) "
        "AND NOT EXISTS (SELECT 1 FROM posts AS a WHERE a.key IN (p.after, p.under, p.edits) "
        "AND a.state = 'waiting' AND a.not_before >= ?)"
    )
    far = now + FAR_SECONDS
    return first(db, query, [far, *platforms, far]) is not None


def outbox_row(row: dict[str, Any], *, doubtful: bool = False) -> OutboxRow:
    """Make the object of a row of the table."""
    return OutboxRow(
        row["id"],
        post_of(row),
        row["attempts"],
        row["created_at"],
        doubtful or bool(row["live"] and row["ref"] is None),
        row["under_ref"] or "",
        row["edits_ref"] or "",
        (row["ref"] or "") if row["live"] else "",
        plain=bool(row["plain"]),
    )


def post_of(row: dict[str, Any]) -> Post:
    """Make a post of a row of the table."""
    return Post(
        key=row["key"],
        place=row["place"],
        text=row["text"],
        mention=row["mention"],
        reply_to=row["reply_to"],
        after=row["after"],
        otherwise=row["otherwise"],
        under=row["under"],
        edits=row["edits"],
        sign=Sign(row["sign"]) if row["sign"] else None,
        only=row["only_for"],
        buttons=_buttons(row["buttons"]),
        carries=row["carries"],
        not_before=row["not_before"],
        names=tuple(row["names"].split()),
        live=bool(row["live"]),
    )


# Why a post was dropped: a person speaks there now, the answer came, or its words were removed.
OVERTAKEN = "a person took over"
ANSWERED = "answered meanwhile"
ERASED = "the customer asked to be forgotten"


def drop_word(db: Database, place: str, why: str) -> None:
    """Drop the word that an answer takes longer, if it still waits to be posted in a place."""
    db.execute(
        f"UPDATE posts SET state = 'failed', error = ? WHERE {OPEN} AND state = 'waiting' AND place = ? "
        "AND substr(key, 1, ?) = ?",
        [why, place, len(WORD_KEY), WORD_KEY],
    )


def is_erased(db: Database, row: OutboxRow) -> bool:
    """Say whether the words of a post that was being sent were removed meanwhile."""
    return first(db, "SELECT 1 FROM posts WHERE id = ? AND error = ?", [row.id, ERASED]) is not None


def naming(db: Database, row: OutboxRow, instead: Sequence[Post]) -> list[Post]:
    """Return what is posted about a post that failed, with whom it may quote."""
    theirs = db.execute(
        "SELECT customer FROM turns WHERE id = (SELECT turn FROM posts WHERE id = ?) "
        "UNION SELECT customer FROM cases WHERE ping != '' AND ping IN (?, ?, ?)",
        [row.id, row.post.key, row.post.under, row.post.edits],
    )
    names = tuple(dict.fromkeys([*row.post.names, *(one[0] for one in theirs)]))
    return [replace(post, names=names) for post in instead]


def try_later(db: Database, row: OutboxRow, not_before: float, error: str) -> None:
    """Let a post wait that is not on its platform; a word with the answer behind it is dropped."""
    if is_erased(db, row):
        failed(db, row.post.key, error)
        return
    # A live one that nothing is seen of for sure is a post like any other from now on.
    db.execute(
        "UPDATE posts SET state = 'waiting', not_before = ?, error = ?, attempts = attempts + 1, "
        f"live = CASE WHEN ref IS NULL THEN {Live.NOT} ELSE live END WHERE id = ?",
        [not_before, error, row.id],
    )
    if row.post.key.startswith(WORD_KEY):
        behind = f"SELECT 1 FROM posts WHERE {OPEN} AND place = ? AND id > ?"
        if first(db, behind, [row.post.place, row.id]):
            drop_word(db, row.post.place, ANSWERED)


def post_plainer(db: Database, row: OutboxRow, parts: Sequence[Post], error: str) -> None:
    """Let a post that was refused wait in a plainer form; what no longer fits it follows right behind."""
    plain, *rest = parts
    db.execute(
        "UPDATE posts SET text = ?, buttons = ?, plain = 1, state = 'waiting', error = ? WHERE id = ?",
        [whole(plain.text), _as_json(plain.buttons), error, row.id],
    )
    if rest:
        behind = "SELECT id FROM posts WHERE place = ? AND id > ? AND state = 'waiting' ORDER BY id"
        others = db.execute(behind, [row.post.place, row.id]).fetchall()
        [turn] = first(db, "SELECT turn FROM posts WHERE id = ?", [row.id])
        add_posts(db, rest, turn)
        db.execute(f"UPDATE posts SET plain = 1 WHERE key IN ({marks(rest)})", [post.key for post in rest])
        for (other,) in others:
            db.execute("UPDATE posts SET id = (SELECT max(id) + 1 FROM posts) WHERE id = ?", [other])


def hush(db: Database, place: str) -> None:
    """Drop what of the bot's own answers still waits to be posted in a place: a person speaks there now."""
    db.execute(
        f"UPDATE posts SET state = 'failed', error = ? WHERE {OPEN} AND state = 'waiting' "
        f"AND place = ? AND carries = '' AND edits = '' AND sign = '' AND live = {Live.NOT} "
        "AND turn IN (SELECT id FROM turns WHERE action IS NOT NULL)",
        [OVERTAKEN, place],
    )
    drop_word(db, place, OVERTAKEN)


def without_buttons(db: Database, key: str) -> list[Post]:
    """Return the edit that takes the buttons off a post, unless that failed."""
    rows = db.query("SELECT * FROM posts WHERE key = ? AND state != 'failed'", [key])
    return [Post(new_key(), row["place"], row["text"], edits=key) for row in rows]


def shown_of(db: Database, ping: str) -> list[Post]:
    """Return the card of a case as it was shown last, and the transcript below it."""
    if not ping:
        return []
    card = "SELECT * FROM posts WHERE (key = ? OR edits = ?) AND state != 'failed' ORDER BY id DESC LIMIT 1"
    below = (
        "SELECT * FROM posts WHERE under = ? AND under != '' AND carries = '' AND sign = '' AND only_for = ''"
    )
    rows = [*db.query(card, [ping, ping]), *db.query(f"{below} AND state != 'failed' ORDER BY id", [ping])]
    return [post_of(row) for row in rows]


def carrying(db: Database, message: str) -> list[Post]:
    """Return the posts that carry a message's words, in order."""
    query = "SELECT * FROM posts WHERE carries = ? AND carries != '' AND state != 'failed' ORDER BY id"
    return [post_of(row) for row in db.query(query, [message])]


def carry_over(db: Database, id: str, text: str | None, reword: Reword) -> None:
    """Bring a message's new words to where they were passed on; None for a deleted one."""
    if text is None:
        db.execute("UPDATE notes SET text = '', files = '' WHERE id = ?", [id])
    db.execute("UPDATE notes SET text = ? WHERE id = ? AND text != ''", [whole(text or ""), id])
    if carried := carrying(db, id):
        query = (
            "SELECT role, author, coalesce(name, author_name), files, audience FROM messages "
            "LEFT JOIN people ON people.id = author WHERE messages.id = ?"
        )
        role, author, name, files, audience = first(db, query, [id]) or (Role.CUSTOMER, "", "", "", "")
        to_others = audience == Audience.OTHERS
        new = NewWords(text, Author(author, name), Role(role), files_of(files), tuple(carried), to_others)
        posts = reword(new)
        add_posts(db, posts, None)
        for gone in (post.edits for post in posts if post.edits and not post.text):
            db.execute("UPDATE posts SET carries = '' WHERE key = ?", [gone])


def failed(db: Database, key: str, error: str) -> None:
    """Mark a post as failed; what waited for it says what it says otherwise, or fails as well."""
    db.execute("UPDATE posts SET state = 'failed', error = ? WHERE key = ?", [error, key])
    _nobody_was_called(db, key)
    db.execute(
        "UPDATE posts SET text = replace(otherwise, '{why}', ?), otherwise = '', after = '', sign = '' "
        "WHERE after = ? AND state = 'waiting' AND otherwise != ''",
        [error, key],
    )
    waiting = db.execute(
        "SELECT key FROM posts WHERE ? IN (after, under, edits) AND state = 'waiting'", [key]
    ).fetchall()
    for (dependent,) in waiting:
        failed(db, dependent, f"what it waited for failed: {error}")


def _nobody_was_called(db: Database, key: str) -> None:
    """Cancel the case that a failed post was the ping of, so that the next request pings again.

    A customer who was promised a person before the ping was sent hears how else to reach one.
    """
    query = (
        "SELECT cases.id, cases.place, otherwise FROM cases JOIN posts ON posts.key = ping "
        "WHERE ping = ? AND ping != '' AND cases.state = 'waiting'"
    )
    for case, place, otherwise in db.execute(query, [key]).fetchall():
        now = time.time()
        db.execute("UPDATE cases SET state = 'cancelled', since = ? WHERE id = ?", [now, case])
        db.execute(
            'INSERT INTO case_steps("case", state, who, why, at) VALUES (?, ?, ?, ?, ?)',
            [case, CaseState.CANCELLED, "frontdesk", "the ping could not be posted", now],
        )
        if otherwise:
            add_posts(db, [Post(new_key(), place, otherwise)], None)
