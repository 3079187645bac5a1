"""The figures that searches and answers are judged by. Pure; each names where its formula is from.

Figures of nothing (no question, no call) are None, never 0: nothing was measured.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

# The standard normal distribution lies within this many deviations with 95 % probability (1.96).
Z95 = NormalDist().inv_cdf(0.975)


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's score interval of a share: where the true one lies, with 95 % confidence.

    It holds for small numbers too, and never leaves 0 to 1. E. B. Wilson, "Probable inference, the law of
    succession, and statistical inference", Journal of the American Statistical Association 22 (1927), as in
    equation 4 of Brown, Cai and DasGupta, "Interval estimation for a binomial proportion" (2001).

    Args:
        hits: How many there were.
        of: Of how many; with none all is possible, and the interval is (0, 1).
        z: Deviations of the normal distribution that the interval spans to each side.

    Raises:
        ValueError: `hits` is not between 0 and `of`.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    if of == 0:
        return 0.0, 1.0
    share, squared = hits / of, z * z / of
    middle = share + squared / 2
    spread = math.sqrt(share * (1 - share) * squared + squared * squared / 4)
    return max(0.0, (middle - spread) / (1 + squared)), min(1.0, (middle + spread) / (1 + squared))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, with 95 % confidence; see `wilson`."""
        return wilson(self.hits, self.of)


def share_of(found: Iterable[bool]) -> Share:
    """Return how many are true."""
    seen = list(found)
    return Share(sum(seen), len(seen))


def rank_of(expected: Collection[T], found: Iterable[T]) -> int | None:
    """Return at which place, from 1, the first expected thing was found; None: at none.

    What is found several times (passages of one article) takes one place, its first.
    """
    places = dict.fromkeys(found)
    return next((place for place, one in enumerate(places, 1) if one in expected), None)


def hit_rate(ranks: Sequence[int | None], within: int) -> Share:
    """Return for how many questions something expected stands among the first so many (hit@k).

    Also called success@k; with several relevant articles one is enough, which tells it from recall@k.
    """
    return share_of(rank is not None and rank <= within for rank in ranks)


def reciprocal_rank(ranks: Sequence[int | None]) -> float | None:
    """Return the mean reciprocal rank (MRR): the mean of 1/rank, where what was not found counts 0.

    E. M. Voorhees, "The TREC-8 question answering track report" (1999).
    """
    return sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else None


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Return how surely a score tells two kinds apart: the area under the ROC curve, 0.5 for chance.

    It is the probability that one of the positives scores above one of the negatives, a tie counting half:
    Mann and Whitney's U divided by both numbers. J. A. Hanley and B. J. McNeil, "The meaning and use of the
    area under a receiver operating characteristic (ROC) curve", Radiology 143 (1982).
    """
    if not positives or not negatives:
        return None
    order = sorted([(score, True) for score in positives] + [(score, False) for score in negatives])
    wins, below, at = 0.0, 0, 0
    while at < len(order):
        end = at
        while end < len(order) and order[end][0] == order[at][0]:
            end += 1
        tied = sum(is_positive for _, is_positive in order[at:end])
        wins += tied * (below + (end - at - tied) / 2)
        below += end - at - tied
        at = end
    return wins / (len(positives) * len(negatives))


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value that a share of all lies at or below: the nearest rank, so always one that occurs."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def confusion(pairs: Iterable[tuple[T, T]]) -> Mapping[tuple[T, T], int]:
    """Return how often each (expected, actual) came."""
    return Counter(pairs)


def precision(table: Mapping[tuple[T, T], int], kind: T) -> Share:
    """Return how many of those that came out as a kind were expected to."""
    return Share(table.get((kind, kind), 0), sum(n for (_, actual), n in table.items() if actual == kind))


def recall(table: Mapping[tuple[T, T], int], kind: T) -> Share:
    """Return how many of those that were expected to be of a kind came out so."""
    return Share(table.get((kind, kind), 0), sum(n for (expected, _), n in table.items() if expected == kind))
