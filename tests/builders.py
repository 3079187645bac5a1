"""Small makers of the nouns, so that a test names only what it is about."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.handover import Around, Change
from core.knowledge import Instructions
from core.messages import (
    Action,
    Agents,
    Answer,
    Author,
    Case,
    CaseState,
    File,
    Findings,
    Found,
    IncomingMessage,
    Passage,
    Post,
    Reason,
    Role,
    Session,
    StoredMessage,
    Turn,
    attached,
)
from core.policy import DEFAULT_POLICY, Policy
from core.posts import new_key

_numbers = itertools.count(1)


def next_position() -> int:
    """Return a position behind those of all messages so far."""
    return next(_numbers)


DESK = "stub:help"
TEAM = "stub:team"
ANN = Author("stub:ann", "Ann")
BEN = Author("stub:ben", "Ben")
DANA = Author("stub:dana", "Dana")
ELI = Author("stub:eli", "Eli")


def moment(text: str, zone: str = "UTC") -> float:
    """Return a time in a zone, `2026-11-23 09:00`, in seconds since the epoch."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def incoming(
    text: str = "How do refunds work?",
    *,
    author: Author = ANN,
    conversation: str = DESK,
    position: int | None = None,
    id: str = "",
    place: str = "",
    shared: bool = False,
    mentions: bool = False,
    to_others: bool = False,
    joins: bool = False,
    files: Sequence[File] = (),
) -> IncomingMessage:
    """Return a message as an adapter hands it over; later ones have larger positions."""
    number = next(_numbers)
    return IncomingMessage(
        id=id or f"{conversation}/{number}",
        conversation=conversation,
        author=author,
        text="\n".join(filter(None, [text, attached(files)])),
        position=number if position is None else position,
        sent_at=1_700_000_000.0 + number,
        place=place,
        shared=shared,
        mentions=mentions,
        to_others=to_others,
        joins=joins,
        files=tuple(files),
    )


def stored(
    text: str = "How do refunds work?",
    *,
    role: Role = Role.CUSTOMER,
    author: Author | None = None,
    turn: int = 0,
    tokens: int | None = None,
    attempts: int = 1,
) -> StoredMessage:
    """Return a message as the store keeps it; its tokens are its bytes unless they are given."""
    number = next(_numbers)
    given = author or (ANN if role is Role.CUSTOMER else Author(""))
    size = len(text.encode()) if tokens is None else tokens
    return StoredMessage(
        f"{DESK}/{number}", role, given, text, 1_700_000_000.0 + number, size, DESK, turn, attempts
    )


def turn_of(
    *waiting: str | StoredMessage,
    history: Sequence[StoredMessage] = (),
    case: Case | None = None,
    start: int = 0,
    session: Session | None = None,
    shared: bool = False,
    stranger: bool = False,
) -> Turn:
    """Return a claimed turn in which these words wait."""
    messages = tuple(stored(words) if isinstance(words, str) else words for words in waiting)
    known = session or Session()
    return Turn(1_000_000, DESK, messages, tuple(history), case, start, known, shared, stranger)


def case_of(
    state: CaseState = CaseState.OFFERED,
    *,
    question: str = "Can I pay in gold?",
    reason: Reason = Reason.NOT_IN_ARTICLES,
    customer: Author = ANN,
    id: int = 7,
    owner: Author | None = None,
    ping: str = "",
    since: float = 0.0,
    spoke: Role = Role.CUSTOMER,
    spoke_at: float = 0.0,
    reminders: int = 0,
    told: bool = False,
) -> Case:
    """Return a case of a customer; with a `ping` it has a card, and a thread below it."""
    return Case(
        DESK,
        customer,
        reason,
        question,
        state,
        place=DESK,
        key=f"case{id}",
        owner=owner,
        ping=ping,
        desk=TEAM if ping else "",
        thread=f"stub:below/{ping}" if ping else "",
        body="**Ann** needs a person." if ping else "",
        since=since,
        spoke=spoke,
        spoke_at=spoke_at,
        told=told,
        reminders=reminders,
        id=id,
    )


def change_of(case: Case, who: str = "stub:ann", why: str = "said so") -> Change:
    """Return a step that a case took."""
    return Change(case, who, why)


def around(
    now: float = 1_800_000_000.0, policy: Policy = DEFAULT_POLICY, agents: Agents | None = None
) -> Around:
    """Return what the handling of a case depends on, on the stand-in's platform."""
    return Around(
        now,
        policy,
        agents or Agents(TEAM, "<@team>"),
        2_000,
        2_000,
        lambda person: f"<@{person.partition(':')[2]}>",
        lambda text: len(text.encode()),
    )


def passage(
    text: str = "Refunds take five days.",
    *,
    id: str = "refunds.md#1",
    title: str = "Refunds",
    heading: str = "How long do refunds take?",
    url: str = "",
) -> Passage:
    """Return a passage."""
    return Passage(id, id.partition("#")[0], title, heading, text, url)


def findings(*passages: Passage, used: bool = True) -> Findings:
    """Return what a search that found these passages gave, best first."""
    found = tuple(Found(one, 1 / number, used) for number, one in enumerate(passages, 1))
    return Findings(found, 1.0 if used and found else 0.0)


def post(
    text: str = "Hello.",
    *,
    place: str = DESK,
    after: str = "",
    otherwise: str = "",
    key: str = "",
) -> Post:
    """Return a post that waits to be sent."""
    return Post(key or new_key(), place, text, after=after, otherwise=otherwise)


def offer(text: str = "The articles don't tell.") -> Answer:
    """Return an answer that offers a person."""
    return Answer(text, Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES)


def instructions(text: str = "Be kind.", contact: str = "Write to help@example.org.") -> Instructions:
    """Return instructions."""
    return Instructions(text, contact, "Example")


REFUNDS = """\
---
title: Refunds
url: https://help.example.org/refunds
---

# Refunds

## How long do refunds take?

Refunds take five working days to reach your bank account.
"""

SHIPPING = """\
# Shipping

## Where do you ship?

We ship parcels to Norway, Sweden and Denmark. Parcels travel by train.
"""


def write_knowledge(folder: Path, articles: Mapping[str, str | bytes] | None = None) -> Path:
    """Write a knowledge folder and return it: instructions, and these articles or two about a shop."""
    chosen = {"refunds.md": REFUNDS, "shipping.md": SHIPPING} if articles is None else articles
    (folder / "articles").mkdir(parents=True, exist_ok=True)
    (folder / "instructions.md").write_text('---\ncontact: "Write to help@example.org."\n---\nBe kind.\n')
    for name, content in chosen.items():
        path = folder / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
