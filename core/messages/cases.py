"""Hand-overs to people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.messages.answers import Reason
from core.messages.people import Author, Role


class CaseState(StrEnum):
    """Where a case stands."""

    OFFERED = "offered"
    WAITING = "waiting"
    CLAIMED = "claimed"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Case:
    """One hand-over to people, from the offer to its resolution.

    Attributes:
        conversation: Whose hand-over it is.
        customer: Who asked.
        reason: Why a person is offered or called.
        question: What the customer needs, in their own words.
        state: Where it stands.
        place: Where the customer reads answers.
        key: Names it in buttons, for ever.
        owner: The agent who claimed it; the last one who did, once it is closed.
        ping: The key of the post that called the agents, its card; empty while it is only offered.
        desk: The place of that card.
        thread: The place below the card, once it is posted.
        body: What the card says of it that does not change, in Markdown.
        asked: The key of the post whose buttons its customer can press: the offer, or the notice of its end.
        subject: The subject of `escalation.toml` that it fell under.
        shared: Whether its conversation is a whole channel: other customers are still answered there.
        opened_at: Seconds since the epoch, as all times.
        since: When it came into its present state.
        spoke: Who spoke last, customer or agent.
        spoke_at: When they did.
        claimed_from: The position of the press that claimed it, where agents are: what its owner wrote before
            stays in the team, however late it is delivered.
        told: Whether the customer's words after the hand-over were acknowledged; once is enough.
        reminders: How many reminders were sent since it came into its state, or since somebody spoke.
        answer: What an agent said to the customer last.
        rating: The customer's thumb, once it is resolved.
        language: In which its customer is spoken to; empty where that was not known.
        forgotten: Whether its customer asked to be forgotten: nothing is left of it to go on with.
        id: The store's number; 0 until it is stored.
    """

    conversation: str
    customer: Author
    reason: Reason
    question: str
    state: CaseState
    place: str = ""
    key: str = ""
    owner: Author | None = None
    ping: str = ""
    desk: str = ""
    thread: str = ""
    body: str = ""
    asked: str = ""
    subject: str = ""
    shared: bool = False
    opened_at: float = 0.0
    since: float = 0.0
    spoke: Role = Role.CUSTOMER
    spoke_at: float = 0.0
    claimed_from: int = 0
    told: bool = False
    reminders: int = 0
    answer: str = ""
    rating: str = ""
    language: str = ""
    forgotten: bool = False
    id: int = 0

    @property
    def is_with_people(self) -> bool:
        """Whether people deal with it, so that the bot is silent there."""
        return self.state in {CaseState.WAITING, CaseState.CLAIMED}

    @property
    def is_closed(self) -> bool:
        """Whether it came to its end."""
        return self.state in {CaseState.RESOLVED, CaseState.CANCELLED}


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step of a case's life, as the audit trail tells it."""

    state: CaseState
    who: str
    why: str
    at: float


@dataclass(frozen=True, slots=True)
class Session:
    """What came of persons since a customer last began afresh.

    Attributes:
        offers: How often a person was offered, an open offer included.
        declined: Whether the customer said no to one.
        previous: Their case that was closed last, if that is less than a day ago.
    """

    offers: int = 0
    declined: bool = False
    previous: Case | None = None
