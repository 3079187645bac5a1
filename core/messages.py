"""The nouns that the rest of the house speaks in: plain, frozen data without behaviour of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Who wrote a stored message."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"


class Action(StrEnum):
    """What an answer does; the model names one before it writes."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    OFFER_HUMAN = "offer_human"
    ESCALATE = "escalate"


class Reason(StrEnum):
    """The closed list of reasons to offer or call a person."""

    ASKED_FOR_PERSON = "asked_for_person"
    NOT_IN_ARTICLES = "not_in_articles"
    UNSURE = "unsure"
    SENSITIVE = "sensitive"
    UPSET = "upset"
    CONTENT_FILTERED = "content_filtered"
    MODEL_UNAVAILABLE = "model_unavailable"
    TURN_FAILED = "turn_failed"
    TAKEN_OVER = "taken_over"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Author:
    """A person on a platform; `id` starts with the platform (`slack:T1/U1`), `name` may be empty."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One thing that somebody wrote, as an adapter hands it to the desk.

    Attributes:
        id: The platform's own id, unique for ever (`slack:T1/C1/171.22`, `discord:500/700`).
        conversation: The conversation that it belongs to (`slack:T1/C1/171.22`).
        author: Who wrote it.
        text: Plain text; the platform's escapes and the mention of the bot are already removed.
        position: The platform's own order within the conversation; larger is later.
        sent_at: When it was written, in seconds since the epoch.
        place: Where the answer belongs, where that is not the conversation's own place.
        edited_at: When its words were last edited, by the platform's clock; 0 if they never were.
    """

    id: str
    conversation: str
    author: Author
    text: str
    position: int
    sent_at: float
    place: str = ""
    edited_at: float = 0.0

    @property
    def answer_place(self) -> str:
        """The place that the answer is posted to."""
        return self.place or self.conversation


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as the store keeps it; `tokens` counts its text alone, `turn` is the one it belongs to."""

    id: str
    role: Role
    author: Author
    text: str
    sent_at: float
    tokens: int
    place: str
    turn: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that one or several model calls used, as the provider counted them."""

    model: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            other.model or self.model,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an article under its heading.

    Attributes:
        id: `billing/refunds.md#3`: the article's path and the passage's number in it.
        article: The path relative to the articles folder.
        title: The article's title.
        heading: The heading that it stands under; empty before the first one.
        text: Markdown, without the heading.
        url: Where customers can read the article; empty where the front matter has none.
    """

    id: str
    article: str
    title: str
    heading: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its score for a question, 0 to 1; `used` says whether an answer may rest on it."""

    passage: Passage
    score: float
    used: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search gave: passages, best first, and how likely it is that they hold the answer (0 to 1)."""

    found: tuple[Found, ...] = ()
    answerable: float = 0.0

    @property
    def usable(self) -> tuple[Found, ...]:
        """The passages that an answer may rest on."""
        return tuple(found for found in self.found if found.used)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one turn, and what it does; `sources` are the passages that it rests on."""

    text: str
    action: Action = Action.ANSWER
    reason: Reason | None = None
    sources: tuple[Passage, ...] = ()
    usage: Usage = field(default_factory=Usage)


class CaseState(StrEnum):
    """Where a case stands."""

    OFFERED = "offered"
    WAITING = "waiting"
    CLAIMED = "claimed"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Case:
    """One hand-over to people, from the offer to its resolution.

    `ping` is the key of the post that called the agents; `id` is 0 until the case is stored.
    """

    conversation: str
    customer: Author
    reason: Reason
    question: str
    state: CaseState
    place: str = ""
    owner: str = ""
    ping: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What waits in a conversation, claimed to be answered together.

    Attributes:
        id: The store's number for it.
        conversation: Whose turn it is.
        waiting: The customers' messages that it answers, in the platform's order; never empty.
        history: What was said before, oldest first, from the start of the window.
        case: The open case of this conversation, if there is one.
        start: The first turn inside the window.
    """

    id: int
    conversation: str
    waiting: tuple[StoredMessage, ...]
    history: tuple[StoredMessage, ...] = ()
    case: Case | None = None
    start: int = 0

    @property
    def newest(self) -> StoredMessage:
        """The message that the answer refers to."""
        return self.waiting[-1]

    @property
    def customer(self) -> str:
        """The id of the customer whose turn it is."""
        return self.newest.author.id

    @property
    def text(self) -> str:
        """The words that wait for an answer, joined."""
        return "\n".join(message.text for message in self.waiting)


@dataclass(frozen=True, slots=True)
class Post:
    """Anything that we put on a platform, as a row of the outbox.

    Attributes:
        key: Names this post for ever; makes posting idempotent where the platform can (24 characters).
        place: Where it goes.
        text: Markdown; the adapter turns it into the platform's own format and defangs it.
        mention: People that it may ping, in the platform's own notation; nothing else in it can ping.
        reply_to: The id of the message that it answers, if it answers one.
        after: The key of the post that must be on its platform before this one is sent.
        otherwise: What to say instead when the post that it waits for can't be posted.
    """

    key: str
    place: str
    text: str
    mention: str = ""
    reply_to: str = ""
    after: str = ""
    otherwise: str = ""


def platform_of(id: str) -> str:
    """Return the platform that an id or place belongs to: `slack` of `slack:T1/C1`."""
    return id.partition(":")[0]
