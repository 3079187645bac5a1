"""What changed from one run to another, question by question. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.evaluation.figures import figures, is_answerable, is_unanswerable, numbers
from core.evaluation.judging import DEPTH, Outcome, searched

Direction = Literal[-1, 0, 1]
Outcomes = Sequence[Outcome]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different about one question, in words."""

    key: str
    text: str
    how: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two runs.

    Attributes:
        broken: Right before, wrong now.
        mended: Wrong before, right now.
        worse: Right or wrong as before, but something got worse (an article stands further down).
        better: The same, the other way round.
        reworded: The reply reads differently, and is otherwise as before.
        expected: Something else is expected now; what came of it is not compared.
        new: Not asked before.
        removed: Not asked any more.
        numbers: Each figure before and now, over the questions that both runs asked alike.
        common: How many these are.
    """

    broken: tuple[Difference, ...]
    mended: tuple[Difference, ...]
    worse: tuple[Difference, ...]
    better: tuple[Difference, ...]
    reworded: tuple[Difference, ...]
    expected: tuple[Difference, ...]
    new: tuple[Difference, ...]
    removed: tuple[Difference, ...]
    numbers: tuple[tuple[str, float | None, float | None], ...]
    common: int


def compare(before: Outcomes, after: Outcomes, *, partly: bool = False) -> Changes:
    """Hold two runs against each other.

    Where one of them only searched, only what was searched is compared.

    Args:
        before: The earlier run.
        after: The later one.
        partly: Whether the later one was broken off: what it did not come to is not called removed.
    """
    before, after = _alike(before, after)
    earlier = {one.question.key: one for one in before}
    later = {one.question.key: one for one in after}
    pairs = [(earlier[key], one) for key, one in later.items() if key in earlier]
    same = [(was, now) for was, now in pairs if _expectation(was) == _expectation(now)]
    kinds = ("broken", "mended", "worse", "better", "reworded")
    found = {kind: tuple(_differences(same, kind)) for kind in kinds}
    was, now = (numbers(figures([pair[side] for pair in same])) for side in (0, 1))
    return Changes(
        **found,
        expected=tuple(_named(now) for was, now in pairs if _expectation(was) != _expectation(now)),
        new=tuple(_named(one) for key, one in later.items() if key not in earlier),
        removed=() if partly else tuple(_named(one) for key, one in earlier.items() if key not in later),
        numbers=tuple((name, was.get(name), now.get(name)) for name in dict.fromkeys([*was, *now])),
        common=len(same),
    )


def _alike(before: Outcomes, after: Outcomes) -> tuple[Outcomes, Outcomes]:
    def only_searched(run: Outcomes) -> bool:
        return all(one.action is None for one in run)

    if only_searched(before) == only_searched(after):
        return before, after
    return [searched(one) for one in before], [searched(one) for one in after]


def _named(one: Outcome) -> Difference:
    return Difference(one.question.key, one.question.text)


def _expectation(one: Outcome) -> tuple[object, ...]:
    asked = one.question
    return (asked.text, asked.history, asked.articles, asked.action, asked.words, asked.not_words)


def _differences(pairs: Sequence[tuple[Outcome, Outcome]], kind: str) -> Iterator[Difference]:
    for was, now in pairs:
        steps = list(_steps(was, now))
        if _kind(was, now, [direction for direction, _ in steps]) == kind:
            yield Difference(now.question.key, now.question.text, tuple(text for _, text in steps))


def _kind(was: Outcome, now: Outcome, directions: Sequence[Direction]) -> str:
    if was.right != now.right:
        return "mended" if now.right else "broken"
    # What got better in one respect and worse in another is for people to look at.
    if -1 in directions:
        return "worse"
    if 1 in directions:
        return "better"
    return "reworded" if was.reply != now.reply or directions else ""


def _steps(was: Outcome, now: Outcome) -> Iterator[tuple[Direction, str]]:
    """Yield each respect in which a question came out differently: for the better (1), worse, neither."""
    if was.failed != now.failed:
        yield (-1, f"failed: {now.failed}") if now.failed else (1, "failed before")
    if was.question.articles and was.rank != now.rank:
        first = f" (first is {now.found[0]})" if now.found and now.rank != 1 else ""
        direction = _sign(_place(was) - _place(now))
        yield direction, f"expected article {_ordinal(was)} → {_ordinal(now)}{first}"
    if was.usable != now.usable:
        should = is_answerable(now) - is_unanswerable(now)
        told = "nothing to answer from → something" if now.usable else "something to answer from → nothing"
        yield _sign(should if now.usable else -should), told
    if was.action is not now.action:
        expected = now.question.action
        direction = _sign((now.action is expected) - (was.action is expected)) if expected else 0
        yield direction, f"{was.action or 'none'} → {now.action or 'none'}"
    if was.named != now.named:
        wanted = set(now.question.articles)
        direction = _sign(bool(wanted & set(now.named)) - bool(wanted & set(was.named)))
        yield direction, f"rests on {_listed(was.named)} → {_listed(now.named)}"
    yield from _words(was.missing, now.missing, "no longer says", "says again")
    yield from _words(was.unwanted, now.unwanted, "says what it must not", "no longer says")
    yield from _words(was.withheld, now.withheld, "held back", "no longer held back")


def _words(was: Sequence[str], now: Sequence[str], came: str, went: str) -> Iterator[tuple[Direction, str]]:
    if more := [word for word in now if word not in was]:
        yield -1, f"{came}: {'; '.join(more)}"
    if fewer := [word for word in was if word not in now]:
        yield 1, f"{went}: {'; '.join(fewer)}"


def _place(one: Outcome) -> int:
    return one.rank or DEPTH + 1


def _ordinal(one: Outcome) -> str:
    return f"{one.rank}." if one.rank else "not found"


def _listed(articles: Sequence[str]) -> str:
    return " and ".join(articles) or "no article"


def _sign(number: int) -> Direction:
    return (number > 0) - (number < 0)  # type: ignore[return-value]
