"""A turn that is put back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Again:
    """A turn is to be claimed again: in how many seconds, and whether this try counts as one that failed."""

    seconds: float = 0.0
    counts: bool = False
