"""Frontdesk on a simulated Discord, put together as `bots/serve.py` puts it together."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.state import ConnectionState

from bots import house, serve
from bots.adapter import Adapter
from bots.discord_bot import DiscordBot
from bots.slack_bot import SlackBot
from core import outbox
from core.desk import Desk
from core.settings import Settings
from core.store import Store
from tests.given import settings_of
from tests.simulators.discord import BOT_ID, TOKEN, DiscordSimulator, Permission, Post
from tests.simulators.discord_world import Payload
from tests.simulators.discord_world import Role as WorldRole
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator

ADA, BEN, OTHER_BOT = 2000, 2001, 2900
DANA, EMIL = 2100, 2101
GUILD, HELP, BILLING, TEAM = 5000, 3000, 3001, 3100
SUPPORT_ROLE, OWN_ROLE = 6000, 6001
AGENTS = f"discord:{TEAM}"
MENTION = f"<@{BOT_ID}>"

CONTACT = "Please write to help@example.com."
REFUND_QUESTION = "How do I get a refund?"
REFUND_ANSWER = "Open Orders, choose the order and press Refund."
SHIPPING_QUESTION = "How long does shipping to Norway take?"
SHIPPING_ANSWER = "Parcels to Norway take nine days."
UNKNOWN_QUESTION = "Do you sponsor bicycle races?"

_ARTICLES = {
    "refunds.md": f"# Refunds\n\n## How to get a refund\n\n{REFUND_ANSWER}\n",
    "shipping.md": f"# Shipping\n\n## How long shipping takes\n\n{SHIPPING_ANSWER}\n",
    "passwords.md": "# Passwords\n\n## Reset your password\n\nPress Forgot password on the sign-in page.\n",
}


@dataclass
class Frontdesk:
    """Our side while it runs; `who` lists what its adapters said at their start."""

    settings: Settings
    desk: Desk
    adapters: list[Adapter]
    who: list[str]
    _leave: Callable[[], Awaitable[None]] = field(repr=False)

    @property
    def bot(self) -> DiscordBot:
        return next(adapter for adapter in self.adapters if isinstance(adapter, DiscordBot))

    @property
    def slack(self) -> SlackBot:
        return next(adapter for adapter in self.adapters if isinstance(adapter, SlackBot))

    async def settled(self) -> None:
        """Wait until all that was received is answered, and recorded as sent."""
        await asyncio.wait_for(self.desk.settled(), 10)

    async def stop(self) -> None:
        """Stop as SIGTERM does."""
        await self._leave()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the database, beside the store."""
        with closing(sqlite3.connect(self.settings.database)) as db:
            return db.execute(query, values).fetchall()

    def age(self, seconds: float) -> None:
        """Let all posts be older, while nobody runs."""
        query = "UPDATE posts SET created_at = created_at - ?, sending_since = sending_since - ?"
        self.change(query, seconds, seconds)

    def change(self, query: str, *values: object) -> None:
        """Write to the database, beside the store, while nobody runs."""
        with closing(sqlite3.connect(self.settings.database)) as db, db:
            db.execute(query, values)

    def said(self, conversation: int) -> list[tuple[str, str]]:
        """Role and text of a Discord conversation's messages, in the order in which they were stored.

        Without what was said before the bot was called.
        """
        query = "SELECT role, text FROM messages WHERE conversation = ? AND audience != 'before' ORDER BY seq"
        return self.rows(query, f"discord:{conversation}")

    def messages(self) -> int:
        """How many messages of customers are stored in all, as `said` counts them."""
        query = "SELECT count(*) FROM messages WHERE role = 'customer' AND audience != 'before'"
        return int(self.rows(query)[0][0])

    async def received(self, message_id: int) -> None:
        """Wait until a message is stored, be it a customer's or an agent's."""
        query = "SELECT 1 FROM messages WHERE id LIKE ?1 UNION ALL SELECT 1 FROM notes WHERE id LIKE ?1"
        await self.until(lambda: bool(self.rows(query, f"discord:%/{message_id}")))

    async def until(self, so: Callable[[], bool], timeout: float = 10) -> None:
        """Wait until something is so of the database."""
        async with asyncio.timeout(timeout):
            while not so():
                await asyncio.sleep(0.005)

    def cases(self) -> list[tuple[str, str]]:
        """State and reason of all cases."""
        return self.rows("SELECT state, reason FROM cases ORDER BY id")


Start = Callable[..., Coroutine[Any, Any, Frontdesk]]


class Hurried:
    """The module asyncio for a library that waits between its tries: its sleeps take no time."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(_: float) -> None:
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def _unhurt(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Restore what DiscordBot sets on discord.py, keep our environment out, and make waits short."""
    caplog.set_level(logging.CRITICAL, "discord")  # as `frontdesk` quiets its libraries
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr("discord.http.asyncio", Hurried())
    monkeypatch.setattr("discord.client.asyncio", Hurried())
    monkeypatch.setattr(outbox, "IN_FLIGHT_SECONDS", 0.0)
    monkeypatch.setattr("bots.discord_posts.SHOW_AFTER_SECONDS", 0.0)
    # The bot lets Discord have half a second to tell of its guilds; the simulator needs none.
    quick = property(lambda _: 0.02, lambda _, __: None)
    monkeypatch.setattr(ConnectionState, "guild_ready_timeout", quick, raising=False)


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    (folder / "articles").mkdir(parents=True)
    instructions = f'---\ncompany: Example\ncontact: "{CONTACT}"\n---\n\nBe short and kind.\n'
    (folder / "instructions.md").write_text(instructions, encoding="utf-8")
    for name, text in _ARTICLES.items():
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    return folder


def own_role(simulator: DiscordSimulator) -> None:
    """Give the bot the role that Discord makes for every bot, with the tag that says whose it is."""
    guild = simulator.world.guilds[GUILD]
    guild.roles[OWN_ROLE] = WorldRole(OWN_ROLE, "Frontdesk", Permission.NONE)
    guild.members[BOT_ID].append(OWN_ROLE)
    shown = simulator.world._role_payload

    def with_tags(role: WorldRole) -> Payload:
        tags = {"tags": {"bot_id": str(BOT_ID)}} if role.id == OWN_ROLE else {}
        return {**shown(role), **tags}

    simulator.world._role_payload = with_tags  # type: ignore[method-assign]


@pytest.fixture
async def discord_() -> AsyncIterator[DiscordSimulator]:
    """A server with #help, #billing and the team's private channel.

    Ada and Ben are customers; Dana and Emil have the role that may see the channel: they are agents.
    """
    async with DiscordSimulator() as simulator:
        simulator.add_user(ADA, "ada", "Ada")
        simulator.add_user(BEN, "ben", "Ben")
        simulator.add_user(DANA, "dana", "Dana")
        simulator.add_user(EMIL, "emil", "Emil")
        simulator.add_user(OTHER_BOT, "weather", bot=True)
        simulator.add_guild(GUILD, "Example")
        simulator.add_role(GUILD, SUPPORT_ROLE, "support", members=[DANA, EMIL])
        own_role(simulator)
        simulator.add_channel(HELP, GUILD, "help")
        simulator.add_channel(BILLING, GUILD, "billing")
        simulator.add_channel(TEAM, GUILD, "team", private=True, roles=[SUPPORT_ROLE])
        yield simulator


@pytest.fixture
async def model() -> AsyncIterator[ModelSimulator]:
    async with ModelSimulator() as simulator:
        yield simulator


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator() as simulator:
        yield simulator


def slack_settings(simulator: SlackSimulator) -> dict[str, Any]:
    return {
        "slack_bot_token": simulator.bot_token,
        "slack_app_token": simulator.app_token,
        "slack_api_url": simulator.api_url,
    }


def model_settings(simulator: ModelSimulator) -> dict[str, Any]:
    return {"openai_api_key": simulator.api_key, "openai_base_url": simulator.base_url}


@pytest.fixture
def settings(discord_: DiscordSimulator, knowledge: Path, tmp_path: Path) -> Callable[..., Settings]:
    """Settings for the simulated Discord; without a model the articles are quoted."""

    def make(**others: Any) -> Settings:
        ours = {
            "discord_token": TOKEN,
            "discord_api_url": discord_.api_url,
            "discord_gateway_url": discord_.gateway_url,
            "knowledge_dir": knowledge,
            "index_dir": tmp_path / "index",
            "database": tmp_path / "frontdesk.db",
        }
        return settings_of(**{**ours, **others})

    return make


@pytest.fixture
async def frontdesk(settings: Callable[..., Settings]) -> AsyncIterator[Start]:
    """Start our side; each one that a test has not stopped is stopped at the end.

    With `known=False` it may be that Discord has not told of its channels yet.
    """
    running: list[Frontdesk] = []

    async def start(*, known: bool = True, **others: Any) -> Frontdesk:
        running.append(await _start(settings(**others), known=known))
        return running[-1]

    yield start
    for one in running:
        await one.stop()


async def _start(settings: Settings, *, known: bool) -> Frontdesk:
    stack = AsyncExitStack()
    try:
        desk, adapters, who = await stack.enter_async_context(_serving(settings, known=known))
    except BaseException:
        await stack.aclose()
        raise
    return Frontdesk(settings, desk, adapters, who, stack.aclose)


@asynccontextmanager
async def _serving(
    settings: Settings, *, known: bool
) -> AsyncIterator[tuple[Desk, list[Adapter], list[str]]]:
    async with AsyncExitStack() as stack:
        store = await Store.open(settings.database)
        stack.push_async_callback(store.close)
        home = await stack.enter_async_context(house.open_house(settings))
        desk = house.desk_for(settings, store, home, house.agents_of(settings))
        adapters = serve.adapters_of(settings, desk)
        for adapter in adapters:
            desk.connect(adapter)
            stack.push_async_callback(adapter.close)
        stop = asyncio.Event()
        who = await serve.started(adapters)
        for adapter in adapters:
            if known and isinstance(adapter, DiscordBot):
                await guilds_known(adapter)
        working = asyncio.create_task(serve.work_until(desk, adapters, stop, settings.shutdown_seconds))
        try:
            yield desk, adapters, who
        finally:
            stop.set()
            await working


async def guilds_known(bot: DiscordBot) -> None:
    """Wait until the bot was told of its guilds' channels."""
    async with asyncio.timeout(10):
        while not bot._client.guilds or any(guild.unavailable for guild in bot._client.guilds):
            await asyncio.sleep(0)


class Log(logging.Handler):
    """What was logged; `wait_for` waits for a line with some words."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self._more.set()

    def with_words(self, words: str) -> list[str]:
        return [line for line in self.lines if words in line]

    async def wait_for(self, words: str) -> None:
        async with asyncio.timeout(10):
            while not self.with_words(words):
                self._more.clear()
                await self._more.wait()


@pytest.fixture
async def log() -> AsyncIterator[Log]:
    """What our side logs (not its libraries)."""
    handler = Log()
    loggers = [logging.getLogger(name) for name in ("bots", "core", "frontdesk")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield handler
    for logger, level in zip(loggers, before, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def texts(posts: Sequence[Post]) -> list[str]:
    """What posts say."""
    return [post.content for post in posts]


def pings(simulator: DiscordSimulator, message_id: int) -> tuple[list[str], list[str], bool]:
    """Whom a message reached: users, roles, everyone."""
    shown = simulator.world.messages[message_id].payload
    return [user["id"] for user in shown["mentions"]], shown["mention_roles"], shown["mention_everyone"]
