"""Markdown's parsers: for chats, where emphasis may touch East Asian letters; and for articles. Pure."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import category, east_asian_width

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

# So many marks of quotations and lists are kept in a line; a parser leaves out what stands too deep.
DEEPEST = 10
_MARK = r"[ \t]{0,3}(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))"
_TOO_DEEP = re.compile(rf"^((?:{_MARK}){{{DEEPEST}}})(?:{_MARK})+", re.MULTILINE)
# Each item of a list is two levels.
_NESTING = 100


class ChatMarkdown(MarkdownIt):
    """A parser for what is written in chats.

    By CommonMark, `**「注意」**を` is not bold, for a mark between punctuation and a letter needs a space,
    which these languages don't write. Here their letters and punctuation stand for a space, as in
    https://github.com/tats-u/markdown-cjk-friendly/blob/main/specification.md
    """

    def __init__(self, preset: str, **options: Any) -> None:
        """Start from a preset of markdown-it, as "commonmark", with options of its, as `html`."""
        super().__init__(preset, {"maxNesting": _NESTING, **options})
        inline = _Inline()
        inline.ruler, inline.ruler2 = self.inline.ruler, self.inline.ruler2
        self.inline = inline

    def parse(self, src: str, env: Any = None) -> list[Token]:
        """Return the tokens of a text; marks that are nested too deep are left out, their words are not."""
        return super().parse(_TOO_DEEP.sub(r"\1", src), env)


_tables = MarkdownIt("commonmark").enable("table")


def parsed(markdown: str, found: dict[str, Any] | None = None) -> list[Token]:
    """Return the tokens of Markdown with tables, as in articles: by the letter of CommonMark.

    `found` gets what else there is, by markdown-it's names: its `references` have an `href` by their label.
    """
    return _tables.parse(markdown, found)


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for finish in self.ruler2.getRules(""):
            finish(state)
        return state.tokens


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - the library's names
        scanned = super().scanDelims(start, canSplitWord)
        if not canSplitWord:
            return scanned
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if not (_is_east_asian(before) or _is_east_asian(after)):
            return scanned
        return Scanned(_may_open(before, after), _may_open(after, before), scanned.length)


def _may_open(outside: str, inside: str) -> bool:
    """Say whether marks between two characters may begin emphasis; turned round, whether they may end it."""
    if inside.isspace():
        return False
    alone = _is_punctuation(inside) and not _is_east_asian(inside)
    return not alone or outside.isspace() or _is_punctuation(outside) or _is_east_asian(outside)


def _is_punctuation(character: str) -> bool:
    return category(character)[0] in "PS"


def _is_east_asian(character: str) -> bool:
    return east_asian_width(character) in "WFH"
