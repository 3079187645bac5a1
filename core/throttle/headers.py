"""What a server says of its limits, in its headers. Pure; what is malformed counts as not said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from core.throttle.buckets import MINUTE

# A server that asks for a longer silence is asked again after this one: it may have been a mistake.
LONGEST_PAUSE = 600.0
DAY = 86_400.0

_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,15})?"
_PIECE = re.compile(rf"({_NUMBER})(ns|us|µs|ms|s|m|h|d)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": DAY}


@dataclass(frozen=True, slots=True)
class ToldLimit:
    """A limit as a server keeps it: the most at once, how much comes back a second, and what is left."""

    most: float
    rate: float
    left: float


@dataclass(frozen=True, slots=True)
class Told:
    """What the headers of one answer say.

    Attributes:
        requests: The limit on requests, if they tell one.
        tokens: The limit on tokens, likewise.
        pause: For how many seconds nothing is to be asked.
    """

    requests: ToldLimit | None = None
    tokens: ToldLimit | None = None
    pause: float = 0.0


def read_headers(headers: Mapping[str, str], wall: float) -> Told:
    """Return what headers say.

    Args:
        headers: Of an answer or an error; the case of their names does not matter.
        wall: The time, in seconds since the epoch, for a Retry-After that is a date.
    """
    known = _lowered(headers)
    pause = retry_after(headers, wall) or 0.0
    return Told(_limit(known, "requests"), _limit(known, "tokens"), min(pause, LONGEST_PAUSE))


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """Return how many seconds a server asks to wait, by `retry-after-ms` or `retry-after`, be it a date.

    Args:
        headers: As for `read_headers`.
        wall: Likewise.

    Returns:
        None where they ask for nothing, or for what can't be understood; nothing below zero.
    """
    known = _lowered(headers)
    exact = number(known.get("retry-after-ms", ""))
    if exact is not None:
        return exact / 1_000
    said = known.get("retry-after", "")
    if said.startswith("-"):
        return 0.0  # it has passed already
    pause = seconds(said)
    if pause is None:
        pause = _until(said, wall)
    return None if pause is None else max(pause, 0.0)


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in headers.items()}


def _limit(known: Mapping[str, str], what: str) -> ToldLimit | None:
    most = number(known.get(f"x-ratelimit-limit-{what}", ""))
    if not most:
        return None
    left = number(known.get(f"x-ratelimit-remaining-{what}", ""))
    left = most if left is None else min(left, most)
    reset = seconds(known.get(f"x-ratelimit-reset-{what}", "")) or 0.0
    if reset > DAY:
        reset = 0.0  # some gateways tell the moment instead, in seconds since 1970
    # A limit is a minute's, unless filling it up takes longer than one: then it is an hour's, or a day's.
    rate = max((most - left) / reset, most / DAY) if reset > MINUTE else most / MINUTE
    return ToldLimit(most, rate, left)


def _until(date: str, wall: float) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp() - wall
    except (ValueError, IndexError, OverflowError):
        return None


def number(text: str) -> float | None:
    """Return a plain number that is not negative, or None."""
    return float(text) if re.fullmatch(_NUMBER, text) else None


def seconds(text: str) -> float | None:
    """Return a span of time in seconds: `6m0s`, `1.5s`, `20ms`, or a plain number of them; else None."""
    pieces = list(_PIECE.finditer(text))
    if not pieces or "".join(piece[0] for piece in pieces) != text:
        return number(text)
    return sum(float(piece[1]) * _UNITS[piece[2]] for piece in pieces)
