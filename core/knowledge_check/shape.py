"""Finds what makes an article hard to find or to quote: length, no headings, no title, a wrong url. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.knowledge.articles import PASSAGE_WORDS, Article, title_from
from core.knowledge_check.findings import Rule, Spot

# Three passages: below that, an article is about one thing.
HEADING_WORDS = 3 * PASSAGE_WORDS
_URL = re.compile(r"^url:[ \t]*(?P<url>\S.*?)[ \t]*$", re.MULTILINE)


def shape(article: Article, text: str) -> Iterator[tuple[Rule, Spot]]:
    """Yield what could be better about an article, given as it was read and as it is written."""
    if article.title == title_from(article.path) and article.title.casefold() not in text.casefold():
        yield Rule.NO_TITLE, Spot(1, article.title)
    url = _URL.search(_front_matter(text))
    if url and not article.url:
        yield Rule.WRONG_URL, Spot(text.count("\n", 0, url.start()) + 1, url["url"].strip("\"'"))
    words = len(text.split())
    if words > HEADING_WORDS and not any(passage.heading for passage in article.passages):
        yield Rule.NO_HEADINGS, Spot(1, str(words))
    yield from ((Rule.LONG_PARAGRAPH, spot) for spot in _long_paragraphs(text))


def _front_matter(text: str) -> str:
    found = re.match(r"---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    return found[0] if found else ""


def _long_paragraphs(text: str) -> Iterator[Spot]:
    """Yield paragraphs longer than a passage; tables and lists are cut at their lines, which does no harm."""
    first, words = 1, 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip() and not _starts_anew(line):
            first = first if words else number
            words += len(line.split())
            continue
        if words > PASSAGE_WORDS:
            yield Spot(first, str(words))
        first, words = number, len(line.split()) if _is_item(line) else 0


def _starts_anew(line: str) -> bool:
    return _is_item(line) or line.lstrip().startswith(("|", "#", "<", "```", "~~~"))


def _is_item(line: str) -> bool:
    return re.match(r"\s*(?:[-*+]|\d+[.)])\s", line) is not None
