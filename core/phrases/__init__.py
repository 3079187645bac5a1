"""What the bot itself says to customers, in the languages of the escalation rules, and in which one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.escalation import Cue, cues, declines_offer, small_talk, takes_offer
from core.language import language_of
from core.phrases import de, en, es, fr, ja, pt
from core.phrases.table import Phrases

__all__ = ["ENGLISH", "PHRASES", "Phrases", "asks_for_person", "phrases_in", "spoken"]

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


def asks_for_person(phrases: Phrases) -> str:
    """Return the words of a wish for a person, such that the escalation rules understand them.

    Reworded, they may not be understood any more: then they are the English ones.
    """
    return phrases.wants_person if Cue.PERSON in cues(phrases.wants_person) else ENGLISH.wants_person


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
