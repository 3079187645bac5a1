"""Questions that ask the same, put together by their vectors. Pure, and the same each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy

from core.gaps.asked import Asked, Why
from core.masking import masked

if TYPE_CHECKING:
    from core.ports import Vectors

# From this cosine on two questions are taken for the same. `python -m tests.bench.gaps` measures it on 34
# questions in four wordings each: by meaning, at .50, 94 % of a group belong there, and it holds 75 % of what
# does (lower mixes neighbours up, higher parts more wordings); by words, at .35, these are 88 % and 47 %.
BY_MEANING = 0.50
BY_WORDS = 0.35
EXAMPLES = 3
# Rows that are compared with all others at once: 512 rows of 10,000 cosines are 20 MB.
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that ask the same; the first is the most central one and names the group.

    Attributes:
        questions: All of them: the central one, then the others in order of time.
        examples: A few others of them in different words, of different customers where that is possible.
    """

    questions: tuple[Asked, ...]
    examples: tuple[Asked, ...] = ()

    @property
    def name(self) -> Asked:
        """The question that all others are most like."""
        return self.questions[0]

    @property
    def customers(self) -> int:
        """How many different people asked."""
        return len({question.customer for question in self.questions})

    @property
    def first(self) -> float:
        """When it was asked first."""
        return min(question.at for question in self.questions)

    @property
    def last(self) -> float:
        """When it was asked last."""
        return max(question.at for question in self.questions)

    @property
    def whys(self) -> list[tuple[Why, int]]:
        """How it is known, and of how many questions, the commonest first."""
        found = Counter(why for question in self.questions for why in question.whys)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def texts_to_compare(questions: Sequence[Asked]) -> list[str]:
    """Return what each question is compared by: a follow-up with what it follows, and nothing personal."""
    return ["\n".join(filter(None, (bare(one.earlier), bare(one.text)))) for one in questions]


def bare(text: str) -> str:
    """Return words without what points to a person: that says nothing of what they are about."""
    return masked(text, shown=False).text.strip()


def gaps(questions: Sequence[Asked], vectors: Vectors, threshold: float) -> list[Gap]:
    """Return the questions in groups, what most customers asked first.

    Args:
        questions: The questions.
        vectors: One of length 1 for each, as rows.
        threshold: From which cosine on two are taken for the same.
    """
    found = [_gap(questions, vectors, members) for members in groups(vectors, threshold)]
    return sorted(found, key=lambda gap: (-gap.customers, -len(gap.questions), -gap.last, gap.name.text))


def groups(vectors: Vectors, threshold: float) -> list[list[int]]:
    """Return the rows that belong together.

    Goes through the rows from the one that has most others near it: what is near it and was not taken yet is
    its group. Then each row moves to the centre that it is nearest to. Takes time by the square of the rows
    (a second or two for 10,000), and memory by the rows.
    """
    count = len(vectors)
    near = numpy.zeros(count, dtype=numpy.int64)
    for start in range(0, count, _BLOCK):
        near[start : start + _BLOCK] = (vectors[start : start + _BLOCK] @ vectors.T >= threshold).sum(axis=1)
    order = numpy.argsort(-near, kind="stable")
    taken = numpy.zeros(count, dtype=bool)
    centres: list[int] = []
    for start in range(0, count, _BLOCK):
        rows = order[start : start + _BLOCK]
        rows = rows[~taken[rows]]
        likeness = vectors[rows] @ vectors.T >= threshold
        for row, alike in zip(rows, likeness, strict=True):
            if not taken[row]:
                taken |= alike
                taken[row] = True
                centres.append(int(row))
    members: list[list[int]] = [[] for _ in centres]
    for start in range(0, count, _BLOCK):
        nearest = (vectors[start : start + _BLOCK] @ vectors[centres].T).argmax(axis=1)
        for row, centre in enumerate(nearest, start):
            members[centre].append(row)
    return [rows for rows in members if rows]


def _gap(questions: Sequence[Asked], vectors: Vectors, members: Sequence[int]) -> Gap:
    within = vectors[list(members)]
    centrality = within @ within.sum(axis=0)
    # Equal vectors differ in their last bits by where they stand: rounded, the earliest of the best names it.
    central = members[int(numpy.argmax(numpy.round(centrality, 4)))]
    others = [questions[row] for row in members if row != central]
    name = questions[central]
    return Gap((name, *others), tuple(_examples(name, others)))


def _examples(name: Asked, others: Sequence[Asked]) -> list[Asked]:
    """Return questions in other words, first of customers who have none among them yet."""
    chosen: list[Asked] = []
    words, customers = {_spelled(name.text)}, {name.customer}
    for anybody in (False, True):
        for one in others:
            if (
                len(chosen) < EXAMPLES
                and _spelled(one.text) not in words
                and (anybody or one.customer not in customers)
            ):
                chosen.append(one)
                words.add(_spelled(one.text))
                customers.add(one.customer)
    return chosen


def _spelled(text: str) -> str:
    return " ".join(text.casefold().split())
