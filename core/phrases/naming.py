"""How titles and headings, which others wrote, are named in a sentence of ours. Pure."""

from __future__ import annotations

from core.fences import one_line
from core.markdown import escape, excerpt
from core.messages import Passage

# Of a title, a heading or a file's name, customers see so many characters.
LONGEST_NAME = 120

# What would end a Markdown link's address, or its emphasis, too early.
_IN_ADDRESS = str.maketrans({"(": "%28", ")": "%29", "\\": "%5C", "*": "%2A"})


def linked(passage: Passage) -> str:
    """Return the title of a passage's article, linked where customers can read it."""
    title = named(passage.title or passage.article)
    address = passage.url.translate(_IN_ADDRESS)
    return f"[{title}]({address})" if address else f"“{title}”"


def named(text: str) -> str:
    """Return a title or heading as others wrote it: on one line, not too long, and shown as it is."""
    return escape(excerpt(one_line(text), LONGEST_NAME))
