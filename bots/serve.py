"""`frontdesk run`: starts the platforms whose tokens are set, and stops them cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal

from bots.adapter import Adapter
from bots.house import agents_of, open_desk
from core.desk import Desk
from core.messages import platform_of
from core.settings import Settings

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
    async with open_desk(settings, agents_of(settings)) as (house, desk):
        adapters = adapters_of(settings, desk)
        for adapter in adapters:
            desk.connect(adapter)
        async with contextlib.AsyncExitStack() as stack:
            for adapter in adapters:
                stack.push_async_callback(adapter.close)
            who = await started(adapters, stop)
            if who:
                await _report(settings, adapters, (await house.library.policy()).away_place)
                # What start-up made stays; looking through it again and again would hold the loop.
                gc.collect()
                gc.freeze()
                log.info("Ready: %s; %d articles, %s.", ", ".join(who), house.articles, house.how())
                await work_until(desk, adapters, stop, settings.shutdown_seconds)
        log.info("Stopped.")


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


async def started(adapters: list[Adapter], stop: asyncio.Event) -> list[str]:
    """Start all adapters and return who we are on each, or nothing if told to stop meanwhile."""

    async def start() -> list[str]:
        return list(await asyncio.gather(*(adapter.start() for adapter in adapters)))

    starting = asyncio.create_task(start())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if starting.done():
        return starting.result()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    return []


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
