"""From the bot to a person: offers, pings, and what the customer hears."""

from __future__ import annotations

import pytest

from core.phrases import ENGLISH
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    CONTACT,
    GUILD,
    HELP,
    MENTION,
    SUPPORT_ROLE,
    TEAM,
    UNKNOWN_QUESTION,
    Start,
    model_settings,
    texts,
)
from tests.discord_.play import WANTED
from tests.simulators.discord import DiscordSimulator
from tests.simulators.model import ModelSimulator

TO_TEAM = f"/channels/{TEAM}/messages"


# --- the ping ----------------------------------------------------------------------------------------


async def test_from_a_direct_message_agents_are_told_who_where_and_why(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    (ping,) = await discord_.wait_posts(TEAM, 1)
    assert ping.content.startswith(
        f"<@&{SUPPORT_ROLE}> **Ada** in a direct message on Discord needs a person: "
        f"asked for a person.\n> {WANTED}\n\n**Waiting since "
    )
    assert texts(await discord_.wait_posts(dm, 1)) == [ENGLISH.told]
    await us.settled()
    assert us.cases() == [("waiting", "asked_for_person")]
    assert us.said(dm) == [("customer", WANTED), ("assistant", ENGLISH.told)]


async def test_from_a_mention_agents_get_the_channel_though_there_is_no_thread_yet(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    await frontdesk(agents=AGENTS)
    asked = await discord_.say(HELP, ADA, f"{MENTION} {WANTED}")
    (ping,) = await discord_.wait_posts(TEAM, 1)
    assert texts(await discord_.wait_posts(asked, 1)) == [ENGLISH.told]
    assert "in \\#help on Discord needs a person" in ping.content
    assert f"https://discord.com/channels/{GUILD}/{HELP}/{asked})" in ping.content


async def test_where_no_thread_may_be_started_the_customer_is_told_in_place(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, **model_settings(model))
    discord_.fail("POST", "/channels/{id}/messages/{id}/threads", status=403, code=50013, times=None)
    model.replies("I am sorry.", action="escalate", reason="upset")
    await discord_.say(HELP, ADA, f"{MENTION} You broke it!")
    await discord_.wait_posts(TEAM, 1)
    await us.settled()
    assert texts(discord_.posts(HELP)) == ["I am sorry.", ENGLISH.told]


async def test_the_customer_is_told_only_after_the_ping_is_posted(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    held = discord_.fail("POST", TO_TEAM, hang=True)
    await discord_.say(dm, ADA, WANTED)
    await discord_.wait_call("POST", TO_TEAM)
    # Meanwhile what Ada adds is acknowledged: what waits for the ping holds up nothing else.
    added = await discord_.say(dm, ADA, "My order is 12")
    assert texts(await discord_.wait_posts(dm, 1)) == [ENGLISH.passed_on]
    assert discord_.posts(TEAM) == []
    held.release()
    await discord_.wait_posts(dm, 2)
    await us.received(added)
    await us.settled()
    (ping,) = discord_.posts(TEAM)
    assert discord_.posts(dm)[1].content == ENGLISH.told
    assert discord_.posts(dm)[1].at > ping.at
    assert texts(discord_.posts(ping.id))[1:] == ["**Ada:** My order is 12"]


async def test_a_ping_whose_answer_is_lost_is_made_once(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    discord_.fail("POST", TO_TEAM, drop=True, after=True)
    await discord_.say(dm, ADA, WANTED)
    assert texts(await discord_.wait_posts(dm, 1)) == [ENGLISH.told]
    await us.settled()
    assert len(discord_.posts(TEAM)) == 1


@pytest.mark.parametrize("status", [403, 404])
async def test_a_ping_that_is_refused_leaves_the_contact_line(
    discord_: DiscordSimulator, frontdesk: Start, status: int
) -> None:
    us = await frontdesk(agents=AGENTS)
    discord_.fail("POST", TO_TEAM, status=status, times=None)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    assert texts(await discord_.wait_posts(dm, 1)) == [CONTACT]
    await us.settled()
    # The ping and the transcript below it failed; nobody has the case.
    assert us.rows("SELECT state FROM posts ORDER BY id") == [("failed",), ("posted",), ("failed",)]
    assert us.cases() == [("cancelled", "asked_for_person")]
    assert len(discord_.posts(dm)) == 1


async def test_without_agents_the_customer_gets_the_contact_line(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    assert texts(await discord_.wait_posts(dm, 1)) == [CONTACT]
    await us.settled()
    assert (us.cases(), discord_.posts(TEAM)) == ([], [])


# --- an offer ----------------------------------------------------------------------------------------


async def test_an_offer_is_taken(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, UNKNOWN_QUESTION)
    assert texts(await discord_.wait_posts(dm, 1)) == [f"{ENGLISH.not_found}\n\n{ENGLISH.offered()}"]
    await us.settled()
    assert us.cases() == [("offered", "not_in_articles")]
    assert discord_.posts(TEAM) == []
    await discord_.say(dm, ADA, "Yes, please!")
    assert texts(await discord_.wait_posts(dm, 2))[1] == ENGLISH.told
    (ping,) = discord_.posts(TEAM)
    assert f"the articles don't answer it.\n> {UNKNOWN_QUESTION}" in ping.content
    assert "Yes, please" not in ping.content
    await us.settled()
    assert us.cases() == [("waiting", "not_in_articles")]


async def test_an_offer_is_declined(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    thread = await discord_.say(HELP, ADA, f"{MENTION} {UNKNOWN_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await discord_.say(thread, ADA, "no thanks")
    answers = await discord_.wait_posts(thread, 2)
    assert answers[1].content == ENGLISH.declined
    await us.settled()
    assert us.cases() == [("cancelled", "not_in_articles")]
    assert discord_.posts(TEAM) == []


async def test_an_offer_is_its_own_customers(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    thread = await discord_.say(HELP, ADA, f"{MENTION} {UNKNOWN_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await discord_.say(thread, BEN, "yes")
    await discord_.wait_posts(thread, 2)
    await us.settled()
    assert us.cases()[0] == ("offered", "not_in_articles")
    assert discord_.posts(TEAM) == []
