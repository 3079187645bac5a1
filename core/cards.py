"""A case's card in the agents' place: what it says, its buttons, and the transcript below it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core import words
from core.escalation import cues, declines_offer, small_talk, takes_offer
from core.markdown import escape, excerpt
from core.messages import Audience, Button, Case, CaseState, Post, Press, Reason, Role, StoredMessage, Turn
from core.phrases import own_words
from core.plain import plain
from core.policy import Policy
from core.posts import joined, new_key, parts_of

QUESTION_LIMIT = 500
SAID_LIMIT = 200
# A transcript is to be skimmed: the newest messages, each cut.
TRANSCRIPT_MESSAGES = 30
TRANSCRIPT_EXCERPT = 500

_PRESSES = {
    CaseState.OFFERED: (),
    CaseState.WAITING: (Press.CLAIM, Press.RESOLVE, Press.GIVE_BACK),
    CaseState.CLAIMED: (Press.TAKE_OVER, Press.RESOLVE, Press.GIVE_BACK),
    CaseState.RESOLVED: (Press.REOPEN,),
    CaseState.CANCELLED: (Press.REOPEN,),
}


def body(turn: Turn, case: Case, where: str, link: str, before: str) -> str:
    """Return what the card of a case says that does not change.

    Args:
        turn: What led to the case.
        case: With its reason, subject and question.
        where: The customer's place in words.
        link: Opens the customer's message; may be empty.
        before: The name of the agent who had the customer before; may be empty.
    """
    said = [message.text for message in turn.history if message.role is Role.ASSISTANT]
    return words.card(
        escape(case.customer.name or case.customer.id),
        escape(where),
        words.reason(case.reason, case.subject),
        escape(excerpt(own_words(case.question), QUESTION_LIMIT)),
        bot_said(said[-1]) if said else "",
        link,
        escape(before),
    )


def bot_said(text: str) -> str:
    """Return an answer as a card quotes it: a cut would break its Markdown."""
    return escape(excerpt(" ".join(plain(text).split()), SAID_LIMIT))


def transcribed(role: str, text: str) -> str:
    """Return a message as a transcript quotes it: people's as they wrote it, the bot's without marks."""
    if role == Role.ASSISTANT:
        return escape(excerpt(plain(text), TRANSCRIPT_EXCERPT))
    return as_told(text, TRANSCRIPT_EXCERPT)


def as_told(text: str, limit: int | None = None) -> str:
    """Return a customer's words as agents read them, of so many characters at most.

    A wish for a person that a button or a command said for them is told as what they did.
    """
    own = own_words(text)
    asked = "" if own == text else words.ASKED_FOR_PERSON
    return " ".join(filter(None, [asked, escape(excerpt(own, limit) if limit else own)]))


def card(case: Case, policy: Policy) -> str:
    """Return the card as it is now."""
    return joined(case.body, status(case, policy))


def status(case: Case, policy: Policy) -> str:
    """Return where a case stands, in words."""
    owner = escape(case.owner.name or case.owner.id) if case.owner else ""
    at, took = words.clock(case.since, policy.zone), words.span(case.since - case.opened_at)
    return words.status(case.state, owner, at, took)


def buttons(case: Case) -> tuple[Button, ...]:
    """Return what agents can press on the card now."""
    if case.forgotten:
        return ()
    return tuple(Button(press, words.LABELS[press], case.key) for press in _PRESSES[case.state])


def update(case: Case, policy: Policy) -> tuple[Post, ...]:
    """Return the edit that brings a case's card up to date; nothing while there is none."""
    if not case.ping:
        return ()
    return (Post(new_key(), case.desk, card(case, policy), edits=case.ping, buttons=buttons(case)),)


def below(case: Case, text: str, limit: int, **more: str) -> list[Post]:
    """Return posts in the thread below a case's card; none where there is no card."""
    return parts_of(text, limit, case.desk, under=case.ping, **more) if case.ping else []


def transcript(turn: Turn, case: Case, limit: int) -> list[Post]:
    """Return what was said before the case, as posts below its card."""
    said = (*turn.history, *turn.waiting)[-TRANSCRIPT_MESSAGES:]
    lines = [_line(message) for message in said]
    return below(case, joined(words.TRANSCRIPT, *lines), limit)


def _line(message: StoredMessage) -> str:
    who = "Bot" if message.role is Role.ASSISTANT else escape(message.author.name or message.author.id)
    to_others = message.role is Role.CUSTOMER and message.audience is Audience.OTHERS
    return words.transcript_line(who, transcribed(message.role, message.text), to_others=to_others)


def _asks(text: str) -> bool:
    """Say whether words are more than an answer to an offer, or small talk."""
    return not (takes_offer(text) or declines_offer(text) or small_talk(text))


def question(turn: Turn, reason: Reason, further: Sequence[str]) -> str:
    """Return what the customer needs: with a bare request for a person, what they asked before it."""
    before = [message.text for message in turn.asked_by(turn.customer) if _asks(message.text)]
    is_bare = reason in {Reason.ASKED_FOR_PERSON, Reason.UNHELPED, Reason.UPSET}
    needed = before and is_bare and not any(map(_explains, further))
    return joined(before[-1] if needed else "", *further)


def _explains(text: str) -> bool:
    """Say whether a request goes on, in a paragraph of its own, with what it is about, as commands do."""
    request, *rest = text.split("\n\n")
    return bool(rest) and bool(cues(request)) and not all(map(cues, rest))
