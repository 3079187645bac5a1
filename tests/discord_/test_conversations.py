"""Direct messages, mentions, threads and replies: who says what, what comes back, what is stored."""

from __future__ import annotations

import asyncio
import copy
import sqlite3
from itertools import count
from typing import Any

import pytest

from bots.recent import Recent
from core.messages import IncomingMessage, Press
from core.phrases import ENGLISH
from core.store import Receipt
from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    BILLING,
    GUILD,
    HELP,
    MENTION,
    OTHER_BOT,
    OWN_ROLE,
    REFUND_ANSWER,
    REFUND_QUESTION,
    SHIPPING_ANSWER,
    SHIPPING_QUESTION,
    Start,
    model_settings,
    texts,
)
from tests.simulators.discord import BOT_ID, DiscordSimulator, Permission
from tests.simulators.model import ModelSimulator

NO_THREADS = Permission.CREATE_PUBLIC_THREADS


def chat(request: Any) -> list[tuple[str, str]]:
    """The chat messages of a prompt, without what the system says."""
    return [(m["role"], m["content"]) for m in request.messages if m["role"] != "system"]


# --- direct messages ---------------------------------------------------------------------------------


async def test_a_direct_message_is_answered_and_kept(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    assert us.who == ["Discord as Frontdesk"]
    dm = discord_.open_dm(ADA)
    asked = await discord_.say(dm, ADA, REFUND_QUESTION)
    (answer,) = await discord_.wait_posts(dm, 1)
    assert answer.content.startswith(REFUND_ANSWER)
    assert answer.reference == asked
    await us.settled()
    assert us.said(dm) == [("customer", REFUND_QUESTION), ("assistant", answer.content)]
    assert us.rows("SELECT id, author, author_name FROM messages WHERE role = 'customer'") == [
        (f"discord:{dm}/{asked}", f"discord:{ADA}", "Ada")
    ]
    assert us.rows("SELECT state, ref FROM posts") == [("posted", f"discord:{dm}/{answer.id}")]


async def test_the_model_is_told_what_was_said_before(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    await frontdesk(**model_settings(model))
    dm = discord_.open_dm(ADA)
    model.replies("Within some days.")
    await discord_.say(dm, ADA, "Can I get a refund?")
    await discord_.wait_posts(dm, 1)
    model.replies("Yes, those too.")
    await discord_.say(dm, ADA, "And for gifts?")
    assert texts(await discord_.wait_posts(dm, 2)) == ["Within some days.", "Yes, those too."]
    assert chat(model.requests[1]) == [
        ("user", "Can I get a refund?"),
        ("assistant", "Within some days."),
        ("user", "And for gifts?"),
    ]


async def test_memory_outlives_a_restart(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model))
    dm = discord_.open_dm(ADA)
    model.replies("Hello Ada.")
    await discord_.say(dm, ADA, "My order is 4711.")
    await discord_.wait_posts(dm, 1)
    await us.stop()
    await frontdesk(**model_settings(model))
    model.replies("4711.")
    await discord_.say(dm, ADA, "Which order was it?")
    await discord_.wait_posts(dm, 2)
    assert chat(model.requests[1])[:2] == [("user", "My order is 4711."), ("assistant", "Hello Ada.")]


async def test_a_customer_who_takes_no_messages_costs_nobody_else_theirs(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    discord_.close_dms(ADA)
    closed, dm = discord_.open_dm(ADA), discord_.open_dm(BEN)
    await discord_.say(closed, ADA, REFUND_QUESTION)
    await discord_.say(dm, BEN, REFUND_QUESTION)
    await discord_.wait_posts(dm, 1)
    await us.settled()
    assert discord_.posts(closed) == []
    ((state, error),) = us.rows("SELECT state, error FROM posts WHERE place = ?", f"discord:{closed}")
    assert state == "failed"
    assert "50007" in error


# --- mentions and threads ----------------------------------------------------------------------------


async def test_a_mention_opens_a_thread_and_is_answered_in_it(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    asked = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    (answer,) = await discord_.wait_posts(asked, 1)
    assert answer.content.startswith(REFUND_ANSWER)
    assert discord_.threads_of(HELP) == [asked]
    assert discord_.world.channels[asked].name == REFUND_QUESTION
    assert discord_.posts(HELP) == []
    await us.settled()
    assert us.said(asked) == [("customer", REFUND_QUESTION), ("assistant", answer.content)]


async def test_in_its_thread_no_mention_is_needed(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model))
    model.replies("Within some days.")
    thread = await discord_.say(HELP, ADA, f"{MENTION} Can I get a refund?")
    await discord_.wait_posts(thread, 1)
    model.replies("Yes.")
    more = await discord_.say(thread, ADA, "And for gifts?")
    answers = await discord_.wait_posts(thread, 2)
    assert answers[1].reference == more
    assert chat(model.requests[1]) == [
        ("user", "Can I get a refund?"),
        ("assistant", "Within some days."),
        ("user", "And for gifts?"),
    ]
    await us.settled()
    assert len(us.said(thread)) == 4
    assert len(discord_.threads_of(HELP)) == 1


async def test_a_thread_is_still_served_after_a_restart(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await us.stop()
    await discord_.archive_thread(thread)
    await frontdesk()
    discord_.world.update_thread(discord_.world.channels[thread], archived=False)
    await discord_.say(thread, ADA, SHIPPING_QUESTION)
    answers = await discord_.wait_posts(thread, 2)
    assert answers[1].content.startswith(SHIPPING_ANSWER)


async def test_a_mention_of_our_own_role_counts(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    asked = await discord_.say(HELP, ADA, f"<@&{OWN_ROLE}> {REFUND_QUESTION}")
    (answer,) = await discord_.wait_posts(asked, 1)
    assert answer.content.startswith(REFUND_ANSWER)
    await us.settled()
    assert us.said(asked)[0] == ("customer", REFUND_QUESTION)


async def test_chatter_is_neither_answered_nor_stored(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    await discord_.say(HELP, ADA, REFUND_QUESTION)
    await discord_.say(HELP, BEN, f"@everyone <@{ADA}> Frontdesk <@&6000> {REFUND_QUESTION}")
    theirs = await discord_.start_thread(HELP, BEN, "Our own", REFUND_QUESTION)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, SHIPPING_QUESTION)
    await discord_.wait_posts(dm, 1)
    await us.settled()
    assert len(discord_.world.posts) == 1
    assert us.rows("SELECT DISTINCT conversation FROM messages") == [(f"discord:{dm}",)]
    assert us.rows("SELECT id FROM conversations") == [(f"discord:{dm}",)]
    assert discord_.threads_of(HELP) == [theirs]


async def test_a_mention_in_a_thread_of_others_is_answered_there_and_serves_it(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    thread = await discord_.start_thread(HELP, BEN, "Our own", "Who knows about refunds?")
    asked = await discord_.say(thread, BEN, f"{MENTION} {REFUND_QUESTION}")
    (answer,) = await discord_.wait_posts(thread, 1)
    assert answer.reference == asked
    await discord_.say(thread, ADA, SHIPPING_QUESTION)
    await discord_.wait_posts(thread, 2)
    await us.settled()
    assert [text for role, text in us.said(thread) if role == "customer"] == [
        REFUND_QUESTION,
        SHIPPING_QUESTION,
    ]


async def test_what_follows_a_mention_that_is_not_stored_yet_is_answered(
    discord_: DiscordSimulator, frontdesk: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = await frontdesk()
    thread = await discord_.start_thread(HELP, BEN, "Our own", "Who knows about refunds?")
    await discord_.say(thread, BEN, "Anybody?")
    add, tries = us.desk._store.add, count()

    async def add_locked(message: IncomingMessage, *more: Any) -> Receipt:
        if next(tries) == 0:
            raise sqlite3.OperationalError("database is locked")
        return await add(message, *more)

    monkeypatch.setattr(us.desk._store, "add", add_locked)
    await discord_.say(thread, BEN, f"{MENTION} {REFUND_QUESTION}")
    await discord_.say(thread, ADA, SHIPPING_QUESTION)
    async with asyncio.timeout(10):
        while us.messages() < 2:
            await asyncio.sleep(0.01)
    await us.settled()
    asked = [text for role, text in us.said(thread) if role == "customer"]
    assert asked == [REFUND_QUESTION, SHIPPING_QUESTION]
    assert len(discord_.posts(thread)) == 2


async def test_an_old_edit_that_comes_again_changes_nothing(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    asked = await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_posts(dm, 1)
    message = discord_.world.messages[asked]
    await discord_.edit(asked, "Older")
    older = copy.deepcopy(discord_.world.update_payload(message))
    await discord_.edit(asked, SHIPPING_QUESTION)
    discord_.world._tell(discord_.world.channels[dm], "MESSAGE_UPDATE", older)
    await discord_.say(dm, ADA, "And now?")
    await discord_.wait_posts(dm, 2)
    await us.settled()
    assert us.said(dm)[0] == ("customer", SHIPPING_QUESTION)


async def test_a_message_that_has_a_thread_already_is_answered_in_it(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    await frontdesk()
    asked = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}", deliver=False)
    discord_.world.start_thread(discord_.world.channels[HELP], BEN, "Quick", id=asked)
    await discord_.redeliver(asked)
    (answer,) = await discord_.wait_posts(asked, 1)
    assert answer.content.startswith(REFUND_ANSWER)
    assert discord_.world.channels[asked].name == "Quick"


async def test_a_thread_is_named_in_one_short_line(discord_: DiscordSimulator, frontdesk: Start) -> None:
    await frontdesk()
    asked = await discord_.say(HELP, ADA, f"{MENTION} How do I\nget a refund " + "for my order " * 20)
    await discord_.wait_posts(asked, 1)
    name = discord_.world.channels[asked].name
    assert name.startswith("How do I get a refund for my order for my order")
    assert name.endswith("…")
    assert len(name) == 80


async def test_a_mention_alone_is_greeted_in_a_thread(discord_: DiscordSimulator, frontdesk: Start) -> None:
    await frontdesk()
    asked = await discord_.say(HELP, ADA, MENTION)
    assert texts(await discord_.wait_posts(asked, 1)) == ["Hi! What can I help you with?"]
    assert discord_.world.channels[asked].name == "Question"


async def test_two_people_in_a_thread_are_told_apart(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    await frontdesk(**model_settings(model))
    model.replies("Within some days.")
    thread = await discord_.say(HELP, ADA, f"{MENTION} Can I get a refund?")
    await discord_.wait_posts(thread, 1)
    model.replies("You too.")
    await discord_.say(thread, BEN, "Me too?")
    await discord_.wait_posts(thread, 2)
    assert chat(model.requests[1]) == [
        ("user", "Can I get a refund?"),
        ("assistant", "Within some days."),
        ("user", "Ben (customer): Me too?"),
    ]


async def test_two_channels_are_never_mixed(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model), threads=False)
    for channel, secret in ((HELP, "apples"), (BILLING, "pears")):
        model.replies(f"I will keep {secret} in mind.")
        await discord_.say(channel, ADA, f"{MENTION} My word is {secret}.")
        await discord_.wait_posts(channel, 1)
    model.replies("apples")
    await discord_.say(HELP, ADA, f"{MENTION} What is my word?")
    await discord_.wait_posts(HELP, 2)
    assert "apples" in model.requests[2].text
    assert "pears" not in model.requests[2].text
    await us.settled()
    assert [text for _, text in us.said(BILLING)] == ["My word is pears.", "I will keep pears in mind."]
    assert len(us.said(HELP)) == 4


# --- answers in place --------------------------------------------------------------------------------


async def test_without_the_permission_for_threads_it_replies_in_place(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    discord_.add_channel(3200, GUILD, "no-threads", deny_bot=NO_THREADS)
    us = await frontdesk()
    asked = await discord_.say(3200, ADA, f"{MENTION} {REFUND_QUESTION}")
    (answer,) = await discord_.wait_posts(3200, 1)
    assert answer.reference == asked
    await discord_.say(3200, ADA, "Just chatting")
    again = await discord_.say(3200, ADA, f"{MENTION} {SHIPPING_QUESTION}")
    answers = await discord_.wait_posts(3200, 2)
    assert answers[1].reference == again
    await us.settled()
    assert [text for role, text in us.said(3200) if role == "customer"] == [
        REFUND_QUESTION,
        SHIPPING_QUESTION,
    ]
    assert discord_.calls_to("POST", "/threads") == []


async def test_a_thread_refused_at_its_creation_is_answered_in_place(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    await frontdesk()
    discord_.fail("POST", "/channels/{id}/messages/{id}/threads", status=403, code=50013, times=None)
    asked = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    (answer,) = await discord_.wait_posts(HELP, 1)
    assert (answer.reference, discord_.threads_of(HELP)) == (asked, [])


async def test_a_thread_that_was_refused_is_tried_again_later(
    discord_: DiscordSimulator, frontdesk: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.discord_threads.REFUSED_SECONDS", 0.0)
    us = await frontdesk(agents=AGENTS)
    discord_.fail("POST", "/channels/{id}/messages/{id}/threads", status=403, code=50013)
    asked = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    (answer,) = await discord_.wait_posts(HELP, 1)
    await us.settled()
    await discord_.press(answer.id, ADA, ENGLISH.label(Press.PERSON))
    await us.settled()
    assert discord_.threads_of(HELP) == [asked]
    assert texts(discord_.posts(asked))[-1] == ENGLISH.told


def test_only_so_much_is_remembered_for_so_long() -> None:
    three: Recent[int, str] = Recent(3)
    for number in (1, 2, 3, 1, 4):
        three.keep(number, str(number))
    assert [three.get(number) for number in (1, 2, 3, 4)] == ["1", None, "3", "4"]
    gone: Recent[int, str] = Recent(3, seconds=0.0)
    gone.keep(1, "1")
    assert gone.get(1) is None


async def test_a_long_answer_whose_thread_is_refused_comes_whole(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model))
    discord_.fail("POST", "/channels/{id}/messages/{id}/threads", status=403, code=50013, times=None)
    model.replies("\n\n".join(f"{number}. " + "word " * 300 for number in range(3)))
    await discord_.say(HELP, ADA, f"{MENTION} Tell me everything")
    await discord_.wait_call("POST", "/threads")
    await us.settled()
    assert [text[:2] for text in texts(discord_.posts(HELP))] == ["0.", "1.", "2."]


async def test_a_channel_that_is_full_of_threads_is_answered_in_place(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    too_many = "Maximum number of active threads reached (1000)"
    path = "/channels/{id}/messages/{id}/threads"
    discord_.fail("POST", path, status=400, code=160006, message=too_many, times=None)
    asked = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_call("POST", "/threads")
    await us.settled()
    assert [post.reference for post in discord_.posts(HELP)] == [asked]


async def test_without_threads_a_channel_is_one_conversation(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model), threads=False)
    model.replies("Within some days.")
    asked = await discord_.say(HELP, ADA, f"{MENTION} Can I get a refund?")
    (answer,) = await discord_.wait_posts(HELP, 1)
    assert answer.reference == asked
    await discord_.say(HELP, BEN, "I had the same once")
    model.replies("You too.")
    await discord_.say(HELP, BEN, f"{MENTION} Me too?")
    await discord_.wait_posts(HELP, 2)
    assert chat(model.requests[1]) == [
        ("user", "Ada (customer): Can I get a refund?"),
        ("assistant", "Within some days."),
        ("user", "Ben (customer): Me too?"),
    ]
    await us.settled()
    assert us.messages() == 2
    assert discord_.threads_of(HELP) == []


async def test_without_threads_a_thread_too_needs_a_mention(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(threads=False)
    thread = await discord_.start_thread(HELP, ADA, "Mine", f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await discord_.say(thread, ADA, "Thanks, all others")
    await discord_.say(thread, ADA, f"{MENTION} {SHIPPING_QUESTION}")
    await discord_.wait_posts(thread, 2)
    await us.settled()
    assert us.messages() == 2


@pytest.mark.parametrize("pings", [True, False])
async def test_a_reply_to_our_message_is_for_us(
    discord_: DiscordSimulator, frontdesk: Start, pings: bool
) -> None:
    us = await frontdesk(threads=False)
    await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    (answer,) = await discord_.wait_posts(HELP, 1)
    chatter = await discord_.say(HELP, BEN, "Nice")
    await discord_.say(HELP, BEN, "Indeed", reply_to=chatter)
    # Discord's clients let people switch the ping of a reply off.
    allowed = {"parse": [], "replied_user": pings}
    ours = discord_.world.messages[answer.id]
    reply = discord_.world.add_message(HELP, ADA, SHIPPING_QUESTION, reply_to=ours, allowed_mentions=allowed)
    assert [user["id"] for user in reply.payload["mentions"]] == [str(BOT_ID)] * pings
    discord_.world.announce(reply)
    answers = await discord_.wait_posts(HELP, 2)
    assert answers[1].reference == reply.id
    await us.settled()
    assert us.messages() == 2


# --- who is not answered, and nothing twice ----------------------------------------------------------


async def test_other_bots_webhooks_and_system_messages_are_ignored(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    await discord_.say(HELP, OTHER_BOT, f"{MENTION} {REFUND_QUESTION}")
    hook = discord_.world.add_message(HELP, ADA, f"{MENTION} {REFUND_QUESTION}", webhook_id="77")
    discord_.world.announce(hook)
    for kind in (7, 6, 8, 18, 20, 21, 24):  # a join, a pin, a boost, a thread, a command and so on
        notice = discord_.world.add_message(HELP, ADA, f"{MENTION} {REFUND_QUESTION}", type=kind)
        discord_.world.announce(notice)
    thread = await discord_.say(HELP, ADA, f"{MENTION} {SHIPPING_QUESTION}")
    await discord_.wait_posts(thread, 1)
    # The thread began with a message of type 21 by Ada, and we are served our own words as well.
    kinds = [m.payload["type"] for m in discord_.world.channels[thread].messages.values()]
    assert 21 in kinds
    await discord_.say(thread, OTHER_BOT, REFUND_QUESTION)
    await discord_.say(thread, ADA, REFUND_QUESTION)
    await discord_.wait_posts(thread, 2)
    await us.settled()
    assert (us.messages(), len(discord_.world.posts)) == (2, 2)


async def test_a_message_delivered_twice_is_answered_once(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    asked = await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.redeliver(asked)
    mention = await discord_.say(HELP, BEN, f"{MENTION} {REFUND_QUESTION}")
    await discord_.redeliver(mention)
    await discord_.wait_posts(dm, 1)
    await discord_.wait_posts(mention, 1)
    await us.settled()
    await us.stop()

    us = await frontdesk()
    await discord_.redeliver(asked)
    await discord_.redeliver(mention)
    await discord_.say(dm, ADA, SHIPPING_QUESTION)
    answers = await discord_.wait_posts(dm, 2)
    await us.settled()
    assert answers[1].content.startswith(SHIPPING_ANSWER)
    assert (len(discord_.posts(dm)), len(discord_.posts(mention))) == (2, 1)
    assert us.messages() == 3


# --- what people write -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["👩‍👩‍👧 does it ship? 🚚🎉", "هل يمكنني استرداد أموالي؟", "a\u0000b \u202ec", "```py\nprint(1)\n```"],
    ids=["emoji", "right to left", "odd characters", "code"],
)
async def test_any_words_reach_the_model_and_come_back_whole(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start, text: str
) -> None:
    us = await frontdesk(**model_settings(model))
    dm = discord_.open_dm(ADA)
    model.replies(text)
    await discord_.say(dm, ADA, text)
    assert texts(await discord_.wait_posts(dm, 1)) == [text]
    assert model.requests[0].last_user == text
    await us.settled()
    assert us.said(dm)[0] == ("customer", text)


async def test_four_thousand_characters_reach_the_model_whole(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model))
    text = ("Where is my parcel? " * 200)[:3_990] + "thank you!"
    dm = discord_.open_dm(ADA)
    model.replies("On its way.")
    await discord_.say(dm, ADA, text)
    assert texts(await discord_.wait_posts(dm, 1)) == ["On its way."]
    assert (len(text), model.requests[0].last_user) == (4_000, text)
    await us.settled()
    assert us.said(dm)[0] == ("customer", text)


async def test_mentions_are_read_as_names(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    news = 1_235_526_000_000_000_777  # discord.py takes nothing shorter for a channel's mention
    discord_.add_channel(news, GUILD, "news")
    await frontdesk(**model_settings(model), threads=False)
    model.replies("I see.")
    text = f"Hey {MENTION}, <@!{BEN}> of <@&6000> said in <#{news}> <:sad:123> <a:wave:9>"
    await discord_.say(HELP, ADA, text)
    await discord_.wait_posts(HELP, 1)
    assert model.requests[0].last_user == "Ada (customer): Hey , @Ben of @support said in #news :sad: :wave:"
