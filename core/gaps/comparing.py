"""From questions to what they are compared by: their meaning if it can be had, else their words."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from core.gaps.asked import Asked
from core.gaps.grouping import BY_MEANING, BY_WORDS, Gap, gaps, texts_to_compare
from core.gaps.vectors import vectors_of_words
from core.ports import Embedder, EmbeddingFault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Questions in groups, what most customers asked first, and whether they were compared by meaning."""

    gaps: tuple[Gap, ...]
    meaning: bool


async def grouped(questions: Sequence[Asked], embedder: Embedder | None) -> Grouped:
    """Put questions that ask the same together; an embedder that fails is replaced by their words."""
    texts = texts_to_compare(questions)
    if embedder and questions:
        different = list(dict.fromkeys(texts))
        row = {text: number for number, text in enumerate(different)}
        try:
            vectors = await embedder.embed(different, urgent=False)
        except EmbeddingFault as fault:
            log.warning("The questions are compared by their words alone: %s", fault)
        else:
            rows = [row[text] for text in texts]
            return Grouped(tuple(gaps(questions, vectors[rows], BY_MEANING)), meaning=True)
    return Grouped(tuple(gaps(questions, vectors_of_words(texts), BY_WORDS)), meaning=False)
