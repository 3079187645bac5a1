"""Reads what a message says, with every language's table: which one it is written in need not be known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from core.escalation.said import Said, said, without_pauses
from core.escalation.table import Cue, Small, Table

# Longer messages are not read as a mere yes, no, thanks or "agent".
SHORT = 80

# Of two cues in one message the clearer one counts.
_OUTWEIGHS = {
    Cue.STOP: {Cue.BACK, Cue.PERSON, Cue.BARE, Cue.BOT, Cue.UPSET, Cue.UNHELPED},
    Cue.BACK: {Cue.PERSON, Cue.BARE, Cue.BOT, Cue.UPSET, Cue.UNHELPED},
    Cue.PERSON: {Cue.BARE, Cue.BOT},
}
# Stands where something was taken out, so that the words on its two sides do not make a phrase.
_GAP = " , "
_LOUD = re.compile(r"[!！]{2}")
# So many capitals are a shout; "OK!!" and "HELP!!" are not yet.
_SHOUT = 12


@cache
def tables() -> tuple[Table, ...]:
    """Return every language's table. Compiling them takes a third of a second, which most commands spare."""
    from core.escalation import de, en, es, fr, ja, pt

    return (en.TABLE, de.TABLE, es.TABLE, fr.TABLE, pt.TABLE, ja.TABLE)


# A message is read when it comes, and again when it is answered.
@lru_cache(maxsize=1_000)
def cues(text: str) -> frozenset[Cue]:
    """Return what a message says about wanting a person; most messages say nothing."""
    message = said(text)
    found = {cue for table in tables() for cue in _heard(message, table)}
    if _shouts(message.own):
        found.add(Cue.UPSET)
    for cue, weaker in _OUTWEIGHS.items():
        if cue in found:
            found -= weaker
    return frozenset(found)


def takes_offer(text: str) -> bool:
    """Say whether a message, read after an offer of a person, says yes."""
    words = said(text).words
    return any(_is(words, table.yes, table.filler) for table in tables())


def declines_offer(text: str) -> bool:
    """Say whether a message, read after an offer of a person, says no."""
    words = said(text).words
    return any(_is(words, table.no, table.filler) for table in tables())


def small_talk(text: str) -> Small | None:
    """Return what kind of small talk a message is and nothing else, or None."""
    words = said(text).words
    for table in tables():
        if _is(words, table.greeting, table.filler):
            return Small.GREETING
        if _is(words, table.thanks, table.filler):
            return Small.THANKS
        if _is(words, table.good, table.filler):
            return Small.GOOD
    return None


def _heard(message: Said, table: Table) -> Iterator[Cue]:
    """Yield what one language's table finds in a message."""
    clauses = _named(message.clauses, table)
    words = without_pauses(clauses)
    for cue, pattern in ((Cue.STOP, table.stop), (Cue.BACK, table.back), (Cue.BOT, table.bot)):
        if _is(words, pattern, table.filler):
            yield cue
    asked = table.passing.sub(_GAP, table.bot.sub(_GAP, clauses))
    if table.person.search(asked):
        yield Cue.PERSON
    bare, urgent, _ = _counted(words, table.bare, table.urgent, table.filler)
    if bare:
        yield Cue.PERSON if urgent or bare > 1 or _LOUD.search(message.own) else Cue.BARE
    if table.upset.search(clauses):
        yield Cue.UPSET
    if table.unhelped.search(clauses):
        yield Cue.UNHELPED


def _named(clauses: str, table: Table) -> str:
    """Put a name in capitals in the place of every word for a person or a bot: "talk to HUMAN"."""
    for name, pattern in table.names.items():
        clauses = pattern.sub(name, clauses)
    return clauses


def _is(words: str, pattern: re.Pattern[str], filler: re.Pattern[str]) -> bool:
    """Say whether a short message is what a pattern says, once or more, and filler."""
    return _counted(words, pattern, filler)[0] > 0


def _counted(words: str, *patterns: re.Pattern[str]) -> list[int]:
    """Count how often each pattern occurs in a short message that is made up of them; else zeros.

    Goes on by what matches first and never goes back, so that its time is linear.
    """
    counts = [0] * len(patterns)
    at = 0
    while at < len(words) <= SHORT:
        number, end = _first(words, at, patterns)
        if end == at:
            return [0] * len(patterns)
        counts[number] += 1
        at = end + (words[end : end + 1] == " ")
    return counts


def _first(words: str, at: int, patterns: Sequence[re.Pattern[str]]) -> tuple[int, int]:
    """Return which pattern matches first at a place, and where its match ends: at once, if none does."""
    for number, pattern in enumerate(patterns):
        if (match := pattern.match(words, at)) and match.end() > at:
            return number, match.end()
    return 0, at


def _shouts(own: str) -> bool:
    letters = [letter for letter in own if letter.isalpha() and letter.isascii()]
    capitals = sum(letter.isupper() for letter in letters)
    return bool(_LOUD.search(own)) and capitals >= _SHOUT and capitals >= 0.8 * len(letters)
