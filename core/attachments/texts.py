"""From a file's bytes to as much of its text as a prompt may hold. Pure."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable

# Byte order marks; that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What no text of that many characters holds more of, by the part of them: control characters besides white
# space and the escapes that colour a terminal.
MOST_CONTROLS = 0.01
_FINE = frozenset("\t\n\r\f\x1b\x08")
LOOKED_AT = 65_536
# How much of a cut text is its beginning. What went wrong stands at the end of a log.
HEAD, HEAD_OF_LOG = 0.7, 0.2
# No token of any text that people write has more characters on average; the cut is made by counting.
CHARACTERS_A_TOKEN = 6


class NotText(Exception):
    """The bytes are no text."""


def decoded(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 or UTF-32, else the Western code page of Windows.

    Raises:
        NotText: It is a binary file.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _clean(data[len(mark) :].decode(encoding, "replace"))
    if encoding := _unmarked(data):
        return _clean(data.decode(encoding, "replace"))
    try:
        return _clean(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _clean(data.decode("cp1252", "replace"))


def _unmarked(data: bytes) -> str:
    """Return UTF-16 where every other byte of a text's beginning is zero, as in most languages of Europe."""
    head = data[:LOOKED_AT]
    evens, odds = head[::2], head[1::2]
    if len(head) >= 4 and odds.count(0) > 0.7 * len(odds) and not evens.count(0):
        return "utf-16-le"
    if len(head) >= 4 and evens.count(0) > 0.7 * len(evens) and not odds.count(0):
        return "utf-16-be"
    return ""


def _clean(text: str) -> str:
    looked_at = text[:LOOKED_AT]
    controls = sum(1 for c in looked_at if c not in _FINE and unicodedata.category(c) == "Cc")
    if controls + looked_at.count("\ufffd") > MOST_CONTROLS * len(looked_at):
        raise NotText
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def is_log(name: str) -> bool:
    """Say whether a file's end matters more than its beginning, by its name: `app.log`, `error.txt`."""
    stem, *ends = name.lower().split(".")
    if {"log", "out", "err", "trace"} & set(ends):
        return True
    return any(word in stem for word in ("log", "trace", "crash", "error", "console", "output"))


def fitted(text: str, most: int, cost: Callable[[str], int], *, log: bool) -> str:
    """Return a text, or its two ends with a word for what is left out, in so many tokens at most.

    Args:
        text: The whole.
        most: Tokens.
        cost: Counts them, with all that will stand around the text.
        log: Whether its end matters most.

    Returns:
        Nothing where not even a line of it fits.
    """
    characters = most * CHARACTERS_A_TOKEN
    shown = text
    while len(text) > characters or cost(shown) > most:
        if characters < 1:
            return ""
        shown = _cut(text, characters, HEAD_OF_LOG if log else HEAD)
        tokens = cost(shown)
        if tokens <= most:
            break
        characters = min(characters - 1, len(shown), int(characters * most / tokens * 0.95))
    return shown


def _cut(text: str, characters: int, head: float) -> str:
    """Return so many characters of a text's two ends, at the ends of lines where they are near."""
    if len(text) <= characters:
        return text
    first = int(characters * head)
    end, begin = first, len(text) - (characters - first)
    line = text.rfind("\n", first // 2, end)
    end = line if line >= 0 else end
    line = text.find("\n", begin, begin + (len(text) - begin) // 2)
    begin = line + 1 if line >= 0 else begin
    left_out = text[end:begin].strip("\n")
    lines = left_out.count("\n") + 1
    what = f"{lines:,} lines" if lines > 1 else f"{len(left_out):,} characters"
    return f"{text[:end].rstrip()}\n[… {what} left out …]\n{text[begin:].lstrip()}"
