"""Markdown as Discord shows it: it knows most of it, and shows the marks of the rest. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_DEEP_HEADING = re.compile(r" {0,3}#{4,6} +(.*?)(?: +#+)?$")
_RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *$")
_PICTURE = re.compile(r"!\[([^\]\n]*)\]\((https?://[^()\s]+)(?: +\"[^\"\n]*\")?\)")
_NEEDED = re.compile(r"!\[|#{4}|~~~|---|\*\*\*|___|[-*_] [-*_] [-*_]")


def to_discord(markdown: str) -> str:
    """Turn what Discord would show as marks into what it knows; all else, and code, is as it was.

    Headings below the third level become bold, pictures links, rules leave, and code that is fenced
    by tildes is fenced by backticks.
    """
    if not _NEEDED.search(markdown):
        return markdown
    return "\n".join(_lines(markdown.split("\n"))).strip("\n") or markdown


def _lines(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            closes = mark is not None and mark[1].startswith(fence) and not mark[2].strip()
            yield _backticks(fence) if closes else line
            fence = "" if closes else fence
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence = mark[1]
            yield f"{_backticks(fence)}{mark[2].strip()}"
        elif not _RULE.match(line):
            yield _outside_code(line)


def _backticks(fence: str) -> str:
    return fence.replace("~", "`")


def _outside_code(line: str) -> str:
    if heading := _DEEP_HEADING.match(line):
        line = f"**{heading[1].replace('**', '')}**"
    parts = re.split(r"(`+[^`]*`+)", line)
    return "".join(p if n % 2 else _PICTURE.sub(_as_link, p) for n, p in enumerate(parts))


def _as_link(match: re.Match[str]) -> str:
    return f"[{match[1] or 'picture'}]({match[2]})"
