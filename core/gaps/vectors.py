"""Vectors of texts from their words alone, for where no embedder is. Pure."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy

from core.knowledge.words import content_words

if TYPE_CHECKING:
    from core.ports import Vectors

# Words are hashed to so many columns ("feature hashing", Weinberger et al. 2009): one way of comparing serves
# both kinds of vectors, and 10,000 questions take 40 MB.
COLUMNS = 1_024
# English endings, the longest first; what is left has at least three letters. A crude stem is enough to tell
# that "shipping" and "ship" are one word, and harmless in other languages.
_ENDINGS = ("ings", "ing", "ies", "ied", "ed", "es", "s", "e", "y")
_SHORTEST_STEM = 3


def vectors_of_words(texts: Sequence[str]) -> Vectors:
    """Return one vector of length 1 for each text, from its content words, the rarer the heavier.

    Args:
        texts: All that will be compared: how rare a word is depends on them.
    """
    stems = [{_stem(word) for word in content_words(text)} for text in texts]
    having = Counter(stem for found in stems for stem in found)
    vectors = numpy.zeros((len(texts), COLUMNS), dtype=numpy.float32)
    for row, found in enumerate(stems):
        for stem in sorted(found):
            hashed = zlib.crc32(stem.encode("utf-8", "replace"))
            weight = math.log(1 + len(texts) / having[stem])
            vectors[row, hashed % COLUMNS] += weight if hashed >> 31 else -weight
    vectors /= numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
