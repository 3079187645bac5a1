"""One search: terms and a vector find candidates, each gets all its signals, and they are ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.knowledge.query import Query
from core.knowledge.ranking import Candidate, ranked
from core.knowledge.vectors import Vectors, key_of
from core.knowledge.view import View, embedded
from core.messages import Findings

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# How many of the best are ranked, by words and by meaning each.
CANDIDATES = 50


def found(view: View, query: Query, limit: int, threshold: float | None = None) -> Findings:
    """Find passages by their words alone.

    Args:
        view: The passages.
        query: What is looked for.
        limit: The most passages to return.
        threshold: See `ranking.ranked`.
    """
    best = view.best(query.terms, max(CANDIDATES, limit))
    passages = view.passages(best)
    candidates = [Candidate(passages[address], score) for address, score in best.items()]
    return ranked(query, candidates, view, limit, threshold)


def found_by_meaning(
    view: View,
    query: Query,
    limit: int,
    threshold: float | None,
    vectors: Vectors,
    meant: NDArray[numpy.float32],
) -> Findings:
    """Find passages by their words and by what they mean.

    Args:
        view: The passages.
        query: What is looked for.
        limit: The most passages to return.
        threshold: See `ranking.ranked`.
        vectors: The passages'.
        meant: The query's.
    """
    terms, most = query.terms, max(CANDIDATES, limit)
    words = view.best(terms, most)
    near = [key for key, _ in vectors.nearest(meant, most)]
    passages = view.passages(words) | view.with_keys(near)
    words |= view.scores(terms, [passage.id for at, passage in passages.items() if at not in words])
    keys = {address: key_of(embedded(passage)) for address, passage in passages.items()}
    cosines = vectors.cosines(meant, keys.values())
    candidates = [
        Candidate(passage, words.get(address, 0.0), cosines.get(keys[address]))
        for address, passage in passages.items()
    ]
    return ranked(query, candidates, view, limit, threshold)
