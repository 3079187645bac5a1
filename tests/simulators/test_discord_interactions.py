"""Presses and slash commands on the simulated Discord: how a bot answers them, and how long it can."""

import asyncio

import discord
import pytest

from tests.simulators.discord import Button, DiscordSimulator
from tests.simulators.discord_clients import (
    CHANNEL,
    GUILD,
    USER,
    Bot,
    Interaction,
    button,
    pressed,
    question,
    stopped,
    text_channel,
)


async def test_a_press_is_answered_ephemerally(sim: DiscordSimulator, bot: Bot) -> None:
    async def answer(interaction: Interaction) -> None:
        undo = stopped(button("undo", "Undo"))
        done = await interaction.response.send_message("Only for you", ephemeral=True, view=undo)
        assert isinstance(done.resource, discord.InteractionMessage)
        assert (done.resource.content, done.is_ephemeral()) == ("Only for you", True)

    bot.answer = answer
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes")
    assert (press.acked, press.reply, press.ephemeral) == (True, "Only for you", True)
    interaction: Interaction = await bot.notice("interaction")
    assert (interaction.id, interaction.channel_id, interaction.guild_id) == (press.id, CHANNEL, GUILD)
    assert interaction.type is discord.InteractionType.component
    assert interaction.data == {"id": 2, "component_type": 2, "custom_id": "yes"}
    assert interaction.message is not None
    assert (interaction.message.id, interaction.message.content) == (sent.id, "Did that help?")
    assert [r["type"] for r in press.responses] == [4]
    assert press.replies[0].buttons == [Button("undo", "Undo", 2)]
    assert bot._connection._view_store._views == {}
    assert (await sim.press(press.replies[0].id, USER, "undo")).acked
    assert [m.content async for m in text_channel(bot).history()] == ["Did that help?"]


async def test_a_button_is_found_by_its_label_and_only_if_it_can_be_pressed(
    sim: DiscordSimulator, bot: Bot
) -> None:
    sent = await question(bot)
    await sim.press(sent.id, USER, "Yes", wait=False)
    assert (await bot.notice("interaction")).data["custom_id"] == "yes"
    for missing in ("maybe", "no", "No"):
        with pytest.raises(LookupError):
            await sim.press(sent.id, USER, missing)
    await sent.delete()
    with pytest.raises(LookupError):
        await sim.press(sent.id, USER, "yes")


async def test_a_forged_press_reaches_the_bot(sim: DiscordSimulator, bot: Bot) -> None:
    sent = await question(bot)
    await sim.press(sent.id, USER, "claim:17", forge=True, wait=False)
    interaction: Interaction = await bot.notice("interaction")
    assert interaction.data is not None
    assert interaction.data.get("custom_id") == "claim:17"
    assert interaction.message is not None
    assert interaction.message.id == sent.id


async def test_a_press_in_a_dm_has_a_user_and_no_member(sim: DiscordSimulator, bot: Bot) -> None:
    async def answer(interaction: Interaction) -> None:
        assert isinstance(interaction.user, discord.User)
        assert isinstance(interaction.channel, discord.DMChannel)
        await interaction.response.send_message(f"Hello {interaction.user.global_name}")

    bot.answer = answer
    dm = sim.open_dm(USER)
    channel = await bot.create_dm(discord.Object(USER))
    sent = await channel.send("Shall we?", view=stopped(button("yes", "Yes")))
    press = await sim.press(sent.id, USER, "yes")
    assert (press.reply, press.ephemeral) == ("Hello Ada", False)
    assert [post.content for post in sim.posts(dm)] == ["Shall we?", "Hello Ada"]


async def test_an_update_changes_the_message_which_has_the_button(sim: DiscordSimulator, bot: Bot) -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.edit_message(content="Thank you", view=None)
        await interaction.followup.send("Only for you", ephemeral=True)
        with pytest.raises(discord.InteractionResponded):
            await interaction.response.defer()

    bot.answer = answer
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes")
    assert await press.wait_reply() == "Only for you"
    assert [(post.content, post.ephemeral) for post in sim.posts(CHANNEL)] == [
        ("Thank you", False),
        ("Only for you", True),
    ]
    assert (sim.posts(CHANNEL)[0].buttons, [r["type"] for r in press.responses]) == ([], [7])
    assert await bot.notice("edit") == "Thank you"
    assert [m.content async for m in text_channel(bot).history()] == ["Thank you"]


async def test_a_deferral_shows_nothing_until_the_first_follow_up_fills_it(
    sim: DiscordSimulator, bot: Bot
) -> None:
    go_on = asyncio.Event()

    async def answer(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await go_on.wait()
        # As on Discord the deferral decided who sees it.
        first = await interaction.followup.send("Here it is", ephemeral=False, wait=True)
        assert first.id == (await interaction.original_response()).id
        second = await interaction.followup.send("And more", wait=True)
        await second.edit(content="And less")
        await interaction.edit_original_response(content="Here it was")
        await interaction.delete_original_response()

    bot.answer = answer
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes")
    assert (press.acked, press.reply, sim.posts(CHANNEL)[1:]) == (True, None, [])
    go_on.set()
    assert await press.wait_reply() in ("Here it is", "And more")
    first, second = (await sim.wait_posts(CHANNEL, 3))[1:]
    await sim.wait_post(first.id, lambda post: post.deleted)
    assert (first.ephemeral, first.content, first.edits) == (True, "Here it was", ["Here it is"])
    assert (second.ephemeral, second.content, second.edits) == (False, "And less", ["And more"])
    assert (press.replies, press.reply) == ([second], "And less")


async def test_a_deferred_update_is_edited_as_the_original(sim: DiscordSimulator, bot: Bot) -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="Claimed by Ada", view=None)

    bot.answer = answer
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes")
    assert (press.acked, press.reply) == (True, None)
    post = await sim.wait_post(sent.id, lambda post: post.content == "Claimed by Ada")
    assert (post.buttons, post.edits, len(sim.posts(CHANNEL))) == ([], ["Did that help?"], 1)


async def test_a_press_nobody_answers_has_failed(sim: DiscordSimulator, bot: Bot) -> None:
    sim.interaction_window = 0.05
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes")
    assert (press.acked, press.reply) == (False, None)
    interaction: Interaction = await bot.notice("interaction")
    with pytest.raises(discord.NotFound, match="Unknown interaction") as late:
        await interaction.response.send_message("Too late")
    assert late.value.code == 10062
    with pytest.raises(discord.NotFound) as unknown:
        await interaction.followup.send("Too late")
    assert unknown.value.code == 10015
    assert (press.acked, press.responses, len(sim.posts(CHANNEL))) == (False, [], 1)


async def test_a_second_callback_is_refused(sim: DiscordSimulator, bot: Bot) -> None:
    press, interaction = await pressed(sim, bot)
    with pytest.raises(discord.NotFound) as early:
        await interaction.followup.send("Before it is answered")
    assert early.value.code == 10015
    with pytest.raises(discord.HTTPException, match=r"In data\.content: Must be 2000") as long:
        await interaction.response.send_message("x" * 2001)
    assert (long.value.code, press.acked) == (50035, False)
    await interaction.response.defer()
    interaction.response._response_type = None  # as another process, which does not know
    with pytest.raises(discord.HTTPException) as twice:
        await interaction.response.send_message("Again")
    assert (twice.value.status, twice.value.code) == (400, 40060)
    assert [r["type"] for r in press.responses] == [6]


async def test_a_token_expires(sim: DiscordSimulator, bot: Bot) -> None:
    _, interaction = await pressed(sim, bot)
    await interaction.response.send_message("Yes?", ephemeral=True)
    sim.interaction_token_lifetime = 0
    for doing in (interaction.followup.send("More"), interaction.edit_original_response(content="No")):
        with pytest.raises(discord.HTTPException) as expired:
            await doing
        assert (expired.value.status, expired.value.code) == (401, 50027)


async def test_a_slash_command_deferred_in_a_dm(sim: DiscordSimulator, bot: Bot) -> None:
    tree = discord.app_commands.CommandTree(bot)

    @tree.command(name="ask", description="Ask a question")
    async def ask(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.defer(thinking=True)
        assert sim.posts(dm) == []
        await interaction.edit_original_response(content=f"You asked: {question}")

    await tree.sync()
    assert [command["name"] for command in sim.commands] == ["ask"]
    dm = sim.open_dm(USER)
    await sim.slash(dm, USER, "ask", {"question": "Why?"})
    (post,) = await sim.wait_posts(dm, 1)
    assert post.content == "You asked: Why?"
    assert isinstance((await bot.notice("interaction")).user, discord.User)


async def test_a_callback_which_is_held_too_long_is_late(sim: DiscordSimulator, bot: Bot) -> None:
    refused: asyncio.Queue[int] = asyncio.Queue()

    async def answer(interaction: Interaction) -> None:
        with pytest.raises(discord.NotFound) as late:
            await interaction.response.defer()
        refused.put_nowait(late.value.code)

    bot.answer = answer
    sim.interaction_window = 0.1
    held = sim.fail("POST", "/interactions/{id}/{token}/callback", hang=True)
    sent = await question(bot)
    press = await sim.press(sent.id, USER, "yes")
    assert (press.acked, held.hits) == (False, 1)
    held.release()
    assert await asyncio.wait_for(refused.get(), 5) == 10062
    assert not press.acked
