"""Cases as whoever runs Frontdesk reads them: as a table, one with all its steps, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.markdown import excerpt
from core.messages import Case, CaseStep
from core.phrases import own_words
from core.words import REASONS

EXCERPT = 60


def table(cases: Sequence[Case], names: Mapping[str, str]) -> str:
    """Return cases as lines, in the order given."""
    if not cases:
        return "No cases."
    rows = [("ID", "STATE", "SINCE", "CUSTOMER", "OWNER", "REASON", "QUESTION")]
    for case in cases:
        rows.append(
            (
                str(case.id),
                case.state,
                _moment(case.since),
                one_line(_called(case.customer.id, case.customer.name, names)),
                one_line(case.owner.name or case.owner.id) if case.owner else "-",
                case.reason,
                excerpt(one_line(own_words(case.question)), EXCERPT) or "-",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def whole(case: Case, steps: Sequence[CaseStep], names: Mapping[str, str]) -> str:
    """Return one case with every step: when, what, who, why."""
    facts = {
        "Case": str(case.id),
        "State": f"{case.state} since {_moment(case.since)}",
        "Customer": _called(case.customer.id, case.customer.name, names),
        "Conversation": case.conversation,
        "Reason": REASONS[case.reason] + (f" ({case.subject})" if case.subject else ""),
        "Owner": (case.owner.name or case.owner.id) if case.owner else "-",
        "Thread": case.thread or "-",
        "Rating": case.rating or "-",
    }
    lines = [f"{name + ':':14}{one_line(value)}" for name, value in facts.items()]
    asked = own_words(case.question) or "-"
    lines += ["Question:", *(f"  {one_line(line)}" for line in asked.split("\n")), "Steps:"]
    for step in steps:
        who = one_line(names.get(step.who, step.who))
        lines.append(f"  {_moment(step.at)}  {step.state:9}  {who}: {step.why}")
    return "\n".join(lines)


def as_json(cases: Sequence[Case], steps: Mapping[int, Sequence[CaseStep]] | None = None) -> str:
    """Return cases as JSON: a list, or one object where their steps are given too."""
    data: list[dict[str, Any]] = []
    for case in cases:
        entry = {
            "id": case.id,
            "state": case.state,
            "since": case.since,
            "opened_at": case.opened_at,
            "conversation": case.conversation,
            "customer": {"id": case.customer.id, "name": case.customer.name},
            "owner": {"id": case.owner.id, "name": case.owner.name} if case.owner else None,
            "reason": case.reason,
            "subject": case.subject or None,
            "question": own_words(case.question) or None,
            "rating": case.rating or None,
        }
        if steps is not None:
            entry["steps"] = [
                {"at": step.at, "state": step.state, "who": step.who, "why": step.why}
                for step in steps[case.id]
            ]
        data.append(entry)
    return json.dumps(data if steps is None else data[0], ensure_ascii=False, indent=2)


def _called(id: str, name: str, names: Mapping[str, str]) -> str:
    return name or names.get(id, id)


def one_line(text: str) -> str:
    """Return text in one line that can't steer a terminal."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
