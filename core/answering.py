"""From a turn to what is said: rules, passages, prompt, model, and the ladder below the model."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from core.alerts import Alerts
from core.escalation import same_question
from core.faults import describe
from core.grounded import evidence_of, grounded
from core.knowledge import Library
from core.knowledge.library import Knowledge
from core.lasting import Lasting
from core.look_up import LookUp
from core.messages import Action, Answer, Reason, Saw, Turn
from core.phrases import ENGLISH, Phrases, phrases_in, spoken
from core.policy import Policy
from core.ports import (
    Asker,
    FaultKind,
    Model,
    ModelFault,
    Opening,
    Piece,
    ReadFiles,
    Request,
    Sentence,
    Takes,
    whole,
)
from core.posts import joined
from core.prompt import InstructionsTooLong, Prompter, TooLong
from core.quote import Quoter, quote
from core.rules import Verdict, after, before
from core.told_faults import told_of
from core.unread import unread_alone, with_files, with_unread, without_readings

log = logging.getLogger(__name__)

# So many of a customer's newest exchanges are looked through, so that a quotation does not come again.
JUST_BEFORE = 2


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and what the desk must know to act on it.

    Attributes:
        answer: What is said.
        contact: How customers reach a person where none can be called here.
        window: The first turn that later prompts still see.
        verdict: What the rules said before a model was asked.
        language: In which the customer is spoken to.
        phrases: What the bot itself says in it.
    """

    answer: Answer
    contact: str
    window: int
    verdict: Verdict = field(default_factory=Verdict)
    language: str = ""
    phrases: Phrases = ENGLISH


class Listener(Protocol):
    """Hears a reply while a model writes it."""

    @property
    def said(self) -> str:
        """What of it the customer may have read."""
        ...

    def hear(self, piece: Opening | Sentence) -> None:
        """Take the next words."""
        ...


class Answerer:
    """Answers turns; knows neither platforms nor the store."""

    def __init__(
        self,
        library: Library,
        model: Model,
        prompter: Prompter,
        max_tokens: int,
        alerts: Alerts | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        """Make an answerer.

        Args:
            library: Holds the articles.
            model: Answers.
            prompter: Builds its prompts.
            max_tokens: The longest answer, in tokens.
            alerts: Tells the agents of what only people can mend.
            look_up: Searches the library; None: without translations.
        """
        self._library = library
        self._look_up = look_up or LookUp(library)
        self._model = model
        self._prompter = prompter
        self._max_tokens = max_tokens
        self._alerts = alerts
        self._troubles = Lasting()

    async def contact(self) -> str:
        """Return how customers reach a person where none can be called here."""
        return (await self._library.instructions()).contact

    async def prompts(self) -> tuple[str, ...]:
        """Return the questions that are suggested to who opens a conversation."""
        return (await self._library.instructions()).prompts

    async def policy(self) -> Policy:
        """Return what the support lead decided, as it is now."""
        return await self._library.policy()

    async def phrases(self) -> Mapping[str, Phrases]:
        """Return what the bot itself says, by language."""
        return (await self._library.read()).phrases

    async def phrases_in(self, language: str) -> Phrases:
        """Return what the bot itself says in a language; an empty one is that of the articles."""
        knowledge = await self._library.read()
        return phrases_in(language or next(iter(knowledge.languages), ""), knowledge.phrases)

    async def says(self, turn: Turn) -> Phrases:
        """Return what the bot itself says to a turn's customer."""
        knowledge = await self._library.read()
        return phrases_in(_language(turn, knowledge), knowledge.phrases)

    async def as_said(self, turn: Turn, answer: Answer) -> Answered:
        """Return an answer that no model gives with what the desk must know to act on it."""
        return _answered(turn, answer, await self._library.read())

    def forget(self) -> None:
        """Drop what is remembered of customers' words."""
        self._look_up.forget()

    async def answer(
        self, turn: Turn, listener: Listener | None = None, read: ReadFiles | None = None
    ) -> Answered:
        """Answer a turn; a model that fails is replaced by quoting, and quoting by a person.

        Args:
            turn: What waits for an answer.
            listener: Hears what a model writes. A reply that was read before the model failed is not
                replaced, but broken off.
            read: Reads its files, if the rules leave the answer to a model.
        """
        knowledge = await self._library.read()
        answered = _answered(turn, Answer("", Action.CLARIFY), knowledge)
        phrases = answered.phrases
        if not turn.text.strip():
            return replace(answered, answer=Answer(phrases.greeting, Action.CLARIFY))
        verdict = before(turn, knowledge.policy, phrases)
        if verdict.answer:
            return replace(answered, answer=verdict.answer, verdict=verdict)
        if read and any(message.files for message in turn.waiting):
            turn = await read(turn, self._takes())
        answer, window = unread_alone(turn, phrases), turn.start
        if answer is None:
            answer, window = await self._from_model(turn, knowledge, phrases, listener)
            answer = with_unread(_with_source(answer, phrases), turn, phrases)
        answer = after(turn, answer, verdict, phrases)
        return replace(answered, answer=answer, window=window, verdict=verdict)

    def _takes(self) -> Takes:
        """Return what the model can take of a turn's files: one that only quotes takes nothing."""
        quotes = isinstance(self._model, Quoter)
        return Takes() if quotes else Takes(self._prompter.files_tokens, self._model.sight)

    async def _from_model(
        self, turn: Turn, knowledge: Knowledge, phrases: Phrases, listener: Listener | None
    ) -> tuple[Answer, int]:
        try:
            # A model that was given the whole folder needs no search.
            if isinstance(self._model, Quoter) or self._prompter.needs_search(
                turn, knowledge.instructions, knowledge.passages
            ):
                knowledge = await self._look_up.of(turn, quoting=isinstance(self._model, Quoter))
            prompt = self._prompter.build(
                turn, knowledge.instructions, knowledge.passages, knowledge.findings.found
            )
        except TooLong:
            if with_files(turn):  # the words come first
                answer, window = await self._from_model(without_readings(turn), knowledge, phrases, listener)
                return replace(answer, saw=Saw.NOTHING), window
            return Answer(phrases.too_long, Action.CLARIFY), turn.start
        except InstructionsTooLong as error:
            log.error("No model can be asked: %s", error)
            fault = ModelFault("the instructions are too long")
            return await self._without_model(turn, fault, phrases), turn.start
        request = Request(
            prompt.messages,
            turn.text,
            knowledge.findings,
            prompt.passages,
            self._max_tokens,
            prompt.tokens,
            prompt.history,
            Asker(turn.customer, turn.conversation, turn.newest.place),
            phrases=phrases,
            said=_said_before(turn),
        )
        try:
            answer = await whole(self._pieces(turn, knowledge, request, listener))
        except ModelFault as fault:
            level = self._troubles.level("model", str(fault))
            said = listener.said if listener else ""
            instead = "breaking off what was shown" if said else "quoting instead"
            log.log(level, "The model gave no answer (%s); %s.", fault, instead)
            await self._tell(fault)
            if said:
                text = joined(said, phrases.broken_off)
                return Answer(text, Action.OFFER_HUMAN, Reason.UNSURE, usage=fault.usage), prompt.window
            quoted = await self._without_model(turn, fault, phrases)
            return replace(quoted, saw=Saw.NOTHING) if with_files(turn) else quoted, prompt.window
        self._troubles.over("model")
        return answer, prompt.window

    def _pieces(
        self, turn: Turn, knowledge: Knowledge, request: Request, listener: Listener | None
    ) -> AsyncGenerator[Piece]:
        """Ask the model; what it says is checked, and heard, unless it can only quote."""
        if isinstance(self._model, Quoter):
            return self._model.answer(request)
        always = evidence_of(turn, knowledge.instructions, request.passages)
        pieces = grounded(self._model, request, always, self._prompter.extended)
        return _heard(pieces, listener) if listener else pieces

    async def _without_model(self, turn: Turn, fault: ModelFault, phrases: Phrases) -> Answer:
        """Quote, if there is something to quote; else a person is called, since nobody else can answer."""
        findings = (await self._look_up.of(turn, quoting=True)).findings
        quoted = quote(Request((), turn.text, findings, {}, 0, phrases=phrases, said=_said_before(turn)))
        is_busy = fault.kind in {FaultKind.BUSY, FaultKind.QUEUE_FULL}
        if quoted.action is Action.ANSWER or quoted.sources:
            text = joined(phrases.busy, quoted.text) if is_busy else quoted.text
            return replace(quoted, text=text, usage=fault.usage)
        if is_busy:  # calling a person for each of a crowd would only move the queue
            return Answer(phrases.busy, Action.OFFER_HUMAN, Reason.MODEL_UNAVAILABLE, usage=fault.usage)
        # An answer that went wrong says nothing of the next one: no reason to call it an outage.
        alone = fault.kind in {FaultKind.NO_ANSWER, FaultKind.PROMPT_TOO_LONG}
        reason = Reason.UNSURE if alone else Reason.MODEL_UNAVAILABLE
        return Answer("", Action.ESCALATE, reason, usage=fault.usage)

    async def _tell(self, fault: ModelFault) -> None:
        """Tell the agents what only people can mend; the answer does not wait for them, nor fail with it."""
        told = told_of(fault, time.time())
        if self._alerts is None or told is None:
            return
        try:
            await self._alerts.tell(told.key, told.text, told.text)
        except sqlite3.Error as error:
            log.error("The agents could not be told that the model fails: %s", describe(error))


async def _heard(pieces: AsyncGenerator[Piece], listener: Listener) -> AsyncGenerator[Piece]:
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            if not isinstance(piece, Answer):
                listener.hear(piece)
            yield piece


def _answered(turn: Turn, answer: Answer, knowledge: Knowledge) -> Answered:
    language = _language(turn, knowledge)
    phrases = phrases_in(language, knowledge.phrases)
    return Answered(answer, knowledge.instructions.contact, turn.start, language=language, phrases=phrases)


def _language(turn: Turn, knowledge: Knowledge) -> str:
    said = [message.text for message in turn.asked_by(turn.customer)]
    return spoken(turn.text, said, turn.language, next(iter(knowledge.languages), ""))


def _said_before(turn: Turn) -> str:
    """Return what the customer was told just before, but for what answered the same question."""
    newest = turn.exchanges[:JUST_BEFORE]
    return joined(*(one.said for one in newest if not same_question(one.asked, turn.text)))


def _with_source(answer: Answer, phrases: Phrases) -> Answer:
    named = phrases.source_of(answer.sources) if answer.action is Action.ANSWER else ""
    return replace(answer, text=f"{answer.text}\n\n{named}") if named else answer
