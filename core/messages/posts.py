"""What we put on platforms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Press(StrEnum):
    """What a button asks for."""

    YES = "yes"
    NO = "no"
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    RESOLVE = "resolve"
    GIVE_BACK = "give_back"
    REOPEN = "reopen"
    SEND = "send"
    SEND_OVER = "send_over"
    GOOD = "good"
    BAD = "bad"
    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"
    PERSON = "person"
    FORGET = "forget"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a post; `about` says what it belongs to: of a case its key, and what else it needs."""

    press: Press
    label: str
    about: str


@dataclass(frozen=True, slots=True)
class Aside:
    """What one person alone is told, at once and where the platform can do that; nothing if it is empty.

    Attributes:
        text: Markdown.
        buttons: What can be pressed below it.
        again: Whether it tells of a failure, so that what was pressed stays to be pressed again.
    """

    text: str = ""
    buttons: tuple[Button, ...] = ()
    again: bool = False


class Sign(StrEnum):
    """A reaction that we put on somebody's message."""

    DELIVERED = "delivered"
    THANKS = "thanks"


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
        otherwise: What to say instead when the post that it waits for can't be posted; `{why}` in it is
            replaced by the cause.
        under: The key of a post: it goes into the thread below that one.
        edits: The key of a post whose words and buttons it replaces; without words it removes that post.
        sign: A reaction on the message `reply_to` instead of words.
        only: The id of the one person who may see it, where the platform can do that.
        buttons: What can be pressed below it.
        carries: The id of the message whose words it passes on; an edit of that one edits it.
        not_before: It is not sent before this time, in seconds since the epoch.
        names: The ids of customers whom it names or quotes besides those of its turn and its case.
        live: Whether it may have been seen before it was finished, in fewer or other words.
    """

    key: str
    place: str
    text: str
    mention: str = ""
    reply_to: str = ""
    after: str = ""
    otherwise: str = ""
    under: str = ""
    edits: str = ""
    sign: Sign | None = None
    only: str = ""
    buttons: tuple[Button, ...] = ()
    carries: str = ""
    not_before: float = 0.0
    names: tuple[str, ...] = ()
    live: bool = False
