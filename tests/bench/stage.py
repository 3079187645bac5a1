"""The simulators that one contestant is connected to, and people in them who ask and wait for the reply."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from aiohttp import web

from tests.simulators.discord import Call as DiscordCall
from tests.simulators.discord import DiscordSimulator
from tests.simulators.model import ModelSimulator
from tests.simulators.model_answers import Scripted, structured
from tests.simulators.model_requests import Request
from tests.simulators.slack import Call as SlackCall
from tests.simulators.slack import SlackSimulator

T = TypeVar("T")

REPLY_SECONDS = 60.0
PEOPLE = 200

QUESTIONS = (
    "How long do I have to return a sensor that I don't like?",
    "My sensor says it is offline since yesterday, what can I do?",
    "What does the family plan cost, and how many plants does it take?",
    "Where is my parcel? The tracking page has said the same for three days.",
    "Can I get an invoice with our VAT number on it?",
    "How do I change the batteries, and which ones do I need?",
    "My card was declined, will my plan end now?",
    "How do I share my plants with my sister?",
)
REPLY = (
    "You can send it back in the **first weeks** after delivery, as long as it is in working order:\n\n"
    "1. Open *Orders* in the app and choose the order.\n"
    "2. Choose **Return an item** and print the label.\n"
    "3. Drop the parcel at any *service point*.\n\n"
    "We refund the price some working days after it has arrived."
)


class Tap(list[T]):
    """A list that tells of what is added to it."""

    def __init__(self, heard: Callable[[T], None]) -> None:
        super().__init__()
        self._heard = heard

    def append(self, item: T) -> None:
        super().append(item)
        self._heard(item)


@dataclass(frozen=True)
class Spent:
    """How long the model had a request: from its arrival to the last byte of the answer."""

    began: float
    ended: float


class TimedModel(ModelSimulator):
    """The simulated model, which notes how long each request took; `delay` is how long it thinks."""

    def __init__(self) -> None:
        super().__init__()
        self.delay = 0.0
        self.rate_limits = {}  # what is measured is the bot, not how it keeps a server's limits
        self.spent: list[Spent] = []
        self.always(self._reply)

    def _reply(self, request: Request) -> Scripted:
        text = structured(REPLY) if "response_format" in request.body else REPLY
        return Scripted(text, delay=self.delay)

    async def _completions(self, raw: web.Request) -> web.StreamResponse:
        began = time.monotonic()
        try:
            return await super()._completions(raw)
        finally:
            self.spent.append(Spent(began, time.monotonic()))


class Room(Protocol):
    """A platform with PEOPLE in it, each in a direct message with the bot."""

    platform: str
    places: list[str]
    model: TimedModel

    @property
    def settings(self) -> dict[str, str]: ...

    async def ask(self, place: str, text: str) -> float:
        """Say something and return in how many seconds the reply was there."""
        ...

    async def ask_in_thread(self, place: str) -> Counter[str]:
        """Ask in a channel and then once more in the thread; return the calls of that second turn.

        Raises:
            TimeoutError: There was no reply.
        """
        ...

    def calls(self) -> Counter[str]:
        """How often each call was made since the last `forget`."""
        ...

    def forget(self) -> None:
        """Drop what was recorded."""
        ...


class _Waiting:
    def __init__(self) -> None:
        self._replies: dict[str, asyncio.Future[float]] = {}

    def expect(self, place: str) -> asyncio.Future[float]:
        self._replies[place] = asyncio.get_running_loop().create_future()
        return self._replies[place]

    def came(self, place: str, at: float) -> None:
        reply = self._replies.pop(place, None)
        if reply and not reply.done():
            reply.set_result(at)


class SlackRoom:
    platform = "slack"

    def __init__(self, slack: SlackSimulator, model: TimedModel) -> None:
        self.slack = slack
        self.model = model
        self._waiting = _Waiting()
        slack.calls = Tap(self._heard)
        self._people = {}
        for number in range(PEOPLE):
            user = slack.add_user(f"U{number:04}", f"customer{number}")
            self._people[slack.open_dm(user)] = user
        self.places = list(self._people)
        slack.add_channel("C1", "help")
        slack.add_channel("G1", "agents", is_private=True)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
        }

    def _heard(self, call: SlackCall) -> None:
        if call.method == "chat.postMessage":
            self._waiting.came(str(call.arguments["channel"]), call.at)

    async def ask(self, place: str, text: str) -> float:
        reply = self._waiting.expect(place)
        began = time.monotonic()
        await self.slack.say(place, self._people[place], text)
        return await asyncio.wait_for(reply, REPLY_SECONDS) - began

    async def ask_in_thread(self, place: str) -> Counter[str]:
        user = self._people[place]
        ts = await self.slack.say("C1", user, f"<@{self.slack.bot_user_id}> {QUESTIONS[0]}")
        await self.slack.wait_posts("C1", 1, thread_ts=ts)
        await asyncio.sleep(0.5)
        self.forget()
        await self.slack.say("C1", user, QUESTIONS[1], thread_ts=ts)
        await self.slack.wait_posts("C1", 2, thread_ts=ts)
        await asyncio.sleep(0.5)
        return self.calls()

    def calls(self) -> Counter[str]:
        return Counter(call.method for call in self.slack.calls)

    def forget(self) -> None:
        self.slack.calls.clear()
        self.slack.deliveries.clear()
        self.model.requests.clear()
        self.model.spent.clear()


class DiscordRoom:
    platform = "discord"

    def __init__(self, discord: DiscordSimulator, model: TimedModel) -> None:
        self.discord = discord
        self.model = model
        self._waiting = _Waiting()
        discord.rest.calls = Tap(self._heard)
        self._people = {}
        for user in range(5_000, 5_000 + PEOPLE):
            discord.add_user(user, f"customer{user}")
            self._people[str(discord.open_dm(user))] = user
        self.places = list(self._people)
        discord.add_guild(1, "Plants")
        discord.add_channel(3001, 1, "help")

    @property
    def settings(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
        }

    def _heard(self, call: DiscordCall) -> None:
        if call.method == "POST" and call.path.endswith("/messages"):
            self._waiting.came(call.path.split("/")[2], call.at)

    async def ask(self, place: str, text: str) -> float:
        reply = self._waiting.expect(place)
        began = time.monotonic()
        await self.discord.say(int(place), self._people[place], text)
        return await asyncio.wait_for(reply, REPLY_SECONDS) - began

    async def ask_in_thread(self, place: str) -> Counter[str]:
        user = self._people[place]
        thread = await self.discord.say(3001, user, f"<@1000> {QUESTIONS[0]}")
        await self.discord.wait_posts(thread, 1)
        await asyncio.sleep(0.5)
        self.forget()
        await self.discord.say(thread, user, QUESTIONS[1])
        await self.discord.wait_posts(thread, 2)
        await asyncio.sleep(0.5)
        return self.calls()

    def calls(self) -> Counter[str]:
        return Counter(f"{call.method} {_shape(call.path)}" for call in self.discord.calls)

    def forget(self) -> None:
        self.discord.calls.clear()
        self.model.requests.clear()
        self.model.spent.clear()


def _shape(path: str) -> str:
    return "/".join("…" if part.isdecimal() else part for part in path.split("/"))


@asynccontextmanager
async def stage(*platforms: str) -> AsyncIterator[tuple[dict[str, Room], dict[str, str]]]:
    """Set up simulators with people for one contestant; give the rooms, and its settings."""
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(TimedModel())
        settings = {"OPENAI_API_KEY": model.api_key, "OPENAI_BASE_URL": model.base_url}
        rooms: dict[str, Room] = {}
        if "slack" in platforms:
            rooms["slack"] = SlackRoom(await stack.enter_async_context(SlackSimulator()), model)
        if "discord" in platforms:
            rooms["discord"] = DiscordRoom(await stack.enter_async_context(DiscordSimulator()), model)
        for room in rooms.values():
            settings |= room.settings
        yield rooms, settings
