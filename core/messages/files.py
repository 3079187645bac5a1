"""What is attached to messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class File:
    """Something that is attached to a message.

    Attributes:
        name: As its owner named it.
        url: The address where people can get it; may be empty.
        kind: Its media type (`image/png`), as the platform tells it; may be empty.
        size: In bytes; 0 if that is not known.
        source: The address where the adapter can get its bytes; may be empty.
    """

    name: str
    url: str
    kind: str = ""
    size: int = 0
    source: str = ""


class Unread(StrEnum):
    """Why a file that a customer attached was not read."""

    VOICE = "voice"
    VIDEO = "video"
    KIND = "kind"
    UNSEEN = "unseen"
    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    NO_ROOM = "no_room"
    BROKEN = "broken"
    EMPTY = "empty"
    GONE = "gone"
    NOT_NOW = "not_now"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a model that can see.

    Attributes:
        kind: Its media type.
        data: The file.
        tokens: What it costs in a prompt, rather too many than too few.
        detail: How closely the model looks at it: `low` or `auto`, in the words of OpenAI's API.
    """

    kind: str
    data: bytes = field(repr=False)
    tokens: int
    detail: str = "auto"


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file of a message: its text, a picture, or why there is neither.

    Attributes:
        number: Which of the message's files it is, from 0.
        name: The file's.
        text: What it says, cut to what a prompt may hold of it.
        tokens: What that costs in a prompt, with its fence.
        picture: What it shows; not kept after the turn.
        unread: Why it is neither.
    """

    number: int
    name: str
    text: str = ""
    tokens: int = 0
    picture: Picture | None = None
    unread: Unread | None = None


def attached(files: Sequence[File]) -> str:
    """Return the line that stands for a message's files in its text; empty for none."""
    return f"(attached: {', '.join(file.name for file in files)})" if files else ""
