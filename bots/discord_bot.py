"""Discord: gateway messages in, REST calls out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.adapter import ACK_SECONDS, Inbox, StartFailed, pressed
from bots.discord_buttons import aside_of, read_press
from bots.discord_events import is_in_thread, names, read, read_reaction
from bots.discord_faults import FAULTS, repeatable
from bots.discord_posts import DiscordPosts, channels_of
from bots.overheard import Overheard
from core.faults import describe
from core.insist import insist
from core.messages import IncomingMessage
from core.settings import Settings

log = logging.getLogger(__name__)

READY_SECONDS = 30.0
LONGEST_BACKOFF = 120.0  # 1,000 IDENTIFYs a day are allowed
BAD_TOKEN_CODE = 4004
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


_NO_THREADS = (
    "Discord: the agents' place {agents} is a thread, in which cases can't have threads of their own: agents "
    "can use the buttons, but not write to customers. Set AGENTS to a channel."
)


class DiscordBot(DiscordPosts):
    """The adapter for Discord."""

    def __init__(self, settings: Settings, inbox: Inbox) -> None:
        super().__init__()
        assert settings.discord_token is not None
        self._token = settings.discord_token.get_secret_value()
        self._threads = settings.threads
        agents = settings.agents or ""
        self._desk = channels_of(agents)[1] if agents.startswith("discord:") else None
        self._inbox = inbox
        self._overheard = Overheard(inbox.receive)
        self._connecting: asyncio.Task[None] | None = None
        self._listening = False
        self._closing = False
        self._started = False
        self._ready = asyncio.Event()
        Route.BASE = str(settings.discord_api_url).rstrip("/")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(str(settings.discord_gateway_url))
        self._has_content = True
        self._client = self._new_client()

    def _new_client(self) -> discord.Client:
        intents = discord.Intents(
            guilds=True,
            guild_messages=True,
            dm_messages=True,
            guild_reactions=True,
            dm_reactions=True,
            message_content=self._has_content,
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
            channel = await self._client.fetch_channel(channels_of(agents)[1])
        except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as error:
            why = type(error).__name__
            return [f"Discord: the agents' place {agents} can't be reached ({why}). Check AGENTS."]
        if isinstance(channel, discord.Thread):
            above = await self.check(f"discord:{channel.parent_id}")
            problems = [problem.replace(f"discord:{channel.parent_id}", agents) for problem in above]
            return [*problems, _NO_THREADS.format(agents=agents)]
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
        ours = channel.permissions_for(guild.me)
        if not (ours.create_public_threads and ours.send_messages_in_threads):
            problems.append(
                f"Discord: the bot may not open threads in the agents' place {agents} and write in them; "
                "cases need them. Allow it to."
            )
        if not ours.send_messages:
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

        @client.event
        async def on_raw_reaction_add(payload: discord.RawReactionActionEvent) -> None:
            await safely(lambda: self._hear_reaction(payload))

        @client.event
        async def on_raw_reaction_remove(payload: discord.RawReactionActionEvent) -> None:
            await safely(lambda: self._hear_reaction(payload))

        @client.event
        async def on_interaction(interaction: discord.Interaction) -> None:
            await self._pressed(interaction)

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

    async def _pressed(self, interaction: discord.Interaction) -> None:
        """Do what a button says and acknowledge it; the presser alone hears what there is to say."""
        press = read_press(interaction)
        if press is None or not self._listening:
            return
        pressing = asyncio.create_task(pressed(self._inbox, press))
        await asyncio.wait({pressing}, timeout=ACK_SECONDS)
        with contextlib.suppress(*FAULTS):
            if not pressing.done() or not pressing.result().text:
                await interaction.response.defer()
                if (aside := await pressing).text:
                    await interaction.followup.send(**aside_of(aside))
            else:
                await interaction.response.send_message(**aside_of(pressing.result()))

    async def _hear_reaction(self, payload: discord.RawReactionActionEvent) -> None:
        me = self._client.user
        reaction = read_reaction(payload, me) if me and self._listening else None
        if reaction:
            await self._inbox.react(reaction)

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
        if me is None or heard is None:
            return None
        ours = heard.message
        in_thread = is_in_thread(message)
        # Agents who reply to a card talk to each other, not to us.
        addressed = heard.addressed and (message.channel.id != self._desk or names(message, me))
        if self._threads and in_thread and overhear and not addressed:
            self._overheard.keep(ours)
        # Without threads only those of cases are ours.
        conversation = ours.conversation if self._threads else ""
        if not (addressed or (in_thread and await self._inbox.serves(conversation, ours.place))):
            return None
        if in_thread:
            self._known_threads.add(message.channel.id)
        self._name_thread(message.id, ours.text)
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
            channel = await self._client.fetch_channel(channels_of(place)[1])
            if not isinstance(channel, discord.abc.Messageable):
                return
            after = datetime.fromtimestamp(since, UTC)
            async for message in channel.history(limit=None, after=after, oldest_first=True):
                if ours := await self._for_us(message):
                    yield ours
        except FAULTS as error:
            raise repeatable(error) from error
