"""The buttons below an answer: which answers have them, and what a press comes to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.escalation import small_talk
from core.messages import (
    Action,
    Answer,
    Aside,
    Author,
    Button,
    IncomingMessage,
    IncomingPress,
    Post,
    Press,
    Turn,
)
from core.phrases import Phrases, asks_for_person

# What says how an answer was; Talk to a person stands beside them where somebody can be called.
RATINGS = (Press.HELPFUL, Press.UNHELPFUL)
PRESSES = frozenset({*RATINGS, Press.PERSON})


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that a customer was given, as it stands now.

    Attributes:
        turn: The store's number of its turn.
        conversation: Where it was given.
        place: Where its posts are.
        customer: The id of who asked.
        newest: The id of what they wrote last in the conversation; empty if nothing of it is left.
        closed: How many of their cases there came to an end.
        with_people: Whether people deal with them, or with the conversation, now.
        shared: Whether the conversation is a whole channel.
        language: In which it spoke to the customer.
    """

    turn: int
    conversation: str
    place: str
    customer: str
    newest: str
    closed: int
    with_people: bool = False
    shared: bool = False
    language: str = ""


def is_rated(turn: Turn, answer: Answer) -> bool:
    """Say whether an answer says something that can help: it rests on sources, or a model wrote it.

    What the rules say, small talk, and that the articles don't say it, have no buttons; an offer has its own.
    """
    if (
        answer.action is not Action.ANSWER
        or answer.reason
        or all(small_talk(message.text) for message in turn.waiting)
    ):
        return False
    return bool(answer.sources or answer.usage.calls)


def with_thumbs(posts: Sequence[Post], phrases: Phrases, *, agents: bool) -> tuple[Post, ...]:
    """Return the parts of an answer, the last one with its buttons, which name it for ever.

    Args:
        posts: The parts.
        phrases: In the customer's language.
        agents: Whether there is somebody to call.

    The buttons of earlier answers stay: each rates its own answer, whenever it is pressed, and taking them
    away would cost every answer a second call of its platform.
    """
    if not posts:
        return ()
    *before, last = posts
    offered = (*RATINGS, Press.PERSON) if agents else RATINGS
    return (*before, replace(last, buttons=tuple(_button(press, last.key, phrases) for press in offered)))


def _button(press: Press, about: str, phrases: Phrases) -> Button:
    return Button(press, phrases.label(press), about)


def thanked(given: Given, press: IncomingPress, phrases: Phrases, contact: str | None) -> Aside:
    """Return what a customer alone is told who rated an answer.

    A person is offered by a button, aside. Nothing in the conversation waits for a yes, so that it is not
    the one offer of the session.

    Args:
        given: The answer.
        press: Says how it was.
        phrases: In the customer's language.
        contact: How a person is reached otherwise; None where agents can be called.
    """
    if press.press is Press.HELPFUL:
        return Aside(phrases.thank_you)
    if given.with_people:
        return Aside(phrases.with_team)
    if contact is not None or not given.newest:  # nothing is left that a person could be called for
        return Aside("\n\n".join(filter(None, [phrases.not_helpful, contact])))
    return Aside(phrases.not_helpful_offer, (_button(Press.PERSON, press.about, phrases),))


def wish(given: Given, press: IncomingPress, phrases: Phrases) -> IncomingMessage:
    """Return a press on Talk to a person as if the customer had written it.

    Pressed again, or delivered again, it is the same message, until a case that came of it is closed.
    """
    return IncomingMessage(
        id=f"{given.newest}+{press.press}{given.closed or ''}",
        conversation=given.conversation,
        author=Author(given.customer, press.who.name),
        text=asks_for_person(phrases),
        position=press.position,
        sent_at=press.at,
        place=given.place,
        shared=given.shared,
        mentions=True,
    )
