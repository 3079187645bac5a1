"""What the bot itself says to customers, in the languages of the escalation rules, and in which one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.escalation import declines_offer, small_talk, takes_offer
from core.language import language_of
from core.phrases import de, en, es, fr, ja, pt
from core.phrases.table import Phrases

__all__ = ["ENGLISH", "PHRASES", "WISHES", "Phrases", "asks_for_person", "own_words", "phrases_in", "spoken"]

ENGLISH = en.PHRASES
PHRASES: Mapping[str, Phrases] = {
    "de": de.PHRASES,
    "en": ENGLISH,
    "es": es.PHRASES,
    "fr": fr.PHRASES,
    "ja": ja.PHRASES,
    "pt": pt.PHRASES,
}


def phrases_in(language: str, tables: Mapping[str, Phrases] = PHRASES) -> Phrases:
    """Return the phrases in a language, or the English ones where it has none."""
    return tables.get(language) or tables.get("en") or ENGLISH


# The words of a wish for a person, which a button or a command says for a customer.
WISHES = frozenset(phrases.wants_person for phrases in PHRASES.values())


def asks_for_person(phrases: Phrases) -> str:
    """Return the words of a wish for a person, such that the escalation rules understand them.

    The rules may not understand those of a language that was added: then they are the English ones.
    """
    return phrases.wants_person if phrases.wants_person in WISHES else ENGLISH.wants_person


def own_words(text: str) -> str:
    """Return what a customer wrote, without the paragraphs that a button or a command said for them."""
    return "\n\n".join(part for part in text.split("\n\n") if part not in WISHES)


def spoken(text: str, earlier: Sequence[str] = (), before: str = "", folder: str = "") -> str:
    """Return the language in which a customer is spoken to.

    Args:
        text: Their words.
        earlier: What they said before, oldest first.
        before: The language in which they were spoken to before; empty if they were not.
        folder: The one that most of the articles are in; empty if that is not clear.

    Returns:
        An ISO 639-1 code, perhaps of a language that there are no phrases in. A greeting, thanks, a yes
        or a number changes nothing.
    """
    if before and (small_talk(text) or takes_offer(text) or declines_offer(text)):
        return before
    return language_of(text, earlier) or before or folder or "en"
