"""Frontdesk on a simulated Slack, assembled in process by the very functions that `frontdesk run` uses."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import sqlite3
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

import bots.slack_bot
import core.desk
import core.outbox
import core.worker
from bots.__main__ import _adapters, _started, _work, open_house
from bots.slack_bot import SlackBot
from core.desk import Desk
from core.outcome import Agents
from core.settings import Settings, load_settings
from core.store import Store
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator

ANA = "U1"
BEN = "U2"
HELP = "C1"  # a public channel where customers ask
SALES = "C2"  # another one
AGENTS = "C9"  # the agents' private channel
BOT = f"<@{SlackSimulator.bot_user_id}>"

CONTACT = "Please write to help@shop.example."
PARCEL = "Your parcel arrives within three working days."
REFUND = "We pay refunds within five working days."

ARTICLES = {
    "parcels.md": f"# Parcels\n\n## When does my parcel arrive?\n\n{PARCEL}\n",
    "refunds.md": f"# Refunds\n\n## When do I get my refund?\n\n{REFUND}\n",
}

one_context = functools.cache(ssl.create_default_context)
short_stack = functools.partial(inspect.stack, context=0)

Serve = Callable[..., AbstractAsyncContextManager["Frontdesk"]]
Configure = Callable[..., Settings]


@dataclass
class Frontdesk:
    """Frontdesk at work, with what tests do to it over and over."""

    slack: SlackSimulator
    settings: Settings
    store: Store
    desk: Desk
    bot: SlackBot
    who: str

    async def hears(self, channel: str, user: str, text: str, thread: str | None = None, **more: Any) -> str:
        """Let somebody write, wait until all that comes of it has happened, and return the ts."""
        ts = await self.slack.say(channel, user, text, thread, **more)
        await self.slack.wait_acked(ts)
        await self.desk.settled()
        return ts

    def said(self, channel: str, thread: str | None = None) -> list[str]:
        """Return the texts of the bot's posts in a channel, or in one of its threads."""
        return [post.text for post in self.slack.posts(channel, thread)]

    def stored(self) -> list[tuple[str, str, str]]:
        """Return every message that the database holds: conversation, role and text."""
        return self.rows("SELECT conversation, role, text FROM messages ORDER BY seq")

    def cases(self) -> list[tuple[str, str]]:
        """Return every case that the database holds: conversation and state."""
        return self.rows("SELECT conversation, state FROM cases ORDER BY id")

    def rows(self, query: str) -> list[Any]:
        """Ask the database file, past the store."""
        with contextlib.closing(sqlite3.connect(self.settings.database)) as db:
            return db.execute(query).fetchall()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits that production has for real networks; what happens after them is unchanged."""
    monkeypatch.setattr(core.outbox, "IN_FLIGHT_SECONDS", 0.0)
    monkeypatch.setattr(core.worker, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(bots.slack_bot, "SHOW_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(core.desk, "SETTLED_POLL_SECONDS", 0.005)
    handler = functools.partial(AsyncSocketModeHandler, ping_interval=0.1)
    monkeypatch.setattr(bots.slack_bot, "AsyncSocketModeHandler", handler)
    # Nothing is encrypted here, and nobody reads the name that Bolt finds for itself in the sources.
    monkeypatch.setattr(ssl, "create_default_context", one_context)
    monkeypatch.setattr(inspect, "stack", short_stack)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    """A workspace with Ana and Ben, two public channels and a private one for the agents."""
    async with SlackSimulator() as simulator:
        simulator.add_user(ANA, "ana")
        simulator.add_user(BEN, "ben")
        simulator.add_channel(HELP, "help")
        simulator.add_channel(SALES, "sales")
        simulator.add_channel(AGENTS, "agents", is_private=True)
        yield simulator


@pytest.fixture
async def model() -> AsyncIterator[ModelSimulator]:
    """A model that repeats the customer's last line unless a test scripts it."""
    async with ModelSimulator() as simulator:
        yield simulator


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A help centre of two articles."""
    folder = tmp_path / "knowledge"
    (folder / "articles").mkdir(parents=True)
    (folder / "instructions.md").write_text(f'---\ncontact: "{CONTACT}"\n---\nBe kind.\n', "utf-8")
    for name, text in ARTICLES.items():
        (folder / "articles" / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def configure(slack: SlackSimulator, knowledge: Path, tmp_path: Path) -> Configure:
    """Build settings as the environment would; a model is used if one is given, else articles are quoted."""

    def settings(model: ModelSimulator | None = None, **overrides: Any) -> Settings:
        values: dict[str, Any] = {
            "slack_bot_token": slack.bot_token,
            "slack_app_token": slack.app_token,
            "slack_api_url": slack.api_url,
            "knowledge_dir": knowledge,
            "database": tmp_path / "frontdesk.db",
        }
        if model:
            values |= {"openai_api_key": model.api_key, "openai_base_url": model.base_url}
        given = {name: value for name, value in (values | overrides).items() if value is not None}
        return load_settings(_env_file=None, **given)

    return settings


@pytest.fixture
def serve(slack: SlackSimulator, configure: Configure) -> Serve:
    """Serve Slack as `frontdesk run` does, until the context ends."""

    @contextlib.asynccontextmanager
    async def serving(model: ModelSimulator | None = None, **overrides: Any) -> AsyncIterator[Frontdesk]:
        settings = configure(model, **overrides)
        stop = asyncio.Event()
        store = await Store.open(settings.database)
        try:
            async with open_house(settings) as house, contextlib.AsyncExitStack() as stack:
                agents = Agents(settings.agents, settings.agents_mention or "") if settings.agents else None
                desk = Desk(store, house.answerer, house.counter, agents, settings.turns_at_once)
                adapters = _adapters(settings, desk)
                for adapter in adapters:
                    desk.connect(adapter)
                    stack.push_async_callback(adapter.close)
                [who] = await _started(adapters, stop)
                [bot] = adapters
                assert isinstance(bot, SlackBot)
                if settings.slack_app_token:
                    await slack.wait_connected()
                work = asyncio.create_task(_work(desk, adapters, stop, settings.shutdown_seconds))
                try:
                    yield Frontdesk(slack, settings, store, desk, bot, who)
                finally:
                    stop.set()
                    await work
        finally:
            await store.close()

    return serving


@pytest.fixture
async def quoting(serve: Serve) -> AsyncIterator[Frontdesk]:
    """Frontdesk without a model and without agents."""
    async with serve() as frontdesk:
        yield frontdesk


@pytest.fixture
async def modelled(serve: Serve, model: ModelSimulator) -> AsyncIterator[Frontdesk]:
    """Frontdesk with a model and with agents on Slack."""
    async with serve(model, agents=f"slack:{AGENTS}", agents_mention="<!subteam^S7>") as frontdesk:
        yield frontdesk
