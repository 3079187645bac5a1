"""Slack: Bolt events in, Web API calls out."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bots.adapter import LIVELY_SECONDS, MOST_BEFORE, Inbox, take_in
from bots.overheard import Overheard
from bots.slack_before import Above, Us, has_replies, is_since, people_of, said_before
from bots.slack_blocks import ACTION
from bots.slack_checks import of_agents, of_scopes
from bots.slack_commands import SlackCommands
from bots.slack_connection import Connection, Me, new_app, who_am_i
from bots.slack_events import Heard, read, read_deletion, read_edit, read_reaction
from bots.slack_files import SlackFiles
from bots.slack_format import named, to_markdown
from bots.slack_home import SlackHome
from bots.slack_pane import entitle, may_need_title, opened, suggest
from bots.slack_posts import SlackPosts, spot
from bots.slack_presses import SlackPresses
from core.messages import IncomingMessage, SaidBefore
from core.settings import Settings

log = logging.getLogger(__name__)

_KINDS = "public_channel,private_channel,mpim,im"


class SlackBot(SlackPosts):
    """The adapter for Slack: Socket Mode with an app token, else HTTP."""

    def __init__(self, settings: Settings, inbox: Inbox) -> None:
        super().__init__()
        assert settings.slack_bot_token is not None
        self._settings = settings
        agents = settings.agents or ""
        self._desk = spot(agents).channel if agents.startswith("slack:") else None
        self._inbox = inbox
        self._token = settings.slack_bot_token.get_secret_value()
        self._me = Me()
        self._session: aiohttp.ClientSession | None = None
        self._connection = Connection(settings, inbox)
        self._overheard = Overheard(inbox.receive)
        # What is done with each kind of event before it is acknowledged; manifest.json subscribes to these.
        self.events: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "app_home_opened": self._home_opened,
            "app_mention": self._written,
            "assistant_thread_context_changed": self._pane_opened,
            "assistant_thread_started": self._pane_opened,
            "message": self._written,
            "reaction_added": self._thumbed,
            "reaction_removed": self._thumbed,
        }

    async def start(self) -> str:
        """Say who we are to Slack and begin to listen."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        url = str(self._settings.slack_api_url)
        # No retry handlers: the default one repeats a call whose connection broke, which posts twice.
        self._client = AsyncWebClient(self._token, base_url=url, session=self._session, retry_handlers=[])
        self._files = SlackFiles(self._client, self._session, self._token, url)
        self._me = await who_am_i(self._client)
        self._bot, self._team = self._me.user, self._me.team
        how = await self._connection.open(self._app())
        return f"Slack as @{self._me.name} in {self._me.workspace} ({how})"

    def _app(self) -> AsyncApp:
        app = new_app(self._settings, self._client, self._me)
        app.middleware(self._store_first)
        app.action(re.compile(f"^{ACTION}"))(SlackPresses(self._client, self._inbox, self._team).hear)
        threads = self._settings.threads
        commands = SlackCommands(
            self._client, self._inbox, self._team, self._bot, self._desk, threads=threads
        )
        commands.listen(app)
        self._home = SlackHome(self._client, self._inbox, commands, self._team, self._me.url)
        self._home.listen(app)
        # Every event needs a listener, or Slack is told that nobody wants it and sends it again.
        app.event(re.compile(".*"))(_nothing_more)
        return app

    async def stop(self) -> None:
        """Stop listening."""
        await self._connection.close()

    async def close(self) -> None:
        """Stop listening and end the session."""
        await self.stop()
        for task in self._background:
            task.cancel()
        if self._session:
            await self._session.close()

    @property
    def connected(self) -> bool:
        """Whether a socket is open; over HTTP whether we listen."""
        return self._connection.is_up

    async def check(self, agents: str | None) -> list[str]:
        """Return missing scopes and what is wrong with the agents' place."""
        problems = of_scopes(self._me.scopes)
        if agents and agents.startswith("slack:"):
            problems += await of_agents(self._client, agents)
        return problems

    # --- in ------------------------------------------------------------------------------------------

    async def _store_first(self, body: dict[str, Any], next: Callable[[], Awaitable[None]]) -> None:
        """Store what an event says before Bolt acknowledges it; raising means no acknowledgement."""
        if handle := self.events.get(str((body.get("event") or {}).get("type"))):
            # In channels shared with other companies the body may name one of theirs.
            await handle({**body, "team_id": self._team or body.get("team_id", "")})
        await next()

    async def _written(self, body: dict[str, Any]) -> None:
        """Take in what somebody wrote, edited or deleted."""
        threads = self._settings.threads
        # An edit may come before its message, or may be what first mentions us.
        heard = read(body, self._bot, threads=threads) or read_edit(body, self._bot, threads=threads)
        if heard:
            await self._hear(heard)
        elif deleted := read_deletion(body):
            await self._inbox.delete(deleted)

    async def _thumbed(self, body: dict[str, Any]) -> None:
        """Keep what a thumb on one of our posts says, or no longer says."""
        if reaction := read_reaction(body, self._bot):
            await self._inbox.react(reaction)

    async def _pane_opened(self, body: dict[str, Any]) -> None:
        """Greet who opens a thread in the assistant pane, once, and suggest what to ask."""
        if where := opened(body["event"]):
            prompts = await self._inbox.welcome(f"slack:{self._team}/{where.channel}/{where.thread}")
            self._begin(suggest(self._client, where, prompts))

    async def _home_opened(self, body: dict[str, Any]) -> None:
        """Bring somebody's Home tab up to date, after the acknowledgement: nothing is lost with it."""
        if body["event"].get("tab") == "home":
            self._begin(self._home.show(str(body["event"].get("user"))))

    async def _hear(self, heard: Heard) -> None:
        message, where = heard.message, spot(heard.message.conversation)
        is_first = may_need_title(message, where) and not await self._inbox.serves(message.conversation)
        in_thread = message.conversation != message.id
        if self._settings.threads and in_thread and not heard.addressed:
            self._overheard.keep(message)
        if ours := await self._for_us(heard):
            await take_in(self._inbox, self._overheard, ours)
            if is_first:
                self._begin(entitle(self._client, where, ours.text))

    async def _for_us(self, heard: Heard | None) -> IncomingMessage | None:
        if heard is None:
            return None
        message = heard.message
        # Without threads only those of cases are ours.
        conversation = message.conversation if self._settings.threads else ""
        ours = heard.addressed or await self._inbox.serves(conversation, message.answer_place)
        if not ours:
            return None
        if heard.people:
            message = replace(message, text=named(message.text, await self.names(heard.people)))
        # What agents write goes on to customers, who may be elsewhere.
        by_agent = spot(message.answer_place).channel == self._desk
        return replace(message, text=to_markdown(message.text)) if by_agent else message

    # --- reading back -----------------------------------------------------------------------------------

    async def places(self, since: float) -> list[str]:
        """Return the channels that we are in, and the threads in which something was said lately."""
        channels = []
        async for channel in self._pages("users_conversations", "channels", types=_KINDS, limit=200):
            channels.append(f"slack:{self._team}/{channel['id']}")
        known = await self._inbox.conversations(self.name, since - LIVELY_SECONDS)
        return channels + [place for place in known if spot(place).thread]

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        """Return what was said in a thread before a message: its opening, and the newest."""
        where, us = spot(place), Us(self._bot, self._me.bot)
        ts = message_id.rpartition("/")[2]
        above = Above(ts, MOST_BEFORE)
        async for message in self._messages(where, 0.0, latest=ts):
            above.take(message)
        names = await self.names(people_of(above.messages, us))
        return said_before(above.messages, f"slack:{self._team}/{where.channel}", us, names)

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        """Yield what people wrote to us in a channel or a thread since then, oldest first."""
        where = spot(place)
        # In direct messages people may go on below what was said long before.
        is_direct = where.channel.startswith("D") and where.thread is None
        found = self._messages(where, since - LIVELY_SECONDS if is_direct else since)
        for message in sorted([one async for one in found], key=lambda one: str(one["ts"])):
            event = {**message, "type": "message", "channel": where.channel}
            body = {"team_id": self._team, "event": event}
            heard = (
                read(body, self._bot, threads=self._settings.threads) if is_since(message, since) else None
            )
            if ours := await self._for_us(heard):
                yield ours
            if where.thread is None and has_replies(message, since):
                # A mention that was missed may have been followed up in its thread.
                async for reply in self.missed(f"{place}/{message['ts']}", since):
                    yield reply


async def _nothing_more() -> None:
    """All that is to be done with an event was done before it was acknowledged."""
