"""After a case on Discord, and beside one: thanks, new questions, quiet, places without threads."""

from __future__ import annotations

from core import words
from core.phrases import ENGLISH
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    DANA,
    GUILD,
    HELP,
    MENTION,
    REFUND_ANSWER,
    REFUND_QUESTION,
    SHIPPING_ANSWER,
    SHIPPING_QUESTION,
    SUPPORT_ROLE,
    TEAM,
    Start,
    model_settings,
    texts,
)
from tests.discord_.play import DELIVERED, RESOLVE, THANKED, WANTED, YES, Case, called
from tests.simulators.discord import DiscordSimulator, Permission
from tests.simulators.model import ModelSimulator

PROBLEM = "My parcel has been lost on the way to Norway"


async def test_thanks_get_a_heart_and_no_answer(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    await case.press(RESOLVE)
    thanks = await case.says("Thank you so much!")
    await discord_.wait_reaction(case.place, thanks, THANKED)
    assert case.read == [ENGLISH.claimed_by("Dana"), ENGLISH.resolved]
    assert len(discord_.posts(TEAM)) == 1


async def test_a_new_question_starts_afresh_and_the_model_knows_of_the_resolution(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, **model_settings(model))
    case = await (await called(discord_, us, f"{WANTED}, my order 77 is lost")).claimed()
    await case.agent("We sent a new one.")
    await case.says("It says secret things")
    await case.press(RESOLVE)
    model.replies(REFUND_ANSWER)
    await case.says(REFUND_QUESTION)
    assert case.read[-1] == REFUND_ANSWER
    (request,) = model.requests
    assert "We sent a new one." in request.text
    assert "secret things" not in request.text
    assert us.cases() == [("resolved", "asked_for_person")]


async def test_the_same_problem_is_offered_back_to_the_same_person(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, PROBLEM)
    await discord_.wait_posts(dm, 1)
    await us.settled()
    case = await (await called(discord_, us)).claimed()
    await case.press(RESOLVE)
    await case.says(PROBLEM)
    offer = discord_.posts(case.place)[-1]
    assert offer.content == f"{ENGLISH.not_solved}\n\n{ENGLISH.offered('Dana')}"
    assert (await case.press(YES, ADA, on=offer)).reply is None
    cards = await discord_.wait_posts(TEAM, 2)
    await us.settled()
    assert cards[1].content.startswith(f"<@{DANA}> **Ada**")
    assert "Dana helped them before" in cards[1].content
    again = Case(discord_, us, case.place, cards[1])
    await again.claimed()
    assert us.cases()[-1] == ("claimed", "unhelped")


async def test_stop_makes_the_bot_quiet_until_it_is_mentioned(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await us.settled()
    await discord_.say(thread, ADA, "stop")
    assert (await discord_.wait_posts(thread, 2))[-1].content == ENGLISH.muted
    await us.settled()
    await discord_.say(thread, ADA, SHIPPING_QUESTION)
    await discord_.say(thread, BEN, REFUND_QUESTION)
    await discord_.say(discord_.open_dm(BEN), BEN, REFUND_QUESTION)  # elsewhere it answers as before
    await discord_.wait_posts(discord_.open_dm(BEN), 1)
    await discord_.say(thread, ADA, f"{MENTION} {SHIPPING_QUESTION}")
    answer = (await discord_.wait_posts(thread, 3))[-1]
    await us.settled()
    assert answer.content.startswith(SHIPPING_ANSWER)
    assert len(discord_.posts(thread)) == 3
    assert (us.cases(), discord_.posts(TEAM)) == ([], [])


async def test_what_was_said_while_muted_is_not_answered_when_it_is_read_back(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_posts(dm, 1)
    await us.settled()
    await discord_.say(dm, ADA, "stop")
    await discord_.wait_posts(dm, 2)
    await us.settled()
    await discord_.say(dm, ADA, "Which I told my wife", deliver=False)
    await discord_.say(dm, ADA, f"{MENTION} {SHIPPING_QUESTION}")
    await discord_.wait_posts(dm, 3)
    await us.settled()
    await us.stop()
    us = await frontdesk(agents=AGENTS)
    last = await discord_.say(dm, ADA, REFUND_QUESTION)
    await us.received(last)
    await us.settled()
    assert "Which I told my wife" not in [text for _, text in us.said(dm)]
    assert len(discord_.posts(dm)) == 4


# --- beside a case -----------------------------------------------------------------------------------


async def test_while_a_case_is_open_others_are_answered_in_their_own_threads(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us, place=HELP)
    mine = await discord_.say(HELP, BEN, f"{MENTION} {REFUND_QUESTION}")
    also = await discord_.say(HELP, ADA, f"{MENTION} {SHIPPING_QUESTION}")
    assert (await discord_.wait_posts(mine, 1))[0].content.startswith(REFUND_ANSWER)
    assert (await discord_.wait_posts(also, 1))[0].content.startswith(SHIPPING_ANSWER)
    await us.settled()
    assert case.below == []


async def test_without_threads_a_case_silences_its_customer_alone(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, threads=False)
    asked = await discord_.say(HELP, ADA, f"{MENTION} {WANTED}")
    (card,) = await discord_.wait_posts(TEAM, 1)
    (told,) = await discord_.wait_posts(HELP, 1)
    await us.settled()
    assert (told.content, told.reference, discord_.threads_of(HELP)) == (ENGLISH.told, asked, [])
    case = Case(discord_, us, HELP, card)
    await case.claimed()
    await case.says(f"{MENTION} My order is 12")
    assert case.below == ["**Ada:** My order is 12"]
    await case.says(f"{MENTION} {REFUND_QUESTION}", BEN)
    assert case.read[-1].startswith(REFUND_ANSWER)
    assert len(case.below) == 1


async def test_without_threads_for_customers_agents_still_write_below_the_card(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, threads=False)
    case = await (await called(discord_, us)).claimed()
    message = await case.agent("Hello Ada")
    assert case.read[1:] == ["**Dana:** Hello Ada"]
    assert case.marks(message) == {DELIVERED}


# --- where there is no thread below the card ---------------------------------------------------------


async def test_where_no_thread_can_be_made_below_the_card_agents_can_still_use_its_buttons(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    discord_.fail("POST", f"/channels/{TEAM}/messages/{{id}}/threads", status=403, code=50013, times=None)
    case = await (await called(discord_, us)).claimed()
    await case.says("My order is 12")
    assert discord_.threads_of(TEAM) == []
    card, transcript, relayed = discord_.posts(TEAM)
    assert (transcript.reference, relayed.reference) == (card.id, card.id)
    assert relayed.content == "**Ada:** My order is 12"
    await case.press(RESOLVE)
    assert case.read == [ENGLISH.claimed_by("Dana"), ENGLISH.resolved]


async def test_where_there_is_no_thread_an_agents_reply_is_not_answered_as_a_customers(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    discord_.fail("POST", f"/channels/{TEAM}/messages/{{id}}/threads", status=403, code=50013, times=None)
    case = await (await called(discord_, us)).claimed()
    await case.says("My order is 12")
    before = len(discord_.posts(TEAM))
    await discord_.say(TEAM, DANA, REFUND_QUESTION, reply_to=case.card.id)
    await case.says("And it is late")
    assert texts(discord_.posts(TEAM)[before:]) == ["**Ada:** And it is late"]
    assert len(us.cases()) == 1


async def test_where_the_agents_place_is_itself_a_thread_cases_go_on_in_it(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    place = await discord_.start_thread(TEAM, DANA, "cases")
    us = await frontdesk(agents=f"discord:{place}")
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    card, transcript = await discord_.wait_posts(place, 2)
    await us.settled()
    assert texts(discord_.posts(dm)) == [ENGLISH.told]
    assert transcript.reference == card.id
    case = await Case(discord_, us, dm, card).claimed()
    await case.says("My order is 12")
    assert texts(discord_.posts(place))[-1] == "**Ada:** My order is 12"
    await case.press(RESOLVE)
    assert us.cases() == [("resolved", "asked_for_person")]


async def test_an_archived_thread_of_a_case_is_used_again(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us, place=HELP)).claimed()
    first = await case.says("My order is 12")
    relayed = discord_.posts(case.thread)[-1]
    await discord_.archive_thread(case.thread)
    # An edit alone wakes no thread; nothing of it may be lost all the same.
    await discord_.edit(first, "My order is 21")
    await discord_.wait_post(relayed.id, lambda post: post.content == "**Ada:** My order is 21")
    await discord_.archive_thread(case.thread)
    await discord_.archive_thread(case.place)
    await case.says("Hello?")
    assert case.below[-1] == "**Ada:** Hello?"
    assert case.marks(await case.agent("Here I am")) == {DELIVERED}


async def test_a_locked_thread_of_a_customer_is_told_as_not_delivered(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us, place=HELP)).claimed()
    await discord_.archive_thread(case.place, locked=True)
    message = await case.agent("Are you there?")
    hint = discord_.posts(case.thread)[-1]
    assert (hint.reference, case.marks(message)) == (message, set())
    assert hint.content.startswith(words.NOT_DELIVERED.partition("{why}")[0])


async def test_where_the_bot_may_not_react_the_owners_words_still_arrive_and_nothing_is_said_of_failure(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.add_channel(
        3300, GUILD, "team two", private=True, roles=[SUPPORT_ROLE], deny_bot=Permission.ADD_REACTIONS
    )
    us = await frontdesk(agents="discord:3300")
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    (card,) = await discord_.wait_posts(3300, 1)
    await us.settled()
    case = await Case(discord_, us, dm, card).claimed()
    message = await case.agent("Hello")
    assert case.read[1:] == ["**Dana:** Hello"]
    assert (case.marks(message), case.below) == (set(), [])
