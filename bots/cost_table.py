"""What calls to models cost, as whoever runs Frontdesk reads it: as a table, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from bots.case_list import one_line
from core.costs.budgets import dollars
from core.costs.report import Report, data
from core.store import Spending

SMALLEST = Decimal("0.0001")


def table(found: Report, names: Mapping[str, str], days: int) -> str:
    """Return a report as lines: a heading, what was found, the total, and what there is to know of it."""
    if not found.rows:
        return f"No calls to a model {_when(days)}."
    lines: list[tuple[str, ...]] = [(found.by.upper(), "CALLS", "PROMPT", "CACHED", "COMPLETION", "USD")]
    lines += [_line(_called(one.key, found.by, names), one) for one in found.rows]
    lines.append(_line("total", found.total))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = [
        "  ".join(
            [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
        )
        for line in lines
    ]
    return "\n".join([*text, "", *_notes(found)])


def as_json(found: Report, names: Mapping[str, str]) -> str:
    """Return a report as JSON."""
    return json.dumps(data(found, names), ensure_ascii=False, indent=2)


def _when(days: int) -> str:
    return "today" if days == 1 else f"in the last {days} days"


def _line(called: str, one: Spending) -> tuple[str, ...]:
    money = dollars(one.cost).quantize(SMALLEST, ROUND_HALF_UP)
    counts = (one.calls, one.prompt_tokens, one.cached_tokens, one.completion_tokens)
    return (called, *(f"{count:,}" for count in counts), f"{money:,f}")


def _called(key: str, by: str, names: Mapping[str, str]) -> str:
    if not key:
        return "-"
    name = one_line(names.get(key, "")) if by == "customer" else ""
    return f"{name} ({one_line(key)})" if name else one_line(key)


def _notes(found: Report) -> list[str]:
    total = found.total
    notes = [f"{found.cached_percent} % of the prompt tokens came from the provider's cache."]
    if total.assumed:
        notes.append(
            f"{total.assumed} of the calls never told what they used; booked at the most they could cost."
        )
    if total.unpriced:
        notes.append(
            f"{total.unpriced} of the calls count as free: no price was known for their model (see PRICES)."
        )
    return notes
