"""Vectors of texts from their words alone, for where no embedder is. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy

from core.gaps.terms import content_terms

if TYPE_CHECKING:
    from core.ports import Vectors

# One way of comparing serves both kinds of vectors, so these are dense too: 10,000 questions take 80 MB.
COLUMNS = 2_048


def vectors_of_words(texts: Sequence[str]) -> Vectors:
    """Return one vector of length 1 for each text, from its content words, the rarer the heavier (IDF).

    The commonest words have a column each; where there are more than columns, the rare ones share them.

    Args:
        texts: All that will be compared: how rare a word is depends on them.
    """
    terms = [content_terms(text) for text in texts]
    having = Counter(term for found in terms for term in found)
    rank = {
        term: number for number, term in enumerate(sorted(having, key=lambda term: (-having[term], term)))
    }
    vectors = numpy.zeros((len(texts), COLUMNS), dtype=numpy.float32)
    for row, found in enumerate(terms):
        for term in found:
            # Of those that share a column every other one counts against it: in the mean they don't meet.
            round_, column = divmod(rank[term], COLUMNS)
            weight = math.log(1 + len(texts) / having[term])
            vectors[row, column] += weight if round_ % 2 == 0 else -weight
    vectors /= numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors
