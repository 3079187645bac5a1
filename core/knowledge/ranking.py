"""Which passages fit a question best, and how likely it is that they hold the answer. Pure.

Words (BM25) and meaning (cosine) count about alike. Neither is normalised by what was found: a score means
the same for every question, so that it tells a question that the articles answer from one that they don't.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from core.knowledge.query import Query, Source, Wanted
from core.knowledge.terms import terms_of
from core.knowledge.words import Lexicon
from core.messages import Findings, Found, Passage

# What a field's BM25 counts. The field `text` holds title, heading and text together, so that a word counts
# once however often it stands in all three; more for titles alone cost hit rate wherever they are long.
BOOSTS: Mapping[str, float] = {"text": 1.0, "title": 0.2, "heading": 0.2}
# BM25's k1 + 1 (tantivy's k1 is 1.2), the most by which a word that a passage repeats can exceed its IDF;
# S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework", 2009, section 3.4.
SATURATED = 2.2

WORDS_SHARE = 0.55
# The best passage is compared with the mean of so many that follow it: what stands out answers.
FOLLOWING = 20
# No article takes more places than this while others have something to tell: the answer may be in them.
PLACES_OF_ARTICLE = 3
# Where nothing tells what words mean, two of a customer's in common are a subject, if the rarest is one of
# them; without it three are. Less is chance.
WORDS_IN_COMMON = 2
CHANCE = 0.2
# The `answerable` from which an answer may rest on what was found.
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """From evidence x to the probability of an answer: the logistic 1 / (1 + exp((middle - x) / width))."""

    middle: float
    width: float

    def probability(self, evidence: float) -> float:
        """Return it for a passage's score plus its lead."""
        return 1 / (1 + math.exp((self.middle - evidence) / self.width))


# By logistic regression on 139 public questions that their articles answer and 29 that they don't
# (tests/bench/search.py), as if three of four questions had an answer: middle 0.34, width 0.07 with meaning.
# That middle was moved by hand to where at most a tenth of the former is refused on these very questions (and
# 16 of the 29 latter are); another set will differ. Words alone tell the two less well apart: fitted 0.18
# (three of four) to 0.27 (one of two), width 0.08, and set between.
WITH_MEANING = Calibration(0.35, 0.07)
WORDS_ALONE = Calibration(0.23, 0.09)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer, with its raw signals.

    Attributes:
        passage: The passage.
        words: Its BM25 for `Query.terms`, summed over BOOSTS; 0 if it holds none of them.
        cosine: Of its vector and the query's; None where there is none (yet).
    """

    passage: Passage
    words: float
    cosine: float | None = None


def ranked(
    query: Query,
    candidates: Sequence[Candidate],
    lexicon: Lexicon,
    limit: int,
    threshold: float | None = None,
) -> Findings:
    """Return the best passages with their scores, and whether an answer may rest on them.

    Args:
        query: What was looked for.
        candidates: The best by words and the best by meaning, some 50 each, in any order; every one with both
            signals.
        lexicon: Rarity of words.
        limit: The most passages to return.
        threshold: The `answerable` from which a passage may be used; None: THRESHOLD, with which the
            figures were measured.
    """
    scores, calibration = _scores(query, candidates, lexicon)
    best = sorted(
        zip(scores, (c.passage for c in candidates), strict=True), key=lambda one: (-one[0], one[1].id)
    )
    following = [score for score, _ in best[1 : FOLLOWING + 1]]
    following += [0.0] * (min(FOLLOWING, lexicon.size - 1) - len(following))
    level = fmean(following) if following else 0.0
    needed = THRESHOLD if threshold is None else threshold
    found = []
    answerable = 0.0
    for score, passage in _various(best, limit):
        likely = round(calibration.probability(2 * score - level), 4) if score > 0 else 0.0
        if calibration is WORDS_ALONE and likely > CHANCE and _is_chance(query, passage, lexicon):
            likely = CHANCE
        answerable = max(answerable, likely)
        found.append(Found(passage, round(score, 4), 0 < likely >= needed))
    return Findings(tuple(found), answerable)


def _is_chance(query: Query, passage: Passage, lexicon: Lexicon) -> bool:
    """Say whether a passage has too little in common with what the customer wrote, now and before."""
    held = set(terms_of(f"{passage.title} {passage.heading} {passage.text}"))

    def has(wanted: Wanted) -> bool:
        return not held.isdisjoint((wanted.term, *wanted.same))

    own = [wanted for wanted in query.wanted if wanted.source is not Source.REPLY]
    now = [wanted for wanted in own if wanted.source is Source.NOW]
    if now and all(map(has, now)):
        return False
    if not any(map(has, now or own)):
        return True
    rarest = max(own, key=lambda wanted: _most(wanted, lexicon))
    # In scripts without spaces terms are pairs of characters, and those across two words are rare.
    missing = rarest.term.isascii() and not has(rarest)
    return sum(map(has, own)) < min(WORDS_IN_COMMON + missing, len(own))


def _various(best: Sequence[tuple[float, Passage]], limit: int) -> list[tuple[float, Passage]]:
    """Return so many of the best, in their order, of which no article crowds out the others."""
    places = Counter[str]()
    first: list[int] = []
    later: list[int] = []
    for place, (_, passage) in enumerate(best):
        places[passage.article] += 1
        (first if places[passage.article] <= PLACES_OF_ARTICLE else later).append(place)
    return [best[place] for place in sorted([*first, *later][:limit])]


def _scores(
    query: Query, candidates: Sequence[Candidate], lexicon: Lexicon
) -> tuple[list[float], Calibration]:
    highest = sum(_most(wanted, lexicon) for wanted in query.wanted)
    words = [min(1.0, candidate.words / highest) if highest else 0.0 for candidate in candidates]
    near = [candidate.cosine for candidate in candidates if candidate.cosine is not None]
    if not candidates or 2 * len(near) < len(candidates):
        return words, WORDS_ALONE
    # A passage whose vector is still to be made is taken to be as near as the candidates are on average.
    usual = fmean(near)
    cosines = [usual if c.cosine is None else c.cosine for c in candidates]
    return [
        WORDS_SHARE * word + (1 - WORDS_SHARE) * min(1.0, max(0.0, cosine))
        for word, cosine in zip(words, cosines, strict=True)
    ], WITH_MEANING


def _most(wanted: Wanted, lexicon: Lexicon) -> float:
    """Return the most that BM25 can give for a wanted term.

    A term that no passage holds keeps its weight, as the rarest there can be: what it asks is not told. Where
    passages hold a synonym, that is what could be found.
    """
    same = [term for term in wanted.same if lexicon.frequency(term)]
    if same and not lexicon.frequency(wanted.term):
        worth = wanted.share * max(_idf(term, lexicon) for term in same)
    else:
        worth = _idf(wanted.term, lexicon)
    return wanted.weight * worth * SATURATED * sum(BOOSTS.values())


def _idf(term: str, lexicon: Lexicon) -> float:
    """Return BM25's inverse document frequency, as tantivy and Lucene have it (never negative)."""
    held = lexicon.frequency(term)
    return math.log(1 + (lexicon.size - held + 0.5) / (held + 0.5))
