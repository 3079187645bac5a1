"""Markdown as text: escaping other people's words, and splitting what is too long for one post. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SPECIAL = re.compile(r"([\\`*_~\[\]<>|&])")
_AT_LINE_START = re.compile(r"^([ \t]*)([-+#=]|\d+[.)])", re.MULTILINE)
# A fence of backticks has none behind it: ```code``` in a line is no block.
_FENCE = re.compile(r"^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$")
LONGEST_FENCE = 10


def escape(text: str) -> str:
    """Return text that Markdown shows as it is: no emphasis, links, images, headings or code come of it.

    Indentation is left out: it could make code, and says nothing in a chat.
    """
    flat = re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE)
    return _AT_LINE_START.sub(_escaped_start, _SPECIAL.sub(r"\\\1", flat))


def _escaped_start(match: re.Match[str]) -> str:
    # "1." is escaped at its full stop: a backslash before a digit is a backslash.
    return f"{match[1]}{match[2][:-1]}\\{match[2][-1]}"


def unescape(text: str) -> str:
    """Return Markdown without the backslashes that escape its characters, for where it is not rendered."""
    return re.sub(r"\\([\\`*_~\[\]<>|&#+=.)-])", r"\1", text)


def excerpt(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, cut at a word where it is longer."""
    text = text.strip()
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rsplit(None, 1)[0] if len(cut.split()) > 1 else cut).rstrip() + "…"


def split(text: str, limit: int) -> list[str]:
    """Cut Markdown into parts of at most `limit` characters that are each valid on their own.

    Cuts are made between paragraphs where that is possible, else between lines, else between words; a
    code block that has to be cut is closed and opened again. Only a single word longer than a part is
    broken.

    Raises:
        ValueError: The limit leaves no room for a code block's fences.
    """
    if limit < 40:
        raise ValueError("a part must have room for a code block's fences: at least 40 characters")
    if len(text) <= limit and not any(text.count(fence) % 2 for fence in ("```", "~~~")):
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
    fence, at, keep = "", 0, len(text)
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence, keep = "", len(text)
        elif mark:
            fence, keep = mark[1], at
        elif line.lstrip().startswith("|"):
            keep = min(keep, at)
        elif at < len(text):  # behind the last line break there is no line yet
            keep = len(text)
        at += len(line) + 1
    return text[:keep]


def blocks(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text, and its code blocks as a whole; one left open is closed."""
    waiting: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            waiting.append(line)
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
                yield "\n".join(waiting)
                waiting = []
        elif mark:
            if waiting:
                yield "\n".join(waiting)
            waiting, fence = [line], mark[1]
        elif line.strip():
            waiting.append(line)
        elif waiting:
            yield "\n".join(waiting)
            waiting = []
    if waiting:
        yield "\n".join([*waiting, fence] if fence else waiting)


def _pieces(block: str, limit: int) -> Iterator[str]:
    if len(block) <= limit:
        yield block
        return
    mark = _FENCE.match(block.split("\n", 1)[0])
    if mark and len(mark[1]) <= LONGEST_FENCE:
        opening, closing = f"{mark[1]}{mark[2][:10].rstrip()}", mark[1]
        body = "\n".join(block.split("\n")[1:-1])
        for piece in _filled(body, limit - len(opening) - len(closing) - 2):
            yield f"{opening}\n{piece}\n{closing}"
    else:
        yield from _filled(block, limit)


def _filled(text: str, limit: int) -> Iterator[str]:
    """Yield pieces of lines, each as long as `limit` allows."""
    waiting = ""
    for line in text.split("\n"):
        for piece in _short(line, limit):
            joined = f"{waiting}\n{piece}" if waiting else piece
            if len(joined) <= limit:
                waiting = joined
            else:
                yield waiting
                waiting = piece
    if waiting:
        yield waiting


def _short(line: str, limit: int) -> Iterator[str]:
    """Cut an overlong line at spaces, and an overlong word anywhere."""
    while len(line) > limit:
        at = line.rfind(" ", 1, limit + 1)
        at = at if at > 0 else limit
        yield line[:at]
        line = line[at:].removeprefix(" ")
    yield line
