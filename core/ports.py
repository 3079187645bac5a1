"""What a platform, a model and a counter of tokens must do, in production and in tests."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NotRequired, Protocol, TypedDict

from core.messages import (
    Action,
    Answer,
    Author,
    File,
    Findings,
    IncomingMessage,
    Passage,
    Picture,
    Post,
    Reason,
    SaidBefore,
    Sign,
    Turn,
    Usage,
)
from core.phrases import ENGLISH, Phrases
from core.sight import Sight

if TYPE_CHECKING:  # importing numpy takes a tenth of a second that most commands need not wait
    import numpy
    from numpy.typing import NDArray

    Vectors = NDArray[numpy.float32]


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


# Hears how much of a long piece of work is done, and of how much.
Progress = Callable[[int, int], None]


def untold(done: int, total: int) -> None:
    """Tell nobody of progress."""


class Embedder(Protocol):
    """Puts the meaning of texts into vectors: a small model on this machine, or a provider's."""

    @property
    def name(self) -> str:
        """The model; vectors that were made under different names are never compared."""
        ...

    @property
    def batch(self) -> int:
        """How many texts are best given at once, where nobody waits for them."""
        ...

    @property
    def multilingual(self) -> bool:
        """Whether texts in different languages that mean the same are near each other."""
        ...

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        """Return one vector of length 1 for each text, as the rows of a float32 array.

        Args:
            texts: Of any length; what is beyond what the model can take is left out.
            urgent: Whether a customer waits for it; else it makes way for those that are.

        Raises:
            EmbeddingFault: They could not be had; says why.
        """
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a paid model, before it is made.

    Attributes:
        model: Its name.
        purpose: `answer`, or what a task names.
        prompt_tokens: What the prompt is estimated to cost.
        max_tokens: The longest answer.
        asker: For whom.
        again: Whether a call was made for the same question before.
    """

    model: str
    purpose: str
    prompt_tokens: int
    max_tokens: int
    asker: Asker = field(default_factory=Asker)
    again: bool = False


class Meter(Protocol):
    """Keeps the budgets, and the record of what each call cost."""

    async def reserve(self, call: Call) -> int:
        """Set aside what a call may cost at most, and return its number.

        It is not cancelled: who no longer waits for it lets it come to its end, and gives back what it set
        aside.

        Raises:
            ModelFault: A budget would be passed (FaultKind.BUDGET); nothing was set aside.
        """
        ...

    async def settle(self, number: int, usage: Usage | None) -> None:
        """Book what a call cost in the place of what was set aside.

        Args:
            number: What `reserve` gave.
            usage: As the server told it. None if it told nothing though it may have worked: what was set
                aside is booked. A usage without calls if the call was surely not made: nothing is.
        """
        ...


class Throttle(Protocol):
    """Keeps the limits on calls: how many a minute and at once, and whose turn it is."""

    def admit(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Wait until a call may be made, and hold its place among those at once until the context ends.

        Raises:
            ModelFault: The queue is full (FaultKind.QUEUE_FULL).
        """
        ...

    def ready_in(self, call: Call) -> float:
        """Return for how many seconds, at least, what is left of its model's limits keeps a call back."""
        ...

    def learn(self, model: str, headers: Mapping[str, str]) -> None:
        """Hear what a server says of its limits, in the headers of an answer or an error."""
        ...

    def settle(self, call: Call, usage: Usage) -> None:
        """Hear what a call used in the place of what was estimated."""
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

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        """Return what was said before a message that called the bot in the middle of a thread.

        That is what people read above it, or what it replies to: the first words of the thread, and the
        newest ones before the message. What other bots said names them as bots.

        Args:
            message_id: The message's.
            place: Where the answer to it belongs.

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
            BadForm: Not posted because of its form: in a plainer one it may be.
            Refused: Not posted, and trying again won't help.
            Unknown: It may or may not have been posted; `find` can tell.
        """
        ...

    async def begin(self, post: Post, reader: str) -> str:
        """Put up the first words of a reply that is still being written, and return a reference to it.

        Args:
            post: Its words so far; `live`.
            reader: The id of the person who is answered.

        Raises:
            As `post` does.
        """
        ...

    async def show(self, ref: str, post: Post) -> None:
        """Let a reply that was begun say more; `edit` ends it, whatever was shown before.

        Args:
            ref: What `begin` gave.
            post: All its words so far; they begin with those of the last call.

        Raises:
            TryLater: Not done; try again with what there is then, after `after` seconds.
            Refused: No more of it can be shown before it ends.
        """
        ...

    async def edit(self, ref: str, post: Post) -> None:
        """Replace the words and buttons of a post; without words, remove it. Doing it twice does no harm.

        Raises:
            TryLater: Not done; try again, after `after` seconds.
            BadForm: Not done because of its form: in a plainer one it may be.
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

        Of a `live` post any words may be there: it is the one of ours after the message that it answers
        which belongs to no other.

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

    async def describe(self, file: File) -> File:
        """Return a file with all that is known of it: its message may have told no more than an id.

        Raises:
            TryLater: The platform could not be asked.
            Refused: The file is gone, or we may not have it.
        """
        ...

    async def fetch(self, file: File, most: int) -> bytes:
        """Return the bytes of a file that is attached to a message.

        Args:
            file: As `describe` returned it, be it days ago.
            most: How many bytes it may have; what comes is not read further than that.

        Raises:
            TryLater: The platform could not be asked.
            TooLarge: It has more bytes.
            Refused: The file is gone, or we may not have it.
        """
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


class TooLarge(Refused):
    """A file has more bytes than were asked for."""


class BadForm(Refused):
    """The platform refuses the form of a post; `buttons` says whether its buttons may be the trouble."""

    def __init__(self, why: str, *, buttons: bool = False) -> None:
        super().__init__(why)
        self.buttons = buttons


class Unknown(Trouble):
    """The connection broke in the middle: it may have been posted."""


class EmbeddingFault(Trouble):
    """No vectors could be had: what is searched by words goes on without."""


class FaultKind(StrEnum):
    """Why a model gave no answer: a closed list, without any provider's words."""

    TRANSIENT = "transient"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    QUOTA_SPENT = "quota_spent"
    BAD_KEY = "bad_key"
    UNKNOWN_MODEL = "unknown_model"
    WRONG_PARAMETER = "wrong_parameter"
    PROMPT_TOO_LONG = "prompt_too_long"
    NO_ANSWER = "no_answer"
    BUDGET = "budget"
    BUSY = "busy"
    QUEUE_FULL = "queue_full"
    OTHER = "other"


class ModelFault(Trouble):
    """The model gave no answer; `usage` is what the tries cost, `kind` why."""

    def __init__(self, why: str, usage: Usage | None = None, kind: FaultKind = FaultKind.OTHER) -> None:
        super().__init__(why)
        self.usage = usage or Usage()
        self.kind = kind
