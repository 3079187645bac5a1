"""Gaps that the siege and the state machine do not look into, each closed and held closed by a test."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import bots.discord_connection
from bots.adapter import Inbox
from bots.discord_bot import DiscordBot
from bots.slack_bot import SlackBot
from core import words
from core.desk import Desk
from core.knowledge import Library
from core.messages import Author, Press
from core.ports import Platform
from core.settings import Settings
from tests.crash.house import TEAM, Life, World
from tests.given import settings_of
from tests.simulators.discord import BOT_ID, DiscordSimulator
from tests.simulators.slack import SlackSimulator

SLACK, THREAD, DISCORD = "slack:T1/D1", "slack:T1/C1/17.1", "discord:700"
ANA, HELP = 2001, 3001


@contextlib.contextmanager
def locked(world: World) -> Any:
    """Let another program hold the database's write lock."""
    with contextlib.closing(sqlite3.connect(world.path, isolation_level=None, timeout=5)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield


# --- words that were taken back ----------------------------------------------------------------------


class _Gate:
    """Holds something up until it is opened."""

    def __init__(self, work: Callable[..., Awaitable[Any]]) -> None:
        self._work = work
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.reached.set()
        await self.open.wait()
        return await self._work(*arguments, **options)


async def test_deleted_words_leave_the_history_of_a_turn_under_way(
    life: Life, world: World, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await life.say(SLACK)
    await life.settled()
    gate = _Gate(library.read)
    monkeypatch.setattr(library, "read", gate)
    await life.say(SLACK)
    await gate.reached.wait()
    await life.desk.delete(first.id)
    gate.open.set()
    await life.settled()
    assert world.replies(SLACK) == ["Re n1v0.", "Re n2v0."]
    assert "w1v0" not in world.prompts[-1]


async def _under_way_for_the_third_time(life: Life, world: World) -> None:
    """Let a customer write three messages in a row, so that their turn does not begin again any more."""
    world.model_goes_on.clear()
    for count in (1, 2, 3):
        await life.say(SLACK)
        await world.until(lambda count=count: len(world.prompts) == count)  # type: ignore[misc]


async def test_an_edit_counts_until_the_answer_is_decided(life: Life, world: World) -> None:
    await _under_way_for_the_third_time(life, world)
    written = world.written[-1]
    written.edits.append(1)
    await life.edit(written, 1)
    world.model_goes_on.set()
    await life.settled()
    assert world.replies(SLACK) == ["Re n1v0 n2v0 n3v1."]


async def test_what_was_deleted_is_not_answered(life: Life, world: World) -> None:
    await _under_way_for_the_third_time(life, world)
    for written in world.written:
        await life.delete(written)
    world.model_goes_on.set()
    await life.settled()
    assert world.replies(SLACK) == []


@pytest.mark.parametrize("first", ["deleted", "resolved"])
async def test_words_that_were_taken_back_do_not_return_with_the_end_of_their_case(
    life: Life, world: World, first: str
) -> None:
    asked = world.write(SLACK, opening="I want to talk to a human, ")
    await life.deliver(asked)
    await life.settled()
    [card] = [made for made in world.posts if made.post.key and made.buttons]
    if first == "deleted":
        await life.delete(asked)
    await life.press(card.buttons[0].about, Press.RESOLVE, TEAM[0])
    if first == "resolved":
        await life.delete(asked)
    await life.say(SLACK)
    await life.settled()
    assert world.replies(SLACK)[-1] == "Re n2v0."
    assert "w1v0" not in world.prompts[-1]


async def test_an_edit_right_after_the_claim_counts(life: Life, world: World) -> None:
    claim = life.store.claim_all

    async def claimed_and_edited(*arguments: Any, **options: Any) -> Any:
        claimed = await claim(*arguments, **options)
        for turn in claimed.turns:
            if turn.newest.text == "w1v0":
                await life.desk.edit(turn.newest.id, "w1v1", 1.0)
        return claimed

    life.store.claim_all = claimed_and_edited  # type: ignore[method-assign]
    await life.say(SLACK)
    await life.settled()
    assert world.replies(SLACK) == ["Re n1v1."]


async def test_an_old_edit_that_is_delivered_again_changes_nothing(
    library: Library, world: World, slack: SlackSimulator
) -> None:
    async with on_slack(library, world, slack) as life:
        dm = slack.open_dm("U1")
        ts = await slack.say(dm, "U1", "w1v0")
        await slack.wait_posts(dm, 1)
        older = await slack.edit(dm, ts, "w1v1")
        newer = await slack.edit(dm, ts, "w1v2")
        assert older
        assert newer
        await slack.wait_acked(newer)
        await slack.redeliver(older)
        await slack.wait_acked(older, times=2)
        history = await life.store.history(f"slack:T1/{dm}")
        assert history[0].text == "w1v2"


async def test_an_edit_made_while_away_is_used(library: Library, world: World) -> None:
    life = await Life.begin(library, world)
    await life.say(SLACK)
    await life.settled()
    world.model_goes_on.clear()
    written = await life.say(SLACK)
    await world.until(lambda: len(world.prompts) == 2)
    await life.crash()
    written.version = 1
    world.model_goes_on.set()
    life = await Life.begin(library, world)
    await world.until(lambda: len(world.prompts) == 3)
    await life.settled()
    await life.end()
    assert world.replies(SLACK) == ["Re n1v0.", "Re n2v1."]


# --- a database that is locked -----------------------------------------------------------------------


async def test_a_lock_at_the_end_of_a_read_back_is_waited_out(life: Life, world: World) -> None:
    await life.say(DISCORD)
    await life.settled()
    saw = life.store.saw

    async def saw_locked(*arguments: Any) -> None:
        life.store.saw = saw  # type: ignore[method-assign]
        with locked(world):
            await saw(*arguments)

    life.store.saw = saw_locked  # type: ignore[method-assign, assignment]
    life.desk.reconnected("discord")
    await life.settled()
    assert "discord" in life.desk._attendance._caught_up


async def test_a_lock_is_no_failure_of_the_turn(
    life: Life, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember = life.store.remember_name
    locks = iter(range(3))

    async def remember_locked(author: Author) -> None:
        with locked(world) if next(locks, None) is not None else contextlib.nullcontext():
            await remember(author)

    life.store.remember_name = remember_locked  # type: ignore[method-assign]
    await life.say(SLACK)
    await life.settled()
    assert world.replies(SLACK) == ["Re n1v0."]


# --- the real adapters -------------------------------------------------------------------------------


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator() as slack:
        slack.add_user("U1", "ana")
        slack.add_channel("C1", "help")
        yield slack


@pytest.fixture
async def discord_() -> AsyncIterator[DiscordSimulator]:
    async with DiscordSimulator() as discord:
        discord.add_user(ANA, "ana")
        discord.add_guild(1, "Plants")
        discord.add_channel(HELP, 1, "help")
        yield discord


def _settings(**given: str) -> Settings:
    return settings_of(**given)


@contextlib.asynccontextmanager
async def on_slack(library: Library, world: World, slack: SlackSimulator) -> AsyncIterator[Life]:
    settings = _settings(
        slack_bot_token=slack.bot_token, slack_app_token=slack.app_token, slack_api_url=slack.api_url
    )
    async with _with(library, world, lambda desk: SlackBot(settings, desk)) as life:
        yield life


@contextlib.asynccontextmanager
async def on_discord(library: Library, world: World, discord: DiscordSimulator) -> AsyncIterator[Life]:
    settings = _settings(
        discord_token=discord.token,
        discord_api_url=discord.api_url,
        discord_gateway_url=discord.gateway_url,
    )
    async with _with(library, world, lambda desk: DiscordBot(settings, desk)) as life:
        yield life


@contextlib.asynccontextmanager
async def _with(
    library: Library, world: World, adapter: Callable[[Inbox], SlackBot | DiscordBot]
) -> AsyncIterator[Life]:
    async with contextlib.AsyncExitStack() as stack:

        async def started(desk: Desk) -> list[Platform]:
            made = adapter(desk)
            stack.push_async_callback(made.close)
            await made.start()
            return [made]

        life = await Life.begin(library, world, started)
        yield life
        await life.end()


async def test_what_followed_a_missed_mention_in_its_thread_is_read_back(
    library: Library, world: World, slack: SlackSimulator
) -> None:
    dm = slack.open_dm("U1")
    async with on_slack(library, world, slack):
        await slack.say(dm, "U1", "w1v0")
        await slack.wait_posts(dm, 1)
    ts = await slack.say("C1", "U1", f"<@{slack.bot_user_id}> w2v0", deliver=False)
    await slack.say("C1", "U1", "w3v0", thread_ts=ts, deliver=False)
    async with on_slack(library, world, slack) as life:
        await slack.wait_posts("C1", 1, thread_ts=ts)
        await life.settled()
        assert "n3v0" in " ".join(post.text for post in slack.posts("C1", ts))


async def test_a_message_that_overtakes_the_mention_of_its_thread_is_answered(
    library: Library, world: World, slack: SlackSimulator
) -> None:
    async with on_slack(library, world, slack) as life:
        ts = await slack.say("C1", "U1", f"<@{slack.bot_user_id}> w1v0", deliver=False)
        later = await slack.say("C1", "U1", "w2v0", thread_ts=ts)
        await slack.wait_acked(later)
        await slack.deliver_late("C1", ts)
        await slack.wait_posts("C1", 1, thread_ts=ts)
        await life.settled()
        assert "n2v0" in " ".join(post.text for post in slack.posts("C1", ts))


async def test_what_is_written_before_a_late_first_connection_is_read_back(
    library: Library, world: World, discord_: DiscordSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    dm = discord_.open_dm(ANA)
    async with on_discord(library, world, discord_):
        await discord_.say(dm, ANA, "w1v0")
        await discord_.wait_posts(dm, 1)
    await discord_.wait_gone()
    discord_.gateway.sessions.clear()
    discord_.refuse_connections = True
    monkeypatch.setattr(bots.discord_connection, "READY_SECONDS", 0.1)
    async with on_discord(library, world, discord_) as life:
        await life.settled()
        await discord_.say(dm, ANA, "w2v0")
        discord_.refuse_connections = False
        await discord_.wait_ready()
        await discord_.say(dm, ANA, "w3v0")
        await world.until(lambda: any("w3v0" in prompt for prompt in world.prompts))
        await life.settled()
        assert "n2v0" in " ".join(post.content for post in discord_.posts(dm))


async def test_a_deletion_that_meets_a_lock_is_not_forgotten(
    library: Library, world: World, discord_: DiscordSimulator
) -> None:
    dm = discord_.open_dm(ANA)
    async with on_discord(library, world, discord_) as life:
        message = await discord_.say(dm, ANA, "w1v0")
        await discord_.wait_posts(dm, 1)
        await life.settled()
        tried = asyncio.Event()
        delete = life.store.delete

        async def noticed(*arguments: Any) -> Any:
            try:
                return await delete(*arguments)
            finally:
                tried.set()

        life.store.delete = noticed  # type: ignore[method-assign, assignment]
        with locked(world):
            await discord_.delete(message)
            await tried.wait()
        await discord_.say(dm, ANA, "w2v0")
        await discord_.wait_posts(dm, 2)
        await life.settled()
        history = await life.store.history(f"discord:{dm}")
        assert history[0].text == words.DELETED


async def test_a_strangers_first_message_that_meets_a_lock_is_answered(
    library: Library, world: World, discord_: DiscordSimulator
) -> None:
    discord_.add_user(ANA + 1, "bo")
    known, stranger = discord_.open_dm(ANA), discord_.open_dm(ANA + 1)
    async with on_discord(library, world, discord_) as life:
        await discord_.say(known, ANA, "w1v0")
        await discord_.wait_posts(known, 1)
        await life.settled()
        tried = asyncio.Event()
        add = life.store.add

        async def noticed(*arguments: Any) -> Any:
            try:
                return await add(*arguments)
            finally:
                tried.set()

        life.store.add = noticed  # type: ignore[method-assign, assignment]
        with locked(world):
            await discord_.say(stranger, ANA + 1, "w2v0")
            await tried.wait()
        await discord_.say(known, ANA, "w3v0")
        await discord_.wait_posts(known, 2)
        await life.settled()
        assert [post.content for post in discord_.posts(stranger)] == ["Re n2v0."]


async def test_a_mention_on_discord_is_answered_in_a_thread(
    library: Library, world: World, discord_: DiscordSimulator
) -> None:
    async with on_discord(library, world, discord_):
        asked = await discord_.say(HELP, ANA, f"<@{BOT_ID}> w1v0")
        assert [post.content for post in await discord_.wait_posts(asked, 1)] == ["Re n1v0."]
