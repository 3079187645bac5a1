"""Cases outlive what goes wrong: restarts, redeliveries, a busy Slack, and a hundred at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bots.slack_format import to_slack
from core import words
from core.phrases import ENGLISH
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import (
    AGENTS,
    ANA,
    BOT,
    CLAIM,
    DANA,
    GIVE_BACK,
    HELP,
    PERSON,
    REOPEN,
    RESOLVE,
    Frontdesk,
    Serve,
)

PLACE = {"agents": f"slack:{AGENTS}"}


# --- told again, told late ---------------------------------------------------------------------------


async def test_an_agents_words_that_are_delivered_again_reach_the_customer_once(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    written = await modelled.hears(AGENTS, DANA, "Hi Ana", modelled.card.ts)
    await slack.redeliver(written, "http_timeout")
    await slack.wait_acked(written, times=2)
    await modelled.desk.settled()
    assert modelled.said(HELP, ts)[2:] == ["*dana:* Hi Ana"]
    assert modelled.below() == []


async def test_an_agents_words_before_the_claim_get_one_hint_however_often_they_are_delivered(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    written = await modelled.hears(AGENTS, DANA, "Hm", modelled.card.ts)
    await slack.redeliver(written)
    await slack.wait_acked(written, times=2)
    await modelled.desk.settled()
    assert len(slack.ephemerals(AGENTS, DANA)) == 1


async def test_an_agents_words_after_a_restart_are_delivered_once_though_slack_repeats_them(
    slack: SlackSimulator, serve: Serve
) -> None:
    async with serve(**PLACE) as before:
        ts = await before.claimed()
        written = await before.hears(AGENTS, DANA, "Hi Ana", before.card.ts)
    async with serve(**PLACE) as after:
        await slack.redeliver(written)
        await slack.wait_acked(written, times=2)
        await after.desk.settled()
        assert after.said(HELP, ts)[2:] == ["*dana:* Hi Ana"]


async def test_words_of_both_sides_that_were_written_meanwhile_are_read_back_and_delivered_once(
    slack: SlackSimulator, serve: Serve
) -> None:
    async with serve(**PLACE) as before:
        ts = await before.claimed()
        card = before.card.ts
    ours = await slack.say(AGENTS, DANA, "Hi Ana", card, deliver=False)
    note = await slack.say(AGENTS, DANA, "// internal", card, deliver=False)
    theirs = await slack.say(HELP, ANA, "Hi Dana", ts, deliver=False)
    async with serve(**PLACE) as after:
        await slack.wait_posts(HELP, 3, ts)
        await slack.wait_reaction(AGENTS, ours, "white_check_mark")
        await slack.wait_posts(AGENTS, 3)
        for channel, missed in ((AGENTS, ours), (AGENTS, note), (HELP, theirs)):
            await slack.deliver_late(channel, missed)
            await slack.wait_acked(missed)
        await after.desk.settled()
        assert after.said(HELP, ts)[2:] == ["*dana:* Hi Ana"]
        assert [text.removeprefix("<@U8> ") for text in after.below()] == ["*ana:* Hi Dana"]


# --- a restart in every state ------------------------------------------------------------------------

Step = Callable[[Frontdesk, str], Awaitable[None]]


async def _claim(frontdesk: Frontdesk, ts: str) -> None:
    await frontdesk.presses(frontdesk.card, DANA, CLAIM)
    assert frontdesk.said(HELP, ts)[-1] == ENGLISH.claimed_by("dana")


async def _answer(frontdesk: Frontdesk, ts: str) -> None:
    await frontdesk.hears(AGENTS, DANA, "Hi Ana", frontdesk.card.ts)
    assert frontdesk.said(HELP, ts)[-1] == "*dana:* Hi Ana"


async def _reply(frontdesk: Frontdesk, ts: str) -> None:
    await frontdesk.hears(HELP, ANA, "Hi Dana", ts)
    assert frontdesk.below()[-1] == "<@U8> *ana:* Hi Dana"


async def _resolve(frontdesk: Frontdesk, ts: str) -> None:
    await frontdesk.presses(frontdesk.card, DANA, RESOLVE)
    assert frontdesk.said(HELP, ts)[-1] == ENGLISH.resolved


async def _reopen(frontdesk: Frontdesk, ts: str) -> None:
    await frontdesk.presses(frontdesk.card, DANA, REOPEN)
    assert frontdesk.said(HELP, ts)[-1] == ENGLISH.claimed_by("dana")


async def _give_back(frontdesk: Frontdesk, ts: str) -> None:
    await frontdesk.presses(frontdesk.card, DANA, GIVE_BACK)
    assert frontdesk.said(HELP, ts)[-1] == ENGLISH.given_back


async def _ask(frontdesk: Frontdesk, ts: str) -> None:
    await frontdesk.hears(HELP, ANA, "When does my parcel arrive?", ts)
    assert "three working days" in frontdesk.said(HELP, ts)[-1]


async def test_a_restart_between_any_two_steps_loses_and_repeats_nothing(
    slack: SlackSimulator, serve: Serve
) -> None:
    async with serve(**PLACE) as frontdesk:
        ts = await frontdesk.hears(HELP, ANA, f"{BOT} {PERSON}")
    posts = 1
    for step in (_claim, _answer, _reply, _resolve, _reopen, _answer, _give_back, _ask):
        async with serve(**PLACE) as frontdesk:
            await step(frontdesk, ts)
            posts += step is not _reply
            assert len(frontdesk.said(HELP, ts)) == posts
            assert len(frontdesk.cards()) == 1
    async with serve(**PLACE) as frontdesk:
        await frontdesk.desk.settled()
        assert len(frontdesk.said(HELP, ts)) == posts


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "reactions.add"])
async def test_what_a_stop_interrupted_is_finished_at_the_next_start(
    slack: SlackSimulator, serve: Serve, method: str
) -> None:
    """The call was made, and nobody was there any more to hear so."""
    async with serve(shutdown_seconds=0, **PLACE) as before:
        ts = await before.claimed()
        card, calls = before.card, len(slack.calls_to(method))
        slack.fail(method, hang=True, after=True)
        if method == "chat.update":
            await slack.press(AGENTS, card.ts, DANA, RESOLVE)
        else:
            await slack.wait_acked(await slack.say(AGENTS, DANA, "Hi Ana", card.ts))
        await slack.wait_call(method, calls + 1)
    slack.heal()
    async with serve(**PLACE) as after:
        await after.desk.settled()
        if method == "chat.update":
            assert after.said(HELP, ts)[2:] == [ENGLISH.resolved]
            assert [button.label for button in after.card.buttons] == [REOPEN]
        else:
            assert after.said(HELP, ts)[2:] == ["*dana:* Hi Ana"]
            assert after.below() == []
        assert {state for (state,) in after.rows("SELECT state FROM posts")} == {"posted"}


# --- a busy Slack ------------------------------------------------------------------------------------


async def test_a_card_is_brought_up_to_date_though_slack_is_busy(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    slack.fail("chat.update", status=429, retry_after=1)
    await modelled.presses(modelled.card, DANA, CLAIM)
    assert "*Claimed by dana*" in modelled.card.text
    [first, second] = slack.calls_to("chat.update")
    assert second.at - first.at >= 1.0


async def test_of_several_changes_that_wait_the_card_shows_the_last(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    card = modelled.card
    held = slack.fail("chat.update", hang=True)
    await slack.press(AGENTS, card.ts, DANA, CLAIM)
    await slack.wait_call("chat.update")
    for press in ("resolve", "reopen", "give_back"):
        value = card.buttons[0].value
        await slack.press(AGENTS, card.ts, DANA, f"frontdesk:{press}", value=value, forge=True)
    held.release()
    await modelled.desk.settled()
    assert [button.label for button in modelled.card.buttons] == [REOPEN]
    assert "Closed without an answer" in modelled.card.text
    assert len(slack.calls_to("chat.update")) == 2


async def test_words_are_marked_as_delivered_though_slack_is_busy(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    slack.fail("reactions.add", status=429, retry_after=1)
    written = await modelled.hears(AGENTS, DANA, "Hi Ana", modelled.card.ts)
    assert slack.reactions(AGENTS, written) == {"white_check_mark": {slack.bot_user_id}}
    assert len(modelled.said(HELP, ts)) == 3


async def test_a_card_that_somebody_deleted_does_not_stand_in_the_cases_way(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    card = modelled.card
    await slack.delete(AGENTS, card.ts)
    await modelled.presses(card, DANA, "frontdesk:claim", value=card.buttons[0].value, forge=True)
    await modelled.hears(AGENTS, DANA, "Hi Ana", card.ts)
    assert modelled.said(HELP, ts)[1:] == [ENGLISH.claimed_by("dana"), "*dana:* Hi Ana"]


# --- many --------------------------------------------------------------------------------------------


async def test_a_hundred_cases_at_once_are_never_mixed(slack: SlackSimulator, serve: Serve) -> None:
    async with serve(**PLACE) as frontdesk:
        users = [slack.add_user(f"U1{n:03}", f"customer{n:03}") for n in range(100)]
        dms = [slack.open_dm(user) for user in users]
        await asyncio.gather(*(slack.say(dm, user, PERSON) for dm, user in zip(dms, users, strict=True)))
        await slack.wait_posts(AGENTS, 200, timeout=60)  # a card and a transcript each
        await frontdesk.desk.settled()
        cards = {card.text.split("*")[1]: card for card in frontdesk.cards()}
        assert len(cards) == 100
        chosen = [cards[f"customer{n:03}"] for n in range(0, 100, 10)]
        pressed = await asyncio.gather(*(slack.press(AGENTS, card.ts, DANA, CLAIM) for card in chosen))
        assert all(press.acked for press in pressed)
        await asyncio.gather(*(slack.say(AGENTS, DANA, f"To {c.text.split('*')[1]}", c.ts) for c in chosen))
        await slack.wait_until(lambda: all(len(slack.posts(dm)) == 3 for dm in dms[::10]), timeout=60)
        await frontdesk.desk.settled()
        for number, dm in enumerate(dms):
            read = [ENGLISH.told]
            if number % 10 == 0:
                read += [ENGLISH.claimed_by("dana"), f"*dana:* To customer{number:03}"]
            assert frontdesk.said(dm) == read
        states = [state for _, state in frontdesk.cases()]
        assert (states.count("claimed"), states.count("waiting")) == (10, 90)


async def test_an_offer_that_was_open_at_a_stop_is_taken_once(
    slack: SlackSimulator, serve: Serve, model: ModelSimulator
) -> None:
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    async with serve(model, **PLACE) as before:
        ts = await before.hears(HELP, ANA, f"{BOT} Do you ship to the moon?")
    async with serve(model, **PLACE) as after:
        offer = slack.posts(HELP, ts)[-1]
        await after.hears(HELP, ANA, "yes", ts)
        await after.presses(offer, ANA, "frontdesk:yes", value=offer.buttons[0].value, forge=True)
        assert after.said(HELP, ts)[1:] == [ENGLISH.told]
        assert len(after.cards()) == 1
        assert to_slack(words.TRANSCRIPT) in after.said(AGENTS, after.card.ts)[0]
