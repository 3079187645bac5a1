"""From the bot to a person: offers, pings, what the customer hears, and agents on another platform."""

from __future__ import annotations

import pytest

from core.messages import Author
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    CONTACT,
    GUILD,
    HELP,
    MENTION,
    REFUND_ANSWER,
    REFUND_QUESTION,
    SUPPORT_ROLE,
    TEAM,
    UNKNOWN_QUESTION,
    Start,
    model_settings,
    slack_settings,
    texts,
)
from tests.simulators.discord import DiscordSimulator
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator

TOLD = "I've told our team. A person will answer you here."
OFFER = "Shall I bring in a person from our team? Just answer *yes*."
NOT_FOUND = "I couldn't find an answer to that in our help articles, and I don't want to guess."
WANTED = "I want to talk to a human"
TO_TEAM = f"/channels/{TEAM}/messages"
SLACK_TEAM = "C0AGENTS"


@pytest.fixture
def slack_team(slack: SlackSimulator) -> SlackSimulator:
    """A workspace with Cleo and the team's private channel."""
    slack.add_user("U1", "cleo", "Cleo")
    slack.add_channel(SLACK_TEAM, "team", is_private=True)
    return slack


# --- the ping ----------------------------------------------------------------------------------------


async def test_from_a_direct_message_agents_are_told_who_where_and_why(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    (ping,) = await discord_.wait_posts(TEAM, 1)
    assert ping.content == (
        f"<@&{SUPPORT_ROLE}> **Ada** in a direct message on Discord needs a person: "
        f"asked for a person.\n> {WANTED}"
    )
    assert texts(await discord_.wait_posts(dm, 1)) == [TOLD]
    await us.settled()
    assert us.cases() == [("waiting", "asked_for_person")]
    assert us.said(dm) == [("customer", WANTED), ("assistant", TOLD)]


async def test_from_a_thread_agents_get_the_channel_the_question_and_a_link(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    await frontdesk(agents=AGENTS)
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    asked = await discord_.say(thread, ADA, WANTED)
    (ping,) = await discord_.wait_posts(TEAM, 1)
    assert ping.content == (
        "**Ada** in \\#help on Discord needs a person: asked for a person.\n"
        f"> {REFUND_QUESTION}\n> \n> {WANTED}\n\n"
        f"[Open the conversation](https://discord.com/channels/{GUILD}/{thread}/{asked})"
    )
    answers = await discord_.wait_posts(thread, 2)
    assert (answers[1].content, answers[1].reference) == (TOLD, asked)


async def test_from_a_mention_agents_get_the_channel_though_there_is_no_thread_yet(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    await frontdesk(agents=AGENTS)
    asked = await discord_.say(HELP, ADA, f"{MENTION} {WANTED}")
    (ping,) = await discord_.wait_posts(TEAM, 1)
    assert texts(await discord_.wait_posts(asked, 1)) == [TOLD]
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
    assert texts(discord_.posts(HELP)) == ["I am sorry.", TOLD]


async def test_the_customer_is_told_only_after_the_ping_is_posted(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    held = discord_.fail("POST", TO_TEAM, hang=True)
    await discord_.say(dm, ADA, WANTED)
    await discord_.wait_call("POST", TO_TEAM)
    # Meanwhile another question is answered: what waits for the ping holds up nothing.
    await discord_.say(dm, ADA, REFUND_QUESTION)
    (answer,) = await discord_.wait_posts(dm, 1)
    assert answer.content.startswith(REFUND_ANSWER)
    assert discord_.posts(TEAM) == []
    held.release()
    await discord_.wait_posts(dm, 2)
    await us.settled()
    (ping,) = discord_.posts(TEAM)
    assert discord_.posts(dm)[1].content == TOLD
    assert discord_.posts(dm)[1].at > ping.at


async def test_a_ping_whose_answer_is_lost_is_made_once(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    discord_.fail("POST", TO_TEAM, drop=True, after=True)
    await discord_.say(dm, ADA, WANTED)
    assert texts(await discord_.wait_posts(dm, 1)) == [TOLD]
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
    assert us.rows("SELECT state FROM posts ORDER BY id") == [("failed",), ("posted",)]
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


async def test_a_second_call_is_no_second_ping(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    await discord_.wait_posts(dm, 1)
    await discord_.say(dm, ADA, "human!")
    answers = await discord_.wait_posts(dm, 2)
    assert answers[1].content.startswith("Our team knows")
    await us.settled()
    assert len(discord_.posts(TEAM)) == 1


# --- an offer ----------------------------------------------------------------------------------------


async def test_an_offer_is_taken(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, UNKNOWN_QUESTION)
    assert texts(await discord_.wait_posts(dm, 1)) == [f"{NOT_FOUND}\n\n{OFFER}"]
    await us.settled()
    assert us.cases() == [("offered", "not_in_articles")]
    assert discord_.posts(TEAM) == []
    await discord_.say(dm, ADA, "Yes, please!")
    assert texts(await discord_.wait_posts(dm, 2))[1] == TOLD
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
    assert answers[1].content == "All right. Ask me anything else, any time."
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


# --- a person owns the case --------------------------------------------------------------------------


async def test_while_a_person_owns_the_case_words_are_passed_on_and_the_bot_is_silent(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    thread = await discord_.say(HELP, ADA, f"{MENTION} {WANTED}")
    await discord_.wait_posts(thread, 1)
    await us.settled()
    conversation, ben = f"discord:{thread}", Author(f"discord:{BEN}", "Ben")
    await us.desk.agent_says(conversation, Author(f"discord:{ADA}", "Ada"), ben, "How can I help?")
    await discord_.wait_posts(thread, 2)
    await discord_.say(thread, ADA, REFUND_QUESTION)
    relayed = (await discord_.wait_posts(TEAM, 2))[1]
    assert relayed.content == f"**Ada** adds:\n> {REFUND_QUESTION}"
    assert relayed.allowed_mentions == {"parse": []}
    assert await us.desk.resolve(conversation, ben)
    await us.settled()
    assert texts(discord_.posts(thread)) == [
        TOLD,
        "**Ben:** How can I help?",
        "Our team has closed this request. I'm here again if you have another question.",
    ]
    assert us.cases() == [("resolved", "asked_for_person")]
    await discord_.say(thread, ADA, REFUND_QUESTION)
    answers = await discord_.wait_posts(thread, 4)
    assert answers[3].content.startswith(REFUND_ANSWER)


# --- across platforms --------------------------------------------------------------------------------


async def test_a_customer_on_discord_and_agents_on_slack(
    discord_: DiscordSimulator, slack_team: SlackSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(
        agents=f"slack:{SLACK_TEAM}", agents_mention="<!subteam^S1>", **slack_settings(slack_team)
    )
    assert [who.split()[0] for who in us.who] == ["Slack", "Discord"]
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    held = slack_team.fail("chat.postMessage", hang=True)
    asked = await discord_.say(thread, ADA, f"{WANTED} *now* <!channel> @everyone")
    await slack_team.wait_call("chat.postMessage")
    assert len(discord_.posts(thread)) == 1
    held.release()
    (ping,) = await slack_team.wait_posts(SLACK_TEAM, 1)
    answers = await discord_.wait_posts(thread, 2)
    assert answers[1].content == TOLD
    assert ping.text.startswith("<!subteam^S1> *Ada* in #help on Discord needs a person")
    assert f"<https://discord.com/channels/{GUILD}/{thread}/{asked}|Open the conversation>" in ping.text
    assert "<!channel>" not in ping.text
    await us.settled()
    assert us.cases() == [("waiting", "asked_for_person")]

    customer = Author(f"discord:{ADA}", "Ada")
    await us.desk.agent_says(f"discord:{thread}", customer, Author("slack:T1/U1", "Cleo"), "Hello Ada")
    assert (await discord_.wait_posts(thread, 3))[2].content == "**Cleo:** Hello Ada"
    await discord_.say(thread, ADA, "My parcel *broke*")
    relayed = (await slack_team.wait_posts(SLACK_TEAM, 2))[1]
    assert "My parcel" in relayed.text
    await us.settled()
    assert len(discord_.posts(thread)) == 3


async def test_a_customer_on_slack_and_agents_on_discord(
    discord_: DiscordSimulator, slack_team: SlackSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>", **slack_settings(slack_team))
    dm = slack_team.open_dm("U1")
    held = discord_.fail("POST", TO_TEAM, hang=True)
    await slack_team.say(dm, "U1", f"{WANTED} @everyone <https://evil.example|your bank>")
    await discord_.wait_call("POST", TO_TEAM)
    assert slack_team.posts(dm) == []
    held.release()
    (ping,) = await discord_.wait_posts(TEAM, 1)
    (told,) = await slack_team.wait_posts(dm, 1)
    assert told.text == TOLD
    assert ping.content.startswith(
        f"<@&{SUPPORT_ROLE}> **cleo** in a direct message on Slack needs a person: asked for a person."
    )
    assert "](https://evil.example)" not in ping.content
    assert ping.allowed_mentions == {"parse": [], "roles": [SUPPORT_ROLE]}
    await us.settled()
    assert us.rows("SELECT platform, state FROM posts ORDER BY id") == [
        ("discord", "posted"),
        ("slack", "posted"),
    ]


async def test_a_ping_that_slack_refuses_leaves_the_contact_line_on_discord(
    discord_: DiscordSimulator, slack_team: SlackSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=f"slack:{SLACK_TEAM}", **slack_settings(slack_team))
    slack_team.fail("chat.postMessage", times=None, error="not_in_channel")
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    assert texts(await discord_.wait_posts(dm, 1)) == [CONTACT]
    await us.settled()
