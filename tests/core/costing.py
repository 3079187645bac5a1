"""What tests of costs do over and over: a token costs a millionth of a dollar, so that sums are easy."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from core.alerts import Alerts
from core.costs.budgets import Budgets, nano
from core.costs.meter import StoreMeter
from core.costs.prices import Price, Prices
from core.messages import Usage
from core.ports import Asker, Call
from core.store import Store
from tests.builders import ANN, DESK, TEAM, moment
from tests.core.storing import rows

OSLO = ZoneInfo("Europe/Oslo")
NOON = moment("2026-11-22 12:00", "Europe/Oslo")
DAY = 86_400.0
ONE = Decimal(1)
TOKEN = 1_000  # nano-dollars
PRICES = Prices(
    date(2026, 11, 22),
    {"main": Price(ONE, ONE / 2, ONE), "cheap": Price(ONE / 10, ONE / 10, ONE / 10)},
)


class Clock:
    """A clock that stands where it is set."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Counting:
    """A meter on a store, with what tests ask of it."""

    def __init__(
        self, store: Store, path: Path, main: str = "", place: str | None = TEAM, **budgets: str
    ) -> None:
        self.store = store
        self.path = path
        self.clock = Clock()
        self.alerts = Alerts(store, place)
        limits = Budgets(**{name: nano(Decimal(most)) for name, most in budgets.items()})
        self.meter = StoreMeter(store, PRICES, limits, self.alerts, main, self.clock, OSLO)

    async def spends(self, tokens: int, customer: str = ANN.id, model: str = "main") -> None:
        """Make a call that uses as many tokens as it may."""
        number = await self.meter.reserve(call(tokens, customer, model))
        await self.meter.settle(number, used(tokens))

    def spent(self, period: str = "2026-11-22", who: str = "") -> int:
        """Return what the running totals say, in tokens."""
        found = rows(self.path, "SELECT period, who, amount FROM spent")
        return sum(int(amount) for *whose, amount in found if whose == [period, who]) // TOKEN

    def told(self) -> list[str]:
        """Return what the agents were told, in order."""
        return [text for (text,) in rows(self.path, "SELECT text FROM posts ORDER BY id")]


def call(tokens: int = 1_000, customer: str = ANN.id, model: str = "main", purpose: str = "answer") -> Call:
    """Return a call that may use so many tokens, a tenth of them for its prompt."""
    return Call(model, purpose, tokens // 10, tokens - tokens // 10, Asker(customer, DESK, DESK))


def used(tokens: int, cached: int = 0) -> Usage:
    """Return what a call used that cost so many tokens at full price, and some cached ones."""
    return Usage("main", tokens // 10 + cached, cached, tokens - tokens // 10, 1)


def agrees(path: Path) -> bool:
    """Say whether the running totals are the sums of the rows."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for day, customer, state, cost in rows(path, "SELECT day, customer, state, cost FROM usage"):
        for period in (day, day[:7]):
            for who in {"", customer}:
                sums[period, who, "amount"] += cost
                sums[period, who, "reserved"] += cost if state == "reserved" else 0
    totals: Counter[tuple[str, str, str]] = Counter()
    for period, who, amount, reserved in rows(path, "SELECT period, who, amount, reserved FROM spent"):
        totals[period, who, "amount"] = amount
        totals[period, who, "reserved"] = reserved
    return totals == sums
