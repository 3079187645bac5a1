"""The simulated Discord's REST API: the way of every request, with faults which tests can ask for."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.simulators.discord_api import (
    PREFIX,
    ApiError,
    Asked,
    Call,
    Fault,
    Handler,
    Problem,
    Routes,
    form_error,
    json_response,
    missing_permissions,
    not_found,
    rate_limit_headers,
    read_body,
    route_pattern,
)
from tests.simulators.discord_commands import check_commands
from tests.simulators.discord_files import FILES, Files
from tests.simulators.discord_interactions import Interactions
from tests.simulators.discord_messages import Messages
from tests.simulators.discord_reactions import Reactions
from tests.simulators.discord_world import (
    BOT_ID,
    Channel,
    Kind,
    Payload,
    Permission,
    World,
    shape,
)

ENTRY_POINT = 4  # the kind of command that Discord makes where Activities are on


class Rest:
    """Answers the API's requests from the world, and changes it."""

    def __init__(self, world: World, token: str, changed: Callable[[], Awaitable[None]]) -> None:
        """`changed` is told when a call arrives and when its work is done."""
        self.world = world
        self.token = token
        self.gateway_url = ""
        self.shards = 1
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.typing: Counter[int] = Counter()
        self.commands: list[Payload] = []
        self.messages = Messages(world)
        self.reactions = Reactions(world, self.messages)
        self.interactions = Interactions(world, self.messages)
        self.files = Files(world)
        self._changed = changed
        parts = (self.messages, self.reactions, self.interactions, self.files)
        table = self._table() + [route for part in parts for route in part.routes()]
        self._routes = [(m, t, route_pattern(t), handler) for m, t, handler in table]

    def _table(self) -> Routes:
        channel = "/channels/{channel}"
        commands, guild_commands = (
            "/applications/{app}/commands",
            "/applications/{app}/guilds/{guild}/commands",
        )
        return [
            ("GET", "/users/@me", lambda _: shape("user_me")),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("GET", "/gateway", lambda _: {"url": self.gateway_url}),
            ("GET", "/gateway/bot", lambda _: shape("gateway_bot", url=self.gateway_url, shards=self.shards)),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", "/users/{user}", self._get_user),
            ("GET", "/guilds/{guild}", self._get_guild),
            ("GET", "/guilds/{guild}/members/{user}", self._get_member),
            ("GET", "/guilds/{guild}/threads/active", self._active_threads),
            ("GET", channel, self._get_channel),
            ("PATCH", channel, self._patch_thread),
            ("POST", channel + "/typing", self._type),
            ("POST", channel + "/threads", self._start_thread),
            ("POST", channel + "/messages/{message}/threads", self._start_message_thread),
            ("GET", commands, self._get_commands),
            ("PUT", commands, self._put_commands),
            ("GET", guild_commands, lambda _: self.commands),
            ("PUT", guild_commands, self._put_commands),
        ]

    # The way of a request

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Write a request down, let its fault happen, and answer it."""
        path = request.path.removeprefix(PREFIX)
        call = Call(request.method, path, await read_body(request), time.monotonic())
        call.query = dict(request.query)
        self.calls.append(call)
        await self._changed()
        fault = next((f for f in self.faults if f.matches(call.method, path)), None)
        try:
            if fault is None:
                return self._answer(call, request)
            return await self._answer_faultily(call, request, fault)
        finally:
            await self._changed()

    async def _answer_faultily(self, call: Call, request: web.Request, fault: Fault) -> web.StreamResponse:
        fault.hits += 1
        response = self._answer(call, request) if fault.after else None
        if fault.hang:
            await self._changed()
            await fault.released.wait()
        if fault.drop or fault.abandoned:
            call.status = 0
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.answer is not None:
            return json_response(call, fault.answer.status, fault.answer.body, fault.answer.headers)
        return response or self._answer(call, request)

    def _answer(self, call: Call, request: web.Request) -> web.Response:
        headers: dict[str, str] = {}
        try:
            template, params, handler = self._find(call)
            headers = rate_limit_headers(call.method, template)
            self._authenticate(request, template)
            result = handler(Asked(params, call.query, {} if call.body is None else call.body))
        except ApiError as error:
            return json_response(call, error.status, error.body, headers | error.headers)
        if isinstance(result, web.Response):
            call.status = result.status
            return result
        return json_response(call, 204 if result is None else 200, result, headers)

    def _find(self, call: Call) -> tuple[str, dict[str, str], Handler]:
        for method, template, pattern, handler in self._routes:
            found = pattern.fullmatch(call.path)
            if found and method == call.method:
                return template, found.groupdict(), handler
        if any(pattern.fullmatch(call.path) for _, _, pattern, _ in self._routes):
            raise ApiError(405, 0, "405: Method Not Allowed")
        raise ApiError(404, 0, "404: Not Found")

    def _authenticate(self, request: web.Request, template: str) -> None:
        # What is in the path is all that these ask for.
        if template.startswith(("/interactions/", "/webhooks/", FILES)) or template == "/gateway":
            return
        if request.headers.get("Authorization") != f"Bot {self.token}":
            raise ApiError(401, 0, "401: Unauthorized")

    def fail(self, fault: Fault) -> None:
        self.faults.append(fault)

    def abandon_held(self) -> None:
        """Cut the requests which are still held."""
        for fault in self.faults:
            fault.abandoned = True
            fault.release()

    # People and places

    def _application(self, _: Asked) -> Payload:
        limited_message_content = 1 << 19 if self.messages.message_content_allowed else 0
        return shape("application", flags=limited_message_content)

    def _get_user(self, asked: Asked) -> Payload:
        user = self.world.users.get(asked.number("user"))
        if user is None:
            raise not_found(10013, "User")
        return user.payload()

    def _get_guild(self, asked: Asked) -> Payload:
        guild = self.world.guilds.get(asked.number("guild"))
        if guild is None:
            raise not_found(10004, "Guild")
        shown = self.world.guild_payload(guild)
        # These come with GUILD_CREATE only.
        only_gateway = ("channels", "threads", "members", "member_count", "joined_at", "large")
        return {key: value for key, value in shown.items() if key not in only_gateway}

    def _get_member(self, asked: Asked) -> Payload:
        self._get_guild(asked)
        guild_id, user_id = asked.number("guild"), asked.number("user")
        self._get_user(asked)
        if user_id not in self.world.guilds[guild_id].members:
            raise not_found(10007, "Member")
        return self.world.whole_member(guild_id, user_id)

    def _active_threads(self, asked: Asked) -> Payload:
        guild_id = asked.number("guild")
        active = [t for t in self.world.threads() if t.guild_id == guild_id and not t.archived]
        joined = [t for t in active if t.owner_id == BOT_ID]
        return {
            "threads": [self.world.channel_payload(t) for t in active],
            "members": [self.world.thread_member(t) for t in joined],
        }

    def _open_dm(self, asked: Asked) -> Payload:
        user_id = int(asked.body.get("recipient_id", 0))
        if user_id not in self.world.users or user_id == BOT_ID:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        return self.world.channel_payload(self.world.open_dm(user_id))

    def _get_channel(self, asked: Asked) -> Payload:
        return self.world.channel_payload(self.messages.channel(asked))

    def _type(self, asked: Asked) -> None:
        channel = self.messages.channel(asked)
        self.messages.require_sending(channel)
        self.typing[channel.id] += 1

    # Threads

    def _start_message_thread(self, asked: Asked) -> Payload:
        channel, message = self.messages.channel(asked), self.messages.message(asked)
        if not self.messages.may(channel, Permission.CREATE_PUBLIC_THREADS):
            raise missing_permissions()
        if channel.kind is not Kind.TEXT:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        if message.id in self.world.channels:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        return self._threaded(channel, asked.body, id=message.id)

    def _start_thread(self, asked: Asked) -> Payload:
        """Start a thread without a message; in a forum, with its first one."""
        channel = self.messages.channel(asked)
        if channel.kind is Kind.FORUM:
            shown = self._threaded(channel, asked.body)
            thread_id = int(shown["id"])
            first = self.messages.send(self.world.channels[thread_id], asked.body["message"])
            return {**shown, "message": first}
        if asked.body.get("type") == Kind.PUBLIC_THREAD:
            kind, needed = Kind.PUBLIC_THREAD, Permission.CREATE_PUBLIC_THREADS
        else:
            kind, needed = Kind.PRIVATE_THREAD, Permission.CREATE_PRIVATE_THREADS
        if not self.messages.may(channel, needed):
            raise missing_permissions()
        return self._threaded(channel, asked.body, kind=kind)

    def _threaded(self, channel: Channel, body: Payload, **fields: Any) -> Payload:
        name = body.get("name") or ""
        if not 1 <= len(name) <= 100:
            wrong = "Must be between 1 and 100 in length."
            raise form_error(Problem("name", "BASE_TYPE_BAD_LENGTH", wrong))
        fields["auto_archive"] = body.get("auto_archive_duration") or 1440
        thread = self.world.start_thread(channel, BOT_ID, name, **fields)
        return {**self.world.channel_payload(thread), "member": self.world.thread_member(thread)}

    def _patch_thread(self, asked: Asked) -> Payload:
        thread = self.messages.channel(asked)
        mine = thread.owner_id == BOT_ID
        if not thread.is_thread or not (mine or self.messages.may(thread, Permission.MANAGE_THREADS)):
            raise missing_permissions()
        if asked.body.get("archived") is not False:
            self.messages.require_active(thread)
        changes = {k: v for k, v in asked.body.items() if k in ("name", "archived", "locked")}
        self.world.update_thread(thread, **changes)
        return self.world.channel_payload(thread)

    # Commands

    def _get_commands(self, asked: Asked) -> list[Payload]:
        """The commands; their other languages are only told to who asks for them."""
        if asked.query.get("with_localizations") == "true":
            return self.commands
        return [
            {key: value for key, value in command.items() if not key.endswith("_localizations")}
            for command in self.commands
        ]

    def _put_commands(self, asked: Asked) -> list[Payload]:
        had, sent = (
            [one for one in s if one.get("type") == ENTRY_POINT] for s in (self.commands, asked.body)
        )
        if had and not sent and "guild" not in asked.params:
            wrong = "You cannot remove this app's Entry Point command in a bulk update operation."
            raise ApiError(400, 50240, wrong)
        check_commands(asked.body)
        self.commands = [self._command(sent, asked) for sent in asked.body]
        return self.commands

    def _command(self, sent: Payload, asked: Asked) -> Payload:
        shown = shape("application_command", **sent)
        shown.update(id=str(self.world.next_id()), version=str(self.world.next_id()))
        if "guild" in asked.params:
            shown["guild_id"] = asked.params["guild"]
        return shown
