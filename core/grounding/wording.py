"""How promises are worded: a pattern, and when it is none after all."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a promise is worded.

    Attributes:
        words: What it is found by.
        handover: Whether it is a hand-over to people, which is true where the answer is one.
        done: Whether it says that it was done.
        unless: What makes it a rule rather than a promise where it stands before, or anywhere for "we".
    """

    words: re.Pattern[str]
    handover: bool = False
    done: bool = False
    unless: re.Pattern[str] | None = None


def pattern(*words: str, handover: bool = False, done: bool = False, unless: str = "") -> Pattern:
    """Return the pattern of any of these wordings; see `Pattern`."""
    return Pattern(
        re.compile("|".join(words), re.IGNORECASE),
        handover,
        done,
        re.compile(unless, re.IGNORECASE) if unless else None,
    )
