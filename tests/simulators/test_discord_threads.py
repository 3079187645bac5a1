"""Threads and forum posts on the simulated Discord."""

import discord
import pytest

from tests.simulators.discord import BOT_ID, DiscordSimulator
from tests.simulators.discord_clients import CHANNEL, FORUM, GUILD, STAFF, USER, Bot, Start, text_channel


async def test_a_mention_a_reply_and_a_thread(sim: DiscordSimulator, bot: Bot) -> None:
    first = await sim.say(CHANNEL, USER, "Something else")
    await sim.say(CHANNEL, USER, f"<@{BOT_ID}> help", reply_to=first)
    await bot.hear()
    message = await bot.hear()
    assert bot.user in message.mentions
    assert isinstance(message.author, discord.Member)
    assert [role.name for role in message.author.roles] == ["@everyone", "staff"]
    assert message.reference is not None
    assert isinstance(message.reference.resolved, discord.Message)
    assert message.reference.resolved.content == "Something else"

    thread = await message.create_thread(name="help")
    assert sim.threads_of(CHANNEL) == [thread.id] == [message.id]
    assert await bot.notice("thread") == message.id
    await thread.send("Here I am")
    assert [post.content for post in sim.posts(thread.id)] == ["Here I am"]
    with pytest.raises(discord.HTTPException) as error:
        await message.create_thread(name="again")
    assert (error.value.status, error.value.code) == (400, 160004)
    await thread.edit(archived=True, locked=True)
    with pytest.raises(discord.HTTPException, match="archived"):
        await thread.send("Too late")


async def test_a_forum_post_is_a_thread_with_a_message(sim: DiscordSimulator, bot: Bot) -> None:
    thread_id = await sim.start_thread(FORUM, USER, "A question", "How do I pay?")
    message = await bot.hear()
    assert isinstance(message.channel, discord.Thread)
    assert (message.channel.id, message.channel.parent_id) == (thread_id, FORUM)


async def test_a_thread_of_a_private_channel(sim: DiscordSimulator, start: Start) -> None:
    sim.add_channel(3100, GUILD, "agents", private=True, roles=[STAFF])
    bot = await start()
    card = await text_channel(bot, 3100).send("A case")
    thread = await card.create_thread(name="case 1")
    assert [t.id for t in sim.world.threads()] == [thread.id] == [card.id]
    said = await sim.say(thread.id, USER, "I take it")
    message = await bot.hear()
    assert isinstance(message.channel, discord.Thread)
    assert (message.id, message.channel.id, message.channel.parent_id) == (said, card.id, 3100)
    assert isinstance(message.author, discord.Member)
    assert [role.id for role in message.author.roles] == [GUILD, STAFF]
    assert message.channel.permissions_for(message.author).view_channel
    sim.add_user(2001, "ben")
    stranger = await message.channel.guild.fetch_member(2001)
    assert not message.channel.permissions_for(stranger).view_channel
    own = await sim.start_thread(
        CHANNEL, USER, "mine", "In it", message_id=await sim.say(CHANNEL, USER, "On")
    )
    assert {(await bot.hear()).channel.id for _ in range(2)} == {CHANNEL, own}


async def test_an_archived_thread_is_woken_by_a_message_alone(sim: DiscordSimulator, bot: Bot) -> None:
    thread_id = await sim.start_thread(CHANNEL, USER, "help", "Hello")
    message = await bot.hear()
    sent = await message.channel.send("Yes?")
    thread = sim.world.channels[thread_id]
    for wake in (lambda: sent.channel.send("Still there?"), lambda: sim.say(thread_id, USER, "Yes")):
        await sim.archive_thread(thread_id)
        for doing in (sent.edit(content="No"), sent.delete(), message.add_reaction("👀")):
            with pytest.raises(discord.HTTPException) as archived:
                await doing
            assert (archived.value.status, archived.value.code, thread.archived) == (400, 50083, True)
        await wake()
        assert not thread.archived
    assert isinstance((await bot.hear()).channel, discord.Thread)
    await sim.archive_thread(thread_id, locked=True)
    with pytest.raises(PermissionError):
        await sim.say(thread_id, USER, "Let me in")
    with pytest.raises(discord.HTTPException, match="archived"):
        await sent.channel.send("Let me in")
