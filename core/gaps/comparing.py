"""From questions to what they are compared by: their meaning if it can be had, else their words."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy

from core.gaps.asked import Asked
from core.gaps.grouping import BY_MEANING, BY_WORDS, Gap, gaps, texts_to_compare
from core.gaps.vectors import vectors_of_words
from core.ports import Embedder, EmbeddingFault, Progress, untold

if TYPE_CHECKING:
    from core.ports import Vectors

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Questions in groups, what most customers asked first, and whether they were compared by meaning."""

    gaps: tuple[Gap, ...]
    meaning: bool


async def grouped(
    questions: Sequence[Asked], embedder: Embedder | None, progress: Progress = untold
) -> Grouped:
    """Put questions that ask the same together; an embedder that fails is replaced by their words.

    Args:
        questions: The questions.
        embedder: Says what they mean; None: their words alone are compared.
        progress: Is told how many of how many are embedded: each takes about 10 ms.
    """
    texts = texts_to_compare(questions)
    if embedder and questions:
        try:
            vectors = await _meanings(texts, embedder, progress)
        except EmbeddingFault as fault:
            log.warning("The questions are compared by their words alone: %s", fault)
        else:
            return Grouped(tuple(gaps(questions, vectors, BY_MEANING)), meaning=True)
    return Grouped(tuple(gaps(questions, vectors_of_words(texts), BY_WORDS)), meaning=False)


async def _meanings(texts: Sequence[str], embedder: Embedder, progress: Progress) -> Vectors:
    """Return a vector for each text; the same words are embedded once."""
    different = list(dict.fromkeys(texts))
    blocks = []
    for start in range(0, len(different), embedder.batch):
        batch = different[start : start + embedder.batch]
        blocks.append(await embedder.embed(batch, urgent=False))
        progress(start + len(batch), len(different))
    row = {text: number for number, text in enumerate(different)}
    return numpy.concatenate(blocks)[[row[text] for text in texts]]
