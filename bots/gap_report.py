"""What the articles did not answer, as a support lead reads it: in the terminal, as Markdown, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bots.case_list import one_line
from core.gaps import Asked, Gap, Why
from core.markdown import escape, excerpt
from core.masking import masked
from core.messages import Passage

# Characters of a question, and claims of a group.
EXCERPT = 100
CLAIMS = 5
WHYS = {
    Why.NOT_IN_ARTICLES: "not in the articles",
    Why.UNSURE: "the bot was not sure",
    Why.UNHELPED: "the answer didn't help",
    Why.REPEATED: "asked for the third time",
    Why.WITHHELD: "the answer claimed what no article says",
    Why.RATED_BAD: "the case was rated bad",
    Why.NOT_HELPFUL: "the answer was rated not helpful",
}
MASKED = (
    "E-mail addresses, phone numbers, long numbers and names are masked as far as they are recognised; "
    "look it over before you share it."
)
NOTHING = "Nothing found: in the last {days} days the articles answered all that was asked."


@dataclass(frozen=True, slots=True)
class Listed:
    """A gap, and where an article might tell of it.

    Attributes:
        gap: The questions.
        nearest: The passage that fits best today.
        answerable: How likely today's articles hold the answer, 0 to 1.
        answered: Whether they are deemed to, and that article is younger than the last of the questions.
    """

    gap: Gap
    nearest: Passage | None = None
    answerable: float = 0.0
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to tell.

    Attributes:
        days: How many days it looks back.
        found: All groups, also those that are not listed.
        listed: Those that are listed, in order.
        agents: What agents are called: their names are masked too.
        meaning: Whether the questions were compared by meaning, or by their words alone.
        helpful: How many answers customers rated helpful.
        unhelpful: How many they rated not helpful.
    """

    days: int
    found: Sequence[Gap]
    listed: Sequence[Listed]
    agents: Sequence[str] = ()
    meaning: bool = False
    helpful: int = 0
    unhelpful: int = 0


def as_text(report: Report) -> str:
    """Return the report as people read it in a terminal."""
    if not report.found:
        return "\n".join([NOTHING.format(days=report.days), *_rated(report)])
    lines = [_heading(report), *_rated(report), MASKED]
    for number, one in enumerate(report.listed, 1):
        lines += ["", f"{number:2}. {_question(one.gap.name, report)}", f"    {_facts(one.gap)}"]
        lines += [f"    - {_question(example, report)}" for example in one.gap.examples]
        lines += [f"    ! {line}" for line in _claimed(one.gap, report)]
        lines += [f"    > {line}" for line in _hints(one)]
    return "\n".join(lines)


def as_markdown(report: Report) -> str:
    """Return the report as Markdown."""
    if not report.found:
        return "\n".join([NOTHING.format(days=report.days), *_rated(report)])
    lines = ["# What the articles did not answer", "", escape(_heading(report)), *_rated(report), "", MASKED]
    for number, one in enumerate(report.listed, 1):
        lines += [
            "",
            f"## {number}. {escape(_question(one.gap.name, report))}",
            "",
            escape(_facts(one.gap)),
            "",
        ]
        lines += [f"- {escape(_question(example, report))}" for example in one.gap.examples]
        further = [*_claimed(one.gap, report), *_hints(one)]
        lines += [*([""] if one.gap.examples and further else []), *(f"> {escape(line)}" for line in further)]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def as_json(report: Report) -> str:
    """Return the report as JSON, with all groups that are listed."""
    data = {
        "days": report.days,
        "compared_by": "meaning" if report.meaning else "words",
        "questions": sum(len(gap.questions) for gap in report.found),
        "customers": _customers(report.found),
        "groups": len(report.found),
        "ratings": {"helpful": report.helpful, "not_helpful": report.unhelpful},
        "gaps": [_entry(one, report) for one in report.listed],
    }
    return json.dumps(data, ensure_ascii=False, indent=2)


def _entry(one: Listed, report: Report) -> dict[str, Any]:
    gap, nearest = one.gap, one.nearest
    return {
        "question": _question(gap.name, report),
        "questions": len(gap.questions),
        "customers": gap.customers,
        "first_asked": _moment(gap.first),
        "last_asked": _moment(gap.last),
        "reasons": dict(gap.whys),
        "examples": [_question(example, report) for example in gap.examples],
        "withheld": _claims(gap, report),
        "nearest": nearest
        and {
            "article": nearest.article,
            "title": nearest.title,
            "answerable": round(one.answerable, 3),
        },
        "perhaps_answered_now": one.answered,
    }


def _heading(report: Report) -> str:
    questions = sum(len(gap.questions) for gap in report.found)
    shown = f"; the first {len(report.listed)} of them" if len(report.listed) < len(report.found) else ""
    return (
        f"The last {report.days} days: {_number(questions, 'question')} of "
        f"{_number(_customers(report.found), 'customer')} that the articles did not answer, in "
        f"{_number(len(report.found), 'group')} by {'meaning' if report.meaning else 'words'}{shown}."
    )


def _rated(report: Report) -> list[str]:
    rated = report.helpful + report.unhelpful
    if not rated:
        return []
    return [
        f"{_number(rated, 'answer')} rated by customers: {report.helpful:,} helpful, "
        f"{report.unhelpful:,} not helpful."
    ]


def _facts(gap: Gap) -> str:
    first, last = _day(gap.first), _day(gap.last)
    when = first if first == last else f"{first} to {last}"
    whys = ", ".join(f"{WHYS[why]} {number}" for why, number in gap.whys)
    return f"{_number(len(gap.questions), 'question')}, {_number(gap.customers, 'customer')}, {when}: {whys}"


def _claimed(gap: Gap, report: Report) -> list[str]:
    claims = _claims(gap, report)
    return [f"held back: {', '.join(claims)}"] if claims else []


def _claims(gap: Gap, report: Report) -> list[str]:
    found = dict.fromkeys(claim for question in gap.questions for claim in question.withheld)
    return [_masked(claim, report.agents, EXCERPT) for claim in list(found)[:CLAIMS]]


def _hints(one: Listed) -> list[str]:
    if one.nearest is None:
        return []
    found = (
        f"{one_line(one.nearest.title)} ({one_line(one.nearest.article)}, answerable {one.answerable:.2f})"
    )
    return [f"perhaps answered now: {found}" if one.answered else f"nearest: {found}"]


def _question(question: Asked, report: Report) -> str:
    """Return a question on one line, with the one before it where it may not stand alone."""
    names = (question.name, *report.agents)
    earlier = f" (after: {_masked(question.earlier, names, EXCERPT // 2)})" if question.earlier else ""
    return _masked(question.text, names, EXCERPT) + earlier


def _masked(text: str, names: Sequence[str], limit: int) -> str:
    # Masked before it is cut: half an address is not recognised.
    return excerpt(one_line(masked(text, names).text), limit)


def _customers(found: Sequence[Gap]) -> int:
    return len({question.customer for gap in found for question in gap.questions})


def _number(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def _day(at: float) -> str:
    day = datetime.fromtimestamp(at, UTC)
    return f"{day.day} {day:%b}"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
