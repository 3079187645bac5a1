"""Who is on the simulated Discord's server, and what they may do there."""

import discord
import pytest

from tests.simulators.discord import DiscordSimulator, Overwrite, Permission
from tests.simulators.discord_clients import (
    GUILD,
    STAFF,
    USER,
    Bot,
    Interaction,
    Start,
    button,
    question,
    stopped,
    text_channel,
)


async def test_members(sim: DiscordSimulator, bot: Bot) -> None:
    guild = bot.get_guild(GUILD)
    assert guild is not None
    member = await guild.fetch_member(USER)
    assert ([role.id for role in member.roles], member.display_name) == ([GUILD, STAFF], "Ada")
    sim.add_user(2001, "ben")
    del sim.world.guilds[GUILD].members[2001]
    for user, code in [(2001, 10007), (2002, 10013)]:
        with pytest.raises(discord.NotFound) as unknown:
            await guild.fetch_member(user)
        assert unknown.value.code == code


async def test_permissions(sim: DiscordSimulator, bot: Bot) -> None:
    no_threads = Permission.CREATE_PUBLIC_THREADS
    sim.add_channel(3100, GUILD, "quiet", deny_bot=Permission.SEND_MESSAGES | no_threads)
    sim.add_channel(3101, GUILD, "hidden", [Overwrite(GUILD, deny=Permission.VIEW_CHANNEL)])
    await sim.say(3101, USER, "The bot is not told")
    await sim.say(3100, USER, "Hello")
    message = await bot.hear()
    assert message.content == "Hello"
    with pytest.raises(discord.Forbidden) as denied:
        await message.create_thread(name="help")
    assert denied.value.code == 50013
    with pytest.raises(discord.Forbidden):
        await message.channel.send("Hello")
    with pytest.raises(discord.Forbidden) as denied:
        await text_channel(bot, 3101).send("Hello")
    assert denied.value.code == 50001


async def test_a_press_tells_what_its_user_may_do_there(sim: DiscordSimulator, start: Start) -> None:
    sim.add_user(2001, "ben")
    sim.add_channel(3100, GUILD, "agents", private=True, roles=[STAFF])
    allowed = Overwrite(2001, allow=Permission.VIEW_CHANNEL, deny=Permission.SEND_MESSAGES, member=True)
    sim.add_channel(3101, GUILD, "a member's", [allowed], private=True)
    bot = await start()
    seen = []
    for channel, user in [(3100, USER), (3100, 2001), (3101, USER), (3101, 2001)]:
        sent = await question(bot, channel)
        thread = await sent.create_thread(name="case")
        inside = await thread.send("Yours?", view=stopped(button("mine", "Mine")))
        await sim.press(inside.id, user, "mine", wait=False)
        interaction: Interaction = await bot.notice("interaction")
        assert isinstance(interaction.user, discord.Member)
        assert isinstance(interaction.channel, discord.Thread)
        told = interaction.permissions
        seen.append((told.view_channel, told.send_messages))
        # The library comes to the same from the roles and the channel's overwrites.
        assert interaction.channel.permissions_for(interaction.user).view_channel is told.view_channel
        assert [r.id for r in interaction.user.roles] == [GUILD, *([STAFF] if user == USER else [])]
    assert seen == [(True, True), (False, True), (False, True), (True, False)]
