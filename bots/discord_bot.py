"""Discord: gateway messages in, REST calls out."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord

from bots.adapter import LIVELY_SECONDS, Inbox, take_in
from bots.discord_before import before_in
from bots.discord_checks import of_agents, unserved
from bots.discord_commands import DiscordCommands
from bots.discord_connection import Connection
from bots.discord_events import is_in_thread, names, read, read_asked, read_reaction
from bots.discord_faults import FAULTS, repeatable
from bots.discord_files import DiscordFiles
from bots.discord_hints import ask_for_mention, turn_away
from bots.discord_permissions import may_answer, troubles, written_in
from bots.discord_posts import DiscordPosts, channels_of, message_ids
from bots.discord_presses import DiscordPresses
from bots.discord_registry import register
from bots.overheard import Overheard
from core.faults import describe
from core.insist import insist
from core.messages import IncomingMessage, SaidBefore
from core.settings import Settings

log = logging.getLogger(__name__)


class DiscordBot(DiscordPosts):
    """The adapter for Discord."""

    def __init__(self, settings: Settings, inbox: Inbox) -> None:
        super().__init__()
        self._starts_threads = settings.threads
        self._served = frozenset(settings.discord_channels)
        agents = settings.agents or ""
        self._desk = channels_of(agents)[1] if agents.startswith("discord:") else None
        self._inbox = inbox
        self._overheard = Overheard(inbox.receive)
        name = self._threads.name
        self._commands = DiscordCommands(inbox, name, self._desk, threads=settings.threads)
        self._presses = DiscordPresses(inbox)
        self._listening = False
        self._started = False
        self._connection = Connection(settings, self._listen)
        self._files = DiscordFiles(str(settings.discord_api_url))

    @property
    def _client(self) -> discord.Client:
        return self._connection.client

    async def start(self) -> str:
        """Log in, connect, and wait until the gateway is ready."""

        async def prepare(client: discord.Client) -> None:
            await register(client, await self._inbox.phrases())
            self._listening = True

        ready = await self._connection.open(prepare)
        self._started = True
        name = self._client.user.name if self._client.user else "?"
        return f"Discord as {name}" if ready else f"Discord as {name} (still connecting)"

    async def stop(self) -> None:
        """Take nothing more in; the connection stays for what is still to be posted."""
        self._listening = False

    async def close(self) -> None:
        """Disconnect."""
        self._listening = False
        await self._connection.close()
        await self._files.close()

    async def check(self, agents: str | None) -> list[str]:
        """Return what the bot may not do where customers write, and what is wrong with the agents' place."""
        theirs = channels_of(agents)[1] if agents and agents.startswith("discord:") else None
        besides = {place for place in (theirs, self._desk) if place}
        problems = troubles(self._client.guilds, besides, threads=self._starts_threads)
        problems += unserved(self._client, self._served, has_content=self._connection.has_content)
        return [*problems, *(await of_agents(self._client, theirs) if theirs else [])]

    @property
    def connected(self) -> bool:
        """Whether the gateway is connected, with all shards."""
        return self._connection.is_up

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
            if not self._listening:
                return
            if interaction.type is discord.InteractionType.application_command:
                await self._commands.hear(interaction)
            else:
                await self._presses.hear(interaction)

        # A session that was resumed has lost nothing; a new one has. Its conversations are read back at
        # once, and its servers' channels when they are known.
        @client.event
        async def on_connect() -> None:
            if self._started:
                self._inbox.reconnected(self.name)

        @client.event
        async def on_ready() -> None:
            self._connection.ready.set()
            if self._started:
                self._inbox.reconnected(self.name)

    async def _hear_reaction(self, payload: discord.RawReactionActionEvent) -> None:
        me = self._client.user
        reaction = read_reaction(payload, me) if me and self._listening else None
        if reaction:  # the gateway tells them in their order, and not when they were made
            await self._inbox.react(replace(reaction, at=time.time()))

    async def _hear(self, message: discord.Message) -> None:
        # An edit may come before its message, or may be what first mentions us.
        if ours := await self._for_us(message, overhear=True):
            await take_in(self._inbox, self._overheard, ours)
        elif self._listening and self._client.user and not self._connection.has_content:
            await ask_for_mention(self._inbox, message, self._client.user)

    async def _hear_deletion(self, channel: int, messages: Iterable[int]) -> None:
        for message in messages:
            await self._inbox.delete(f"discord:{channel}/{message}")

    async def _for_us(self, message: discord.Message, *, overhear: bool = False) -> IncomingMessage | None:
        me = self._client.user
        if me is None or not self._listening:
            return None
        heard = read(message, me, threads=self._starts_threads, served=self._served)
        if heard is None:
            return None
        ours = heard.message
        in_thread = is_in_thread(message)
        # Agents who reply to a card talk to each other, not to us.
        addressed = heard.addressed and (message.channel.id != self._desk or names(message, me))
        if self._starts_threads and in_thread and overhear and not addressed:
            self._overheard.keep(ours)
        # Without threads only those of cases are ours.
        conversation = ours.conversation if self._starts_threads else ""
        if not (addressed or (in_thread and await self._inbox.serves(conversation, ours.place))):
            return None
        if heard.addressed and not may_answer(message.channel):
            await turn_away(self._inbox, message)
            return None
        if in_thread:
            self._threads.note(message.channel.id)
        self._threads.name(message.id, ours.text)
        return ours

    def _asked(self, message: discord.Message) -> IncomingMessage | None:
        me = self._client.user
        return read_asked(message, me, threads=self._starts_threads) if me else None

    # --- reading back --------------------------------------------------------------------------------

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
        return await before_in(self._client, *message_ids(message_id))

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
