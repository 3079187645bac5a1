"""What a question is about, as terms. Pure."""

from __future__ import annotations

from core.knowledge.terms import stem, words_of
from core.knowledge.words import STOP_WORDS


def content_terms(text: str) -> list[str]:
    """Return the stems of the different words that say what a question is about, in order.

    A question of nothing but function words keeps them all: they are the best there is.
    """
    words = list(dict.fromkeys(words_of(text)))
    content = [word for word in words if word not in STOP_WORDS] or words
    return list(dict.fromkeys(map(stem, content)))
