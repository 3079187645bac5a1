"""Keeps the limits on calls to a model: waits, in a fair queue, until a call may be made.

No library for rate limits fits: in aiolimiter, pyrate-limiter and limits what was taken can't be settled
afterwards, a learned rate needs a new limiter that knows none of the waiters, and those are let go by size or
by chance, not customer by customer; the bucket, all that would be used of them, is ten lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Mapping

from core.messages import Usage
from core.ports import Call, FaultKind, ModelFault
from core.throttle.headers import read_headers
from core.throttle.line import Limits, Line, Ticket

__all__ = ["FairThrottle", "Limits"]

log = logging.getLogger(__name__)


class FairThrottle:
    """The `Throttle` of one process. Nothing is polled: a timer waits for the next moment that counts."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._line = Line(limits)
        self._waiting: dict[Ticket, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def admit(self, call: Call) -> AsyncIterator[None]:
        """Wait until a call may be made; see `Throttle`.

        Raises:
            ModelFault: The queue is full (FaultKind.QUEUE_FULL): at once, or later if it is needed for
                customers who have fewer calls in it.
        """
        ticket = await self._let_go(call)
        try:
            yield
        finally:
            self._line.leave(ticket)
            self._look()

    def ready_in(self, call: Call) -> float:
        """Return how long a call can't be made, whoever else waits; see `Throttle`."""
        now = _now()
        return self._line.ready_at(call, now) - now

    def learn(self, model: str, headers: Mapping[str, str]) -> None:
        """Hear what a server says of its limits; see `Throttle`. A Retry-After lets the model rest."""
        told = read_headers(headers, time.time())
        if told.pause:
            log.info("The server wants %s to be asked nothing for %.3g s.", model, told.pause)
        self._line.hear(model, told, _now())
        self._look()

    def settle(self, call: Call, usage: Usage) -> None:
        """Hear what a call used; see `Throttle`. A usage without calls: it was not made."""
        self._line.settle(call, usage, _now())
        self._look()

    async def _let_go(self, call: Call) -> Ticket:
        ticket = self._line.join(call, _now())
        let_go = self._waiting[ticket] = asyncio.get_running_loop().create_future()
        self._look()
        if excess := self._line.excess():
            self._turn_away(excess)
        try:
            await let_go
        except asyncio.CancelledError:
            if self._waiting.pop(ticket, None):
                self._line.withdraw(ticket)
            elif not let_go.cancelled() and not let_go.exception():
                self._line.take_back(ticket, _now())  # it was let go and cancelled in the same moment
            self._look()
            raise
        return ticket

    def _turn_away(self, ticket: Ticket) -> None:
        self._line.withdraw(ticket)
        future = self._waiting.pop(ticket)
        if not future.done():
            why = f"{self._limits.queue_size} calls wait already (QUEUE_SIZE)"
            future.set_exception(ModelFault(why, kind=FaultKind.QUEUE_FULL))

    def _look(self) -> None:
        """Let go who can, and come back when the next one may."""
        now = _now()
        while ticket := self._line.next(now):
            future = self._waiting.pop(ticket)
            if future.done():  # cancelled, and about to hear of it
                self._line.take_back(ticket, now)
            else:
                future.set_result(None)
        self._come_back(self._line.next_at(now))

    def _come_back(self, at: float | None) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None if at is None else asyncio.get_running_loop().call_at(at, self._look)


def _now() -> float:
    return asyncio.get_running_loop().time()
