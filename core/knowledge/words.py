"""Which words of a question are looked for, and what a mistyped one was meant to be. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

# English function words and the small talk of questions. Package lists were tried and drop words that help
# articles turn on ("bill", "date", "free", "computer").
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

_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Return the words of a text, lower-case, in order."""
    return _WORD.findall(text.lower().replace("’", "'"))


def content_words(text: str) -> list[str]:
    """Return the different words of a question that say what it is about, in order.

    A question of nothing but function words keeps them all: they are the best there is.
    """
    words = list(dict.fromkeys(words_of(text)))
    return [word for word in words if word not in STOP_WORDS] or words


def corrected(words: Sequence[str], vocabulary: Collection[str]) -> list[str]:
    """Replace mistyped words by the nearest ones of the articles; unknown words stay as they are.

    A word of 4 to 7 letters may differ by one edit, a longer one by two (an edit: a letter added, left
    out, changed, or two swapped). Swapped letters of a function word ("hwo") make it one.
    """
    meant: list[str] = []
    for word in words:
        if word in vocabulary or not word.isalpha():
            meant.append(word)
        elif not _is_swapped_stop_word(word):
            nearest = _nearest(word, vocabulary) or word
            if nearest == word or nearest not in STOP_WORDS:
                meant.append(nearest)
    return list(dict.fromkeys(meant or words))


def _is_swapped_stop_word(word: str) -> bool:
    return any(
        sorted(word) == sorted(stop) and OSA.distance(word, stop) == 1
        for stop in STOP_WORDS
        if len(stop) == len(word) > 2
    )


def _nearest(word: str, vocabulary: Collection[str]) -> str | None:
    if len(word) < 4:
        return None
    edits = 1 if len(word) < 8 else 2
    near = [known for known in vocabulary if known[0] == word[0] and abs(len(known) - len(word)) <= edits]
    best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=edits)
    return best[0] if best else None
