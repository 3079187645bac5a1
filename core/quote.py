"""Answers without a model: quotes the passage that fits best, with its source, or says that none does."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from core.escalation import Small, declines_offer, small_talk
from core.excerpts import shortened
from core.markdown import escape
from core.messages import Action, Answer, Found, Part, Passage, Reason
from core.phrases import Phrases
from core.ports import Opening, Piece, Request, Sentence
from core.sight import Sight

# A passage of another article is named beside the quoted one if its score is at least this part of its score.
NEARLY = 0.95


class Quoter:
    """The model that needs no key: it says nothing that an article does not."""

    sight: Sight | None = None

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
    phrases = request.phrases
    if kind := small_talk(request.question):
        return Answer(_small_talk(kind, phrases))
    if declines_offer(request.question):  # a bare "no" to a quotation: the same one again would not help
        return Answer(phrases.unhelped, Action.OFFER_HUMAN, Reason.UNHELPED)
    parts = request.findings.parts
    if any(part.findings.usable for part in parts):
        return _each(parts, phrases)
    return _one(request, phrases)


def _small_talk(kind: Small, phrases: Phrases) -> str:
    return {
        Small.GREETING: phrases.greeting,
        Small.THANKS: phrases.welcome,
        Small.GOOD: phrases.good,
    }[kind]


def _one(request: Request, phrases: Phrases) -> Answer:
    findings = request.findings
    usable = findings.usable
    new = [found for found in usable if shortened(found.passage.text, request.question) not in request.said]
    if new:
        best = new[0].passage
        text = shortened(best.text, request.question)
        beside = _beside(new)
        return Answer(f"{text}\n\n{phrases.see_also_of(beside)}" if beside else text, sources=(best,))
    if usable:  # the customer has just read it: word by word the same would not help
        read = (usable[0].passage,)
        text = f"{phrases.no_more}\n\n{phrases.source_of(read)}"
        return Answer(text, Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES, read)
    text = phrases.unread.format(language=findings.unread) if findings.unread else phrases.not_found
    return Answer(text, Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES)


def _beside(usable: Sequence[Found]) -> Passage | None:
    """Return the best passage of another article if it is nearly as good as the best of all."""
    best = usable[0]
    others = (found for found in usable if found.passage.article != best.passage.article)
    second = next(others, None)
    return second.passage if second and second.score >= NEARLY * best.score else None


def _each(parts: Sequence[Part], phrases: Phrases) -> Answer:
    """Answer each of several questions, and say which the articles do not answer."""
    asked: dict[Passage, list[str]] = {}
    for part in parts:
        if part.findings.usable:
            asked.setdefault(part.findings.usable[0].passage, []).append(part.question)
    answers = [
        f"{_about(questions)}\n\n{shortened(passage.text, ' '.join(questions))}"
        for passage, questions in asked.items()
    ]
    unanswered = [part.question for part in parts if not part.findings.usable]
    if not unanswered:
        return Answer("\n\n".join(answers), sources=tuple(asked))
    # What only an offer of a person follows says itself where it is from.
    text = "\n\n".join([*answers, phrases.source_of(tuple(asked)), phrases.not_found_of(unanswered)])
    return Answer(text, Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES, tuple(asked))


def _about(questions: Sequence[str]) -> str:
    """Return what stands before the answer to some of a message's questions."""
    return "\n".join(f"> {escape(question)}" for question in questions)
