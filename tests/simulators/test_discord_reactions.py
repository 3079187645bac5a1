"""Reactions on the simulated Discord: what is an emoji, and who may react."""

import discord
import pytest

from tests.simulators.discord import BOT_ID, DiscordSimulator, Permission
from tests.simulators.discord_clients import CHANNEL, GUILD, USER, Bot


async def test_reactions(sim: DiscordSimulator, bot: Bot) -> None:
    asked = await sim.say(CHANNEL, USER, "Hello")
    message = await bot.hear()
    await message.add_reaction("👀")
    await sim.wait_reaction(CHANNEL, asked, "👀")
    assert await bot.notice("reaction") == "👀"
    await message.add_reaction("👀")
    await sim.react(asked, USER, "👍🏽")
    assert await bot.notice("reaction") == "👍🏽"  # nothing was told of the bot's second
    await message.add_reaction("👍🏽")
    assert sim.reactions(CHANNEL, asked) == {"👀": {BOT_ID}, "👍🏽": {USER, BOT_ID}}
    shown = (await message.channel.fetch_message(asked)).reactions
    assert [(r.emoji, r.count, r.me) for r in shown] == [("👀", 1, True), ("👍🏽", 2, True)]
    assert bot.user is not None
    await message.remove_reaction("👀", bot.user)
    await sim.wait_reaction(CHANNEL, asked, "👀", gone=True)
    assert await bot.notice("no reaction") == ("👀", BOT_ID)
    await sim.react(asked, USER, "👍🏽", remove=True)
    assert await bot.notice("no reaction") == ("👍🏽", USER)
    assert sim.reactions(CHANNEL, asked) == {"👍🏽": {BOT_ID}}
    with pytest.raises(discord.NotFound) as unknown:
        await message.remove_reaction("👀", bot.user)
    assert unknown.value.code == 10014
    with pytest.raises(TimeoutError, match=r"👀, there are .'👍🏽'"):
        await sim.wait_reaction(CHANNEL, asked, "👀", timeout=0.01)


@pytest.mark.parametrize("emoji", ["eyes", "✓", "1", "frontdesk:123", "👀a"])
async def test_what_is_no_emoji_is_refused(sim: DiscordSimulator, bot: Bot, emoji: str) -> None:
    await sim.say(CHANNEL, USER, "Hello")
    message = await bot.hear()
    with pytest.raises(discord.HTTPException) as unknown:
        await message.add_reaction(emoji)
    assert (unknown.value.status, unknown.value.code) == (400, 10014)


async def test_emoji_of_several_signs_are_taken(sim: DiscordSimulator, bot: Bot) -> None:
    asked = await sim.say(CHANNEL, USER, "Hello")
    message = await bot.hear()
    emoji = ["✅", "❤️", "1️⃣", "👩‍💻", "🇳🇴", "↩️"]
    for one in emoji:
        await message.add_reaction(one)
    assert list(sim.reactions(CHANNEL, asked)) == emoji


async def test_a_reaction_needs_permission_unless_another_is_there(sim: DiscordSimulator, bot: Bot) -> None:
    sim.add_channel(3100, GUILD, "no new ones", deny_bot=Permission.ADD_REACTIONS)
    sim.add_channel(3101, GUILD, "no past", deny_bot=Permission.READ_MESSAGE_HISTORY)
    asked = await sim.say(3100, USER, "Hello")
    message = await bot.hear()
    with pytest.raises(discord.Forbidden) as denied:
        await message.add_reaction("👀")
    assert denied.value.code == 50013
    await sim.react(asked, USER, "👀")
    await message.add_reaction("👀")
    assert sim.reactions(3100, asked) == {"👀": {USER, BOT_ID}}
    await sim.say(3101, USER, "Hello")
    with pytest.raises(discord.Forbidden):
        await (await bot.hear()).add_reaction("👀")
