"""What an evaluation comes to, as whoever runs Frontdesk reads it: as tables, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bots.case_list import one_line
from core.costs.budgets import dollars
from core.evaluation.comparing import Changes, Difference
from core.evaluation.figures import Figures, as_data, figures
from core.evaluation.judging import Outcome
from core.evaluation.metrics import Share, precision, recall
from core.evaluation.questions import Read
from core.evaluation.runs import Run
from core.markdown import excerpt
from core.messages import Action

LISTED = 20
WIDTH = 70


def report(run: Run, changes: Changes | None) -> str:
    """Return a run's figures, what came out wrong, and what changed, in lines."""
    found = figures(run.outcomes)
    lines = [f"{found.questions} question{'' if found.questions == 1 else 's'}, {run.how}.", ""]
    lines += _figures(found)
    lines += _confusion(found)
    lines += _cost(run, found)
    lines += _listed("Not as expected", _wrong(run.outcomes))
    if changes:
        lines += _changes(changes)
    return "\n".join(lines)


def _figures(found: Figures) -> Iterator[str]:
    yield from _shares(
        [
            ("Everything as expected", found.right),
            ("Expected article found first", found.first),
            ("  among the first 3", found.within_3),
            ("  among the first 5", found.within_5),
        ]
    )
    if found.mrr is not None:
        yield _row("  mean reciprocal rank (MRR)", f"{found.mrr:.3f}")
    if found.separation is not None:
        yield _row("Answerable told from not (AUROC)", f"{found.separation:.3f}")
    yield from _shares(
        [
            ("Refused of what the articles answer", found.refused),
            ("Refused of what they don't", found.refused_rightly),
            *((_did(action), share) for action, share in found.actions.items()),
            ("Expected action taken", found.as_expected),
            ("Expected words in the reply", found.words),
            ("Answers with nothing held back", found.supported),
            ("Answers that name an article", found.sourced),
            ("  and an expected one, where one is", found.named),
        ]
    )
    median, slow = found.seconds
    if median is not None and slow is not None:
        yield _row("Seconds, median and 95 % within", f"{median:.3f}", f"{slow:.3f}")


def _did(action: Action) -> str:
    return {
        Action.ANSWER: "Answered",
        Action.CLARIFY: "Asked back",
        Action.OFFER_HUMAN: "Offered a person",
        Action.ESCALATE: "Called a person",
    }[action]


def _shares(rows: Sequence[tuple[str, Share]]) -> Iterator[str]:
    for name, share in rows:
        if share.value is not None:
            low, high = share.interval
            counts = f"{share.hits} of {share.of}"
            yield _row(name, f"{share.value:.3f}", f"{counts:>13}   95 % sure: {low:.3f} to {high:.3f}")


def _row(name: str, value: str, more: str = "") -> str:
    return f"{name:37} {value}  {more}".rstrip()


def _confusion(found: Figures) -> Iterator[str]:
    if not found.table:
        return
    yield ""
    heading = "".join(f"{f'→ {action}':>14}" for action in Action)
    yield f"{'EXPECTED':12}{heading}{'RECALL':>9}{'PRECISION':>11}"
    for action in Action:
        counts = "".join(f"{found.table.get((action, taken), 0):>14,}" for taken in Action)
        held, true = _value(recall(found.table, action)), _value(precision(found.table, action))
        yield f"{action:12}{counts}{held:>9}{true:>11}"


def _value(share: Share) -> str:
    return "-" if share.value is None else f"{share.value:.3f}"


def _cost(run: Run, found: Figures) -> Iterator[str]:
    usage = run.usage
    if usage.calls:
        yield ""
        yield (
            f"{usage.calls:,} calls to models, {usage.prompt_tokens:,} tokens of prompts "
            f"({usage.cached_tokens:,} cached), {usage.completion_tokens:,} of answers: "
            f"${dollars(run.cost):.4f}."
        )
    if run.assumed:
        yield f"{run.assumed} of them never told what they used; they count at the most they could cost."
    if found.quoted:
        yield f"{found.quoted} answers were quoted because the model could not be asked; the log says why."


def _wrong(outcomes: Sequence[Outcome]) -> list[Difference]:
    return [Difference(one.question.key, one.question.text, one.wrongs) for one in outcomes if not one.right]


def _changes(changes: Changes) -> Iterator[str]:
    yield ""
    yield f"AGAINST THE EARLIER RUN, over the {changes.common} questions that both asked alike"
    changed = [(name, was, now) for name, was, now in changes.numbers if was != now]
    for name, was, now in changed:
        if not name.startswith("seconds"):
            yield _row(name.replace("_", " "), f"{_number(was)} → {_number(now)}")
    lists = (
        ("Right before, wrong now", changes.broken),
        ("Wrong before, right now", changes.mended),
        ("Worse", changes.worse),
        ("Better", changes.better),
        ("Reads differently", changes.reworded),
        ("Expects something else, so not compared", changes.expected),
        ("New", changes.new),
        ("Not asked any more", changes.removed),
    )
    for title, differences in lists:
        yield from _listed(title, differences)
    if not any(differences for _, differences in lists):
        yield "Nothing changed."


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _listed(title: str, differences: Sequence[Difference]) -> Iterator[str]:
    if not differences:
        return
    yield ""
    yield f"{title} ({len(differences)}):"
    for one in differences[:LISTED]:
        yield f"  {one_line(one.key)}: {excerpt(one_line(one.text), WIDTH)}"
        yield from (f"      {one_line(how)}" for how in one.how)
    if len(differences) > LISTED:
        yield f"  and {len(differences) - LISTED} more (--json lists all)"


def as_json(run: Run, changes: Changes | None, read: Read) -> str:
    """Return all of it as JSON."""
    usage = run.usage
    data: dict[str, Any] = {
        "how": run.how,
        **as_data(figures(run.outcomes)),
        "cost": {
            "calls": usage.calls,
            "prompt_tokens": usage.prompt_tokens,
            "cached_tokens": usage.cached_tokens,
            "completion_tokens": usage.completion_tokens,
            "usd": f"{dollars(run.cost):f}",
            "assumed": run.assumed,
        },
        "not_as_expected": [_as_data(one) for one in _wrong(run.outcomes)],
        "bad_lines": list(read.bad),
        "notes": list(read.notes),
    }
    if changes:
        data["against"] = _changes_as_data(changes)
    return json.dumps(data, ensure_ascii=False, indent=2)


def _changes_as_data(changes: Changes) -> dict[str, Any]:
    lists = {
        "broken": changes.broken,
        "mended": changes.mended,
        "worse": changes.worse,
        "better": changes.better,
        "reads_differently": changes.reworded,
        "expects_differently": changes.expected,
        "new": changes.new,
        "removed": changes.removed,
    }
    return {
        "common": changes.common,
        **{name: [_as_data(one) for one in found] for name, found in lists.items()},
        "figures": {name: {"before": was, "now": now} for name, was, now in changes.numbers},
    }


def _as_data(one: Difference) -> dict[str, Any]:
    return {"id": one.key, "question": one.text, "how": list(one.how)}
