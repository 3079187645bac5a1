"""What agents and customers write in a case: hints, taking over, edits, deletions, files, and what fails."""

from __future__ import annotations

from core import words
from core.phrases import ENGLISH
from tests.discord_.conftest import ADA, AGENTS, BEN, DANA, EMIL, HELP, MENTION, TEAM, Start, texts
from tests.discord_.play import (
    CLAIM,
    CLAIMED_BUTTONS,
    DELIVERED,
    REOPEN,
    RESOLVE,
    SEND,
    SEND_OVER,
    WAITING_BUTTONS,
    called,
    labels,
)
from tests.simulators.discord import DiscordSimulator
from tests.simulators.discord_files import Upload

# --- words of others than the owner ------------------------------------------------------------------


async def test_words_before_a_claim_stay_internal_until_send_and_claim_sends_exactly_those(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    message = await case.agent("We sent it *yesterday*.")
    hint = discord_.posts(case.thread)[-1]
    assert (hint.content, hint.reference) == (words.CLAIM_FIRST, message)
    assert labels(hint) == [SEND]
    assert (case.read, case.marks(message)) == ([], set())
    assert us.cases() == [("waiting", "asked_for_person")]

    press = await case.press(SEND, on=hint)
    assert (press.reply, press.ephemeral) == (words.SENT, True)
    assert case.read == ["**Dana:** We sent it *yesterday*."]
    assert case.marks(message) == {DELIVERED}
    assert "**Claimed by Dana**" in case.status
    assert labels(case.card) == CLAIMED_BUTTONS
    again = await case.press(SEND, on=hint)
    assert again.reply == words.NOTE_GONE
    assert len(case.read) == 1


async def test_words_of_another_agent_stay_internal_until_they_take_the_case_over(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    message = await case.agent("Actually it is lost.", EMIL)
    hint = discord_.posts(case.thread)[-1]
    assert hint.content == words.TAKE_OVER_FIRST.format(owner="Dana")
    assert labels(hint) == [SEND_OVER]
    assert case.read == [ENGLISH.claimed_by("Dana")]

    # Nobody sends the words of somebody else.
    assert (await case.press(SEND_OVER, DANA, on=hint)).reply == words.NOTE_GONE
    assert case.read == [ENGLISH.claimed_by("Dana")]
    assert (await case.press(SEND_OVER, EMIL, on=hint)).reply == words.SENT
    assert case.read[1:] == ["**Emil:** Actually it is lost."]
    assert case.marks(message) == {DELIVERED}
    assert "**Claimed by Emil**" in case.status


async def test_words_that_were_edited_before_they_are_sent_are_sent_as_they_are_then(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    message = await case.agent("It costs 50.")
    hint = discord_.posts(case.thread)[-1]
    await discord_.edit(message, "It costs 15.")
    await us.until(lambda: us.rows("SELECT text FROM notes") == [("It costs 15.",)])
    await case.press(SEND, on=hint)
    assert case.read == ["**Dana:** It costs 15."]


async def test_words_that_were_deleted_are_not_sent(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    message = await case.agent("Wrong customer, sorry")
    hint = discord_.posts(case.thread)[-1]
    await discord_.delete(message)
    await us.until(lambda: us.rows("SELECT text FROM notes") == [("",)])
    assert (await case.press(SEND, on=hint)).reply == words.NOTE_GONE
    assert case.read == []
    assert us.cases() == [("waiting", "asked_for_person")]


async def test_words_to_a_closed_case_get_a_hint_with_reopen(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    await case.press(RESOLVE)
    await case.agent("One more thing")
    hint = discord_.posts(case.thread)[-1]
    assert (hint.content, labels(hint)) == (words.CLOSED_CASE, [REOPEN])
    assert case.read == [ENGLISH.claimed_by("Dana"), ENGLISH.resolved]
    assert (await case.press(REOPEN, on=hint)).reply is None
    await case.agent("One more thing")
    assert case.read[2:] == [ENGLISH.claimed_by("Dana"), "**Dana:** One more thing"]


# --- straight into the customer's thread -------------------------------------------------------------


async def test_an_agent_who_writes_into_the_customers_thread_takes_the_case_over(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us, place=HELP)
    await case.says("I am on it, Ada.", EMIL)
    assert "**Claimed by Emil**" in case.status
    assert labels(case.card) == CLAIMED_BUTTONS
    assert case.below == ["**Emil:** I am on it, Ada."]
    assert case.read == []  # everybody there has read it already
    await case.says("Thank you!")
    assert case.below[1:] == [f"<@{EMIL}> **Ada:** Thank you!"]
    message = await case.agent("You are welcome.", EMIL)
    assert case.read == ["**Emil:** You are welcome."]
    assert case.marks(message) == {DELIVERED}


async def test_an_agent_who_joins_a_thread_without_a_case_opens_one_and_the_bot_is_silent(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    thread = await discord_.say(HELP, ADA, f"{MENTION} Hello")
    await discord_.wait_posts(thread, 1)
    await us.settled()
    before = len(discord_.posts(thread))
    message = await discord_.say(thread, DANA, "Hi Ada, Dana here.")
    await us.received(message)
    await us.settled()
    (card,) = discord_.posts(TEAM)
    assert "**Claimed by Dana**" in card.content
    assert "**Ada**" in card.content
    assert us.cases() == [("claimed", "taken_over")]
    message = await discord_.say(thread, ADA, "My parcel is wet.")
    await us.received(message)
    await us.settled()
    assert len(discord_.posts(thread)) == before
    assert texts(discord_.posts(card.id))[-1].endswith("**Ada:** My parcel is wet.")


async def test_another_customer_in_the_thread_of_a_case_takes_nothing_over(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us, place=HELP)
    await case.says("Same here!", BEN)
    assert labels(case.card) == WAITING_BUTTONS
    assert case.below == ["**Ben:** Same here!"]


# --- edits and deletions -----------------------------------------------------------------------------


async def test_edits_and_deletions_of_the_customer_follow_below_the_card(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    message = await case.says("My order is 12")
    relayed = discord_.posts(case.thread)[-1]
    await discord_.edit(message, "My order is *21*")
    await discord_.wait_post(relayed.id, lambda post: post.content == "**Ada:** My order is \\*21\\*")
    assert relayed.edits == ["**Ada:** My order is 12"]
    await discord_.delete(message)
    await discord_.wait_post(relayed.id, lambda post: post.deleted)
    await us.settled()
    assert case.below == []
    assert "21" not in str(us.rows("SELECT text FROM messages"))


async def test_edits_and_deletions_of_the_owner_follow_at_the_customers(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    message = await case.agent("It costs 50.")
    sent = discord_.posts(case.place)[-1]
    await discord_.edit(message, "It costs 15.")
    await discord_.wait_post(sent.id, lambda post: post.content == "**Dana:** It costs 15.")
    await discord_.delete(message)
    await discord_.wait_post(sent.id, lambda post: post.deleted)
    await us.settled()
    assert case.read == [ENGLISH.claimed_by("Dana")]
    assert len(discord_.calls_to("PUT", "/reactions/")) == 1


async def test_an_edit_of_the_first_of_the_customers_words_keeps_the_mention_in_front(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    await case.agent("Which order?")
    message = await case.says("12")
    relayed = discord_.posts(case.thread)[-1]
    await discord_.edit(message, "21")
    await discord_.wait_post(relayed.id, lambda post: post.content.endswith("**Ada:** 21"))
    await us.settled()
    assert relayed.content in {"**Ada:** 21", f"<@{DANA}> **Ada:** 21"}


async def test_an_edit_that_makes_words_longer_or_shorter_changes_the_number_of_parts(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    message = await case.agent("Short")
    long = " ".join(f"n{number:04}" for number in range(400))
    await discord_.edit(message, long)
    await discord_.wait_posts(case.place, 4)
    await us.settled()
    assert " ".join(case.read[1:]) == f"**Dana:** {long}"
    await discord_.edit(message, "Short again")
    last = discord_.posts(case.place)[-1]
    await discord_.wait_post(last.id, lambda post: post.deleted)
    await us.settled()
    assert case.read[1:] == ["**Dana:** Short again"]


async def test_words_that_become_a_note_are_taken_back(discord_: DiscordSimulator, frontdesk: Start) -> None:
    """Dana forgot the // and repairs it: what was internal must not stay with the customer."""
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    message = await case.agent("this customer is difficult")
    await discord_.edit(message, "// this customer is difficult")
    await discord_.wait_post(discord_.posts(case.place)[-1].id, lambda post: post.deleted)
    await us.settled()
    assert case.read == [ENGLISH.claimed_by("Dana")]


async def test_a_note_that_is_edited_stays_a_note(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    message = await case.agent("// difficult")
    await discord_.edit(message, "// a difficult one")
    await case.agent("Hello")
    assert case.read[1:] == ["**Dana:** Hello"]


# --- files -------------------------------------------------------------------------------------------


async def test_files_are_passed_on_or_linked_both_ways(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    await case.says("See", files=[Upload("wet.png", b"png")])
    assert "wet.png" in case.below[-1]
    assert "http" in case.below[-1] or discord_.posts(case.thread)[-1].body.get("attachments")
    await case.agent("", files=[Upload("label.pdf", b"pdf")])
    assert "label.pdf" in case.read[-1]
    assert "http" in case.read[-1] or discord_.posts(case.place)[-1].body.get("attachments")


# --- what fails --------------------------------------------------------------------------------------


async def test_words_to_a_customer_who_closed_their_dms_are_told_as_not_delivered_and_why(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    discord_.close_dms(ADA)
    message = await case.agent("Are you there?")
    told = discord_.posts(case.thread)[-1]
    assert told.reference == message
    head, _, tail = words.NOT_DELIVERED.partition("{why}")
    assert told.content.startswith(head)
    assert told.content.endswith(tail)
    # The reason is for an agent: in words, not an exception's name and a number alone.
    assert "direct messages" in told.content
    assert case.marks(message) == set()
    assert len(discord_.posts(TEAM)) == 1  # told once, where it was written
    discord_.close_dms(ADA, closed=False)
    assert case.marks(await case.agent("Hello again")) == {DELIVERED}


async def test_of_long_words_nothing_follows_a_part_that_failed(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    discord_.fail("POST", f"/channels/{case.place}/messages", status=403, code=50007)
    message = await case.agent("word " * 700)
    assert case.read == [ENGLISH.claimed_by("Dana")]
    assert case.marks(message) == set()
    assert len(case.below) == 1


async def test_words_to_a_thread_that_is_gone_are_told_as_not_delivered(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us, place=HELP)).claimed()
    discord_.fail("POST", f"/channels/{case.place}/messages", status=404, code=10003, times=None)
    message = await case.agent("Are you there?")
    assert discord_.posts(case.thread)[-1].reference == message
    assert case.marks(message) == set()


async def test_words_are_delivered_once_where_discord_asks_to_wait(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    for method, path in (
        ("PATCH", f"/channels/{TEAM}/messages/{{id}}"),
        ("POST", f"/channels/{case.place}/messages"),
        ("PUT", "/channels/{id}/messages/{id}/reactions/{id}/@me"),
    ):
        discord_.fail(method, path, retry_after=0.1, times=2)
    await case.press(CLAIM)
    message = await case.agent("Hello")
    assert case.read == [ENGLISH.claimed_by("Dana"), "**Dana:** Hello"]
    assert case.marks(message) == {DELIVERED}
    assert labels(case.card) == CLAIMED_BUTTONS


async def test_words_whose_answer_is_lost_are_delivered_once(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await (await called(discord_, us)).claimed()
    discord_.fail("POST", f"/channels/{case.place}/messages", drop=True, after=True)
    message = await case.agent("Hello")
    assert case.read[1:] == ["**Dana:** Hello"]
    assert case.marks(message) == {DELIVERED}
    await discord_.redeliver(message)
    await case.agent("And hello again")
    assert case.read[2:] == ["**Dana:** And hello again"]
