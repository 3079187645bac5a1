"""A model's reply as it may be shown: what stands in its sources, mended once, the rest left out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from core.grounding import (
    Claim,
    Evidence,
    of_customer,
    of_names,
    of_passages,
    of_texts,
    unsupported,
)
from core.knowledge.instructions import Instructions
from core.mending import claim_text, to_mend
from core.messages import Action, Answer, Passage, Reason, Role, Turn, Usage, Withheld
from core.phrases import Phrases
from core.ports import ChatMessage, Model, ModelFault, Opening, Piece, Request, Sentence
from core.sentences import ends

log = logging.getLogger(__name__)

# Returns a request with further messages that still fits its budget; None if that can't be.
Extend = Callable[[Request, Sequence[ChatMessage]], Request | None]

# How a block begins: what is kept of a list item whose first sentence is left out.
_BLOCK = re.compile(r"(\s*\n\s*|\A)(?:[-*+•] |\d{1,3}[.)] |#{1,6} |> )?")
_MARKED = re.compile(r"(?:[-*+•] |\d{1,3}[.)] |#{1,6} |> |\||```)")
# What only introduces what follows: a line with a colon at its end, a heading.
_LEAD = re.compile(r"[:：]\W*\Z|\A\s*#{1,6} [^\n]*\Z")


def evidence_of(turn: Turn, instructions: Instructions, given: Mapping[str, Passage]) -> Evidence:
    """Return what any reply to a turn may rest on, whatever it cites.

    That is what the instructions say, and what people of our team said in this conversation. The customer's
    words only support what names their case. What the bot said before supports nothing by itself.
    """
    said = [(message.role, message.text) for message in (*turn.history, *turn.waiting)]
    by_us = [text for role, text in said if role is Role.AGENT]
    return (
        of_texts([instructions.text, instructions.contact, instructions.company, *by_us])
        + of_customer(text for role, text in said if role is Role.CUSTOMER)
        + of_names(given.values())
    )


async def grounded(model: Model, request: Request, always: Evidence, extend: Extend) -> AsyncGenerator[Piece]:
    """Answer a request as `Model.answer` does, but yield no sentence that its sources don't support.

    Args:
        model: Is asked, and once more where something is unsupported.
        request: What it is asked.
        always: What supports a reply whatever it cites.
        extend: Makes the second request.

    Raises:
        ModelFault: The model gave no answer; the second call's faults are not raised.
    """
    began = asyncio.get_running_loop().time()
    draft = _Reply(always, request.passages)
    async with contextlib.aclosing(model.answer(request)) as pieces:
        async for piece in pieces:
            for shown in draft.take(piece):
                yield shown
    if not draft.claims:
        for shown in draft.rest():
            yield shown
        return
    mended = _Mended(draft, request.phrases)
    messages = to_mend(draft.opening, draft.text, "".join(draft.held), draft.claims)
    asked = extend(request, messages)
    if asked and draft.answer.reason is not Reason.CONTENT_FILTERED:
        try:
            async with contextlib.aclosing(model.answer(replace(asked, since=began))) as pieces:
                async for piece in pieces:
                    for shown in mended.take(piece):
                        yield shown
        except ModelFault as fault:
            log.info("A reply with unsupported claims could not be mended (%s).", fault)
            mended.usage += fault.usage
    for shown in mended.rest():
        yield shown


class _Text:
    """What is shown of a reply, sentence by sentence, as Markdown without what was left out.

    Attributes:
        opening: What the reply does; not changed any more once a sentence was shown.
        text: What was shown.
        lead: What introduces the next sentence, and is only shown with it.
    """

    def __init__(self) -> None:
        self.opening = Opening(Action.ANSWER)
        self.opened = False
        self.text = ""
        self.lead = ""
        self._carry = ""

    def show(self, sentence: str) -> Iterator[Piece]:
        """Yield a sentence, with the opening before the first one and what introduces it."""
        if self._carry and "\n" not in sentence[: len(sentence) - len(sentence.lstrip())]:
            sentence = self._carry + sentence.lstrip()
        self._carry = ""
        if _LEAD.search(sentence):
            self.lead += sentence
            return
        sentence, self.lead = self.lead + sentence, ""
        yield from self._told(sentence if self.text else sentence.lstrip())

    def leave_out(self, sentence: str) -> None:
        """Note a sentence that is not shown: what comes next in its block begins that block."""
        block = _BLOCK.match(sentence)
        if block and block[0]:
            self._carry = block[0]

    def close(self, last: str = "") -> Iterator[Piece]:
        """Yield the opening if nothing was shown, and last words."""
        yield from self._told(last)

    def _told(self, sentence: str) -> Iterator[Piece]:
        if not self.opened:
            self.opened = True
            yield self.opening
        if sentence:
            self.text += sentence
            yield Sentence(sentence)


class _Reply:
    """The first reply: shown up to the first sentence that is not supported.

    Attributes:
        held: The sentences from there on.
        claims: What is unsupported in them.
        answer: The whole answer, once it came.
    """

    def __init__(self, always: Evidence, given: Mapping[str, Passage]) -> None:
        self.always = always
        self.given = given
        self.shown = _Text()
        self.held: list[str] = []
        self.claims: list[Claim] = []
        self.answer = Answer("")
        self._evidence = always

    @property
    def opening(self) -> Opening:
        return self.shown.opening

    @property
    def text(self) -> str:
        return self.shown.text

    def take(self, piece: Piece) -> Iterator[Piece]:
        """Take the next piece and yield what may be shown."""
        if isinstance(piece, Opening):
            self.shown.opening = piece
            self._evidence = self.always + of_passages(rests_on(piece, self.given))
        elif isinstance(piece, Sentence):
            for sentence in _cut(piece.text):
                yield from self._take(sentence)
        else:
            self.answer = piece

    def _take(self, sentence: str) -> Iterator[Piece]:
        found = unsupported(sentence, self._evidence, self.opening.action)
        self.claims += found
        if self.claims:
            self.held.append(self.shown.lead + sentence)
            self.shown.lead = ""
        else:
            yield from self.shown.show(sentence)

    def rest(self) -> Iterator[Piece]:
        """Yield the end of a reply of which nothing had to be held."""
        yield from self.shown.close(self.shown.lead)
        yield self.answer


class _Mended:
    """The second reply, from where the first one was held; what is still unsupported is left out.

    Attributes:
        usage: What the second call used.
    """

    def __init__(self, draft: _Reply, phrases: Phrases) -> None:
        self._draft = draft
        self._phrases = phrases
        self._shown = draft.shown
        self._before = draft.text
        self._opening: Opening | None = None
        self._evidence = draft.always
        self._left: list[Claim] = []
        self._came = self._ended = False
        self.usage = Usage()

    def take(self, piece: Piece) -> Iterator[Piece]:
        """Take the next piece and yield what may be shown."""
        if isinstance(piece, Opening):
            self._opening = piece
            sources = rests_on(piece, self._draft.given)
            if self._before:
                sources = (*rests_on(self._draft.opening, self._draft.given), *sources)
            else:
                self._shown.opening = piece
            self._evidence = self._draft.always + of_passages(sources)
        elif isinstance(piece, Sentence):
            for sentence in _cut(piece.text):
                yield from self._take(sentence)
        else:
            self.usage += piece.usage
            self._ended = True

    def _take(self, sentence: str) -> Iterator[Piece]:
        if not self._came:
            if sentence.strip() in self._before:
                return  # said once more what stands there
            self._came = True
            sentence = self._joint(sentence) + sentence.lstrip()
        assert self._opening is not None, "an answer opens before its sentences"
        if found := unsupported(sentence, self._evidence, self._opening.action):
            self._left += found
            self._shown.leave_out(sentence)
        else:
            yield from self._shown.show(sentence)

    def _joint(self, sentence: str) -> str:
        """Return the white space between what was shown and the rest that comes anew."""
        if not self._before:
            return ""
        held = self._draft.held[0]
        space = held[: len(held) - len(held.lstrip())]
        begins_block = bool(_MARKED.match(sentence.lstrip()))
        if begins_block == bool(_MARKED.match(held.lstrip())):
            return space
        return "\n\n"

    def rest(self) -> Iterator[Piece]:
        """Yield the end: an offer of a person where something was left out, and the whole answer."""
        draft, shown = self._draft, self._shown
        left = self._left if self._ended else [*self._left, *draft.claims]
        opening = self._opening if self._opening and not self._before else draft.opening
        if self._opening and self._opening.action in {Action.OFFER_HUMAN, Action.ESCALATE}:
            opening = replace(opening, action=self._opening.action, reason=self._opening.reason)
        if draft.answer.action is Action.ESCALATE:
            opening = replace(opening, action=Action.ESCALATE, reason=draft.answer.reason)
        last = "" if left else shown.lead
        if left and opening.action is not Action.ESCALATE:
            if opening.action is not Action.OFFER_HUMAN:
                opening = replace(opening, action=Action.OFFER_HUMAN, reason=Reason.UNSURE)
            last = f"\n\n{self._phrases.left_out}" if shown.text else self._phrases.not_found
        if not shown.opened:
            shown.opening = opening
        yield from shown.close(last)
        usage = draft.answer.usage + self.usage
        withheld = self._withheld(left)
        mended = sum(one.mended for one in withheld)
        log.info("%d claims of a reply were not supported, %d of them were mended.", len(withheld), mended)
        sources = self._sources() if shown.text and last != self._phrases.not_found else ()
        yield Answer(shown.text, opening.action, opening.reason, sources, usage, withheld)

    def _sources(self) -> tuple[Passage, ...]:
        first = self._draft.opening.sources if self._before else ()
        second = self._opening.sources if self._opening else ()
        return tuple({passage.id: passage for passage in (*first, *second)}.values())

    def _withheld(self, left: Sequence[Claim]) -> tuple[Withheld, ...]:
        still = {(claim.kind, claim_text(claim)) for claim in left}
        named = dict.fromkeys((claim.kind, claim_text(claim)) for claim in (*self._draft.claims, *left))
        return tuple(Withheld(kind, text, (kind, text) not in still) for kind, text in named)


def rests_on(opening: Opening, given: Mapping[str, Passage]) -> Sequence[Passage]:
    """Return the passages that a reply may rest on: those that it names.

    A reply that came in no form could name none: any that the model was given may support it.
    """
    return tuple(given.values()) if opening.plain else opening.sources


def _cut(text: str) -> Iterator[str]:
    """Yield the sentences of a text with the white space before them."""
    at = 0
    for end in sorted(set(ends(text, final=True))):
        yield text[at:end]
        at = end
    if text[at:]:
        yield text[at:]
