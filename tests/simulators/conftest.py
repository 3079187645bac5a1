"""A simulated Discord with one server in it, and real clients which are connected to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import discord
import pytest
import yarl

from tests.simulators.discord import TOKEN, DiscordSimulator
from tests.simulators.discord_clients import CHANNEL, FORUM, GUILD, PRIVATE, STAFF, USER, Bot, Start


@pytest.fixture
async def sim(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordSimulator]:
    async with DiscordSimulator() as simulator:
        simulator.add_user(USER, "ada", "Ada")
        simulator.add_guild(GUILD, "Example")
        simulator.add_role(GUILD, STAFF, "staff", members=[USER])
        simulator.add_channel(CHANNEL, GUILD, "help")
        simulator.add_channel(PRIVATE, GUILD, "team", private=True)
        simulator.add_channel(FORUM, GUILD, "questions", forum=True)
        monkeypatch.setattr(discord.http.Route, "BASE", simulator.api_url)
        gateway = yarl.URL(simulator.gateway_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield simulator


@pytest.fixture
async def start(sim: DiscordSimulator) -> AsyncIterator[Start]:
    """Start clients, and stop them at the end."""
    running: list[tuple[Bot, asyncio.Task[None]]] = []

    async def run(**options: Any) -> Bot:
        bot = Bot(**options)
        task = asyncio.create_task(bot.start(TOKEN))
        running.append((bot, task))
        await sim.wait_ready()
        await asyncio.wait_for(bot.wait_until_ready(), 5)
        return bot

    yield run
    for bot, task in running:
        await bot.close()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        for failure in bot.failures:
            raise failure


@pytest.fixture
async def bot(start: Start) -> Bot:
    return await start()
