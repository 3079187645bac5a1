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

import bots.slack_posts
import bots.slack_sockets
import core.desk
import core.outbox
import core.worker
from bots.house import agents_of, open_house
from bots.serve import adapters_of, started, work_until
from bots.slack_bot import SlackBot
from bots.slack_format import to_slack
from core import words
from core.desk import Desk
from core.messages import Case, Press
from core.phrases import ENGLISH
from core.settings import Settings
from core.store import Store
from tests.given import settings_of
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import Post, Pressed, SlackSimulator

ANA = "U1"
BEN = "U2"
DANA = "U8"  # an agent
ELI = "U9"  # another one
HELP = "C1"  # a public channel where customers ask
SALES = "C2"  # another one
AGENTS = "C9"  # the agents' private channel; no customer is in it
TEAM = "<!subteam^S7>"  # what pings them
PERSON = "I want to talk to a human"
BOT = f"<@{SlackSimulator.bot_user_id}>"

# The labels of the buttons.
CLAIM, TAKE_OVER = words.LABELS[Press.CLAIM], words.LABELS[Press.TAKE_OVER]
RESOLVE, GIVE_BACK = words.LABELS[Press.RESOLVE], words.LABELS[Press.GIVE_BACK]
REOPEN = words.LABELS[Press.REOPEN]
SEND, SEND_OVER = words.LABELS[Press.SEND], words.LABELS[Press.SEND_OVER]
YES, NO = ENGLISH.label(Press.YES), ENGLISH.label(Press.NO)
GOOD, BAD = ENGLISH.label(Press.GOOD), ENGLISH.label(Press.BAD)

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

    async def presses(self, post: Post, user: str, button: str, **more: Any) -> Pressed:
        """Let somebody press a button of a post, and wait until all that comes of it has happened."""
        pressed = await self.slack.press(post.channel, post.ts, user, button, **more)
        assert pressed.acked, "not acknowledged in the time that Slack gives"
        await self.desk.settled()
        return pressed

    async def claimed(self, user: str = ANA, by: str = DANA) -> str:
        """Let a customer ask for a person and an agent claim the case; return the customer's thread."""
        ts = await self.hears(HELP, user, f"{BOT} {PERSON}")
        await self.presses(self.cards()[-1], by, CLAIM)
        return ts

    async def edits(self, channel: str, ts: str, text: str | None) -> None:
        """Let somebody edit what they wrote, or delete it, and wait until all that comes of it happened."""
        slack = self.slack
        event = await (slack.delete(channel, ts) if text is None else slack.edit(channel, ts, text))
        assert event
        await slack.wait_acked(event)
        await self.desk.settled()

    def cards(self) -> list[Post]:
        """Return the cards of the cases: what the bot posted in the agents' channel, outside of threads."""
        return [post for post in self.slack.posts(AGENTS) if post.thread_ts is None]

    @property
    def card(self) -> Post:
        """The only card that there is, as it is now."""
        [card] = self.cards()
        return card

    def below(self, card: Post | None = None) -> list[str]:
        """Return what the bot posted in the thread of a card, behind the transcript."""
        [transcript, *below] = self.said(AGENTS, (card or self.card).ts)
        assert transcript.startswith(to_slack(words.TRANSCRIPT))
        return below

    async def case(self) -> Case:
        """Return the newest case as it is stored."""
        return (await self.store.cases())[0]

    def steps(self) -> list[tuple[str, str, str]]:
        """Return the steps of all cases: the state, who did it, and why."""
        return self.rows("SELECT state, who, why FROM case_steps ORDER BY id")

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
    monkeypatch.setattr(bots.slack_posts, "SHOW_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(core.desk, "SETTLED_POLL_SECONDS", 0.005)
    handler = functools.partial(AsyncSocketModeHandler, ping_interval=0.1)
    monkeypatch.setattr(bots.slack_sockets, "AsyncSocketModeHandler", handler)
    # Nothing is encrypted here, and nobody reads the name that Bolt finds for itself in the sources.
    monkeypatch.setattr(ssl, "create_default_context", one_context)
    monkeypatch.setattr(inspect, "stack", short_stack)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    """A workspace with two customers, two agents, two public channels and the agents' private one."""
    async with SlackSimulator() as simulator:
        simulator.add_user(ANA, "ana")
        simulator.add_user(BEN, "ben")
        simulator.add_user(DANA, "dana")
        simulator.add_user(ELI, "eli")
        simulator.add_channel(HELP, "help")
        simulator.add_channel(SALES, "sales")
        simulator.add_channel(AGENTS, "agents", is_private=True, members=[DANA, ELI])
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
    (folder / "instructions.md").write_text(
        f'---\ncontact: "{CONTACT}"\n---\nBe kind.\nOrders: https://shop.example/?a=1&b=2\n', "utf-8"
    )
    for name, text in ARTICLES.items():
        (folder / "articles" / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def configure(slack: SlackSimulator, knowledge: Path, tmp_path: Path) -> Configure:
    """Build settings; a model is used if one is given, else articles are quoted."""

    def settings(model: ModelSimulator | None = None, **overrides: Any) -> Settings:
        values: dict[str, Any] = {
            "slack_bot_token": slack.bot_token,
            "slack_app_token": slack.app_token,
            "slack_api_url": slack.api_url,
            "knowledge_dir": knowledge,
            "index_dir": tmp_path / "index",
            "database": tmp_path / "frontdesk.db",
        }
        if model:
            values |= {"openai_api_key": model.api_key, "openai_base_url": model.base_url}
        given = {name: value for name, value in (values | overrides).items() if value is not None}
        return settings_of(**given)

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
                desk = Desk(store, house.answerer, house.counter, agents_of(settings), settings.turns_at_once)
                adapters = adapters_of(settings, desk)
                for adapter in adapters:
                    desk.connect(adapter)
                    stack.push_async_callback(adapter.close)
                [who] = await started(adapters)
                [bot] = adapters
                assert isinstance(bot, SlackBot)
                if settings.slack_app_token:
                    await slack.wait_connected(settings.slack_connections)
                work = asyncio.create_task(work_until(desk, adapters, stop, settings.shutdown_seconds))
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
    async with serve(model, agents=f"slack:{AGENTS}", agents_mention=TEAM) as frontdesk:
        yield frontdesk
