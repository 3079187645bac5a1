"""Making posts: keys, and texts that are cut where they are too long for one. Pure but for the keys."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.messages import Post, StoredMessage, original
from core.splitting import split
from core.tables import without_tables
from core.written_out import without_html


def new_key() -> str:
    """Return a key for a post or a case: 24 characters, never the same twice.

    Discord takes 25 characters at most as a nonce.
    """
    return secrets.token_hex(12)


@dataclass(frozen=True, slots=True)
class Cut:
    """A reply that is closed before it was finished.

    Attributes:
        key: Of its first post.
        text: What of it was read.
        limit: Characters that fit one post.
        closed: Whether it needs no closing words.
    """

    key: str
    text: str
    limit: int
    closed: bool = False


# How the keys of words begin that only say that an answer takes longer: nothing is lost with one.
WORD_KEY = "wait-"


def word_key() -> str:
    """Return a key as `new_key` does, for a word that an answer takes longer."""
    return WORD_KEY + secrets.token_hex(9)


def joined(*parts: str) -> str:
    """Return the parts that say something, as paragraphs."""
    return "\n\n".join(part for part in parts if part)


def parts_of(text: str, limit: int, place: str, **common: Any) -> list[Post]:
    """Return as many posts as a text needs, all alike but for their words.

    Args:
        text: Markdown; tables become what a chat can show.
        limit: Characters that fit one post.
        place: Where they go.
        common: What else they all have.
    """
    return [Post(new_key(), place, part, **common) for part in split(without_tables(text), limit)]


def chained(posts: Sequence[Post]) -> list[Post]:
    """Return posts of which each waits for the one before it, so that none goes out after one that failed."""
    chain = list(posts[:1])
    for post in posts[1:]:
        chain.append(replace(post, after=chain[-1].key))
    return chain


def replies(newest: StoredMessage, text: str, limit: int, begun: str = "") -> tuple[Post, ...]:
    """Return the parts of a reply; the first one refers to the message that it answers.

    `begun` is the key of the post in which it may be seen already.
    """
    parts = parts_of(without_html(text), limit, newest.place, reply_to=original(newest.id))
    first = [replace(part, key=begun or part.key, live=bool(begun)) for part in parts[:1]]
    return (*first, *(replace(part, reply_to="") for part in parts[1:]))
