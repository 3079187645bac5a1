"""People talk among themselves where the bot serves, and call it where they have talked before."""

from __future__ import annotations

from typing import Any

import pytest

from bots.discord_events import Heard, read
from bots.discord_permissions import troubles
from core.phrases import ENGLISH
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    BILLING,
    DANA,
    GUILD,
    HELP,
    MENTION,
    OTHER_BOT,
    REFUND_QUESTION,
    SUPPORT_ROLE,
    TEAM,
    Frontdesk,
    Log,
    Start,
    model_settings,
    texts,
)
from tests.discord_.test_events import Server
from tests.discord_.test_events import server as server  # a fixture
from tests.simulators.discord import BOT_ID, DiscordSimulator, Overwrite, Permission
from tests.simulators.discord_world import ORDINARY, Channel, Kind
from tests.simulators.model import ModelSimulator

FORUM = 3005


def spoken(model: ModelSimulator, number: int = -1) -> list[str]:
    """What customers and the bot said, as a request tells it."""
    return [m["content"] for m in model.requests[number].messages if m["role"] != "system"]


async def says(
    us: Frontdesk, discord_: DiscordSimulator, place: int, who: int, text: str, **more: Any
) -> int:
    """Let somebody write, and wait until all that comes of it has happened."""
    message = await discord_.say(place, who, text, **more)
    await us.received(message)
    await us.settled()
    return message


# --- whom words are for ------------------------------------------------------------------------------


def heard(server: Server, text: str, to: int | None = None, *, pings: bool = True) -> Heard:
    """What is made of words, which may reply to somebody's."""
    replied = None if to is None else server.world.add_message(HELP, to, "Hello")
    allowed = None if pings else {"parse": ["users"], "replied_user": False}
    message = server.message(HELP, text, reply_to=replied, allowed_mentions=allowed)
    found = read(message, server.me, threads=True)
    assert found is not None
    return found


@pytest.mark.parametrize("text", [f"<@{BEN}> look", f"ask <@!{BEN}>", f"<@&{SUPPORT_ROLE}> please"])
async def test_words_that_mention_somebody_else_are_for_others(server: Server, text: str) -> None:
    assert heard(server, text).message.to_others


@pytest.mark.parametrize("pings", [True, False])
async def test_a_reply_is_for_whom_it_answers(server: Server, pings: bool) -> None:
    assert heard(server, "Yes", BEN, pings=pings).message.to_others
    assert not heard(server, "Yes", ADA, pings=pings).message.to_others
    assert not heard(server, "Yes", BOT_ID, pings=pings).message.to_others
    assert not heard(server, f"{MENTION} yes", BEN, pings=pings).message.to_others


@pytest.mark.parametrize(
    "text",
    [
        "does it come tomorrow?",
        f"{MENTION} and <@{BEN}>, does it?",
        f"I, <@{ADA}>, ask that",
        "@everyone who knows?",
        f"`<@{BEN}` is how you write it",
    ],
)
async def test_other_words_are_for_whoever_is_there(server: Server, text: str) -> None:
    assert not heard(server, text).message.to_others


async def test_a_mention_that_replies_to_somebody_is_about_what_they_said(server: Server) -> None:
    assert heard(server, f"{MENTION} is that so?", BEN).message.joins
    assert not heard(server, f"{MENTION} is that so?").message.joins
    assert not heard(server, "Yes", BEN).message.joins


# --- in a thread that is served ----------------------------------------------------------------------


async def test_it_keeps_quiet_while_people_talk_and_knows_what_was_said(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator
) -> None:
    us = await frontdesk(**model_settings(model))
    model.replies("Some days.")
    thread = await says(us, discord_, HELP, ADA, f"{MENTION} When does my parcel arrive?")
    await says(us, discord_, thread, ADA, f"<@{BEN}> was yours late?")
    late = await says(us, discord_, thread, BEN, f"<@{ADA}> two days")
    await says(us, discord_, thread, ADA, "oh", reply_to=late)
    assert texts(discord_.posts(thread)) == ["Some days."]
    model.replies("I see.")
    await says(us, discord_, thread, ADA, f"{MENTION} so mine as well, <@{BEN}> says?")
    assert texts(discord_.posts(thread)) == ["Some days.", "I see."]
    assert spoken(model) == [
        "When does my parcel arrive?",
        "Some days.",
        "Ada (customer, to others): @Ben was yours late?",
        "Ben (customer, to others): @Ada two days",
        "Ada (customer, to others): oh",
        "so mine as well, @Ben says?",
    ]


async def test_an_edit_may_turn_words_to_us(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator
) -> None:
    us = await frontdesk(**model_settings(model))
    model.replies("Some days.")
    thread = await says(us, discord_, HELP, ADA, f"{MENTION} When does my parcel arrive?")
    said = await says(us, discord_, thread, ADA, f"<@{BEN}> and to the door?")
    model.replies("I see.")
    await discord_.edit(said, "And to the door?")
    await discord_.wait_posts(thread, 2)
    await us.settled()
    assert texts(discord_.posts(thread)) == ["Some days.", "I see."]


async def test_an_agent_who_names_the_customer_takes_over(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    thread = await says(us, discord_, HELP, ADA, f"{MENTION} How do I get a refund?")
    await says(us, discord_, thread, DANA, f"<@{ADA}> I look at that")
    assert "Claimed by Dana" in discord_.posts(TEAM)[0].content


async def test_told_to_be_quiet_it_is_woken_by_its_mention(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    thread = await says(us, discord_, HELP, ADA, f"{MENTION} How do I get a refund?")
    await says(us, discord_, thread, ADA, "stop replying")
    await discord_.say(thread, ADA, "How do I get a refund?")
    await says(us, discord_, thread, ADA, f"{MENTION} How do I get a refund?")
    said = texts(discord_.posts(thread))
    assert (len(said), said[1]) == (3, ENGLISH.muted)


# --- called later ------------------------------------------------------------------------------------


async def test_called_into_a_thread_it_reads_what_was_said_before_once(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator
) -> None:
    opening = await discord_.say(HELP, ADA, "My kettle leaks.")
    thread = await discord_.start_thread(HELP, ADA, "Kettle", message_id=opening)
    await discord_.say(thread, OTHER_BOT, "Rain tomorrow.")
    await discord_.say(thread, BEN, f"Mine too, <@{ADA}>.")
    us = await frontdesk(**model_settings(model))
    model.replies("Let me see.")
    await says(us, discord_, thread, BEN, f"{MENTION} what can we do?")
    assert texts(discord_.posts(thread)) == ["Let me see."]
    before = [
        "Ada (customer): My kettle leaks.",
        "weather bot (customer): Rain tomorrow.",
        "Mine too, @Ada.",
        "what can we do?",
    ]
    assert spoken(model) == before
    await us.stop()
    reads = len(discord_.calls_to("GET", "/channels/{channel}/messages"))
    us = await frontdesk(**model_settings(model))
    model.replies("I see.")
    await says(us, discord_, thread, ADA, "And then?")
    assert texts(discord_.posts(thread)) == ["Let me see.", "I see."]
    assert spoken(model)[:4] == before
    later = discord_.calls_to("GET", "/channels/{channel}/messages")[reads:]
    assert not [call for call in later if "before" in call.query]


async def test_of_a_long_thread_the_opening_is_read_too(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator
) -> None:
    opening = await discord_.say(HELP, ADA, "My kettle leaks.")
    thread = await discord_.start_thread(HELP, ADA, "Kettle", message_id=opening)
    for number in range(60):
        await discord_.say(thread, ADA, f"word {number}")
    us = await frontdesk(**model_settings(model))
    await says(us, discord_, thread, BEN, f"{MENTION} what can we do?")
    said = spoken(model)
    assert said[0] == "Ada (customer): My kettle leaks."
    assert said[1] == "Ada (customer): word 11"
    assert len(said) == 51


async def test_a_mention_in_a_channel_reads_what_it_replies_to(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator
) -> None:
    us = await frontdesk(**model_settings(model))
    other = await discord_.say(HELP, BEN, "Refunds take nine years, they say.")
    await discord_.say(HELP, BEN, "And it rains.")
    thread = await says(us, discord_, HELP, ADA, f"{MENTION} is that so?", reply_to=other)
    assert spoken(model) == ["Ben (customer): Refunds take nine years, they say.", "is that so?"]
    assert len(discord_.posts(thread)) == 1


async def test_that_is_read_where_it_answers_in_place_too(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator
) -> None:
    us = await frontdesk(**model_settings(model), threads=False)
    model.replies("Hm.")
    await says(us, discord_, HELP, ADA, f"{MENTION} hello")
    for text in ("Nine years, they say.", "Ten, I heard."):
        other = await discord_.say(HELP, BEN, text)
        model.replies("Hm.")
        await says(us, discord_, HELP, ADA, f"{MENTION} is that so?", reply_to=other)
    said = ["Ada (customer): hello", "Hm.", "Ben (customer): Nine years, they say."]
    said += [
        "Ada (customer): is that so?",
        "Hm.",
        "Ben (customer): Ten, I heard.",
        "Ada (customer): is that so?",
    ]
    assert spoken(model) == said


async def test_where_it_may_not_read_what_was_said_it_answers_without(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator, log: Log
) -> None:
    discord_.add_channel(3300, GUILD, "blind", deny_bot=Permission.READ_MESSAGE_HISTORY)
    us = await frontdesk(**model_settings(model))
    thread = await discord_.start_thread(3300, ADA, "Kettle", "My kettle leaks.")
    await says(us, discord_, thread, BEN, f"{MENTION} what can we do?")
    assert spoken(model) == ["what can we do?"]
    (line,) = log.with_words("before the bot was called")
    assert "Read Message History in #Kettle" in line


# --- forums, voice channels --------------------------------------------------------------------------


async def test_a_post_in_a_forum_that_mentions_it_is_served_like_a_thread(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator
) -> None:
    discord_.add_channel(FORUM, GUILD, "questions", forum=True)
    us = await frontdesk(**model_settings(model))
    model.replies("Some days.")
    post = await discord_.start_thread(FORUM, ADA, "My parcel", f"{MENTION} When does it arrive?")
    await discord_.wait_posts(post, 1)
    model.replies("To the door.")
    await says(us, discord_, post, BEN, "And where?")
    assert texts(discord_.posts(post)) == ["Some days.", "To the door."]
    assert us.said(post)[0] == ("customer", "My parcel\nWhen does it arrive?")
    # Nothing was said before its opening message.
    assert not [c for c in discord_.calls_to("GET", "/channels/{channel}/messages") if "before" in c.query]


async def test_called_into_a_post_of_a_forum_it_reads_the_post(
    discord_: DiscordSimulator, frontdesk: Start, model: ModelSimulator
) -> None:
    discord_.add_channel(FORUM, GUILD, "questions", forum=True)
    us = await frontdesk(**model_settings(model))
    post = await discord_.start_thread(FORUM, ADA, "Kettle", "My kettle leaks.")
    await says(us, discord_, post, BEN, f"{MENTION} what can we do?")
    assert spoken(model) == ["Ada (customer): Kettle\nMy kettle leaks.", "what can we do?"]


async def test_in_channels_and_forums_of_the_setting_every_question_is_answered(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.add_channel(FORUM, GUILD, "questions", forum=True)
    discord_.world.channels[FORUM].tags = {71: "Orders", 72: "Refunds"}
    us = await frontdesk(discord_channels=(HELP, FORUM), agents=AGENTS)
    post = await discord_.start_thread(FORUM, ADA, "How do I get a refund?", "Please help", tags=[72])
    assert len(await discord_.wait_posts(post, 1)) == 1
    assert us.said(post)[0] == ("customer", "How do I get a refund? (Refunds)\nPlease help")
    asked = await discord_.say(HELP, ADA, REFUND_QUESTION)
    assert len(await discord_.wait_posts(asked, 1)) == 1
    # What people say to each other stays theirs, and so do the threads that they begin, and other channels.
    await discord_.say(HELP, BEN, f"<@{ADA}> did you get your refund?")
    thread = await discord_.start_thread(HELP, BEN, "Refunds?", "How do I get a refund?")
    await discord_.say(BILLING, BEN, REFUND_QUESTION)
    await us.received(await discord_.say(asked, BEN, REFUND_QUESTION))
    await us.settled()
    assert [len(discord_.posts(place)) for place in (HELP, thread, BILLING, asked)] == [0, 0, 0, 2]


async def test_why_a_channel_of_the_setting_is_not_served_is_told(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(discord_channels=(HELP, 99))
    assert await us.bot.check(None) == [
        "Discord: the bot can't see the channel 99 of DISCORD_CHANNELS. Check the id, and allow it to View "
        "Channel there."
    ]
    await us.stop()
    discord_.privileged_intents_denied = True
    us = await frontdesk(discord_channels=(HELP,))
    assert await us.bot.check(None) == [
        "Discord: DISCORD_CHANNELS has no effect without the Message Content Intent."
    ]


async def test_what_was_missed_in_posts_and_threads_is_read_back(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.add_channel(FORUM, GUILD, "questions", forum=True)
    us = await frontdesk()
    await us.until(lambda: bool(us.rows("SELECT 1 FROM seen")))
    await us.stop()
    post = discord_.world.start_thread(discord_.world.channels[FORUM], ADA, "Refund").id
    await discord_.say(post, ADA, "Hello all", deliver=False)
    await discord_.say(post, ADA, f"{MENTION} How do I get a refund?", deliver=False)
    us = await frontdesk()
    assert len(await discord_.wait_posts(post, 1)) == 1
    await us.settled()
    assert len(discord_.posts(post)) == 1


# --- where it may not write --------------------------------------------------------------------------


async def test_who_mentions_it_where_it_may_not_write_hears_so_once_in_a_direct_message(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    denied = Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS
    discord_.add_channel(3300, GUILD, "read-only", deny_bot=denied)
    us = await frontdesk()
    await discord_.say(3300, ADA, f"{MENTION} How do I get a refund?")
    dm = discord_.open_dm(ADA)
    (told,) = await discord_.wait_posts(dm, 1)
    assert told.content == ENGLISH.may_not_write_there.format(where="#read-only")
    await discord_.say(3300, ADA, f"{MENTION} Hello?")
    await says(us, discord_, dm, ADA, "How do I get a refund?")
    assert len(discord_.posts(dm)) == 2
    assert us.messages() == 1


async def test_what_it_may_not_do_is_told_by_server_and_channel(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.add_channel(FORUM, GUILD, "questions", forum=True, deny_bot=Permission.SEND_MESSAGES_IN_THREADS)
    discord_.add_channel(3300, GUILD, "blind", deny_bot=Permission.READ_MESSAGE_HISTORY)
    discord_.add_channel(3301, GUILD, "mute", deny_bot=Permission.SEND_MESSAGES)
    discord_.add_channel(3302, GUILD, "staff", deny_bot=Permission.VIEW_CHANNEL)
    us = await frontdesk()
    assert await us.bot.check(None) == [
        "Discord: in #questions of Example the bot lacks Send Messages in Threads. Allow it there.",
        "Discord: in #blind of Example the bot lacks Read Message History. Allow it there.",
        "Discord: in #mute of Example the bot lacks Send Messages. Allow it there.",
    ]


def denied_in(server: Server, channels: dict[str, Permission], everyone: Permission = ORDINARY) -> list[str]:
    """What is told of a server whose channels deny the bot something."""
    guild = server.world.add_guild(5001, "Other", everyone)
    for number, (name, deny) in enumerate(channels.items()):
        overwrites = [Overwrite(BOT_ID, deny=deny, member=True)]
        server.world.add_channel(Channel(3400 + number, Kind.TEXT, name, 5001, overwrites=overwrites))
    server.state._add_guild_from_data(server.world.guild_payload(guild))  # type: ignore[arg-type]
    return troubles(server.client.guilds, {HELP}, threads=True)


async def test_of_many_such_channels_the_first_are_told(server: Server) -> None:
    mute = {f"mute-{number}": Permission.SEND_MESSAGES for number in range(13)}
    *lines, rest = denied_in(server, mute)
    assert len(lines) == 10
    assert rest == "Discord: permissions are missing in 3 more channels."


async def test_a_server_of_which_it_sees_nothing_is_told(server: Server) -> None:
    assert denied_in(server, {"lobby": Permission.NONE}, Permission.NONE) == [
        "Discord: in Other the bot can see no channel. Allow it to View Channels."
    ]
