"""Queries about what was said before the bot was called. Each runs inside its caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlite_utils import Database

from core.messages import Audience, IncomingMessage, Role, SaidBefore, Turn, platform_of
from core.store.changes import last_words
from core.store.database import first, marks, whole
from core.store.forgotten import is_forgotten


def note_joining(db: Database, message: IncomingMessage) -> None:
    """Remember that a message called the bot where something was said before.

    A thread is joined once, by its first message to us; in a whole channel each may be about another one.
    """
    db.execute(
        "UPDATE conversations SET joined = iif(shared, 0, ?), unread = ? WHERE id = ? "
        "AND (shared OR NOT EXISTS (SELECT 1 FROM messages WHERE conversation = conversations.id))",
        [message.position, message.id, message.conversation],
    )


def was_before(db: Database, message: IncomingMessage) -> bool:
    """Say whether a message was said before the bot was called, and not to it: nobody waits for an answer."""
    found = first(db, "SELECT joined FROM conversations WHERE id = ?", [message.conversation])
    return bool(found) and message.position < found[0] and not message.mentions


def join(db: Database, turn: Turn, said: Sequence[tuple[SaidBefore, int]]) -> bool:
    """Store what was said before the bot was called, with its tokens, as the history of a claimed turn.

    It becomes a turn of its own, that nobody answers and that prompts see before those that come.

    Returns:
        Whether there was anything.
    """
    db.execute("UPDATE conversations SET unread = '' WHERE id = ?", [turn.conversation])
    ids = [one.id for one, _ in said]
    known = {row[0] for row in db.execute(f"SELECT id FROM messages WHERE id IN ({marks(ids)})", ids)}
    new = [
        (one, tokens)
        for one, tokens in said
        if one.id not in known
        and not _is_deleted(db, one.id)
        and not is_forgotten(db, one.author.id, one.sent_at)
    ]
    if not new:
        return False
    platform, now = platform_of(turn.conversation), time.time()
    number = db.execute(
        "INSERT INTO turns(conversation, platform, customer, state, claimed_at, decided_at) "
        "VALUES (?, ?, ?, 'decided', ?, ?)",
        [turn.conversation, platform, turn.customer, now, now],
    ).lastrowid
    for one, tokens in new:
        db.execute(
            "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
            "tokens, position, sent_at, turn, audience) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                one.id,
                turn.conversation,
                platform,
                turn.newest.place,
                Role.ASSISTANT if one.ours else Role.CUSTOMER,
                "" if one.ours else one.author.id,
                "" if one.ours else whole(" ".join(one.author.name.split())),
                whole(one.text),
                tokens,
                one.position,
                one.sent_at,
                number,
                Audience.BEFORE,
            ],
        )
    return True


def _is_deleted(db: Database, id: str) -> bool:
    last = last_words(db, id)
    return last is not None and last.text is None
