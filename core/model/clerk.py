"""Writes what is needed beside the answers, with the cheapest model that is set."""

from __future__ import annotations

import asyncio
import contextlib

from core.model.calls import Calls, Tries
from core.model.faults import CallFault, Happened
from core.model.orders import Finish, Order, order_for
from core.ports import Task


class ModelClerk:
    """A clerk that asks one model, with the same tries as an answer."""

    def __init__(self, calls: Calls, timeout: float) -> None:
        self._calls = calls
        self._timeout = timeout

    async def write(self, task: Task) -> str:
        """Return plain text; see `Clerk`."""
        order = order_for(task)
        tries = Tries(asyncio.get_running_loop().time() + self._timeout)
        while True:
            try:
                return await self._written(order, tries)
            except CallFault as fault:
                order = await self._calls.recover(fault, order, tries)

    async def _written(self, order: Order, tries: Tries) -> str:
        text = ""
        async with contextlib.aclosing(self._calls.hear(order, tries)) as events:
            async for heard in events:
                if heard.refused or heard.finish is Finish.FILTER:
                    raise CallFault(Happened.FILTERED, 200)
                text += heard.text
        if not text.strip():
            raise CallFault(Happened.EMPTY, 200)
        return text.strip()
