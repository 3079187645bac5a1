"""A case's whole life on Discord: its card, its buttons, its thread, and what the customer reads."""

from __future__ import annotations

import re

import pytest

from core import words
from core.phrases import ENGLISH
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    DANA,
    EMIL,
    GUILD,
    HELP,
    MENTION,
    REFUND_ANSWER,
    REFUND_QUESTION,
    SUPPORT_ROLE,
    TEAM,
    Start,
    pings,
    texts,
)
from tests.discord_.play import (
    BAD,
    CLAIM,
    CLAIMED_BUTTONS,
    DELIVERED,
    GIVE_BACK,
    GOOD,
    REOPEN,
    RESOLVE,
    TAKE_OVER,
    WAITING_BUTTONS,
    WANTED,
    called,
    labels,
)
from tests.simulators.discord import DiscordSimulator

CLOCK = r"\d{1,2} \w{3} \d\d:\d\d UTC"


# --- the card ----------------------------------------------------------------------------------------


async def test_the_card_says_who_where_why_and_what_was_said(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await us.settled()
    asked = await discord_.say(thread, ADA, WANTED)
    (card,) = await discord_.wait_posts(TEAM, 1)
    await us.settled()
    head, *rest, status = card.content.split("\n")
    assert head == f"<@&{SUPPORT_ROLE}> **Ada** in \\#help on Discord needs a person: asked for a person."
    assert rest[:3] == [f"> {REFUND_QUESTION}", "> ", f"> {WANTED}"]
    assert REFUND_ANSWER in "\n".join(rest)
    assert f"[Open the conversation](https://discord.com/channels/{GUILD}/{thread}/{asked})" in rest
    assert re.fullmatch(rf"\*\*Waiting since {CLOCK}\.\*\*", status)
    assert labels(card) == WAITING_BUTTONS
    assert pings(discord_, card.id) == ([], [str(SUPPORT_ROLE)], False)


async def test_the_thread_below_the_card_is_named_after_it_and_holds_the_transcript(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await us.settled()
    await discord_.say(thread, ADA, f"{MENTION} {WANTED} @everyone <@{DANA}>")
    (card,) = await discord_.wait_posts(TEAM, 1)
    (transcript,) = await discord_.wait_posts(card.id, 1)
    assert discord_.threads_of(TEAM) == [card.id]
    lines = transcript.content.split("\n\n")
    assert lines[:2] == [words.TRANSCRIPT, f"**Ada:** {REFUND_QUESTION}"]
    assert lines[2].startswith(f"**Bot:** {REFUND_ANSWER}")
    assert lines[-1].startswith(f"**Ada:** {WANTED}")
    assert pings(discord_, transcript.id) == ([], [], False)
    # Discord shows a thread's name as it is: no Markdown, no mention, and who it is about.
    name = discord_.world.channels[card.id].name
    assert name.startswith("Ada")
    assert not set("*<>\\") & set(name)


async def test_the_thread_of_a_card_with_a_mention_is_named_without_it(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    case = await called(discord_, us)
    assert "<@" not in discord_.world.channels[case.thread].name


async def test_the_thread_is_still_named_well_by_a_process_that_did_not_post_the_card(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, shutdown_seconds=0)
    to_thread = discord_.fail("POST", f"/channels/{TEAM}/messages/{{id}}/threads", hang=True, status=503)
    await discord_.say(discord_.open_dm(ADA), ADA, WANTED)
    await discord_.wait_call("POST", "/threads")
    await us.stop()
    to_thread.release()
    us = await frontdesk(agents=AGENTS)
    (card,) = await discord_.wait_posts(TEAM, 1)
    await discord_.wait_posts(card.id, 1)
    await us.settled()
    assert discord_.world.channels[card.id].name.startswith("Ada")


# --- from the claim to the end -----------------------------------------------------------------------


async def test_claimed_resolved_and_reopened_the_card_is_edited_in_place(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    case = await called(discord_, us)
    await case.press(CLAIM)
    assert re.fullmatch(rf"\*\*Claimed by Dana\*\*, {CLOCK}\.", case.status)
    assert labels(case.card) == CLAIMED_BUTTONS
    assert case.read == [ENGLISH.claimed_by("Dana")]
    assert us.cases() == [("claimed", "asked_for_person")]

    await case.press(RESOLVE)
    assert re.fullmatch(rf"Resolved by Dana in .+, {CLOCK}\.", case.status)
    assert labels(case.card) == [REOPEN]
    assert case.read[1:] == [ENGLISH.resolved]
    assert labels(discord_.posts(case.place)[-1]) == [GOOD, BAD]
    assert us.cases() == [("resolved", "asked_for_person")]

    await case.press(REOPEN, EMIL)
    assert re.fullmatch(rf"\*\*Claimed by Emil\*\*, {CLOCK}\.", case.status)
    assert labels(case.card) == CLAIMED_BUTTONS
    assert case.read[2:] == [ENGLISH.claimed_by("Emil")]

    await case.press(GIVE_BACK, EMIL)
    assert labels(case.card) == [REOPEN]
    assert case.read[3:] == [ENGLISH.given_back]
    assert us.cases() == [("cancelled", "asked_for_person")]
    # One card, pinging once: edits ping nobody.
    assert len(discord_.posts(TEAM)) == 1
    assert len(case.card.edits) == 4
    steps = us.rows("SELECT state, who FROM case_steps ORDER BY id")
    dana, emil = f"discord:{DANA}", f"discord:{EMIL}"
    assert steps[-4:] == [("claimed", dana), ("resolved", dana), ("claimed", emil), ("cancelled", emil)]


async def test_another_agent_takes_over_and_the_customer_hears_who_answers_now(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    await case.press(TAKE_OVER, EMIL)
    assert "**Claimed by Emil**" in case.status
    assert case.read == [ENGLISH.claimed_by("Dana"), ENGLISH.claimed_by("Emil")]
    mine = await case.agent("It is on its way.", EMIL)
    hers = await case.agent("I thought that I had it?", DANA)
    assert case.read[2:] == ["**Emil:** It is on its way."]
    assert (case.marks(mine), case.marks(hers)) == ({DELIVERED}, set())


async def test_given_back_the_bot_answers_again(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us, place=HELP)).claimed()
    await case.says(REFUND_QUESTION)
    assert case.below == [f"**Ada:** {REFUND_QUESTION}"]  # Dana said nothing yet: pinged by the card
    await case.press(GIVE_BACK)
    await case.says(REFUND_QUESTION)
    assert case.read[:2] == [ENGLISH.claimed_by("Dana"), ENGLISH.given_back]
    assert case.read[2].startswith(REFUND_ANSWER)
    assert len(case.below) == 1


# --- both ways ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [None, HELP], ids=["direct message", "thread"])
async def test_the_owners_words_reach_the_customer_with_a_name_and_are_marked(
    discord_: DiscordSimulator, frontdesk: Start, place: int | None
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us, place=place)).claimed()
    message = await case.agent("Where **exactly** is your parcel?")
    assert case.read[1:] == ["**Dana:** Where **exactly** is your parcel?"]
    assert case.marks(message) == {DELIVERED}
    await case.says("At the *neighbours*")
    assert case.below == [f"<@{DANA}> **Ada:** At the \\*neighbours\\*"]
    conversation = [(role, text) for role, text in us.said(case.place) if role == "agent"]
    assert conversation == [("agent", "Where **exactly** is your parcel?")]


async def test_notes_stay_internal_and_carry_no_mark(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    for note in ("// is this the one from Monday?", "  //no blank", "//\nand a second line"):
        assert case.marks(await case.agent(note)) == set()
    await case.agent("// me neither", EMIL)
    assert case.read == [ENGLISH.claimed_by("Dana")]
    assert case.below == []
    await case.agent("See https://example.com//x")
    assert case.read[1:] == ["**Dana:** See https://example.com//x"]


async def test_the_first_words_after_the_call_are_acknowledged_once_with_a_way_back(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    await case.says("My order is 123")
    await case.says("And 124")
    assert case.read == [ENGLISH.passed_on]
    assert case.below == ["**Ada:** My order is 123", "**Ada:** And 124"]
    await case.says("never mind")
    assert case.read[1:] == [ENGLISH.withdrawn]
    assert case.below[2:] == [words.WITHDREW]
    assert labels(case.card) == [REOPEN]
    assert us.cases() == [("cancelled", "asked_for_person")]
    await case.says(REFUND_QUESTION)
    assert case.read[2].startswith(REFUND_ANSWER)


async def test_only_the_first_word_after_the_owners_own_mentions_them_and_nothing_else_pings(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    case = await (await called(discord_, us)).claimed()
    await case.agent("Which order?")
    nasty = f"@everyone <@&{SUPPORT_ROLE}> <@{EMIL}> <@{DANA}> 123"
    for _ in range(2):
        await case.says(nasty)
    first, second = discord_.posts(case.thread)[1:]
    assert first.content.startswith(f"<@{DANA}> **Ada:** ")
    assert second.content.startswith("**Ada:** ")
    assert pings(discord_, first.id) == ([str(DANA)], [], False)
    assert pings(discord_, second.id) == ([], [], False)
    await case.agent("Thanks! @everyone")
    reached = discord_.posts(case.place)[-1]
    assert pings(discord_, reached.id) == ([], [], False)
    await case.says("And now?")
    assert texts(discord_.posts(case.thread))[-1] == f"<@{DANA}> **Ada:** And now?"


async def test_long_words_arrive_in_parts_and_in_order_both_ways(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    numbers = " ".join(f"n{number:04}" for number in range(640))  # 3,839 characters: nitro users may
    message = await case.agent(numbers)
    parts = case.read[1:]
    assert len(parts) > 1
    assert all(len(part) <= 2_000 for part in parts)
    assert " ".join(parts).removeprefix("**Dana:** ").split() == numbers.split()
    assert case.marks(message) == {DELIVERED}
    await case.says(numbers)
    assert len(case.below) > 1
    assert re.findall(r"n\d{4}", " ".join(case.below)) == numbers.split()


async def test_two_requests_from_one_conversation_are_one_case(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    await case.says("human!")
    assert len(discord_.posts(TEAM)) == 1
    assert case.below == ["**Ada:** human!"]
    assert case.read == [ENGLISH.passed_on]
    assert us.cases() == [("waiting", "asked_for_person")]


async def test_when_the_customer_is_forgotten_the_thread_loses_their_name(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    await case.claimed()
    await case.agent("Hello Ada")
    assert discord_.world.channels[case.thread].name.startswith("Ada in a direct message")
    await case.press(RESOLVE)
    discord_.world.update_thread(discord_.world.channels[case.thread], archived=True)
    asked = await discord_.command(case.place, ADA, "forget")
    await asked.wait_reply()
    await discord_.press(asked.replies[-1].id, ADA, ENGLISH.button_forget)
    await us.settled()
    assert discord_.world.channels[case.thread].name == (
        "A customer who asked to be forgotten needed a person: asked for a person."
    )
