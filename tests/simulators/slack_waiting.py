"""Waiting for something to become true without polling."""

import asyncio
from collections.abc import Callable


class Changes:
    """Wakes those who wait whenever anything in the simulator has changed."""

    def __init__(self) -> None:
        self._condition = asyncio.Condition()

    async def notify(self) -> None:
        """Make every waiter look again."""
        async with self._condition:
            self._condition.notify_all()

    async def wait_until(
        self, predicate: Callable[[], bool], timeout: float, describe: Callable[[], str]
    ) -> None:
        """Return once the predicate holds; describe() explains a timeout."""
        try:
            async with asyncio.timeout(timeout), self._condition:
                await self._condition.wait_for(predicate)
        except TimeoutError:
            raise TimeoutError(f"waited {timeout:g} s for {describe()}") from None
