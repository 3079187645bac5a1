"""Whether what a reply states stands in what it may rest on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.code_blocks import fence
from core.grounding.claims import Claim, Key, Kind
from core.grounding.names import link_keys, title_key
from core.grounding.promises import promises
from core.grounding.reading import facts, identifiers, read, squashed
from core.messages import Action, Passage

# A quotation of so many words needs no reading. A shorter one may mean another thing: "5 days" stands in
# "15 days" as well.
QUOTATION = 4


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a reply may rest on.

    Attributes:
        known: What is stated there.
        texts: The texts themselves, as words alone.
    """

    known: frozenset[Key] = frozenset()
    texts: tuple[str, ...] = field(default=(), repr=False)

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.known | other.known, (*self.texts, *other.texts))

    def supports(self, claim: Claim) -> bool:
        """Say whether a claim stands there."""
        return any(self.known.issuperset(keys) for keys in claim.needs)

    def holds(self, sentence: str) -> bool:
        """Say whether a sentence stands there word for word."""
        words = squashed(sentence)
        return words.count(" ") > QUOTATION and any(words in text for text in self.texts)


def of_passages(passages: Iterable[Passage]) -> Evidence:
    """Return what passages support, with their titles, headings and addresses."""
    known: set[Key] = set()
    texts = []
    for passage in passages:
        for text in (passage.text, passage.heading, passage.title):
            known |= facts(text)
        known.update(link_keys(passage.url) if passage.url else ())
        texts.append(squashed(passage.text))
    return Evidence(frozenset(known), tuple(texts))


def of_texts(texts: Iterable[str]) -> Evidence:
    """Return what words of our own support: the instructions', and those of agents."""
    given = tuple(texts)
    return Evidence(frozenset[Key]().union(*map(facts, given)), tuple(map(squashed, given)))


def of_names(passages: Iterable[Passage]) -> Evidence:
    """Return what may be named as a source: the passages that a model was given."""
    keys = (_source_keys(one.id, one.article, one.title, one.heading) for one in passages)
    return Evidence(frozenset[Key]().union(*keys))


# The passages of a folder that fits a prompt are the same in each of them.
@lru_cache(maxsize=4_096)
def _source_keys(passage: str, article: str, title: str, heading: str) -> frozenset[Key]:
    ids = {("source", passage.lower()), ("source", article.lower())}
    return frozenset(ids | {title_key(title), title_key(heading)})


def of_customer(texts: Iterable[str]) -> Evidence:
    """Return what a customer's words support: what names their case, and nothing else."""
    return Evidence(frozenset[Key]().union(*map(identifiers, texts)))


def unsupported(sentence: str, evidence: Evidence, action: Action = Action.ANSWER) -> Sequence[Claim]:
    """Return the claims of a sentence that nothing supports, in its order by kind.

    Args:
        sentence: Markdown: a sentence, a table, a code block.
        evidence: What it may rest on.
        action: What the answer does: where a person is called, "I'll pass this on" is true.
    """
    found = [claim for claim in promises(sentence, action) if not evidence.supports(claim)]
    found += [claim for claim in read(sentence) if claim.weighs and not evidence.supports(claim)]
    if fence(sentence.lstrip("\n").partition("\n")[0]):  # what a program counts is no claim
        found = [claim for claim in found if claim.kind is not Kind.NUMBER]
    return () if found and evidence.holds(sentence) else found
