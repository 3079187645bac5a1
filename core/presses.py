"""What a press on one of our buttons comes to: who may, whether it is still in date. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core import cards, cases, words
from core.handover import Around, Change, Note, closing, is_internal, name_of, outward, passed_on
from core.markdown import escape
from core.messages import Author, Button, Case, CaseState, Post, Press
from core.posts import new_key


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press comes to: a change or none, and what the presser alone is told."""

    reply: str
    change: Change | None = None


def pressed(case: Case, press: Press, who: Author, around: Around, note: Note | None, busy: bool) -> Pressed:
    """Return what an agent's press on a case's card, or below it, comes to.

    Args:
        case: As it is now.
        press: What was pressed.
        who: Is surely an agent.
        around: See there.
        note: The words that the button stands below, if it does.
        busy: Whether the customer has another open case in the same conversation.
    """
    if who.id == case.customer.id:
        return Pressed(words.NOT_YOUR_OWN)
    if press is Press.REOPEN:
        return _reopened(case, who, around, busy)
    if not case.is_with_people:
        return Pressed(words.OUT_OF_DATE.format(state=cards.status(case, around.policy)))
    if press in {Press.CLAIM, Press.TAKE_OVER} and _owns(case, who):
        return Pressed(words.YOURS_ALREADY)
    if press in {Press.CLAIM, Press.SEND} and _is_taken(case, who):
        # Somebody was faster; who wants it all the same can say so knowingly.
        return Pressed(words.OUT_OF_DATE.format(state=cards.status(case, around.policy)))
    if press in {Press.SEND, Press.SEND_OVER}:
        return _sent(case, who, around, note)
    if press in {Press.CLAIM, Press.TAKE_OVER}:
        return Pressed("", _claimed(case, who, around, "claimed"))
    if press is Press.RESOLVE:
        return Pressed("", resolved(case, who, around, "resolved", around.phrases(case).resolved))
    return Pressed("", _given_back(case, who, around))


def _owns(case: Case, who: Author) -> bool:
    return case.state is CaseState.CLAIMED and case.owner is not None and case.owner.id == who.id


def _is_taken(case: Case, who: Author) -> bool:
    return case.state is CaseState.CLAIMED and not _owns(case, who)


def _claimed(case: Case, who: Author, around: Around, why: str) -> Change:
    """Make an agent the owner, and tell the customer who it is."""
    new = cases.step(case, CaseState.CLAIMED, around.now, who)
    told = Post(new_key(), case.place, around.phrases(case).claimed_by(escape(name_of(who))))
    return Change(new, who.id, why, (told, *cards.update(new, around.policy)))


def _sent(case: Case, who: Author, around: Around, note: Note | None) -> Pressed:
    """Send the words below which the button stands; whoever presses takes the case for it."""
    if note is None or note.author.id != who.id or is_internal(note.text, note.files):
        return Pressed(words.NOTE_GONE)
    note = replace(note, text=outward(note.text))
    claimed = None if _owns(case, who) else _claimed(case, who, around, "claimed to answer")
    sent = passed_on(claimed.case if claimed else case, note, around)
    if claimed:
        sent = replace(sent, why=claimed.why, posts=claimed.posts[1:] + sent.posts)
    return Pressed(words.SENT, sent)


def resolved(case: Case, who: Author, around: Around, why: str, told: str) -> Change:
    """Close a case as solved, and ask the customer how it was."""
    new, phrases = cases.step(case, CaseState.RESOLVED, around.now, case.owner or who), around.phrases(case)
    rated = tuple(Button(press, phrases.label(press), case.key) for press in (Press.GOOD, Press.BAD))
    notice = Post(new_key(), case.place, told, buttons=rated)
    new = replace(new, asked=notice.key)
    posts = (notice, *cards.update(new, around.policy))
    return Change(new, who.id, why, posts, closes=closing(new, new.owner or who, around))


def _given_back(case: Case, who: Author, around: Around) -> Change:
    new = cases.step(case, CaseState.CANCELLED, around.now, who)
    told = Post(new_key(), case.place, around.phrases(case).given_back)
    return Change(new, who.id, "given back to the bot", (told, *cards.update(new, around.policy)))


def _reopened(case: Case, who: Author, around: Around, busy: bool) -> Pressed:
    if not case.is_closed:
        return Pressed(words.OUT_OF_DATE.format(state=cards.status(case, around.policy)))
    if busy:
        return Pressed(words.ANOTHER_OPEN)
    return Pressed("", _claimed(case, who, around, "reopened"))


def rated(case: Case, press: Press, who: Author, around: Around) -> Pressed:
    """Return what a customer's thumb up or down comes to."""
    phrases = around.phrases(case)
    if who.id != case.customer.id:
        return Pressed(phrases.not_yours)
    if press is Press.GOOD:
        return Pressed(phrases.thank_you, Change(replace(case, rating=press), who.id))
    news = case.is_closed and case.rating != press
    posts = tuple(cards.below(case, words.WANTS_MORE, around.agents_limit)) if news else ()
    return Pressed(phrases.sorry, Change(replace(case, rating=press), who.id, posts=posts))
