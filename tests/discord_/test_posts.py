"""What a post looks like on Discord, whom it may ping, and that it is made once whatever goes wrong."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.discord_.conftest import (
    ADA,
    AGENTS,
    BEN,
    HELP,
    MENTION,
    REFUND_ANSWER,
    REFUND_QUESTION,
    SHIPPING_ANSWER,
    SHIPPING_QUESTION,
    SUPPORT_ROLE,
    TEAM,
    Log,
    Start,
    model_settings,
    pings,
    texts,
)
from tests.discord_.play import called
from tests.simulators.discord import DiscordSimulator
from tests.simulators.model import ModelSimulator

MESSAGES = "/channels/{id}/messages"
NOBODY: tuple[list[str], list[str], bool] = ([], [], False)


# --- long and formatted ------------------------------------------------------------------------------


async def test_a_long_answer_comes_in_parts_in_order(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model))
    words = [f"word{number}" for number in range(1_000)]
    paragraphs = [" ".join(words[at : at + 50]) for at in range(0, 1_000, 50)]
    model.replies("\n\n".join(paragraphs))
    dm = discord_.open_dm(ADA)
    asked = await discord_.say(dm, ADA, "Everything, please")
    await discord_.wait_posts(dm, 1)
    await us.settled()
    parts = discord_.posts(dm)
    assert len(parts) > 3
    assert all(len(part.content) < 2_000 for part in parts)
    assert " ".join(texts(parts)).split() == words
    assert [part.reference for part in parts] == [asked] + [None] * (len(parts) - 1)


async def test_a_long_code_block_is_closed_and_opened_again(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model))
    lines = [f"print({number})" for number in range(400)]
    model.replies("Run this:\n\n```python\n" + "\n".join(lines) + "\n```\n\nThat is all.")
    thread = await discord_.say(HELP, ADA, f"{MENTION} How do I print?")
    await discord_.wait_posts(thread, 1)
    await us.settled()
    parts = texts(discord_.posts(thread))
    assert len(parts) > 2
    seen: list[str] = []
    for part in parts:
        assert len(part) < 2_000
        assert part.count("```") % 2 == 0
        for block in re.findall(r"```python\n(.*?)\n```", part, re.DOTALL):
            seen += block.split("\n")
    assert seen == lines
    assert parts[0].startswith("Run this:")
    assert parts[-1].endswith("That is all.")


async def test_a_short_answer_gets_no_fence_of_ours(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    await frontdesk(**model_settings(model))
    text = "Type this: ```sh\nmake chat\n```"  # Discord shows a code block here too
    model.replies(text)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, "How do I start it?")
    (answer,) = await discord_.wait_posts(dm, 1)
    assert answer.content.count("```") == 2


async def test_links_show_no_previews(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, "https://example.com: I want to talk to a human")
    await discord_.wait_posts(dm, 1)
    await us.settled()
    assert {post.flags for post in discord_.world.posts} == {4}  # SUPPRESS_EMBEDS


async def test_the_nonce_is_the_key_of_the_post(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk(agents=AGENTS)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_posts(dm, 1)
    await discord_.say(dm, ADA, "I want to talk to a human")
    await discord_.wait_posts(dm, 2)
    await us.settled()
    made = {post.nonce: f"discord:{post.channel_id}/{post.id}" for post in discord_.world.posts}
    assert len(made) == 4  # an answer, the card, its transcript, and what Ada hears
    assert made == dict(us.rows("SELECT key, ref FROM posts"))
    assert all(nonce and len(nonce) <= 25 for nonce in made)
    assert all(post.body["enforce_nonce"] is True for post in discord_.world.posts)


# --- whom it pings -----------------------------------------------------------------------------------


async def test_what_the_model_writes_pings_nobody(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    await frontdesk(**model_settings(model), threads=False)
    text = f"@everyone @here <@{BEN}> <@!{ADA}> <@&{SUPPORT_ROLE}>"
    model.replies(text)
    await discord_.say(HELP, ADA, f"{MENTION} Say my name")
    (answer,) = await discord_.wait_posts(HELP, 1)
    assert answer.content == text
    assert answer.allowed_mentions == {"parse": []}
    assert pings(discord_, answer.id) == NOBODY


@pytest.mark.parametrize(
    ("mention", "allowed", "reached"),
    [
        (f"<@&{SUPPORT_ROLE}>", {"parse": [], "roles": [SUPPORT_ROLE]}, ([], [str(SUPPORT_ROLE)], False)),
        (f"<@{BEN}>", {"parse": [], "users": [BEN]}, ([str(BEN)], [], False)),
        (f"<@!{BEN}>", {"parse": [], "users": [BEN]}, ([str(BEN)], [], False)),
        (None, {"parse": []}, NOBODY),
    ],
    ids=["role", "person", "person, old notation", "none set"],
)
async def test_only_the_agents_mention_pings_and_only_in_the_ping(
    discord_: DiscordSimulator,
    frontdesk: Start,
    mention: str | None,
    allowed: dict[str, object],
    reached: tuple[list[str], list[str], bool],
) -> None:
    await frontdesk(agents=AGENTS, agents_mention=mention)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, f"@everyone <@{ADA}> <@&6001> <@&{SUPPORT_ROLE}> get me a human please")
    (ping,) = await discord_.wait_posts(TEAM, 1)
    assert ping.content.startswith(mention or "**Ada**")
    assert ping.allowed_mentions == allowed
    assert pings(discord_, ping.id) == reached
    for post in await discord_.wait_posts(dm, 1):
        assert post.allowed_mentions == {"parse": []}
        assert pings(discord_, post.id) == NOBODY


async def test_a_customers_words_reach_the_agents_as_plain_text(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS, agents_mention=f"<@&{SUPPORT_ROLE}>")
    eve = 2500
    discord_.add_user(eve, "eve", "**Eve** [x](https://evil.example) @everyone")
    dm = discord_.open_dm(eve)
    # In code mentions stay as they were written; people see the name of any other.
    nasty = "# Big\n**bold** [your bank](https://evil.example) `<@&6001> ||psst||` <https://a.example>"
    await discord_.say(dm, eve, nasty + "\nI want to talk to a human")
    (ping,) = await discord_.wait_posts(TEAM, 1)
    await discord_.wait_posts(dm, 1)
    await us.settled()
    await discord_.say(dm, eve, nasty)
    transcript, relayed = await discord_.wait_posts(ping.id, 2)
    await us.settled()
    for post in (ping, transcript, relayed):
        assert r"\# Big" in post.content
        assert r"\*\*bold\*\* \[your bank\](https://evil.example)" in post.content
        assert "<@&6001>" not in post.content
        assert "<@&6001>" in post.content.replace("\\", "")
        assert r" \|\|psst\|\|\` \<https://a.example\>" in post.content
        assert r"**\*\*Eve\*\* \[x\](https://evil.example) @everyone" in post.content
    assert pings(discord_, ping.id) == ([], [str(SUPPORT_ROLE)], False)
    assert pings(discord_, transcript.id) == pings(discord_, relayed.id) == NOBODY


# --- effectively once --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "times": 5},
        {"status": 503, "times": 1},
        {"drop": True, "times": 1},
        {"status": 500, "times": 1},
        {"status": 503, "times": 3},
    ],
    ids=["500 for all tries", "503", "dropped", "500 once", "503 three times"],
)
@pytest.mark.parametrize("made", [True, False], ids=["made", "not made"])
async def test_a_post_whose_answer_is_lost_is_made_once(
    discord_: DiscordSimulator, frontdesk: Start, fault: dict[str, int], made: bool
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    broken = discord_.fail("POST", MESSAGES, after=made, **fault)  # type: ignore[arg-type]
    asked = await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_posts(dm, 1)
    await us.settled()
    (answer,) = discord_.posts(dm)
    assert (answer.reference, broken.hits > 0) == (asked, True)
    assert us.rows("SELECT state, ref FROM posts") == [("posted", f"discord:{dm}/{answer.id}")]


async def test_the_first_answer_in_a_thread_whose_answer_is_lost_is_made_once(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    discord_.fail("POST", "/channels/{id}/messages/{id}/threads", status=503)  # no thread
    discord_.fail("POST", "/channels/{id}/messages/{id}/threads", status=503, after=True)
    discord_.fail("POST", MESSAGES, drop=True, after=True)
    thread = await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(thread, 1)
    await us.settled()
    assert (len(discord_.posts(thread)), discord_.threads_of(HELP)) == (1, [thread])
    assert discord_.posts(HELP) == []


async def test_an_answer_in_place_of_a_refused_thread_is_made_once(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    discord_.fail("POST", "/channels/{id}/messages/{id}/threads", status=403, code=50013, times=None)
    discord_.fail("POST", MESSAGES, drop=True, after=True)
    await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(HELP, 1)
    await us.settled()
    assert len(discord_.posts(HELP)) == 1


async def test_the_same_words_said_before_are_not_taken_for_a_lost_answer(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    first = await discord_.say(dm, ADA, "Hi")
    await discord_.wait_posts(dm, 1)
    await us.settled()
    discord_.fail("POST", MESSAGES, drop=True)
    second = await discord_.say(dm, ADA, "Hello")
    await discord_.wait_call("POST", f"/channels/{dm}/messages", 2)
    await us.settled()
    assert [post.reference for post in discord_.posts(dm)] == [first, second]
    assert len(set(texts(discord_.posts(dm)))) == 1


async def test_the_same_words_passed_on_twice_reach_the_agents_twice(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(agents=AGENTS)
    case = await called(discord_, us)
    await case.says("ok")
    discord_.fail("POST", f"/channels/{case.thread}/messages", drop=True)
    await case.says("ok")
    assert case.below == ["**Ada:** ok"] * 2


@pytest.mark.parametrize("hours", [0, 3])
async def test_what_was_in_flight_at_the_end_is_not_posted_again(
    discord_: DiscordSimulator, frontdesk: Start, hours: int
) -> None:
    us = await frontdesk(shutdown_seconds=0)
    dm = discord_.open_dm(ADA)
    held = discord_.fail("POST", MESSAGES, hang=True, after=True)
    asked = await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_posts(dm, 1)
    await us.stop()
    held.release()
    assert us.rows("SELECT state FROM posts") == [("sending",)]
    if hours:  # away for longer than Discord remembers nonces
        discord_.nonce_window = 0
        us.age(hours * 3_600)

    us = await frontdesk()
    await us.settled()
    (answer,) = discord_.posts(dm)
    assert answer.reference == asked
    assert us.rows("SELECT state, ref FROM posts") == [("posted", f"discord:{dm}/{answer.id}")]


async def test_what_was_in_flight_in_place_of_a_refused_thread_is_not_posted_again(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(shutdown_seconds=0)
    discord_.fail("POST", "/channels/{id}/messages/{id}/threads", status=403, code=50013, times=None)
    held = discord_.fail("POST", MESSAGES, hang=True, after=True)
    await discord_.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_posts(HELP, 1)
    await us.stop()
    held.release()
    discord_.nonce_window = 0
    us.age(3 * 3_600)

    us = await frontdesk()
    await us.settled()
    (answer,) = discord_.posts(HELP)
    assert us.rows("SELECT state, ref FROM posts") == [("posted", f"discord:{HELP}/{answer.id}")]


async def test_what_was_not_made_before_the_end_is_posted_after_it(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(shutdown_seconds=0)
    dm = discord_.open_dm(ADA)
    discord_.fail("POST", MESSAGES, hang=True, drop=True)
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_call("POST", f"/channels/{dm}/messages")
    await us.stop()
    assert discord_.posts(dm) == []

    us = await frontdesk()
    await discord_.wait_posts(dm, 1)
    await us.settled()
    assert [text.startswith(REFUND_ANSWER) for text in texts(discord_.posts(dm))] == [True]


async def test_a_question_that_was_being_answered_at_the_end_is_answered_after_it(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model), shutdown_seconds=0)
    model.hold()
    thread = await discord_.say(HELP, ADA, f"{MENTION} Can I get a refund?")
    await model.wait_requests(1)
    await us.stop()
    assert us.rows("SELECT turn FROM messages") == [(None,)]
    model.release()

    us = await frontdesk(**model_settings(model))
    model.replies("Within some days.")
    assert texts(await discord_.wait_posts(thread, 1)) == ["Within some days."]
    await us.settled()
    assert len(us.said(thread)) == 2


async def test_a_rate_limit_is_waited_out(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    limited = discord_.fail("POST", MESSAGES, retry_after=0.05, times=2)
    dm = discord_.open_dm(ADA)
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_posts(dm, 1)
    await us.settled()
    assert (limited.hits, len(discord_.posts(dm))) == (2, 1)
    assert us.rows("SELECT state FROM posts") == [("posted",)]


async def test_a_place_that_is_stuck_holds_up_no_other(discord_: DiscordSimulator, frontdesk: Start) -> None:
    us = await frontdesk()
    slow, quick = discord_.open_dm(ADA), discord_.open_dm(BEN)
    held = discord_.fail("POST", f"/channels/{slow}/messages", hang=True)
    await discord_.say(slow, ADA, REFUND_QUESTION)
    await discord_.wait_call("POST", f"/channels/{slow}/messages")
    await discord_.say(quick, BEN, SHIPPING_QUESTION)
    (answer,) = await discord_.wait_posts(quick, 1)
    assert answer.content.startswith(SHIPPING_ANSWER)
    assert discord_.posts(slow) == []
    held.release()
    await discord_.wait_posts(slow, 1)
    await us.settled()


# --- typing ------------------------------------------------------------------------------------------


async def test_typing_is_shown_while_an_answer_is_made(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    await frontdesk(**model_settings(model))
    dm = discord_.open_dm(ADA)
    model.hold()
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_call("POST", f"/channels/{dm}/typing")
    thread = await discord_.say(HELP, BEN, f"{MENTION} {REFUND_QUESTION}")
    await discord_.wait_call("POST", f"/channels/{HELP}/typing")  # the thread is not there yet
    assert discord_.posts(dm) == discord_.posts(thread) == []
    model.release()
    await discord_.wait_posts(dm, 1)
    await discord_.wait_posts(thread, 1)
    model.hold()
    await discord_.say(thread, BEN, SHIPPING_QUESTION)
    await discord_.wait_call("POST", f"/channels/{thread}/typing")
    model.release()
    await discord_.wait_posts(thread, 2)


@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 500}, {"drop": True}, {"hang": True}])
async def test_typing_that_fails_changes_nothing(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start, log: Log, fault: dict[str, int]
) -> None:
    us = await frontdesk(**model_settings(model))
    broken = discord_.fail("POST", "/channels/{id}/typing", times=None, **fault)  # type: ignore[arg-type]
    dm = discord_.open_dm(ADA)
    model.hold()
    model.replies("Within some days.")
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_call("POST", f"/channels/{dm}/typing")
    model.release()
    assert texts(await discord_.wait_posts(dm, 1)) == ["Within some days."]
    await us.settled()
    assert broken.hits > 0
    assert [line for line in log.lines if "failed" in line or "could not" in line] == []


async def test_typing_ends_with_the_answer(
    discord_: DiscordSimulator, model: ModelSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(**model_settings(model))
    before = asyncio.all_tasks()
    dm = discord_.open_dm(ADA)
    model.hold()
    await discord_.say(dm, ADA, REFUND_QUESTION)
    await discord_.wait_call("POST", f"/channels/{dm}/typing")
    named = [task for task in asyncio.all_tasks() - before if "_type" in repr(task)]
    assert len(named) == 1
    model.release()
    await discord_.wait_posts(dm, 1)
    await us.settled()
    assert named[0].done()
