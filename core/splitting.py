"""Cutting Markdown into posts that are each valid on their own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core.code_blocks import Fence, fence

LONGEST_FENCE = 10
# So much of a link, of code in a line and of emphasised words is kept together.
LONGEST_SPAN = 500
_WHOLE = re.compile(
    rf"(?P<ticks>`+)(?!`).{{1,{LONGEST_SPAN}}}?(?<!`)(?P=ticks)(?!`)"
    r"|!?\[[^\[\]]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"
    r"|<[^<>\s][^<>\n]*>"
    rf"|(?P<mark>\*{{1,3}}|_{{1,3}}|~~)(?=\S).{{1,{LONGEST_SPAN}}}?(?<=\S)(?P=mark)",
    re.DOTALL,
)
_QUOTED = re.compile(r"(?:[ \t]*>)+ ?")


def split(text: str, limit: int) -> list[str]:
    """Cut Markdown into parts of at most `limit` characters that are each valid on their own.

    Cuts are made between paragraphs where that is possible, else between lines, else between words, and
    not within links, code and emphasised words; a code block that has to be cut is closed and opened again,
    and what continues a quotation is quoted. Only a single word longer than a part is broken.

    Raises:
        ValueError: The limit leaves no room for a code block's fences.
    """
    if limit < 40:
        raise ValueError("a part must have room for a code block's fences: at least 40 characters")
    if len(text) <= limit and not any(text.count(marks) % 2 for marks in ("```", "~~~")):
        return [text] if text.strip() else []
    parts: list[str] = []
    for block in blocks(text):
        for piece in _pieces(block, limit):
            if not piece.strip():
                continue
            if parts and len(parts[-1]) + 2 + len(piece) <= limit:
                parts[-1] = f"{parts[-1]}\n\n{piece}"
            else:
                parts.append(piece)
    return parts


def finished(text: str) -> str:
    """Return a text that is still being written without a code block or a table that it breaks off in."""
    opened: Fence | None = None
    at, keep = 0, len(text)
    for line in text.split("\n"):
        is_there = at < len(text)  # behind the last line break there is no line yet
        if opened and is_there and opened.is_left_by(line):
            opened, keep = None, len(text)
        if opened:
            if opened.is_closed_by(line):
                opened, keep = None, len(text)
        elif opened := fence(line):
            keep = at
        elif line.lstrip().startswith("|"):
            keep = min(keep, at)
        elif is_there:
            keep = len(text)
        at += len(line) + 1
    return text[:keep]


def blocks(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text, and its code blocks as a whole; one left open is closed."""
    waiting: list[str] = []
    opened: Fence | None = None
    for line in text.split("\n"):
        if opened and opened.is_left_by(line):
            yield "\n".join([*waiting, opened.closing])
            waiting, opened = [], None
        if opened:
            waiting.append(line)
            if opened.is_closed_by(line):
                yield "\n".join(waiting)
                waiting, opened = [], None
        elif opened := fence(line):
            if waiting:
                yield "\n".join(waiting)
            waiting = [line]
        elif line.strip():
            waiting.append(line)
        elif waiting:
            yield "\n".join(waiting)
            waiting = []
    if waiting:
        yield "\n".join([*waiting, opened.closing] if opened else waiting)


def _pieces(block: str, limit: int) -> Iterator[str]:
    if len(block) <= limit:
        yield block
        return
    first, *lines = block.split("\n")
    opened = fence(first)
    if opened and len(opened.closing) <= LONGEST_FENCE:
        opening = f"{opened.closing}{opened.info[:LONGEST_FENCE]}"
        for piece in _filled(lines[:-1], limit - len(opening) - len(opened.closing) - 2):
            yield f"{opening}\n{piece}\n{opened.closing}"
    else:
        yield from _cut(block, limit)


def _filled(lines: list[str], limit: int) -> Iterator[str]:
    """Yield pieces of lines, each as long as `limit` allows."""
    waiting = ""
    for line in lines:
        for piece in _cut(line, limit):
            joined = f"{waiting}\n{piece}" if waiting else piece
            if len(joined) <= limit:
                waiting = joined
            else:
                yield waiting
                waiting = piece
    if waiting:
        yield waiting


def _cut(text: str, limit: int) -> Iterator[str]:
    """Yield pieces of a text without empty lines: cut between lines, else between words, else anywhere."""
    while len(text) > limit:
        at = _place(text, limit)
        yield text[:at]
        lead = "" if text[at] == "\n" else _lead(text[text.rfind("\n", 0, at) + 1 :], limit)
        text = lead + text[at:].removeprefix("\n" if text[at] == "\n" else " ")
    yield text


def _place(text: str, limit: int) -> int:
    """Return where to cut a text that is longer than `limit`."""
    # What a quoted line begins with says nothing: a cut there would go on for ever.
    first = len(_lead(text, limit)) + 1
    spans = [match.span() for match in _WHOLE.finditer(text, 0, limit + LONGEST_SPAN)]
    outside = (_last(text, sign, first, limit, spans) for sign in "\n ")
    return next((at for at in outside if at > 0), 0) or max(text.rfind(" ", first, limit + 1), 0) or limit


def _last(text: str, sign: str, first: int, last: int, spans: Sequence[tuple[int, int]]) -> int:
    """Return where a sign stands for the last time outside of all spans; -1 if nowhere."""
    at = text.rfind(sign, first, last + 1)
    while begin := next((start for start, end in spans if start < at < end), 0):
        at = text.rfind(sign, first, begin)
    return -1 if any(start < at < end for start, end in spans) else at


def _lead(line: str, limit: int) -> str:
    """Return the marks of the quotation that a line stands in, as far as they leave room for words."""
    quoted = _QUOTED.match(line)
    return quoted[0] if quoted and len(quoted[0]) < limit // 2 else ""
