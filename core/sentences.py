"""Where a text that still arrives can be cut: whole sentences, with the white space before them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.code_blocks import Fence, fence

# A mark that ends a sentence, with what may close behind it.
_END = re.compile(r"[.!?…]+[\"'”’»)\]*_~]*(?=\s)|[。！？]+[」』）”’\"]*")
_POSSIBLE = re.compile(r"[.!?…。！？\n]")
# What is no place to cut: code, links, addresses.
_WHOLE = re.compile(r"(`+)(?:(?!\1).)*?\1|!?\[[^\[\]]*\]\([^()\n]*\)|<[^<>\s]*>", re.DOTALL)
# What may still become one of these; also bold text, which shows its stars while it is half there.
_OPEN = re.compile(r"`|\[[^\[\]]*(?:\](?:\([^()\n]*)?)?\Z")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)]|#{1,6})\s")
_TABLE = re.compile(r"\s*\|")
_WORD = re.compile(r"[^\s(\[\"'“„«*_]*\Z")
_NUMBERED = re.compile(r"\d{1,3}")
_CJK = frozenset("。！？")
_ABBREVIATIONS = frozenset(
    "e.g i.e z.b d.h u.a o.ä bzw usw ca etc vs approx evtl ggf inkl exkl std tel mr mrs ms dr prof st jr sr "
    "sra srta ud uds mme mlle inc ltd corp p.ex p.ej cf env jan feb apr jun jul aug sep sept oct nov "
    "dec".split()
)
# These are words of their own, unless a number follows.
_BEFORE_NUMBERS = frozenset("no nos nr art abs fig vol pp max min".split())


def ends(text: str, *, final: bool = False) -> Iterator[int]:
    """Yield where sentences end in a text that begins one.

    Args:
        text: Markdown that may go on. What comes after an end that is yielded can't change that end.
        final: Whether the text is all there is.
    """
    # Most pieces of a text that streams end nothing.
    if not final and not _POSSIBLE.search(text):
        return
    # An end is known once something comes behind it: what is held back at most is the last sentence.
    for start, stop, cuttable in _blocks(text, final=final):
        if cuttable:
            yield from _inside(text, start, stop)
        if text[start:stop].strip() and (stop < len(text) or final):
            yield start + len(text[start:stop].rstrip())


def _blocks(text: str, *, final: bool) -> Iterator[tuple[int, int, bool]]:
    """Yield the paragraphs, list items and code blocks of a text, and whether these can be cut within."""
    begin = at = 0
    code: Fence | None = None
    while at < len(text):
        newline = text.find("\n", at)
        whole = newline >= 0
        after = newline + 1 if whole else len(text)
        line = text[at : newline if whole else len(text)]
        if code and (whole or line.strip()) and code.is_left_by(line):
            yield begin, at, False
            begin, code = at, None
        if code:
            if (whole or final) and code.is_closed_by(line):
                yield begin, newline if whole else after, False
                begin, code = (newline if whole else after), None
        elif code := fence(line):
            if at > begin:
                yield begin, at, _is_prose(text[begin:at])
            begin = at
        elif not line.strip():
            if whole and at > begin and text[begin:at].strip():
                yield begin, at, _is_prose(text[begin:at])
                begin = at
        else:
            if at > begin and _ITEM.match(line) and text[begin:at].strip():
                yield begin, at, _is_prose(text[begin:at])
                begin = at
            if whole and _ITEM.match(text[begin:after].lstrip("\n")):
                yield begin, newline, True
                begin = newline
        at = after
    if begin < len(text):
        yield begin, len(text), not code and _is_prose(text[begin:])


def _is_prose(block: str) -> bool:
    """Say whether a block can be cut at its sentences: a table can't."""
    return not _TABLE.match(block.lstrip("\n"))


def _inside(text: str, start: int, stop: int) -> Iterator[int]:
    """Yield where sentences end within a paragraph."""
    block = text[start:stop]
    if not _END.search(block):
        return
    masked = _WHOLE.sub(lambda found: "\0" * len(found[0]), block)
    opened = _OPEN.search(masked)
    limit = opened.start() if opened else len(masked)
    for found in _END.finditer(masked, 0, len(masked)):
        end = found.end()
        if end > limit:
            return
        if masked.count("**", 0, end) % 2 or not _ends_sentence(masked, found):
            continue
        yield start + end


def _ends_sentence(block: str, found: re.Match[str]) -> bool:
    behind = block[found.end() :].lstrip()
    if found[0][0] in _CJK:
        return found.end() < len(block)
    # Where nothing but white space came yet, a small letter may follow.
    if not behind or behind[0].islower():
        return False
    if found[0][0] != ".":
        return True
    word = _WORD.search(block[: found.start()])
    before = word[0] if word else ""
    if before.lower() in _BEFORE_NUMBERS and behind[0].isdigit():
        return False
    return not (_NUMBERED.fullmatch(before) or _is_short(before))


def _is_short(word: str) -> bool:
    return word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha())


def last_end(text: str) -> int:
    """Return where the last whole sentence of a text ends that broke off; 0 if none does."""
    return max(ends(text), default=0)
