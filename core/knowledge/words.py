"""Which words of a question say what it is about, and what a mistyped one was meant to be. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.knowledge.terms import stem

# English function words and the small talk of questions. Package lists were tried and drop words that help
# articles turn on ("bill", "date", "free", "computer"). Other languages need no list to be found: what stands
# in most passages weighs little by its rarity (IDF) alone.
STOP_WORDS = frozenset(
    """
    a about after again all also am an and any anybody anyone anything are as at be because been before
    being but by can cannot could d did do does doing don done during each either else ever every for
    from get gets getting give go goes going got had has have having he hello help her here hers hey hi
    him his how i if in into is it its itself just know let like ll m make many may me might mine more
    most much must my myself need no nor not now of off ok okay on only or other our out over please put
    re really s same say shall she should so some somebody someone something still such sure t tell than
    thank thanks that the their them then there these they thing things this those through to too u
    until up us ve very want was way we well were what when where whether which while who whom whose why
    will with without wonder would yes yet you your yours
    """.split()
)


class Lexicon(Protocol):
    """What an index knows of its words."""

    @property
    def size(self) -> int:
        """How many passages there are."""
        ...

    def frequency(self, term: str) -> int:
        """Return how many passages hold a term (a stem, as `terms_of` gives them)."""
        ...

    def like(self, word: str) -> Iterable[str]:
        """Return words of the passages that `word` may have been meant to be.

        At least all with the same first letter whose length differs by two at most.
        """
        ...


def corrected(words: Sequence[str], lexicon: Lexicon, known: Collection[str] = ()) -> list[str]:
    """Replace mistyped words by the nearest ones of the articles, in order; unknown words stay as they are.

    A word of 4 to 7 letters may differ by one edit, a longer one by two (an edit: a letter added, left
    out, changed, or two swapped). A function word with swapped letters ("hwo") is left out, as it would be.

    Args:
        words: Lower-case, without accents (`words_of`).
        lexicon: The words of the articles; one that stands there in another form is not mistyped.
        known: Stems of further words that are no mistakes.
    """
    meant: list[str] = []
    for word in words:
        if not word.isalpha() or word in STOP_WORDS or stem(word) in known or lexicon.frequency(stem(word)):
            meant.append(word)
        elif not _is_swapped_stop_word(word):
            meant.append(_nearest(word, lexicon) or word)
    return meant or list(words)


def _is_swapped_stop_word(word: str) -> bool:
    return any(
        sorted(word) == sorted(stop) and OSA.distance(word, stop) == 1
        for stop in STOP_WORDS
        if len(stop) == len(word) > 2
    )


def _nearest(word: str, lexicon: Lexicon) -> str | None:
    if len(word) < 4:
        return None
    edits = 1 if len(word) < 8 else 2
    near = [known for known in lexicon.like(word) if abs(len(known) - len(word)) <= edits]
    best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=edits)
    return best[0] if best else None
