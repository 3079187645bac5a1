"""Discord: gateway messages in, REST calls out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.adapter import ACK_SECONDS, Inbox, StartFailed, pressed
from bots.discord_asides import tell
from bots.discord_before import above, replied_to, said_before
from bots.discord_buttons import read_press
from bots.discord_commands import DiscordCommands
from bots.discord_events import is_hidden, is_in_thread, names, read, read_asked, read_reaction
from bots.discord_faults import FAULTS, repeatable
from bots.discord_files import DiscordFiles
from bots.discord_permissions import may_answer, troubles, written_in
from bots.discord_posts import DiscordPosts, channels_of, message_ids
from bots.discord_registry import register
from bots.overheard import Overheard
from core.faults import describe
from core.insist import insist
from core.markdown import escape
from core.messages import IncomingMessage, SaidBefore
from core.ports import TryLater
from core.settings import Settings

log = logging.getLogger(__name__)

READY_SECONDS = 30.0
LONGEST_BACKOFF = 120.0  # 1,000 IDENTIFYs a day are allowed
BAD_TOKEN_CODE = 4004
# Conversations in which something was said within this time are read back.
LIVELY_SECONDS = 14 * 86_400.0
# What was said before the bot was called: the core keeps no more.
MOST_BEFORE = 50

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
        self._shards = settings.discord_shards
        agents = settings.agents or ""
        self._desk = channels_of(agents)[1] if agents.startswith("discord:") else None
        self._inbox = inbox
        self._overheard = Overheard(inbox.receive)
        self._commands = DiscordCommands(inbox, self._name_thread, self._desk, threads=self._threads)
        self._connecting: asyncio.Task[None] | None = None
        self._listening = False
        self._closing = False
        self._started = False
        self._ready = asyncio.Event()
        Route.BASE = str(settings.discord_api_url).rstrip("/")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(str(settings.discord_gateway_url))
        self._files = DiscordFiles(str(settings.discord_api_url))
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
        options: dict[str, Any] = {
            "intents": intents,
            "allowed_mentions": discord.AllowedMentions.none(),
            "max_messages": None,
            "guild_ready_timeout": 0.5,
        }
        if self._shards:
            count = None if self._shards == "auto" else self._shards
            client: discord.Client = discord.AutoShardedClient(shard_count=count, **options)
        else:
            client = discord.Client(**options)
        self._listen(client)
        return client

    # --- connecting ----------------------------------------------------------------------------------

    async def start(self) -> str:
        """Log in, connect, and wait until the gateway is ready."""
        await self._log_in()
        await register(self._client)
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
        await self._files.close()
        await self._client.close()

    async def check(self, agents: str | None) -> list[str]:
        """Return what the bot may not do where customers write, and what is wrong with the agents' place."""
        theirs = {channels_of(agents)[1]} if agents and agents.startswith("discord:") else set()
        besides = theirs | ({self._desk} if self._desk else set())
        problems = troubles(self._client.guilds, besides, threads=self._threads)
        return [*problems, *await self._check_agents(agents)]

    async def _check_agents(self, agents: str | None) -> list[str]:
        if not (agents and agents.startswith("discord:")):
            return []
        try:
            channel = await self._client.fetch_channel(channels_of(agents)[1])
        except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as error:
            why = type(error).__name__
            return [f"Discord: the agents' place {agents} can't be reached ({why}). Check AGENTS."]
        if isinstance(channel, discord.Thread):
            above = await self._check_agents(f"discord:{channel.parent_id}")
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
            if interaction.type is not discord.InteractionType.application_command:
                await self._pressed(interaction)
            elif self._listening:
                await self._commands.hear(interaction)

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
            await tell(interaction, await pressing)

    async def _hear_reaction(self, payload: discord.RawReactionActionEvent) -> None:
        me = self._client.user
        reaction = read_reaction(payload, me) if me and self._listening else None
        if reaction:  # the gateway tells them in their order, and not when they were made
            await self._inbox.react(replace(reaction, at=time.time()))

    async def _hear(self, message: discord.Message) -> None:
        # An edit may come before its message, or may be what first mentions us.
        if ours := await self._for_us(message, overhear=True):
            if not await self._inbox.receive(ours) and ours.edited_at:
                await self._inbox.edit(ours.id, ours.text, ours.edited_at, to_others=ours.to_others)
            await self._overheard.follow(ours)
        elif not self._has_content and self._listening:
            await self._ask_for_mention(message)

    async def _ask_for_mention(self, message: discord.Message) -> None:
        """Say in a thread of ours, once, that its people have to mention us, where we may not read them."""
        me, thread = self._client.user, message.channel
        if me is None or not isinstance(thread, discord.Thread) or not is_hidden(message):
            return
        if await self._inbox.serves(f"discord:{thread.id}"):
            place = f"discord:{thread.parent_id}/{thread.id}"
            says = await self._inbox.says("", f"discord:{thread.id}")
            text = says.mention_me.format(name=escape(me.display_name))
            await self._inbox.say_once(f"discord:mention/{thread.id}", place, text)

    async def _turn_away(self, message: discord.Message) -> None:
        """Tell who mentions us where we may not write that we can't answer there, once."""
        log.info("Discord: a mention where the bot may not write is answered by a direct message.")
        channel, author = message.channel, message.author
        try:
            dm = author.dm_channel or await author.create_dm()
        except FAULTS as error:
            log.info("Discord: that could not be: %s", describe(error))
            return
        says = await self._inbox.says(f"discord:{author.id}")
        text = says.may_not_write_there.format(where=f"#{escape(str(getattr(channel, 'name', '')))}")
        await self._inbox.say_once(f"discord:away/{channel.id}/{author.id}", f"discord:{dm.id}", text)

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
        if ours.mentions and not may_answer(message.channel):
            await self._turn_away(message)
            return None
        if in_thread:
            self._known_threads.add(message.channel.id)
        self._name_thread(message.id, ours.text)
        return ours

    def _asked(self, message: discord.Message) -> IncomingMessage | None:
        me = self._client.user
        return read_asked(message, me, threads=self._threads) if me else None

    @property
    def connected(self) -> bool:
        """Whether the gateway is connected, with all shards."""
        if not self._ready.is_set() or self._client.is_closed():
            return False
        if isinstance(self._client, discord.AutoShardedClient):
            shards = self._client.shards.values()
            return len(shards) == self._client.shard_count and not any(one.is_closed() for one in shards)
        return self._client.ws is not None

    async def places(self, since: float) -> list[str]:
        """Return channels in which something was written since then, and our lively conversations.

        Discord tells the newest message of a server's channels, and of its threads and forum posts that are
        not archived, but gives bots no list of their DMs: those that are known from our own conversations
        are all that can be read.
        """
        after = discord.utils.time_snowflake(datetime.fromtimestamp(since, UTC))
        known = await self._inbox.conversations(self.name, since - LIVELY_SECONDS)
        ours = {channels_of(place)[1] for place in known}
        channels = [
            f"discord:{channel.id}"
            for channel in written_in(self._client.guilds)
            if (channel.last_message_id or 0) > after and channel.id not in ours
        ]
        return [*known, *channels]

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        """Return what was said in a thread before a message, or else what the message replies to."""
        channel_id, message = message_ids(message_id)
        me = self._client.user
        if me is None:
            raise TryLater("Discord: the connection is being made anew")
        try:
            channel = self._client.get_channel(channel_id) or await self._client.fetch_channel(channel_id)
            if isinstance(channel, discord.Thread):
                return said_before(await above(channel, message, MOST_BEFORE), me)
            if isinstance(channel, discord.abc.Messageable):
                return said_before(await replied_to(channel, message), me)
        except FAULTS as error:
            raise repeatable(error) from error
        return []

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        """Yield what people wrote to us in a channel since then, oldest first."""
        try:
            channel = await self._client.fetch_channel(channels_of(place)[1])
            if not isinstance(channel, discord.abc.Messageable):
                return
            after = datetime.fromtimestamp(since, UTC)
            async for message in channel.history(limit=None, after=after, oldest_first=True):
                if ours := self._asked(message) or await self._for_us(message):
                    yield ours
        except FAULTS as error:
            raise repeatable(error) from error
