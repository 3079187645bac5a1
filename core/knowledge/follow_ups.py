"""Whether a question goes on from what was said before, or stands on its own. Pure."""

from __future__ import annotations

from collections.abc import Sequence

# What points back to something that was said before.
_POINTING = frozenset(
    """
    it its that this they them their those these there one ones he she his her same else also too then
    instead both either
    das dies diese dieser dieses davon dazu damit dafur dort auch stattdessen
    ca cela celui celle ceux celles aussi eso esto ese esa tambien isso isto esse essa tambem
    """.split()
)
# What a question begins with that goes on from one before it.
_OPENINGS = frozenset("and but or so ok also then und aber oder also et mais ou alors y pero o e mas".split())
_PHRASES = (("what", "about"), ("how", "about"), ("was", "ist", "mit"))


def goes_on(words: Sequence[str]) -> bool:
    """Say whether a question begins as one that goes on from another: "and for students?".

    Args:
        words: Of the question, as `words_of` gives them.
    """
    begins = not _OPENINGS.isdisjoint(words[:1])
    return begins or any(tuple(words[: len(phrase)]) == phrase for phrase in _PHRASES)


def leans(words: Sequence[str]) -> bool:
    """Say whether a question goes on so, or points back: "how long is that?"; see `goes_on`."""
    return goes_on(words) or not _POINTING.isdisjoint(words)
