"""Writes what is needed beside the answers, with the cheapest model that is set."""

from __future__ import annotations

import asyncio
import contextlib

from core.model.calls import Calls, Tries
from core.model.faults import CallFault, Happened
from core.model.orders import Finish, Order, order_for
from core.model.reading import without_thoughts
from core.ports import Task

# What models that reason may think besides, in tokens: for them the longest result counts their thoughts.
THINKING = 2_000


class ModelClerk:
    """A clerk that asks one model, with the same tries as an answer."""

    def __init__(self, calls: Calls, timeout: float) -> None:
        self._calls = calls
        self._timeout = timeout

    async def write(self, task: Task) -> str:
        """Return plain text; see `Clerk`."""
        order = order_for(task, THINKING if self._calls.manner.limit == "max_completion_tokens" else 0)
        tries = Tries(asyncio.get_running_loop().time() + self._timeout)
        while True:
            try:
                return await self._written(order, tries)
            except CallFault as fault:
                order = await self._calls.recover(fault, order, tries)

    async def _written(self, order: Order, tries: Tries) -> str:
        text, cut_off = "", False
        async with contextlib.aclosing(self._calls.hear(order, tries)) as events:
            async for heard in events:
                if heard.refused or heard.finish is Finish.FILTER:
                    raise CallFault(Happened.FILTERED, 200)
                text += heard.text
                cut_off = cut_off or heard.finish is Finish.LENGTH
        text = without_thoughts(text)
        if not text:
            raise CallFault(Happened.SPENT_THINKING if cut_off else Happened.EMPTY, 200)
        return text
