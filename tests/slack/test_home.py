"""The Home tab: what the bot can do and, for agents alone, the open cases."""

from __future__ import annotations

import asyncio

import pytest

from bots.slack_home import view
from core import words
from core.home import Entry, Home
from core.phrases import ENGLISH
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import AGENTS, ANA, BOT, CLAIM, CONTACT, DANA, HELP, Frontdesk, Serve

WISH = "I want to talk to a human about the broken lamp"


async def home_of(frontdesk: Frontdesk, user: str, times: int = 1) -> str:
    """Let somebody open the tab, and return what it shows."""
    slack = frontdesk.slack
    for _ in range(times):
        opened = await slack.open_home(user)
        assert opened
        await slack.wait_acked(opened)
    await asyncio.gather(*frontdesk.bot._background)
    return slack.home(user)


async def test_a_customer_sees_what_it_can_do_and_nobodys_case(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    await modelled.hears(HELP, ANA, f"{BOT} {WISH}")
    shown = await home_of(modelled, ANA)
    assert "mention me in a channel" in shown
    assert "/frontdesk ask How do I pay?" in shown
    assert ENGLISH.help_files in shown
    assert ENGLISH.home_person in shown
    assert "lamp" not in shown
    assert "Open cases" not in shown


async def test_an_agent_sees_the_open_cases_as_they_are_when_the_tab_is_opened(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    assert "No open cases" in await home_of(modelled, DANA)
    await modelled.hears(HELP, ANA, f"{BOT} {WISH}")
    shown = await home_of(modelled, DANA, times=2)
    card = modelled.card
    assert "Open cases: 1 waiting, 0 claimed" in shown
    assert "*ana*: asked for a person. *Waiting since" in shown
    assert f"> {WISH}" in shown
    assert f"<https://example.slack.com/archives/{AGENTS}/p{card.ts.replace('.', '')}|Open>" in shown
    await modelled.presses(card, DANA, CLAIM)
    shown = await home_of(modelled, DANA)
    assert "Open cases: 0 waiting, 1 claimed" in shown
    assert "*Claimed by dana*" in shown


async def pressed(frontdesk: Frontdesk, user: str, button: str) -> str:
    """Let somebody press a button of the tab, and return what it shows then."""
    slack = frontdesk.slack
    shown = len(slack.calls_to("views.publish"))
    assert (await slack.press_home(user, button)).acked
    await slack.wait_call("views.publish", shown + 1)
    await frontdesk.desk.settled()
    return slack.home(user)


async def test_a_customer_brings_in_a_person_from_there(modelled: Frontdesk, slack: SlackSimulator) -> None:
    await home_of(modelled, ANA)
    assert ENGLISH.goes_on_direct in await pressed(modelled, ANA, ENGLISH.button_person)
    assert ENGLISH.told in modelled.said(slack.open_dm(ANA))[-1]
    assert "asked for a person" in modelled.card.text
    # Once more: there is nobody else to call.
    assert ENGLISH.has_person in await pressed(modelled, ANA, ENGLISH.button_person)
    assert len(modelled.cards()) == 1


async def test_an_agent_brings_the_page_up_to_date(modelled: Frontdesk, slack: SlackSimulator) -> None:
    await home_of(modelled, DANA)
    await modelled.hears(HELP, ANA, f"{BOT} {WISH}")
    assert "No open cases" in slack.home(DANA)
    assert "Open cases: 1 waiting, 0 claimed" in await pressed(modelled, DANA, words.RENEW)


async def test_a_wish_that_can_not_be_stored_is_told_on_the_page(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    await home_of(modelled, ANA)
    slack.fail("conversations.open", error="internal_error")
    assert ENGLISH.failed in await pressed(modelled, ANA, ENGLISH.button_person)
    assert modelled.cards() == []


async def test_where_no_person_can_be_called_the_contact_is_told(quoting: Frontdesk) -> None:
    assert CONTACT in await home_of(quoting, ANA)


async def test_a_page_that_slack_refuses_is_told_to_the_operator_alone(
    quoting: Frontdesk, slack: SlackSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail("views.publish", error="not_enabled")
    opened = await slack.open_home(ANA)
    assert opened
    await slack.wait_acked(opened)
    await asyncio.gather(*quoting.bot._background)
    assert "Home tab can't be shown (not_enabled)" in caplog.text
    assert quoting.said(slack.open_dm(ANA)) == []


async def test_the_messages_tab_needs_no_page(quoting: Frontdesk, slack: SlackSimulator) -> None:
    opened = await slack.open_home(ANA, "messages")
    assert opened
    await slack.wait_acked(opened)
    assert slack.calls_to("views.publish") == []


async def test_an_agent_who_can_not_be_told_from_others_sees_what_customers_see(
    serve: Serve, slack: SlackSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(agents=f"slack:{AGENTS}") as frontdesk:
        slack.fail("conversations.members", status=503, times=None)
        assert "Open cases" not in await home_of(frontdesk, DANA)
    assert "Whether somebody is an agent is not known" in caplog.text


def test_the_longest_page_keeps_slacks_limits() -> None:
    home = Home("x " * 4_000, "y" * 200, tuple(Entry("z " * 1_600, "discord:1") for _ in range(60)))
    blocks = view(home, "https://acme.slack.com/")["blocks"]
    assert len(blocks) == 100
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert max(map(len, texts)) <= 3_000
    assert not any("archives" in text for text in texts), "a case on another platform has no link here"
