"""Vectors that stand for words: texts that share words are near each other, others are not."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping
from itertools import cycle


def bag_of_words(text: str, dimensions: int = 64, means: Mapping[str, str] | None = None) -> list[float]:
    """Return a vector of length 1, the same in every process.

    `means` says which words stand for another one, so that a test can have texts that mean the same.
    """
    vector = [0.0] * dimensions
    words = Counter((means or {}).get(word, word) for word in re.findall(r"\w+", text.lower()))
    for word, count in (words or Counter([""])).items():
        bits = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace")).digest())
        for at, shift in zip(range(dimensions), cycle(range(512)), strict=False):
            vector[at] += count if bits >> shift & 1 else -count
    length = math.sqrt(sum(number * number for number in vector)) or 1.0
    return [number / length for number in vector]
