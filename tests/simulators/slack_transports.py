"""Socket Mode and HTTP: the two ways Slack reaches an app."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.simulators.slack_delivery import Delivery, parsed_answer
from tests.simulators.slack_payloads import load_fixture
from tests.simulators.slack_waiting import Changes

GiveUp = Callable[[Delivery], Awaitable[None]]
Acknowledge = Callable[[Delivery, dict[str, Any] | None], Awaitable[None]]

# Slack gives up on an HTTP delivery after three seconds.
HTTP_TIMEOUT = aiohttp.ClientTimeout(total=3)


class SocketTransport:
    """The websockets of Socket Mode; each delivery goes down one of those open."""

    default_reason = "timeout"

    def __init__(self, changes: Changes) -> None:
        self.refuse = False
        self.late = False
        self._changes = changes
        self._tickets: set[str] = set()
        self._sockets: list[tuple[web.WebSocketResponse, web.Request]] = []
        self._envelopes: dict[str, Delivery] = {}
        self._turn = 0
        self.connections_made = 0
        self.acknowledge: Acknowledge | None = None

    @property
    def connections(self) -> int:
        return len(self._sockets)

    def new_ticket(self) -> str:
        """The secret part of a websocket address: good for one connection."""
        ticket = uuid.uuid4().hex
        if not self.late:
            self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket until it closes."""
        ticket = request.query.get("ticket", "")
        if self.refuse:
            return web.Response(status=503)
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.remove(ticket)
        # A client that does not answer the closing handshake must not hold up a test's end.
        socket = web.WebSocketResponse(timeout=0.2)
        await socket.prepare(request)
        connection = (socket, request)
        self._sockets.append(connection)
        self.connections_made += 1
        try:
            await self._converse(socket)
        finally:
            if connection in self._sockets:
                self._sockets.remove(connection)
            await self._changes.notify()
        return socket

    async def _converse(self, socket: web.WebSocketResponse) -> None:
        try:
            await socket.send_json(load_fixture("hello", num_connections=self.connections))
        except ConnectionResetError:
            return
        await self._changes.notify()
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._take_ack(json.loads(message.data))

    async def _take_ack(self, ack: dict[str, Any]) -> None:
        delivery = self._envelopes.pop(ack.get("envelope_id", ""), None)
        if delivery is not None and self.acknowledge is not None:
            await self.acknowledge(delivery, ack.get("payload"))

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> None:
        """Send one attempt down one socket; with none open it is lost, as an outage loses it."""
        if not self._sockets:
            delivery.given_up = True
            return
        self._turn += 1
        socket, _ = self._sockets[self._turn % len(self._sockets)]
        envelope = load_fixture("envelope", type=delivery.kind, payload=delivery.payload)
        envelope["envelope_id"] = str(uuid.uuid4())
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        else:
            # Only events are retried; interactions and commands take an answer instead.
            del envelope["retry_attempt"], envelope["retry_reason"]
            envelope["accepts_response_payload"] = True
        self._envelopes[envelope["envelope_id"]] = delivery
        await self._send_json(socket, envelope)

    @staticmethod
    async def _send_json(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        try:
            await socket.send_json(message)
        except ConnectionResetError:
            # The connection broke a moment ago: what was sent into it is lost.
            return

    async def ask_to_reconnect(self, reason: str, most: int | None = None) -> None:
        """Send the disconnect message, after which clients open a new connection themselves."""
        for socket, _ in list(self._sockets)[:most]:
            await self._send_json(socket, load_fixture("disconnect", reason=reason))

    def abort_all(self, most: int | None = None) -> None:
        """Break every connection, or the oldest few, without a closing handshake."""
        for _, request in self._take_sockets(most):
            if request.transport is not None:
                request.transport.abort()

    async def close_all(self, most: int | None = None) -> None:
        """Close every connection, or the oldest few, with a closing handshake."""
        await asyncio.gather(*(socket.close(code=1001) for socket, _ in self._take_sockets(most)))

    def _take_sockets(self, most: int | None) -> list[tuple[web.WebSocketResponse, web.Request]]:
        # Taken off the list at once, so that nothing more is sent down a connection being broken.
        number = len(self._sockets) if most is None else most
        taken, self._sockets = self._sockets[:number], self._sockets[number:]
        return taken


class HttpTransport:
    """Signed POSTs to the bot's request URL."""

    default_reason = "http_timeout"

    def __init__(
        self,
        url: str,
        signing_secret: str,
        session: aiohttp.ClientSession,
        acknowledge: Acknowledge,
        give_up: GiveUp,
    ) -> None:
        self.url = url
        self._signing_secret = signing_secret
        self._session = session
        self._acknowledge = acknowledge
        self._give_up = give_up
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> None:
        """Start one attempt; Slack does not wait for one answer before it sends the next event."""
        task = asyncio.create_task(self._attempt(delivery, attempt, reason))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attempt(self, delivery: Delivery, attempt: int, reason: str) -> None:
        headers = {}
        if attempt:
            headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        try:
            status, text = await self.post(*encoded(delivery), headers=headers)
        except (aiohttp.ClientError, TimeoutError):
            # Nobody there, or no answer in time: not acknowledged.
            await self._give_up(delivery)
            return
        delivery.statuses.append(status)
        if status == 200:
            await self._acknowledge(delivery, parsed_answer(text))
        else:
            await self._give_up(delivery)

    async def post(
        self,
        body: str,
        content_type: str,
        *,
        headers: dict[str, str] | None = None,
        signing_secret: str | None = None,
        age: float = 0,
    ) -> tuple[int, str]:
        """POST a body signed `age` seconds ago; returns the status and the response's text."""
        timestamp = str(int(time.time() - age))
        signed = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(signing_secret or self._signing_secret, timestamp, body),
            **(headers or {}),
        }
        async with self._session.post(
            self.url, data=body.encode(), headers=signed, timeout=HTTP_TIMEOUT
        ) as response:
            return response.status, await response.text()

    async def close(self) -> None:
        """Give up the deliveries still under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def signature(signing_secret: str, timestamp: str, body: str) -> str:
    """The X-Slack-Signature of a request."""
    signed = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(signing_secret.encode(), signed, hashlib.sha256).hexdigest()


def encoded(delivery: Delivery) -> tuple[str, str]:
    """A delivery's request body and content type: only events travel as JSON."""
    form = "application/x-www-form-urlencoded"
    if delivery.kind == "slash_commands":
        return urlencode(delivery.payload), form
    if delivery.kind == "interactive":
        return urlencode({"payload": json.dumps(delivery.payload)}), form
    return json.dumps(delivery.payload), "application/json"
