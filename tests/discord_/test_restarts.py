"""Cases on Discord across restarts, lost connections, and a model that still writes."""

from __future__ import annotations

from core import words
from core.phrases import ENGLISH
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    DANA,
    EMIL,
    HELP,
    MENTION,
    REFUND_QUESTION,
    TEAM,
    Frontdesk,
    Start,
    model_settings,
    texts,
)
from tests.discord_.play import (
    CLAIM,
    CLAIMED_BUTTONS,
    DELIVERED,
    GIVE_BACK,
    REOPEN,
    RESOLVE,
    WAITING_BUTTONS,
    WANTED,
    YES,
    Case,
    called,
    labels,
)
from tests.simulators.discord import DiscordSimulator
from tests.simulators.model import ModelSimulator

DRAFT = "This is the draft of a model, which nobody may read any more."


async def restarted(us: Frontdesk, frontdesk: Start, **settings: object) -> Frontdesk:
    """Stop as SIGTERM does, and start anew with the same database."""
    await us.stop()
    return await frontdesk(agents=AGENTS, **settings)


# --- restarts ----------------------------------------------------------------------------------------


async def test_a_restart_in_every_state_loses_nothing_and_says_nothing_twice(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, "Do you sponsor bicycle races?")
    (offer,) = await discord_.wait_posts(dm, 1)
    await us.settled()
    us = await restarted(us, frontdesk)  # offered
    await discord_.press(offer.id, ADA, YES)
    (card,) = await discord_.wait_posts(TEAM, 1)
    await us.settled()
    us = await restarted(us, frontdesk)  # waiting
    case = Case(discord_, us, dm, card)
    await case.says("For children")
    await case.claimed()
    case.us = us = await restarted(us, frontdesk)  # claimed
    assert case.marks(await case.agent("We do.")) == {DELIVERED}
    await case.says("Great")
    await case.press(RESOLVE)
    case.us = us = await restarted(us, frontdesk)  # resolved
    assert (await case.press(REOPEN, EMIL)).reply is None
    await case.press(GIVE_BACK, EMIL)
    us = await restarted(us, frontdesk)  # cancelled
    assert texts(discord_.posts(dm))[1:] == [
        ENGLISH.told,
        ENGLISH.passed_on,
        ENGLISH.claimed_by("Dana"),
        "**Dana:** We do.",
        ENGLISH.resolved,
        ENGLISH.claimed_by("Emil"),
        ENGLISH.given_back,
    ]
    assert case.below == ["**Ada:** For children", f"<@{DANA}> **Ada:** Great"]
    assert len(discord_.posts(TEAM)) == 1
    assert us.cases() == [("cancelled", "not_in_articles")]
    assert us.rows("SELECT count(*) FROM posts WHERE state != 'posted'") == [(0,)]


async def test_what_agents_and_customer_wrote_while_we_were_down_is_delivered_once(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    await us.stop()
    note = await discord_.say(case.thread, DANA, "// nobody there?", deliver=False)
    other = await discord_.say(case.thread, EMIL, "I have an idea", deliver=False)
    message = await discord_.say(case.thread, DANA, "We found it.", deliver=False)
    await discord_.say(case.place, ADA, "Any news?", deliver=False)
    case.us = us = await frontdesk(agents=AGENTS)
    await discord_.wait_reaction(case.thread, message, DELIVERED)
    await us.until(lambda: "Any news?" in [text for _, text in us.said(case.place)])
    await us.settled()
    assert case.read == [ENGLISH.claimed_by("Dana"), "**Dana:** We found it."]
    hint, relayed = sorted(case.below)[::-1]
    assert (hint, relayed[-18:]) == (words.TAKE_OVER_FIRST.format(owner="Dana"), "**Ada:** Any news?")
    assert case.marks(note) == case.marks(other) == set()

    # And once only, however often it is read back.
    await restarted(us, frontdesk)
    await discord_.redeliver(message)
    case.us = await restarted(case.us, frontdesk)
    await case.agent("On its way now.")
    assert case.read[2:] == ["**Dana:** On its way now."]
    assert len(case.below) == 2


async def test_words_that_were_on_their_way_at_the_end_are_delivered_once(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, shutdown_seconds=0)
    case = await (await called(discord_, us)).claimed()
    held = discord_.fail("POST", f"/channels/{case.place}/messages", hang=True, after=True)
    message = await discord_.say(case.thread, DANA, "Hello")
    await discord_.wait_posts(case.place, 3)
    await us.stop()
    held.release()
    case.us = await frontdesk(agents=AGENTS)
    await discord_.wait_reaction(case.thread, message, DELIVERED)
    await case.us.settled()
    assert case.read == [ENGLISH.claimed_by("Dana"), "**Dana:** Hello"]


async def test_a_connection_that_is_lost_in_the_middle_of_a_case_loses_no_words(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    discord_.forget_sessions = True
    await discord_.drop_connections(None)
    message = await discord_.say(case.thread, DANA, "Hello", deliver=False)
    await discord_.wait_reaction(case.thread, message, DELIVERED)
    await us.settled()
    assert case.read == [ENGLISH.claimed_by("Dana"), "**Dana:** Hello"]


async def test_a_card_whose_answer_is_lost_at_the_end_still_gets_its_thread_and_its_buttons_work(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, shutdown_seconds=0)
    held = discord_.fail("POST", f"/channels/{TEAM}/messages", hang=True, after=True)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, WANTED)
    (card,) = await discord_.wait_posts(TEAM, 1)
    await us.stop()
    held.release()
    us = await frontdesk(agents=AGENTS)
    await discord_.wait_posts(card.id, 1)
    await us.settled()
    case = await Case(discord_, us, dm, card).claimed()
    assert case.marks(await case.agent("Hello")) == {DELIVERED}
    assert case.read == [ENGLISH.claimed_by("Dana"), "**Dana:** Hello"]
    assert len(discord_.posts(TEAM)) == 1


# --- a person comes while the model writes -----------------------------------------------------------


async def test_a_case_reopened_while_the_model_writes_ends_the_draft(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, **model_settings(model))
    case = await (await called(discord_, us)).claimed()
    await case.press(RESOLVE)
    model.hold()
    model.replies(DRAFT)
    await discord_.say(case.place, ADA, "And what about my order?")
    await model.wait_requests(1)
    assert (await discord_.press(case.card.id, DANA, REOPEN)).acked
    model.release()
    await us.settled()
    assert case.read[1:] == [ENGLISH.resolved, ENGLISH.claimed_by("Dana")]
    assert case.below == ["**Ada:** And what about my order?"]
    assert DRAFT not in str(us.said(case.place))


async def test_an_agent_who_writes_in_the_thread_while_the_model_writes_ends_the_draft(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, **model_settings(model))
    model.hold()
    model.replies(DRAFT)
    thread = await discord_.say(HELP, ADA, f"{MENTION} Where is my order?")
    await model.wait_requests(1)
    await discord_.start_thread(HELP, ADA, "order", message_id=thread)
    message = await discord_.say(thread, DANA, "I am looking, Ada.")
    await us.received(message)
    model.release()
    await us.settled()
    assert DRAFT not in texts(discord_.posts(thread))
    (card,) = discord_.posts(TEAM)
    assert "**Claimed by Dana**" in card.content
    assert labels(card) == CLAIMED_BUTTONS
    assert us.cases() == [("claimed", "taken_over")]


async def test_a_call_for_a_person_while_the_model_writes_ends_the_draft(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, **model_settings(model))
    dm = discord_.open_dm(ADA)
    model.hold()
    model.replies(DRAFT)
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await model.wait_requests(1)
    await discord_.say(dm, ADA, WANTED)
    (card,) = await discord_.wait_posts(TEAM, 1)
    model.release()
    await us.settled()
    assert texts(discord_.posts(dm)) == [ENGLISH.told]
    assert labels(card) == WAITING_BUTTONS
    assert REFUND_QUESTION in card.content


# --- many at once ------------------------------------------------------------------------------------


async def test_a_hundred_cases_at_once(discord_: DiscordSimulator, frontdesk: Start) -> None:
    number = 100
    customers = range(7000, 7000 + number)
    for customer in customers:
        discord_.add_user(customer, f"c{customer}", f"C{customer}")
    us = await frontdesk(agents=AGENTS)
    for customer in customers:
        await discord_.say(discord_.open_dm(customer), customer, WANTED)
    await discord_.wait_posts(TEAM, number, timeout=60)
    await us.until(lambda: len(us.cases()) == number, 60)
    await discord_.wait_posts(discord_.open_dm(customers[-1]), 1, timeout=60)
    cards = {post.content.split("**")[1]: post for post in discord_.posts(TEAM)}
    assert len(cards) == number
    for customer in customers:
        press = await discord_.press(cards[f"C{customer}"].id, DANA, CLAIM)
        assert press.acked
    for customer in customers:
        await discord_.say(cards[f"C{customer}"].id, DANA, f"Hello C{customer}")
    for customer in customers:
        posts = await discord_.wait_posts(discord_.open_dm(customer), 3, timeout=60)
        assert texts(posts) == [ENGLISH.told, ENGLISH.claimed_by("Dana"), f"**Dana:** Hello C{customer}"]
