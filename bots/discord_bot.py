"""Discord: gateway messages in, REST calls out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Set
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.adapter import Inbox, StartFailed
from bots.discord_events import is_in_thread, read, thread_name
from bots.discord_faults import trouble
from bots.overheard import Overheard
from core.faults import describe
from core.insist import insist
from core.messages import Author, IncomingMessage, Post
from core.ports import TryLater, Unknown
from core.settings import Settings

log = logging.getLogger(__name__)

READY_SECONDS = 30.0
LONGEST_BACKOFF = 120.0  # 1,000 IDENTIFYs a day are allowed
TYPING_SECONDS = 8.0  # Discord shows it for ten
# An answer that is there before needs no sign that it is being made.
SHOW_AFTER_SECONDS = 0.7
THREAD_EXISTS = 160004
NO_SUCH_MESSAGE = 10008
BAD_TOKEN_CODE = 4004
REMEMBERED_NAMES = 1_000
# Conversations in which something was said within this time are read back.
LIVELY_SECONDS = 14 * 86_400.0

# While a connection is being made or kept, these pass.
_PASSING = (
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    discord.GatewayNotFound,
    discord.ConnectionClosed,
    discord.HTTPException,
    AttributeError,  # discord.py's own, when the first gateway connection fails
)


_TOKEN_REFUSED = "Discord refuses DISCORD_TOKEN. Copy the bot's token from the Developer Portal, under Bot."  # noqa: S105
_NO_CONTENT = (
    "Discord: the Message Content Intent is off, so only direct messages and mentions can be read, not what "
    "follows in threads. Switch it on in the Developer Portal, under Bot."
)


class DiscordBot:
    """The adapter for Discord."""

    name = "discord"
    limit = 1_900  # of 2,000: room for a mention in front

    def __init__(self, settings: Settings, inbox: Inbox) -> None:
        assert settings.discord_token is not None
        self._token = settings.discord_token.get_secret_value()
        self._threads = settings.threads
        self._inbox = inbox
        self._overheard = Overheard(inbox.receive)
        self._connecting: asyncio.Task[None] | None = None
        self._listening = False
        self._closing = False
        self._started = False
        self._known_threads: set[int] = set()
        self._refused_threads: set[int] = set()
        self._ready = asyncio.Event()
        self._thread_names: OrderedDict[int, str] = OrderedDict()
        Route.BASE = str(settings.discord_api_url).rstrip("/")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(str(settings.discord_gateway_url))
        self._has_content = True
        self._client = self._new_client()

    def _new_client(self) -> discord.Client:
        intents = discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=self._has_content
        )
        client = discord.Client(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            guild_ready_timeout=0.5,
        )
        self._listen(client)
        return client

    # --- connecting ----------------------------------------------------------------------------------

    async def start(self) -> str:
        """Log in, connect, and wait until the gateway is ready."""
        await self._log_in()
        self._listening = True
        self._connecting = asyncio.create_task(self._stay_connected())
        ready = asyncio.create_task(self._ready.wait())
        try:
            done, _ = await asyncio.wait(
                {ready, self._connecting}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ready.cancel()
        if self._connecting in done:
            await self._connecting  # tells why it gave up
        self._started = True
        user = self._client.user
        name = user.name if user else "?"
        return f"Discord as {name}" if ready in done else f"Discord as {name} (still connecting)"

    async def _log_in(self) -> None:
        try:
            await self._client.login(self._token)
        except discord.LoginFailure as error:
            raise StartFailed(_TOKEN_REFUSED) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise StartFailed(
                f"Discord can't be reached ({type(error).__name__}). Check the network and DISCORD_API_URL."
            ) from error

    async def _stay_connected(self) -> None:
        """Connect, and again whenever discord.py gives up, until `close`, or a token refused at start."""
        delay = 1.0
        while not self._closing:
            started = asyncio.get_running_loop().time()
            try:
                await self._client.connect(reconnect=True)
            except discord.PrivilegedIntentsRequired:
                log.warning(_NO_CONTENT)
                self._has_content = False
                await self._client.close()
                delay = 0.0
            except _PASSING as error:
                refused = isinstance(error, discord.ConnectionClosed) and error.code == BAD_TOKEN_CODE
                if refused and not self._ready.is_set():
                    raise StartFailed(_TOKEN_REFUSED) from error
                log.warning(
                    "Discord: the connection failed (%s); trying again in %g s.", describe(error), delay
                )
            if asyncio.get_running_loop().time() - started > LONGEST_BACKOFF:
                delay = 1.0
            await asyncio.sleep(delay)
            delay = min(max(delay * 2, 1.0), LONGEST_BACKOFF)
            if self._client.is_closed() and not self._closing:
                await self._renew()

    async def _renew(self) -> None:
        """Replace a client that discord.py closed for good; the next try to connect tells if that failed."""
        self._client = self._new_client()
        try:
            await self._log_in()
        except StartFailed as error:
            log.warning("Discord: %s", error)
            await self._client.close()

    async def stop(self) -> None:
        """Take nothing more in; the connection stays for what is still to be posted."""
        self._listening = False

    async def close(self) -> None:
        """Disconnect."""
        self._listening = False
        self._closing = True
        if self._connecting:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self._client.close()

    async def check(self, agents: str | None) -> list[str]:
        """Return what is wrong with the agents' place."""
        if not (agents and agents.startswith("discord:")):
            return []
        try:
            channel = await self._client.fetch_channel(_channels(agents)[1])
        except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as error:
            why = type(error).__name__
            return [f"Discord: the agents' place {agents} can't be reached ({why}). Check AGENTS."]
        if isinstance(channel, discord.Thread):
            above = await self.check(f"discord:{channel.parent_id}")
            return [problem.replace(f"discord:{channel.parent_id}", agents) for problem in above]
        if not isinstance(channel, discord.abc.GuildChannel):
            return []
        guild = self._client.get_guild(channel.guild.id)
        if guild is None or guild.me is None:
            return [f"Discord: the agents' place {agents} can't be checked before the connection is up."]
        problems = []
        if channel.permissions_for(guild.default_role).view_channel:
            problems.append(
                f"Discord: the agents' place {agents} is public; customers' words are read by everybody "
                "there. Use a channel that only your team can see."
            )
        if not channel.permissions_for(guild.me).send_messages:
            problems.append(f"Discord: the bot may not write in the agents' place {agents}. Allow it to.")
        return problems

    # --- in ------------------------------------------------------------------------------------------

    def _listen(self, client: discord.Client) -> None:
        """Hear what the gateway tells. It has no acknowledgement: what can't be stored is read back."""

        async def safely(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
            try:
                await insist(work)
            except Exception as error:
                log.error("Discord: something was not stored, and is read back: %s", describe(error))
                self._inbox.reconnected(self.name)

        @client.event
        async def on_message(message: discord.Message) -> None:
            await safely(lambda: self._hear(message))

        @client.event
        async def on_raw_message_edit(payload: discord.RawMessageUpdateEvent) -> None:
            await safely(lambda: self._hear(payload.message))

        @client.event
        async def on_raw_message_delete(payload: discord.RawMessageDeleteEvent) -> None:
            await safely(lambda: self._hear_deletion(payload.channel_id, [payload.message_id]))

        @client.event
        async def on_raw_bulk_message_delete(payload: discord.RawBulkMessageDeleteEvent) -> None:
            await safely(lambda: self._hear_deletion(payload.channel_id, payload.message_ids))

        # A session that was resumed has lost nothing; a new one has. Its conversations are read back at
        # once, and its servers' channels when they are known.
        @client.event
        async def on_connect() -> None:
            if self._started:
                self._inbox.reconnected(self.name)

        @client.event
        async def on_ready() -> None:
            self._ready.set()
            if self._started:
                self._inbox.reconnected(self.name)

    async def _hear(self, message: discord.Message) -> None:
        # An edit may come before its message, or may be what first mentions us.
        if ours := await self._for_us(message, overhear=True):
            if not await self._inbox.receive(ours) and ours.edited_at:
                await self._inbox.edit(ours.id, ours.text, ours.edited_at)
            await self._overheard.follow(ours)

    async def _hear_deletion(self, channel: int, messages: Iterable[int]) -> None:
        for message in messages:
            await self._inbox.delete(f"discord:{channel}/{message}")

    async def _for_us(self, message: discord.Message, *, overhear: bool = False) -> IncomingMessage | None:
        me = self._client.user
        heard = read(message, me, threads=self._threads) if me and self._listening else None
        if heard is None:
            return None
        ours = heard.message
        served = self._threads and is_in_thread(message)
        if served and overhear and not heard.addressed:
            self._overheard.keep(ours)
        if not (heard.addressed or (served and await self._inbox.serves(ours.conversation))):
            return None
        if is_in_thread(message):
            self._known_threads.add(message.channel.id)
        self._thread_names[message.id] = thread_name(ours.text)
        if len(self._thread_names) > REMEMBERED_NAMES:
            self._thread_names.popitem(last=False)
        return ours

    @property
    def connected(self) -> bool:
        """Whether the gateway is connected."""
        return self._ready.is_set() and not self._client.is_closed() and self._client.ws is not None

    async def places(self, since: float) -> list[str]:
        """Return channels in which something was written since then, and our lively conversations.

        Discord tells the newest message of server channels, but gives bots no list of their DMs: those
        that are known from our own conversations are all that can be read.
        """
        after = discord.utils.time_snowflake(datetime.fromtimestamp(since, UTC))
        channels = [
            f"discord:{channel.id}"
            for guild in self._client.guilds
            for channel in guild.text_channels
            if (channel.last_message_id or 0) > after
        ]
        known = await self._inbox.conversations(self.name, since - LIVELY_SECONDS)
        return list(dict.fromkeys([*known, *channels]))

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        """Yield what people wrote to us in a channel since then, oldest first."""
        try:
            channel = await self._client.fetch_channel(_channels(place)[1])
            if not isinstance(channel, discord.abc.Messageable):
                return
            after = datetime.fromtimestamp(since, UTC)
            async for message in channel.history(limit=None, after=after, oldest_first=True):
                if ours := await self._for_us(message):
                    yield ours
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            fault = trouble(error)
            raise TryLater(str(fault)) if isinstance(fault, Unknown) else fault from error

    # --- out -----------------------------------------------------------------------------------------

    async def post(self, post: Post) -> str:
        """Post with the key as nonce, so that Discord does not post it twice; only `mention` pings."""
        self._check_open()
        try:
            channel, refers = await self._target(post)
            options: dict[str, Any] = {}
            if refers:
                options["reference"] = discord.MessageReference(
                    message_id=refers, channel_id=channel.id, fail_if_not_exists=False
                )
            sent = await channel.send(
                _content(post),
                nonce=post.key,
                allowed_mentions=_only(post.mention),
                suppress_embeds=True,
                **options,
            )
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise trouble(error) from error
        return f"discord:{channel.id}/{sent.id}"

    def _check_open(self) -> None:
        if self._client.is_closed() or self._client.user is None:
            raise TryLater("Discord: the connection is being made anew")

    async def _target(self, post: Post) -> tuple[discord.PartialMessageable, int | None]:
        """Return the channel for a post and the message in it to refer to; start the thread if needed."""
        parent, place = _channels(post.place)
        replied = _message_ids(post.reply_to) if post.reply_to else None
        if parent and not await self._has_thread(parent, place):
            return self._client.get_partial_messageable(parent), place
        refers = replied[1] if replied and replied[0] == place else None
        return self._client.get_partial_messageable(place), refers

    async def _has_thread(self, parent: int, thread: int) -> bool:
        """Start the thread of a message if it has none; return False where none can be started."""
        if thread in self._refused_threads:
            return False
        if thread in self._known_threads or self._client.get_channel(thread):
            return True
        name = self._thread_names.get(thread, "Question")
        try:
            await self._client.http.start_thread_with_message(
                parent, thread, name=name, auto_archive_duration=1440
            )
        except discord.HTTPException as error:
            if error.status == 429 or error.status >= 500:
                raise
            if error.code not in {THREAD_EXISTS, NO_SUCH_MESSAGE}:  # the latter: a thread without a message
                log.warning(
                    "Discord: a thread could not be opened (code %d); answering in place.", error.code
                )
                self._refused_threads.add(thread)
                return False
        self._known_threads.add(thread)
        return True

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        """Look for our message that refers to the same one, or else has the same words.

        History does not tell nonces; within Discord's own window for them posting again is harmless anyway.
        """
        self._check_open()
        for channel in filter(None, reversed(_channels(post.place))):  # above it, if no thread could start
            try:
                if ref := await self._find_in(channel, post, since, known):
                    return ref
            except discord.NotFound:
                continue  # the thread was not started yet
            except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
                fault = trouble(error)
                raise TryLater(str(fault)) if isinstance(fault, Unknown) else fault from error
        return None

    async def _find_in(self, channel: int, post: Post, since: float, known: Set[str]) -> str | None:
        after = datetime.fromtimestamp(since - 60, UTC)
        me = self._client.user
        async for message in self._client.get_partial_messageable(channel).history(limit=200, after=after):
            ref = f"discord:{channel}/{message.id}"
            if me is None or message.author.id != me.id or ref in known:
                continue
            refers = message.reference.message_id if message.reference else None
            same_trigger = refers is None or not post.reply_to or refers == _message_ids(post.reply_to)[1]
            if message.content == _content(post) and same_trigger:
                return ref
        return None

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        """Show typing, in the channel above a thread that is not there yet."""
        parent, channel = _channels(place)
        there = parent is None or channel in self._known_threads or self._client.get_channel(channel)
        typing = asyncio.create_task(self._type(channel if there or parent is None else parent))
        try:
            yield
        finally:
            typing.cancel()

    async def _type(self, channel: int) -> None:
        with contextlib.suppress(discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
            await asyncio.sleep(SHOW_AFTER_SECONDS)
            while True:
                await self._client.http.send_typing(channel)
                await asyncio.sleep(TYPING_SECONDS)

    async def person(self, author: Author) -> str:
        """Return a user's display name."""
        if author.name:
            return author.name
        try:
            user = await self._client.fetch_user(int(author.id.removeprefix("discord:")))
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
            return author.id
        return user.display_name

    async def where(self, place: str) -> str:
        """Return a channel's name."""
        parent, below = _channels(place)
        channel = self._client.get_channel(parent or below)
        if isinstance(channel, discord.Thread) and channel.parent:
            channel = channel.parent
        name = getattr(channel, "name", None)
        return f"#{name} on Discord" if name else "a direct message on Discord"

    async def link(self, message_id: str) -> str:
        """Return a message's address; a direct message has none that agents could open."""
        channel_id, message = _message_ids(message_id)
        channel = self._client.get_channel(channel_id)
        guild = getattr(channel, "guild", None)
        return f"https://discord.com/channels/{guild.id}/{channel_id}/{message}" if guild else ""


def _channels(place: str) -> tuple[int | None, int]:
    """Return the channel above a thread, if the place is one, and the place's own channel."""
    parent, _, channel = place.removeprefix("discord:").rpartition("/")
    return int(parent) if parent else None, int(channel)


def _message_ids(message_id: str) -> tuple[int, int]:
    channel, _, message = message_id.removeprefix("discord:").partition("/")
    return int(channel), int(message)


def _content(post: Post) -> str:
    return f"{post.mention} {post.text}" if post.mention else post.text


def _only(mention: str) -> discord.AllowedMentions:
    """Allow the one mention that a post may ping with, and nothing else."""
    match = re.fullmatch(r"<@(&|!)?(\d+)>", mention)
    if not match:
        return discord.AllowedMentions.none()
    target = [discord.Object(int(match[2]))]
    if match[1] == "&":
        return discord.AllowedMentions(everyone=False, users=False, roles=target, replied_user=False)
    return discord.AllowedMentions(everyone=False, users=target, roles=False, replied_user=False)
