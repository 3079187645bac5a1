"""What a turn's answer comes to: posts, a case, the words that are kept. Pure: facts in, a decision out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core import cards, cases, words
from core.answering import Answered
from core.escalation import Small, declines_offer, small_talk, takes_offer
from core.handover import FRONTDESK, Around, Change
from core.markdown import escape
from core.messages import (
    Action,
    Button,
    Case,
    CaseState,
    Post,
    Press,
    Reason,
    Role,
    Sign,
    Turn,
    original,
)
from core.outage import Struck
from core.posts import joined, new_key, replies
from core.presses import rated
from core.rules import declined, offered, taken
from core.store import Decision
from core.thumbs import is_rated, with_thumbs


@dataclass(frozen=True, slots=True)
class Facts:
    """What the outcome of a turn depends on besides its answer.

    Attributes:
        around: What the handling of cases depends on; None where nobody can be called.
        limit: Characters that fit one post where the customer is.
        where: The customer's place in words.
        link: Opens the customer's message; may be empty.
        begun: The key of the post in which the reply may be seen already; empty where none is.
    """

    limit: int
    around: Around | None = None
    where: str = ""
    link: str = ""
    begun: str = ""


def outcome(turn: Turn, answered: Answered, facts: Facts) -> Decision:
    """Decide what an answer comes to.

    An offer or a call for a person opens a case if there is somebody to call, and tells how to reach a
    person if there is not.
    """
    answer = answered.answer
    if answer.action in {Action.ANSWER, Action.CLARIFY}:
        return _said(turn, answered, facts, answer.text, _lapsed(turn, facts))
    opening = answer.text or _before_person(turn, answered)
    if facts.around is None:
        return _said(turn, answered, facts, joined(opening, answered.contact))
    case = _case(turn, answered, facts.around)
    if answer.action is Action.OFFER_HUMAN:
        return _offer(turn, answered, facts, opening, case)
    return _call(turn, answered, facts, opening, case)


def overheard(turn: Turn) -> Decision:
    """Keep what was said to other people as what was said, and say nothing to it."""
    return Decision(None, window=turn.start)


def unheard(answered: Answered, *, agents: bool) -> str:
    """Return what a customer would read, where no platform is there to ping anybody."""
    answer, phrases = answered.answer, answered.phrases
    if answer.action in {Action.ANSWER, Action.CLARIFY}:
        return answer.text
    opening = answer.text or phrases.before_person(answer.reason or Reason.UNSURE)
    if not agents:
        return joined(opening, answered.contact)
    offers = answer.action is Action.OFFER_HUMAN
    return joined(opening, phrases.offered() if offers else phrases.for_a_person)


def _before_person(turn: Turn, answered: Answered) -> str:
    """Return what is said before a person is called; nothing to a customer who has just taken the offer."""
    if taken(turn):
        return ""
    return answered.phrases.before_person(answered.answer.reason or Reason.UNSURE)


# --- the bot answers ---------------------------------------------------------------------------------


def _said(turn: Turn, answered: Answered, facts: Facts, said: str, change: Change | None = None) -> Decision:
    posts = replies(turn.newest, said, facts.limit, facts.begun)
    if is_rated(turn, answered.answer):
        posts = with_thumbs(posts, answered.phrases, agents=facts.around is not None)
    return Decision(
        answered.answer,
        said,
        posts=posts,
        change=change,
        window=answered.window,
        language=answered.language,
        mute=answered.verdict.mute,
        pause=answered.verdict.pause,
    )


def _lapsed(turn: Turn, facts: Facts) -> Change | None:
    """Return the end of an offer that a customer did not take up."""
    if turn.case is None or not offered(turn):
        return None
    now = facts.around.now if facts.around else turn.newest.sent_at
    case = cases.step(turn.case, CaseState.CANCELLED, now)
    return Change(case, turn.customer, cases.DECLINED if declined(turn) else "not taken up")


def _offer(turn: Turn, answered: Answered, facts: Facts, opening: str, case: Case) -> Decision:
    owner, phrases = case.owner.name or case.owner.id if case.owner else "", answered.phrases
    said = joined(opening, phrases.offered(escape(owner)))
    *before, last = replies(turn.newest, said, facts.limit, facts.begun)
    buttons = tuple(Button(press, phrases.label(press), case.key) for press in (Press.YES, Press.NO))
    posts = (*before, replace(last, buttons=buttons))
    case = replace(case, asked=last.key)
    change = Change(case, FRONTDESK, f"offered: {words.REASONS[case.reason]}")
    return Decision(
        answered.answer, said, posts=posts, change=change, window=answered.window, language=answered.language
    )


# --- a person is called ------------------------------------------------------------------------------


def _call(turn: Turn, answered: Answered, facts: Facts, opening: str, case: Case) -> Decision:
    """Ping the agents; the customer hears of it once the ping is posted, or else how to reach a person."""
    around = facts.around
    assert around is not None
    desk, mention, opens = _whom(around)
    case = replace(_waiting(case, around), ping=new_key(), desk=desk)
    case = replace(case, body=cards.body(turn, case, facts.where, facts.link, _had_before(turn)))
    struck = None
    if case.reason is Reason.MODEL_UNAVAILABLE:
        line = words.struck(escape(case.customer.name or case.customer.id), escape(facts.where), facts.link)
        struck, mention = Struck(desk, mention, line, around.now, opens, case.customer.id), ""
    ping = Post(
        case.ping,
        desk,
        cards.card(case, around.policy),
        mention=around.owner_mention(case) or mention,
        buttons=cards.buttons(case),
        not_before=opens,
    )
    told = _told(turn, answered, around, ping, "" if opening else original(turn.newest.id))
    if not told.after:  # the customer has been promised a person already
        ping = replace(ping, otherwise=answered.contact)
    posts = (
        *replies(turn.newest, opening, facts.limit, facts.begun),
        ping,
        told,
        *cards.transcript(turn, case, around.agents_limit),
    )
    return Decision(
        answered.answer,
        joined(opening, told.text),
        posts=posts,
        change=Change(case, turn.customer, words.REASONS[case.reason]),
        window=answered.window,
        language=answered.language,
        struck=struck,
    )


def _whom(around: Around) -> tuple[str, str, float]:
    """Return where agents are called now, whom the call mentions, and before which time it is not sent."""
    policy, agents = around.policy, around.agents
    opens = policy.opens(around.now)
    if opens == around.now:
        return agents.place, agents.mention, 0.0
    if policy.away_place:
        return policy.away_place, policy.away_mention, 0.0
    # Closed for longer than can be looked ahead: the ping is kept for whoever looks in, and wakes nobody.
    return (agents.place, agents.mention, opens) if opens else (agents.place, "", 0.0)


def _told(turn: Turn, answered: Answered, around: Around, ping: Post, reply_to: str) -> Post:
    """Return what the customer hears of the call."""
    policy, phrases = around.policy, answered.phrases
    opens = policy.opens(around.now)
    when = phrases.opening(opens, around.now, policy.zone) if opens and opens != around.now else ""
    place = turn.newest.place
    if ping.not_before or opens is None:
        return Post(new_key(), place, phrases.away_till(when), reply_to=reply_to)
    return Post(
        new_key(),
        place,
        phrases.told_till(when),
        reply_to=reply_to,
        after=ping.key,
        otherwise=answered.contact,
    )


def _had_before(turn: Turn) -> str:
    previous = turn.session.previous
    return previous.owner.name or previous.owner.id if previous and previous.owner else ""


def _case(turn: Turn, answered: Answered, around: Around) -> Case:
    """Return the turn's case with its reason and question: the one that is open, or a new one."""
    answer, newest = answered.answer, turn.newest
    reason = answer.reason or Reason.UNSURE
    # "yes" alone would tell the agents nothing: the question is what led to the offer.
    further = [message.text for message in turn.waiting if not (offered(turn) and takes_offer(message.text))]
    subject = answered.verdict.subject
    if turn.case:
        question = joined(turn.case.question, *further)
        return replace(
            turn.case,
            reason=reason,
            question=question,
            subject=subject or turn.case.subject,
            place=newest.place,
            language=answered.language,
        )
    previous = turn.session.previous if answered.verdict.again else None
    question = cards.question(turn, reason, further)
    return Case(
        turn.conversation,
        newest.author,
        reason,
        joined(previous.question, *further) if previous else question,
        CaseState.OFFERED,
        place=newest.place,
        key=new_key(),
        owner=previous.owner if previous else None,
        subject=subject,
        shared=turn.shared,
        opened_at=around.now,
        since=around.now,
        spoke_at=newest.sent_at,
        language=answered.language,
    )


def _waiting(case: Case, around: Around) -> Case:
    if case.is_with_people:  # its card is where nobody looks any more: it gets a new one
        return replace(case, state=CaseState.WAITING, since=around.now, reminders=0)
    return cases.step(case, CaseState.WAITING, around.now)


def after_resolution(turn: Turn, around: Around) -> Decision | None:
    """Return what becomes of the first words after a case was resolved, if they only speak of the help.

    Thanks get a sign, not an answer; a yes or a no answers whether the team helped.
    """
    previous = turn.session.previous
    if (
        previous is None
        or turn.case is not None
        or any(
            m.role is Role.CUSTOMER and m.author.id == turn.customer and m.sent_at > previous.since
            for m in turn.history
        )
    ):
        return None
    texts = [message.text for message in turn.waiting]
    press = None if previous.rating else _thumb(texts)
    if press is None:
        thanks = all(small_talk(text) in {Small.THANKS, Small.GOOD} for text in texts)
        return Decision(None, posts=(_thanks(turn),), window=turn.start) if thanks else None
    said = rated(previous, press, turn.newest.author, around)
    change = said.change or Change(previous, turn.customer)
    if press is Press.GOOD:
        return Decision(None, posts=(_thanks(turn),), change=change, window=turn.start)
    posts = replies(turn.newest, said.reply, around.limit)
    return Decision(None, said.reply, posts=posts, change=change, window=turn.start)


def _thumb(texts: Sequence[str]) -> Press | None:
    if all(takes_offer(text) for text in texts):
        return Press.GOOD
    return Press.BAD if all(declines_offer(text) for text in texts) else None


def _thanks(turn: Turn) -> Post:
    newest = turn.newest
    return Post(new_key(), newest.place, "", reply_to=original(newest.id), sign=Sign.THANKS)
