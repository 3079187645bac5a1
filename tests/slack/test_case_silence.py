"""While people have a case the bot is silent: draft races, agents in the thread, shared channels."""

from __future__ import annotations

import pytest

from core import words
from core.messages import Reason
from core.phrases import ENGLISH
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import (
    AGENTS,
    ANA,
    BEN,
    BOT,
    CLAIM,
    DANA,
    ELI,
    HELP,
    PERSON,
    REOPEN,
    RESOLVE,
    SALES,
    TEAM,
    Frontdesk,
    Serve,
)

DRAFT = "A draft that nobody may read."


# --- the race with the model -------------------------------------------------------------------------


async def test_nothing_of_a_draft_is_posted_once_a_person_took_the_case(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    ts = await modelled.claimed()
    await modelled.presses(modelled.card, DANA, RESOLVE)
    model.hold()
    model.replies(DRAFT)
    await slack.say(HELP, ANA, "When does my parcel arrive?", ts)
    await model.wait_requests(1)
    # While the model is still writing, Dana goes on with the case.
    pressed = await slack.press(AGENTS, modelled.card.ts, DANA, REOPEN)
    assert pressed.acked
    model.release()
    await modelled.desk.settled()
    assert DRAFT not in str(modelled.said(HELP))
    assert DRAFT not in str(modelled.stored())
    assert modelled.below() == ["*ana:* When does my parcel arrive?"]


async def test_a_draft_is_not_posted_once_an_agent_answered_in_the_thread(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    """The bot must not talk over a person."""
    ts = await modelled.hears(HELP, ANA, f"{BOT} Hello")
    model.hold()
    model.replies(DRAFT)
    await slack.say(HELP, ANA, "When does my parcel arrive?", ts)
    await model.wait_requests(1)
    await slack.wait_acked(await slack.say(HELP, DANA, "Tomorrow, Ana!", ts))
    model.release()
    await modelled.desk.settled()
    assert DRAFT not in str(modelled.said(HELP))
    assert "*Claimed by dana*" in modelled.card.text


async def test_an_offer_that_the_model_makes_is_not_posted_once_a_person_took_the_case(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    ts = await modelled.claimed()
    await modelled.presses(modelled.card, DANA, RESOLVE)
    model.hold()
    model.replies(DRAFT, action="offer_human", reason="unsure")
    await slack.say(HELP, ANA, "When does my parcel arrive?", ts)
    await model.wait_requests(1)
    await slack.press(AGENTS, modelled.card.ts, DANA, REOPEN)
    model.release()
    await modelled.desk.settled()
    assert DRAFT not in str(modelled.said(HELP))
    assert modelled.cases() == [(f"slack:T1/{HELP}/{ts}", "claimed")]


# --- an agent in the customer's thread ---------------------------------------------------------------


async def test_an_agent_who_writes_straight_to_the_customer_takes_over(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    written = await modelled.hears(HELP, DANA, "Tomorrow, Ana!", ts)
    assert len(modelled.said(HELP, ts)) == 1, "her words stand there already"
    assert slack.reactions(HELP, written) == {}
    assert modelled.card.text.startswith(
        f"*ana* in #help on Slack needs a person: {words.REASONS[Reason.TAKEN_OVER]}"
    )
    assert TEAM not in modelled.card.text
    assert "*Claimed by dana*" in modelled.card.text
    # What the customer answers goes to her, and not to the model.
    await modelled.hears(HELP, ANA, "Great", ts)
    assert modelled.below()[-1:] == ["<@U8> *ana:* Great"]
    assert len(model.requests) == 1
    # From now on she may write in either place, and the customer reads it once.
    await modelled.hears(AGENTS, DANA, "Bye!", modelled.card.ts)
    assert modelled.said(HELP, ts)[1:] == ["*dana:* Bye!"]


async def test_an_agent_who_answers_a_case_that_waits_claims_it(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.hears(HELP, ELI, "Here I am", ts)
    assert modelled.said(HELP, ts) == [ENGLISH.told]
    assert "*Claimed by eli*" in modelled.card.text
    assert modelled.below() == ["*eli:* Here I am"]
    await modelled.hears(HELP, ELI, "What is it?", ts)
    assert len(slack.calls_to("chat.update")) == 1
    assert modelled.steps()[1:] == [("claimed", f"slack:T1/{ELI}", "wrote to the customer")]


async def test_an_agent_who_writes_to_another_agents_customer_takes_the_case(modelled: Frontdesk) -> None:
    ts = await modelled.claimed()
    await modelled.hears(HELP, ELI, "Dana is ill, I take this", ts)
    assert "*Claimed by eli*" in modelled.card.text
    await modelled.hears(HELP, ANA, "Thanks", ts)
    assert modelled.below() == ["*eli:* Dana is ill, I take this", "<@U9> *ana:* Thanks"]


async def test_an_agent_who_asks_the_bot_themself_is_a_customer(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, DANA, f"{BOT} When does my parcel arrive?")
    await modelled.hears(HELP, DANA, "And where?", ts)
    assert modelled.said(HELP, ts) == ["When does my parcel arrive?", "And where?"]
    assert modelled.cards() == []


async def test_an_agents_offer_of_help_ends_the_bots(modelled: Frontdesk, model: ModelSimulator) -> None:
    model.replies("The articles don't say.", action="offer_human", reason="not_in_articles")
    ts = await modelled.hears(HELP, ANA, f"{BOT} Do you ship to the moon?")
    await modelled.hears(HELP, DANA, "We do!", ts)
    assert modelled.cases() == [(f"slack:T1/{HELP}/{ts}", "claimed")]
    assert "> Do you ship to the moon?" in modelled.card.text


# --- other people ------------------------------------------------------------------------------------


async def test_other_threads_are_still_answered(modelled: Frontdesk) -> None:
    await modelled.claimed()
    ts = await modelled.hears(HELP, BEN, f"{BOT} When does my parcel arrive?")
    other = await modelled.hears(SALES, ANA, f"{BOT} What do you sell?")
    assert modelled.said(HELP, ts) == ["When does my parcel arrive?"]
    assert modelled.said(SALES, other) == ["What do you sell?"]
    assert modelled.below() == []


async def test_in_a_direct_message_the_same(modelled: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    await modelled.hears(dm, ANA, PERSON)
    await modelled.presses(modelled.card, DANA, CLAIM)
    await modelled.hears(AGENTS, DANA, "Hi Ana", modelled.card.ts)
    written = await modelled.hears(dm, ANA, "Hi Dana")
    assert modelled.said(dm) == [ENGLISH.told, ENGLISH.claimed_by("dana"), "*dana:* Hi Ana"]
    assert all(post.thread_ts is None for post in slack.posts(dm))
    assert modelled.below() == ["<@U8> *ana:* Hi Dana"]
    assert slack.reactions(dm, written) == {}, "nothing shows that the bot works on an answer"


async def test_where_a_channel_is_one_conversation_the_case_belongs_to_the_person(
    slack: SlackSimulator, serve: Serve, model: ModelSimulator
) -> None:
    async with serve(model, threads=False, agents=f"slack:{AGENTS}") as flat:
        await flat.hears(HELP, ANA, f"{BOT} {PERSON}")
        await flat.presses(flat.card, DANA, CLAIM)
        await flat.hears(AGENTS, DANA, "Your card ends in 1001?", flat.card.ts)
        assert flat.said(HELP)[2:] == ["*dana:* Your card ends in 1001?"]
        model.replies("Some days.")
        await flat.hears(HELP, BEN, f"{BOT} When does my parcel arrive?")
        assert flat.said(HELP)[3:] == ["Some days."]
        assert "1001" not in model.requests[0].text
        await flat.hears(HELP, ANA, f"{BOT} Yes, 1001")
        assert flat.below() == ["<@U8> *ana:* Yes, 1001"]
        assert len(model.requests) == 1
        await flat.presses(flat.card, DANA, RESOLVE)
        model.replies("Many days.")
        await flat.hears(HELP, ANA, f"{BOT} And how long to Norway?")
        assert flat.said(HELP)[-1] == "Many days."


@pytest.mark.parametrize("threads", [True, False])
async def test_the_agents_own_threads_are_no_conversations_of_customers(
    serve: Serve, model: ModelSimulator, threads: bool
) -> None:
    async with serve(model, threads=threads, agents=f"slack:{AGENTS}") as frontdesk:
        ts = await frontdesk.hears(HELP, ANA, f"{BOT} {PERSON}")
        await frontdesk.presses(frontdesk.card, DANA, CLAIM)
        await frontdesk.hears(AGENTS, DANA, f"{BOT} Hello Ana", frontdesk.card.ts)
        assert model.requests == []
        place = ts if threads else None
        assert frontdesk.said(HELP, place)[-1] == "*dana:* Hello Ana"
        assert {row[0] for row in frontdesk.stored()} == {
            f"slack:T1/{HELP}/{ts}" if threads else f"slack:T1/{HELP}"
        }
