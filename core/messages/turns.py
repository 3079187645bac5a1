"""What waits for an answer, and what was said before."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.messages.cases import Case, Session
from core.messages.files import File, Reading, attached
from core.messages.incoming import Audience
from core.messages.people import Author, Role


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as the store keeps it.

    Attributes:
        id: The platform's own.
        role: Who wrote it: a customer, the bot or an agent.
        author: Who that was.
        text: What was written.
        sent_at: When, in seconds since the epoch.
        tokens: How many its text alone has.
        place: Where an answer to it belongs.
        turn: The turn that it belongs to.
        attempts: How often that turn was begun.
        files: What is attached to it.
        to_people: Whether it was said while people had the case.
        whose: The id of the customer whose turn it belongs to; empty where that is not known.
        audience: For whom it was.
        readings: What became of its files, as far as that is known.
    """

    id: str
    role: Role
    author: Author
    text: str
    sent_at: float
    tokens: int
    place: str
    turn: int = 0
    attempts: int = 0
    files: tuple[File, ...] = ()
    to_people: bool = False
    whose: str = ""
    audience: Audience = Audience.US
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said in a conversation before a turn, in short.

    Attributes:
        before: The first turn that it does not cover.
        text: Plain text.
        tokens: How many that has.
    """

    before: int
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """The session before this one: when it began, and the first words that its customer wrote."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn that was answered: what was asked, when that was, and what the bot said.

    Of older ones the words are left out.
    """

    asked: str
    at: float
    said: str


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
        session: What came of persons before.
        shared: Whether the conversation is a whole channel.
        stranger: Whether somebody else began the conversation: an agent may have joined it.
        host: Who wrote there last besides the turn's author, if that is a stranger.
        beside: The open offer to another customer of the conversation, unless that is a whole channel.
        opened_by: The id of who wrote first in the conversation.
        summaries: What left the window, in short: the one that prompts hold now, and those that are ready
            for when the next turns leave.
        summary: Up to where the one goes that prompts hold now (its `before`); 0 for none.
        earlier: The session before, if there was one and sessions end by silence.
        begins: Whether a session begins with this turn.
        language: In which its customer is spoken to there; empty where that is not known yet.
        unread: The id of the message that called the bot where something was said before, until that was
            read; else empty.
        exchanges: Its customer's newest turns there since people last dealt with them, the newest first.
        live: The key of the reply to it of which a try that was given up may have shown something.
    """

    id: int
    conversation: str
    waiting: tuple[StoredMessage, ...]
    history: tuple[StoredMessage, ...] = ()
    case: Case | None = None
    start: int = 0
    session: Session = field(default_factory=Session)
    shared: bool = False
    stranger: bool = False
    host: Author | None = None
    beside: Case | None = None
    opened_by: str = ""
    summaries: tuple[Summary, ...] = ()
    summary: int = 0
    earlier: Earlier | None = None
    begins: bool = False
    language: str = ""
    unread: str = ""
    exchanges: tuple[Exchange, ...] = ()
    live: str = ""

    @property
    def is_chatter(self) -> bool:
        """Whether all of it was said to other people."""
        return all(message.audience is Audience.OTHERS for message in self.waiting)

    def asked_by(self, customer: str) -> list[StoredMessage]:
        """Return what a customer said before, oldest first, without what they said to other people."""
        return [
            message
            for message in self.history
            if message.role is Role.CUSTOMER
            and message.author.id == customer
            and message.audience is not Audience.OTHERS
        ]

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


def own_words(message: StoredMessage) -> str:
    """Return what somebody wrote beside the files that they attached."""
    return message.text.removesuffix(attached(message.files)).strip()
