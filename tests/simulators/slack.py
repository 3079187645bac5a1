"""A Slack that runs inside the tests: the Web API, Socket Mode and the Events API over HTTP.

The real clients connect to it unmodified: AsyncWebClient(token, base_url=slack.api_url),
AsyncApp(client=client) and AsyncSocketModeHandler(app, slack.app_token).
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.simulators.slack_delivery import Courier, Delivery
from tests.simulators.slack_events import EventSource
from tests.simulators.slack_faults import Fault, Faults
from tests.simulators.slack_methods import WebApi
from tests.simulators.slack_payloads import load_fixture
from tests.simulators.slack_transports import HttpTransport, SocketTransport
from tests.simulators.slack_waiting import Changes
from tests.simulators.slack_workspace import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Message,
    SlackError,
    User,
    Workspace,
)

__all__ = ["Call", "Delivery", "Fault", "Post", "SlackSimulator", "Status", "load_fixture"]


@dataclass(frozen=True)
class Call:
    """One Web API call as it came in: `at` is time.monotonic()."""

    method: str
    arguments: dict[str, Any]
    at: float


@dataclass(frozen=True)
class Post:
    """One of the bot's messages as it stands now."""

    channel: str
    ts: str
    text: str
    thread_ts: str | None
    blocks: list[dict[str, Any]] | None
    metadata: dict[str, Any] | None
    arguments: dict[str, Any]
    edited: bool
    streaming: bool


@dataclass(frozen=True)
class Status:
    """One status the bot set on an assistant thread."""

    channel: str
    thread_ts: str
    status: str
    loading_messages: list[str] | None


class SlackSimulator:
    """A workspace with one app in it, served on 127.0.0.1."""

    team_id = TEAM_ID
    bot_user_id = BOT_USER_ID
    bot_id = BOT_ID
    app_id = APP_ID

    def __init__(self) -> None:
        self.bot_token = "xoxb-simulated"
        self.app_token = "xapp-simulated"
        self.calls: list[Call] = []
        self.status: list[Status] = []
        self._changes = Changes()
        self._workspace = Workspace()
        self._socket = SocketTransport(self._changes)
        self._courier = Courier(self._changes, self._socket)
        self._socket.acknowledge = self._courier.acknowledge
        self._events = EventSource(self._workspace, self._courier)
        self._web_api = WebApi(self._workspace, self._events, self._new_socket_url)
        self._faults = Faults()
        self._http: HttpTransport | None = None
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._host = ""

    # The server

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=16 * 1024**2)
        app.router.add_route("*", "/api/{method}", self._handle_api)
        app.router.add_get("/link", self._socket.handle)
        app.router.add_post("/response/{id}", self._handle_response_url)
        # A held request must not hold up the end of a test.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self._host = f"{host}:{port}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.refuse_connections = True
        self._faults.heal()
        if self._http is not None:
            await self._http.close()
        await self._socket.close_all()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """The base_url for the Web API clients."""
        return f"http://{self._host}/api/"

    def _new_socket_url(self) -> str:
        if self.refuse_connections:
            raise SlackError("internal_error")
        return f"ws://{self._host}/link?ticket={self._socket.new_ticket()}"

    async def _handle_api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = await read_arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = arguments.pop("token", token)
        self.calls.append(Call(method, arguments, time.monotonic()))
        await self._changes.notify()
        fault = self._faults.take(method)
        if fault is None:
            return self._reply(await self._perform(method, token, arguments))
        return await self._fail(fault, request, token, arguments)

    async def _fail(
        self, fault: Fault, request: web.Request, token: str, arguments: dict[str, Any]
    ) -> web.Response:
        """Answer as the fault says, having performed the call before or after or not at all."""
        method = request.match_info["method"]
        performed = await self._perform(method, token, arguments) if fault.after else None
        if fault.hang:
            await fault.released.wait()
        response = fault.response()
        if response is not None:
            return response
        if fault.hang:
            return self._reply(performed or await self._perform(method, token, arguments))
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    async def _perform(self, method: str, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        refusal = self._token_refusal(method, token)
        if refusal is not None:
            return {"ok": False, "error": refusal}
        answer = await self._web_api.call(method, arguments)
        if method == "assistant.threads.setStatus" and answer["ok"]:
            self.status.append(
                Status(
                    str(arguments["channel_id"]),
                    str(arguments.get("thread_ts", "")),
                    str(arguments.get("status", "")),
                    arguments.get("loading_messages"),
                )
            )
        await self._changes.notify()
        return answer

    def _token_refusal(self, method: str, token: str) -> str | None:
        if not token:
            return "not_authed"
        right, wrong = self.bot_token, self.app_token
        if method == "apps.connections.open":
            right, wrong = wrong, right
        if token == right:
            return None
        return "not_allowed_token_type" if token == wrong else "invalid_auth"

    def _reply(self, answer: dict[str, Any]) -> web.Response:
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(sorted(self.scopes))})

    async def _handle_response_url(self, request: web.Request) -> web.Response:
        """Take what the bot sends to a response_url, recorded as the call "response_url"."""
        arguments = {**await read_arguments(request), "response_url": str(request.url)}
        self.calls.append(Call("response_url", arguments, time.monotonic()))
        await self._changes.notify()
        return web.Response(text="ok")

    # People and places

    @property
    def scopes(self) -> set[str]:
        """The bot token's scopes; a method whose scopes are all missing is refused."""
        return self._web_api.scopes

    @scopes.setter
    def scopes(self, scopes: set[str]) -> None:
        self._web_api.scopes = scopes

    @property
    def subscriptions(self) -> set[str]:
        """The event types the app is subscribed to: app_mention, message.channels and so on."""
        return self._events.subscriptions

    def add_user(self, id: str, name: str, real_name: str | None = None, is_bot: bool = False) -> str:
        """Add a person, who joins the public channels there are; returns the id."""
        self._workspace.users[id] = User(id, name, real_name or name.title(), is_bot)
        for channel in self._workspace.channels.values():
            if channel.kind == "channel":
                channel.members.append(id)
        return id

    def add_channel(
        self,
        id: str,
        name: str,
        is_private: bool = False,
        is_member: bool = True,
        is_mpim: bool = False,
    ) -> str:
        """Add a channel with everybody in it; is_member says whether the bot is. Returns the id."""
        kind = "mpim" if is_mpim else "group" if is_private else "channel"
        members = [user for user in self._workspace.users if user != BOT_USER_ID or is_member]
        self._workspace.channels[id] = Channel(id, name, kind, is_member, members)
        return id

    def open_dm(self, user: str) -> str:
        """The id of the user's direct message channel with the bot."""
        return self._workspace.open_dm(user).id

    # What people do

    async def say(
        self,
        channel: str,
        user: str,
        text: str,
        thread_ts: str | None = None,
        *,
        deliver: bool = True,
        files: list[dict[str, Any]] | None = None,
        at: float | None = None,
    ) -> str:
        """Say something and tell the bot of it; returns the ts.

        With deliver=False it is only in the history, as after an outage; files (objects as in
        file_share.json) make it a file_share; `at` backdates it.
        """
        place = self._workspace.channels[channel]
        person = self._workspace.users[user]
        message = self._workspace.add_from_user(place, person, text, thread_ts, files, at)
        if deliver:
            await self._events.posted(place, message)
        return message.ts

    async def deliver_late(self, channel: str, ts: str) -> None:
        """Deliver now what say(deliver=False) kept to the history."""
        await self._events.posted(*self._find(channel, ts))

    async def edit(self, channel: str, ts: str, text: str) -> str | None:
        """Edit a message; returns the ts of the message_changed event (None if not delivered)."""
        place, message = self._find(channel, ts)
        previous = place.render(message, with_metadata=True)
        message.rewrite(text)
        message.payload["edited"] = {"user": message.user, "ts": self._workspace.next_ts()}
        return await self._events.changed(place, message, previous)

    async def delete(self, channel: str, ts: str) -> str | None:
        """Delete a message; returns the ts of the event (None if not delivered).

        The first message of a thread becomes a tombstone, which Slack tells of as a
        message_changed; any other goes away with a message_deleted.
        """
        return await self._web_api.remove(*self._find(channel, ts))

    def _find(self, channel: str, ts: str) -> tuple[Channel, Message]:
        place = self._workspace.channels[channel]
        return place, place.messages[ts]

    async def press(self, channel: str, ts: str, user: str, action_id: str, value: str | None = None) -> str:
        """Press a button of a message, found by its action_id; returns the delivery's id."""
        place, message = self._find(channel, ts)
        action = find_action(message.blocks or [], action_id)
        if value is not None:
            action["value"] = value
        action["action_ts"] = self._workspace.next_ts()
        container = {"message_ts": ts, "channel_id": channel, "is_ephemeral": False}
        if message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        return await self.interact(
            load_fixture(
                "block_actions",
                user=self._person(user),
                container={"type": "message", **container},
                trigger_id=self._new_trigger_id(),
                channel={"id": channel, "name": place.name or "directmessage"},
                message=place.render(message, with_metadata=True),
                response_url=self._new_response_url(),
                actions=[action],
            )
        )

    async def interact(self, payload: dict[str, Any]) -> str:
        """Deliver any interaction payload; returns the delivery's id."""
        if "trigger_id" in payload:
            self._web_api.trigger_ids.add(str(payload["trigger_id"]))
        return await self._courier.send(Delivery(str(uuid.uuid4()), "interactive", payload))

    async def command(self, command: str, text: str = "", *, user: str, channel: str) -> str:
        """Use a slash command; returns the delivery's id."""
        payload = load_fixture(
            "slash_command",
            command=command,
            text=text,
            user_id=user,
            user_name=self._workspace.users[user].name,
            channel_id=channel,
            channel_name=self._workspace.channels[channel].name or "directmessage",
            response_url=self._new_response_url(),
            trigger_id=self._new_trigger_id(),
        )
        return await self._courier.send(Delivery(str(uuid.uuid4()), "slash_commands", payload))

    def _person(self, user: str) -> dict[str, Any]:
        name = self._workspace.users[user].name
        return {"id": user, "username": name, "name": name, "team_id": TEAM_ID}

    def _new_trigger_id(self) -> str:
        trigger = f"{uuid.uuid4().int % 10**11}.{uuid.uuid4().hex}"
        self._web_api.trigger_ids.add(trigger)
        return trigger

    def _new_response_url(self) -> str:
        return f"http://{self._host}/response/{uuid.uuid4().hex}"

    # Deliveries

    @property
    def echo(self) -> bool:
        """Whether the bot's own messages come back to it as events, as they do in Slack."""
        return self._events.echo

    @echo.setter
    def echo(self, echo: bool) -> None:
        self._events.echo = echo

    @property
    def mention_first(self) -> bool:
        """Whether app_mention is sent before the message event: Slack promises no order."""
        return self._events.mention_first

    @mention_first.setter
    def mention_first(self, mention_first: bool) -> None:
        self._events.mention_first = mention_first

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything delivered, or meant to be while no connection was open, oldest first."""
        return self._courier.deliveries

    async def deliver(self, event: dict[str, Any], retry: int = 0, event_id: str | None = None) -> str:
        """Deliver any event, as the retry'th retry; returns its event_id."""
        ts = event.get("ts") or event.get("event_ts")
        return await self._courier.send_event(event, ts, retry, event_id)

    async def redeliver(self, key: str, reason: str | None = None) -> list[str]:
        """Deliver the events of a ts (or one event id) again under the same event ids."""
        return await self._courier.redeliver(lambda delivery: delivery.about(key), reason)

    async def redeliver_unacked(self, reason: str | None = None) -> list[str]:
        """Deliver again every event not acknowledged; interactions are never retried."""
        return await self._courier.redeliver(
            lambda delivery: not delivery.acked and delivery.kind == "events_api", reason
        )

    def event_ids(self, ts: str) -> list[str]:
        """The ids of the events delivered for a message."""
        return [delivery.id for delivery in self.deliveries if delivery.about(ts)]

    def acked(self, key: str) -> bool:
        """Whether the delivery with this id (or all those of this ts) was acknowledged."""
        return self._acked(key, 1)

    def _acked(self, key: str, times: int) -> bool:
        chosen = [delivery for delivery in self.deliveries if delivery.about(key)]
        return bool(chosen) and all(delivery.acks >= times for delivery in chosen)

    async def wait_acked(self, key: str, times: int = 1, timeout: float = 10) -> list[Delivery]:
        """Wait until the delivery (or all those of a ts) was acknowledged that many times."""
        await self.wait_until(
            lambda: self._acked(key, times), timeout, f"{times} acknowledgement(s) of {key}"
        )
        return [delivery for delivery in self.deliveries if delivery.about(key)]

    # Transports

    @property
    def refuse_connections(self) -> bool:
        """Whether new Socket Mode connections are refused."""
        return self._socket.refuse

    @refuse_connections.setter
    def refuse_connections(self, refuse: bool) -> None:
        self._socket.refuse = refuse

    @property
    def connections(self) -> int:
        """How many Socket Mode connections are open."""
        return self._socket.connections

    @property
    def connections_made(self) -> int:
        """How many Socket Mode connections there have been so far."""
        return self._socket.connections_made

    async def wait_connected(self, count: int = 1, timeout: float = 10) -> None:
        """Wait until that many Socket Mode connections are open."""
        await self.wait_until(lambda: self.connections == count, timeout, f"{count} open connection(s)")

    async def drop_connections(self, graceful: bool = False) -> None:
        """Break all Socket Mode connections; graceful: with a closing handshake."""
        if graceful:
            await self._socket.close_all()
        else:
            self._socket.abort_all()
        await self._changes.notify()

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Send the disconnect message on all connections: clients replace them themselves."""
        await self._socket.ask_to_reconnect(reason)

    def use_http(self, url: str, signing_secret: str) -> None:
        """From now on POST deliveries to the bot's request URL instead of Socket Mode."""
        if self._session is None:
            raise RuntimeError("the simulator is not running")
        self._http = HttpTransport(url, signing_secret, self._session, self._courier.acknowledge)
        self._courier.transport = self._http

    async def post_http(
        self,
        body: dict[str, Any],
        *,
        signing_secret: str | None = None,
        age: float = 0,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """POST a JSON body outside all records; returns the status and the response's text.

        Another signing_secret makes a forged request, an age over 300 s a replayed one; headers
        may replace the signature itself.
        """
        if self._http is None:
            raise RuntimeError("use_http() was not called")
        return await self._http.post(
            json.dumps(body),
            "application/json",
            headers=headers,
            signing_secret=signing_secret,
            age=age,
        )

    # Faults

    def fail(
        self,
        method: str,
        *,
        times: int | None = 1,
        status: int | None = None,
        retry_after: int | None = None,
        error: str | None = None,
        hang: bool = False,
        after: bool = False,
    ) -> Fault:
        """Make the next calls of a method ("*": of any) go wrong; times=None: until heal().

        status is an HTTP error, error an {"ok": false} answer, hang holds the response until
        fault.release() or heal(), and none of them drops the connection. With after=True the
        call is performed first, so that the client cannot know whether it was.
        """
        fault = Fault(method, times, status, retry_after, error, hang, after)
        self._faults.add(fault)
        return fault

    def heal(self) -> None:
        """End all failures and release all held responses."""
        self._faults.heal()

    # Asking

    def calls_to(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def posts(self, channel: str, thread_ts: str | None = None) -> list[Post]:
        """The bot's messages of a channel, oldest first; with thread_ts those of one thread."""
        return [
            Post(
                channel,
                message.ts,
                message.text,
                message.thread_ts,
                message.blocks,
                message.metadata,
                message.arguments,
                "edited" in message.payload,
                message.streaming,
            )
            for message in self._workspace.channels[channel].in_order()
            if message.user == BOT_USER_ID and thread_ts in (None, message.thread_ts)
        ]

    async def wait_posts(
        self, channel: str, count: int, thread_ts: str | None = None, timeout: float = 10
    ) -> list[Post]:
        """Wait for that many of the bot's messages; one still streaming does not count yet."""

        def finished() -> list[Post]:
            return [post for post in self.posts(channel, thread_ts) if not post.streaming]

        await self._changes.wait_until(
            lambda: len(finished()) >= count,
            timeout,
            lambda: f"{count} posts in {channel}; there are {[post.text for post in finished()]}",
        )
        return finished()

    async def wait_call(self, method: str, count: int = 1, timeout: float = 10) -> list[Call]:
        """Wait until a method was called that many times (it may not be answered yet)."""
        await self._changes.wait_until(
            lambda: len(self.calls_to(method)) >= count,
            timeout,
            lambda: f"{count} calls of {method}; called were {[call.method for call in self.calls]}",
        )
        return self.calls_to(method)

    async def wait_until(
        self, predicate: Callable[[], bool], timeout: float = 10, what: str = "a condition"
    ) -> None:
        """Wait until anything asked of the simulator is true."""
        await self._changes.wait_until(predicate, timeout, lambda: what)

    def reactions(self, channel: str, ts: str) -> dict[str, list[str]]:
        """The reactions on a message: emoji name to user ids."""
        _, message = self._find(channel, ts)
        return {name: list(users) for name, users in message.reactions.items()}


async def read_arguments(request: web.Request) -> dict[str, Any]:
    """A call's arguments from its query and its form or JSON body."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        arguments |= await request.json()
    else:
        arguments |= await request.post()
    return arguments


def find_action(blocks: list[dict[str, Any]], action_id: str) -> dict[str, Any]:
    """The element of a message's blocks with this action_id, as an interaction reports it."""
    for block in blocks:
        elements = [*block.get("elements", []), block.get("accessory", {})]
        for element in elements:
            if element.get("action_id") == action_id:
                return {**element, "block_id": block.get("block_id", "")}
    raise LookupError(f"no element with the action_id {action_id}")
