"""A Slack that runs inside the tests: the Web API, Socket Mode and the Events API over HTTP.

The real clients connect to it unmodified: AsyncWebClient(token, base_url=slack.api_url),
AsyncApp(client=client) and AsyncSocketModeHandler(app, slack.app_token).
"""

import json
import time
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.simulators.slack_blocks import Button
from tests.simulators.slack_delivery import Courier, Delivery
from tests.simulators.slack_events import EventSource
from tests.simulators.slack_faults import Fault, Faults
from tests.simulators.slack_files import FILES, Files
from tests.simulators.slack_interactions import Interactions, Pressed
from tests.simulators.slack_methods import WebApi
from tests.simulators.slack_payloads import load_fixture
from tests.simulators.slack_records import Call, Ephemeral, Pane, Post, Status, post_of
from tests.simulators.slack_transports import HttpTransport, SocketTransport
from tests.simulators.slack_waiting import Changes
from tests.simulators.slack_workspace import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    TEAM_NAME,
    Channel,
    Message,
    SlackError,
    User,
    Workspace,
)

__all__ = [
    "Button",
    "Call",
    "Delivery",
    "Ephemeral",
    "Fault",
    "Pane",
    "Post",
    "Pressed",
    "SlackSimulator",
    "Status",
    "load_fixture",
]


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
        self.interactions = Interactions(
            self._workspace,
            self._courier,
            self._events,
            self._web_api,
            self._changes,
            lambda: f"http://{self._host}",
        )
        self.files = Files(lambda: self.bot_token, lambda: self.scopes, lambda: f"http://{self._host}")
        self._web_api.files = self.files
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
        app.router.add_get(FILES, self.files.serve)
        app.router.add_get("/login", self.files.log_in)
        app.router.add_post("/response/{kind}/{id}", self._handle_response_url)
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

        async def perform() -> web.Response:
            return self._reply(await self._perform(method, token, arguments))

        return await self._answer(method, request, perform)

    async def _answer(
        self, method: str, request: web.Request, perform: Callable[[], Awaitable[web.Response]]
    ) -> web.Response:
        """Answer a call, or go wrong as a fault says: performed before, after or not at all."""
        fault = self._faults.take(method)
        if fault is None:
            return await perform()
        performed = await perform() if fault.after else None
        if fault.hang:
            await fault.released.wait()
        response = fault.response()
        if response is not None:
            return response
        if fault.hang:
            return performed or await perform()
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
        arguments = await read_arguments(request)
        recorded = {**arguments, "response_url": str(request.url)}
        self.calls.append(Call("response_url", recorded, time.monotonic()))
        await self._changes.notify()

        async def perform() -> web.Response:
            return await self.interactions.respond(request.match_info["id"], arguments)

        return await self._answer("response_url", request, perform)

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

    def add_user(
        self,
        id: str,
        name: str,
        real_name: str | None = None,
        is_bot: bool = False,
        team: tuple[str, str] = (TEAM_ID, TEAM_NAME),
    ) -> str:
        """Add a person, who joins the public channels that are for everybody; returns the id.

        A team, by id and name, is the workspace of another company that shares the channels.
        """
        self._workspace.users[id] = User(id, name, real_name or name.title(), is_bot, team[0])
        self._workspace.teams[team[0]] = team[1]
        for channel in self._workspace.channels.values():
            if channel.for_all:
                channel.members.append(id)
        return id

    def add_channel(
        self,
        id: str,
        name: str,
        is_private: bool = False,
        is_member: bool = True,
        is_mpim: bool = False,
        members: Iterable[str] | None = None,
    ) -> str:
        """Add a channel with those members, or with everybody in it; returns the id.

        is_member says whether the bot is in it.
        """
        kind = "mpim" if is_mpim else "group" if is_private else "channel"
        people = [user for user in self._workspace.users if user != BOT_USER_ID]
        inside = list(people if members is None else members)
        if is_member:
            inside.insert(0, BOT_USER_ID)
        for_all = kind == "channel" and members is None
        self._workspace.channels[id] = Channel(id, name, kind, inside, for_all=for_all)
        return id

    def join(self, channel: str, user: str) -> None:
        """Put a person (or the bot) in a channel."""
        members = self._workspace.channels[channel].members
        if user not in members:
            members.append(user)

    def leave(self, channel: str, user: str) -> None:
        """Take a person (or the bot) out of a channel."""
        self._workspace.channels[channel].members.remove(user)

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
        message.edit(text, None, by=message.user, at=self._workspace.next_ts())
        return await self._events.changed(place, message, previous)

    async def delete(self, channel: str, ts: str) -> str | None:
        """Delete a message; returns the ts of the event (None if not delivered).

        The first message of a thread becomes a tombstone, which Slack tells of as a
        message_changed; any other goes away with a message_deleted.
        """
        return await self._web_api.remove(*self._find(channel, ts))

    async def react(self, channel: str, ts: str, user: str, name: str, *, remove: bool = False) -> str | None:
        """Let a user add a reaction, or take theirs away; returns the ts of the event (None if not heard)."""
        place, message = self._find(channel, ts)
        users = message.reactions.setdefault(name, [])
        (users.remove if remove else users.append)(user)
        if not users:
            del message.reactions[name]
        return await self._events.reacted(place, message, user, name, removed=remove)

    def _find(self, channel: str, ts: str) -> tuple[Channel, Message]:
        place = self._workspace.channels[channel]
        return place, place.messages[ts]

    async def press(
        self,
        channel: str,
        ts: str,
        user: str,
        button: str,
        *,
        value: str | None = None,
        forge: bool = False,
    ) -> Pressed:
        """Press a button of a message, named by its action_id or its label; waits for the acknowledgement.

        Where several have the same name, value says which. With forge=True the press is made up, as if the
        button (action_id and value as given) had been there and the user (anybody) had seen it.

        Raises:
            LookupError: There is no such button, or the user can't see it.
        """
        return await self.interactions.press(channel, ts, user, button, value, forge)

    async def press_ephemeral(
        self,
        channel: str,
        ts: str,
        user: str,
        button: str,
        *,
        value: str | None = None,
        forge: bool = False,
    ) -> Pressed:
        """Press a button of a message that only this user sees."""
        return await self.interactions.press_ephemeral(channel, ts, user, button, value, forge)

    async def press_home(self, user: str, button: str) -> Delivery:
        """Press a button of somebody's Home tab, named by its action_id or its label."""
        return await self.interactions.press_home(user, button)

    async def interact(self, payload: dict[str, Any]) -> str:
        """Deliver any interaction payload; returns the delivery's id."""
        return await self.interactions.interact(payload)

    async def command(self, command: str, text: str = "", *, user: str, channel: str) -> str:
        """Use a slash command; returns the delivery's id."""
        return await self.interactions.command(command, text, user, channel)

    async def shortcut(self, callback_id: str, channel: str, ts: str, user: str) -> str:
        """Use a shortcut of a message's menu; returns the delivery's id."""
        return await self.interactions.shortcut(callback_id, channel, ts, user)

    async def open_pane(self, user: str) -> str:
        """Begin a thread in the assistant pane; returns its ts."""
        channel = self._workspace.open_dm(user)
        root = self._workspace.add_pane(channel)
        await self.look_at_pane(user, root.ts, "assistant_thread_started")
        return root.ts

    async def look_at_pane(
        self, user: str, thread_ts: str, kind: str = "assistant_thread_context_changed"
    ) -> str | None:
        """Look at another channel beside an open pane; returns the event's id (None if not delivered)."""
        thread = load_fixture("assistant_thread_started")["assistant_thread"]
        thread |= {"user_id": user, "channel_id": self.open_dm(user), "thread_ts": thread_ts}
        event = load_fixture(kind, assistant_thread=thread, event_ts=self._workspace.next_ts())
        return await self._events.happened(event)

    def pane(self, user: str, thread_ts: str) -> Pane:
        """A thread of the assistant pane as its user sees it."""
        _, root = self._find(self.open_dm(user), thread_ts)
        thread = root.payload["assistant_app_thread"]
        return Pane(thread["title"], [prompt["message"] for prompt in thread.get("prompts", [])])

    async def open_home(self, user: str, tab: str = "home") -> str | None:
        """Open one of the app's tabs; returns the event's id (None if not delivered)."""
        shown = {"view": self._workspace.views[user]} if user in self._workspace.views else {}
        channel, ts = self.open_dm(user), self._workspace.next_ts()
        event = load_fixture("app_home_opened", user=user, channel=channel, tab=tab, event_ts=ts)
        return await self._events.happened({**event, **(shown if tab == "home" else {})})

    def home(self, user: str) -> str:
        """The text of a user's Home tab; empty if nothing was published there."""
        blocks = self._workspace.views.get(user, {}).get("blocks", [])
        return "\n".join(block["text"]["text"] for block in blocks if "text" in block)

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

    async def wait_acked(self, key: str, times: int = 1, timeout: float = 30) -> list[Delivery]:
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

    async def wait_connected(self, count: int = 1, timeout: float = 30) -> None:
        """Wait until that many Socket Mode connections are open."""
        await self.wait_until(lambda: self.connections == count, timeout, f"{count} open connection(s)")

    async def drop_connections(self, graceful: bool = False, most: int | None = None) -> None:
        """Break all Socket Mode connections, or the oldest few; graceful: with a closing handshake."""
        if graceful:
            await self._socket.close_all(most)
        else:
            self._socket.abort_all(most)
        await self._changes.notify()

    async def ask_to_reconnect(self, reason: str = "refresh_requested", most: int | None = None) -> None:
        """Send the disconnect message on all connections, or the oldest few: clients replace them."""
        await self._socket.ask_to_reconnect(reason, most)

    @property
    def addresses_expire(self) -> bool:
        """Whether a websocket address that is given out is good no more when it is used."""
        return self._socket.late

    @addresses_expire.setter
    def addresses_expire(self, expire: bool) -> None:
        self._socket.late = expire

    def use_http(self, url: str, signing_secret: str) -> None:
        """From now on POST deliveries to the bot's request URL instead of Socket Mode."""
        if self._session is None:
            raise RuntimeError("the simulator is not running")
        self._http = HttpTransport(
            url, signing_secret, self._session, self._courier.acknowledge, self._courier.give_up
        )
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

    def refuse_streams(self, channel: str, error: str = "channel_type_not_supported") -> None:
        """From now on let no stream be started in a channel."""
        self._web_api.no_streams[channel] = error

    async def end_stream(self, channel: str, ts: str) -> None:
        """Let Slack end a stream by itself, as it does after some minutes or when its reader stops it."""
        _, message = self._find(channel, ts)
        message.streaming = False
        await self._changes.notify()

    def heal(self) -> None:
        """End all failures and release all held responses."""
        self._faults.heal()

    # Asking

    def calls_to(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def posts(self, channel: str, thread_ts: str | None = None) -> list[Post]:
        """The bot's messages of a channel, oldest first; with thread_ts those of one thread."""
        place = self._workspace.channels[channel]
        return [post_of(place, message) for message in _own(place.in_order(), thread_ts)]

    def deleted_posts(self, channel: str, thread_ts: str | None = None) -> list[Post]:
        """The bot's messages that were deleted since, as they last were."""
        place = self._workspace.channels[channel]
        return [post_of(place, message) for message in _own(place.removed, thread_ts)]

    async def wait_posts(
        self, channel: str, count: int, thread_ts: str | None = None, timeout: float = 30
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

    async def wait_call(self, method: str, count: int = 1, timeout: float = 30) -> list[Call]:
        """Wait until a method was called that many times (it may not be answered yet)."""
        await self._changes.wait_until(
            lambda: len(self.calls_to(method)) >= count,
            timeout,
            lambda: f"{count} calls of {method}; called were {[call.method for call in self.calls]}",
        )
        return self.calls_to(method)

    async def wait_until(
        self, predicate: Callable[[], bool], timeout: float = 30, what: str = "a condition"
    ) -> None:
        """Wait until anything asked of the simulator is true."""
        await self._changes.wait_until(predicate, timeout, lambda: what)

    def ephemerals(self, channel: str, user: str) -> list[Ephemeral]:
        """What a user sees in a channel that nobody else does, oldest first.

        What Slack takes and never shows is not among them: in a thread that has no reply yet.
        """
        return self.interactions.ephemerals(channel, user)

    async def wait_ephemeral(
        self, channel: str, user: str, count: int = 1, timeout: float = 30
    ) -> list[Ephemeral]:
        """Wait until a user was shown that many messages for them alone."""
        return await self.interactions.wait_for(
            lambda: self.ephemerals(channel, user), count, timeout, f"ephemerals for {user} in {channel}"
        )

    def reactions(self, channel: str, ts: str) -> dict[str, set[str]]:
        """The reactions on a message: emoji name to user ids."""
        _, message = self._find(channel, ts)
        return {name: set(users) for name, users in message.reactions.items()}

    async def wait_reaction(self, channel: str, ts: str, name: str, timeout: float = 30) -> set[str]:
        """Wait until a message has a reaction; returns whose it is."""
        await self._changes.wait_until(
            lambda: name in self.reactions(channel, ts),
            timeout,
            lambda: f"the reaction {name}; there are {self.reactions(channel, ts)}",
        )
        return self.reactions(channel, ts)[name]


def _own(messages: list[Message], thread_ts: str | None) -> list[Message]:
    """The bot's among messages; with thread_ts those of one thread."""
    return [
        message
        for message in messages
        if message.user == BOT_USER_ID
        and message.payload.get("subtype") != "assistant_app_thread"
        and thread_ts in (None, message.thread_ts)
    ]


async def read_arguments(request: web.Request) -> dict[str, Any]:
    """A call's arguments from its query and its form or JSON body."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        arguments |= await request.json() or {}
    else:
        arguments |= await request.post()
    return arguments
