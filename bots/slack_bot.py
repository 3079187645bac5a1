"""Slack: Bolt events in, Web API calls out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bots.adapter import ACK_SECONDS, Inbox, pressed
from bots.overheard import Overheard
from bots.slack_before import Above, Us, people_of, said_before
from bots.slack_blocks import ACTION, blocks, read_press
from bots.slack_commands import PREFIX, SlackCommands, whisper
from bots.slack_events import Heard, read, read_deletion, read_edit, read_reaction
from bots.slack_faults import FAULTS, asked, why
from bots.slack_files import SlackFiles
from bots.slack_format import named, to_markdown, to_slack
from bots.slack_home import publish, view
from bots.slack_http import EVENTS_PATH, Replays, listen
from bots.slack_pane import entitle, may_need_title, opened, suggest
from bots.slack_posts import SlackPosts, spot
from bots.slack_sockets import Sockets
from core import words
from core.faults import describe
from core.messages import Aside, Author, IncomingMessage, Press, SaidBefore
from core.settings import Settings

log = logging.getLogger(__name__)

# Threads in which something was said within this time are read back; 200 messages a page.
LIVELY_SECONDS = 14 * 86_400.0
# What was said before the bot was called: the core keeps no more.
MOST_BEFORE = 50
_KINDS = "public_channel,private_channel,mpim,im"

# What each permission is for; a missing one is told at start with these words.
SCOPES = {
    "app_mentions:read": "hear mentions",
    "channels:history": "read threads in public channels",
    "groups:history": "read threads in private channels",
    "im:history": "read direct messages",
    "mpim:history": "read group messages",
    "channels:read": "name public channels",
    "groups:read": "name private channels and check the agents' place",
    "im:read": "tell direct messages from channels",
    "mpim:read": "tell group messages from channels",
    "assistant:write": "suggest questions in the assistant pane and name its threads",
    "chat:write": "answer",
    "commands": "offer its slash command and its shortcut",
    "im:write": "go on in direct messages",
    "users:read": "know people's names",
    "team:read": "name the company of people who share a channel from another workspace",
    "files:read": "read what customers attach",
    "reactions:read": "hear thumbs on its answers",
    "reactions:write": "show that it works on an answer, and that an agent's words were delivered",
}


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
        self._bot_id = ""
        self._workspace = ""
        self._scopes: set[str] = set()
        self._session: aiohttp.ClientSession | None = None
        self._sockets: Sockets | None = None
        self._web: web.AppRunner | None = None
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

    # --- connecting ----------------------------------------------------------------------------------

    async def start(self) -> str:
        """Say who we are to Slack and begin to listen."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        # No retry handlers: the default one repeats a call whose connection broke, which posts twice.
        self._client = AsyncWebClient(
            self._token,
            base_url=str(self._settings.slack_api_url),
            session=self._session,
            retry_handlers=[],
        )
        self._files = SlackFiles(self._client, self._session, self._token, str(self._settings.slack_api_url))
        me = await self._who_am_i()
        self._bot, self._bot_id = me["user_id"], me.get("bot_id", "")
        self._team = me.get("team_id", "")
        self._workspace = me.get("url", "")
        if self._settings.slack_app_token:
            await self._start_socket(self._settings.slack_app_token.get_secret_value())
            how = "Socket Mode"
        else:
            await self._start_http()
            how = f"http://{self._settings.host}:{self._settings.port}{EVENTS_PATH}"
        return f"Slack as @{me.get('user', '?')} in {me.get('team', '?')} ({how})"

    async def _who_am_i(self) -> dict[str, Any]:
        response = await asked(
            self._client.auth_test(),
            "SLACK_BOT_TOKEN",
            "Copy the Bot User OAuth Token from your app's page, OAuth & Permissions.",
        )
        header = str(response.headers.get("x-oauth-scopes", ""))
        self._scopes = {scope.strip() for scope in header.split(",") if scope.strip()}
        found: dict[str, Any] = dict(response.data) if isinstance(response.data, dict) else {}
        return found

    def _app(self) -> AsyncApp:
        secret = self._settings.slack_signing_secret
        me = AuthorizeResult(
            enterprise_id=None,
            team_id=self._team,
            bot_token=self._token,
            bot_user_id=self._bot,
            bot_id=self._bot_id,
        )

        async def authorize() -> AuthorizeResult:
            return me

        app = AsyncApp(
            name="frontdesk",
            client=self._client,
            # Without this Bolt asks Slack who we are at the first event, and acknowledges it if that fails.
            authorize=authorize,
            signing_secret=secret.get_secret_value() if secret else None,
            request_verification_enabled=self._settings.slack_app_token is None,
            logger=logging.getLogger("slack_bolt"),
        )
        app.middleware(Replays().refuse)
        app.middleware(self._store_first)
        app.action(re.compile(f"^{ACTION}"))(self._pressed)
        SlackCommands(
            self._client,
            self._inbox,
            self._team,
            self._bot,
            self._desk,
            threads=self._settings.threads,
        ).listen(app)
        # Every event needs a listener, or Slack is told that nobody wants it and sends it again.
        app.event(re.compile(".*"))(_nothing_more)
        return app

    async def _start_socket(self, app_token: str) -> None:
        await asked(
            self._client.apps_connections_open(app_token=app_token),
            "SLACK_APP_TOKEN",
            "Make an App-Level Token with connections:write under Basic Information, and switch Socket "
            "Mode on.",
        )
        self._sockets = Sockets(
            self._app(),
            app_token,
            self._settings.slack_connections,
            lambda: self._inbox.reconnected(self.name),
        )
        await self._sockets.open()

    async def _start_http(self) -> None:
        async def works() -> None:
            await self._inbox.serves("")

        self._web = await listen(self._app(), self._settings.host, self._settings.port, works)

    async def stop(self) -> None:
        """Stop listening."""
        if self._sockets:
            await self._sockets.close()
            self._sockets = None
        if self._web:
            await self._web.cleanup()
            self._web = None

    async def close(self) -> None:
        """Stop listening and end the session."""
        await self.stop()
        for task in self._shown:
            task.cancel()
        if self._session:
            await self._session.close()

    async def check(self, agents: str | None) -> list[str]:
        """Return missing scopes and what is wrong with the agents' place."""
        problems = []
        if self._scopes and (missing := sorted(SCOPES.keys() - self._scopes)):
            listed = ", ".join(f"{scope} (to {SCOPES[scope]})" for scope in missing)
            problems.append(
                f"Slack: the app lacks {listed}. Add them under OAuth & Permissions and install it again."
            )
        if agents and agents.startswith("slack:"):
            problems += await self._check_agents(agents)
        return problems

    async def _check_agents(self, agents: str) -> list[str]:
        try:
            response = await self._client.conversations_info(channel=spot(agents).channel)
        except FAULTS as error:
            return [f"Slack: the agents' place {agents} can't be reached ({why(error)}). {_INVITE}"]
        channel = response.get("channel") or {}
        problems = []
        if not channel.get("is_private") and not channel.get("is_im"):
            problems.append(
                f"Slack: the agents' place {agents} is public; customers' words are read by everybody "
                "there. Use a private channel."
            )
        if channel.get("is_member") is False:
            problems.append(f"Slack: the bot is not in the agents' place {agents}. {_INVITE}")
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
            self._in_background(suggest(self._client, where, prompts))

    async def _home_opened(self, body: dict[str, Any]) -> None:
        """Bring somebody's Home tab up to date, after the acknowledgement: nothing is lost with it."""
        if body["event"].get("tab") == "home":
            self._in_background(self._show_home(str(body["event"].get("user"))))

    async def _show_home(self, user: str) -> None:
        try:
            home = await self._inbox.home(Author(f"slack:{self._team}/{user}"), PREFIX)
        except Exception as error:
            log.error("What the Home tab shows can't be told: %s", describe(error))
        else:
            await publish(self._client, user, view(home, self._workspace))

    async def _hear(self, heard: Heard) -> None:
        message, where = heard.message, spot(heard.message.conversation)
        is_first = may_need_title(message, where) and not await self._inbox.serves(message.conversation)
        in_thread = message.conversation != message.id
        if self._settings.threads and in_thread and not heard.addressed:
            self._overheard.keep(message)
        if ours := await self._for_us(heard):
            await self._inbox.receive(ours)
            await self._overheard.follow(ours)
            if is_first:
                self._in_background(entitle(self._client, where, ours.text))

    async def _pressed(
        self,
        body: dict[str, Any],
        ack: Callable[[], Awaitable[None]],
        respond: Callable[..., Awaitable[Any]],
    ) -> None:
        """Do what a button says and acknowledge it in time; the presser alone hears what there is to say."""
        press = read_press(body, self._team)
        pressing = asyncio.create_task(pressed(self._inbox, press)) if press else None
        if pressing:
            await asyncio.wait({pressing}, timeout=ACK_SECONDS)
        await ack()
        aside = await pressing if pressing else Aside(words.FAILED_PRESS)
        container = body.get("container") or {}
        if press and press.press in {Press.FORGET, Press.KEEP}:
            # They stand below what one person alone was told, maybe where the bot is not.
            await whisper(respond, aside, instead=bool(container.get("is_ephemeral")))
            return
        if not aside.text:
            return
        text, message = to_slack(aside.text), body.get("message") or {}
        with contextlib.suppress(*FAULTS):
            await self._client.chat_postEphemeral(
                channel=str(container.get("channel_id")),
                user=str((body.get("user") or {}).get("id")),
                thread_ts=container.get("thread_ts") or message.get("thread_ts"),
                text=text,
                blocks=blocks(text, aside.buttons) or None,
            )

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

    @property
    def connected(self) -> bool:
        """Whether a socket is open; over HTTP whether we listen."""
        return self._sockets.connected if self._sockets else self._web is not None

    async def places(self, since: float) -> list[str]:
        """Return the channels that we are in, and the threads in which something was said lately."""
        channels = []
        async for channel in self._pages("users_conversations", "channels", types=_KINDS, limit=200):
            channels.append(f"slack:{self._team}/{channel['id']}")
        known = await self._inbox.conversations(self.name, since - LIVELY_SECONDS)
        return channels + [place for place in known if spot(place).thread]

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        """Return what was said in a thread before a message: its opening, and the newest."""
        where, us = spot(place), Us(self._bot, self._bot_id)
        ts = message_id.rpartition("/")[2]
        above = Above(ts, MOST_BEFORE)
        async for message in self._messages(where, 0.0, latest=ts):
            above.take(message)
        names = await self.names(people_of(above.messages, us))
        return said_before(above.messages, f"slack:{self._team}/{where.channel}", us, names)

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        """Yield what people wrote to us in a channel or a thread since then, oldest first."""
        found = [message async for message in self._messages(spot(place), since)]
        for message in sorted(found, key=lambda message: str(message["ts"])):
            event = {**message, "type": "message", "channel": spot(place).channel}
            body = {"team_id": self._team, "event": event}
            if ours := await self._for_us(read(body, self._bot, threads=self._settings.threads)):
                yield ours
            if message.get("reply_count") and not spot(place).thread:
                # A mention that was missed may have been followed up in its thread.
                async for reply in self.missed(f"{place}/{message['ts']}", since):
                    yield reply


_INVITE = "Check AGENTS and invite the bot to that channel (/invite)."


async def _nothing_more() -> None:
    """All that is to be done with an event was done before it was acknowledged."""
