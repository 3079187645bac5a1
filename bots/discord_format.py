"""Markdown as Discord shows it: it knows most of it, and shows the marks of the rest. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.code_blocks import Fence, fence

_DEEP_HEADING = re.compile(r" {0,3}#{4,6} +(.*?)(?: +#+)?$")
_RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *$")
_PICTURE = re.compile(r"!\[([^\]\n]*)\]\((https?://[^()\s]+)(?: +\"[^\"\n]*\")?\)")
_ZERO_WIDTH_SPACE = "\u200b"
_NEEDED = re.compile(r"!\[|#{4}|~~~|```|---|\*\*\*|___|[-*_] [-*_] [-*_]")


def to_discord(markdown: str) -> str:
    """Turn what Discord would show as marks into what it knows; all else, and code, is as it was.

    Headings below the third level become bold, pictures links, rules leave, and code is fenced by three
    backticks, as Discord knows no other fence; it would end at the next three, so those within are parted.
    """
    if not _NEEDED.search(markdown):
        return markdown
    return "\n".join(_lines(markdown.split("\n"))).strip("\n") or markdown


def _lines(lines: list[str]) -> Iterator[str]:
    opened: Fence | None = None
    for line in lines:
        if opened and opened.is_left_by(line):
            opened = None
        if opened:
            closes = opened.is_closed_by(line)
            yield f"{opened.lead}```" if closes else line.replace("```", _ZERO_WIDTH_SPACE.join("```"))
            opened = None if closes else opened
        elif opened := fence(line):
            yield f"{opened.lead}```{opened.info}"
        elif not _RULE.match(line):
            yield _outside_code(line)


def _outside_code(line: str) -> str:
    if heading := _DEEP_HEADING.match(line):
        line = f"**{heading[1].replace('**', '')}**"
    parts = re.split(r"(`+[^`]*`+)", line)
    return "".join(p if n % 2 else _PICTURE.sub(_as_link, p) for n, p in enumerate(parts))


def _as_link(match: re.Match[str]) -> str:
    return f"[{match[1] or 'picture'}]({match[2]})"
