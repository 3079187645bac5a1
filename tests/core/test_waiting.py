"""Waiting for an event or a moment."""

from __future__ import annotations

import asyncio
import time

import pytest

from core.waiting import wait_for


async def test_it_returns_at_the_event_or_at_the_moment() -> None:
    event = asyncio.Event()
    event.set()
    await wait_for(event)
    await wait_for(asyncio.Event(), until=time.time() - 1)


async def test_a_cancellation_that_comes_with_the_event_is_not_lost() -> None:
    event = asyncio.Event()

    async def for_ever() -> None:
        while True:
            event.clear()
            await wait_for(event, until=time.time() + 60)

    task = asyncio.create_task(for_ever())
    await asyncio.sleep(0)
    event.set()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
