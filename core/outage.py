"""One notice for the agents while the bot can't answer, with all who wait on it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core import words
from core.messages import Post
from core.posts import new_key

# A case later than this after the last one belongs to another outage.
SAME_OUTAGE_SECONDS = 1_800.0
LISTED = 20


@dataclass(frozen=True, slots=True)
class Outage:
    """The key and place of a notice, its lines, how many cases there are, and when the last one came."""

    key: str
    place: str
    lines: tuple[str, ...]
    total: int
    last_at: float


@dataclass(frozen=True, slots=True)
class Struck:
    """One customer whom the bot could not answer: where the agents are told, and their line on the notice.

    `customer` is their id.
    """

    place: str
    mention: str
    line: str
    now: float
    not_before: float = 0.0
    customer: str = ""


def told(outage: Outage | None, struck: Struck) -> tuple[Outage, Post]:
    """Return the outage with one more customer, and the notice or what brings it up to date.

    Args:
        outage: The last one that was told of in that place.
        struck: Whom it struck now.
    """
    names = (struck.customer,) if struck.customer else ()
    if outage is None or struck.now - outage.last_at > SAME_OUTAGE_SECONDS:
        new = Outage(new_key(), struck.place, (struck.line,), 1, struck.now)
        text = words.outage(new.lines, new.total)
        notice = Post(
            new.key, struck.place, text, mention=struck.mention, not_before=struck.not_before, names=names
        )
        return new, notice
    lines = (*outage.lines, struck.line)[:LISTED]
    more = replace(outage, lines=lines, total=outage.total + 1, last_at=struck.now)
    text = words.outage(more.lines, more.total)
    return more, Post(new_key(), outage.place, text, edits=outage.key, names=names)
