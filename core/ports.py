"""What a platform, a model and a counter of tokens must do, in production and in tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import NotRequired, Protocol, TypedDict

from core.messages import Answer, Author, Findings, IncomingMessage, Passage, Post, Sign, Usage


class ChatMessage(TypedDict):
    """One message of the Chat Completions API."""

    role: str
    content: str
    name: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked: the finished prompt, and the plain facts that it was made from.

    Attributes:
        messages: Chat messages; their tokens and `max_tokens` fit the context together.
        question: The customer's words that wait for an answer.
        findings: What the search found for it; nothing where `passages` are the whole folder.
        passages: The passages that the prompt holds, by their ids.
        max_tokens: The longest answer, in tokens.
    """

    messages: Sequence[ChatMessage]
    question: str
    findings: Findings
    passages: Mapping[str, Passage]
    max_tokens: int


class Model(Protocol):
    """Answers a request: OpenAI, the quoter and the tests' script."""

    async def answer(self, request: Request) -> Answer:
        """Return the answer with its usage.

        Raises:
            ModelFault: No answer could be had; says why, and what the tries cost.
        """
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


class Counter(Protocol):
    """Counts tokens."""

    def count(self, text: str) -> int:
        """Return how many tokens `text` has."""
        ...


class Platform(Protocol):
    """Where people write. Places that it is given start with its name."""

    name: str
    limit: int  # characters of Markdown that surely fit one post

    @property
    def connected(self) -> bool:
        """Whether what people write reaches us now."""
        ...

    async def places(self, since: float) -> list[str]:
        """Return where people may have written to us since then, in seconds since the epoch.

        Raises:
            TryLater: The platform could not be asked.
        """
        ...

    def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        """Yield what was written to us in a place since then, oldest first.

        Raises:
            TryLater: The platform could not be asked.
            Refused: We may not read there.
        """
        ...

    async def post(self, post: Post) -> str:
        """Put a post on the platform, in the platform's own format, and return a reference to it.

        What only one person may see (`only`) others see too where the platform can't do that; such a post
        has no reference.

        Raises:
            TryLater: Not posted for sure; try again, after `after` seconds.
            Refused: Not posted, and trying again won't help.
            Unknown: It may or may not have been posted; `find` can tell.
        """
        ...

    async def edit(self, ref: str, post: Post) -> None:
        """Replace the words and buttons of a post; without words, remove it. Doing it twice does no harm.

        Raises:
            TryLater: Not done; try again, after `after` seconds.
            Refused: It can't be done, for instance because the post is gone.
        """
        ...

    async def react(self, message_id: str, sign: Sign) -> None:
        """Put a reaction on a message. Doing it twice does no harm.

        Raises:
            TryLater: Not done; try again, after `after` seconds.
            Refused: It can't be done.
        """
        ...

    def below(self, ref: str) -> str:
        """Return the place of the thread below a post; where there are no threads, the post's own."""
        ...

    def mention(self, person: str) -> str:
        """Return what pings a person, by their id."""
        ...

    async def is_member(self, place: str, person: Author) -> bool:
        """Say whether a person, and no bot, belongs to a place.

        Raises:
            TryLater: The platform could not be asked.
            Refused: It does not tell us.
        """
        ...

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        """Return the reference of a post that may have been made since a time, or None if it was not.

        Args:
            post: What may have been posted.
            since: Seconds since the epoch.
            known: References that belong to other posts.

        Raises:
            TryLater: The platform could not be asked.
            Refused: It can't be known.
        """
        ...

    def working(self, place: str, message_id: str) -> AbstractAsyncContextManager[None]:
        """Show that an answer to a message is being made, until the context ends; never raises."""
        ...

    async def person(self, author: Author) -> str:
        """Return the name that people know an author by; its id where none can be had. Never raises."""
        ...

    async def where(self, place: str) -> str:
        """Return words for a place that an agent understands (`#help`). Never raises."""
        ...

    async def link(self, message_id: str) -> str:
        """Return an address that opens a message, or an empty string. Never raises."""
        ...


class Trouble(Exception):
    """A platform or a model did not do what it was asked; the text is for whoever runs Frontdesk."""


class TryLater(Trouble):
    """Not now: nothing was posted. `after` says in how many seconds to try again."""

    def __init__(self, why: str, after: float = 1.0) -> None:
        super().__init__(why)
        self.after = after


class Refused(Trouble):
    """The platform said no, and will say no again."""


class Unknown(Trouble):
    """The connection broke in the middle: it may have been posted."""


class ModelFault(Trouble):
    """The model gave no answer; `usage` is what the tries cost."""

    def __init__(self, why: str, usage: Usage | None = None) -> None:
        super().__init__(why)
        self.usage = usage or Usage()
