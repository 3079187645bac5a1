"""Offers of a person, and what comes when a case is over: buttons, plain words, thumbs, thanks."""

from __future__ import annotations

import asyncio

import pytest

from bots.slack_format import to_slack
from core import words
from core.messages import Press
from core.phrases import ENGLISH
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import Post, SlackSimulator
from tests.slack.conftest import (
    AGENTS,
    ANA,
    BAD,
    BEN,
    BOT,
    CLAIM,
    DANA,
    ELI,
    GIVE_BACK,
    GOOD,
    HELP,
    NO,
    PERSON,
    RESOLVE,
    TEAM,
    YES,
    Frontdesk,
    Serve,
)

QUESTION = "Do you ship to the moon?"


async def offered(frontdesk: Frontdesk, model: ModelSimulator) -> Post:
    """Let Ana ask something that no article answers, and return the offer."""
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    ts = await frontdesk.hears(HELP, ANA, f"{BOT} {QUESTION}")
    return frontdesk.slack.posts(HELP, ts)[-1]


async def resolved(
    frontdesk: Frontdesk, question: str = "My parcel is wet.", answer: str = "Sent anew."
) -> str:
    """Let a case be answered and resolved; return the customer's thread."""
    ts = await frontdesk.hears(HELP, ANA, f"{BOT} My parcel is wet. {PERSON}")
    card = frontdesk.cards()[-1]
    await frontdesk.presses(card, DANA, CLAIM)
    await frontdesk.hears(AGENTS, DANA, "Sent anew.", card.ts)
    await frontdesk.presses(card, DANA, RESOLVE)
    return ts


# --- the offer's buttons -----------------------------------------------------------------------------


async def test_yes_calls_a_person_with_the_question(modelled: Frontdesk, model: ModelSimulator) -> None:
    offer = await offered(modelled, model)
    assert [button.label for button in offer.buttons] == [YES, NO]
    assert modelled.cards() == []
    await modelled.presses(offer, ANA, YES)
    assert modelled.said(HELP, offer.thread_ts)[1:] == [ENGLISH.told]
    assert "> Do you ship to the moon?" in modelled.card.text.splitlines()
    assert "Yes" not in modelled.card.text
    assert modelled.cases()[0][1] == "waiting"
    assert len(model.requests) == 1


async def test_no_calls_nobody_and_nobody_is_offered_again(
    modelled: Frontdesk, model: ModelSimulator
) -> None:
    offer = await offered(modelled, model)
    await modelled.presses(offer, ANA, NO)
    assert modelled.said(HELP, offer.thread_ts)[1:] == [ENGLISH.declined]
    assert modelled.cases()[0][1] == "cancelled"
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    await modelled.hears(HELP, ANA, "And to Mars?", offer.thread_ts)
    last = modelled.slack.posts(HELP, offer.thread_ts)[-1]
    assert to_slack(ENGLISH.after_no) in last.text
    assert last.buttons == []
    await modelled.hears(HELP, ANA, "agent", offer.thread_ts)
    assert len(modelled.cards()) == 1, "the customer's own wish counts"


@pytest.mark.parametrize("button", [YES, NO])
async def test_nobody_else_answers_an_offer(modelled: Frontdesk, model: ModelSimulator, button: str) -> None:
    offer = await offered(modelled, model)
    for other in (BEN, DANA):
        pressed = await modelled.presses(offer, other, button)
        [told] = await pressed.wait_ephemeral()
        assert told.text == ENGLISH.not_yours
        assert told.thread_ts == offer.thread_ts
    assert modelled.cases()[0][1] == "offered"
    assert len(modelled.said(HELP)) == 1


async def test_yes_twice_calls_one_person(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    offer = await offered(modelled, model)
    await asyncio.gather(*(slack.press(HELP, offer.ts, ANA, YES) for _ in range(2)))
    await modelled.desk.settled()
    assert modelled.said(HELP, offer.thread_ts)[1:] == [ENGLISH.told]
    assert [text for _, _, text in modelled.stored()].count(words.PRESSED[Press.YES]) == 1
    assert modelled.below() == []


@pytest.mark.parametrize("button", ["frontdesk:yes", "frontdesk:no"])
async def test_an_offer_that_is_over_can_not_be_answered(
    modelled: Frontdesk, model: ModelSimulator, button: str
) -> None:
    offer = await offered(modelled, model)
    await modelled.hears(HELP, ANA, "no", offer.thread_ts)
    value = offer.buttons[0].value
    pressed = await modelled.presses(offer, ANA, button, value=value, forge=True)
    assert [seen.text for seen in await pressed.wait_ephemeral()] == [ENGLISH.out_of_date]
    assert modelled.cases()[0][1] == "cancelled"
    assert len(modelled.said(HELP)) == 2


async def test_an_offer_is_answered_in_a_direct_message_and_after_a_restart(
    slack: SlackSimulator, serve: Serve, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    async with serve(model, agents=f"slack:{AGENTS}") as before:
        await before.hears(dm, ANA, QUESTION)
    async with serve(model, agents=f"slack:{AGENTS}") as after:
        await after.presses(slack.posts(dm)[-1], ANA, YES)
        assert after.said(dm)[1:] == [ENGLISH.told]
        assert len(after.cards()) == 1


async def test_a_second_failure_calls_a_person_at_once(modelled: Frontdesk, model: ModelSimulator) -> None:
    offer = await offered(modelled, model)
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    await modelled.hears(HELP, ANA, "And to Mars?", offer.thread_ts)
    assert modelled.said(HELP, offer.thread_ts)[-1] == ENGLISH.told
    assert len(modelled.cards()) == 1


# --- taking it back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_claimed", [False, True])
async def test_never_mind_takes_the_call_back(modelled: Frontdesk, *, is_claimed: bool) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    if is_claimed:
        await modelled.presses(modelled.card, DANA, CLAIM)
    await modelled.hears(HELP, ANA, "Never mind", ts)
    assert modelled.said(HELP, ts)[-1] == ENGLISH.withdrawn
    assert modelled.below()[-1] == to_slack(words.WITHDREW)
    assert "Closed without an answer" in modelled.card.text
    await modelled.hears(HELP, ANA, "When does my parcel arrive?", ts)
    assert modelled.said(HELP, ts)[-1] == "When does my parcel arrive?"


async def test_stop_makes_the_bot_quiet_until_it_is_mentioned(
    modelled: Frontdesk, model: ModelSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} Hello there, you")
    await modelled.hears(HELP, ANA, "stop", ts)
    assert modelled.said(HELP, ts)[-1] == ENGLISH.muted
    await modelled.hears(HELP, ANA, "Ben, what do you think?", ts)
    await modelled.hears(HELP, BEN, "No idea", ts)
    assert modelled.said(HELP, ts)[-1] == ENGLISH.muted
    assert "No idea" not in str(modelled.stored())
    assert modelled.cases() == []
    other = await modelled.hears(HELP, BEN, f"{BOT} When does my parcel arrive?")
    assert len(modelled.said(HELP, other)) == 1, "it is quiet only there"
    await modelled.hears(HELP, ANA, f"{BOT} And where?", ts)
    assert modelled.said(HELP, ts)[-1] == "And where?"


# --- after the resolution ----------------------------------------------------------------------------


@pytest.mark.parametrize(("button", "told"), [(GOOD, ENGLISH.thank_you), (BAD, ENGLISH.sorry)])
async def test_the_customer_says_whether_the_team_helped(modelled: Frontdesk, button: str, told: str) -> None:
    ts = await resolved(modelled)
    asked = modelled.slack.posts(HELP, ts)[-1]
    assert asked.text == ENGLISH.resolved
    assert [thumb.label for thumb in asked.buttons] == [GOOD, BAD]
    pressed = await modelled.presses(asked, ANA, button)
    assert [seen.text for seen in await pressed.wait_ephemeral()] == [told]
    assert (await modelled.case()).rating == ("good" if button == GOOD else "bad")
    assert (to_slack(words.WANTS_MORE) in modelled.below()) == (button == BAD)


async def test_nobody_else_rates_the_help(modelled: Frontdesk) -> None:
    ts = await resolved(modelled)
    asked = modelled.slack.posts(HELP, ts)[-1]
    pressed = await modelled.presses(asked, BEN, BAD)
    assert [seen.text for seen in await pressed.wait_ephemeral()] == [ENGLISH.not_yours]
    assert (await modelled.case()).rating == ""


async def test_thumbs_down_twice_tells_the_agents_once(modelled: Frontdesk) -> None:
    ts = await resolved(modelled)
    asked = modelled.slack.posts(HELP, ts)[-1]
    for _ in range(2):
        await modelled.presses(asked, ANA, "frontdesk:bad", value=asked.buttons[0].value, forge=True)
    assert modelled.below().count(to_slack(words.WANTS_MORE)) == 1


async def test_thanks_get_a_reaction_and_not_an_answer(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    ts = await resolved(modelled)
    said = modelled.said(HELP, ts)
    thanks = await modelled.hears(HELP, ANA, "Thank you!", ts)
    assert slack.reactions(HELP, thanks) == {"heart": {slack.bot_user_id}}
    assert modelled.said(HELP, ts) == said
    assert model.requests == []


async def test_a_new_question_starts_afresh_and_the_model_knows_how_the_last_one_ended(
    modelled: Frontdesk, model: ModelSimulator
) -> None:
    ts = await resolved(modelled)
    model.replies("To Norway too.")
    await modelled.hears(HELP, ANA, "Do you ship to Norway?", ts)
    assert modelled.said(HELP, ts)[-1] == "To Norway too."
    [request] = model.requests
    assert "My parcel is wet." in request.text
    assert "Sent anew." in request.text
    asked = [m["content"] for m in request.messages if m["role"] == "user"]
    assert PERSON not in " ".join(asked[1:])
    assert len(modelled.cards()) == 1, "the old request is not made again"
    assert [state for _, state in modelled.cases()] == ["resolved"]


async def test_the_same_problem_is_offered_back_to_the_same_agent_who_is_pinged(
    modelled: Frontdesk, model: ModelSimulator
) -> None:
    ts = await resolved(modelled)
    await modelled.hears(HELP, ANA, "That didn't help", ts)
    assert to_slack(ENGLISH.offered("dana")) in modelled.said(HELP, ts)[-1]
    offer = modelled.slack.posts(HELP, ts)[-1]
    await modelled.presses(offer, ANA, YES)
    again = modelled.cards()[-1]
    assert again.text.startswith("<@U8> *ana*")
    assert TEAM not in again.text
    assert "dana helped them before" in again.text
    assert "> My parcel is wet." in again.text
    assert model.requests == []
    # It is for whoever is there, though.
    await modelled.presses(again, ELI, CLAIM)
    assert modelled.said(HELP, ts)[-1] == ENGLISH.claimed_by("eli")


async def test_what_was_given_back_is_no_resolution(modelled: Frontdesk, slack: SlackSimulator) -> None:
    ts = await modelled.claimed()
    await modelled.presses(modelled.card, DANA, GIVE_BACK)
    assert slack.posts(HELP, ts)[-1].buttons == []
    thanks = await modelled.hears(HELP, ANA, "Thank you!", ts)
    assert slack.reactions(HELP, thanks) == {}
