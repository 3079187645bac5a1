"""Leaves a server alone that fails again and again, and tries it again by itself. Pure: told the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """When a breaker opens, and for how long.

    Attributes:
        failures: In a row, until it opens.
        first: Seconds that it stays open at first; twice as long each time that the probe fails.
        longest: The most of it.
    """

    failures: int = 5
    first: float = 5.0
    longest: float = 120.0


class Breaker:
    """Closed while all is well; open after failures in a row; then one call probes the server."""

    def __init__(self, patience: Patience, jitter: Callable[[], float]) -> None:
        """`jitter` gives numbers from 0 to 1: several processes must not all probe at once."""
        self._patience = patience
        self._jitter = jitter
        self._failures = 0
        self._opened = 0
        self._until: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls are refused, but for a probe."""
        return self._until is not None

    def admits(self, now: float) -> bool:
        """Say whether a call may be made; the one that is let through an open breaker is its probe."""
        if self._until is None:
            return True
        if self._probing or now < self._until:
            return False
        self._probing = True
        return True

    def worked(self) -> None:
        """Hear that the server answered, be it with a refusal."""
        self._failures = self._opened = 0
        self._until = None
        self._probing = False

    def failed(self, now: float) -> None:
        """Hear that a call failed as those to a server that is down do."""
        self._failures += 1
        if self._failures < self._patience.failures and not self._probing:
            return
        if self._until is not None and not self._probing:
            return  # it was made before the breaker opened: one outage counts once
        self._probing = False
        self._opened += 1
        pause = min(self._patience.longest, self._patience.first * 2 ** (self._opened - 1))
        self._until = now + pause * (0.5 + self._jitter() / 2)

    def untold(self) -> None:
        """Hear that a call ended without telling anything of the server."""
        self._probing = False
