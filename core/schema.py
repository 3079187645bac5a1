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


@migrations()
def m003_handover(db: Database) -> None:
    """The whole life of a case, what agents write, posts with buttons, edits and signs."""
    for statement in _THIRD:
        db.execute(statement)


@migrations()
def m004_costs(db: Database) -> None:
    """What each call cost and what was set aside for it, running totals, and what is told once."""
    for statement in _FOURTH:
        db.execute(statement)


@migrations()
def m005_summaries(db: Database) -> None:
    """Summaries of what left the prompt, and where each session began."""
    for statement in _FIFTH:
        db.execute(statement)


@migrations()
def m006_withheld(db: Database) -> None:
    """What answers would have claimed without support."""
    for statement in _SIXTH:
        db.execute(statement)


@migrations()
def m007_live(db: Database) -> None:
    """Replies that are shown while they are written."""
    for statement in _SEVENTH:
        db.execute(statement)


@migrations()
def m008_feedback(db: Database) -> None:
    """What customers make of answers, and posts that were refused for their form."""
    for statement in _EIGHTH:
        db.execute(statement)


@migrations()
def m009_language(db: Database) -> None:
    """In which language each conversation, and each case's customer, is spoken to."""
    for statement in _NINTH:
        db.execute(statement)


@migrations()
def m010_files(db: Database) -> None:
    """What the files say that customers attached."""
    for statement in _TENTH:
        db.execute(statement)


@migrations()
def m011_speak(db: Database) -> None:
    """For whom words were, what was said before the bot was called, and where it pauses."""
    for statement in _ELEVENTH:
        db.execute(statement)


@migrations()
def m012_forget(db: Database) -> None:
    """Customers who asked to be forgotten, and posts that name others than those of their turn or case."""
    for statement in _TWELFTH:
        db.execute(statement)


@migrations()
def m013_languages(db: Database) -> None:
    """The language in which each turn's customer was spoken to."""
    for statement in _THIRTEENTH:
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

_THIRD = (
    # Who wrote first, whether it is a whole channel, whether the bot is to be quiet, and since when what
    # was said counts.
    "ALTER TABLE conversations ADD COLUMN opened_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversations ADD COLUMN shared INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN muted INTEGER NOT NULL DEFAULT 0",
    # What was written before this position, while the bot was to be quiet, is not taken in later either.
    "ALTER TABLE conversations ADD COLUMN quiet_until INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN afresh_at REAL NOT NULL DEFAULT 0",
    """
    UPDATE conversations SET opened_by = coalesce((
        SELECT author FROM messages WHERE conversation = conversations.id AND role = 'customer'
        ORDER BY seq LIMIT 1
    ), '')
    """,
    # The case that had the turn, where people did.
    'ALTER TABLE turns ADD COLUMN "case" INTEGER REFERENCES cases(id)',
    "ALTER TABLE posts ADD COLUMN under TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE posts ADD COLUMN edits TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE posts ADD COLUMN sign TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE posts ADD COLUMN only_for TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE posts ADD COLUMN buttons TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE posts ADD COLUMN carries TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX posts_under ON posts(under) WHERE under != ''",
    "CREATE INDEX posts_edits ON posts(edits) WHERE edits != ''",
    "CREATE INDEX posts_carries ON posts(carries) WHERE carries != ''",
    "ALTER TABLE cases ADD COLUMN key TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN owner_name TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN desk TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN thread TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN body TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN asked TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN shared INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN since REAL NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN spoke TEXT NOT NULL DEFAULT 'customer'",
    "ALTER TABLE cases ADD COLUMN spoke_at REAL NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN claimed_from INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN told INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN answer TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN rating TEXT NOT NULL DEFAULT ''",
    # Until now nobody could claim a case where it was pinged: what waits is nobody's any more, and would
    # silence the bot. Agents were pinged for it and know.
    "UPDATE cases SET key = lower(hex(randomblob(12))), since = opened_at, spoke_at = opened_at",
    """
    INSERT INTO case_steps("case", state, who, why, at)
        SELECT id, 'cancelled', 'frontdesk', 'opened before agents could claim cases', strftime('%s') + 0.0
        FROM cases WHERE state IN ('waiting', 'claimed')
    """,
    "UPDATE cases SET state = 'cancelled' WHERE state IN ('waiting', 'claimed')",
    # What is attached to a message: JSON, a list of [name, address]; empty for nothing.
    "ALTER TABLE messages ADD COLUMN files TEXT NOT NULL DEFAULT ''",
    "CREATE UNIQUE INDEX cases_key ON cases(key)",
    "CREATE INDEX cases_thread ON cases(thread) WHERE thread != ''",
    "CREATE INDEX cases_ping ON cases(ping) WHERE ping != ''",
    "CREATE INDEX cases_customer ON cases(conversation, customer)",
    'CREATE INDEX case_steps_case ON case_steps("case")',
    # What agents wrote in the thread of a case: for telling a second delivery, and for sending it later.
    # The words of internal notes, and of what was passed on, are not kept here.
    """
    CREATE TABLE notes (
        id TEXT PRIMARY KEY,
        "case" INTEGER NOT NULL REFERENCES cases(id),
        author TEXT NOT NULL,
        author_name TEXT NOT NULL,
        text TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        files TEXT NOT NULL,
        at REAL NOT NULL
    ) STRICT
    """,
    # The last notice of each place that the bot can't answer.
    """
    CREATE TABLE outages (
        place TEXT PRIMARY KEY,
        key TEXT NOT NULL,
        lines TEXT NOT NULL,
        total INTEGER NOT NULL,
        last_at REAL NOT NULL
    ) STRICT
    """,
)

_FOURTH = (
    # One row per call from now on; no words, so that it outlives them. `cost` is what it is booked at, in
    # nano-dollars: while it is under way (`reserved`), and where it never told what it used (`assumed`), that
    # is its reservation, and the tokens are those that this was made for. `day` is the day that it is booked
    # on, where this machine is.
    "ALTER TABLE usage ADD COLUMN day TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE usage ADD COLUMN place TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE usage ADD COLUMN purpose TEXT NOT NULL DEFAULT 'answer'",
    "ALTER TABLE usage ADD COLUMN cost INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE usage ADD COLUMN reservation INTEGER NOT NULL DEFAULT 0",
    """
    ALTER TABLE usage ADD COLUMN state TEXT NOT NULL DEFAULT 'settled'
        CHECK (state IN ('reserved', 'settled', 'assumed'))
    """,
    "UPDATE usage SET day = strftime('%Y-%m-%d', at, 'unixepoch', 'localtime'), place = conversation",
    "CREATE INDEX usage_day ON usage(day)",
    "CREATE INDEX usage_reserved ON usage(state) WHERE state = 'reserved'",
    # What the calls of a day (2026-11-22) or a month (2026-11) cost, of all (who is empty) or one customer;
    # `reserved` is the part of it that is only set aside.
    """
    CREATE TABLE spent (
        period TEXT NOT NULL,
        who TEXT NOT NULL,
        amount INTEGER NOT NULL,
        reserved INTEGER NOT NULL,
        PRIMARY KEY (period, who)
    ) STRICT, WITHOUT ROWID
    """,
    # What was told, and is not told again.
    "CREATE TABLE alerts (key TEXT PRIMARY KEY, at REAL NOT NULL) STRICT",
)

_FIFTH = (
    # What was said in a conversation before a turn, in short. Several: the one in the prompt, the next one,
    # and older ones, from which it can be made anew when words that a newer one covers are taken back.
    """
    CREATE TABLE summaries (
        conversation TEXT NOT NULL REFERENCES conversations(id),
        before INTEGER NOT NULL,
        text TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (conversation, before)
    ) STRICT
    """,
    # The `before` of the summary that prompts hold now.
    "ALTER TABLE conversations ADD COLUMN summary INTEGER NOT NULL DEFAULT 0",
    # The first turn that summaries may tell of: what was said before was left behind on purpose.
    "ALTER TABLE conversations ADD COLUMN floor INTEGER NOT NULL DEFAULT 0",
    # How often words were taken back or the conversation began afresh: a summary that was being written
    # meanwhile is thrown away.
    "ALTER TABLE conversations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
    # The first turns of the present session and of the one before.
    "ALTER TABLE conversations ADD COLUMN session INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN previous_session INTEGER NOT NULL DEFAULT 0",
)

_SIXTH = (
    # JSON, a list of {"kind", "claim", "mended"}; null for nothing.
    "ALTER TABLE turns ADD COLUMN withheld TEXT",
)

_SEVENTH = (
    # 1: a reply that is being written, and may be seen already (it is `sending`, and keeps what is behind it
    # waiting); 2: one whose last words are decided, and end by an edit of what is seen; 0: any other post.
    "ALTER TABLE posts ADD COLUMN live INTEGER NOT NULL DEFAULT 0",
    # The message that such a reply answers, and the turn that writes it (which may be gone).
    "ALTER TABLE posts ADD COLUMN answers TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE posts ADD COLUMN writer INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX posts_live ON posts(live, answers) WHERE live = 1",
)

_EIGHTH = (
    # `helpful` or `unhelpful`, as the turn's own customer said last; empty for neither.
    "ALTER TABLE turns ADD COLUMN feedback TEXT NOT NULL DEFAULT ''",
    # When, by the platform's clock: what is delivered late, or again, changes nothing.
    "ALTER TABLE turns ADD COLUMN feedback_at REAL NOT NULL DEFAULT 0",
    "CREATE INDEX turns_feedback ON turns(feedback) WHERE feedback != ''",
    # For reactions: they name a post by its reference.
    "CREATE INDEX posts_ref ON posts(ref) WHERE ref != ''",
    # Whether its words were made plain, because its platform refused their form.
    "ALTER TABLE posts ADD COLUMN plain INTEGER NOT NULL DEFAULT 0",
)

_NINTH = (
    "ALTER TABLE conversations ADD COLUMN language TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN language TEXT NOT NULL DEFAULT ''",
)

_TENTH = (
    # The text of a message's files, as prompts hold it: cut, with its cost in tokens. `number` is the file's
    # place among the message's, from 0. They go with the message's words.
    """
    CREATE TABLE readings (
        message TEXT NOT NULL,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        PRIMARY KEY (message, number)
    ) STRICT, WITHOUT ROWID
    """,
)

_ELEVENTH = (
    # Empty: for the bot. `others`: said to other people in a conversation of ours. `before`: said before the
    # bot was called into it.
    "ALTER TABLE messages ADD COLUMN audience TEXT NOT NULL DEFAULT ''",
    # The position of the message that called the bot where something may have been said before, and its id
    # until that was read.
    "ALTER TABLE conversations ADD COLUMN joined INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN unread TEXT NOT NULL DEFAULT ''",
    # Whose words are not taken in until then, as they went to and fro with the bot like a machine's.
    """
    CREATE TABLE pauses (
        conversation TEXT NOT NULL REFERENCES conversations(id),
        customer TEXT NOT NULL,
        until REAL NOT NULL,
        PRIMARY KEY (conversation, customer)
    ) STRICT, WITHOUT ROWID
    """,
)

_TWELFTH = (
    # One row per customer who asked to be forgotten. It stays: nothing that they wrote up to `until` is ever
    # taken in again, also what never came here. `waiting`: an open case is awaited; `removed`: their words
    # are in no row any more, but the bytes may still be in the file; `swept`: nor there.
    """
    CREATE TABLE forgotten (
        who TEXT PRIMARY KEY,
        asked_at REAL NOT NULL,
        until REAL NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'removed', 'swept'))
    ) STRICT
    """,
    "ALTER TABLE cases ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0",
    # The ids of customers, with a space between two, whom a post names or quotes besides those of its turn
    # and its case.
    "ALTER TABLE posts ADD COLUMN names TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX posts_names ON posts(id) WHERE names != ''",
    "CREATE INDEX posts_turn ON posts(turn)",
    "CREATE INDEX posts_place ON posts(place)",
    "CREATE INDEX messages_author ON messages(author)",
    "CREATE INDEX turns_customer ON turns(customer)",
    "CREATE INDEX cases_who ON cases(customer)",
)

_THIRTEENTH = (
    # Of who writes in a whole channel it may be another one than that of who wrote there last.
    "ALTER TABLE turns ADD COLUMN language TEXT NOT NULL DEFAULT ''",
)
