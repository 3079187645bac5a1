"""Words that mean the same to customers: `synonyms.toml`, a table that the support lead edits. Pure."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from core.knowledge.terms import terms_of

# From a word or phrase (its terms) to the terms of the single words that mean the same.
Synonyms = Mapping[tuple[str, ...], tuple[str, ...]]

NO_SYNONYMS: Synonyms = {}


class WrongSynonyms(Exception):
    """The file can't be used; the text says where and what is expected."""


def parse_synonyms(text: str) -> Synonyms:
    """Read the table: `same = [["cancel", "terminate"], ["refund", "money back"]]`.

    A word may stand in several groups. A phrase is understood where a customer writes it, but never looked for
    in its place of another word: its single words would find too much.

    Raises:
        WrongSynonyms: It is not TOML, or not of this shape.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongSynonyms(f"it is not valid TOML ({error})") from None
    if unknown := sorted(table.keys() - {"same"}):
        raise WrongSynonyms(f"`{unknown[0]}` is not known; the only entry is `same`, a list of groups")
    groups = table.get("same", [])
    if not isinstance(groups, list):
        raise WrongSynonyms('`same` must be a list of groups, such as [["refund", "money back"]]')
    found: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for number, group in enumerate(groups, 1):
        phrases = _phrases(group, number)
        single = [phrase[0] for phrase in phrases if len(phrase) == 1]
        for phrase in phrases:
            found[phrase].update(dict.fromkeys(term for term in single if (term,) != phrase))
    return {phrase: tuple(terms) for phrase, terms in found.items()}


def _phrases(group: object, number: int) -> list[tuple[str, ...]]:
    if not isinstance(group, list) or not all(isinstance(word, str) for word in group):
        raise WrongSynonyms(f'group {number} of `same` must be a list of words in quotes, such as ["end", "stop"]')
    phrases = [tuple(terms_of(word)) for word in group]
    if len(phrases) < 2 or () in phrases:
        raise WrongSynonyms(f"group {number} of `same` needs two words or more, none of them empty")
    return phrases


def meanings(terms: Sequence[str], synonyms: Synonyms) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield where words of a question have synonyms: the first place, the place after the last, the synonyms."""
    longest = max(map(len, synonyms), default=0)
    for start in range(len(terms)):
        for end in range(start + 1, min(start + longest, len(terms)) + 1):
            if same := synonyms.get(tuple(terms[start:end])):
                yield start, end, same
