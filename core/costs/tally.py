"""A meter that also adds up what passes through it: what one piece of work costs, by the calls it made."""

from __future__ import annotations

from core.costs.prices import Prices
from core.messages import Usage
from core.ports import Call, Meter


class Tally:
    """Passes everything on to another meter, and keeps the sums.

    Attributes:
        usage: Tokens of all calls so far.
        cost: What they cost, in nano-dollars.
        assumed: How many of them never told what they used; as in `frontdesk costs` they count at the most
            that they could cost.
    """

    def __init__(self, meter: Meter, prices: Prices) -> None:
        """Make one in front of a meter."""
        self.usage = Usage()
        self.cost = 0
        self.assumed = 0
        self._meter = meter
        self._prices = prices
        self._under_way: dict[int, Call] = {}

    async def reserve(self, call: Call) -> int:
        """Set aside what a call may cost at most; see `Meter`."""
        number = await self._meter.reserve(call)
        self._under_way[number] = call
        return number

    async def settle(self, number: int, usage: Usage | None) -> None:
        """Book what a call cost; see `Meter`."""
        call = self._under_way.pop(number)
        if usage is None or (usage.calls and not (usage.prompt_tokens or usage.completion_tokens)):
            self.assumed += 1
            self._add(call.model, Usage(call.model, call.prompt_tokens, 0, call.max_tokens, 1))
        else:
            self._add(call.model, usage)
        await self._meter.settle(number, usage)

    def _add(self, model: str, usage: Usage) -> None:
        self.usage += usage
        self.cost += self._prices.cost(model, usage)
