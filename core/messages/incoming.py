"""What comes in, as adapters hand it to the desk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.messages.files import File
from core.messages.people import Author
from core.messages.posts import Press


class Audience(StrEnum):
    """For whom a customer's words were."""

    US = ""
    # Said to other people in a conversation of ours.
    OTHERS = "others"
    # Said before the bot was called into the conversation.
    BEFORE = "before"


class Command(StrEnum):
    """What a customer can tell the bot to do by a command of the platform."""

    HELP = "help"
    ASK = "ask"
    HUMAN = "human"
    NEW = "new"
    FORGET = "forget"


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
        shared: Whether its conversation is a whole channel, in which several customers write.
        mentions: Whether it mentions the bot by name, or replies to it.
        files: What is attached to it.
        to_others: Whether it is said to other people: mentions or replies to somebody, and not to the bot.
        joins: Whether it calls the bot where something may have been said before: in the middle of a thread,
            or below somebody's message. What that was is read once; see `Platform.before`.
    """

    id: str
    conversation: str
    author: Author
    text: str
    position: int
    sent_at: float
    place: str = ""
    edited_at: float = 0.0
    shared: bool = False
    mentions: bool = False
    files: tuple[File, ...] = ()
    to_others: bool = False
    joins: bool = False

    @property
    def answer_place(self) -> str:
        """The place that the answer is posted to."""
        return self.place or self.conversation


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """One thing that was said where the bot was called later.

    Attributes:
        id: The platform's own, as a message's.
        author: Who said it, with their name; a bot's says that it is one.
        text: Plain text, as for a message.
        position: As for a message.
        sent_at: When it was written, in seconds since the epoch.
        ours: Whether the bot said it itself.
    """

    id: str
    author: Author
    text: str
    position: int
    sent_at: float
    ours: bool = False


@dataclass(frozen=True, slots=True)
class IncomingPress:
    """A press on one of our buttons, as an adapter hands it to the desk.

    Attributes:
        press: What was pressed.
        about: What the button was made with.
        who: Who pressed it, as the platform vouches for it.
        position: As for a message, where it was pressed.
        at: When, in seconds since the epoch.
    """

    press: Press
    about: str
    who: Author
    position: int
    at: float


@dataclass(frozen=True, slots=True)
class IncomingReaction:
    """A thumb that somebody put on a post of ours, or took away, as an adapter hands it to the desk.

    Attributes:
        press: The button that says the same: `HELPFUL` or `UNHELPFUL`.
        ref: The reference of the post.
        who: Whose it is.
        taken_away: Whether it is no longer there.
        at: When, in seconds since the epoch; of two that came out of order the later one counts.
    """

    press: Press
    ref: str
    who: Author
    taken_away: bool = False
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class IncomingCommand:
    """A command that somebody gave, as an adapter hands it to the desk.

    Attributes:
        command: What it is.
        who: Who gave it, as the platform vouches for it.
        conversation: The conversation in which it takes effect; empty where there is no single one.
        place: Where answers to it belong, where that is not the conversation's own place.
        text: What follows the command's name; of a call for help the word that is no command's, if any.
        id: Unique for ever, as a message's.
        position: As for a message.
        at: When, in seconds since the epoch.
        shared: Whether its conversation is a whole channel.
        shown: Whether its words can be read already where its answer will stand.
        elsewhere: Whether that is not where it was given, but in direct messages.
        backstage: Whether it was given where agents work.
        prefix: What stands before a command's name on its platform.
        files: What is attached to the message whose words are asked.
    """

    command: Command
    who: Author
    conversation: str
    id: str
    position: int
    at: float
    place: str = ""
    text: str = ""
    shared: bool = False
    shown: bool = False
    elsewhere: bool = False
    backstage: bool = False
    prefix: str = "/"
    files: tuple[File, ...] = ()


def original(id: str) -> str:
    """Return the id of the message that a press stands in for: `discord:500/700` of `discord:500/700+yes`."""
    return id.partition("+")[0]
