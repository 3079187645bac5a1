"""Coming up, staying up and going down: tokens, intents, the gateway, the agents' place."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import pytest

from bots import serve
from bots.adapter import StartFailed
from bots.discord_bot import DiscordBot
from core.phrases import ENGLISH
from core.settings import Settings
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    GUILD,
    HELP,
    MENTION,
    REFUND_ANSWER,
    REFUND_QUESTION,
    SHIPPING_QUESTION,
    Frontdesk,
    Hurried,
    Log,
    Start,
    model_settings,
)
from tests.simulators.discord import BOT_ID, DiscordSimulator, Overwrite, Permission
from tests.simulators.discord_gateway import MESSAGE_CONTENT
from tests.simulators.model import ModelSimulator

INTENT_OFF = "Message Content Intent is off"


@pytest.fixture
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let our own waits between two tries to connect take no time."""
    monkeypatch.setattr("bots.discord_connection.asyncio", Hurried())


async def is_back(discord_: DiscordSimulator, us: Frontdesk) -> None:
    """The gateway is connected to, and discord.py knows it."""
    await discord_.wait_ready(timeout=5)
    await asyncio.wait_for(us.bot._client.wait_until_ready(), 5)


async def is_served(discord_: DiscordSimulator) -> None:
    """A customer asks and is answered."""
    dm = discord_.open_dm(ADA)
    before = len(discord_.posts(dm))
    asked = await discord_.say(dm, ADA, REFUND_QUESTION)
    answers = await discord_.wait_posts(dm, before + 1)
    assert (answers[-1].reference, answers[-1].content[:20]) == (asked, REFUND_ANSWER[:20])


# --- coming up ---------------------------------------------------------------------------------------


async def test_a_wrong_token_says_what_to_do(discord_: DiscordSimulator, frontdesk: Start) -> None:
    with pytest.raises(StartFailed, match=r"DISCORD_TOKEN.*Developer Portal") as failed:
        await frontdesk(discord_token="wrong")
    assert "wrong" not in str(failed.value)  # the token itself is nowhere told
    assert discord_.gateway.identifies == []


async def test_a_token_that_the_gateway_refuses_says_what_to_do(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.gateway.token = "another"
    with pytest.raises(StartFailed, match="DISCORD_TOKEN"):
        await frontdesk(known=False)


async def test_discord_out_of_reach_says_what_to_look_at(frontdesk: Start) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but it does not listen
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/api/v10"
        with pytest.raises(StartFailed, match="DISCORD_API_URL"):
            await frontdesk(discord_api_url=url)


async def test_discord_out_of_order_says_what_to_look_at(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.fail("GET", "/users/@me", status=503, times=None)
    with pytest.raises(StartFailed, match="can't be reached"):
        await frontdesk()


@pytest.mark.usefixtures("_no_waits")
async def test_a_gateway_that_is_down_at_first_is_tried_again(
    discord_: DiscordSimulator, frontdesk: Start, log: Log
) -> None:
    discord_.refuse_connections = True
    starting = asyncio.create_task(frontdesk())
    await log.wait_for("trying again")
    assert not starting.done()
    discord_.refuse_connections = False
    us = await starting
    assert us.who == ["Discord as Frontdesk"]
    await is_served(discord_)


async def test_a_gateway_that_stays_down_does_not_keep_the_rest_from_starting(
    discord_: DiscordSimulator, frontdesk: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.discord_connection.READY_SECONDS", 0.0)
    discord_.refuse_connections = True
    us = await frontdesk(known=False, agents=AGENTS)
    assert us.who == ["Discord as Frontdesk (still connecting)"]
    await serve._report(us.settings, us.adapters, "")  # looks at the agents' place, with nothing known yet
    discord_.refuse_connections = False
    await is_back(discord_, us)
    await is_served(discord_)


# --- the message content intent ----------------------------------------------------------------------


async def test_without_the_content_intent_it_goes_on_with_one_warning(
    discord_: DiscordSimulator, frontdesk: Start, log: Log
) -> None:
    discord_.privileged_intents_denied = True
    us = await frontdesk()
    asked_for = [bool(one["intents"] & MESSAGE_CONTENT) for one in discord_.gateway.identifies]
    assert asked_for == [True, False]
    assert us.who == ["Discord as Frontdesk"]
    await is_served(discord_)
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    (answer,) = await discord_.wait_posts(thread, 1)
    assert answer.content.startswith(REFUND_ANSWER)
    await discord_.say(thread, ADA, f"{MENTION} {SHIPPING_QUESTION}")
    await discord_.wait_posts(thread, 2)
    await us.settled()
    assert [text for role, text in us.said(thread) if role == "customer"] == [
        REFUND_QUESTION,
        SHIPPING_QUESTION,
    ]
    assert len(log.with_words(INTENT_OFF)) == 1


async def test_what_cannot_be_read_is_asked_for_once_with_a_mention(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.privileged_intents_denied = True
    us = await frontdesk()
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await discord_.say(thread, ADA, "Without a mention these words do not reach us")
    hint = (await discord_.wait_posts(thread, 2))[1]
    assert hint.content == ENGLISH.mention_me.format(name="Frontdesk")
    await discord_.say(thread, ADA, "Nor do these")
    await discord_.say(thread, ADA, f"And these are for <@{BEN}>")
    await is_served(discord_)
    await us.settled()
    assert len(discord_.posts(thread)) == 2
    assert len(us.said(thread)) == 2


@pytest.mark.usefixtures("_no_waits")
@pytest.mark.parametrize("hiccups", [0, 1])
async def test_the_intent_may_be_taken_away_while_it_runs(
    discord_: DiscordSimulator, frontdesk: Start, log: Log, hiccups: int
) -> None:
    us = await frontdesk()
    await is_served(discord_)
    discord_.privileged_intents_denied = True
    if hiccups:
        discord_.fail("GET", "/users/@me", status=503, times=hiccups)
    await discord_.drop_connections(4014)
    await log.wait_for(INTENT_OFF)
    await discord_.wait_gateway(lambda gateway: len(gateway.identifies) == 2, timeout=5)
    await is_back(discord_, us)
    await is_served(discord_)


# --- staying up --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [4000, 1000, None], ids=["reconnect", "closed", "cut"])
async def test_a_dropped_connection_is_resumed_and_nothing_is_missed(
    discord_: DiscordSimulator, frontdesk: Start, code: int | None
) -> None:
    us = await frontdesk()
    await is_served(discord_)
    await discord_.drop_connections(code)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, SHIPPING_QUESTION)
    await discord_.wait_posts(dm, 2)
    await discord_.wait_resumed()
    await is_served(discord_)
    await us.settled()
    assert (len(discord_.gateway.identifies), us.messages()) == (1, 3)


async def test_what_was_being_answered_is_posted_while_the_gateway_is_down(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    await frontdesk(**model_settings(model))
    dm = discord_.open_dm(ADA)
    model.hold()
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await model.wait_requests(1)
    discord_.refuse_connections = True
    await discord_.drop_connections()
    model.release()
    await discord_.wait_posts(dm, 1)
    assert not discord_.connected
    discord_.refuse_connections = False
    await discord_.wait_resumed()


async def test_a_forgotten_session_starts_anew(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    discord_.forget_sessions = True
    again = asyncio.create_task(us.bot._client.wait_for("ready", timeout=10))
    await discord_.drop_connections()
    await again
    assert len(discord_.gateway.identifies) == 2
    await is_served(discord_)


@pytest.mark.usefixtures("_no_waits")
async def test_what_is_told_to_be_tried_again_is_tried_again(
    discord_: DiscordSimulator, frontdesk: Start, log: Log
) -> None:
    us = await frontdesk()
    discord_.gateway.token = "another"  # discord.py closes its client where this is told
    await discord_.drop_connections()
    await log.wait_for("trying again")
    discord_.gateway.token = discord_.token
    await is_back(discord_, us)
    await is_served(discord_)


# --- the agents' place -------------------------------------------------------------------------------


async def test_a_private_place_that_it_may_write_in_is_right(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    assert await us.bot.check(AGENTS) == []
    assert await us.bot.check(None) == []
    assert await us.bot.check("slack:C0AGENTS") == []
    assert await us.bot.check(f"discord:{discord_.open_dm(ADA)}") == []


async def test_a_public_place_is_told(discord_: DiscordSimulator, frontdesk: Start, log: Log) -> None:
    us = await frontdesk(agents=f"discord:{HELP}")
    (problem,) = await us.bot.check(f"discord:{HELP}")
    assert f"discord:{HELP} is public" in problem
    await serve._report(us.settings, us.adapters, "")
    assert log.with_words("is public") == [problem]


async def test_a_thread_in_a_public_channel_is_public(discord_: DiscordSimulator, frontdesk: Start) -> None:
    thread = await discord_.start_thread(HELP, ADA, "agents")
    us = await frontdesk()
    public, no_threads = await us.bot.check(f"discord:{thread}")
    assert f"discord:{thread} is public" in public
    assert f"{thread} is a thread, in which cases can't have threads of their own" in no_threads


async def test_a_place_that_it_may_not_write_in_is_told(discord_: DiscordSimulator, frontdesk: Start) -> None:
    discord_.add_channel(3300, GUILD, "read-only", private=True, deny_bot=Permission.SEND_MESSAGES)
    us = await frontdesk()
    (problem,) = await us.bot.check("discord:3300")
    assert "may not write in the agents' place discord:3300" in problem


async def test_a_place_out_of_reach_is_told(discord_: DiscordSimulator, frontdesk: Start) -> None:
    denied = Permission.VIEW_CHANNEL
    discord_.add_channel(3301, GUILD, "hidden", [Overwrite(BOT_ID, deny=denied, member=True)])
    us = await frontdesk()
    for place, why in (("discord:99", "NotFound"), ("discord:3301", "Forbidden")):
        (problem,) = await us.bot.check(place)
        assert f"{place} can't be reached ({why}). Check AGENTS." in problem
    discord_.fail("GET", "/channels/{id}", drop=True, times=None)
    (problem,) = await us.bot.check(AGENTS)
    assert "can't be reached (ServerDisconnectedError)" in problem


# --- going down --------------------------------------------------------------------------------------


def left_over() -> list[str]:
    """The tasks that run, but for the test's own and the simulators' servers'."""
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    files = [(f"{task.get_name()}: {task.get_coro()}", _file_of(task)) for task in tasks]
    return [shown for shown, file in files if "aiohttp/web" not in file and "/tests/" not in file]


def _file_of(task: asyncio.Task[Any]) -> str:
    code = getattr(task.get_coro(), "cr_code", None)
    return str(code.co_filename) if code else ""


async def test_it_stops_at_once_and_leaves_nothing_running(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    assert left_over() == []
    us = await frontdesk(agents=AGENTS)
    await is_served(discord_)
    assert left_over() != []
    async with asyncio.timeout(5):
        await us.stop()
        await discord_.wait_gone()
    assert left_over() == []


async def test_it_stops_at_once_while_the_gateway_is_down(
    discord_: DiscordSimulator, frontdesk: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.discord_connection.READY_SECONDS", 0.0)
    discord_.refuse_connections = True
    us = await frontdesk(known=False)
    async with asyncio.timeout(5):
        await us.stop()
    assert left_over() == []


@pytest.mark.usefixtures("_no_waits")
async def test_it_stops_at_whatever_moment_a_connection_fails(
    discord_: DiscordSimulator,
    frontdesk: Start,
    settings: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """asyncio.wait_for, inside discord.py, swallows a cancellation that comes as what it waits for ends."""
    us = await frontdesk()
    await us.stop()
    caplog.set_level(logging.CRITICAL, "bots")
    monkeypatch.setattr("bots.discord_connection.READY_SECONDS", 0.0)
    discord_.refuse_connections = True
    for steps in range(0, 48, 4):
        bot = DiscordBot(settings(), us.desk)
        await bot.start()
        for _ in range(steps):
            await asyncio.sleep(0)
        closing = asyncio.create_task(bot.close())
        done, _ = await asyncio.wait({closing}, timeout=2)
        connecting = bot._connection._connecting
        while connecting and not connecting.done():  # it would hold up the end of the test as well
            connecting.cancel()
            await asyncio.sleep(0)
        await closing
        assert done, f"closing after {steps} steps of the event loop never ended"


async def test_a_start_that_failed_leaves_nothing_running(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    with pytest.raises(StartFailed):
        await frontdesk(discord_token="wrong")
    assert left_over() == []


async def test_a_start_may_be_broken_off(
    discord_: DiscordSimulator, frontdesk: Start, settings: Callable[..., Settings], log: Log
) -> None:
    us = await frontdesk()
    await us.stop()
    discord_.refuse_connections = True
    second, stop = DiscordBot(settings(), us.desk), asyncio.Event()
    starting = asyncio.create_task(serve.unless_stopped(serve.started([second]), stop))
    await log.wait_for("trying again")
    stop.set()
    async with asyncio.timeout(5):
        assert await starting is None
        await second.close()
    assert left_over() == []


async def test_when_stopping_it_answers_what_it_has_and_takes_nothing_in(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model))
    dm = discord_.open_dm(ADA)
    model.hold()
    model.replies("Within some days.")
    await discord_.say(dm, ADA, "Can I get a refund?")
    await model.wait_requests(1)
    heard = asyncio.create_task(us.bot._client.wait_for("message", timeout=10))
    stopping = asyncio.create_task(us.stop())
    async with asyncio.timeout(5):
        while us.bot._listening:
            await asyncio.sleep(0)
    await discord_.say(dm, ADA, "Hello?")
    await heard
    model.release()
    await stopping
    assert [post.content for post in discord_.posts(dm)] == ["Within some days."]
    assert us.messages() == 1


async def test_close_before_start_is_nothing(settings: Callable[..., Settings], frontdesk: Start) -> None:
    us = await frontdesk()
    bot = DiscordBot(settings(), us.desk)
    await bot.stop()
    await bot.close()
