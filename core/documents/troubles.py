"""Why a document can't be read: what the child process says in a word, and what people read of it."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """One reason; the child writes it, `TOLD` has its words."""

    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    EMPTY = "empty"
    LONG = "long"
    ROWS = "rows"
    BOMB = "bomb"
    MEMORY = "memory"
    TIME = "time"
    CRASHED = "crashed"
    MISSING = "missing"


# Texts longer than this are no article: it is a novel's length, five times over.
MAX_CHARACTERS = 4_000_000
# Rows of all tables together: a large price list; what is larger belongs into a database.
MAX_ROWS = 20_000

TOLD = {
    Trouble.ENCRYPTED: "is protected with a password, or of an older format; save it anew without one",
    Trouble.BROKEN: "is damaged, or not of the kind that its name says; save it anew",
    Trouble.EMPTY: "holds no text, as a scan does; run text recognition (OCR) on it or write it as text",
    Trouble.LONG: f"holds more than {MAX_CHARACTERS:,} characters; split it into several files",
    Trouble.ROWS: f"has tables of more than {MAX_ROWS:,} rows; keep the ones that customers ask for",
    Trouble.BOMB: "unpacks to far more than its size, as hostile files do; save it anew with fewer pictures",
    Trouble.MEMORY: "needs more memory than one file may have; split it into several files",
    Trouble.TIME: "takes longer to read than one file may; split it into several files",
    Trouble.CRASHED: "makes its reader crash; save it anew in another format",
    Trouble.MISSING: (
        "needs the readers of documents; run `make documents`, or install them with "
        "pip install 'frontdesk[documents]'"
    ),
}


class Untold(Exception):
    """A reader met a trouble; it carries which one."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble
