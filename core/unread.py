"""What is said of attached files that nobody here could read: one sentence, with a way to a person. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.messages import Action, Answer, Reading, Reason, Saw, Turn, Unread, own_words
from core.phrases import ENGLISH, Phrases
from core.posts import joined


def unread_alone(turn: Turn, phrases: Phrases = ENGLISH) -> Answer | None:
    """Return the answer to a turn of nothing but files that can't be read; None: there is more in it."""
    readings = list(_readings(turn))
    if not readings or any(own_words(message) or not message.files for message in turn.waiting):
        return None
    if any(one.unread is None for one in readings):
        return None
    return Answer(_said(readings, phrases), Action.OFFER_HUMAN, Reason.UNREAD_FILE)


def with_unread(answer: Answer, turn: Turn, phrases: Phrases = ENGLISH) -> Answer:
    """Return an answer that also says which files of its turn were not read, and how to reach a person.

    Where a person comes anyway, they see the files themselves.
    """
    unread = [one for one in (_overlooked(one, answer.saw) for one in _readings(turn)) if one.unread]
    if not unread or answer.action is Action.ESCALATE:
        return answer
    said = joined(answer.text, _said(unread, phrases))
    if answer.action is Action.OFFER_HUMAN:
        return replace(answer, text=said)
    if turn.session.offers or turn.session.declined:  # one offer is enough; they know how to take it up
        return replace(answer, text=f"{said} {phrases.for_a_look}")
    return replace(answer, text=said, action=Action.OFFER_HUMAN, reason=Reason.UNREAD_FILE)


def with_files(turn: Turn) -> bool:
    """Say whether anything is attached to what waits, read or not."""
    return any(message.readings for message in turn.waiting)


def without_readings(turn: Turn) -> Turn:
    """Return a turn for whose files there is no room beside its words."""
    waiting = (replace(message, readings=()) for message in turn.waiting)
    return replace(turn, waiting=tuple(waiting))


def _readings(turn: Turn) -> Iterator[Reading]:
    for message in turn.waiting:
        yield from message.readings


def _overlooked(reading: Reading, saw: Saw) -> Reading:
    """Return a reading as it is for an answer that was made without what was read."""
    if reading.unread or saw is Saw.ALL:
        return reading
    if reading.picture:
        return replace(reading, unread=Unread.UNSEEN)
    return replace(reading, unread=Unread.NOT_NOW) if saw is Saw.NOTHING else reading


def _said(unread: list[Reading], phrases: Phrases) -> str:
    return phrases.unread_of([(one.name, one.unread) for one in unread if one.unread])
