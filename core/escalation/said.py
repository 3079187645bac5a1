"""A message in the form that the tables are matched against: its own words only, in one spelling."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# What is read of a message. People who want a person say so early or briefly.
LIMIT = 2_000

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_LINK = re.compile(r"\bhttps?://\S{1,2000}")
# Words between quotation marks are somebody else's, or a button's.
_QUOTED_WORDS = re.compile(
    r'"[^"\n]{1,200}"|“[^”\n]{1,200}”|„[^“”\n]{1,200}[“”]|«[^»\n]{1,200}»|「[^」\n]{1,200}」'
)
# Slack writes emoji in words.
_THUMBS = {
    "👍": r":(?:\+1|thumbs_?up)(?:::skin-tone-\d)?:",
    "👎": r":(?:-1|thumbs_?down)(?:::skin-tone-\d)?:",
}
_ACCENTS = re.compile("[\u0300-\u036f]")
# "don't" and "dont" are one word; "d'accord" and "hand-off" are two.
_CONTRACTION = re.compile(r"(?<=\w)'(?=(?:s|t|d|m|ll|re|ve)\b)")
_STOP = re.compile(r"[.!?;:…。！？\n]+")
_PAUSE = re.compile(r"[,、()–—]+")
_OTHER = re.compile(r"[^\w.,👍👎✅❌]|_")
_SPACE = re.compile(r"\s+")
_PAUSED = re.compile(r"(?:^|(?<= ))[.,](?: |$)")


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer said.

    Attributes:
        clauses: Lower-case words without accents, one space between, and " , " and " . " where a pause is.
        words: The clauses without the pauses.
        own: The customer's own words as they were written.
    """

    clauses: str
    words: str
    own: str


# Each rule reads the same messages again, and so does every later turn of the conversation.
@lru_cache(maxsize=1_000)
def said(text: str) -> Said:
    """Return what a message says itself: without quotations and code, and cut where it is very long."""
    own = _own(text)
    clauses = _clauses(own)
    return Said(clauses, without_pauses(clauses), own)


def without_pauses(clauses: str) -> str:
    """Return the words of clauses."""
    return _PAUSED.sub("", clauses).strip()


def _own(text: str) -> str:
    kept = _QUOTED_LINE.sub("", _FENCE.sub(" ", text)).strip()[:LIMIT]
    kept = _LINK.sub(" ", kept)
    unquoted = _QUOTED_WORDS.sub(" ", kept)
    return unquoted if re.search(r"\w", unquoted) else kept


def _clauses(own: str) -> str:
    text = own.replace("’", "'").replace("‘", "'")
    for emoji, written in _THUMBS.items():
        text = re.sub(f"{emoji}|{written}", f" {emoji} ", text)
    # Composed again, because Japanese voicing marks were split off as well and are no accents.
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    text = unicodedata.normalize("NFC", text).casefold()
    text = _PAUSE.sub(" , ", _STOP.sub(" . ", _CONTRACTION.sub("", text)))
    return _SPACE.sub(" ", _OTHER.sub(" ", text)).strip()[:LIMIT]
