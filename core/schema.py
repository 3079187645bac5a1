"""The tables, as numbered migrations. A migration that was released is never changed; a new one is added."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("frontdesk")


@migrations()
def m001_conversations(db: Database) -> None:
    """Messages, the turns that answer them, posts, cases, usage and people."""
    for statement in _FIRST:
        db.execute(statement)


@migrations()
def m002_tombstones(db: Database) -> None:
    """What was edited or deleted, by id, and until when each platform was listened to."""
    for statement in _SECOND:
        db.execute(statement)


_FIRST = (
    # One row per place that people write in. `window` is the first turn that prompts still see.
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        "window" INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL
    ) STRICT
    """,
    # The inbox and the history in one. `turn` is null while a customer's message waits for an answer.
    """
    CREATE TABLE messages (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversations(id),
        platform TEXT NOT NULL,
        place TEXT NOT NULL,
        role TEXT NOT NULL,
        author TEXT NOT NULL,
        author_name TEXT NOT NULL,
        text TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        position INTEGER NOT NULL,
        sent_at REAL NOT NULL,
        turn INTEGER REFERENCES turns(id),
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX messages_history ON messages(conversation, turn)",
    "CREATE INDEX messages_waiting ON messages(platform, seq) WHERE turn IS NULL",
    """
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversations(id),
        platform TEXT NOT NULL,
        customer TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('claimed', 'decided')),
        action TEXT,
        reason TEXT,
        sources TEXT,
        claimed_at REAL NOT NULL,
        decided_at REAL
    ) STRICT
    """,
    # At most one turn at a time in a conversation, whoever claims it.
    "CREATE UNIQUE INDEX turns_claimed ON turns(conversation) WHERE state = 'claimed'",
    # The outbox.
    """
    CREATE TABLE posts (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        platform TEXT NOT NULL,
        place TEXT NOT NULL,
        text TEXT NOT NULL,
        mention TEXT NOT NULL,
        reply_to TEXT NOT NULL,
        after TEXT NOT NULL,
        otherwise TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'posted', 'failed')),
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0,
        ref TEXT,
        error TEXT,
        turn INTEGER REFERENCES turns(id),
        created_at REAL NOT NULL,
        sending_since REAL,
        posted_at REAL
    ) STRICT
    """,
    "CREATE INDEX posts_open ON posts(place, id) WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX posts_after ON posts(after) WHERE after != ''",
    """
    CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversations(id),
        customer TEXT NOT NULL,
        customer_name TEXT NOT NULL,
        place TEXT NOT NULL,
        reason TEXT NOT NULL,
        question TEXT NOT NULL,
        state TEXT NOT NULL,
        owner TEXT NOT NULL DEFAULT '',
        opened_at REAL NOT NULL
    ) STRICT
    """,
    # A customer has at most one open case in a conversation.
    """
    CREATE UNIQUE INDEX cases_open ON cases(conversation, customer)
        WHERE state IN ('offered', 'waiting', 'claimed')
    """,
    """
    CREATE TABLE case_steps (
        id INTEGER PRIMARY KEY,
        "case" INTEGER NOT NULL REFERENCES cases(id),
        state TEXT NOT NULL,
        who TEXT NOT NULL,
        why TEXT NOT NULL,
        at REAL NOT NULL
    ) STRICT
    """,
    # One row per answer that called a model; no words, so that it outlives them. `turn` is null for `ask`.
    """
    CREATE TABLE usage (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        conversation TEXT NOT NULL,
        customer TEXT NOT NULL,
        turn INTEGER,
        model TEXT NOT NULL,
        calls INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX usage_at ON usage(at)",
    "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT",
)

_SECOND = (
    # The last words of a message that was edited, null for one that was deleted. Stays for ever, so that
    # neither order nor redelivery nor read-back brings old words back.
    """
    CREATE TABLE tombstones (
        id TEXT PRIMARY KEY,
        text TEXT,
        at REAL NOT NULL
    ) STRICT
    """,
    # Everything that a platform delivered up to `at` is in the inbox.
    "CREATE TABLE seen (platform TEXT PRIMARY KEY, at REAL NOT NULL) STRICT",
    # The key of the post that called the agents; if it fails, nobody was called.
    "ALTER TABLE cases ADD COLUMN ping TEXT NOT NULL DEFAULT ''",
)
