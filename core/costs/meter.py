"""The meter: sets aside before a call what it may cost, books after it what it did, and tells of budgets."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from core import words
from core.alerts import Alerts
from core.costs.budgets import SPENT_AT, Budgets, Reached, day_of, dollars, is_month, nano, reached, shared
from core.costs.prices import Prices, load_prices
from core.costs.unusual import FLOOR, is_unusual, trailing, usual
from core.faults import describe
from core.insist import OUR_FAULT, insist
from core.markdown import escape, excerpt
from core.messages import Usage
from core.ports import Call, FaultKind, ModelFault
from core.settings import Settings
from core.store import Limit, Planned, Settled, Store
from core.store.usage import ALL, month_of

log = logging.getLogger(__name__)

CENT = Decimal("0.01")
HUNDREDTH = Decimal("0.0001")  # of a cent
NAME_LENGTH = 60
CLOSE_SECONDS = 1.0

NO_PRICE = (
    "No price is known for the model %s: its calls are counted as free%s. Name a file with its price in "
    "PRICES; core/costs/prices.toml shows the shape."
)
NO_HOLD = ", and no budget holds for it"
TOO_SMALL = (
    "%s is $%s, but one call may cost as much as $%s: most questions will be answered by quoting. Raise it, "
    "or lower CONTEXT_TOKENS or MAX_TOKENS."
)
LEFT_OVER = (
    "Calls to the model that were under way when Frontdesk ended last: %d. They are booked at the most that "
    "they could cost."
)


@dataclass(slots=True)
class _Usual:
    """What the days before one usually cost, by customer, as far as it was looked up."""

    day: str = ""
    medians: dict[str, Fraction | None] = field(default_factory=dict)


class StoreMeter:
    """The meter on the store: what it keeps, all processes on the same database keep together."""

    def __init__(
        self,
        store: Store,
        prices: Prices,
        budgets: Budgets | None = None,
        alerts: Alerts | None = None,
        main: str = "",
        clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
    ) -> None:
        """Make a meter.

        Args:
            store: Keeps what was spent.
            prices: What models cost.
            budgets: The most that may be spent; None: no limits.
            alerts: Tells of budgets and unusual days; None: the log alone.
            main: The model that leaves the last part of each budget to a cheaper one; empty: none does.
            clock: Gives the time, in seconds since the epoch.
            zone: Where days and months begin at midnight; None: where this machine is.
        """
        self._store = store
        self._prices = prices
        self._budgets = budgets or Budgets()
        self._alerts = alerts or Alerts(store)
        self._main = main
        self._clock = clock
        self._zone = zone
        self._unpriced: set[str] = set()
        self._usual = _Usual()
        self._under_way: set[asyncio.Task[object]] = set()

    def check(self, models: Iterable[str], *, local: bool = False) -> None:
        """Tell the log which of the models that are set have no price.

        `local`: a server of one's own, whose calls may well be free; worth a warning only with a budget.
        """
        for model in models:
            self._check(model, logging.INFO if local and not self._budgets.any else logging.WARNING)

    async def take_up(self) -> None:
        """Book what a process which is gone had set aside; before the first call."""
        if count := await self._store.settle_left_over():
            log.warning(LEFT_OVER, count)

    async def close(self) -> None:
        """Wait for what is still to be booked, but not for a disk; what is not is booked at the next start.

        Before the store is closed.
        """
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSE_SECONDS)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    # --- the port ------------------------------------------------------------------------------------

    async def reserve(self, call: Call) -> int:
        """Set aside what a call may cost at most, and return its number; see `Meter`."""
        self._check(call.model, logging.WARNING)
        planned = self._planned(call)
        limits = self._budgets.limits(planned.day, planned.customer)
        allowed = shared(limits) if call.model == self._main else limits
        reserved = await self._store.reserve(planned, allowed)
        if reserved.passed:
            if allowed is limits:
                await self._safely(self._tell_budgets(reached(limits, reserved.totals, planned.cost)))
            raise ModelFault(_refusal(reserved.passed), kind=FaultKind.BUDGET)
        return reserved.number

    async def settle(self, number: int, usage: Usage | None) -> None:
        """Book what a call cost in the place of what was set aside; see `Meter`."""
        if usage and usage.calls and not (usage.prompt_tokens or usage.completion_tokens):
            usage = None  # a server that doesn't count
        try:
            settled = await self._store.settle(number, usage, self._prices.cost)
        except OUR_FAULT:
            raise
        except sqlite3.Error:
            # The answer is there and need not wait for the disk; until then the call counts at its most.
            self._meanwhile(insist(lambda: self._store.settle(number, usage, self._prices.cost)))
        else:
            if settled:
                await self._tell(settled)

    async def _tell(self, settled: Settled) -> None:
        today = day_of(self._clock(), self._zone)
        # A call that ended after midnight counts where it began; what is over needs no warning.
        limits = [
            limit
            for limit in self._budgets.limits(settled.day, settled.customer)
            if limit.period in (today, month_of(today))
        ]
        await self._safely(self._tell_budgets(reached(limits, settled.totals)))
        if settled.day == today:
            await self._safely(self._tell_unusual(settled))

    # --- reserving -----------------------------------------------------------------------------------

    def _planned(self, call: Call) -> Planned:
        at = self._clock()
        most = Usage(call.model, call.prompt_tokens, 0, call.max_tokens, 1)
        return Planned(
            at,
            day_of(at, self._zone),
            call.model,
            call.purpose,
            call.asker.customer,
            call.asker.conversation,
            call.asker.place,
            call.prompt_tokens,
            call.max_tokens,
            self._prices.cost(call.model, most),
        )

    def _meanwhile(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something that nobody waits for but `close`."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _check(self, model: str, level: int) -> None:
        if model not in self._unpriced and self._prices.of(model) is None:
            self._unpriced.add(model)
            log.log(level, NO_PRICE, model, NO_HOLD if self._budgets.any else "")

    # --- telling -------------------------------------------------------------------------------------

    async def _safely(self, telling: Awaitable[None]) -> None:
        """Tell; where that fails, the call goes on as it was booked, and the next one tells."""
        try:
            await telling
        except Exception as error:
            log.error("What calls cost could not be told: %s", describe(error))

    async def _tell_budgets(self, found: Iterable[Reached]) -> None:
        for one in found:
            text, logged = await self._budget_text(one), _budget_logged(one)
            await self._alerts.tell(one.key, text, logged, one.covers, one.limit.who)

    async def _budget_text(self, one: Reached) -> str:
        span, spent, most = _span(one.limit), _rounded(one.spent), _rounded(one.limit.most)
        if one.limit.who:
            return words.customer_budget_spent(await self._name(one.limit.who), span, spent, most)
        told = words.budget_spent if one.percent == SPENT_AT else words.budget_nearly_spent
        return told(span, spent, most)

    async def _tell_unusual(self, settled: Settled) -> None:
        for who in dict.fromkeys((ALL, settled.customer)):
            spent = settled.totals[settled.day, who].settled
            if spent <= FLOOR:
                continue
            median = await self._median(settled.day, who)
            if median is not None and is_unusual(spent, median):
                await self._tell_day(settled.day, who, _rounded(spent), _rounded(int(median)))

    async def _tell_day(self, day: str, who: str, spent: str, usual: str) -> None:
        key, logged = f"unusual/{day}", f"${spent} were spent on {day}, unusually much; usual are ${usual}."
        if who:
            text = words.unusual_day_of(await self._name(who), spent, usual)
            await self._alerts.tell(f"{key}/{who}", text, f"{who}: {logged}", customer=who)
        else:
            await self._alerts.tell(key, words.unusual_day(spent, usual), logged)

    async def _median(self, day: str, who: str) -> Fraction | None:
        """Return what the days before one usually cost; looked up once a day."""
        if self._usual.day != day:
            self._usual = _Usual(day)
        known = self._usual.medians
        if who not in known:
            known[who] = usual(await self._store.spent(trailing(day), who))
        return known[who]

    async def _name(self, who: str) -> str:
        names = await self._store.names([who])
        return escape(excerpt(" ".join(names.get(who, who).split()), NAME_LENGTH))


def _refusal(limit: Limit) -> str:
    whose = "the customer's budget" if limit.who else "the budget"
    return f"{whose} of this {_span(limit)} leaves no room for the call"


def _budget_logged(one: Reached) -> str:
    whose = f"The budget of {one.limit.who}" if one.limit.who else "The budget"
    spent, most = _rounded(one.spent), _rounded(one.limit.most)
    state = "is spent" if one.percent == SPENT_AT else f"has reached {one.percent} %"
    return f"{whose} for this {_span(one.limit)} {state}: ${spent} of ${most}."


def _span(limit: Limit) -> str:
    return "month" if is_month(limit.period) else "day"


def _rounded(amount: int) -> str:
    """Return nano-dollars as dollars and cents; of less than a dollar as many digits as say something."""
    exact = dollars(amount)
    if exact < 1:
        exact = exact.quantize(HUNDREDTH, ROUND_HALF_UP) if exact >= HUNDREDTH else exact
    rounded = exact.quantize(CENT, ROUND_HALF_UP)
    return f"{exact.normalize():f}" if exact < 1 and exact != rounded else f"{rounded:f}"


def meter_for(settings: Settings, store: Store, alerts: Alerts) -> StoreMeter:
    """Return the meter that the settings ask for.

    Raises:
        WrongPrices: The file that PRICES names can't be used.
    """
    budgets = Budgets(
        nano(settings.budget_day),
        nano(settings.budget_month),
        nano(settings.customer_budget_day),
        nano(settings.customer_budget_month),
    )
    main, cheaper = settings.openai_model, settings.openai_fallback_model
    leaves_some = main if cheaper and cheaper != main else ""
    prices = load_prices(settings.prices)
    meter = StoreMeter(store, prices, budgets, alerts, leaves_some)
    if settings.uses_model:
        models = list(filter(None, (main, cheaper)))
        embedding = [settings.openai_embedding_model] if settings.embeddings == "provider" else []
        meter.check([*models, *embedding], local=settings.openai_base_url is not None)
        longest = Usage("", settings.prompt_tokens, 0, settings.max_tokens, 1)
        _tell_too_small(settings, min(prices.cost(model, longest) for model in models))
    return meter


def _tell_too_small(settings: Settings, call: int) -> None:
    """Tell the log of budgets that are below what one call of the cheapest model may cost."""
    for name in ("budget_day", "budget_month", "customer_budget_day", "customer_budget_month"):
        most = nano(getattr(settings, name))
        if most is not None and most < call:
            log.warning(TOO_SMALL, name.upper(), dollars(most), dollars(call))
