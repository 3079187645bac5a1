"""Waiting for an event or a moment, whichever comes first."""

from __future__ import annotations

import asyncio
import contextlib
import time


async def wait_for(event: asyncio.Event, until: float | None = None) -> None:
    """Return when the event is set, or at a time in seconds since the epoch if one is given."""
    delay = None if until is None else max(0.0, until - time.time())
    # Not asyncio.wait_for: before Python 3.12 it loses a cancellation that comes together with the event.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(delay):
            await event.wait()
