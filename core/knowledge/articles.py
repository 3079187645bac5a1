"""From a file's text to an article, and from an article to passages. Pure: text in, data out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import frontmatter
from markdown_it.token import Token

from core.commonmark import parsed
from core.documents import Document
from core.hidden import without_hidden_markup, without_invisible
from core.knowledge.files import Unreadable
from core.messages import Passage
from core.written_out import written_out

# About 200 words a passage is what the search figures were measured with; shorter ones lose context,
# longer ones crowd the prompt.
PASSAGE_WORDS = 200
MAX_TITLE = 80


@dataclass(frozen=True, slots=True)
class Article:
    """One file of the knowledge folder, cut into its passages."""

    path: str
    title: str
    url: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    lines: list[str]


def parse(path: str, text: str) -> Article:
    """Turn a file into an article.

    Args:
        path: Relative to the articles folder; its suffix says how to read the text.
        text: The whole file.

    Raises:
        Unreadable: The front matter is broken, or nothing is left to read.
    """
    metadata, body = _front_matter(without_invisible(text))
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in {".html", ".htm"}:
        html_metadata, body = _from_html(body)
        metadata = {**html_metadata, **metadata}
    elif suffix == ".txt":
        body = written_out(_first_line_as_title(body))
    else:
        body = written_out(without_hidden_markup(body))
    return _article(path, body, _word(metadata.get("title")), _web_address(_word(metadata.get("url"))))


def parse_document(path: str, document: Document) -> Article:
    """Turn a converted document into an article; raises Unreadable where nothing is left to read."""
    return _article(path, without_invisible(document.text), _word(document.title), "")


def _article(path: str, body: str, title: str, url: str) -> Article:
    title, sections = _sections(body, title)
    title = title or title_from(path)
    pieces = [(s.heading, piece) for s in sections for piece in _cut("\n".join(s.lines))]
    if not pieces:
        raise Unreadable("has no text besides its headings; write something into it or remove it")
    passages = tuple(
        Passage(f"{path}#{number}", path, title, heading, piece, url)
        for number, (heading, piece) in enumerate(pieces, 1)
    )
    return Article(path, title, url, passages)


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    try:
        metadata, body = frontmatter.parse(text)
    except Exception as error:  # besides YAMLError, PyYAML lets through what its converters raise
        where = getattr(error, "problem", None) or "a value is not of its kind"
        raise Unreadable(f"has front matter that can't be read ({where})") from None
    return metadata, body


def _word(value: object) -> str:
    return " ".join(str(value).split()) if value is not None else ""


def _web_address(url: str) -> str:
    return url if re.match(r"https?://[^\s<>|]+$", url) else ""


def title_from(path: str) -> str:
    """Return the title that an article without one gets: its file's name, as words."""
    words = re.sub(r"[-_]+", " ", PurePosixPath(path).stem).strip()
    return words[:1].upper() + words[1:]


def _from_html(html: str) -> tuple[dict[str, str], str]:
    # Its libraries take a tenth of a second to import, which folders without HTML need not wait for.
    from core.documents.page import read_html

    try:
        return read_html(html)
    except RecursionError:
        raise Unreadable("is HTML nested too deeply to be read") from None


def _first_line_as_title(text: str) -> str:
    """Make a heading of a plain text's first line where it stands alone; the rest reads as Markdown."""
    first, _, rest = text.strip().partition("\n")
    is_title = len(first) <= MAX_TITLE and rest.startswith("\n") and not first.startswith("#")
    return f"# {first}\n{rest}" if is_title else text


def _sections(body: str, title: str) -> tuple[str, list[_Section]]:
    """Split Markdown at its headings; the first level-one heading names the article if nothing else does."""
    lines = body.split("\n")
    sections = [_Section("", [])]
    above: dict[int, str] = {}
    position = 0
    for level, heading, start, end in _headings(parsed(body)):
        sections[-1].lines.extend(lines[position:start])
        position = end
        if level == 1 and (not title or title == heading):
            title = heading
            sections.append(_Section("", []))
            continue
        above = {**{k: v for k, v in above.items() if k < level}, level: heading}
        sections.append(_Section(" › ".join(above[k] for k in sorted(above)), []))
    sections[-1].lines.extend(lines[position:])
    return title, sections


def _headings(tokens: list[Token]) -> Iterator[tuple[int, str, int, int]]:
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            text = _plain(tokens[index + 1])
            if text:
                yield int(token.tag[1]), text, token.map[0], token.map[1]


def _plain(inline: Token) -> str:
    return " ".join("".join(child.content for child in inline.children or []).split())


def _cut(text: str) -> Iterator[str]:
    """Cut a section into passages of about PASSAGE_WORDS words, between blocks where that is possible."""
    waiting: list[str] = []
    for block in _blocks(text):
        if waiting and _words("\n\n".join([*waiting, block])) > PASSAGE_WORDS:
            yield "\n\n".join(waiting)
            waiting = []
        waiting.append(block)
    if waiting:
        yield "\n\n".join(waiting)


def _blocks(text: str) -> Iterator[str]:
    lines = text.split("\n")
    for token in parsed(text):
        if token.level == 0 and token.map:
            block = "\n".join(lines[token.map[0] : token.map[1]]).strip("\n")
            if block.strip():
                yield from _table_pieces(block) if token.type == "table_open" else _pieces(block)


def _table_pieces(block: str) -> Iterator[str]:
    """Cut an overlong table at its rows and repeat its header, without which a row makes no sense."""
    head, rule, *rows = block.split("\n")
    waiting: list[str] = []
    size = _words(head) + _words(rule)
    words = size
    for row in rows:
        if waiting and words + _words(row) > PASSAGE_WORDS:
            yield "\n".join([head, rule, *waiting])
            waiting, words = [], size
        waiting.append(row)
        words += _words(row)
    yield "\n".join([head, rule, *waiting])


def _pieces(block: str) -> Iterator[str]:
    """Cut one overlong block at its lines, and an overlong line at its words."""
    waiting: list[str] = []
    for line in _short_lines(block):
        if waiting and _words(" ".join([*waiting, line])) > PASSAGE_WORDS:
            yield "\n".join(waiting)
            waiting = []
        waiting.append(line)
    yield "\n".join(waiting)


def _short_lines(block: str) -> Iterator[str]:
    for line in block.split("\n"):
        words = line.split()
        if len(words) <= PASSAGE_WORDS:
            yield line
        else:
            for start in range(0, len(words), PASSAGE_WORDS):
                yield " ".join(words[start : start + PASSAGE_WORDS])


def _words(text: str) -> int:
    return len(text.split())
