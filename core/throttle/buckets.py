"""Token buckets: so much at once, so much a second after that. Pure: the time is passed in."""

from __future__ import annotations

import math
from dataclasses import dataclass

MINUTE = 60.0
# What arithmetic with floats may lack of a whole: without it a timer could fire again and again too early.
_ROUNDING = 1e-9


@dataclass(slots=True)
class Bucket:
    """What is left of a limit; refilled continuously.

    Attributes:
        capacity: The most that it holds.
        rate: What flows in, a second.
        level: What it held at the time `at`; below zero after something larger than the whole bucket, or
            than was estimated.
        at: Seconds, by any clock that only goes forward.
    """

    capacity: float
    rate: float
    level: float
    at: float

    def fill(self, now: float) -> None:
        """Let in what flowed since it was last looked at."""
        self.level = min(self.capacity, self.level + self.rate * max(0.0, now - self.at))
        self.at = max(self.at, now)

    def ready_at(self, amount: float, now: float) -> float:
        """Return when it has room for an amount, not before `now`; the bucket's whole is room for any."""
        self.fill(now)
        missing = min(amount, self.capacity) - self.level
        return now if missing <= _ROUNDING * max(1.0, self.capacity) else now + missing / self.rate

    def take(self, amount: float, now: float) -> None:
        """Take an amount out, or put a negative one back in."""
        self.fill(now)
        self.level = min(self.capacity, self.level - amount)

    def is_told(self, capacity: float, rate: float, left: float, now: float) -> None:
        """Take over a limit as somebody else keeps it; never more is left than they say."""
        self.fill(now)
        self.capacity, self.rate, self.level = capacity, rate, min(self.level, left, capacity)


def per_minute(amount: float, now: float, left: float = math.inf) -> Bucket:
    """Return a bucket that holds what is allowed a minute; full, or with what is left of it."""
    return Bucket(amount, amount / MINUTE, min(amount, left), now)
