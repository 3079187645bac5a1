"""Which questions the articles did not answer, and how that is known. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.escalation import Cue, cues, declines_offer, small_talk, takes_offer
from core.gaps.terms import content_terms
from core.knowledge.follow_ups import goes_on
from core.knowledge.terms import words_of
from core.messages import Case, Press, Reason
from core.store.questions import CustomerTurn
from core.words import DELETED

# What these say of a turn is about the articles. Being upset, or asking for a person, may have other grounds.
REASONS = (Reason.NOT_IN_ARTICLES, Reason.UNSURE, Reason.UNHELPED, Reason.REPEATED)
# An earlier question of the same customer belongs to what is asked now if it is younger than this.
CONTEXT_SECONDS = 3_600.0
# A complaint or a call for a person that is longer than this says more than that.
BARE = 60
# A question of fewer content words, or that goes on from another, does not stand alone.
STANDS_ALONE = 2
_NO_QUESTION = frozenset({Cue.PERSON, Cue.BARE, Cue.STOP, Cue.BOT, Cue.BACK})
_COMPLAINT = frozenset({Cue.UNHELPED, Cue.UPSET})


class Why(StrEnum):
    """How it is known that the articles did not answer a question: a closed list."""

    NOT_IN_ARTICLES = "not_in_articles"
    UNSURE = "unsure"
    UNHELPED = "unhelped"
    REPEATED = "repeated"
    WITHHELD = "withheld"
    RATED_BAD = "rated_bad"
    NOT_HELPFUL = "not_helpful"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of one customer that the articles did not answer.

    Attributes:
        turn: The turn that it was asked in; 0 where only the case is left that quotes it.
        conversation: Where.
        customer: The customer's id.
        name: What they are called; may be empty.
        at: When, in seconds since the epoch.
        text: The question.
        earlier: What the same customer asked shortly before, for a follow-up that does not stand alone.
        whys: How it is known.
        withheld: What the bot would have claimed, had it stood in an article.
    """

    turn: int
    conversation: str
    customer: str
    name: str
    at: float
    text: str
    earlier: str = ""
    whys: frozenset[Why] = frozenset()
    withheld: tuple[str, ...] = ()


def asked(turns: Sequence[CustomerTurn], cases: Iterable[Case], since: float) -> list[Asked]:
    """Return the questions that the articles did not answer, in order of time.

    "That didn't help" or a "yes" to the offer is no question: it tells of the one before it.

    Args:
        turns: What customers said wherever that happened, in order, with what was said around it.
        cases: Those that their customers rated bad.
        since: What was asked before is left out; in seconds since the epoch.
    """
    found: dict[int, Asked] = {}
    last: dict[tuple[str, str], Asked] = {}
    for turn in turns:
        who = (turn.conversation, turn.customer)
        before = last.get(who)
        if before and turn.at - before.at > CONTEXT_SECONDS:
            before = None
        question = _question(turn, before)
        if question:
            last[who] = question
        about = question or before
        if about and (whys := _whys(turn)):
            known = found.get(about.turn, about)
            claims = tuple(one.claim for one in turn.withheld if not one.mended)
            found[about.turn] = replace(
                known, whys=known.whys | whys, withheld=tuple(dict.fromkeys((*known.withheld, *claims)))
            )
    questions = (one for one in _with_ratings(found.values(), cases) if one.at >= since)
    return sorted(questions, key=lambda one: (one.at, one.turn))


def _question(turn: CustomerTurn, before: Asked | None) -> Asked | None:
    text = "\n".join(text for text in turn.texts if asks(text))
    if not text:
        return None
    earlier = (before.earlier or before.text) if before and not _stands_alone(text) else ""
    return Asked(turn.id, turn.conversation, turn.customer, turn.name, turn.at, text, earlier)


def _stands_alone(text: str) -> bool:
    return len(content_terms(text)) >= STANDS_ALONE and not goes_on(words_of(text))


def asks(text: str) -> bool:
    """Say whether a message asks something: it is no answer to an offer, no small talk, no mere complaint."""
    if not text.strip() or text == DELETED:
        return False
    if takes_offer(text) or declines_offer(text) or small_talk(text):
        return False
    heard = cues(text)
    return not (heard and len(text) <= BARE and heard & (_NO_QUESTION | _COMPLAINT))


def _whys(turn: CustomerTurn) -> frozenset[Why]:
    whys = {Why(turn.reason)} if turn.reason in REASONS else set()
    if any(not one.mended for one in turn.withheld):
        whys.add(Why.WITHHELD)
    if turn.feedback == Press.UNHELPFUL:
        whys.add(Why.NOT_HELPFUL)
    return frozenset(whys)


def _with_ratings(found: Iterable[Asked], cases: Iterable[Case]) -> Iterator[Asked]:
    """Yield the questions, and those of badly rated cases: what is known already gets this reason too."""
    rated: defaultdict[tuple[str, str], list[Asked]] = defaultdict(list)
    for case in cases:
        text = "\n".join(part for part in case.question.split("\n\n") if asks(part))
        if text:
            customer = case.customer
            whys = frozenset({Why.RATED_BAD})
            quoted = Asked(0, case.conversation, customer.id, customer.name, case.opened_at, text, whys=whys)
            rated[case.conversation, customer.id].append(quoted)
    for one in found:
        theirs = rated[one.conversation, one.customer]
        same = [quoted for quoted in theirs if not _lines(one).isdisjoint(_lines(quoted))]
        for quoted in same:
            theirs.remove(quoted)
        yield replace(one, whys=one.whys.union(*(quoted.whys for quoted in same)))
    for left in rated.values():
        yield from left


def _lines(one: Asked) -> set[str]:
    return set(one.text.split("\n"))
