"""Text that people don't see: invisible characters, comments, hidden elements. Pure.

Nobody proofreads what nobody sees, so that is where an attack on the model would hide. None of it may reach
an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

# Zero-width space, directions, fillers, tags and variation selectors (but the two for emoji), controls:
# https://www.unicode.org/reports/tr36/ and https://trojansource.codes. Line feeds and tabs stay.
INVISIBLE = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
# Soft hyphens are seen at a line's end only. Joiners have their place between letters of scripts that need
# them (Persian, Indic) and in emoji; nowhere else.
_JOINERS = r"(?<![^\x00-\u05ff])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\u05ff])"
UNSEEN = re.compile(rf"[{INVISIBLE}\u00ad]|{_JOINERS}")


def without_invisible(text: str) -> str:
    """Return a text without the characters that nobody sees, with plain line ends."""
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


# --- hidden elements ----------------------------------------------------------------------------------

_HIDING = re.compile(
    r"display:none|visibility:(hidden|collapse)|opacity:0*(\.0*)?(?![\d.])|font-size:(0(\.0*)?(px|pt|r?em|%)?|[01]?(\.\d+)?(px|pt))(?![\w.%])"
    r"|(left|top|right|text-indent):-\d{3,}|color:transparent"
)
_WHITE = re.compile(r"(?<!-)color:(white|#fff|#ffffff|rgb\(255,255,255\))(?!\w)")


def hides(attributes: Mapping[str, str | None]) -> bool:
    """Say whether an element with these attributes is not shown, as far as it tells itself.

    White letters count as hidden where the element gives no background of its own.
    """
    style = re.sub(r"\s+|/\*.*?\*/", "", (attributes.get("style") or "").lower())
    white = _WHITE.search(style) is not None and "background" not in style
    return "hidden" in attributes or white or _HIDING.search(style) is not None


# --- in Markdown --------------------------------------------------------------------------------------

CODE = (
    # A fence in a list is indented as far as its item is.
    r"(?P<code>^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??(?:[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).){1,1000}?(?<!`)(?P=ticks)(?!`))"
)
_COMMENT = r"(?P<comment><!--.*?(?:-->|\Z))"
_TAG = r"(?P<tag></?[A-Za-z][A-Za-z0-9-]*(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*'){0,1000})?/?>)"
_MARKUP = re.compile(f"{CODE}|{_COMMENT}|{_TAG}", re.DOTALL | re.MULTILINE)
_EMPTY = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that is not shown, as offsets; `end` is past its last character."""

    start: int
    end: int


def without_hidden_markup(text: str) -> str:
    """Return Markdown without its comments and hidden elements; what stands in code stays."""
    if "<" not in text:
        return text
    kept, position = [], 0
    for span in hidden_markup(text):
        kept.append(text[position : span.start])
        # Lines are kept, so that what stood below does not move up into a paragraph.
        kept.append("\n" * text.count("\n", span.start, span.end))
        position = span.end
    return "".join([*kept, text[position:]])


def hidden_markup(text: str) -> Iterator[Span]:
    """Yield the comments and hidden elements of Markdown or HTML, in order.

    What is not closed hides the rest of the text.
    """
    hidden: str | None = None
    start = depth = 0
    for found in _MARKUP.finditer(text):
        if found["comment"] and hidden is None:
            yield Span(found.start(), found.end())
        if not found["tag"]:
            continue
        name, attributes, closes = _tag(found["tag"])
        if hidden is None:
            if not closes and name not in _EMPTY and hides(attributes):
                hidden, start, depth = name, found.start(), 1
        elif name == hidden:
            depth += -1 if closes else 1
            if depth == 0:
                yield Span(start, found.end())
                hidden = None
    if hidden is not None:
        yield Span(start, len(text))


class _Tag(HTMLParser):
    name = ""
    attributes: Mapping[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag; called by the parser."""
        self.name, self.attributes = tag, dict(attrs)


def _tag(text: str) -> tuple[str, Mapping[str, str | None], bool]:
    """Return a tag's name, its attributes, and whether it closes an element."""
    if text.startswith("</"):
        return text[2:-1].strip().lower(), {}, True
    parser = _Tag()
    parser.feed(text)
    return parser.name, parser.attributes, False
