"""Slack: Bolt events in, Web API calls out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bots.adapter import Inbox, StartFailed
from bots.overheard import Overheard
from bots.slack_events import Heard, read, read_deletion, read_edit
from bots.slack_faults import asked, trouble, why
from bots.slack_format import to_slack
from core.messages import Author, IncomingMessage, Post
from core.ports import TryLater, Unknown
from core.settings import Settings

log = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
METADATA_TYPE = "frontdesk_post"
# Threads in which something was said within this time are read back; 200 messages a page.
LIVELY_SECONDS = 14 * 86_400.0
MAX_PAGES = 50
# An answer that is there before needs no sign that it is being made.
SHOW_AFTER_SECONDS = 0.7
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
    "chat:write": "answer",
    "users:read": "know people's names",
    "reactions:write": "show that it works on an answer where there is no thread",
}


@dataclass(frozen=True, slots=True)
class _Spot:
    channel: str
    thread: str | None


def spot(place: str) -> _Spot:
    """Return where `slack:T1/C1/171.22`, `slack:T1/C1` or `slack:C1` is."""
    parts = place.removeprefix("slack:").split("/")
    if len(parts) == 1:
        return _Spot(parts[0], None)
    return _Spot(parts[1], parts[2] if len(parts) > 2 else None)


class SlackBot:
    """The adapter for Slack: Socket Mode with an app token, else HTTP."""

    name = "slack"
    limit = 3_000

    def __init__(self, settings: Settings, inbox: Inbox) -> None:
        assert settings.slack_bot_token is not None
        self._settings = settings
        self._inbox = inbox
        self._token = settings.slack_bot_token.get_secret_value()
        self._bot = ""
        self._team = ""
        self._bot_id = ""
        self._hellos = 0
        self._scopes: set[str] = set()
        self._session: aiohttp.ClientSession | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._web: web.AppRunner | None = None
        self._shown: set[asyncio.Task[None]] = set()
        self._overheard = Overheard(inbox.receive)

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
        me = await self._who_am_i()
        self._bot, self._bot_id = me["user_id"], me.get("bot_id", "")
        self._team = me.get("team_id", "")
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
        app.middleware(self._store_first)
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
        self._socket = AsyncSocketModeHandler(self._app(), app_token)
        self._socket.client.message_listeners.append(self._greeted)
        await self._socket.connect_async()

    async def _start_http(self) -> None:
        server = self._app().server(port=self._settings.port, path=EVENTS_PATH, host=self._settings.host)
        self._web = web.AppRunner(server.web_app, access_log=None)
        await self._web.setup()
        try:
            await web.TCPSite(self._web, self._settings.host, self._settings.port).start()
        except OSError as error:
            raise StartFailed(
                f"HOST:PORT {self._settings.host}:{self._settings.port} can't be listened on "
                f"({error.strerror}). Choose a free PORT."
            ) from error

    async def stop(self) -> None:
        """Stop listening."""
        if self._socket:
            await self._socket.close_async()
            self._socket = None
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
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
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
        threads = self._settings.threads
        # An edit may come before its message, or may be what first mentions us.
        heard = read(body, self._bot, threads=threads) or read_edit(body, self._bot, threads=threads)
        if heard:
            await self._hear(heard)
        elif deleted := read_deletion(body):
            await self._inbox.delete(deleted)
        await next()

    async def _hear(self, heard: Heard) -> None:
        message = heard.message
        in_thread = message.conversation != message.id
        if self._settings.threads and in_thread and not heard.addressed:
            self._overheard.keep(message)
        if await self._for_us(heard):
            if not await self._inbox.receive(message) and message.edited_at:
                await self._inbox.edit(message.id, message.text, message.edited_at)
            await self._overheard.follow(message)

    async def _for_us(self, heard: Heard | None) -> IncomingMessage | None:
        if heard is None:
            return None
        ours = heard.addressed or (
            self._settings.threads and await self._inbox.serves(heard.message.conversation)
        )
        return heard.message if ours else None

    async def _greeted(self, client: object, message: dict[str, Any], raw: str | None) -> None:
        """Hear Slack's hello: the first one belongs to the start, every later one to a new connection."""
        if message.get("type") == "hello":
            self._hellos += 1
            if self._hellos > 1:
                self._inbox.reconnected(self.name)

    @property
    def connected(self) -> bool:
        """Whether a socket is open; over HTTP whether we listen."""
        if self._socket is None:
            return self._web is not None
        session = self._socket.client.current_session
        return session is not None and not session.closed

    async def places(self, since: float) -> list[str]:
        """Return the channels that we are in, and the threads in which something was said lately."""
        channels = []
        async for channel in self._pages("users_conversations", "channels", types=_KINDS, limit=200):
            channels.append(f"slack:{self._team}/{channel['id']}")
        known = await self._inbox.conversations(self.name, since - LIVELY_SECONDS)
        return channels + [place for place in known if spot(place).thread]

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

    def _messages(self, where: _Spot, since: float, **options: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield what stands in a channel or a thread since then, in Slack's order."""
        arguments = {"channel": where.channel, "oldest": f"{since:.6f}", "limit": 200, **options}
        if where.thread:
            return self._pages("conversations_replies", "messages", ts=where.thread, **arguments)
        return self._pages("conversations_history", "messages", **arguments)

    async def _pages(self, method: str, what: str, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield the entries of all pages of a Web API method that reads.

        Raises:
            TryLater: Slack could not be asked.
            Refused: Slack says no.
        """
        cursor = None
        for _ in range(MAX_PAGES):
            try:
                page = await getattr(self._client, method)(cursor=cursor, **arguments)
            except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
                fault = trouble(error)
                raise TryLater(str(fault)) if isinstance(fault, Unknown) else fault from error
            for entry in page.get(what) or []:
                yield entry
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    # --- out -----------------------------------------------------------------------------------------

    async def post(self, post: Post) -> str:
        """Post with metadata that `find` recognises; nothing in the text can ping but the mention."""
        where = spot(post.place)
        text = to_slack(post.text)
        try:
            response = await self._client.chat_postMessage(
                channel=where.channel,
                thread_ts=where.thread,
                text=f"{post.mention} {text}" if post.mention else text,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": METADATA_TYPE, "event_payload": {"key": post.key}},
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise trouble(error) from error
        return f"slack:{where.channel}/{response['ts']}"

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        """Look for the post's key in the metadata of what was posted there."""
        where = spot(post.place)
        async for message in self._messages(where, since - 60, include_all_metadata=True):
            if _key(message) == post.key:
                return f"slack:{where.channel}/{message['ts']}"
        return None

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        """Show a status in threads, an eyes reaction elsewhere, once an answer takes a moment."""
        where, ts = spot(place), message_id.rpartition("/")[2]
        shown: list[asyncio.Task[None]] = []
        later = asyncio.get_running_loop().call_later(
            SHOW_AFTER_SECONDS, lambda: shown.append(self._in_background(self._show(where, ts)))
        )
        try:
            yield
        finally:
            later.cancel()
            if shown and where.thread is None:
                self._in_background(self._unshow(shown[0], where, ts))
            elif shown:
                # Slack clears the status with the reply; one that came after it would stay.
                await asyncio.wait(shown, timeout=1.0)

    async def _show(self, where: _Spot, ts: str) -> None:
        if where.thread:
            await self._client.assistant_threads_setStatus(
                channel_id=where.channel, thread_ts=where.thread, status="is looking it up…"
            )
        else:
            await self._client.reactions_add(channel=where.channel, timestamp=ts, name="eyes")

    async def _unshow(self, show: asyncio.Task[None], where: _Spot, ts: str) -> None:
        await asyncio.wait({show})  # or the reaction could come after its removal
        await self._client.reactions_remove(channel=where.channel, timestamp=ts, name="eyes")

    def _in_background(self, call: Any) -> asyncio.Task[None]:
        """Run a call that only decorates; that it fails is no news (missing scopes are told at start)."""

        async def quietly() -> None:
            with contextlib.suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
                await call

        task = asyncio.create_task(quietly())
        self._shown.add(task)
        task.add_done_callback(self._shown.discard)
        return task

    async def person(self, author: Author) -> str:
        """Return the name that a user chose to be called by."""
        user = author.id.rpartition("/")[2]
        try:
            response = await self._client.users_info(user=user)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return user
        found = response.get("user") or {}
        profile = found.get("profile") or {}
        return str(profile.get("display_name") or profile.get("real_name") or found.get("real_name") or user)

    async def where(self, place: str) -> str:
        """Return a channel's name."""
        channel = spot(place).channel
        if channel.startswith("D"):
            return "a direct message on Slack"
        try:
            response = await self._client.conversations_info(channel=channel)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return "Slack"
        name = (response.get("channel") or {}).get("name")
        return f"#{name} on Slack" if name else "Slack"

    async def link(self, message_id: str) -> str:
        """Return a message's permalink."""
        _, channel, ts = message_id.removeprefix("slack:").split("/")
        try:
            response = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return ""
        return str(response.get("permalink") or "")


_INVITE = "Check AGENTS and invite the bot to that channel (/invite)."


async def _nothing_more() -> None:
    """All that is to be done with an event was done before it was acknowledged."""


def _key(message: dict[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", ""))
