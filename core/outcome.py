"""What a turn's answer comes to: posts, a case, the words that are kept. Pure: facts in, a decision out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from core import cases, words
from core.answering import Answered
from core.escalation import declines_offer, takes_offer
from core.markdown import escape, excerpt, split
from core.messages import Action, Answer, Case, CaseState, Post, Reason, Role, Turn
from core.store import Decision

QUESTION_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Agents:
    """Where agents are pinged, and the mention that pings them (may be empty)."""

    place: str
    mention: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the outcome of a turn depends on besides its answer.

    Attributes:
        limit: Characters that fit one post where the customer is.
        agents: Whom to call, if anybody.
        where: The customer's place in words.
        link: Opens the customer's message; may be empty.
        agents_limit: As `limit`, where the agents are.
    """

    limit: int
    agents: Agents | None = None
    where: str = ""
    link: str = ""
    agents_limit: int = 1_900


def new_key() -> str:
    """Return a key for a post: 24 characters, Discord's nonce takes 25 at most; never the same twice."""
    return secrets.token_hex(12)


def taken(turn: Turn) -> bool:
    """Say whether the customer takes the offer of a person that is open, perhaps with further words."""
    offered = turn.case is not None and turn.case.state is CaseState.OFFERED
    return offered and any(takes_offer(message.text) for message in turn.waiting)


def declined(turn: Turn) -> bool:
    """Say whether the customer declines the offer of a person that is open, and says nothing else."""
    offered = turn.case is not None and turn.case.state is CaseState.OFFERED
    return offered and all(declines_offer(message.text) for message in turn.waiting)


def outcome(turn: Turn, answered: Answered, facts: Facts) -> Decision:
    """Decide what an answer comes to.

    An offer or a call for a person opens a case if there is somebody to call, and tells how to reach a
    person if there is not. A case that waits already is not pinged for again.
    """
    answer = answered.answer
    if answer.action in {Action.ANSWER, Action.CLARIFY}:
        case = _lapsed(turn.case)
        return _decision(turn, answered, facts, answer.text, case=case)
    opening = answer.text or _before_person(turn, answer)
    if facts.agents is None:
        return _decision(turn, answered, facts, _joined(opening, answered.contact))
    if turn.case and turn.case.state is CaseState.WAITING:
        return _decision(turn, answered, facts, _joined(opening, words.ALREADY_TOLD))
    if answer.action is Action.OFFER_HUMAN:
        case = _case(turn, answer, CaseState.OFFERED)
        return _decision(turn, answered, facts, _joined(opening, words.OFFER), case=case)
    return _call(turn, answered, facts, facts.agents, opening)


def relay(turn: Turn, facts: Facts) -> Decision:
    """Pass a customer's words on to the agents, where a person owns the case; the bot says nothing."""
    posts: list[Post] = []
    if facts.agents:
        text = words.from_customer(escape(_name(turn)), escape(turn.text))
        posts = [_post(facts.agents.place, part) for part in split(text, facts.agents_limit)]
    return Decision(None, posts=posts, window=turn.start)


def unheard(answer: Answer, contact: str, *, agents: bool) -> str:
    """Return what a customer would read, where no platform is there to ping anybody."""
    if answer.action in {Action.ANSWER, Action.CLARIFY}:
        return answer.text
    opening = answer.text or words.BEFORE_PERSON.get(answer.reason or Reason.UNSURE, "")
    if not agents:
        return _joined(opening, contact)
    offers = answer.action is Action.OFFER_HUMAN
    return _joined(opening, words.OFFER if offers else words.FOR_A_PERSON)


def _before_person(turn: Turn, answer: Answer) -> str:
    """Return what is said before a person is called; nothing to a customer who has just taken the offer."""
    if taken(turn):
        return ""
    return words.BEFORE_PERSON.get(answer.reason or Reason.UNSURE, "")


def _call(turn: Turn, answered: Answered, facts: Facts, agents: Agents, opening: str) -> Decision:
    """Ping the agents; the customer hears of it once the ping is posted, or else how to reach a person."""
    case = _case(turn, answered.answer, CaseState.WAITING)
    ping = _post(
        agents.place,
        words.ping(
            escape(_name(turn)),
            escape(facts.where),
            case.reason,
            escape(excerpt(case.question, QUESTION_LIMIT)),
            facts.link,
        ),
        mention=agents.mention,
    )
    told = _post(
        turn.newest.place,
        words.TOLD,
        after=ping.key,
        otherwise=answered.contact,
        reply_to="" if opening else turn.newest.id,
    )
    case = replace(case, ping=ping.key)
    replies = _replies(turn, opening, facts.limit)
    said = _joined(opening, words.TOLD)
    return Decision(answered.answer, said, posts=(*replies, ping, told), case=case, window=answered.window)


def _decision(turn: Turn, answered: Answered, facts: Facts, said: str, case: Case | None = None) -> Decision:
    posts = _replies(turn, said, facts.limit)
    return Decision(answered.answer, said, posts=posts, case=case, window=answered.window)


def _case(turn: Turn, answer: Answer, state: CaseState) -> Case:
    reason = answer.reason or Reason.UNSURE
    if turn.case is None:
        newest = turn.newest
        question = _question(turn, reason)
        return Case(turn.conversation, newest.author, reason, question, state, place=newest.place)
    stepped = turn.case if state is turn.case.state else cases.step(turn.case, state)
    # "yes" alone would tell the agents nothing: the question is what led to the offer.
    further = "\n".join(message.text for message in turn.waiting if not takes_offer(message.text))
    return replace(stepped, reason=reason, question=_joined(turn.case.question, further))


def _question(turn: Turn, reason: Reason) -> str:
    """Return what the customer needs: with a bare request for a person, what they asked before it."""
    before = [message.text for message in turn.history if message.role is Role.CUSTOMER]
    if reason is Reason.ASKED_FOR_PERSON and before:
        return _joined(before[-1], turn.text)
    return turn.text


def _lapsed(case: Case | None) -> Case | None:
    """Return the offer that a customer did not take up, cancelled."""
    if case and case.state is CaseState.OFFERED:
        return cases.step(case, CaseState.CANCELLED)
    return None


def _replies(turn: Turn, text: str, limit: int) -> tuple[Post, ...]:
    """Return the parts of a reply; the first one refers to the message that it answers."""
    newest = turn.newest
    return tuple(
        _post(newest.place, part, reply_to="" if number else newest.id)
        for number, part in enumerate(split(text, limit))
    )


def _post(
    place: str,
    text: str,
    *,
    mention: str = "",
    reply_to: str = "",
    after: str = "",
    otherwise: str = "",
) -> Post:
    return Post(new_key(), place, text, mention, reply_to, after, otherwise)


def _name(turn: Turn) -> str:
    return turn.newest.author.name or turn.newest.author.id


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
