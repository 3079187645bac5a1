"""Markdown as text: escaping other people's words, and cutting them short. Pure."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_~\[\]<>|&])")
_AT_LINE_START = re.compile(r"^([ \t]*)([-+#=]|\d+[.)])", re.MULTILINE)


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
