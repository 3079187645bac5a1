"""Who writes, and who is called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who wrote a stored message."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Author:
    """A person on a platform; `id` starts with the platform (`slack:T1/U1`), `name` may be empty."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Agents:
    """Whom to call.

    Attributes:
        place: Where agents are pinged, and where the cases' threads are.
        mention: Pings them, in the platform's own notation; may be empty.
        people: Who is an agent, by id; empty: who is in the place.
    """

    place: str
    mention: str = ""
    people: frozenset[str] = frozenset()


def platform_of(id: str) -> str:
    """Return the platform that an id or place belongs to: `slack` of `slack:T1/C1`."""
    return id.partition(":")[0]
