"""The connection to Discord's gateway: made, kept, and made anew where discord.py gives up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.adapter import StartFailed
from core.faults import describe
from core.settings import Settings

log = logging.getLogger(__name__)

READY_SECONDS = 30.0
LONGEST_BACKOFF = 120.0  # 1,000 IDENTIFYs a day are allowed
BAD_TOKEN_CODE = 4004
# Discord takes one IDENTIFY in this time; discord.py waits so long between two shards.
IDENTIFY_SECONDS = 5

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


class _Shards(discord.AutoShardedClient):
    """A client of several connections that says how long they take."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait as Discord asks for; before the first connection tell how long that will be in all."""
        count = self.shard_count or 1
        if initial and count > 1:
            seconds = IDENTIFY_SECONDS * (count - 1)
            log.info("Discord: connecting %d shards, which takes about %d s.", count, seconds)
        await super().before_identify_hook(shard_id, initial=initial)


class Connection:
    """One bot's connection; its client is replaced when discord.py has closed it for good."""

    def __init__(self, settings: Settings, listen: Callable[[discord.Client], None]) -> None:
        """Make one; nothing is connected before `open`.

        Args:
            settings: With the token.
            listen: Is given each new client, to hear what it tells.
        """
        assert settings.discord_token is not None
        self._token = settings.discord_token.get_secret_value()
        self._shards = settings.discord_shards
        self._listen = listen
        self._connecting: asyncio.Task[None] | None = None
        self._closing = False
        self.ready = asyncio.Event()
        # Whether we may read what is neither a direct message nor mentions us.
        self.has_content = True
        Route.BASE = str(settings.discord_api_url).rstrip("/")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(str(settings.discord_gateway_url))
        self.client = self._new_client()

    def _new_client(self) -> discord.Client:
        intents = discord.Intents(
            guilds=True,
            guild_messages=True,
            dm_messages=True,
            guild_reactions=True,
            dm_reactions=True,
            message_content=self.has_content,
        )
        options: dict[str, Any] = {
            "intents": intents,
            "allowed_mentions": discord.AllowedMentions.none(),
            "max_messages": None,
            "guild_ready_timeout": 0.5,
        }
        if self._shards:
            count = None if self._shards == "auto" else self._shards
            client: discord.Client = _Shards(shard_count=count, **options)
        else:
            client = discord.Client(**options)
        self._listen(client)
        return client

    async def open(self, before: Callable[[discord.Client], Awaitable[None]]) -> bool:
        """Log in and connect; return whether the gateway was ready in time, else it is tried on.

        Args:
            before: Is done between the two, with what asks no gateway.

        Raises:
            StartFailed: Discord refuses the token, or can't be reached.
        """
        await self._log_in()
        await before(self.client)
        self._connecting = asyncio.create_task(self._stay())
        ready = asyncio.create_task(self.ready.wait())
        try:
            done, _ = await asyncio.wait(
                {ready, self._connecting}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ready.cancel()
        if self._connecting in done:
            await self._connecting  # tells why it gave up
        return ready in done

    async def _log_in(self) -> None:
        try:
            await self.client.login(self._token)
        except discord.LoginFailure as error:
            raise StartFailed(_TOKEN_REFUSED) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise StartFailed(
                f"Discord can't be reached ({type(error).__name__}). Check the network and DISCORD_API_URL."
            ) from error

    async def _stay(self) -> None:
        """Connect, and again whenever discord.py gives up, until `close`, or a token refused at start."""
        delay = 1.0
        while not self._closing:
            started = asyncio.get_running_loop().time()
            try:
                await self.client.connect(reconnect=True)
            except discord.PrivilegedIntentsRequired:
                log.warning(_NO_CONTENT)
                self.has_content = False
                await self.client.close()
                delay = 0.0
            except _PASSING as error:
                refused = isinstance(error, discord.ConnectionClosed) and error.code == BAD_TOKEN_CODE
                if refused and not self.ready.is_set():
                    raise StartFailed(_TOKEN_REFUSED) from error
                log.warning(
                    "Discord: the connection failed (%s); trying again in %g s.", describe(error), delay
                )
            if asyncio.get_running_loop().time() - started > LONGEST_BACKOFF:
                delay = 1.0
            await asyncio.sleep(delay)
            delay = min(max(delay * 2, 1.0), LONGEST_BACKOFF)
            if self.client.is_closed() and not self._closing:
                await self._renew()

    async def _renew(self) -> None:
        """Replace a client that discord.py closed for good; the next try to connect tells if that failed."""
        self.client = self._new_client()
        try:
            await self._log_in()
        except StartFailed as error:
            log.warning("Discord: %s", error)
            await self.client.close()

    async def close(self) -> None:
        """Disconnect."""
        self._closing = True
        if self._connecting:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self.client.close()

    @property
    def is_up(self) -> bool:
        """Whether the gateway is connected, with all shards."""
        if not self.ready.is_set() or self.client.is_closed():
            return False
        if isinstance(self.client, discord.AutoShardedClient):
            shards = self.client.shards.values()
            return len(shards) == self.client.shard_count and not any(one.is_closed() for one in shards)
        return self.client.ws is not None
