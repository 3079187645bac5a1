"""Answers without a model: quotes the passage that fits best, with its source, or says that none does."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from core import words
from core.escalation import Small, small_talk
from core.markdown import blocks
from core.messages import Action, Answer, Reason
from core.ports import Opening, Piece, Request, Sentence

# A quotation longer than this is hard to read in a chat.
MAX_WORDS = 160

_SMALL_TALK = {
    Small.GREETING: words.GREETING,
    Small.THANKS: words.WELCOME,
    Small.GOOD: words.GOOD,
}


class Quoter:
    """The model that needs no key: it says nothing that an article does not."""

    async def answer(self, request: Request) -> AsyncGenerator[Piece]:
        """Quote the best passage that the search deems fit to answer; offer a person where there is none."""
        quoted = quote(request)
        yield Opening(quoted.action, quoted.reason, quoted.sources)
        yield Sentence(quoted.text)
        yield quoted

    async def close(self) -> None:
        """Nothing to give back."""


def quote(request: Request) -> Answer:
    """Return what the quoter says to a request. Pure."""
    if kind := small_talk(request.question):
        return Answer(_SMALL_TALK[kind])
    usable = request.findings.usable
    if not usable and request.findings.unread:
        text = words.UNREAD.format(language=request.findings.unread)
        return Answer(text, Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES)
    if not usable:
        return Answer(words.NOT_FOUND, Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES)
    passage = usable[0].passage
    return Answer(shortened(passage.text), sources=(passage,))


def shortened(text: str, limit: int = MAX_WORDS) -> str:
    """Return the blocks from the start of a Markdown text that fit `limit` words, at least the first."""
    kept: list[str] = []
    for block in blocks(text):
        if kept and len(" ".join([*kept, block]).split()) > limit:
            return "\n\n".join([*kept, "…"])
        kept.append(block)
    return "\n\n".join(kept)
