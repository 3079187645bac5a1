"""Finds articles that say the same, or nearly. Pure, and linear in the number of articles.

Broder, "On the resemblance and containment of documents" (1997): the share of common word sequences
(Jaccard) shows in the least hashes of each text; texts that agree in a band of these are compared in full
(Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Texts that share this much would be found for the same questions.
NEARLY = 0.7
_SHINGLE_WORDS = 4
# 24 bands of 4 find a pair with the share s with 1 - (1 - s^4)^24: 99.8 % at 0.7, and few below 0.3.
_BANDS, _ROWS = 24, 4
_PRIME = np.uint64(2**61 - 1)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that share a part of their text; `first` is the earlier path."""

    first: str
    second: str
    share: float


def duplicates(texts: Mapping[str, str]) -> Iterator[Pair]:
    """Yield each text that has a like one before it, in the order of their names, with the likest of those.

    Args:
        texts: What each article says, by its path.
    """
    shingles: dict[str, NDArray[np.uint64]] = {}
    buckets: dict[tuple[int, bytes], str] = {}
    factors, addends = _permutations()
    for name in sorted(texts):
        mine = _shingles(texts[name])
        if not mine.size:
            continue
        signature = _signature(mine, factors, addends)
        keys = [(n, signature[n * _ROWS : (n + 1) * _ROWS].tobytes()) for n in range(_BANDS)]
        # A bucket keeps its first text only: of a thousand copies each is compared with the first one.
        likes = {buckets.setdefault(key, name) for key in keys} - {name}
        shingles[name] = mine
        best = max(((_share(mine, shingles[other]), other) for other in sorted(likes)), default=(0.0, ""))
        if best[0] >= NEARLY:
            yield Pair(best[1], name, best[0])


def _shingles(text: str) -> NDArray[np.uint64]:
    words = [word.encode() for word in _WORD.findall(text.casefold())]
    count = max(len(words) - _SHINGLE_WORDS + 1, min(len(words), 1))
    hashes = {zlib.crc32(b" ".join(words[start : start + _SHINGLE_WORDS])) for start in range(count)}
    return np.fromiter(hashes, np.uint64, len(hashes))


def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    random = np.random.default_rng(1)
    size = _BANDS * _ROWS
    # Products with 32-bit hashes stay within 64 bits.
    return random.integers(1, 2**31, size, np.uint64), random.integers(0, 2**31, size, np.uint64)


def _signature(
    shingles: NDArray[np.uint64], factors: NDArray[np.uint64], addends: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    mixed = (shingles[:, None] * factors + addends) % _PRIME
    # The low bits of a product are poorly mixed; the middle ones order the hashes.
    return np.asarray(((mixed * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)).min(axis=0), np.uint64)


def _share(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    common = np.intersect1d(one, other, assume_unique=True).size
    return float(common / (one.size + other.size - common))
