"""Queries about summaries of what left the prompt. Each runs inside its caller's transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlite_utils import Database

from core.messages import StoredMessage, Summary
from core.store.database import first, whole
from core.store.history import NOBODY, history

# So many turns are made up for at most, where none was summarised yet; what is older stays left out.
MOST_TURNS = 400
# So many summaries of a conversation are kept; see the table.
MOST_KEPT = 8


@dataclass(frozen=True, slots=True)
class Material:
    """What the next summary of a conversation may be made of.

    Attributes:
        conversation: Whose.
        revision: Its revision now; see `keep`.
        window: The first turn that prompts still see.
        last: The summary that goes farthest.
        messages: What was said since, oldest first, the window included; nothing that only some may read.
        shared: Whether the conversation is a whole channel.
        opened_by: The id of who wrote there first.
    """

    conversation: str
    revision: int
    window: int
    last: Summary | None
    messages: tuple[StoredMessage, ...]
    shared: bool
    opened_by: str


def material(db: Database, conversation: str) -> Material | None:
    """Return what the next summary of a conversation may be made of; None if nothing was ever said there."""
    query = 'SELECT revision, "window", floor, shared, opened_by FROM conversations WHERE id = ?'
    row = first(db, query, [conversation])
    if row is None:
        return None
    revision, window, floor, shared, opened_by = row
    known = summaries(db, conversation)
    last = known[-1] if known else None
    begin = max(floor, last.before if last else 0, _farthest(db, conversation, window))
    said = history(db, conversation, begin, before=None, reader=NOBODY if shared else "")
    return Material(conversation, revision, window, last, tuple(said), bool(shared), opened_by)


def _farthest(db: Database, conversation: str, window: int) -> int:
    query = (
        "SELECT DISTINCT turn FROM messages WHERE conversation = ? AND turn < ? "
        "ORDER BY turn DESC LIMIT 1 OFFSET ?"
    )
    row = first(db, query, [conversation, window, MOST_TURNS])
    return row[0] if row else 0


def summaries(db: Database, conversation: str, since: int = 0) -> list[Summary]:
    """Return the summaries of a conversation that go at least so far, the farthest last."""
    query = (
        "SELECT before, text, tokens FROM summaries WHERE conversation = ? AND before >= ? ORDER BY before"
    )
    return [Summary(*row) for row in db.execute(query, [conversation, since])]


def keep(db: Database, conversation: str, revision: int, summary: Summary) -> bool:
    """Store a summary; return False, and store nothing, if what it tells of was changed meanwhile."""
    row = first(db, "SELECT revision FROM conversations WHERE id = ?", [conversation])
    if row is None or row[0] != revision:
        return False
    db.execute(
        "INSERT OR REPLACE INTO summaries(conversation, before, text, tokens, at) VALUES (?, ?, ?, ?, ?)",
        [conversation, summary.before, whole(summary.text), summary.tokens, time.time()],
    )
    db.execute(
        "DELETE FROM summaries WHERE conversation = ? AND before <= coalesce((SELECT before FROM summaries "
        "WHERE conversation = ? ORDER BY before DESC LIMIT 1 OFFSET ?), -1)",
        [conversation, conversation, MOST_KEPT],
    )
    # In the place of one that words were taken out of; else it waits until the next block leaves.
    db.execute(
        'UPDATE conversations SET summary = ? WHERE id = ? AND summary != 0 AND ? <= "window" AND NOT EXISTS '
        "(SELECT 1 FROM summaries AS s WHERE s.conversation = conversations.id AND s.before = summary)",
        [summary.before, conversation, summary.before],
    )
    return True


def forget(db: Database, id: str) -> None:
    """Remove the summaries that tell of a message, because its words were changed or taken back."""
    row = first(db, "SELECT conversation, turn FROM messages WHERE id = ?", [id])
    if row is None or row[1] is None:
        return
    conversation, turn = row
    db.execute("DELETE FROM summaries WHERE conversation = ? AND before > ?", [conversation, turn])
    db.execute("UPDATE conversations SET revision = revision + 1 WHERE id = ?", [conversation])


def leave_behind(db: Database, conversation: str, before: int) -> None:
    """Let neither summaries nor the line about the last session tell of what was said before a turn."""
    db.execute("DELETE FROM summaries WHERE conversation = ?", [conversation])
    db.execute(
        "UPDATE conversations SET summary = 0, floor = ?, session = ?, previous_session = ?, "
        "revision = revision + 1 WHERE id = ?",
        [before, before, before, conversation],
    )
