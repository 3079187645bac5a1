"""Buttons on Discord: who may press them, when they are out of date, and what happens when little works."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from core import words
from core.messages import CaseState
from core.phrases import ENGLISH
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    DANA,
    EMIL,
    HELP,
    MENTION,
    OTHER_BOT,
    TEAM,
    UNKNOWN_QUESTION,
    Frontdesk,
    Start,
    texts,
)
from tests.discord_.play import (
    BAD,
    CLAIM,
    CLAIMED_BUTTONS,
    GIVE_BACK,
    GOOD,
    NO,
    REOPEN,
    RESOLVE,
    WAITING_BUTTONS,
    YES,
    called,
    labels,
)
from tests.simulators.discord import DiscordSimulator, Post

OUT_OF_DATE = words.OUT_OF_DATE.partition("{state}")[0].strip()


def id_of(post: Post, label: str) -> str:
    """The custom id of a button below a post."""
    return next(button.custom_id for button in post.buttons if button.label == label)


# --- who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [ADA, BEN, OTHER_BOT], ids=["the customer", "another customer", "a bot"])
async def test_who_is_no_agent_is_refused_with_words(
    discord_: DiscordSimulator, frontdesk: Start, who: int
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    for button in (CLAIM, RESOLVE, GIVE_BACK):
        press = await case.press(button, who)
        assert (press.reply, press.ephemeral) == (words.NOT_AN_AGENT, True)
    assert us.cases() == [("waiting", "asked_for_person")]
    assert (case.read, labels(case.card), case.card.edits) == ([], WAITING_BUTTONS, [])


async def test_a_forged_press_from_the_customers_own_channel_is_refused(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    told = discord_.posts(case.place)[0]
    press = await case.press(id_of(case.card, CLAIM), ADA, on=told, forge=True)
    assert press.reply == words.NOT_AN_AGENT
    press = await case.press("frontdesk:claim:0123456789abcdef01234567", DANA, on=told, forge=True)
    assert press.reply == OUT_OF_DATE
    assert us.cases() == [("waiting", "asked_for_person")]


@pytest.mark.parametrize("custom_id", ["frontdesk:", "frontdesk:win:1", "other:claim", "", "frontdesk:claim"])
async def test_a_button_that_is_not_ours_does_nothing(
    discord_: DiscordSimulator, frontdesk: Start, custom_id: str
) -> None:
    discord_.interaction_window = 0.2
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    await discord_.press(case.card.id, DANA, custom_id, forge=True)
    await us.settled()
    assert us.cases() == [("waiting", "asked_for_person")]


async def test_an_agent_is_not_the_agent_of_their_own_case(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us, who=DANA)
    assert (await case.press(CLAIM, DANA)).reply == words.NOT_YOUR_OWN
    await case.claimed(EMIL)
    assert us.cases() == [("claimed", "asked_for_person")]


async def test_with_agent_ids_only_they_may(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS, agent_ids=f"discord:{EMIL}")
    case = await called(discord_, us)
    assert (await case.press(CLAIM, DANA)).reply == words.NOT_AN_AGENT
    await case.agent("Let me help", DANA)
    assert case.below == [words.NOT_AN_AGENT]
    assert labels(discord_.posts(case.thread)[-1]) == []
    await case.claimed(EMIL)
    await case.agent("Hello", EMIL)
    assert case.read == [ENGLISH.claimed_by("Emil"), "**Emil:** Hello"]


async def test_a_customer_in_the_agents_place_by_mistake_is_not_heard_by_other_customers(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agent_ids=f"discord:{DANA},discord:{EMIL}")
    case = await (await called(discord_, us)).claimed()
    await case.agent("I am Ben and should not see this", BEN)
    assert case.read == [ENGLISH.claimed_by("Dana")]
    assert case.below == [words.NOT_AN_AGENT]


# --- out of date, and twice --------------------------------------------------------------------------


async def test_a_press_on_a_button_that_is_out_of_date_says_how_the_case_stands(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    claim, resolve = id_of(case.card, CLAIM), id_of(case.card, RESOLVE)
    await case.claimed()
    await case.press(RESOLVE)
    before = (case.card.content, case.read)
    for button in (claim, resolve):
        press = await case.press(button, EMIL, forge=True)
        assert press.reply is not None
        assert press.reply.startswith(f"{OUT_OF_DATE} Resolved by Dana")
    assert (case.card.content, case.read) == before


async def test_a_press_twice_counts_once(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    claim, resolve = id_of(case.card, CLAIM), id_of(case.card, RESOLVE)
    first = await discord_.press(case.card.id, DANA, CLAIM, wait=False)
    second = await discord_.press(case.card.id, DANA, claim, wait=False, forge=True)
    await first.wait_acked()
    await second.wait_acked()
    assert sorted([first.reply or "", second.reply or ""]) == ["", words.YOURS_ALREADY]
    await case.press(RESOLVE)
    assert ((await case.press(resolve, forge=True)).reply or "").startswith(OUT_OF_DATE)
    assert case.read == [ENGLISH.claimed_by("Dana"), ENGLISH.resolved]


async def test_of_two_who_claim_at_once_both_learn_who_has_it(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    """The second one meant to take a case that waits, not one away from a colleague."""
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    claim = id_of(case.card, CLAIM)
    first = await discord_.press(case.card.id, DANA, CLAIM, wait=False)
    second = await discord_.press(case.card.id, EMIL, claim, wait=False, forge=True)
    await first.wait_acked()
    await second.wait_acked()
    await us.settled()
    ((owner, name),) = us.rows("SELECT owner, owner_name FROM cases")
    won, lost = (first, second) if owner == f"discord:{DANA}" else (second, first)
    assert won.reply is None
    assert (lost.reply or "").startswith(f"{OUT_OF_DATE} **Claimed by {name}**")
    assert case.read == [ENGLISH.claimed_by(name)]


# --- when little works -------------------------------------------------------------------------------


async def test_a_press_while_the_database_is_locked_is_acknowledged_and_done_once_it_is_free(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    with closing(sqlite3.connect(us.settings.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        press = await discord_.press(case.card.id, DANA, CLAIM)
        assert press.acked
        other.execute("ROLLBACK")
    await us.until(lambda: us.cases() == [("claimed", "asked_for_person")])
    await us.settled()
    assert case.read == [ENGLISH.claimed_by("Dana")]
    assert labels(case.card) == CLAIMED_BUTTONS


async def test_a_press_while_discord_is_slow_to_say_who_is_a_member_is_acknowledged(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    held = discord_.fail("GET", f"/channels/{TEAM}", hang=True)
    press = await discord_.press(case.card.id, DANA, CLAIM)
    assert press.acked
    held.release()
    await us.until(lambda: us.cases() == [("claimed", "asked_for_person")])
    await us.settled()
    assert case.read == [ENGLISH.claimed_by("Dana")]


async def test_a_press_whose_presser_can_not_be_looked_up_asks_to_try_again(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    broken = discord_.fail("GET", f"/channels/{TEAM}", status=500, times=None)
    assert (await case.press(CLAIM)).reply == words.FAILED_PRESS
    assert us.cases() == [("waiting", "asked_for_person")]
    broken.times = 0
    await case.claimed()


async def test_a_press_after_a_restart_works_as_before(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    await us.stop()
    case.us = await frontdesk(agents=AGENTS)
    await case.claimed()
    assert case.read == [ENGLISH.claimed_by("Dana")]
    await case.us.stop()
    case.us = await frontdesk(agents=AGENTS)
    await case.press(RESOLVE)
    assert labels(case.card) == [REOPEN]


# --- the customer's buttons --------------------------------------------------------------------------


async def offered(discord: DiscordSimulator, us: Frontdesk, place: int | None = None) -> Post:
    """Let Ada ask what no article answers; return the offer of a person."""
    where = place or discord.open_dm(ADA)
    asked = await discord.say(where, ADA, f"{MENTION} {UNKNOWN_QUESTION}" if place else UNKNOWN_QUESTION)
    (offer,) = await discord.wait_posts(asked if place else where, 1)
    await us.settled()
    return offer


async def test_yes_calls_a_person_and_no_declines(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    offer = await offered(discord_, us)
    assert labels(offer) == [YES, NO]
    buttons = [id_of(offer, YES), id_of(offer, NO)]
    press = await discord_.press(offer.id, ADA, YES)
    assert (press.acked, press.reply) == (True, None)
    (card,) = await discord_.wait_posts(TEAM, 1)
    await us.settled()
    assert texts(discord_.posts(offer.channel_id))[1:] == [ENGLISH.told]
    assert f"> {UNKNOWN_QUESTION}" in card.content
    assert us.cases() == [("waiting", "not_in_articles")]
    assert labels(offer) == []  # what is answered can't be pressed, but where it is shown still
    for late in buttons:
        assert (await discord_.press(offer.id, ADA, late, forge=True)).reply == OUT_OF_DATE
    await us.settled()
    assert us.cases() == [("waiting", "not_in_articles")]


async def test_an_offer_that_is_taken_in_words_can_not_be_pressed_any_more(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    offer = await offered(discord_, us)
    await discord_.say(offer.channel_id, ADA, "yes")
    await discord_.wait_posts(TEAM, 1)
    await us.settled()
    assert labels(offer) == []


async def test_no_declines_and_pings_nobody(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    offer = await offered(discord_, us)
    press = await discord_.press(offer.id, ADA, NO)
    assert (press.acked, press.reply) == (True, None)
    await discord_.wait_posts(offer.channel_id, 2)
    await us.settled()
    assert texts(discord_.posts(offer.channel_id))[1:] == [ENGLISH.declined]
    assert (us.cases(), discord_.posts(TEAM)) == ([("cancelled", "not_in_articles")], [])
    # Not again by itself; when asked, at once.
    await discord_.say(offer.channel_id, ADA, "Do you rent out elephants?")
    answer = (await discord_.wait_posts(offer.channel_id, 3))[-1]
    assert labels(answer) == []
    assert ENGLISH.offered() not in answer.content
    await us.settled()
    await discord_.say(offer.channel_id, ADA, "agent")
    await discord_.wait_posts(TEAM, 1)
    await us.settled()


async def test_yes_pressed_by_somebody_else_is_refused(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    offer = await offered(discord_, us, HELP)
    for who in (BEN, DANA):
        press = await discord_.press(offer.id, who, YES)
        assert (press.reply, press.ephemeral) == (ENGLISH.not_yours, True)
    await us.settled()
    assert us.cases() == [(CaseState.OFFERED, "not_in_articles")]
    await discord_.press(offer.id, ADA, YES)
    await discord_.wait_posts(TEAM, 1)


@pytest.mark.parametrize(
    ("thumb", "reply"), [(GOOD, ENGLISH.thank_you), (BAD, ENGLISH.sorry)], ids=["up", "down"]
)
async def test_the_customers_thumb_is_kept(
    discord_: DiscordSimulator, frontdesk: Start, thumb: str, reply: str
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    await case.press(RESOLVE)
    asked = discord_.posts(case.place)[-1]
    button = id_of(asked, thumb)
    assert (await case.press(thumb, BEN, on=asked)).reply == ENGLISH.not_yours
    press = await case.press(thumb, ADA, on=asked)
    assert (press.reply, press.ephemeral) == (reply, True)
    assert us.rows("SELECT rating FROM cases") == [("good" if thumb == GOOD else "bad",)]
    assert case.below == ([] if thumb == GOOD else [words.WANTS_MORE])
    # Twice tells the agents once.
    assert labels(asked) == []
    await case.press(button, ADA, on=asked, forge=True)
    assert len(case.below) == (thumb == BAD)
