"""What a question asks for, with what was said before it: terms with weights, and texts to embed. Pure.

The weights are round, and were chosen by hit rates on 139 public questions with their conversations
(tests/bench/search.py), looking at both halves of them; none of these was kept back to judge the choice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from core.knowledge.follow_ups import leans
from core.knowledge.synonyms import NO_SYNONYMS, Synonyms, meanings
from core.knowledge.terms import stem, words_of
from core.knowledge.words import Lexicon, corrected, stop_words_of

# How much a word of the last question before this one counts, of the one before that, and of the third.
EARLIER = (0.5, 0.25, 0.125)
# How much a word of our last reply counts: it names what "it" and "that" refer to, among much else.
REPLY = 0.1
# What of that counts where a question stands on its own: it may well begin a new subject.
STANDING_EARLIER, STANDING_REPLY = 0.7, 0.4
# How much a synonym counts against the word that the customer used, where articles use that one too.
SYNONYM = 0.5
# So many words of a very long message are looked for; of a reply its rarest.
MAX_WORDS = 60
MAX_REPLY_WORDS = 50
# More text than this is more than an embedding takes in.
MAX_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said before, by the customer or by us."""

    text: str
    ours: bool = False


class Source(Enum):
    """Whose words a term is from."""

    NOW = auto()
    BEFORE = auto()
    REPLY = auto()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A term to look for.

    Attributes:
        term: The term.
        weight: What it counts, 0 to 1.
        same: Terms that mean the same.
        share: What each of these counts against the term itself.
        source: The customer's words now or before, or our last reply.
    """

    term: str
    weight: float
    same: tuple[str, ...] = ()
    share: float = SYNONYM
    source: Source = Source.NOW


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: terms in the words of passages, and texts whose mean vector is near theirs."""

    wanted: tuple[Wanted, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def terms(self) -> dict[str, float]:
        """Every term with its weight, synonyms included."""
        weights: dict[str, float] = {}
        for wanted in self.wanted:
            weights[wanted.term] = max(wanted.weight, weights.get(wanted.term, 0.0))
            for term in wanted.same:
                weights[term] = max(wanted.weight * wanted.share, weights.get(term, 0.0))
        return weights


def understood(
    question: str, earlier: Sequence[Said], lexicon: Lexicon, synonyms: Synonyms = NO_SYNONYMS
) -> Query:
    """Return what to look for.

    Args:
        question: The customer's words.
        earlier: What was said before, oldest first: the customer's last three questions and our last reply
            count, so that "and for students?" is understood.
        lexicon: The words of the articles, by which mistyped ones are recognised.
        synonyms: Words that mean the same.
    """
    questions = [said.text for said in reversed(earlier) if not said.ours][: len(EARLIER)]
    reply = next((said.text for said in reversed(earlier) if said.ours), "")
    wanted: dict[str, Wanted] = {}
    asked = _asked(question, lexicon, synonyms)
    stands = bool(asked) and not leans(words_of(question))
    shares = (STANDING_EARLIER, STANDING_REPLY) if stands else (1.0, 1.0)
    wanted.update((one.term, one) for one in asked)
    for text, weight in zip(questions, EARLIER, strict=False):
        for one in _asked(text, lexicon, synonyms):
            wanted.setdefault(one.term, replace(one, weight=weight * shares[0], source=Source.BEFORE))
    for term in _rarest(reply, lexicon):
        wanted.setdefault(term, Wanted(term, REPLY * shares[1], source=Source.REPLY))
    together = " ".join([*questions[:1], question])
    texts = dict.fromkeys(text[-MAX_CHARACTERS:] for text in (question, together) if text.strip())
    return Query(tuple(wanted.values()), tuple(texts))


def _asked(text: str, lexicon: Lexicon, synonyms: Synonyms) -> list[Wanted]:
    """Return the terms of a customer's words that say what they are about, each once, in order."""
    words = words_of(text)
    stop_words = stop_words_of(words)
    known = stop_words.union(*synonyms)
    words = corrected(_some(words, stop_words), lexicon, known)
    terms = list(map(stem, words))
    told = [place for place, word in enumerate(words) if word not in stop_words]
    same: dict[int, tuple[str, ...]] = {}
    for start, end, others in meanings(terms, synonyms):
        place = next((place for place in told if start <= place < end), None)
        if place is not None:
            same[place] = (*same.get(place, ()), *others)
    found: dict[str, Wanted] = {}
    for place in told:
        term = terms[place]
        share = SYNONYM if lexicon.frequency(term) else 1.0
        found.setdefault(term, Wanted(term, 1.0, same.get(place, ()), share))
    return list(found.values())


def _some(words: Sequence[str], stop_words: Collection[str]) -> list[str]:
    """Return the words up to MAX_WORDS that are no function words."""
    told = [place for place, word in enumerate(words) if word not in stop_words]
    return list(words[: told[MAX_WORDS]] if len(told) > MAX_WORDS else words)


def _rarest(text: str, lexicon: Lexicon) -> list[str]:
    """Return the rarest terms of a reply that the articles hold."""
    words = words_of(text)
    terms = set(map(stem, set(words) - stop_words_of(words)))
    by_rarity = sorted((held, term) for term in terms if (held := lexicon.frequency(term)))
    return [term for _, term in by_rarity[:MAX_REPLY_WORDS]]
