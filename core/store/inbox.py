"""Queries about what comes in. Each runs inside its caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from sqlite_utils import Database

from core.escalation import Cue, cues
from core.messages import Audience, Author, IncomingMessage, Reading, platform_of
from core.store.cases import case_for, open_cases
from core.store.changes import bury, last_words
from core.store.database import files_as_json, first, whole
from core.store.joining import note_joining, was_before
from core.store.pauses import is_paused
from core.store.talk import is_said_in_talk


def add(db: Database, message: IncomingMessage, tokens: int) -> bool:
    """Store a customer's message unless its id is known; return whether it was new.

    Of a message that was edited before it came, the new words are stored; of a deleted one nothing is.
    """
    last = last_words(db, message.id)
    if last and last.text is None:
        return False
    if last and last.text is not None and last.at >= message.edited_at:
        message = replace(message, text=last.text, edited_at=last.at)
    message = replace(message, text=whole(message.text), author=_one_line(message.author))
    ensure_conversation(db, message.conversation, message.author.id, shared=message.shared)
    message = _heard_in_talk(db, message)
    if _is_muted(db, message) or is_paused(db, message) or was_before(db, message):
        return False
    if message.joins:
        note_joining(db, message)
    if message.author.name:
        remember_name(db, message.author)
    stored = db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, "
        "tokens, position, sent_at, files, audience) "
        "VALUES (?, ?, ?, ?, 'customer', ?, ?, ?, ?, ?, ?, ?, ?) "
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
            Audience.OTHERS if message.to_others else Audience.US,
        ],
    )
    new = stored.rowcount == 1
    if new and message.edited_at:
        bury(db, message.id, message.text, message.edited_at)
    return new


def add_files(db: Database, message: IncomingMessage, tokens: int) -> bool:
    """Give a message that waits for its answer the files that it was first delivered without.

    Slack tells of a mention twice, and only once of what is attached to it.

    Returns:
        Whether there was such a message.
    """
    if not message.files:
        return False
    given = db.execute(
        "UPDATE messages SET files = ?, text = ?, tokens = ? WHERE id = ? AND files = '' "
        "AND role = 'customer' AND (turn IS NULL OR EXISTS "
        "(SELECT 1 FROM turns WHERE turns.id = turn AND state = 'claimed')) "
        "AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.id = messages.id)",
        [files_as_json(message.files), whole(message.text), tokens, message.id],
    )
    return given.rowcount == 1


def keep_readings(db: Database, message: str, readings: Sequence[Reading]) -> None:
    """Keep what a message's files say, unless the message is gone."""
    if not first(db, "SELECT 1 FROM messages WHERE id = ? AND files != ''", [message]):
        return
    for one in readings:
        db.execute(
            "INSERT INTO readings(message, number, name, text, tokens) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT(message, number) DO NOTHING",
            [message, one.number, whole(one.name), whole(one.text), one.tokens],
        )


def remember_name(db: Database, author: Author) -> None:
    """Keep the name that people know an author by."""
    db.execute(
        "INSERT INTO people(id, name) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET name = excluded.name",
        [author.id, _one_line(author).name],
    )


def _one_line(author: Author) -> Author:
    """Return an author with a name that can't break a line."""
    return Author(author.id, whole(" ".join(author.name.split())))


def ensure_conversation(db: Database, conversation: str, author: str, *, shared: bool) -> None:
    """Make the row of a conversation if there is none; `author` is who wrote first."""
    db.execute(
        "INSERT INTO conversations(id, opened_by, shared, created_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT(id) DO UPDATE SET shared = excluded.shared, opened_by = "
        "CASE WHEN opened_by = '' THEN excluded.opened_by ELSE opened_by END "
        "WHERE shared < excluded.shared OR (opened_by = '' AND excluded.opened_by != '')",
        [conversation, author, int(shared), time.time()],
    )


def _heard_in_talk(db: Database, message: IncomingMessage) -> IncomingMessage:
    """Return a message as said to others if it goes on with their talk, and does not ask for a person."""
    if message.to_others or message.mentions or not is_said_in_talk(db, message):
        return message
    asks = {Cue.PERSON, Cue.BARE} & cues(message.text)
    return message if asks else replace(message, to_others=True)


def _is_muted(db: Database, message: IncomingMessage) -> bool:
    """Say whether the bot is to be quiet, and so to forget a message.

    A mention ends that, and so does a request for a person: nobody is to wait for one in silence. Words to
    other people end nothing.
    """
    query = "SELECT muted, quiet_until FROM conversations WHERE id = ?"
    muted, quiet_until = first(db, query, [message.conversation])
    if not muted and message.position >= quiet_until:
        return False
    asks = not message.to_others and {Cue.PERSON, Cue.BARE} & cues(message.text)
    if muted and (message.mentions or asks):
        query = "UPDATE conversations SET muted = 0, quiet_until = ? WHERE id = ?"
        db.execute(query, [message.position, message.conversation])
        return False
    found = open_cases(db, message.conversation)
    case = case_for(found, message.author.id, shared=message.shared)
    return case is None or not case.is_with_people
