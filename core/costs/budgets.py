"""Budgets: who may spend how much until when, and what is told of it. Pure; money is in nano-dollars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from core.store.usage import ALL, Limit, Total, Whose, month_of

# When the agents' place is told, in percent of a budget of all.
WARN_AT = 80
SPENT_AT = 100
# How much of each budget the main model may use where a cheaper one can go on with the rest.
MAIN_SHARE = 90

NANO = Decimal(1_000_000_000)


def nano(dollars: Decimal | None) -> int | None:
    """Return an amount of dollars in nano-dollars; what is less than one is left out."""
    return None if dollars is None else int(dollars * NANO)


def dollars(amount: int) -> Decimal:
    """Return an amount of nano-dollars in dollars, exactly."""
    return Decimal(amount) / NANO


@dataclass(frozen=True, slots=True)
class Budgets:
    """The most that calls may cost, for all and for each customer; None: no limit."""

    day: int | None = None
    month: int | None = None
    customer_day: int | None = None
    customer_month: int | None = None

    @property
    def any(self) -> bool:
        """Whether there is any limit."""
        return any(
            most is not None for most in (self.day, self.month, self.customer_day, self.customer_month)
        )

    def limits(self, day: str, customer: str) -> list[Limit]:
        """Return what a call of a day counts against; `customer` is empty where it is nobody's."""
        month = month_of(day)
        found = [(day, ALL, self.day), (month, ALL, self.month)]
        if customer:
            found += [(day, customer, self.customer_day), (month, customer, self.customer_month)]
        return [Limit(period, who, most) for period, who, most in found if most is not None]


def shared(limits: Sequence[Limit]) -> list[Limit]:
    """Return what the main model may use of each budget where a cheaper one goes on with the rest."""
    return [Limit(limit.period, limit.who, limit.most * MAIN_SHARE // 100) for limit in limits]


@dataclass(frozen=True, slots=True)
class Reached:
    """A budget of which so much is spent that people should know.

    Attributes:
        limit: The budget.
        percent: The line that is reached: 80 or 100.
        spent: What is spent for sure; what is only set aside is not in it.
    """

    limit: Limit
    percent: int
    spent: int

    @property
    def key(self) -> str:
        """Names what is told once: a budget that was raised is another."""
        return self._key(self.percent)

    @property
    def covers(self) -> tuple[str, ...]:
        """What need not be told any more once this is."""
        return (self._key(WARN_AT),) if self.percent == SPENT_AT else ()

    def _key(self, percent: int) -> str:
        span = "month" if is_month(self.limit.period) else "day"
        key = f"budget/{span}/{self.limit.period}/{percent}/{dollars(self.limit.most):f}"
        return f"{key}/{self.limit.who}" if self.limit.who else key


def is_month(period: str) -> bool:
    """Say whether a period is a month, not a day."""
    return period == month_of(period)


def reached(limits: Iterable[Limit], totals: Mapping[Whose, Total], asked: int = 0) -> list[Reached]:
    """Return what should be told of budgets.

    A budget is spent when another call does not fit in even if nothing of what is set aside were used: so
    many calls at once, each with room for a long answer, don't make it look spent too early.

    Args:
        limits: The budgets.
        totals: What was spent of each.
        asked: What a call would cost at most that was refused.
    """
    found = []
    for limit in limits:
        spent = totals[limit.period, limit.who].settled
        if spent >= limit.most or (asked and spent + asked > limit.most):
            found.append(Reached(limit, SPENT_AT, spent))
        elif limit.who == ALL and spent * 100 >= limit.most * WARN_AT:
            found.append(Reached(limit, WARN_AT, spent))
    return found


def day_of(at: float, zone: tzinfo | None = None) -> str:
    """Return the day of a time, `2026-11-22`.

    Args:
        at: Seconds since the epoch.
        zone: Where; None: where this machine is.
    """
    return datetime.fromtimestamp(at, zone).date().isoformat()
