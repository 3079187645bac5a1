"""When a person is offered or called: before a model is asked, and after it has answered. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.escalation import Cue, cues, declines_offer, same_question, small_talk, takes_offer
from core.loops import is_loop
from core.messages import Action, Answer, Audience, CaseState, Reason, Role, Turn
from core.phrases import ENGLISH, Phrases
from core.policy import Policy
from core.posts import joined

# A complaint that is hardly more than that; a longer one says something that can be answered.
BARE_COMPLAINT = 60
# So often a question is asked before a person is offered.
TIMES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a turn before a model is asked.

    Attributes:
        answer: What is said; None: ask the model.
        offer: Why a person is offered besides what the model says.
        subject: The subject of `escalation.toml` that the turn falls under.
        mute: Whether the bot is to be quiet there from now on.
        pause: Whether it is to be quiet toward the customer for a while, unless people take over.
        again: Whether a problem came back that an agent closed as solved: they are offered again.
    """

    answer: Answer | None = None
    offer: Reason | None = None
    subject: str = ""
    mute: bool = False
    pause: bool = False
    again: bool = False


def offered(turn: Turn) -> bool:
    """Say whether a person was offered and the customer has not answered yet."""
    return turn.case is not None and turn.case.state is CaseState.OFFERED


def taken(turn: Turn) -> bool:
    """Say whether the customer takes the offer of a person that is open, perhaps with further words."""
    return offered(turn) and any(takes_offer(message.text) for message in turn.waiting)


def declined(turn: Turn) -> bool:
    """Say whether the customer declines the offer of a person that is open, and says nothing else."""
    return offered(turn) and all(declines_offer(message.text) for message in turn.waiting)


def withdraws(turn: Turn) -> bool:
    """Say whether the customer no longer needs the person whom they wait for, or who has their case.

    "It works now", said to a person, is for that person to hear: they close the case.
    """
    texts = [message.text for message in turn.waiting]
    claimed = turn.case is not None and turn.case.state is CaseState.CLAIMED
    return all(Cue.BACK in cues(text) and not (claimed and small_talk(text)) for text in texts)


def before(turn: Turn, policy: Policy, phrases: Phrases = ENGLISH) -> Verdict:
    """Return what the rules say before a model is asked."""
    if is_loop(turn.exchanges, turn.text, turn.newest.sent_at):
        return Verdict(Answer("", Action.ESCALATE, Reason.LOOPED), pause=True)
    said = frozenset[Cue]().union(*(cues(message.text) for message in turn.waiting))
    if subject := policy.subject([message.text for message in turn.waiting]):
        return Verdict(Answer(subject.say, Action.ESCALATE, Reason.SENSITIVE), subject=subject.name)
    if Cue.PERSON in said:
        return Verdict(Answer("", Action.ESCALATE, Reason.ASKED_FOR_PERSON))
    if turn.case and taken(turn):
        return Verdict(Answer("", Action.ESCALATE, turn.case.reason))
    if declined(turn):
        return Verdict(Answer(phrases.declined))
    if Cue.STOP in said:
        return Verdict(Answer(phrases.muted), mute=True)
    if Cue.BOT in said:
        return Verdict(Answer(phrases.i_am_a_bot))
    return _complaint(turn, said, phrases)


def _complaint(turn: Turn, said: frozenset[Cue], phrases: Phrases) -> Verdict:
    """Return what becomes of words that call for a person without asking for one."""
    if Cue.BARE in said:
        # After a No this is the customer's own wish; after an offer that led nowhere it is the second time.
        if turn.session.offers:
            return Verdict(Answer("", Action.ESCALATE, Reason.ASKED_FOR_PERSON))
        return Verdict(Answer(phrases.bare, Action.OFFER_HUMAN, Reason.ASKED_FOR_PERSON))
    if came_back(turn, said):
        return Verdict(Answer(phrases.not_solved, Action.OFFER_HUMAN, Reason.UNHELPED), again=True)
    reason, opening = _trouble(turn, said, phrases)
    if reason is None or turn.session.declined:
        return Verdict()
    if turn.session.offers:
        return Verdict(Answer(opening, Action.ESCALATE, reason))
    if reason is Reason.REPEATED or len(turn.text) <= BARE_COMPLAINT:
        return Verdict(Answer(opening, Action.OFFER_HUMAN, reason))
    return Verdict(offer=reason)


def _trouble(turn: Turn, said: frozenset[Cue], phrases: Phrases) -> tuple[Reason | None, str]:
    if Cue.UNHELPED in said and any(message.role is Role.ASSISTANT for message in turn.history):
        return Reason.UNHELPED, phrases.unhelped
    if _is_repeated(turn):
        return Reason.REPEATED, phrases.repeated
    if Cue.UPSET in said:
        return Reason.UPSET, phrases.upset
    return None, ""


def _is_repeated(turn: Turn) -> bool:
    """Say whether the customer asks the same for the third time since they began afresh.

    Another file is never the same, however alike the words are that stand for it.
    """
    if any(message.files for message in turn.waiting):
        return False
    asked = [m.text for m in turn.asked_by(turn.customer) if m.audience is Audience.US]
    return sum(same_question(earlier, turn.text) for earlier in asked) >= TIMES - 1


def came_back(turn: Turn, said: frozenset[Cue]) -> bool:
    """Say whether a problem is here again that an agent closed as solved less than a day ago."""
    previous = turn.session.previous
    if previous is None or previous.owner is None or turn.session.offers:
        return False
    return Cue.UNHELPED in said or any(
        same_question(part, turn.text) for part in previous.question.split("\n\n")
    )


def after(turn: Turn, answer: Answer, verdict: Verdict, phrases: Phrases = ENGLISH) -> Answer:
    """Return an answer with what the rules make of it: one offer a session, a call at the second failure."""
    if verdict.offer and answer.action in {Action.ANSWER, Action.CLARIFY}:
        answer = replace(answer, action=Action.OFFER_HUMAN, reason=verdict.offer)
    if answer.action is not Action.OFFER_HUMAN:
        return answer
    if turn.session.declined:
        # The reason stays: `frontdesk gaps` counts what the articles did not answer, also after a No.
        return replace(answer, action=Action.ANSWER, text=joined(_opening(answer, phrases), phrases.after_no))
    if turn.session.offers:
        return replace(answer, action=Action.ESCALATE)
    return answer


def _opening(answer: Answer, phrases: Phrases) -> str:
    return answer.text or phrases.before_person(answer.reason or Reason.UNSURE)
