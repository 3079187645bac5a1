"""Finds the links of an article, and those that lead nowhere. Pure: what is there is given."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from core.commonmark import parsed
from core.knowledge_check.findings import Spot

# How other programs that show the same files find an article that is linked without its ending.
_ENDINGS = ("", ".md", ".markdown", ".html", ".htm", ".txt", "/index.md", "/index.html", "/README.md")
_PAGES = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class Page:
    """What can be linked to in an article, and where it links to.

    Attributes:
        anchors: The ids of its headings and elements.
        links: Each target as written, with its line, from 1.
    """

    anchors: frozenset[str]
    links: tuple[Spot, ...]


def page(text: str, *, is_html: bool) -> Page:
    """Read the links and anchors of Markdown or HTML."""
    if is_html:
        seen = _seen(text, 0)
        return Page(frozenset(seen.anchors), tuple(seen.links))
    anchors, links = list[str](), list[Spot]()
    tokens = parsed(_blanked_front_matter(text))
    lines = text.split("\n")
    for index, token in enumerate(tokens):
        start = token.map[0] if token.map else 0
        if token.type == "heading_open":
            anchors.append(_slug(_words(tokens[index + 1]), anchors))
        elif token.type == "html_block":
            seen = _seen(token.content, start)
            anchors.extend(seen.anchors)
            links.extend(seen.links)
        elif token.type == "inline":
            for child in token.children or []:
                target = child.attrGet("href") or child.attrGet("src")
                if target:
                    links.append(Spot(_line(lines, start, str(target)), str(target)))
                elif child.type == "html_inline":
                    seen = _seen(child.content, start)
                    anchors.extend(seen.anchors)
                    links.extend(seen.links)
    return Page(frozenset(anchors), tuple(links))


def dead_links(path: str, pages: Mapping[str, Page], files: Collection[str]) -> Iterator[Spot]:
    """Yield the links of an article to files and headings that are not there.

    Links to the web, mail and the root of a web site are not looked at.

    Args:
        path: The article, relative to the folder.
        pages: What was read of each article.
        files: All files of the folder.
    """
    for link in pages[path].links:
        try:
            parts = urlsplit(link.found)
        except ValueError:  # such as "https://[": no address at all
            yield link
            continue
        target = unquote(parts.path)
        if parts.scheme or parts.netloc or target.startswith("/"):
            continue
        file = _file(posixpath.join(posixpath.dirname(path), target), files) if target else path
        anchor = unquote(parts.fragment).casefold()
        if file is None or (anchor and file in pages and anchor not in pages[file].anchors):
            yield link


def _file(target: str, files: Collection[str]) -> str | None:
    target = posixpath.normpath(target)
    stem = target.removesuffix(".html").removesuffix(".htm") if target.endswith(_PAGES) else target
    names = (base + ending for base in (target, stem) for ending in _ENDINGS)
    return next((name for name in names if name in files), None)


def _blanked_front_matter(text: str) -> str:
    """Return the text with its front matter as empty lines, so that all others keep their numbers."""
    found = re.match(r"---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    return "\n" * found[0].count("\n") + text[found.end() :] if found else text


def _line(lines: list[str], start: int, target: str) -> int:
    """Return the line, from the start of its block on, in which a target is written."""
    for number in range(start, min(start + 200, len(lines))):
        if target in lines[number] or unquote(target) in lines[number]:
            return number + 1
    return start + 1


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})


def _slug(heading: str, taken: Collection[str]) -> str:
    """Return the id that a heading gets where Markdown is shown: its words with hyphens."""
    slug = re.sub(r"[^\w\- ]", "", heading.strip().casefold()).replace(" ", "-")
    number = 0
    while (name := f"{slug}-{number}" if number else slug) in taken:
        number += 1
    return name


class _Seen(HTMLParser):
    def __init__(self, above: int) -> None:
        super().__init__()
        self.above = above
        self.anchors: list[str] = []
        self.links: list[Spot] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where a tag leads and what it is called; called by the parser."""
        values = dict(attrs)
        self.anchors.extend(v.casefold() for name in ("id", "name") if (v := values.get(name)))
        target = values.get("href") if tag == "a" else values.get("src") if tag == "img" else None
        if target:
            self.links.append(Spot(self.above + self.getpos()[0], target))


def _seen(html: str, above: int) -> _Seen:
    seen = _Seen(above)
    seen.feed(html)
    return seen
