"""Finds what people don't see in an article: characters, comments, hidden elements. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from core.hidden import UNSEEN, hidden_markup
from core.knowledge_check.findings import Rule, Spot, line_of, short

_LETTER = r"[^\W\d_]"
# Where a word could be parted a soft hyphen has its place.
_SOFT_IN_WORD = re.compile(rf"(?<={_LETTER})\u00ad(?={_LETTER})")
# Arabic, Hebrew and their kin use marks of direction at the seams with other scripts.
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff]")
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))
_NAMES = {"\u00ad": "soft hyphen", "\ufeff": "byte order mark"}


def unseen_characters(text: str) -> Iterator[Spot]:
    """Yield the lines with characters that nobody sees, and their names."""
    if text.isascii() and not UNSEEN.search(text):
        return
    for number, line in enumerate(text.split("\n"), 1):
        rest = _SOFT_IN_WORD.sub("", line.removesuffix("\r"))
        if _RIGHT_TO_LEFT.search(rest):
            rest = rest.translate(_MARKS)
        names = Counter(_name(found[0]) for found in UNSEEN.finditer(rest))
        if names:
            yield Spot(number, ", ".join(f"{count} × {name}" for name, count in names.items()))


def _name(character: str) -> str:
    if 0xE0000 <= ord(character) <= 0xE0FFF:
        return "tag or selector that can carry a hidden text"
    if "\x80" <= character <= "\x9f":
        return "character damaged by a wrong encoding"
    known = _NAMES.get(character) or unicodedata.name(character, "").lower()
    return known or f"control character U+{ord(character):04X}"


def unseen_text(text: str) -> Iterator[tuple[Rule, Spot]]:
    """Yield comments and hidden elements of Markdown or HTML."""
    if "<" not in text:
        return
    for span in hidden_markup(text):
        inside = text[span.start : span.end]
        is_comment = inside.startswith("<!--")
        words = short(re.sub(r"<!--|-->|<[^>]*>", " ", inside))
        if words:
            yield Rule.COMMENT if is_comment else Rule.HIDDEN_TEXT, Spot(line_of(text, span.start), words)
