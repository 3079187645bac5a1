"""The Discord simulator's gateway: how clients connect, come back after a break, and are refused."""

import asyncio

import aiohttp
import discord
import pytest

from tests.simulators.discord import BOT_ID, TOKEN, DiscordSimulator
from tests.simulators.discord_clients import (
    CHANNEL,
    FORUM,
    GUILD,
    PRIVATE,
    USER,
    Bot,
    Start,
    intents_with_content,
    text_channel,
)


async def test_a_client_becomes_ready(bot: Bot) -> None:
    assert bot.user is not None
    assert (bot.user.id, bot.user.name, bot.application_id) == (BOT_ID, "Frontdesk", BOT_ID)
    guild = bot.get_guild(GUILD)
    assert guild is not None
    assert [channel.name for channel in guild.text_channels] == ["help", "team"]
    assert text_channel(bot, PRIVATE).overwrites_for(guild.default_role).view_channel is False
    assert text_channel(bot, PRIVATE).permissions_for(guild.me).view_channel is True
    assert isinstance(bot.get_channel(FORUM), discord.ForumChannel)


@pytest.mark.parametrize("code", [4000, 1000, None])
async def test_a_dropped_client_resumes_and_is_told_what_it_missed(
    sim: DiscordSimulator, bot: Bot, code: int | None
) -> None:
    dm = sim.open_dm(USER)
    await sim.say(dm, USER, "1")
    await bot.hear()
    await sim.drop_connections(code)
    await sim.say(dm, USER, "2")
    assert (await bot.hear()).content == "2"
    await bot.notice("resumed")
    await sim.wait_resumed()
    assert (len(sim.gateway.identifies), bot.inbox.empty()) == (1, True)


async def test_reconnect_is_obeyed_and_heartbeats_are_answered(sim: DiscordSimulator, bot: Bot) -> None:
    sim.heartbeat_interval = 0.05
    await sim.ask_to_reconnect()
    await sim.wait_resumed()
    await sim.wait_gateway(lambda gateway: gateway.heartbeats >= 4)
    assert bot.latency < 5


async def test_a_forgotten_session_starts_anew(sim: DiscordSimulator, bot: Bot) -> None:
    sim.forget_sessions = True
    await sim.drop_connections()
    await sim.wait_gateway(lambda gateway: len(gateway.identifies) == 2)
    await sim.wait_ready()
    await sim.say(CHANNEL, USER, "Hello")
    assert (await bot.hear()).content == "Hello"


async def test_a_closed_client_is_gone_and_another_can_come(
    sim: DiscordSimulator, bot: Bot, start: Start
) -> None:
    await bot.close()
    await sim.wait_gone()
    dm = sim.open_dm(USER)
    missed = await sim.say(dm, USER, "Anybody?")
    second = await start()
    channel = await second.create_dm(discord.Object(USER))
    assert [m.id async for m in channel.history()] == [missed]
    assert second.inbox.empty()


async def test_a_bad_token_fails_the_login(sim: DiscordSimulator) -> None:
    async with Bot() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")


async def test_a_token_the_gateway_refuses_closes_with_4004(sim: DiscordSimulator) -> None:
    sim.gateway.token = "another"
    async with Bot() as bot:
        with pytest.raises(discord.ConnectionClosed) as closed:
            await bot.start(TOKEN)
    assert closed.value.code == 4004


async def test_denied_intents_close_with_4014(sim: DiscordSimulator) -> None:
    sim.privileged_intents_denied = True
    async with Bot() as bot:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(TOKEN)


async def test_a_refused_connection_is_an_http_error(sim: DiscordSimulator) -> None:
    sim.refuse_connections = True
    async with Bot() as bot:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await bot.start(TOKEN, reconnect=False)


async def test_each_shard_is_told_of_its_own_guilds_and_the_first_of_direct_messages(
    sim: DiscordSimulator,
) -> None:
    class Sharded(discord.AutoShardedClient):
        def __init__(self) -> None:
            super().__init__(intents=intents_with_content(), guild_ready_timeout=0)
            self.heard: asyncio.Queue[tuple[int | None, str]] = asyncio.Queue()

        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """Skip the five seconds which the library waits before it identifies again."""

        async def on_message(self, message: discord.Message) -> None:
            self.heard.put_nowait((message.guild.shard_id if message.guild else None, message.content))

    sim.shards = 2
    sim.add_guild(1 << 22, "Far")
    sim.add_channel(3700, 1 << 22, "far")
    bot = Sharded()
    await bot.login(TOKEN)
    running = asyncio.create_task(bot.connect())
    try:
        async with asyncio.timeout(10):
            await bot.wait_until_ready()
            assert sim.live_shards == [(0, 2), (1, 2)]
            for channel in (CHANNEL, 3700, sim.open_dm(USER)):
                await sim.say(channel, USER, f"in {channel}")
            heard = {await bot.heard.get() for _ in range(3)}
        assert {shard for shard, _ in heard} == {0, 1, None}
    finally:
        await bot.close()
        running.cancel()
