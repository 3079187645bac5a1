"""Tells whether a customer asks the same again. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA, Indel

from core.escalation.reading import declines_offer, small_talk, tables, takes_offer
from core.escalation.said import said

# One word in so many may be left out or added; a shorter question has to be the same word for word.
_WORDS_PER_CHANGE = 6
# Shorter words differ by more than a slip of the finger: "form", "from".
_TYPO_FROM = 6
# Hiragana carry what is asked of the words ("can", "cannot"); from this likeness on it is the same.
_ALIKE = 0.75

# Runs of kanji, runs of katakana, and what other scripts part by spaces.
_WORD = re.compile(r"[\u4e00-\u9fff々]+|[\u30a1-\u30ffー]+|[^\W\u3040-\u30ff\u4e00-\u9fff々]+")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


_NEGATION = frozenset(
    """
    not no never without cant cannot dont doesnt didnt isnt arent wasnt wont couldnt shouldnt
    nicht kein keine keinen nie ohne sin nunca pas plus jamais sans nao sem
    """.split()
)


@cache
def _noise() -> frozenset[str]:
    return frozenset().union(*(table.noise for table in tables()))


def same_question(a: str, b: str) -> bool:
    """Say whether `b` asks the same as `a` again, nearly in the same words.

    A word that is exchanged makes another question ("cancel plan A", "cancel plan B"), and so does a number
    or a "not" more; a slip of the finger, a greeting or a "please" does not.
    """
    first, second = said(a).words, said(b).words
    return bool(first and second) and _alike(first, second) and not _is_no_question(b)


def _alike(first: str, second: str) -> bool:
    if first == second:
        return True
    if _JAPANESE.search(first + second):
        return _content(first) == _content(second) and _likeness(first, second) >= _ALIKE
    return _nearly(_content(first), _content(second))


def _is_no_question(text: str) -> bool:
    return takes_offer(text) or declines_offer(text) or small_talk(text) is not None


@lru_cache(maxsize=1_000)
def _content(words: str) -> tuple[str, ...]:
    """Return the words that tell one question from another."""
    noise = _noise()
    return tuple(word for word in _WORD.findall(words) if word not in noise)


def _nearly(first: Sequence[str], second: Sequence[str]) -> bool:
    changes = min(len(first), len(second)) // _WORDS_PER_CHANGE
    if not first or abs(len(first) - len(second)) > changes:
        return False
    respelled = [_respelled(other, first) for other in second]
    return Indel.distance(first, respelled) <= changes and _telling(first) == _telling(respelled)


def _respelled(other: str, words: Sequence[str]) -> str:
    """Return the word of some that another one is but for a slip of the finger, or that one as it is."""
    return next((word for word in words if word[0] == other[0] and _is_typo(word, other)), other)


def _is_typo(word: str, other: str) -> bool:
    longest = max(len(word), len(other))
    return longest >= _TYPO_FROM and OSA.distance(word, other, score_cutoff=1) <= 1


def _telling(words: Sequence[str]) -> set[str]:
    """Return the words of which not one may be added, however long the question is."""
    return {word for word in words if word in _NEGATION or any(letter.isdigit() for letter in word)}


def _likeness(first: str, second: str) -> float:
    """Return how many pairs of neighbouring letters two texts share, from 0 to 1."""
    pairs, others = (Counter(pairwise(text.replace(" ", ""))) for text in (first, second))
    return 2 * (pairs & others).total() / max(1, pairs.total() + others.total())
