"""The four kinds of places that customers write in, spoken to in one way, to watch a reply grow there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.both.sides import plain
from tests.discord_.conftest import HELP, MENTION, Frontdesk
from tests.simulators.discord import DiscordSimulator
from tests.simulators.slack import SlackSimulator

SLACK_HELP = "C0HELP"


@dataclass(frozen=True)
class Grown:
    """A reply as people saw it, one text after the other; the last one is what stands there."""

    states: list[str]

    @property
    def text(self) -> str:
        return self.states[-1]


class Place(Protocol):
    """Where one customer writes."""

    async def asks(self, us: Frontdesk, text: str) -> str:
        """Let the customer write; return the message's id."""
        ...

    async def deletes(self, message: str) -> None:
        """Let the customer delete what they wrote."""
        ...

    async def answers(self, us: Frontdesk, text: str) -> None:
        """Let an agent write there."""
        ...

    def replies(self) -> list[Grown]:
        """Return what is to be read of us there, as it came to be."""
        ...

    def limit_shows(self) -> Callable[[], bool]:
        """Let the platform limit the next call that lets a reply grow; return what says that it did."""
        ...

    def break_shows(self) -> None:
        """Let the connection break after the next call that lets a reply grow."""
        ...


class SlackPlace:
    """A thread of a Slack channel, or a direct message."""

    def __init__(self, slack: SlackSimulator, customer: str, agent: str, *, threaded: bool) -> None:
        self.slack = slack
        self.channel = SLACK_HELP if threaded else slack.open_dm(customer)
        self.thread: str | None = None
        self._customer = customer
        self._agent = agent
        self._threaded = threaded

    async def asks(self, us: Frontdesk, text: str) -> str:
        if self._threaded and self.thread is None:
            text = f"<@{self.slack.bot_user_id}> {text}"
        ts = await self.slack.say(self.channel, self._customer, text, self.thread)
        if self._threaded and self.thread is None:
            self.thread = ts
        await self.slack.wait_acked(ts)
        return ts

    async def deletes(self, message: str) -> None:
        event = await self.slack.delete(self.channel, message)
        assert event
        await self.slack.wait_acked(event)

    async def answers(self, us: Frontdesk, text: str) -> None:
        ts = await self.slack.say(self.channel, self._agent, text, self.thread)
        await self.slack.wait_acked(ts)

    def replies(self) -> list[Grown]:
        posts = self.slack.posts(self.channel, self.thread)
        return [Grown([plain(text) for text in post.states]) for post in posts]

    @property
    def _shows(self) -> str:
        return "chat.appendStream" if self._threaded else "chat.update"

    def limit_shows(self) -> Callable[[], bool]:
        self.slack.fail(self._shows, status=429, retry_after=3600)
        before = len(self.slack.calls_to(self._shows))
        return lambda: len(self.slack.calls_to(self._shows)) > before

    def break_shows(self) -> None:
        self.slack.fail(self._shows, after=True)


class DiscordPlace:
    """A Discord thread, or a direct message."""

    def __init__(self, discord: DiscordSimulator, customer: int, agent: int, *, threaded: bool) -> None:
        self.discord = discord
        self.channel = HELP if threaded else discord.open_dm(customer)
        self._customer = customer
        self._agent = agent
        self._threaded = threaded

    async def asks(self, us: Frontdesk, text: str) -> str:
        opens = self._threaded and self.channel == HELP
        message = await self.discord.say(self.channel, self._customer, f"{MENTION} {text}" if opens else text)
        await us.received(message)
        if opens:
            self.channel = message
        return str(message)

    async def deletes(self, message: str) -> None:
        await self.discord.delete(int(message))

    async def answers(self, us: Frontdesk, text: str) -> None:
        await us.received(await self.discord.say(self.channel, self._agent, text))

    def replies(self) -> list[Grown]:
        if self.channel not in self.discord.world.channels:
            return []
        posts = [post for post in self.discord.posts(self.channel) if not post.deleted]
        return [Grown([plain(text) for text in (*post.edits, post.content)]) for post in posts]

    def limit_shows(self) -> Callable[[], bool]:
        fault = self.discord.fail("PATCH", "/channels/{id}/messages/{id}", retry_after=0.01)
        return lambda: fault.hits > 0

    def break_shows(self) -> None:
        self.discord.fail("PATCH", "/channels/{id}/messages/{id}", drop=True, after=True)
