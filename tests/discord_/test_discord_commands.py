"""Commands on Discord, as customers use them, and how they get there."""

from __future__ import annotations

import asyncio
import copy
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bots.discord_registry import ASK_ABOUT, differ, wanted
from core import words
from core.phrases import ENGLISH, PHRASES
from core.phrases.rewording import LONGEST_LISTED
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    DANA,
    GUILD,
    HELP,
    MENTION,
    OTHER_BOT,
    REFUND_ANSWER,
    REFUND_QUESTION,
    SHIPPING_ANSWER,
    SHIPPING_QUESTION,
    TEAM,
    Frontdesk,
    Log,
    Start,
    texts,
)
from tests.simulators.discord import DiscordSimulator, Permission, Press
from tests.simulators.discord_messages import SUPPRESS_EMBEDS


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Hold the database as another program would."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


COMMANDS = "/applications/1000/commands"


async def gives(
    discord_: DiscordSimulator, us: Frontdesk, channel: int, who: int, name: str, **options: Any
) -> str:
    """Give a command, wait for all that comes of it, and return what its giver alone is told."""
    return await told(us, await discord_.command(channel, who, name, **options))


async def asked(us: Frontdesk, given: Press) -> str:
    """Wait until a question that all can read is answered; return what shows it."""
    shown = await given.wait_reply()
    await us.received(given.replies[0].id)
    await us.settled()
    assert not given.ephemeral
    return shown


async def told(us: Frontdesk, given: Press) -> str:
    text = await given.wait_reply()
    assert given.ephemeral
    await us.settled()
    return text


# --- registered once ---------------------------------------------------------------------------------


async def test_commands_are_registered_at_the_first_start_and_not_again(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    for _ in range(2):
        us = await frontdesk()
        await us.stop()
    assert len(discord_.calls_to("GET", COMMANDS)) == 2
    assert len(discord_.calls_to("PUT", COMMANDS)) == 1
    names = [command["name"] for command in discord_.commands]
    assert names == ["ask", "human", "new", "forget", "help", ASK_ABOUT]
    assert all(command["contexts"] == [0, 1] for command in discord_.commands)


async def test_commands_are_described_in_the_language_in_which_somebody_uses_discord(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    await frontdesk()
    ask = discord_.commands[0]
    assert ask["description"] == ENGLISH.command_ask
    assert set(ask["description_localizations"]) == {"de", "es-419", "es-ES", "fr", "ja", "pt-BR"}
    assert ask["description_localizations"]["de"] == PHRASES["de"].command_ask
    assert ask["options"][0]["description_localizations"]["pt-BR"] == PHRASES["pt"].command_ask_what


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_what_is_listed_beside_a_command_fits(language: str) -> None:
    listed = [text for key, text in asdict(PHRASES[language]).items() if key.startswith("command_")]
    assert listed
    assert all(1 <= len(text) <= LONGEST_LISTED for text in listed)


def test_only_what_differs_is_written() -> None:
    ours = wanted(PHRASES)
    as_told = [{**command, "id": "1", "version": "2", "nsfw": False} for command in copy.deepcopy(ours)]
    for command in as_told:  # what says nothing may be left out
        if not command.get("options"):
            command.pop("options", None)
    as_told[1]["options"][0].pop("required")
    assert not differ(as_told, ours)
    assert differ(as_told[1:], ours)
    assert differ([*as_told[1:], {**as_told[0], "description": "Ask"}], ours)
    assert differ(as_told, wanted({**PHRASES, "de": replace(PHRASES["de"], command_ask="Frag was")}))
    assert differ([*as_told, {"name": "old", "type": 1}], ours)
    assert not differ([*as_told, {"name": "launch", "type": 4}], ours)


async def test_the_entry_point_that_discord_made_stays(discord_: DiscordSimulator, frontdesk: Start) -> None:
    own = {"id": "77", "application_id": "1000", "version": "1", "type": 4, "name": "launch", "handler": 2}
    discord_.commands.append(own)
    await frontdesk()
    assert [command["name"] for command in discord_.commands][-2:] == [ASK_ABOUT, "launch"]
    sent = discord_.calls_to("PUT", COMMANDS)[0].body[-1]
    assert sent == {"id": "77", "type": 4, "name": "launch", "handler": 2}


async def test_a_refused_registration_is_told_and_stops_nothing(
    discord_: DiscordSimulator, frontdesk: Start, log: Log
) -> None:
    discord_.fail("PUT", COMMANDS, status=400, code=30034)
    us = await frontdesk()
    assert log.with_words("the commands can't be registered")
    assert await gives(discord_, us, HELP, ADA, "help") != ""


# --- a question --------------------------------------------------------------------------------------


async def test_a_question_in_a_channel_is_shown_and_answered_in_a_thread_below(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    given = await discord_.command(HELP, ADA, "ask", question=REFUND_QUESTION)
    assert await asked(us, given) == f"> {REFUND_QUESTION}"
    [thread] = discord_.threads_of(HELP)
    assert thread == given.replies[0].id
    assert discord_.world.channels[thread].name == REFUND_QUESTION
    assert [REFUND_ANSWER in text for text in texts(discord_.posts(thread))] == [True]
    # The thread is served: what follows needs no mention.
    await us.received(await discord_.say(thread, ADA, SHIPPING_QUESTION))
    await us.settled()
    assert SHIPPING_ANSWER in texts(discord_.posts(thread))[-1]


@pytest.mark.parametrize("threads", [True, False])
async def test_in_direct_messages_and_whole_channels_the_answer_refers_to_the_question(
    discord_: DiscordSimulator, frontdesk: Start, threads: bool
) -> None:
    us = await frontdesk(threads=threads)
    place = discord_.open_dm(ADA) if threads else HELP
    given = await discord_.command(place, ADA, "ask", question=REFUND_QUESTION)
    await asked(us, given)
    shown, answer = discord_.posts(place)
    assert shown.content == f"> {REFUND_QUESTION}"
    assert REFUND_ANSWER in answer.content
    reference = discord_.world.messages[answer.id].payload["message_reference"]
    assert reference["message_id"] == str(shown.id)


async def test_words_that_would_ping_do_not(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    given = await discord_.command(HELP, ADA, "ask", question=f"@everyone <@{BEN}> refund?")
    await asked(us, given)
    shown = discord_.world.messages[given.replies[0].id].payload
    assert (shown["mentions"], shown["mention_everyone"]) == ([], False)


async def test_where_the_bot_may_not_write_it_says_so(discord_: DiscordSimulator, frontdesk: Start) -> None:
    refused = Permission.SEND_MESSAGES | Permission.CREATE_PUBLIC_THREADS
    discord_.add_channel(3200, GUILD, "read-only", deny_bot=refused)
    us = await frontdesk()
    refusal = await gives(discord_, us, 3200, ADA, "ask", question=REFUND_QUESTION)
    assert refusal == ENGLISH.may_not_write
    assert us.messages() == 0


async def test_agents_are_told_what_they_can_do_in_their_channel(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    assert await gives(discord_, us, TEAM, DANA, "ask", question=REFUND_QUESTION) == words.HELP_AGENTS
    assert await gives(discord_, us, TEAM, DANA, "human") == words.HELP_AGENTS
    assert (us.messages(), us.cases()) == (0, [])


async def test_a_question_that_was_shown_and_not_stored_is_read_back(
    discord_: DiscordSimulator, frontdesk: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = await frontdesk()
    await us.until(lambda: bool(us.rows("SELECT 1 FROM seen")))

    async def dies(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(us.desk, "command", dies)
    given = await discord_.command(HELP, ADA, "ask", question=f"{REFUND_QUESTION} *Now*?")
    await us.stop()
    us = await frontdesk()
    await asked(us, given)
    assert us.said(given.replies[0].id)[0] == ("customer", f"{REFUND_QUESTION} *Now*?")
    assert us.rows("SELECT author FROM messages WHERE role = 'customer'") == [(f"discord:{ADA}",)]
    assert [REFUND_ANSWER in text for text in texts(discord_.posts(given.replies[0].id))] == [True]
    assert discord_.world.channels[given.replies[0].id].name == f"{REFUND_QUESTION} *Now*?"
    # What is stored already is not asked again.
    await us.stop()
    us = await frontdesk()
    await us.settled()
    assert us.messages() == 1


async def test_a_question_whose_showing_is_not_known_is_read_back(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    discord_.fail("POST", "/interactions/{id}/{token}/callback", drop=True, after=True)
    given = await discord_.command(HELP, ADA, "ask", question=REFUND_QUESTION)
    await asked(us, given)
    assert [REFUND_ANSWER in text for text in texts(discord_.posts(given.replies[0].id))] == [True]


async def test_what_discord_writes_as_ids_has_names_in_a_question(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    question = f"{MENTION} Can <@{ADA}> get a refund in <#{HELP}> by <t:1700000000:R> <:sad:77>?"
    given = await discord_.command(HELP, ADA, "ask", question=question)
    await asked(us, given)
    as_read = "Can @Ada get a refund in #help by 2023-11-14 22:13 UTC :sad:?"
    assert us.said(given.replies[0].id)[0] == ("customer", as_read)


async def test_a_link_in_a_question_shows_no_preview(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    given = await discord_.command(HELP, ADA, "ask", question="Refund? https://example.com/orders")
    await asked(us, given)
    assert given.replies[0].flags & SUPPRESS_EMBEDS
    assert await gives(discord_, us, HELP, ADA, "help")
    assert all(post.flags & SUPPRESS_EMBEDS for post in discord_.world.posts)


# --- a person ----------------------------------------------------------------------------------------


async def test_a_person_is_called_from_a_channel_into_direct_messages(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    said = await gives(discord_, us, HELP, ADA, "human", question="My parcel is lost")
    assert said == ENGLISH.goes_on_direct
    assert discord_.posts(HELP)[:-1] == []  # but what Ada alone saw
    shown, answer = texts(discord_.posts(discord_.open_dm(ADA)))
    assert shown.startswith(ENGLISH.you_asked)
    assert "> My parcel is lost" in shown
    assert answer == ENGLISH.told
    assert us.cases() == [("waiting", "asked_for_person")]
    again = await gives(discord_, us, discord_.open_dm(ADA), ADA, "human")
    assert again == ENGLISH.has_person


async def test_who_takes_no_direct_messages_is_told_what_else_to_do(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.close_dms(ADA)
    us = await frontdesk(agents=AGENTS)
    assert await gives(discord_, us, HELP, ADA, "human") == ENGLISH.closed_direct
    assert us.cases() == []


async def test_in_a_thread_a_person_is_called_there(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    message = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await us.received(message)
    await us.settled()
    assert await gives(discord_, us, message, ADA, "human") == ENGLISH.calling
    said = [post.content for post in discord_.posts(message) if not post.ephemeral]
    assert said[-1] == ENGLISH.told
    assert said[-2].startswith(f"<@{ADA}> {ENGLISH.you_asked}")


async def test_more_than_a_message_holds_is_told_in_several(
    discord_: DiscordSimulator, frontdesk: Start, knowledge: Path
) -> None:
    contact = "Write to us. " * 170
    instructions = f'---\ncompany: Example\ncontact: "{contact}"\n---\n\nBe short and kind.\n'
    (knowledge / "instructions.md").write_text(instructions, encoding="utf-8")
    await frontdesk()
    given = await discord_.command(HELP, ADA, "help")
    await discord_.wait_posts(HELP, 3)
    assert all(post.ephemeral for post in given.replies)
    assert " ".join(texts(given.replies)).count("Write to us.") == 170


# --- a new start, and to be forgotten ----------------------------------------------------------------


async def test_new_begins_direct_messages_anew_and_no_channel(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    assert await gives(discord_, us, dm, ADA, "new") == ENGLISH.new_begins
    assert await gives(discord_, us, HELP, ADA, "new") == ENGLISH.new_not_here


async def test_forget_asks_once_more(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    await us.received(await discord_.say(dm, ADA, REFUND_QUESTION))
    await us.settled()
    given = await discord_.command(HELP, ADA, "forget")
    await told(us, given)
    pressed = await discord_.press(given.replies[-1].id, ADA, ENGLISH.button_forget)
    assert await told(us, pressed) == ENGLISH.forgotten
    assert us.messages() == 0
    # The question is gone, and its buttons with it.
    assert (pressed.replies[-1].id, pressed.replies[-1].buttons) == (given.replies[-1].id, [])


async def test_the_question_whether_to_forget_stays_while_the_answer_fails(
    discord_: DiscordSimulator, frontdesk: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = await frontdesk()
    given = await discord_.command(HELP, ADA, "forget")
    await told(us, given)
    with monkeypatch.context() as broken:
        broken.setattr(us.desk, "forgetting", None)
        pressed = await discord_.press(given.replies[-1].id, ADA, ENGLISH.button_forget)
        assert await told(us, pressed) == ENGLISH.failed
    monkeypatch.setattr("bots.adapter.ACK_SECONDS", 0.0)
    pressed = await discord_.press(given.replies[-1].id, ADA, ENGLISH.button_keep)
    async with asyncio.timeout(5):
        while pressed.reply != ENGLISH.kept:
            await asyncio.sleep(0.005)
    assert pressed.replies[-1].id == given.replies[-1].id


async def test_a_button_that_we_do_not_have_any_more_says_so(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    await us.received(await discord_.say(dm, ADA, REFUND_QUESTION))
    await us.settled()
    pressed = await discord_.press(discord_.posts(dm)[0].id, ADA, "frontdesk:of_old:1", forge=True)
    assert await told(us, pressed) == ENGLISH.out_of_date


# --- the menu of a message ---------------------------------------------------------------------------


async def test_somebody_elses_message_is_answered_in_a_thread_below_it(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    message = await discord_.say(HELP, BEN, REFUND_QUESTION)
    assert await told(us, await discord_.choose(message, ADA, ASK_ABOUT)) == ENGLISH.asked_below
    assert [REFUND_ANSWER in text for text in texts(discord_.posts(message))] == [True]
    assert us.rows("SELECT author FROM messages WHERE role = 'customer'") == [(f"discord:{ADA}",)]
    # Somebody else, or the same one, asks it again.
    await told(us, await discord_.choose(message, BEN, ASK_ABOUT))
    assert len(discord_.posts(message)) == 1


async def test_our_own_words_and_those_of_bots_are_not_asked(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    await us.received(await discord_.say(dm, ADA, REFUND_QUESTION))
    await us.settled()
    ours = discord_.posts(dm)[0].id
    assert await told(us, await discord_.choose(ours, ADA, ASK_ABOUT)) == ENGLISH.own_words
    weather = await discord_.say(HELP, OTHER_BOT, "Rain today. Refund?")
    assert await told(us, await discord_.choose(weather, ADA, ASK_ABOUT)) == ENGLISH.nothing_to_ask
    assert us.messages() == 1


# --- when something is wrong -------------------------------------------------------------------------


async def test_a_failure_is_told(
    discord_: DiscordSimulator, frontdesk: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = await frontdesk()
    monkeypatch.setattr(us.desk, "_commands", None)
    given = await discord_.command(HELP, ADA, "ask", question=REFUND_QUESTION)
    assert given.interaction.original
    await discord_.wait_post(given.interaction.original.id, lambda post: post.deleted)
    assert await told(us, given) == ENGLISH.failed
    assert await gives(discord_, us, HELP, ADA, "help") == ENGLISH.failed


async def test_it_is_acknowledged_in_time_while_the_file_is_held(
    discord_: DiscordSimulator, frontdesk: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.adapter.ACK_SECONDS", 0.05)
    us = await frontdesk(agents=AGENTS)
    with held(us.settings.database):
        question = await discord_.command(HELP, ADA, "ask", question=REFUND_QUESTION)
        called = await discord_.command(discord_.open_dm(BEN), BEN, "human")
        assert question.acked
        assert called.acked
        assert (question.reply, called.reply) == (f"> {REFUND_QUESTION}", None)
    await asked(us, question)
    assert await told(us, called) == ENGLISH.calling
