"""What the outcomes of many questions come to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.evaluation.judging import Outcome
from core.evaluation.metrics import (
    Share,
    auroc,
    confusion,
    hit_rate,
    precision,
    quantile,
    recall,
    reciprocal_rank,
    share_of,
)
from core.messages import Action

NOTHING = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a run; each share is of those questions that expect something of its kind.

    Attributes:
        questions: How many there were.
        right: Everything as expected.
        first: An expected article was found first.
        within_3: Among the first three articles.
        within_5: Among the first five.
        mrr: The mean reciprocal rank of the first expected article.
        separation: How well `answerable` tells what the articles answer from what they don't (AUROC).
        refused: Of what the articles answer, for how much the search found nothing to rest an answer on.
        refused_rightly: The same of what they don't answer.
        actions: What was done, of all that was answered.
        as_expected: The expected action was taken.
        table: How often each (expected, taken) action came.
        words: The reply holds all expected words, and none that it must not.
        supported: Of the answers, those of which nothing had to be held back.
        sourced: Of the answers, those that name an article.
        named: Of the answers that name articles, those that name an expected one.
        seconds: The median time of a question, and the time that 95 % of them stayed within.
        quoted: How many were quoted because the model could not be asked.
        failed: How many came to nothing.
    """

    questions: int
    right: Share
    first: Share
    within_3: Share
    within_5: Share
    mrr: float | None
    separation: float | None
    refused: Share
    refused_rightly: Share
    actions: Mapping[Action, Share] = field(default_factory=dict)
    as_expected: Share = NOTHING
    table: Mapping[tuple[Action, Action], int] = field(default_factory=dict)
    words: Share = NOTHING
    supported: Share = NOTHING
    sourced: Share = NOTHING
    named: Share = NOTHING
    seconds: tuple[float | None, float | None] = (None, None)
    quoted: int = 0
    failed: int = 0


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """Add up what came of questions; one that failed counts as one for which nothing was found."""
    ranks = [one.rank for one in outcomes if one.question.articles]
    answerable = [one for one in outcomes if is_answerable(one)]
    unanswerable = [one for one in outcomes if is_unanswerable(one)]
    done = [one for one in outcomes if one.action is not None]
    answers = [one for one in done if one.action is Action.ANSWER]
    naming = [one for one in answers if one.named and one.question.articles]
    spoken = [one for one in done if one.question.words or one.question.not_words]
    pairs = [(one.question.action, one.action) for one in done if one.question.action and one.action]
    times = [one.seconds for one in outcomes if not one.failed]
    return Figures(
        len(outcomes),
        share_of(one.right for one in outcomes if one.question.expects or one.failed),
        hit_rate(ranks, 1),
        hit_rate(ranks, 3),
        hit_rate(ranks, 5),
        reciprocal_rank(ranks),
        auroc([one.answerable for one in answerable], [one.answerable for one in unanswerable]),
        share_of(not one.usable for one in answerable),
        share_of(not one.usable for one in unanswerable),
        {action: share_of(one.action is action for one in done) for action in Action} if done else {},
        share_of(expected is taken for expected, taken in pairs),
        confusion(pairs),
        share_of(not (one.missing or one.unwanted) for one in spoken),
        share_of(not one.withheld for one in answers),
        share_of(bool(one.named) for one in answers),
        share_of(bool(set(one.named) & set(one.question.articles)) for one in naming),
        (quantile(times, 0.5), quantile(times, 0.95)),
        sum(one.quoted for one in outcomes),
        sum(bool(one.failed) for one in outcomes),
    )


def is_answerable(outcome: Outcome) -> bool:
    """Say whether the articles are expected to answer a question."""
    asked = outcome.question
    return asked.action is Action.ANSWER or (asked.action is None and bool(asked.articles))


def is_unanswerable(outcome: Outcome) -> bool:
    """Say whether they are expected not to."""
    return outcome.question.action is Action.OFFER_HUMAN and not outcome.question.articles


def shares(found: Figures) -> dict[str, Share]:
    """Return the shares by the names that they have in reports; those of nothing are left out."""
    every = {
        "right": found.right,
        "hit_at_1": found.first,
        "hit_at_3": found.within_3,
        "hit_at_5": found.within_5,
        "refused_of_answerable": found.refused,
        "refused_of_unanswerable": found.refused_rightly,
        **{f"did_{action}": share for action, share in found.actions.items()},
        "action_as_expected": found.as_expected,
        "words_as_expected": found.words,
        "answers_fully_supported": found.supported,
        "answers_naming_an_article": found.sourced,
        "answers_naming_an_expected_article": found.named,
    }
    return {name: share for name, share in every.items() if share.of}


def numbers(found: Figures) -> dict[str, float]:
    """Return all figures that are one number, by name; those that are not known are left out."""
    median, slow = found.seconds
    every = {
        **{name: share.value for name, share in shares(found).items()},
        "mrr": found.mrr,
        "separation_auroc": found.separation,
        "seconds_median": median,
        "seconds_95_percent": slow,
    }
    return {name: value for name, value in every.items() if value is not None}


def as_data(found: Figures) -> dict[str, Any]:
    """Return figures for JSON: shares with their counts and 95 % intervals."""
    return {
        "questions": found.questions,
        "failed": found.failed,
        "quoted_without_model": found.quoted,
        "shares": {
            name: {
                "value": round(share.hits / share.of, 4),
                "hits": share.hits,
                "of": share.of,
                "interval": [round(end, 4) for end in share.interval],
            }
            for name, share in shares(found).items()
        },
        **{name: round(n, 4) for name, n in numbers(found).items() if name not in shares(found)},
        "actions": {
            action: {
                "precision": _rounded(precision(found.table, action)),
                "recall": _rounded(recall(found.table, action)),
                "came_as": {taken: found.table.get((action, taken), 0) for taken in Action},
            }
            for action in Action
            if found.table
        },
    }


def _rounded(share: Share) -> float | None:
    return None if share.value is None else round(share.value, 4)
