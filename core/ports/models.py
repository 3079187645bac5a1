"""What a model must do, and what it is asked."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NotRequired, Protocol, TypedDict

from core.messages import Action, Answer, Findings, Passage, Picture, Reason, Turn
from core.phrases import ENGLISH, Phrases
from core.ports.troubles import ModelFault
from core.sight import Sight


class ChatMessage(TypedDict):
    """One message of the Chat Completions API; its pictures become parts of it where a request is written."""

    role: str
    content: str
    name: NotRequired[str]
    pictures: NotRequired[tuple[Picture, ...]]


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom a model is asked: whose question it is, and where it was put. All may be empty."""

    customer: str = ""
    conversation: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked: the finished prompt, and the plain facts that it was made from.

    Attributes:
        messages: Chat messages; their tokens and `max_tokens` fit the context together.
        question: The customer's words that wait for an answer.
        findings: What the search found for it; nothing where `passages` are the whole folder.
        passages: The passages that the prompt holds, by their ids.
        max_tokens: The longest answer, in tokens.
        tokens: What `messages` cost, by the guide's method.
        history: From which to before which of `messages` the history goes; what a server finds too long is
            cut there, the oldest first.
        asker: For whom.
        since: When the answer was begun that this request mends, by the loop's clock: its time runs since
            then, and its question was moderated then. 0 where the answer begins with this request.
        phrases: What the bot itself says, in the customer's language.
        said: What the same customer was told just before, to other questions; empty if nothing.
    """

    messages: Sequence[ChatMessage]
    question: str
    findings: Findings
    passages: Mapping[str, Passage]
    max_tokens: int
    tokens: int = 0
    history: tuple[int, int] = (0, 0)
    asker: Asker = field(default_factory=Asker)
    since: float = 0.0
    phrases: Phrases = ENGLISH
    said: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """What an answer does and rests on: known before any of its words.

    `plain` says that it came in no form, so that it could name no sources.
    """

    action: Action
    reason: Reason | None = None
    sources: tuple[Passage, ...] = ()
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """The next words of a reply: whole sentences with the white space before them, which stay so."""

    text: str


Piece = Opening | Sentence | Answer


class Model(Protocol):
    """Answers a request: OpenAI, the quoter and the tests' script."""

    @property
    def sight(self) -> Sight | None:
        """How it sees pictures; None if it doesn't."""
        ...

    def answer(self, request: Request) -> AsyncGenerator[Piece]:
        """Yield the opening once, then the reply sentence by sentence, then the whole answer with its usage.

        What was yielded is never taken back: the sentences, joined, are the answer's text. An answer without
        words has no sentences.

        Raises:
            ModelFault: No answer could be had, or none to the end of what was yielded; says why, and what
                the tries cost.
        """
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Takes:
    """What who answers can take of the files of a turn.

    Attributes:
        tokens: How many all of them may cost; 0: none can be taken.
        sight: How pictures are seen; None: they are not.
    """

    tokens: int = 0
    sight: Sight | None = None


# Reads what is attached to the waiting messages of a turn; returns the turn with its readings. Never raises.
ReadFiles = Callable[[Turn, Takes], Awaitable[Turn]]


async def whole(pieces: AsyncGenerator[Piece]) -> Answer:
    """Return the answer that the pieces of a model end with; raises what the model does."""
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Answer):
                return piece
    raise ModelFault("the model ended without an answer")


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be written by a cheap call beside the answers: a summary, a translation.

    Attributes:
        purpose: One word for it, as `frontdesk costs` tells it.
        messages: Chat messages.
        tokens: What these cost, by the guide's method.
        max_tokens: The longest result, in tokens.
        asker: For whom.
    """

    purpose: str
    messages: Sequence[ChatMessage]
    tokens: int
    max_tokens: int
    asker: Asker = field(default_factory=Asker)


class Clerk(Protocol):
    """Writes what is needed beside the answers, with the cheapest model that is set."""

    async def write(self, task: Task) -> str:
        """Return plain text.

        Raises:
            ModelFault: It could not be had.
        """
        ...
