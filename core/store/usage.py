"""Queries about what calls to models cost. Each runs inside its caller's transaction.

Money is in whole nano-dollars. What each period's calls cost so far stands ready in `spent`, so that a call
is held against its budgets by looking up a few rows, however many calls were made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from core.messages import Post, Usage
from core.store.database import first, marks
from core.store.posts import add_posts

ALL = ""  # who all are together

# A period, `2026-11-22` or `2026-11`, and who: a customer's id, or all.
Whose = tuple[str, str]
# What a call with a model used, in money. Pure.
Bill = Callable[[str, Usage], int]

By = Literal["day", "place", "customer", "model", "purpose"]


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that may be spent in a period, by all or by one customer."""

    period: str
    who: str
    most: int


@dataclass(frozen=True, slots=True)
class Total:
    """What was spent in a period; `reserved` is the part of it that is only set aside."""

    amount: int = 0
    reserved: int = 0

    @property
    def settled(self) -> int:
        """What is spent for sure."""
        return self.amount - self.reserved


@dataclass(frozen=True, slots=True)
class Planned:
    """A call to a model before it is made, at the most that it can cost.

    Attributes:
        at: When, in seconds since the epoch.
        day: The day that it is booked on, `2026-11-22`.
        model: Its name.
        purpose: What for.
        customer: Whose question; may be empty, as the next two.
        conversation: Where it was asked.
        place: Where the answer belongs.
        prompt_tokens: As estimated.
        max_tokens: The longest answer.
        cost: What is set aside for it.
    """

    at: float
    day: str
    model: str
    purpose: str
    customer: str
    conversation: str
    place: str
    prompt_tokens: int
    max_tokens: int
    cost: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """What became of a wish to make a call: its number, or the first limit that it would pass."""

    number: int
    passed: Limit | None
    totals: Mapping[Whose, Total]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a call was booked on, and what was spent there since."""

    day: str
    customer: str
    totals: Mapping[Whose, Total]


@dataclass(frozen=True, slots=True)
class Spending:
    """What several calls used together.

    Attributes:
        key: What they have in common: a day, a place, a customer, a model, a purpose.
        calls: How many.
        prompt_tokens: Tokens of their prompts.
        cached_tokens: Those of them that the provider's cache held.
        completion_tokens: Tokens of their answers.
        cost: Nano-dollars.
        assumed: How many are booked at the most that they could cost, since they never told.
        unpriced: How many of them used a model without a price, or were made before money was counted.
    """

    key: str
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost: int = 0
    assumed: int = 0
    unpriced: int = 0

    def __add__(self, other: Spending) -> Spending:
        return Spending(
            self.key,
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cost + other.cost,
            self.assumed + other.assumed,
            self.unpriced + other.unpriced,
        )


def month_of(period: str) -> str:
    """Return the month of a day: `2026-11` of `2026-11-22`."""
    return period[:7]


def counted(day: str, customer: str) -> list[Whose]:
    """Return the totals that a call of a day counts in."""
    return [(period, who) for period in (day, month_of(day)) for who in dict.fromkeys((ALL, customer))]


def reserve(db: Database, call: Planned, limits: Sequence[Limit]) -> Reserved:
    """Set aside what a call may cost, unless that would pass a limit."""
    before = _totals(db, call.day, call.customer)
    for limit in limits:
        if before[limit.period, limit.who].amount + call.cost > limit.most:
            return Reserved(0, limit, before)
    number = db.execute(
        "INSERT INTO usage(at, day, model, purpose, customer, conversation, place, calls, prompt_tokens, "
        "cached_tokens, completion_tokens, cost, reservation, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, 0, ?, ?, ?, 'reserved')",
        [
            call.at,
            call.day,
            call.model,
            call.purpose,
            call.customer,
            call.conversation,
            call.place,
            call.prompt_tokens,
            call.max_tokens,
            call.cost,
            call.cost,
        ],
    ).lastrowid
    assert number is not None
    _add(db, call.day, call.customer, call.cost, call.cost)
    return Reserved(number, None, before)


def settle(db: Database, number: int, usage: Usage | None, bill: Bill) -> Settled | None:
    """Book what a call cost; see `Meter.settle`.

    A call that another process took for left over is put right as well. What was not made leaves no row.

    Returns:
        None for a number that is not there.
    """
    query = "SELECT day, customer, model, state, cost, reservation FROM usage WHERE id = ?"
    row = first(db, query, [number])
    if row is None:
        return None
    day, customer, model, state, before, reservation = row
    cost = before if usage is None else bill(model, usage)
    if usage is None:
        db.execute("UPDATE usage SET state = 'assumed' WHERE id = ? AND state = 'reserved'", [number])
    elif usage.calls == 0:
        cost = 0
        db.execute("DELETE FROM usage WHERE id = ?", [number])
    else:
        db.execute(
            "UPDATE usage SET state = 'settled', calls = ?, prompt_tokens = ?, cached_tokens = ?, "
            "completion_tokens = ?, cost = ? WHERE id = ?",
            [
                usage.calls,
                usage.prompt_tokens,
                usage.cached_tokens,
                usage.completion_tokens,
                cost,
                number,
            ],
        )
    _add(db, day, customer, cost - before, -reservation if state == "reserved" else 0)
    return Settled(day, customer, _totals(db, day, customer))


def settle_left_over(db: Database) -> int:
    """Book what a process which is gone had set aside; return how many calls that were."""
    settled = db.execute("UPDATE usage SET state = 'assumed' WHERE state = 'reserved'")
    db.execute("UPDATE spent SET reserved = 0 WHERE reserved != 0")
    return settled.rowcount


def _totals(db: Database, day: str, customer: str) -> dict[Whose, Total]:
    keys = counted(day, customer)
    query = "SELECT period, who, amount, reserved FROM spent WHERE period IN (?, ?) AND who IN (?, ?)"
    rows = db.execute(query, [day, month_of(day), ALL, customer])
    return dict.fromkeys(keys, Total()) | {(row[0], row[1]): Total(row[2], row[3]) for row in rows}


def _add(db: Database, day: str, customer: str, amount: int, reserved: int) -> None:
    for period, who in counted(day, customer):
        db.execute(
            "INSERT INTO spent(period, who, amount, reserved) VALUES (?, ?, ?, ?) ON CONFLICT(period, who) "
            "DO UPDATE SET amount = amount + excluded.amount, reserved = reserved + excluded.reserved",
            [period, who, amount, reserved],
        )


def spent(db: Database, periods: Sequence[str], who: str) -> list[int]:
    """Return what all, or a customer, spent in periods; those without anything spent are left out."""
    query = f"SELECT amount FROM spent WHERE who = ? AND period IN ({marks(periods)})"
    return [row[0] for row in db.execute(query, [who, *periods])]


def spending(db: Database, by: By, since: str) -> list[Spending]:
    """Return what the calls from a day on used, by what they have in common."""
    query = (
        f"SELECT {by}, sum(calls), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), "
        "sum(cost), sum(state = 'assumed'), sum(iif(cost = 0, calls, 0)) "
        f"FROM usage WHERE day >= ? GROUP BY {by} ORDER BY {by}"
    )
    return [Spending(*row) for row in db.execute(query, [since])]


def tell_once(db: Database, key: str, covers: Sequence[str], posts: Sequence[Post]) -> bool:
    """Put posts into the outbox unless that was done before under this key; return whether it was now.

    Args:
        db: The database.
        key: What the posts tell.
        covers: What need not be told any more once this is.
        posts: What is posted.
    """
    now = time.time()
    query = "INSERT INTO alerts(key, at) VALUES (?, ?) ON CONFLICT(key) DO NOTHING"
    if db.execute(query, [key, now]).rowcount != 1:
        return False
    for covered in covers:
        db.execute(query, [covered, now])
    add_posts(db, posts, None)
    return True
