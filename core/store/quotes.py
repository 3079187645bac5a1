"""Where cards, transcripts and lists quote somebody, and how they read without that. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from core import words
from core.cards import SAID_LIMIT, TRANSCRIPT_EXCERPT, bot_said, transcribed
from core.markdown import escape, excerpt
from core.messages import Role

_BEFORE_QUOTE = re.compile(f"{re.escape(words.transcribed(''))}|{re.escape(words.BOT_SAID)}")


def quotes_of(said: Iterable[tuple[str, str]]) -> Set[str]:
    """Return messages, (role, text) each, as cards and transcripts quote them."""
    quotes = set()
    for role, text in said:
        quotes.add(transcribed(role, text))
        # Transcripts of earlier versions quote an answer with its marks, and what a button stands for.
        quotes.add(escape(excerpt(text, TRANSCRIPT_EXCERPT)))
        if role == Role.ASSISTANT:
            quotes.add(bot_said(text))
            quotes |= {escape(excerpt(" ".join(text.split()), SAID_LIMIT))}
    return quotes - {""}


def unquoted(text: str, quotes: Set[str], name: str) -> str:
    """Return a card's or a transcript's text without some messages, and without the name before them."""
    left, position = [], 0
    ends = [*(one.start() for one in re.finditer("\n", text)), len(text)]
    for before in _BEFORE_QUOTE.finditer(text):
        start = before.end()
        if start < position:
            continue  # inside of what was taken out
        # A message may have several lines: the longest that is one of theirs.
        theirs = (end for end in reversed(ends) if end > start and text[start:end] in quotes)
        if (end := next(theirs, None)) is not None:
            left += [text[position:start], words.FORGOTTEN_WORDS]
            position = end
    gone = words.transcribed(words.FORGOTTEN_WORDS)
    line = "".join([*left, text[position:]])
    for to_others in ("", words.TO_OTHERS):
        line = line.replace(f"**{escape(name)}{to_others}{gone}", f"**Customer{to_others}{gone}")
    return line


def without_entries(text: str, name: str) -> str:
    """Return a list of late messages without those of somebody; empty if none can be told to be theirs."""
    theirs = words.late_entry(escape(name), "", "").partition(" in ")[0] + " in "
    entries = text.split("\n\n")
    left = [words.FORGOTTEN_NOTICE if entry.startswith(theirs) else entry for entry in entries]
    return "" if left == entries else "\n\n".join(left)
