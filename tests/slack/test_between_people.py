"""People talk among themselves in a thread that we serve, and call us into threads of theirs."""

from __future__ import annotations

from typing import Any

import pytest

from bots.slack_before import Above, Us, people_of, said_before
from bots.slack_events import Heard, read
from core.messages import Author
from core.phrases import ENGLISH
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack_payloads import load_fixture
from tests.slack.conftest import AGENTS, ANA, BEN, BOT, DANA, HELP, TEAM, Frontdesk, Serve

ELSE = "U061F7AUX"


def heard(text: str, shape: str = "message_thread", **fields: Any) -> Heard:
    event = load_fixture(shape, text=text, **fields)
    found = read(load_fixture("event_callback", event=event), "U0BOT", threads=True)
    assert found is not None
    return found


def spoken(model: ModelSimulator, number: int = -1) -> list[str]:
    """What customers and the bot said, as a request tells it."""
    return [m["content"] for m in model.requests[number].messages if m["role"] != "system"]


# --- whom words are for ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [f"<@{ELSE}> look", f"ask <@{ELSE}|ben> first", "<!subteam^S7> please", "<!subteam^S7|@team> hi"]
)
def test_words_that_mention_somebody_else_are_for_others(text: str) -> None:
    assert heard(text).message.to_others


@pytest.mark.parametrize(
    "text",
    [
        "does it come tomorrow?",
        f"<@U0BOT> and <@{ELSE}>, does it?",
        "I, <@U061F7AUR>, ask that",
        "<!here> who knows?",
        f"&lt;@{ELSE}&gt; is how you write it",
        "see <#C1|help> and <https://example.org|this>",
    ],
)
def test_other_words_are_not(text: str) -> None:
    assert not heard(text).message.to_others


def test_in_a_direct_message_nobody_else_can_be_meant() -> None:
    direct = heard(f"<@{ELSE}> told me to ask", "message_im", channel="DU1")
    assert not direct.message.to_others


def test_a_mention_inside_a_thread_joins_it_and_one_outside_begins_one() -> None:
    assert heard("<@U0BOT> what now?").message.joins
    assert not heard("what now?").message.joins
    assert not heard("<@U0BOT> what now?", "message_channel").message.joins
    assert not heard("<@U0BOT> now?", "message_thread", channel="DU1", channel_type="im").message.joins


# --- what was said before ----------------------------------------------------------------------------


def test_bots_are_named_as_bots_and_our_own_words_are_ours() -> None:
    us = Us("U0BOT", "B0BOT")
    weather = {"bot_id": "B7", "user": "U7", "bot_profile": {"name": "weather"}, "text": "Rain, <@U1>"}
    form = {
        "bot_id": "B8",
        "subtype": "bot_message",
        "username": "Form",
        "text": "A new request",
        "user": None,
        "bot_profile": None,
    }
    shapes: list[dict[str, Any]] = [
        load_fixture("message_channel", ts="1.0", user="U1", text="My <https://x.example|kettle> leaks"),
        load_fixture("message_bot", ts="2.0", **weather),
        load_fixture("message_bot", ts="3.0", **form),
        load_fixture("message_bot", ts="4.0", text="*Hello*"),
        load_fixture("message_channel", ts="5.0", subtype="channel_join"),
        load_fixture("message_channel", ts="6.0", user="U1", text=""),
        load_fixture("file_share", ts="7.0", user="U2", text=""),
        load_fixture("message_channel", ts="9.0"),
    ]
    above = Above("8.0", 50)
    for shape in shapes:
        above.take(shape)
    assert people_of(above.messages, us) == {"U1", "U2"}
    said = said_before(above.messages, "slack:T1/C1", us, {"U1": "Ana"})
    assert [(one.author, one.text, one.ours) for one in said] == [
        (Author("slack:T1/U1", "Ana"), "My kettle (https://x.example) leaks", False),
        (Author("slack:T1/U7", "weather (bot)"), "Rain, @Ana", False),
        (Author("slack:T1/B8", "Form (bot)"), "A new request", False),
        (Author("slack:T1/U0BOT", "frontdesk (bot)"), "*Hello*", True),
        (Author("slack:T1/U2", "U2"), "(attached: screenshot.png)", False),
    ]
    assert (said[0].id, said[0].position, said[0].sent_at) == ("slack:T1/C1/1.0", 10, 1.0)


def test_of_a_long_thread_the_opening_and_the_newest_are_kept() -> None:
    above = Above("100.0", 3)
    for number in [1, *range(1, 20), 1, 20]:
        above.take(load_fixture("message_channel", ts=f"{number}.0"))
    assert [message["ts"] for message in above.messages] == ["1.0", "18.0", "19.0", "20.0"]


# --- on the stage ------------------------------------------------------------------------------------


async def test_it_keeps_quiet_while_people_talk_and_knows_what_was_said(
    modelled: Frontdesk, model: ModelSimulator
) -> None:
    model.replies("Some days.")
    ts = await modelled.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await modelled.hears(HELP, ANA, f"<@{BEN}> was yours late?", ts)
    await modelled.hears(HELP, BEN, f"yes <@{ANA}>, two days", ts)
    assert modelled.said(HELP, ts) == ["Some days."]
    model.replies("I see.")
    await modelled.hears(HELP, ANA, f"{BOT} so mine as well, <@{BEN}> says?", ts)
    assert modelled.said(HELP, ts) == ["Some days.", "I see."]
    assert spoken(model) == [
        "When does my parcel arrive?",
        "Some days.",
        "ana (customer, to others): @ben was yours late?",
        "ben (customer, to others): yes @ana, two days",
        "so mine as well, @ben says?",
    ]


async def test_an_edit_may_turn_words_to_us(modelled: Frontdesk, model: ModelSimulator) -> None:
    model.replies("Some days.")
    ts = await modelled.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    said = await modelled.hears(HELP, ANA, f"<@{BEN}> and to the door?", ts)
    model.replies("I see.")
    await modelled.edits(HELP, said, "And to the door?")
    assert modelled.said(HELP, ts) == ["Some days.", "I see."]
    await modelled.edits(HELP, said, f"And to the door, <@{BEN}>?")
    assert len(model.requests) == 2


async def test_told_to_be_quiet_it_is_woken_by_its_mention(quoting: Frontdesk) -> None:
    ts = await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await quoting.hears(HELP, ANA, "stop replying", ts)
    await quoting.hears(HELP, ANA, "When does my parcel arrive?", ts)
    await quoting.hears(HELP, ANA, f"<@{BEN}> please call a human", ts)
    _, muted = quoting.said(HELP, ts)
    assert muted == ENGLISH.muted
    await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?", ts)
    assert len(quoting.said(HELP, ts)) == 3


async def test_an_agent_who_names_the_customer_takes_over(modelled: Frontdesk, slack: SlackSimulator) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await modelled.hears(HELP, DANA, f"<@{ANA}> I look at that", ts)
    assert "Claimed by dana" in modelled.card.text


async def test_called_into_a_thread_it_reads_what_was_said_before_once(
    serve: Serve, slack: SlackSimulator, model: ModelSimulator
) -> None:
    slack.add_user("UWEATHER", "weather", is_bot=True)
    parent = await slack.say(HELP, ANA, f"My kettle leaks, <@{BEN}>.")
    await slack.say(HELP, BEN, "Mine too.", parent)
    model.replies("Let me see.")
    async with serve(model, agents=f"slack:{AGENTS}", agents_mention=TEAM) as us:
        await us.hears(HELP, BEN, f"{BOT} what can we do?", parent)
        assert us.said(HELP, parent) == ["Let me see."]
        assert spoken(model) == ["ana (customer): My kettle leaks, @ben.", "Mine too.", "what can we do?"]
        model.replies("I see.")
        await us.hears(HELP, ANA, "And then?", parent)
        assert spoken(model)[:3] == spoken(model, 0)
    reads = len(slack.calls_to("conversations.replies"))
    async with serve(model, agents=f"slack:{AGENTS}", agents_mention=TEAM) as us:
        model.replies("I see.")
        await us.hears(HELP, ANA, "And now?", parent)
        assert us.said(HELP, parent)[1:] == ["I see."] * 2
    # A restart reads back what was missed, in each channel and each thread, but not what was before.
    later = slack.calls_to("conversations.replies")[reads:]
    assert not [call for call in later if "latest" in call.arguments]


async def test_a_thread_that_can_not_be_read_is_answered_all_the_same(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    parent = await slack.say(HELP, ANA, "My kettle leaks.")
    slack.fail("conversations.replies", error="not_in_channel")
    model.replies("Let me see.")
    await modelled.hears(HELP, BEN, f"{BOT} what can we do?", parent)
    assert modelled.said(HELP, parent) == ["Let me see."]
    assert spoken(model) == ["what can we do?"]
