"""Slack's own notation, both ways. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it.token import Token
from slackify_markdown.slackify import SlackifyMarkdown

_ANGLE = re.compile(r"<([^<>\n]*)>")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>|]+$", re.IGNORECASE)


def escape(text: str) -> str:
    """Escape the three characters that Slack reads as control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_slack(markdown: str) -> str:
    """Turn Markdown into mrkdwn in which nothing but safe links is left of Slack's notation."""
    return _Mrkdwn(markdown).slackify().rstrip("\n")


class _Mrkdwn(SlackifyMarkdown):
    """The library's converter, which lets `<!here>` and `<@U1>` in the text through; this one does not."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return escape(tokens[idx].content)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"`{escape(tokens[idx].content)}`"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"```\n{escape(tokens[idx].content)}```\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"```\n{escape(tokens[idx].content)}```\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<{href}|" if (href := _href(tokens[idx].attrGet("href"))) else ""

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        opening = next(t for t in reversed(tokens[:idx]) if t.type == "link_open")
        return ">" if _href(opening.attrGet("href")) else ""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        # Shown as a link: a picture's address must not be fetched just because a text names it.
        words = escape(tokens[idx].content).replace("|", " ") or "picture"
        return f"<{src}|{words}>" if (src := _href(tokens[idx].attrGet("src"))) else words


def _href(address: object) -> str:
    return escape(str(address)) if _SAFE_LINK.match(str(address)) else ""


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
            return f"@{(label or rest.partition('^')[0]).lstrip('@')}"
        address = target.removeprefix("mailto:")
        return address if label in {"", address} or label in address else f"{label} ({address})"

    plain = _ANGLE.sub(readable, text)
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[ \t]+(?=\n|$)", "", re.sub(r"^[ \t]+", "", plain)).strip()
