"""A post without any form, for where its platform refuses the form. Pure but for the keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from core.commonmark import ChatMarkdown
from core.markdown import escape, excerpt
from core.messages import Post
from core.posts import new_key
from core.splitting import split

_parser = ChatMarkdown("commonmark", html=False).enable("strikethrough")
_BULLET = "- "


def plain(markdown: str) -> str:
    """Return what people read of Markdown, without marks: links as `text (address)`, items with signs."""
    said: list[str] = []
    signs: list[str] = []  # what stands before the lines of each list or quotation that is open
    numbers: list[int] = []
    tight = False
    for token in _parser.parse(markdown):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                numbers.append(int(token.attrGet("start") or 1) if token.type.startswith("ordered") else 0)
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
                if not numbers and said:
                    said[-1] = said[-1].rstrip("\n") + "\n\n"
            case "list_item_open":
                signs.append(f"{numbers[-1]}. " if numbers[-1] else _BULLET)
                numbers[-1] += 1 if numbers[-1] else 0
            case "blockquote_open":
                signs.append("> ")
            case "list_item_close" | "blockquote_close":
                signs.pop()
            case "paragraph_open":
                tight = token.hidden
            case "inline" | "fence" | "code_block":
                text = _inline(token.children or []) if token.type == "inline" else token.content.rstrip("\n")
                if text.strip():
                    said.append(_below(text, signs) + ("\n" if tight else "\n\n"))
                signs[:] = [sign if sign == "> " else " " * len(sign) for sign in signs]
    return "".join(said).strip("\n")


def _below(text: str, signs: Sequence[str]) -> str:
    first = "".join(signs)
    others = "".join(sign if sign == "> " else " " * len(sign) for sign in signs)
    return "\n".join(f"{others if number else first}{line}" for number, line in enumerate(text.split("\n")))


def _inline(tokens: Sequence[Token]) -> str:
    return "".join(_pieces(tokens))


def _pieces(tokens: Sequence[Token]) -> Iterator[str]:
    address, words = "", ""
    for token in tokens:
        piece = ""
        if token.type in {"softbreak", "hardbreak"}:
            piece = "\n"
        elif token.type == "image":
            piece = _with_address(token.content, str(token.attrGet("src") or ""))
        elif token.type == "link_open":
            address, words = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close":
            yield _with_address("", address) if not words else _with_address(words, address)[len(words) :]
            address = ""
        else:
            piece = token.content
        words += piece if address else ""
        yield piece


def _with_address(words: str, address: str) -> str:
    bare = address.removeprefix("mailto:")
    return words if words in {address, bare} else f"{words} ({bare})".strip()


def plainer(post: Post, limit: int, *, was_plain: bool, buttons: bool) -> tuple[Post, ...]:
    """Return a post that was refused for its form in a plainer one.

    Args:
        post: As it was refused.
        limit: Characters that fit one post.
        was_plain: Whether its words are plain already.
        buttons: Whether its buttons may be the trouble.

    Returns:
        The same post, and what no longer fits it; nothing if it can't be plainer.
    """
    if was_plain:
        return (replace(post, buttons=()),) if post.buttons else ()
    first, *rest = _parts(post, limit) or [post.text]
    kept = () if buttons else post.buttons
    parts = [replace(post, text=first, buttons=kept)]
    for text in rest:
        further = Post(
            new_key(), post.place, text, after=parts[-1].key, under=post.under, carries=post.carries
        )
        parts.append(further)
    return tuple(parts)


def _parts(post: Post, limit: int) -> list[str]:
    # As Markdown that shows nothing but these words. It would lose spaces at the start of lines, which code
    # needs: those that don't break stay.
    spaced = re.sub(r"^ +", lambda match: "\N{NO-BREAK SPACE}" * len(match[0]), plain(post.text), flags=re.M)
    text = escape(spaced)
    # An edit can't become two posts.
    return [excerpt(text, limit)] if post.edits else split(text, limit)
