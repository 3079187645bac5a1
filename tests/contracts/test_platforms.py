"""What every platform must do, the tests' own stand-in included."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.discord_bot import DiscordBot
from bots.slack_bot import SlackBot
from bots.terminal_bot import TerminalBot
from core.messages import Author, IncomingMessage, Post
from core.outcome import new_key
from core.ports import Platform, Refused
from core.settings import load_settings
from tests.fakes import RecordingPlatform
from tests.simulators.discord import DiscordSimulator
from tests.simulators.slack import SlackSimulator


@dataclass
class Case:
    """A connected platform, a place on it, a place that is not there, and what people read in the place."""

    platform: Platform
    place: str
    nowhere: str
    read: Callable[[], list[str]]
    person: Author
    say: Callable[[str], Awaitable[str]] | None = None


class DeafInbox:
    """Takes nothing in; the contract is about what goes out and what is read back."""

    async def receive(self, message: IncomingMessage) -> bool:
        return True

    async def edit(self, id: str, text: str, at: float) -> None: ...

    async def delete(self, id: str) -> None: ...

    async def serves(self, conversation: str) -> bool:
        return False

    async def conversations(self, platform: str, since: float) -> list[str]:
        return []

    def reconnected(self, platform: str) -> None: ...


async def _slack() -> AsyncIterator[Case]:
    async with SlackSimulator() as slack:
        slack.add_user("U1", "Ana")
        dm = slack.open_dm("U1")
        settings = load_settings(
            _env_file=None,
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            slack_api_url=slack.api_url,
        )
        bot = SlackBot(settings, DeafInbox())
        await bot.start()

        async def say(text: str) -> str:
            return f"slack:T1/{dm}/{await slack.say(dm, 'U1', text, deliver=False)}"

        def read() -> list[str]:
            return [post.text for post in slack.posts(dm)]

        yield Case(bot, f"slack:T1/{dm}", "slack:T1/C404", read, Author("slack:T1/U1"), say)
        await bot.close()


async def _discord() -> AsyncIterator[Case]:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with DiscordSimulator() as discord:
        discord.add_user(2000, "ana", global_name="Ana")
        dm = discord.open_dm(2000)
        settings = load_settings(
            _env_file=None,
            discord_token=discord.token,
            discord_api_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
        )
        bot = DiscordBot(settings, DeafInbox())
        await bot.start()

        async def say(text: str) -> str:
            return f"discord:{dm}/{await discord.say(dm, 2000, text, deliver=False)}"

        def read() -> list[str]:
            return [post.content for post in discord.posts(dm)]

        yield Case(bot, f"discord:{dm}", "discord:404", read, Author("discord:2000", "Ana"), say)
        await bot.close()
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before[0], yarl.URL(before[1])


async def _terminal() -> AsyncIterator[Case]:
    shown: list[str] = []
    platform = TerminalBot(lambda _, text: shown.append(text))
    yield Case(platform, "terminal:chat", "", lambda: shown, Author("terminal:you", "Ana"))


async def _recording() -> AsyncIterator[Case]:
    platform = RecordingPlatform()
    platform.people["stub:ana"] = "Ana"
    yield Case(
        platform, "stub:help", "", lambda: [post.text for post in platform.posts], Author("stub:ana", "")
    )


MAKERS = {"slack": _slack, "discord": _discord, "terminal": _terminal, "recording": _recording}


@pytest.fixture(params=MAKERS)
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    async for made in MAKERS[request.param]():
        yield made


def a_post(place: str, text: str = "Five business days.") -> Post:
    return Post(new_key(), place, text)


async def test_a_post_is_read_and_has_a_reference_of_its_platform(case: Case) -> None:
    ref = await case.platform.post(a_post(case.place))
    assert case.read() == ["Five business days."]
    assert ref.startswith(f"{case.platform.name}:")


async def test_posts_have_references_of_their_own(case: Case) -> None:
    assert await case.platform.post(a_post(case.place)) != await case.platform.post(a_post(case.place))


async def test_a_post_of_the_longest_length_is_taken_whole(case: Case) -> None:
    text = "word " * (case.platform.limit // 5 - 1) + "end"
    await case.platform.post(a_post(case.place, text))
    assert case.read() == [text]


async def test_what_was_posted_is_found_and_what_was_not_is_not(case: Case) -> None:
    since = time.time()
    posted, other = a_post(case.place, "One."), a_post(case.place, "Two.")
    ref = await case.platform.post(posted)
    # A screen can't be read back.
    readable = case.platform.name != "terminal"
    assert await case.platform.find(posted, since, set()) == (ref if readable else None)
    assert await case.platform.find(other, since, set()) is None


async def test_a_post_is_not_taken_for_another_one_that_is_known(case: Case) -> None:
    since = time.time()
    first, second = a_post(case.place, "Hi!"), a_post(case.place, "Hi!")
    ref = await case.platform.post(first)
    assert await case.platform.find(second, since, {ref}) is None


async def test_a_place_that_is_not_there_is_refused(case: Case) -> None:
    if case.nowhere:  # on a screen and in the tests' stand-in every place is there
        with pytest.raises(Refused):
            await case.platform.post(a_post(case.nowhere))


async def test_what_only_decorates_never_raises(case: Case) -> None:
    for place in filter(None, (case.place, case.nowhere)):
        async with case.platform.working(place, f"{place}/1.1" if "slack" in place else f"{place}/1"):
            pass
        assert await case.platform.where(place)


async def test_people_are_called_by_their_names(case: Case) -> None:
    assert await case.platform.person(case.person) == "Ana"


async def test_what_was_missed_is_read_back_in_order_and_nothing_older(case: Case) -> None:
    if case.say is None:
        assert [message async for message in _missed(case, 0.0)] == []
        return
    since = time.time() - 60
    said = [await case.say("one"), await case.say("two")]
    missed = [message async for message in _missed(case, since)]
    assert [(message.id, message.text) for message in missed] == [(said[0], "one"), (said[1], "two")]
    assert [message.position for message in missed] == sorted(message.position for message in missed)
    assert [message async for message in _missed(case, time.time() + 60)] == []


async def _missed(case: Case, since: float) -> AsyncIterator[IncomingMessage]:
    for place in [case.place] if case.say else await case.platform.places(since):
        async for message in case.platform.missed(place, since):
            yield message
