"""Messages on the simulated Discord: said, read back, edited, deleted, and refused."""

import asyncio

import discord
import pytest

from tests.simulators.discord import BOT_ID, Button, DiscordSimulator, Upload
from tests.simulators.discord_clients import (
    CHANNEL,
    PRIVATE,
    USER,
    Bot,
    Start,
    button,
    question,
    stopped,
    text_channel,
)


async def test_a_direct_message_and_its_answer(sim: DiscordSimulator, bot: Bot) -> None:
    dm = sim.open_dm(USER)
    asked = await sim.say(dm, USER, "Where is my order?")
    message = await bot.hear()
    assert isinstance(message.channel, discord.DMChannel)
    assert (message.id, message.content, message.guild) == (asked, "Where is my order?", None)
    async with message.channel.typing():
        quiet = discord.AllowedMentions.none()
        await message.reply("On its way.", allowed_mentions=quiet, suppress_embeds=True)
    (post,) = await sim.wait_posts(dm, 1)
    assert (post.content, post.reference, post.flags) == ("On its way.", asked, 4)
    assert post.allowed_mentions == {"parse": []}
    assert sim.typing[dm] == 1
    assert (await bot.create_dm(discord.Object(USER))).id == dm


async def test_the_bot_is_sent_its_own_messages_with_their_nonce(sim: DiscordSimulator, bot: Bot) -> None:
    heard = asyncio.create_task(bot.wait_for("message", timeout=5))
    await asyncio.sleep(0)
    await text_channel(bot).send("Hello", nonce="n-1")
    echoed = await heard
    assert (echoed.author.id, echoed.nonce) == (BOT_ID, "n-1")


async def test_attached_files_can_be_fetched_until_they_expire(sim: DiscordSimulator, bot: Bot) -> None:
    files = [Upload("Träume 1.png", b"\x89PNG..."), Upload("notes", b"abc", "text/plain")]
    asked = await sim.say(CHANNEL, USER, "Look", files=files)
    message = await bot.hear()
    photo, notes = message.attachments
    assert (photo.filename, photo.size, photo.content_type) == ("Tr_ume_1.png", 7, "image/png")
    assert (photo.title, notes.title, notes.content_type) == ("Träume 1", None, "text/plain")
    assert [await photo.read(), await notes.read()] == [b"\x89PNG...", b"abc"]
    sim.fail("GET", f"/attachments/{CHANNEL}/{{file}}/notes", status=500)
    with pytest.raises(discord.HTTPException):
        await notes.read()
    sim.file_lifetime = 0
    again = await message.channel.fetch_message(asked)
    with pytest.raises(discord.NotFound):
        await again.attachments[0].read()
    sim.file_lifetime = 60
    again = await message.channel.fetch_message(asked)
    assert await again.attachments[0].read() == b"\x89PNG..."
    await sim.delete(asked)
    with pytest.raises(discord.NotFound):
        await again.attachments[0].read()


async def test_content_is_empty_without_its_intent(sim: DiscordSimulator, start: Start) -> None:
    bot = await start(intents=discord.Intents.default())
    dm = sim.open_dm(USER)
    await sim.say(CHANNEL, USER, "unseen")
    await sim.say(CHANNEL, USER, f"<@{BOT_ID}> seen")
    await sim.say(dm, USER, "seen")
    assert [(await bot.hear()).content for _ in range(3)] == ["", f"<@{BOT_ID}> seen", "seen"]


async def test_the_same_nonce_makes_one_message(sim: DiscordSimulator, bot: Bot) -> None:
    channel = text_channel(bot)
    first = await channel.send("Once", nonce="n-1")
    assert (await channel.send("Twice", nonce="n-1")).id == first.id
    sim.nonce_window = 0
    assert (await channel.send("Thrice", nonce="n-1")).id != first.id
    assert [post.content for post in sim.posts(CHANNEL)] == ["Once", "Thrice"]


async def test_history_has_what_was_never_delivered_and_no_nonces(sim: DiscordSimulator, bot: Bot) -> None:
    channel = text_channel(bot)
    mark = await sim.say(CHANNEL, USER, "0")
    missed = await sim.say(CHANNEL, USER, "1", deliver=False)
    await channel.send("2", nonce="n-1")
    found = [m async for m in channel.history(after=discord.Object(mark), limit=None)]
    assert [(m.content, m.nonce) for m in found] == [("1", None), ("2", None)]
    page = [m.content async for m in channel.history(after=discord.Object(mark), limit=1)]
    newest = [m.content async for m in channel.history(limit=2)]
    older = [m.content async for m in channel.history(before=discord.Object(missed))]
    assert (page, newest, older) == (["1"], ["2", "1"], ["0"])
    assert [m async for m in text_channel(bot, PRIVATE).history()] == []
    await bot.hear()
    await sim.redeliver(missed)
    assert (await bot.hear()).id == missed


async def test_bad_messages_are_refused(sim: DiscordSimulator, bot: Bot) -> None:
    channel = text_channel(bot)
    with pytest.raises(discord.HTTPException, match="2000 or fewer") as error:
        await channel.send("x" * 2001)
    assert error.value.code == 50035
    with pytest.raises(discord.HTTPException) as error:
        await channel.send("")
    assert error.value.code == 50006
    with pytest.raises(discord.HTTPException, match="25 characters"):
        await channel.send("Hello", nonce="n" * 26)
    with pytest.raises(discord.NotFound) as missing:
        await channel.fetch_message(1)
    assert missing.value.code == 10008
    with pytest.raises(discord.NotFound) as missing:
        await bot.fetch_channel(1)
    assert missing.value.code == 10003
    sim.close_dms(USER)
    with pytest.raises(discord.Forbidden) as closed:
        await (await bot.create_dm(discord.Object(USER))).send("Hello")
    assert closed.value.code == 50007
    sim.close_dms(USER, closed=False)
    await (await bot.create_dm(discord.Object(USER))).send("Hello")


async def test_edits_deletions_and_reactions(sim: DiscordSimulator, bot: Bot) -> None:
    asked = await sim.say(CHANNEL, USER, "Before")
    message = await bot.hear()
    await sim.edit(asked, "After")
    assert await bot.notice("edit") == "After"
    await sim.react(asked, USER, "👍")
    assert await bot.notice("reaction") == "👍"
    await sim.type_in(CHANNEL, USER)
    assert await bot.notice("typing") == USER
    await sim.delete(asked)
    assert await bot.notice("delete") == asked

    sent = await message.channel.send("Thinking")
    await sent.edit(content="Done")
    await sent.delete()
    (post,) = sim.posts(CHANNEL)
    assert (post.content, post.edits, post.deleted) == ("Done", ["Thinking"], True)


async def test_an_edit_changes_what_it_names_and_is_told(sim: DiscordSimulator, bot: Bot) -> None:
    sent = await question(bot)
    await sent.edit(content=f"Thank you, <@{USER}>", allowed_mentions=discord.AllowedMentions.none())
    assert await bot.notice("edit") == f"Thank you, <@{USER}>"
    (post,) = sim.posts(CHANNEL)
    assert (len(post.buttons), sim.world.messages[sent.id].payload["mentions"]) == (2, [])
    await sent.edit(view=stopped(button("more", "More")))
    assert await bot.notice("edit") == f"Thank you, <@{USER}>"
    assert post.buttons == [Button("more", "More", 2)]
    assert bot._connection._view_store._views == {}
    await sent.edit(content="Bye", view=None)
    assert post.buttons == []
    assert (post.content, post.edits) == ("Bye", ["Did that help?", *[f"Thank you, <@{USER}>"] * 2])
    with pytest.raises(discord.HTTPException) as error:
        await sent.edit(content="x" * 2001)
    assert error.value.code == 50035
    with pytest.raises(discord.HTTPException) as error:
        await sent.edit(content=None)
    assert error.value.code == 50006
    assert (post.content, len(post.edits)) == ("Bye", 3)


async def test_edits_of_what_is_gone_or_anothers_are_refused(sim: DiscordSimulator, bot: Bot) -> None:
    await sim.say(CHANNEL, USER, "Mine")
    asked = await bot.hear()
    with pytest.raises(discord.Forbidden) as error:
        await asked.edit(content="Yours")
    assert error.value.code == 50005
    with pytest.raises(discord.Forbidden) as error:
        await asked.delete()
    assert error.value.code == 50013
    sent = await asked.channel.send("Hello")
    await sent.delete()
    assert await bot.notice("delete") == sent.id
    assert (await sim.wait_post(sent.id, lambda post: post.deleted)).content == "Hello"
    for doing in (sent.edit(content="Again"), sent.delete(), sent.add_reaction("👀")):
        with pytest.raises(discord.NotFound) as gone:
            await doing
        assert gone.value.code == 10008


async def test_waiting_in_vain_says_for_what(sim: DiscordSimulator) -> None:
    with pytest.raises(TimeoutError, match="1 posts in 3000"):
        await sim.wait_posts(CHANNEL, 1, timeout=0.01)
