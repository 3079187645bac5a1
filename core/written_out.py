"""Markdown that says the same in a passage of its own and in a chat: links, line breaks, characters. Pure.

A passage is read without the rest of its page, where the addresses of its links may stand; and a chat shows
as it is written what a web page turns into something else.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from core.commonmark import parsed
from core.hidden import CODE, UNSEEN

# What makes the rest worth a look.
_HTML = re.compile(r"<br|&#?\w", re.IGNORECASE)
_DEFINITION = "]:"
_PIECE = re.compile(
    rf"{CODE}|\\."
    r"|(?P<break>[ \t]*<br[ \t]*/?>[ \t]*)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
    r"|\[(?P<words>[^\[\]]{1,999})\](?:\[(?P<label>[^\[\]]{0,999})\])?(?!\()",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
# So much of a line tells how it begins.
_BEGINNING = 100
# What begins a line's text: quotations, indentation, the mark of a list's item.
_LEAD = re.compile(r"((?:[ \t]*>)*[ \t]*)((?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]")
_IN_A_ROW = ", "
_SPECIAL = frozenset("\\`*_~[]|<")
_AT_LINE_START = frozenset("#>+-=")


def written_out(page: str) -> str:
    """Return a page's Markdown with the addresses of links in their places, and without `<br>` and entities.

    What stands in code is as it was.
    """
    if _DEFINITION not in page:
        return without_html(page)
    found: dict[str, Any] = {}
    tokens = parsed(page, found)
    return _Page(page, tokens, found.get("references", {})).written_out()


def without_html(markdown: str) -> str:
    """Return Markdown with lines and characters in the place of `<br>` and entities.

    What stands in code is as it was. In the row of a table, where no line can end, a comma stands for `<br>`.
    """
    if not _HTML.search(markdown):
        return markdown
    return _Page(markdown, parsed(markdown), {}).written_out()


class _Page:
    """A page's text, and what its pieces are to be read by."""

    def __init__(
        self, text: str, tokens: Sequence[Token], references: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self._text = text
        self._references = references
        self._tables = [token.map for token in tokens if token.type == "table_open" and token.map]
        self._code = [token.map for token in tokens if token.type == "code_block" and token.map]
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._before = ""  # how the line begins that is being written

    def written_out(self) -> str:
        """Return the text, written out."""
        written: list[str] = []
        for piece in self._pieces():
            written.append(piece)
            line = piece.rpartition("\n")[2] if "\n" in piece else f"{self._before}{piece}"
            self._before = line[:_BEGINNING]
        return "".join(written)

    def _pieces(self) -> Iterator[str]:
        at = 0
        while match := _PIECE.search(self._text, at):
            yield self._text[at : match.start()]
            at = match.end()
            if self._is_in(self._code, match):
                yield match[0]
            elif match["break"]:
                yield self._break(match)
            elif match["entity"]:
                yield self._character(match)
            elif not match["words"]:
                yield match[0]
            elif address := self._address(match):
                yield f"[{match['words']}]({address})"
            else:
                at = match.end("words") + 1  # what seemed its label may be a link itself
                yield self._text[match.start() : at]
        yield self._text[at:]

    def _break(self, match: re.Match[str]) -> str:
        if self._is_in(self._tables, match):
            return _IN_A_ROW
        if _HEADING.match(self._before):
            return " "
        lead = _LEAD.match(self._before)
        if lead is None or self._is_at_begin or self._behind(match) in {"\n", ""}:
            return ""  # nothing stands before it, or behind it
        return f"\n{lead[1]}{' ' * len(lead[2] or '')}"

    def _character(self, match: re.Match[str]) -> str:
        character = UNSEEN.sub("", html.unescape(match[0])).replace("\xa0", " ")
        if character == match[0] or not character.isprintable():
            return match[0]  # no entity that HTML has; or a line feed and its like
        behind = self._behind(match)
        if character == "&" and (behind == "#" or behind.isalnum()):
            return match[0]  # it may make another entity
        if character in _SPECIAL and not (character == "<" and (behind.isspace() or behind.isdigit())):
            return f"\\{character}"
        if not self._is_at_begin:
            return character
        if character == " ":
            return match[0]  # a space more could make code of the line
        return f"\\{character}" if character in _AT_LINE_START else character

    def _address(self, match: re.Match[str]) -> str:
        """Return where a link leads; an empty string if it is none."""
        label = normalizeReference(match["label"] or match["words"])
        is_definition = self._behind(match) == ":" and self._is_at_begin
        if label not in self._references or label.startswith("^") or is_definition:
            return ""
        # Most chats end an address at the first bracket.
        return str(self._references[label]["href"]).replace("(", "%28").replace(")", "%29")

    @property
    def _is_at_begin(self) -> bool:
        return _LEAD.fullmatch(self._before) is not None

    def _behind(self, match: re.Match[str]) -> str:
        return self._text[match.end() : match.end() + 1]

    def _is_in(self, blocks: Sequence[Sequence[int]], match: re.Match[str]) -> bool:
        """Say whether a piece stands in one of some blocks: their first lines, and the ones after them."""
        line = bisect_right(self._lines, match.start()) - 1
        last = bisect_right(blocks, line, key=itemgetter(0)) - 1
        return last >= 0 and line < blocks[last][1]
