"""`frontdesk run`: starts the platforms whose tokens are set, and stops them cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from bots.adapter import Adapter
from bots.house import House, agents_of, open_desk
from core.desk import Desk
from core.messages import platform_of
from core.settings import Settings

T = TypeVar("T")

log = logging.getLogger("frontdesk")

NO_AGENTS = (
    "AGENTS is not set: nobody can be called. Customers who ask for a person get the contact line of "
    "instructions.md."
)


AWAY_NOT_SERVED = (
    "escalation.toml: out_of_hours.place %s is on a platform that is not served; calls wait for the office "
    "hours instead. Set the platform's tokens, or name another place."
)


async def serve(settings: Settings) -> None:
    """Serve every platform whose tokens are set until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        # Reading a large folder for the first time takes a while.
        opening = stack.enter_async_context(open_desk(settings, agents_of(settings)))
        if opened := await unless_stopped(opening, stop):
            await _serve(settings, *opened, stop)
    log.info("Stopped.")


async def _serve(settings: Settings, house: House, desk: Desk, stop: asyncio.Event) -> None:
    adapters = adapters_of(settings, desk)
    for adapter in adapters:
        desk.connect(adapter)
    async with contextlib.AsyncExitStack() as stack:
        for adapter in adapters:
            stack.push_async_callback(adapter.close)
        who = await unless_stopped(started(adapters), stop)
        if who is None:
            return
        await _report(settings, adapters, (await house.library.policy()).away_place)
        # What start-up made stays; looking through it again and again would hold the loop.
        gc.collect()
        gc.freeze()
        log.info("Ready: %s; %d articles, %s.", ", ".join(who), house.articles, house.how())
        await work_until(desk, adapters, stop, settings.shutdown_seconds)


async def unless_stopped(work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T | None:
    """Return what some work gives, or None if told to stop meanwhile: then it is given up."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return None


def adapters_of(settings: Settings, desk: Desk) -> list[Adapter]:
    """Return an adapter for each platform whose tokens are set."""
    # Each platform's library takes a moment to import, so only what is used is.
    adapters: list[Adapter] = []
    if "slack" in settings.platforms:
        from bots.slack_bot import SlackBot

        adapters.append(SlackBot(settings, desk))
    if "discord" in settings.platforms:
        from bots.discord_bot import DiscordBot

        adapters.append(DiscordBot(settings, desk))
    return adapters


async def started(adapters: list[Adapter]) -> list[str]:
    """Start all adapters and return who we are on each."""
    return list(await asyncio.gather(*(adapter.start() for adapter in adapters)))


async def _report(settings: Settings, adapters: list[Adapter], away: str) -> None:
    """Tell of what is missing or unwise, also about the place that cases go to out of hours."""
    if not settings.agents:
        log.warning(NO_AGENTS)
    if away and platform_of(away) not in settings.platforms:
        log.warning(AWAY_NOT_SERVED, away)
    for adapter in adapters:
        problems = await adapter.check(settings.agents)
        if away and away != settings.agents:
            problems += await adapter.check(away)
        for problem in dict.fromkeys(problems):
            log.warning(problem)


async def work_until(desk: Desk, adapters: list[Adapter], stop: asyncio.Event, seconds: float) -> None:
    """Let the desk work until told to stop; then take nothing more in, and finish what is under way."""
    finish = asyncio.Event()
    working = asyncio.create_task(desk.run(finish, seconds))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    log.info("Stopping.")
    for adapter in adapters:
        await adapter.stop()
    finish.set()
    await working
