"""A person who asks for a person gets one: the ping, what the customer hears, and when."""

from __future__ import annotations

import re

import pytest

from bots.slack_format import to_slack
from core import words
from core.phrases import ENGLISH
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import (
    AGENTS,
    ANA,
    BEN,
    BOT,
    CLAIM,
    CONTACT,
    GIVE_BACK,
    HELP,
    PERSON,
    RESOLVE,
    SALES,
    TEAM,
    Frontdesk,
    Serve,
)


def permalink(channel: str, ts: str) -> str:
    return f"https://example.slack.com/archives/{channel}/p{ts.replace('.', '')}"


def quoted(text: str) -> list[str]:
    """Return the lines that stand in a quotation, without its mark."""
    return [line.removeprefix(">").strip() for line in text.split("\n") if line.startswith(">")]


async def test_who_asks_for_a_person_gets_one(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    assert modelled.said(HELP, ts) == [ENGLISH.told]
    card = modelled.card
    *lines, status = [line for line in card.text.split("\n") if line]
    assert lines == [
        f"{TEAM} *ana* in #help on Slack needs a person: asked for a person.",
        f"> {PERSON}",
        f"<{permalink(HELP, ts)}|Open the conversation>",
    ]
    assert re.fullmatch(r"\*Waiting since \d+ \w+ \d\d:\d\d UTC\.\*", status)
    assert [button.label for button in card.buttons] == [CLAIM, RESOLVE, GIVE_BACK]
    # What people see are the blocks; what their phones show are the words. Both are the same.
    assert card.blocks
    assert card.blocks[0]["text"]["text"] == card.text
    assert model.requests == []
    assert modelled.cases() == [(f"slack:T1/{HELP}/{ts}", "waiting")]


async def test_the_ping_can_be_read_in_five_seconds_and_the_transcript_stands_below(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.replies("Please **send a photo**.\n\n" + "It helps us to see what happened. " * 20)
    await modelled.hears(dm, ANA, "My parcel is wet &lt;!here&gt;")
    ts = await modelled.hears(dm, ANA, PERSON)
    card = modelled.card
    assert card.text.startswith(f"{TEAM} *ana* in a direct message on Slack needs a person")
    assert [line for line in quoted(card.text) if line] == ["My parcel is wet &lt;!here&gt;", PERSON]
    [said] = [line for line in card.text.split("\n") if line.startswith("The bot said: ")]
    assert "send a photo" in said
    assert len(said) < 300
    assert permalink(dm, ts) in card.text
    assert len(card.text) < 1_000
    [transcript] = slack.posts(AGENTS, card.ts)
    assert transcript.buttons == []
    heading, *lines = [line for line in transcript.text.split("\n") if line]
    assert heading == to_slack(words.TRANSCRIPT)
    assert lines[0] == "*ana:* My parcel is wet &lt;!here&gt;"
    assert lines[1].startswith("*Bot:* Please ")
    assert lines[-1] == f"*ana:* {PERSON}"


async def test_every_line_of_the_customers_words_is_marked_as_theirs(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    """Else a customer could write lines that look like ours."""
    dm = slack.open_dm(ANA)
    await modelled.hears(dm, ANA, "I want to talk to a human\nOpen the conversation:\n\nhttps://evil.example")
    ping = modelled.card.text
    assert [line for line in quoted(ping) if line] == [
        "I want to talk to a human",
        "Open the conversation:",
        "https://evil.example",
    ]


async def test_the_customer_is_told_only_after_the_ping_is_posted(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ping = slack.fail("chat.postMessage", hang=True)
    ts = await slack.say(HELP, ANA, f"{BOT} I want to talk to a human")
    [call] = await slack.wait_call("chat.postMessage")
    assert call.arguments["channel"] == AGENTS
    # Others are answered meanwhile, so nothing but the ping keeps Ana's answer back.
    await slack.say(SALES, BEN, f"{BOT} What do you sell?")
    await slack.wait_posts(SALES, 1)
    assert slack.posts(HELP) == []
    ping.release()
    await modelled.desk.settled()
    assert modelled.said(HELP, ts) == [ENGLISH.told]
    order = [call.arguments["channel"] for call in slack.calls_to("chat.postMessage")]
    assert order[:2] == [AGENTS, SALES]
    assert sorted(order[2:]) == [HELP, AGENTS], "told, and the transcript"


@pytest.mark.parametrize("refusal", ["channel_not_found", "not_in_channel", "is_archived"])
async def test_a_ping_that_can_not_be_posted_gives_the_contact_line(
    modelled: Frontdesk, slack: SlackSimulator, refusal: str
) -> None:
    slack.fail("chat.postMessage", error=refusal)
    ts = await modelled.hears(HELP, ANA, f"{BOT} I want to talk to a human")
    assert modelled.said(HELP, ts) == [CONTACT]
    assert slack.posts(AGENTS) == []


async def test_after_a_ping_that_failed_nobody_claims_that_the_team_knows(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    slack.fail("chat.postMessage", error="channel_not_found")
    await modelled.hears(dm, ANA, "I want to talk to a human")
    await modelled.hears(dm, ANA, "I want to talk to a human")
    assert modelled.said(dm) == [CONTACT, ENGLISH.told]
    assert len(modelled.cards()) == 1


async def test_a_ping_is_tried_again_while_slack_is_busy(modelled: Frontdesk, slack: SlackSimulator) -> None:
    slack.fail("chat.postMessage", status=500)
    ts = await modelled.hears(HELP, ANA, f"{BOT} I want to talk to a human")
    assert modelled.said(HELP, ts) == [ENGLISH.told]
    assert len(modelled.cards()) == 1


async def test_without_agents_the_customer_gets_the_contact_line(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await quoting.hears(HELP, ANA, f"{BOT} I want to talk to a human")
    assert quoting.said(HELP, ts) == [CONTACT]
    assert slack.posts(AGENTS) == []
    assert quoting.cases() == []


async def test_without_a_mention_setting_the_ping_pings_nobody(slack: SlackSimulator, serve: Serve) -> None:
    async with serve(agents=f"slack:{AGENTS}") as frontdesk:
        await frontdesk.hears(slack.open_dm(ANA), ANA, "I want to talk to a human")
        assert frontdesk.said(AGENTS)[0].startswith("*ana* in a direct message on Slack needs a person")


async def test_an_offer_that_is_taken_calls_a_person_with_the_question(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    ts = await modelled.hears(HELP, ANA, f"{BOT} Do you ship to the moon?")
    assert modelled.said(HELP, ts) == [
        "The articles don't say.\n\nShall I bring in a person from our team? Just answer _yes_."
    ]
    assert slack.posts(AGENTS) == []
    assert modelled.cases() == [(f"slack:T1/{HELP}/{ts}", "offered")]
    await modelled.hears(HELP, ANA, "Yes, please!", ts)
    assert modelled.said(HELP, ts)[1:] == [ENGLISH.told]
    ping = modelled.card.text
    assert ping.startswith(f"{TEAM} *ana* in #help on Slack needs a person: the articles don't answer it.")
    assert quoted(ping) == ["Do you ship to the moon?"]
    assert modelled.cases() == [(f"slack:T1/{HELP}/{ts}", "waiting")]
    assert len(model.requests) == 1


async def test_an_offer_that_is_declined_calls_nobody(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    ts = await modelled.hears(HELP, ANA, f"{BOT} Do you ship to the moon?")
    await modelled.hears(HELP, ANA, "No, thanks", ts)
    assert modelled.said(HELP, ts)[1:] == [ENGLISH.declined]
    assert slack.posts(AGENTS) == []
    assert modelled.cases() == [(f"slack:T1/{HELP}/{ts}", "cancelled")]
    # A later "yes" means something else.
    await modelled.hears(HELP, ANA, "yes", ts)
    assert slack.posts(AGENTS) == []


async def test_only_who_got_the_offer_can_take_it(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    ts = await modelled.hears(HELP, ANA, f"{BOT} Do you ship to the moon?")
    await modelled.hears(HELP, BEN, "yes", ts)
    assert slack.posts(AGENTS) == []
    assert modelled.cases() == [(f"slack:T1/{HELP}/{ts}", "offered")]


async def test_a_model_that_escalates_says_its_sentence_first(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.replies("I'm sorry about that.", action="escalate", reason="upset")
    ts = await modelled.hears(HELP, ANA, f"{BOT} This is the third broken one!!!")
    assert modelled.said(HELP, ts) == ["I'm sorry about that.", ENGLISH.told]
    assert "needs a person: the customer is upset." in modelled.said(AGENTS)[0]


async def test_a_second_request_does_not_ping_again(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.hears(HELP, ANA, "Hello? I want to talk to a human!", ts)
    assert modelled.said(HELP, ts) == [ENGLISH.told, to_slack(ENGLISH.passed_on)]
    assert modelled.below() == ["*ana:* Hello? I want to talk to a human!"]
    assert len(modelled.cases()) == 1


async def test_two_customers_get_a_ping_each(modelled: Frontdesk) -> None:
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.hears(HELP, BEN, f"{BOT} {PERSON}")
    assert [card.text.split("*")[1] for card in modelled.cards()] == ["ana", "ben"]


async def test_a_customers_words_can_not_ping_the_agents(modelled: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    await modelled.hears(
        dm,
        ANA,
        "I want to talk to a human &lt;!here&gt; <!channel> <@U2> "
        "[click](https://evil.example) <https://evil.example|click>",
    )
    ping = modelled.card.text
    body = ping.removeprefix(f"{TEAM} ")
    links = body.count("<")
    assert links == 1, "only our own link to the conversation"
    assert "&lt;!here&gt; @channel @U2 [click](https://evil.example) click (https://evil.example)" in body


async def test_a_customers_name_can_not_ping_either(slack: SlackSimulator, serve: Serve) -> None:
    slack.add_user("U5", "<!here> [boss](https://evil.example)")
    async with serve(agents=f"slack:{AGENTS}") as frontdesk:
        await frontdesk.hears(slack.open_dm("U5"), "U5", "I want to talk to a human")
        ping = frontdesk.card.text
        assert ping.startswith("*&lt;!here&gt; [boss](https://evil.example)* in a direct message")


async def test_a_call_survives_a_restart_before_the_customer_was_told(
    slack: SlackSimulator, serve: Serve
) -> None:
    dm = slack.open_dm(ANA)
    slack.fail("chat.postMessage", hang=True, after=True)
    async with serve(agents=f"slack:{AGENTS}", shutdown_seconds=0):
        await slack.say(dm, ANA, "I want to talk to a human")
        await slack.wait_posts(AGENTS, 1)
        assert slack.posts(dm) == []
    slack.heal()
    async with serve(agents=f"slack:{AGENTS}") as again:
        await again.desk.settled()
        assert len(again.cards()) == 1
        assert len(again.said(AGENTS)) == 2, "the card, and its transcript"
        assert again.said(dm) == [ENGLISH.told]
