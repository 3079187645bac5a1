"""Who writes while being answered: tells a turn under way that its customer wrote, edited or deleted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

Key = tuple[str, str]  # conversation, author


class Bursts:
    """The turns under way, by conversation and author."""

    def __init__(self) -> None:
        self._watched: dict[Key, asyncio.Event] = {}

    @contextlib.contextmanager
    def watch(self, key: Key) -> Iterator[asyncio.Event]:
        """Give an event that is set by every change until the end of the block."""
        event = self._watched[key] = asyncio.Event()
        try:
            yield event
        finally:
            del self._watched[key]

    def changed(self, key: Key) -> None:
        """Tell that somebody wrote, edited or deleted something."""
        if event := self._watched.get(key):
            event.set()


async def unless(
    event: asyncio.Event, work: Coroutine[Any, Any, T], committed: Callable[[], bool] = lambda: False
) -> T | None:
    """Return what some work gives; None if the event is set before, and the work is given up.

    Work that is committed by then goes on nevertheless.
    """
    working = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        return None if event.is_set() and not committed() else await working
    finally:
        waiting.cancel()
        working.cancel()
        if not working.done():
            await asyncio.wait({working})
        elif not working.cancelled():
            working.exception()  # which nobody asks for if the event came together with it


async def quiet(event: asyncio.Event, seconds: float, at_most: float) -> None:
    """Return once the event was not set for some seconds, or after `at_most` of them."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(at_most):
            while True:
                event.clear()
                try:
                    await asyncio.wait_for(event.wait(), seconds)
                except TimeoutError:
                    return
