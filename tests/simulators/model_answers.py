"""What a test has the simulated model answer: words and how they are sent, or an error."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any, TypedDict

from tests.simulators.model_requests import Request


class Fault(StrEnum):
    """What may go wrong with an answer that began as a 200."""

    HANG = auto()
    """Nothing, not even the headers, until `release`; then the answer."""
    STALL = auto()
    """Some pieces, then nothing until `release`; then the rest."""
    RESET = auto()
    """The connection is reset, before the headers or after some pieces."""
    TRUNCATED = auto()
    """Some pieces, then the end: of the stream in good order, of a plain body too soon."""
    MALFORMED = auto()
    """JSON that breaks off, in a body that is otherwise in order."""
    EMPTY = auto()
    """Headers and no body."""
    WRONG_TYPE = auto()
    """An HTML page, as from a proxy in between."""
    ERROR_EVENT = auto()
    """Some pieces, then an error where the next piece should be."""


class Manner(TypedDict, total=False):
    """How an answer is given: what `replies`, `says` and their like pass on to `Scripted`."""

    finish_reason: str
    refusal: str | None
    usage: dict[str, Any] | None
    cached_tokens: int
    delay: float
    piece_delay: float
    pieces: int | Sequence[str]


@dataclass(frozen=True, slots=True)
class Scripted:
    """One answer of the model, and how it is sent."""

    content: str | None = ""
    finish_reason: str = "stop"
    refusal: str | None = None
    """Takes the place of the content, as it does in the service's answers."""
    usage: dict[str, Any] | None = None
    """Figures that replace the estimated ones."""
    cached_tokens: int = 0
    delay: float = 0.0
    """Seconds before the headers."""
    piece_delay: float = 0.0
    """Seconds between two pieces."""
    pieces: int | Sequence[str] = 4
    """How a stream is cut: after so many characters, or into these very pieces."""
    fault: Fault | None = None
    after: int | None = None
    """How many pieces go out before the fault; None is before the headers."""

    def __post_init__(self) -> None:
        if not isinstance(self.pieces, int) and "".join(self.pieces) != self.text:
            raise ValueError("the pieces, joined, are not what the answer says")

    @property
    def text(self) -> str:
        return self.refusal if self.refusal is not None else self.content or ""

    def cut(self) -> list[str]:
        """The pieces a stream sends."""
        if not isinstance(self.pieces, int):
            return list(self.pieces)
        return [self.text[at : at + self.pieces] for at in range(0, len(self.text), self.pieces)]


@dataclass(frozen=True, slots=True)
class Failure:
    """An error in the service's shape instead of an answer."""

    status: int
    error: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


Answer = Scripted | Failure


def structured(
    reply: str,
    action: str = "answer",
    reason: str | None = None,
    sources: Sequence[str] = (),
) -> str:
    """The JSON text of a structured answer."""
    return json.dumps(
        {"action": action, "reason": reason, "sources": list(sources), "reply": reply},
        ensure_ascii=False,
    )


def echo(request: Request) -> Scripted:
    """Repeat the last line of the last user message, to show which words reached the model."""
    lines = request.last_user.splitlines() or [""]
    return Scripted(structured(lines[-1]))
