"""What goes wrong on the way to the simulated Discord: limits, errors, and answers which are lost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

import aiohttp
import discord
import pytest

from tests.simulators.discord import DiscordSimulator, Press
from tests.simulators.discord_clients import CHANNEL, USER, Bot, Interaction, pressed, question, text_channel


async def test_a_rate_limit_is_waited_out(sim: DiscordSimulator, bot: Bot) -> None:
    fault = sim.fail("POST", "/channels/{id}/messages", retry_after=0.1)
    await text_channel(bot).send("Hello")
    first, second = sim.calls_to("POST", "/messages")
    assert (first.status, second.status, fault.hits) == (429, 200, 1)
    assert second.at - first.at >= 0.1


async def test_a_retry_after_a_lost_answer_makes_no_second_message(
    sim: DiscordSimulator, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library waits a second before it retries; and it puts a nonce on every message itself.
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    sim.fail("POST", "/channels/{id}/messages", status=502, after=True)
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "sleep", wait)
        await text_channel(bot).send("Once")
    assert (len(sim.posts(CHANNEL)), len(sim.calls_to("POST", "/messages"))) == (1, 2)
    assert waits == [1]


async def test_faults(sim: DiscordSimulator, bot: Bot) -> None:
    channel = text_channel(bot)
    path = f"/channels/{CHANNEL}/messages"
    sim.fail("POST", path, status=403, code=50013)
    with pytest.raises(discord.Forbidden):
        await channel.send("refused")
    sim.fail("POST", path, status=503, after=True)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("done, but not known to be")
    sim.fail("POST", path, drop=True, after=True)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("done, then dropped")
    sim.fail("POST", path, drop=True)
    with pytest.raises(aiohttp.ClientError):
        await channel.send("not done")
    held = sim.fail("POST", path, hang=True)
    sending = asyncio.create_task(channel.send("held"))
    await sim.wait_call("POST", path, 5)
    assert len(sim.posts(CHANNEL)) == 2
    held.release()
    await sending
    expected = ["done, but not known to be", "done, then dropped", "held"]
    assert [post.content for post in sim.posts(CHANNEL)] == expected


class Actions:
    """What the bot may do to a message of its own and to a press on it, and whether it was done."""

    def __init__(self, sim: DiscordSimulator, sent: discord.Message, press: Press, interaction: Interaction):
        self.sim, self.sent, self.press, self.interaction = sim, sent, press, interaction

    ROUTES: ClassVar = {
        "edit": ("PATCH", "/channels/{c}/messages/{m}"),
        "delete": ("DELETE", "/channels/{c}/messages/{m}"),
        "react": ("PUT", "/channels/{c}/messages/{m}/reactions/{e}/@me"),
        "answer": ("POST", "/interactions/{i}/{t}/callback"),
        "follow_up": ("POST", "/webhooks/{a}/{t}"),
        "edit_original": ("PATCH", "/webhooks/{a}/{t}/messages/@original"),
    }

    async def do(self, action: str) -> None:
        doing: dict[str, Callable[[], Awaitable[object]]] = {
            "edit": lambda: self.sent.edit(content="Edited"),
            "delete": self.sent.delete,
            "react": lambda: self.sent.add_reaction("👀"),
            "answer": lambda: self.interaction.response.send_message("Answered", ephemeral=True),
            "follow_up": lambda: self.interaction.followup.send("Followed", ephemeral=True),
            "edit_original": lambda: self.interaction.edit_original_response(content="Edited"),
        }
        await doing[action]()

    def done(self, action: str) -> bool:
        post = self.sim.posts(CHANNEL)[0]
        return {
            "edit": post.content == "Edited",
            "delete": post.deleted,
            "react": "👀" in self.sim.reactions(CHANNEL, self.sent.id),
            "answer": self.press.reply == "Answered",
            "follow_up": self.press.reply == "Followed",
            "edit_original": post.content == "Edited",
        }[action]


@pytest.mark.parametrize("action", Actions.ROUTES)
async def test_faults_of_what_is_done_to_messages_and_presses(
    sim: DiscordSimulator, bot: Bot, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes", wait=False)
    actions = Actions(sim, sent, press, await bot.notice("interaction"))
    if action in ("follow_up", "edit_original"):
        await actions.interaction.response.defer()
    method, path = Actions.ROUTES[action]
    cut = sim.fail(method, path, times=None, drop=True)
    with pytest.raises(aiohttp.ClientError):
        await actions.do(action)
    cut.cancel()
    # PUT and DELETE are tried again at once by aiohttp, below the library.
    assert (actions.done(action), cut.hits) == (False, 1 if method in ("POST", "PATCH") else 2)
    sim.fail(method, path, status=403, code=50013)
    with pytest.raises(discord.Forbidden):
        await actions.do(action)
    assert not actions.done(action)
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    sim.fail(method, path, retry_after=0.25)
    sim.fail(method, path, status=500)
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "sleep", wait)
        await actions.do(action)
    assert actions.done(action)
    assert [seconds for seconds in waits if seconds] == [0.25, 3]


@pytest.mark.parametrize("action", Actions.ROUTES)
async def test_what_was_done_though_its_answer_is_lost(sim: DiscordSimulator, bot: Bot, action: str) -> None:
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes", wait=False)
    actions = Actions(sim, sent, press, await bot.notice("interaction"))
    if action in ("follow_up", "edit_original"):
        await actions.interaction.response.defer()
    sim.fail(*Actions.ROUTES[action], drop=True, after=True)
    if action == "react":  # aiohttp tries again, and there is nothing left to do
        await actions.do(action)
    elif action == "delete":  # aiohttp tries again, and there is nothing left to delete
        with pytest.raises(discord.NotFound):
            await actions.do(action)
    else:
        with pytest.raises(aiohttp.ClientError):
            await actions.do(action)
    assert actions.done(action)


async def test_a_callback_retried_after_a_lost_answer_was_already_acknowledged(
    sim: DiscordSimulator, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    press, interaction = await pressed(sim, bot)
    sim.fail("POST", "/interactions/{id}/{token}/callback", status=503, after=True)

    async def wait(_: float) -> None:
        """Take no time."""

    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "sleep", wait)
        with pytest.raises(discord.HTTPException) as twice:
            await interaction.response.send_message("Once", ephemeral=True)
    assert (twice.value.code, press.reply, len(press.replies)) == (40060, "Once", 1)
