"""What calls cost, as a table's rows and as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

from core.costs.budgets import dollars
from core.store.usage import By, Spending


@dataclass(frozen=True, slots=True)
class Report:
    """What calls cost since a day, by what they have in common: days in order, others by what they cost."""

    by: By
    since: str
    rows: tuple[Spending, ...]
    total: Spending

    @property
    def cached_percent(self) -> int:
        """What share of the prompts the provider's cache held."""
        return cached_percent(self.total)


def report(found: Sequence[Spending], by: By, since: str) -> Report:
    """Put what was found into order, and add it up."""
    rows = sorted(found, key=lambda one: one.key if by == "day" else (-one.cost, -one.calls, one.key))
    total = reduce(add, rows, Spending("total"))
    return Report(by, since, tuple(rows), replace(total, key="total"))


def first_day(today: str, days: int) -> str:
    """Return the first of so many days up to today."""
    return (date.fromisoformat(today) - timedelta(days=days - 1)).isoformat()


def cached_percent(one: Spending) -> int:
    """Return what share of the prompts the provider's cache held, in whole percent."""
    return round(100 * one.cached_tokens / one.prompt_tokens) if one.prompt_tokens else 0


def data(found: Report, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a report as data for JSON; money is in dollars, as text, since it is exact.

    `names`: what customers are called, by their ids.
    """
    return {
        "by": found.by,
        "since": found.since,
        "rows": [
            {found.by: one.key or None}
            | ({"name": names.get(one.key)} if found.by == "customer" else {})
            | _figures(one)
            for one in found.rows
        ],
        "total": _figures(found.total),
    }


def _figures(one: Spending) -> dict[str, Any]:
    return {
        "calls": one.calls,
        "prompt_tokens": one.prompt_tokens,
        "cached_tokens": one.cached_tokens,
        "cached_percent": cached_percent(one),
        "completion_tokens": one.completion_tokens,
        "usd": f"{dollars(one.cost):f}",
        "assumed": one.assumed,
        "unpriced": one.unpriced,
    }
