"""Slack's own notation, both ways. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from markdown_it.token import Token
from slackify_markdown.slackify import SlackifyMarkdown

from core.commonmark import ChatMarkdown

_ANGLE = re.compile(r"<([^<>\n]*)>")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>|]+$", re.IGNORECASE)


def escape(text: str) -> str:
    """Escape the three characters that Slack reads as control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_slack(markdown: str) -> str:
    """Turn Markdown into mrkdwn in which nothing but safe links is left of Slack's notation.

    A text of which nothing would be left, such as a mere rule, is shown as it was written.
    """
    mrkdwn = _EDGE.sub(_at_edge, _converted(re.sub("[\x02-\x05]", "", markdown)))
    while (quoted := _QUOTED.sub(_with_prefixes, mrkdwn)) != mrkdwn:
        mrkdwn = quoted
    return mrkdwn.strip("\n") if mrkdwn.strip() else escape(markdown)


# Where a quotation begins and ends, until all of its lines are known. U+0003 and U+0004 are no text.
_QUOTE, _UNQUOTE = "\x03", "\x04"
_QUOTED = re.compile(f"{_QUOTE}([^{_QUOTE}{_UNQUOTE}]*){_UNQUOTE}")
# Beside each mark of emphasis, until it is known what stands there. U+0005 is no text either.
_BESIDE = "\x05"
_EDGE = re.compile(f"(?<=(.)){_BESIDE}(?=(.))|{_BESIDE}", re.DOTALL)
# Slack reads these as formatting at the edge of a word, and knows no backslash.
# Not within an address, which would lead elsewhere.
_MARK = re.compile(
    r"(?P<address>https?://[^\s<>|]+)|(?<!\w)[*_~`]+(?=\S)|(?<=\S)[*_~`]+(?!\w)", re.IGNORECASE
)
_ZERO_WIDTH_SPACE = "\u200b"


def _converted(markdown: str) -> str:
    """Do what the library's `slackify` does, with a parser that is made once: making one takes 2 ms."""
    parser = _parser()
    try:
        converted: str = parser.render(markdown)
    except BaseException:
        _parser.cache_clear()  # it keeps state while it renders
        raise
    return converted


@cache
def _parser() -> ChatMarkdown:
    parser = ChatMarkdown("gfm-like", html=False, linkify=False, breaks=False)
    parser.disable("table")
    parser.renderer = _Mrkdwn("")
    return parser


def _with_prefixes(match: re.Match[str]) -> str:
    lines = match[1].strip("\n").split("\n")
    return "\n".join(f"> {line}" for line in lines) + "\n\n"


def _literal(text: str) -> str:
    """Return text that Slack shows as it is."""
    parted = f"{_ZERO_WIDTH_SPACE}{{}}{_ZERO_WIDTH_SPACE}".format
    return _MARK.sub(lambda mark: mark["address"] or parted(mark[0]), escape(text))


def _at_edge(match: re.Match[str]) -> str:
    """Return what parts a mark from a letter beside it: within a word, Slack shows the mark."""
    before, after = match[1] or " ", match[2] or " "
    return _ZERO_WIDTH_SPACE if before.isalnum() or after.isalnum() else ""


def _code(content: str) -> str:
    """Return code as a block. Slack ends it at the next three backticks, wherever they stand."""
    return f"```\n{escape(content).replace('```', _ZERO_WIDTH_SPACE.join('```'))}```\n"


class _Mrkdwn(SlackifyMarkdown):
    """The library's converter, made safe: it lets `<!here>` and `<@U1>` in the text through.

    It also marks a quotation's first line only, and leaves marks that are plain text to Slack.
    """

    _in_link = False

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _literal(tokens[idx].content)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        content = tokens[idx].content
        # Slack knows no code with a backtick in it.
        return _literal(content) if "`" in content else f"`{escape(content)}`"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _code(tokens[idx].content)

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _code(tokens[idx].content)

    def strong_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        mark = super().strong_open(tokens, idx, options, env)
        return f"{_BESIDE}{mark}" if mark else ""  # in a heading, which is bold itself

    def strong_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        mark = super().strong_close(tokens, idx, options, env)
        return f"{mark}{_BESIDE}" if mark else ""

    def em_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _BESIDE + super().em_open(tokens, idx, options, env)

    def em_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return super().em_close(tokens, idx, options, env) + _BESIDE

    def s_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _BESIDE + super().s_open(tokens, idx, options, env)

    def s_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return super().s_close(tokens, idx, options, env) + _BESIDE

    def blockquote_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _QUOTE

    def blockquote_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _UNQUOTE

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        href = _href(tokens[idx].attrGet("href"))
        self._in_link = bool(href)
        return f"<{href}|" if href else ""

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        was_in_link, self._in_link = self._in_link, False
        return ">" if was_in_link else ""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        # Shown as a link: a picture's address must not be fetched just because a text names it.
        words = escape(tokens[idx].content).replace("|", " ") or "picture"
        src = _href(tokens[idx].attrGet("src"))
        return f"<{src}|{words}>" if src and not self._in_link else words


def _href(address: object) -> str:
    return escape(str(address)) if _SAFE_LINK.match(str(address)) else ""


_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
_EMPHASIS = {"*": "**", "_": "*", "~": "~~"}
_EMPHASISED = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")


def to_markdown(text: str) -> str:
    """Turn mrkdwn's emphasis into Markdown's, outside of code: `*bold*` of Slack is `**bold**`."""
    parts = _CODE.split(text)
    return "".join(part if number % 2 else _emphasised(part) for number, part in enumerate(parts))


def _emphasised(text: str) -> str:
    def mark(match: re.Match[str]) -> str:
        sign = _EMPHASIS[match[1]]
        return f"{sign}{_emphasised(match[2])}{sign}"

    return _EMPHASISED.sub(mark, text)


def from_slack(text: str, names: Mapping[str, str], bot: str) -> str:
    """Turn a message's text into what people read: names for mentions, addresses for links.

    Args:
        text: As Slack sends it.
        names: Names by user id, as far as they are known.
        bot: The bot's user id; mentions of it are left out.
    """

    def readable(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        kind, rest = target[:1], target[1:]
        if kind == "@":
            return "" if rest == bot else f"@{label or names.get(rest, rest)}"
        if kind == "#":
            return f"#{label or rest}"
        if kind == "!":
            if rest.startswith("date^"):
                return label
            return f"@{(label or rest.partition('^')[0]).lstrip('@')}"
        address = target.removeprefix("mailto:")
        return address if label in {"", address} or label in address else f"{label} ({address})"

    plain = _ANGLE.sub(readable, text)
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[ \t]+(?=\n|$)", "", re.sub(r"^[ \t]+", "", plain)).strip()


def named(text: str, names: Mapping[str, str]) -> str:
    """Put people's names in the place of their ids, where `from_slack` did not know them."""
    return re.sub(r"@(\w+)", lambda match: f"@{names.get(match[1], match[1])}", text)
