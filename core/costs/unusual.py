"""Which days cost far more than those before them. Pure; money is in nano-dollars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

TRAILING_DAYS = 14
FEWEST_DAYS = 5  # with fewer there is no telling what is usual
TIMES = 3
FLOOR = 100_000_000  # ten cents: a day that costs less worries nobody


def trailing(day: str) -> list[str]:
    """Return the days before one, `2026-11-22`, that it is measured by."""
    last = date.fromisoformat(day)
    return [(last - timedelta(days=back)).isoformat() for back in range(1, TRAILING_DAYS + 1)]


def usual(before: Iterable[int]) -> Fraction | None:
    """Return the median of what days cost, or None where too few of them cost anything to tell."""
    costs = [Fraction(cost) for cost in before if cost > 0]
    return median(costs) if len(costs) >= FEWEST_DAYS else None


def is_unusual(cost: int, usual: Fraction) -> bool:
    """Say whether a day's cost is far above the usual one."""
    return cost > max(TIMES * usual, Fraction(FLOOR))
