"""Slack Connect: people of other companies share our channels, and are told by their company."""

from __future__ import annotations

import pytest

import bots.slack_people
from bots.slack_people import Companies
from core.messages import Post
from core.posts import new_key
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import AGENTS, ANA, BOT, CLAIM, DANA, HELP, PARCEL, PERSON, Frontdesk, Serve

ADA, CYD = "U70", "U71"
ACME = ("T7", "Acme")


@pytest.fixture
async def slack(slack: SlackSimulator) -> SlackSimulator:
    """The workspace, with two people of Acme in its channels."""
    slack.add_user(ADA, "Ada", team=ACME)
    slack.add_user(CYD, "Cyd", team=ACME)
    return slack


async def test_a_customer_of_another_company_is_answered_and_known_by_our_workspace(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await quoting.hears(HELP, ADA, f"{BOT} When does my parcel arrive?")
    assert PARCEL in quoting.said(HELP, ts)[0]
    # The event names the other workspace as its team; what is read back later knows only ours.
    assert {payload["team_id"] for payload in (one.payload for one in slack.deliveries)} >= {"T7"}
    assert {conversation for conversation, _, _ in quoting.stored()} == {f"slack:T1/{HELP}/{ts}"}
    assert quoting.rows("SELECT author FROM messages WHERE role = 'customer'") == [(f"slack:T1/{ADA}",)]


async def test_people_of_both_companies_write_in_one_conversation(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await quoting.hears(HELP, DANA, f"{BOT} When does my parcel arrive?")
    await quoting.hears(HELP, ADA, f"{BOT} When does my parcel arrive?", ts)
    assert len({conversation for conversation, _, _ in quoting.stored()}) == 1


async def test_a_reply_grows_for_people_of_both_companies(quoting: Frontdesk, slack: SlackSimulator) -> None:
    ts = await slack.say(HELP, DANA, "What a day!", deliver=False)
    for user in (ADA, ANA):
        growing = Post(new_key(), f"slack:T1/{HELP}/{ts}", "Take it back")
        ref = await quoting.bot.begin(growing, f"slack:T1/{user}")
        assert quoting.bot._streams.runs(ref)


async def test_the_model_reads_the_company_where_it_reads_names(
    modelled: Frontdesk, model: ModelSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await modelled.hears(HELP, ADA, f"{BOT} And mine, when does it come?", ts)
    # Brackets would look like a role of ours there.
    assert "Ada Acme (customer): " in model.requests[-1].text


async def test_agents_read_the_company_behind_the_name(modelled: Frontdesk, slack: SlackSimulator) -> None:
    await modelled.hears(HELP, ADA, f"{BOT} {PERSON}")
    assert "Ada (Acme)" in modelled.card.text
    await modelled.hears(HELP, CYD, f"{BOT} {PERSON}")
    assert "Cyd (Acme)" in modelled.cards()[1].text
    assert len(slack.calls_to("team.info")) == 1, "a company's name is asked for once in a while"


async def test_a_company_whose_name_can_not_be_had_is_left_out(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    slack.fail("team.info", error="team_not_found", times=None)
    await modelled.hears(HELP, ADA, f"{BOT} {PERSON}")
    assert "Ada" in modelled.card.text
    assert "Acme" not in modelled.card.text


async def test_who_shares_the_agents_channel_from_another_company_is_no_agent(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    slack.join(AGENTS, CYD)
    await modelled.hears(HELP, ADA, f"{BOT} {PERSON}")
    await modelled.presses(modelled.card, CYD, CLAIM)
    assert "Only members" in slack.ephemerals(AGENTS, CYD)[0].text
    await modelled.presses(modelled.card, DANA, CLAIM)
    assert "Claimed by dana" in modelled.card.text


async def test_who_is_named_as_an_agent_is_one_whatever_their_company(
    serve: Serve, slack: SlackSimulator
) -> None:
    slack.join(AGENTS, CYD)
    async with serve(agents=f"slack:{AGENTS}", agent_ids=f"slack:T1/{CYD}") as frontdesk:
        await frontdesk.hears(HELP, ADA, f"{BOT} {PERSON}")
        await frontdesk.presses(frontdesk.card, CYD, CLAIM)
        assert "Claimed by Cyd (Acme)" in frontdesk.card.text


async def test_only_so_many_companies_are_kept_in_mind(
    slack: SlackSimulator, quoting: Frontdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bots.slack_people, "MOST_COMPANIES", 2)
    companies = Companies()
    for number in range(4):
        slack.add_user(f"U8{number}", "somebody", team=(f"T8{number}", f"Company {number}"))
        assert await companies.name(quoting.bot._client, f"T8{number}") == f"Company {number}"
