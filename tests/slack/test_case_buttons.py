"""The buttons of a case's card, really pressed: who may, what they change, and what the card says then."""

from __future__ import annotations

import pytest

import core.store.database
from bots.adapter import ACK_SECONDS
from bots.recent import Recent
from core import words
from core.phrases import ENGLISH
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import (
    AGENTS,
    ANA,
    BEN,
    BOT,
    CLAIM,
    DANA,
    ELI,
    GIVE_BACK,
    HELP,
    PERSON,
    REOPEN,
    RESOLVE,
    TAKE_OVER,
    TEAM,
    Frontdesk,
    Serve,
)
from tests.slack.test_deliveries import write_lock
from tests.slack.test_http import SECRET, free_port

OPEN_BUTTONS = [CLAIM, RESOLVE, GIVE_BACK]
TAKEN_BUTTONS = [TAKE_OVER, RESOLVE, GIVE_BACK]


def labels(frontdesk: Frontdesk) -> list[str]:
    return [button.label for button in frontdesk.card.buttons]


def status(frontdesk: Frontdesk) -> str:
    """Return the last line of the card: where the case stands."""
    return frontdesk.card.text.splitlines()[-1]


# --- one press after the other -----------------------------------------------------------------------


async def test_a_case_from_the_call_to_its_resolution(modelled: Frontdesk, slack: SlackSimulator) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    assert labels(modelled) == OPEN_BUTTONS
    assert status(modelled).startswith("*Waiting since ")
    await modelled.presses(modelled.card, DANA, CLAIM)
    assert modelled.said(HELP, ts) == [ENGLISH.told, ENGLISH.claimed_by("dana")]
    assert labels(modelled) == TAKEN_BUTTONS
    assert status(modelled).startswith("*Claimed by dana*, ")
    await modelled.presses(modelled.card, DANA, RESOLVE)
    assert modelled.said(HELP, ts)[2:] == [ENGLISH.resolved]
    assert labels(modelled) == [REOPEN]
    assert status(modelled).startswith("Resolved by dana")
    # It was one message all the time, and only its first version pinged.
    assert [text.count("subteam") for text in [*modelled.card.edits, modelled.card.text]] == [1, 0, 0]
    assert len(slack.calls_to("chat.update")) == 2
    assert modelled.steps() == [
        ("waiting", f"slack:T1/{ANA}", "asked for a person"),
        ("claimed", f"slack:T1/{DANA}", "claimed"),
        ("resolved", f"slack:T1/{DANA}", "resolved"),
    ]


async def test_the_card_keeps_what_it_says_of_the_case_and_pings_nobody_again(modelled: Frontdesk) -> None:
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON} &lt;!here&gt; *now*")
    await modelled.presses(modelled.card, DANA, CLAIM)
    [first] = modelled.card.edits
    assert first.startswith(f"{TEAM} *ana*")
    assert "&lt;!here&gt;" in first
    *case, _ = first.removeprefix(f"{TEAM} ").splitlines()
    assert modelled.card.text.splitlines()[:-1] == case


async def test_a_case_that_is_given_back_is_the_bots_again(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.presses(modelled.card, DANA, CLAIM)
    await modelled.presses(modelled.card, DANA, GIVE_BACK)
    assert modelled.said(HELP, ts)[2:] == [ENGLISH.given_back]
    assert labels(modelled) == [REOPEN]
    assert status(modelled).startswith("Closed without an answer, ")
    await modelled.hears(HELP, ANA, "When does my parcel arrive?", ts)
    assert modelled.said(HELP, ts)[3:] == ["When does my parcel arrive?"]


async def test_a_case_that_nobody_claimed_can_be_resolved_or_given_back(modelled: Frontdesk) -> None:
    first = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    second = await modelled.hears(HELP, BEN, f"{BOT} {PERSON}")
    anas, bens = modelled.cards()
    await modelled.presses(anas, DANA, RESOLVE)
    await modelled.presses(bens, ELI, GIVE_BACK)
    assert modelled.said(HELP, first) == [ENGLISH.told, ENGLISH.resolved]
    assert modelled.said(HELP, second) == [ENGLISH.told, ENGLISH.given_back]
    assert "Resolved by dana" in modelled.cards()[0].text


async def test_a_closed_case_is_reopened_by_who_presses(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.presses(modelled.card, DANA, CLAIM)
    await modelled.presses(modelled.card, DANA, RESOLVE)
    await modelled.presses(modelled.card, ELI, REOPEN)
    assert modelled.said(HELP, ts)[3:] == [ENGLISH.claimed_by("eli")]
    assert labels(modelled) == TAKEN_BUTTONS
    await modelled.hears(AGENTS, ELI, "I looked again.", modelled.card.ts)
    assert modelled.said(HELP, ts)[4:] == ["*eli:* I looked again."]
    assert modelled.steps()[-1] == ("claimed", f"slack:T1/{ELI}", "reopened")


async def test_another_agent_takes_a_case_over(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.presses(modelled.card, DANA, CLAIM)
    await modelled.presses(modelled.card, ELI, TAKE_OVER)
    assert modelled.said(HELP, ts)[1:] == [ENGLISH.claimed_by("dana"), ENGLISH.claimed_by("eli")]
    assert status(modelled).startswith("*Claimed by eli*, ")
    # What Dana writes from now on stays inside.
    await modelled.hears(AGENTS, DANA, "One more thing", modelled.card.ts)
    assert len(modelled.said(HELP, ts)) == 3


async def test_a_case_is_not_reopened_while_its_customer_has_another_one(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.presses(modelled.card, DANA, RESOLVE)
    await modelled.hears(HELP, ANA, "Something else broke. I want to talk to a human", ts)
    old, new = modelled.cards()
    pressed = await modelled.presses(old, DANA, REOPEN)
    [told] = await pressed.wait_ephemeral()
    assert told.text == words.ANOTHER_OPEN
    assert [state for _, state in modelled.cases()] == ["resolved", "waiting"]
    assert modelled.cards()[1] == new


# --- who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", ["claim", "resolve", "give_back", "reopen", "send"])
async def test_a_customer_can_not_press_what_is_for_agents(modelled: Frontdesk, button: str) -> None:
    """Ben makes the press up, from a channel that he can see."""
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    card, key = modelled.card, (await modelled.case()).key
    [told] = modelled.slack.posts(HELP, ts)
    pressed = await modelled.presses(told, BEN, f"frontdesk:{button}", value=key, forge=True)
    [refused] = await pressed.wait_ephemeral()
    assert refused.text == words.NOT_AN_AGENT
    assert (modelled.card, modelled.said(HELP, ts)) == (card, [ENGLISH.told])
    assert modelled.cases()[0][1] == "waiting"
    assert len(modelled.steps()) == 1


async def test_who_left_the_agents_channel_is_no_agent_any_more(
    modelled: Frontdesk, slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modelled.bot, "_members", Recent(10, 0.0))
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.presses(modelled.card, DANA, CLAIM)
    slack.leave(AGENTS, DANA)
    key = (await modelled.case()).key
    await modelled.presses(modelled.card, DANA, "frontdesk:resolve", value=key, forge=True)
    assert modelled.cases()[0][1] == "claimed"


async def test_a_bot_in_the_agents_channel_is_no_agent(modelled: Frontdesk, slack: SlackSimulator) -> None:
    slack.add_user("U7", "otherbot", is_bot=True)
    slack.join(AGENTS, "U7")
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    pressed = await modelled.presses(modelled.card, "U7", CLAIM)
    assert [seen.text for seen in await pressed.wait_ephemeral()] == [words.NOT_AN_AGENT]
    assert modelled.cases()[0][1] == "waiting"


async def test_an_agent_who_is_the_customer_can_not_take_their_own_case(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, DANA, f"{BOT} {PERSON}")
    pressed = await modelled.presses(modelled.card, DANA, CLAIM)
    assert [seen.text for seen in await pressed.wait_ephemeral()] == [words.NOT_YOUR_OWN]
    await modelled.presses(modelled.card, ELI, CLAIM)
    assert modelled.said(HELP, ts)[1:] == [ENGLISH.claimed_by("eli")]


async def test_a_list_of_agents_goes_before_the_channels_members(slack: SlackSimulator, serve: Serve) -> None:
    async with serve(agents=f"slack:{AGENTS}", agent_ids=f"slack:T1/{ELI}") as frontdesk:
        await frontdesk.hears(HELP, ANA, f"{BOT} {PERSON}")
        pressed = await frontdesk.presses(frontdesk.card, DANA, CLAIM)
        assert [seen.text for seen in await pressed.wait_ephemeral()] == [words.NOT_AN_AGENT]
        await frontdesk.presses(frontdesk.card, ELI, CLAIM)
        assert frontdesk.cases()[0][1] == "claimed"


async def test_a_press_is_answered_in_words_while_slack_can_not_say_who_may(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    slack.fail("conversations.members", status=503)
    pressed = await modelled.presses(modelled.card, DANA, CLAIM)
    assert [seen.text for seen in await pressed.wait_ephemeral()] == [words.FAILED_PRESS]
    assert modelled.cases()[0][1] == "waiting"
    await modelled.presses(modelled.card, DANA, CLAIM)
    assert modelled.cases()[0][1] == "claimed"


# --- out of date, twice, at a bad time ---------------------------------------------------------------


async def test_a_button_that_is_out_of_date_changes_nothing(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    stale = modelled.card
    await modelled.presses(modelled.card, DANA, CLAIM)
    await modelled.presses(modelled.card, DANA, RESOLVE)
    before = (modelled.card, modelled.said(HELP, ts), modelled.steps())
    # Eli's screen still shows the card as it was.
    key = stale.buttons[0].value
    for button in stale.buttons:
        pressed = await modelled.presses(stale, ELI, button.action_id, value=key, forge=True)
        [told] = await pressed.wait_ephemeral()
        assert told.text.startswith(words.OUT_OF_DATE.format(state="Resolved by dana"))
    assert (modelled.card, modelled.said(HELP, ts), modelled.steps()) == before


@pytest.mark.parametrize(("action", "value"), [("frontdesk:claim", "no-such-case"), ("frontdesk:x", "y")])
async def test_a_button_of_no_case_is_answered_in_words(modelled: Frontdesk, action: str, value: str) -> None:
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    pressed = await modelled.presses(modelled.card, DANA, action, value=value, forge=True)
    assert len(await pressed.wait_ephemeral()) == 1
    assert modelled.cases()[0][1] == "waiting"


async def test_a_second_press_on_claim_does_nothing_more(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    stale = modelled.card
    await modelled.presses(stale, DANA, CLAIM)
    key = stale.buttons[0].value
    pressed = await modelled.presses(stale, DANA, "frontdesk:claim", value=key, forge=True)
    assert [seen.text for seen in await pressed.wait_ephemeral()] == [words.YOURS_ALREADY]
    assert modelled.said(HELP, ts)[1:] == [ENGLISH.claimed_by("dana")]
    assert len(modelled.steps()) == 2


async def test_of_two_who_claim_at_once_one_has_the_case_and_the_other_is_told(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    card = modelled.card
    await modelled.presses(card, DANA, CLAIM)
    key = card.buttons[0].value  # Eli's screen still shows Claim
    pressed = await modelled.presses(card, ELI, "frontdesk:claim", value=key, forge=True)
    [told] = await pressed.wait_ephemeral()
    assert told.text.startswith(words.OUT_OF_DATE.format(state="*Claimed by dana*, "))
    assert modelled.said(HELP, ts) == [ENGLISH.told, ENGLISH.claimed_by("dana")]


async def test_a_press_while_the_database_is_locked_is_answered_in_words_and_may_be_repeated(
    slack: SlackSimulator, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.store.database, "BUSY_SECONDS", 0.02)
    async with serve(agents=f"slack:{AGENTS}") as frontdesk:
        await frontdesk.hears(HELP, ANA, f"{BOT} {PERSON}")
        await frontdesk.presses(frontdesk.card, DANA, CLAIM)
        with write_lock(frontdesk.settings.database):
            pressed = await slack.press(AGENTS, frontdesk.card.ts, DANA, RESOLVE)
            assert pressed.acked
            [told] = await pressed.wait_ephemeral()
        assert told.text == words.FAILED_PRESS
        assert frontdesk.cases()[0][1] == "claimed"
        await frontdesk.presses(frontdesk.card, DANA, RESOLVE)
        assert frontdesk.cases()[0][1] == "resolved"


async def test_a_press_is_acknowledged_in_time_though_slack_is_slow_to_say_who_it_was(
    modelled: Frontdesk, slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the press does may come later."""
    assert ACK_SECONDS < slack.interactions.ack_seconds == 3.0
    monkeypatch.setattr("bots.adapter.ACK_SECONDS", 0.05)
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    slow = slack.fail("conversations.members", hang=True)
    pressed = await slack.press(AGENTS, modelled.card.ts, DANA, CLAIM)
    assert pressed.acked
    slow.release()
    await pressed.wait_changed()
    assert labels(modelled) == TAKEN_BUTTONS


async def test_a_press_after_a_restart_counts(slack: SlackSimulator, serve: Serve) -> None:
    async with serve(agents=f"slack:{AGENTS}") as before:
        ts = await before.hears(HELP, ANA, f"{BOT} {PERSON}")
    async with serve(agents=f"slack:{AGENTS}") as after:
        await after.presses(after.card, DANA, CLAIM)
        assert after.said(HELP, ts) == [ENGLISH.told, ENGLISH.claimed_by("dana")]
        assert labels(after) == TAKEN_BUTTONS


async def test_over_http_a_press_counts_if_slack_signed_it(slack: SlackSimulator, serve: Serve) -> None:
    port = free_port()
    settings = {"slack_app_token": None, "slack_signing_secret": SECRET, "port": port}
    async with serve(agents=f"slack:{AGENTS}", **settings) as frontdesk:
        slack.use_http(f"http://127.0.0.1:{port}/slack/events", SECRET)
        ts = await frontdesk.hears(HELP, ANA, f"{BOT} {PERSON}")
        await frontdesk.presses(frontdesk.card, DANA, CLAIM)
        assert frontdesk.said(HELP, ts) == [ENGLISH.told, ENGLISH.claimed_by("dana")]
        assert slack.connections_made == 0
        resolve = await frontdesk.presses(frontdesk.card, DANA, RESOLVE)
        await frontdesk.presses(frontdesk.card, DANA, REOPEN)
        forged, _ = await slack.post_http(resolve.payload, signing_secret="somebody-elses")
        replayed, _ = await slack.post_http(resolve.payload, age=301)
        assert (forged, replayed) == (401, 401)
        await frontdesk.desk.settled()
        assert frontdesk.cases()[0][1] == "claimed"
