"""One request between what it may cost and what it did: admitted, reserved, settled, however it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from core.faults import describe
from core.messages import Usage
from core.model.faults import CallFault, Happened
from core.ports import Call, Meter, Throttle

log = logging.getLogger(__name__)

# Of the time that is left, what a request may wait for its turn: one that is let go too late is paid for in
# vain, and under load that would be most of them.
WAITING_SHARE = 0.5
# How long closing waits for what is still to be booked: the database may be held, or its disk full.
CLOSE_SECONDS = 5.0


@dataclass
class Bill:
    """What a request is known to have cost.

    Attributes:
        usage: As the server told it.
        unmade: Whether it surely cost nothing.
    """

    usage: Usage | None = None
    unmade: bool = False


class Brackets:
    """Opens brackets, and sees that each is closed, also where whoever asked is gone."""

    def __init__(self, meter: Meter, throttle: Throttle) -> None:
        self.meter = meter
        self.throttle = throttle
        self._closing: set[asyncio.Task[Any]] = set()

    def around(self, call: Call, until: float) -> Bracket:
        """Return the bracket of a request that waits for its turn until then, by the loop's clock."""
        return Bracket(self, call, until)

    def run(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do what must come to its end whoever is cancelled."""
        task = asyncio.get_running_loop().create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        return task

    async def close(self) -> None:
        """Wait until all are closed; what can't be booked in time is booked at the next start."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                while self._closing:
                    await asyncio.wait(self._closing)


class Bracket:
    """What stands around one request; see `Brackets`."""

    def __init__(self, all: Brackets, call: Call, until: float) -> None:
        self._all = all
        self._call = call
        self._until = until
        self._held = contextlib.AsyncExitStack()
        self._number = 0
        self.bill = Bill()

    async def __aenter__(self) -> Self:
        """Wait for the request's turn, and set its cost aside.

        Raises:
            ModelFault: The queue is full, or a budget would be passed.
            CallFault: Its turn did not come in time.
        """
        now = asyncio.get_running_loop().time()
        ready_in = self._all.throttle.ready_in(self._call)
        if now + ready_in > self._until:
            raise CallFault(Happened.RATE_LIMITED, wait=ready_in)
        try:
            async with asyncio.timeout_at(now + (self._until - now) * WAITING_SHARE):
                await self._held.enter_async_context(self._all.throttle.admit(self._call))
        except TimeoutError:
            raise CallFault(Happened.BUSY) from None
        try:
            await self._reserve()
        except BaseException:
            await self._held.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with self._held:
            settling = self._all.run(self._settle())
            if kind:  # before another try; an answer that came need not wait for its booking
                await asyncio.shield(settling)

    async def _reserve(self) -> None:
        task = self._all.run(self._all.meter.reserve(self._call))
        try:
            self._number = await asyncio.shield(task)
        except asyncio.CancelledError:
            self._all.run(self._undo(task))
            raise
        except BaseException:
            self._unused()
            raise

    async def _undo(self, reserving: asyncio.Task[int]) -> None:
        """Give back what was set aside for a request that nobody waits for any more."""
        await asyncio.wait([reserving])
        if not reserving.cancelled() and reserving.exception() is None:
            self._number = reserving.result()
            self.bill.unmade = True
            await self._settle()
        else:
            self._unused()

    def _unused(self) -> None:
        """Give back what the throttle counts for a request that is not made."""
        self._all.throttle.settle(self._call, Usage(self._call.model))

    async def _settle(self) -> None:
        usage = Usage(self._call.model) if self.bill.unmade else self.bill.usage
        try:
            await self._all.meter.settle(self._number, usage)
            if usage is not None:
                self._all.throttle.settle(self._call, usage)
        except Exception as error:
            # The answer is there; that its cost could not be booked must not lose it.
            log.error("What a call cost could not be booked: %s.", describe(error))
