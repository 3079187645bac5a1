"""Socket Mode: how many connections there are, and when what was missed must be read back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

# The address of a connection is good for a short while; the library would try one that has expired for ever.
ADDRESS_SECONDS = 30.0


class Sockets:
    """All connections of one process; Slack sends each payload down one of them.

    When Slack asks for a new connection (every few hours), the library closes the old one before it opens the
    new one. Slack uses the others meanwhile, and delivers again what was not acknowledged; only where there
    is no other is there a gap, which is read back. A connection that was lost without a word is always read
    back: the others may be dead too, and not know it yet.

    Args:
        app: Where payloads go.
        app_token: Opens connections.
        count: How many; Slack allows 10.
        reconnected: Told when what was missed must be read back.
    """

    def __init__(self, app: AsyncApp, app_token: str, count: int, reconnected: Callable[[], None]) -> None:
        self._handlers = [AsyncSocketModeHandler(app, app_token) for _ in range(count)]
        self._reconnected = reconnected
        # The session over which each connection last said hello, and those that Slack asked to be renewed.
        self._greeted: dict[SocketModeClient, object] = {}
        self._refreshing: set[SocketModeClient] = set()
        self._renewing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open all connections."""
        for handler in self._handlers:
            self._listen(handler.client)
            await handler.connect_async()
        self._renewing = asyncio.create_task(self._renew_addresses())

    def _listen(self, client: SocketModeClient) -> None:
        async def received(message: aiohttp.WSMessage) -> None:
            # The library acts on a disconnect message without telling its message listeners.
            # A quote within somebody's words has a backslash before it.
            if '"disconnect"' in message.data and json.loads(message.data).get("type") == "disconnect":
                self._refreshing.add(client)

        async def heard(_: object, message: dict[str, Any], raw: str | None) -> None:
            if message.get("type") == "hello":
                self._hello(client)

        client.on_message_listeners.append(received)
        client.message_listeners.append(heard)

    def _hello(self, client: SocketModeClient) -> None:
        """Take note of a new connection: each one's first hello belongs to the start."""
        is_first, asked = client not in self._greeted, client in self._refreshing
        others = any(self._is_up(other) for other in self._greeted if other is not client)
        self._refreshing.discard(client)
        self._greeted[client] = client.current_session
        if not is_first and not (asked and others):
            self._reconnected()

    def _is_up(self, client: SocketModeClient) -> bool:
        session = client.current_session
        return session is not None and session is self._greeted.get(client) and not session.closed

    @property
    def connected(self) -> bool:
        """Whether at least one connection is open."""
        sessions = [handler.client.current_session for handler in self._handlers]
        return any(session is not None and not session.closed for session in sessions)

    async def _renew_addresses(self) -> None:
        """Let connections that can't be opened ask Slack for a new address."""
        while True:
            await asyncio.sleep(ADDRESS_SECONDS)
            for handler in self._handlers:
                session = handler.client.current_session
                if session is None or session.closed:
                    handler.client.wss_uri = None

    async def close(self) -> None:
        """Close all connections."""
        if self._renewing:
            self._renewing.cancel()
        await asyncio.gather(*(handler.close_async() for handler in self._handlers))
