"""The simulated Discord's REST API, with faults which tests can ask for."""

import asyncio
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.simulators.discord_world import (
    BOT_ID,
    EPHEMERAL,
    LOADING,
    Channel,
    Kind,
    Message,
    Payload,
    Permission,
    Post,
    World,
    shape,
    without_content,
)

PREFIX = "/api/v10"
MAX_CONTENT = 2000
MAX_NONCE = 25


class ApiError(Exception):
    """An answer in Discord's error shape."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: Payload | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: Payload = {"message": message, "code": code}
        self.headers = headers or {}
        if errors is not None:
            self.body["errors"] = errors


def _not_found(code: int, what: str) -> ApiError:
    return ApiError(404, code, f"Unknown {what}")


def _form_error(name: str, code: str, message: str) -> ApiError:
    errors = {name: {"_errors": [{"code": code, "message": message}]}}
    return ApiError(400, 50035, "Invalid Form Body", errors)


def _missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


@dataclass
class Call:
    """One request, written down as it came in; `status` is 0 until (and unless) it is answered."""

    method: str
    path: str
    body: Any
    at: float
    query: dict[str, str] = field(default_factory=dict)
    status: int = 0


@dataclass(eq=False)
class Fault:
    """Something which goes wrong with the next matching requests."""

    method: str
    pattern: re.Pattern[str]
    times: int | None
    answer: ApiError | None
    hang: bool
    after: bool
    drop: bool
    hits: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    abandoned: bool = False

    def matches(self, method: str, path: str) -> bool:
        exhausted = self.times is not None and self.hits >= self.times
        return not exhausted and method == self.method and bool(self.pattern.fullmatch(path))

    def release(self) -> None:
        """Let held requests go on."""
        self.released.set()

    def cancel(self) -> None:
        """Let this happen no more."""
        self.times = self.hits


@dataclass
class Interaction:
    """What an interaction's token allows: one callback, then edits of the response."""

    id: int
    token: str
    type: int
    channel_id: int
    at: float
    source: Message | None = None
    original: Message | None = None
    answered: bool = False
    responses: list[Payload] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A request on its way to its handler."""

    params: dict[str, str]
    query: dict[str, str]
    body: Any

    def number(self, name: str) -> int:
        """A snowflake in the path; what is not a number names nothing known."""
        value = self.params[name]
        return int(value) if value.isdecimal() else 0


Handler = Callable[[Asked], Any]


class Rest:
    """Answers the API's requests from the world, and changes it."""

    def __init__(self, world: World, token: str, changed: Callable[[], Awaitable[None]]) -> None:
        """`changed` is told when a call arrives and when its work is done."""
        self.world = world
        self.token = token
        self.gateway_url = ""
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.typing: Counter[int] = Counter()
        self.reactions: list[tuple[int, str]] = []
        self.commands: list[Payload] = []
        self.interactions: dict[str, Interaction] = {}
        self.interaction_lifetime = 3.0
        self.nonce_window = 300.0
        self.message_content_allowed = True
        self._nonces: dict[tuple[int, str], tuple[float, Message]] = {}
        self._changed = changed
        self._routes = [(m, t, _route_pattern(t), handler) for m, t, handler in self._table()]

    def _table(self) -> list[tuple[str, str, Handler]]:
        channel, message = "/channels/{channel}", "/channels/{channel}/messages/{message}"
        reaction = message + "/reactions/{emoji}/@me"
        commands, guild_commands = (
            "/applications/{app}/commands",
            "/applications/{app}/guilds/{guild}/commands",
        )
        original = "/webhooks/{app}/{token}/messages/@original"
        return [
            ("GET", "/users/@me", lambda _: shape("user_me")),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("GET", "/gateway", lambda _: {"url": self.gateway_url}),
            ("GET", "/gateway/bot", lambda _: shape("gateway_bot", url=self.gateway_url)),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", "/users/{user}", self._get_user),
            ("GET", "/guilds/{guild}", self._get_guild),
            ("GET", "/guilds/{guild}/members/{user}", self._get_member),
            ("GET", "/guilds/{guild}/threads/active", self._active_threads),
            ("GET", channel, self._get_channel),
            ("PATCH", channel, self._patch_thread),
            ("POST", channel + "/typing", self._type),
            ("POST", channel + "/threads", self._start_thread),
            ("GET", channel + "/messages", self._history),
            ("POST", channel + "/messages", self._post),
            ("GET", message, self._get_message),
            ("PATCH", message, self._edit),
            ("DELETE", message, self._delete),
            ("POST", message + "/threads", self._start_message_thread),
            ("PUT", reaction, self._add_reaction),
            ("DELETE", reaction, self._remove_reaction),
            ("GET", commands, lambda _: self.commands),
            ("PUT", commands, self._put_commands),
            ("GET", guild_commands, lambda _: self.commands),
            ("PUT", guild_commands, self._put_commands),
            ("POST", "/interactions/{id}/{token}/callback", self._callback),
            ("POST", "/webhooks/{app}/{token}", self._follow_up),
            ("GET", original, self._get_original),
            ("PATCH", original, self._edit_original),
            ("DELETE", original, self._delete_original),
        ]

    # The way of a request

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Write a request down, let its fault happen, and answer it."""
        path = request.path.removeprefix(PREFIX)
        call = Call(request.method, path, await _read_body(request), time.monotonic())
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
            return _json_response(call, fault.answer.status, fault.answer.body, fault.answer.headers)
        return response or self._answer(call, request)

    def _answer(self, call: Call, request: web.Request) -> web.Response:
        headers: dict[str, str] = {}
        try:
            template, params, handler = self._find(call)
            headers = _rate_limit_headers(call.method, template)
            self._authenticate(request, template)
            result = handler(Asked(params, call.query, {} if call.body is None else call.body))
        except ApiError as error:
            return _json_response(call, error.status, error.body, headers | error.headers)
        return _json_response(call, 204 if result is None else 200, result, headers)

    def _find(self, call: Call) -> tuple[str, dict[str, str], Handler]:
        for method, template, pattern, handler in self._routes:
            found = pattern.fullmatch(call.path)
            if found and method == call.method:
                return template, found.groupdict(), handler
        if any(pattern.fullmatch(call.path) for _, _, pattern, _ in self._routes):
            raise ApiError(405, 0, "405: Method Not Allowed")
        raise ApiError(404, 0, "404: Not Found")

    def _authenticate(self, request: web.Request, template: str) -> None:
        # An interaction's token in the path is all that these ask for.
        if template.startswith(("/interactions/", "/webhooks/")) or template == "/gateway":
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
        limited_message_content = 1 << 19 if self.message_content_allowed else 0
        return shape("application", flags=limited_message_content)

    def _get_user(self, asked: Asked) -> Payload:
        user = self.world.users.get(asked.number("user"))
        if user is None:
            raise _not_found(10013, "User")
        return user.payload()

    def _get_guild(self, asked: Asked) -> Payload:
        guild = self.world.guilds.get(asked.number("guild"))
        if guild is None:
            raise _not_found(10004, "Guild")
        shown = self.world.guild_payload(guild)
        # These come with GUILD_CREATE only.
        only_gateway = ("channels", "threads", "members", "member_count", "joined_at", "large")
        return {key: value for key, value in shown.items() if key not in only_gateway}

    def _get_member(self, asked: Asked) -> Payload:
        self._get_guild(asked)
        guild_id, user_id = asked.number("guild"), asked.number("user")
        if user_id not in self.world.guilds[guild_id].members:
            raise _not_found(10007, "Member")
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

    def _channel(self, asked: Asked) -> Channel:
        channel = self.world.channels.get(asked.number("channel"))
        if channel is None:
            raise _not_found(10003, "Channel")
        if not self._may(channel, Permission.VIEW_CHANNEL):
            raise ApiError(403, 50001, "Missing Access")
        return channel

    def _may(self, channel: Channel, permission: Permission) -> bool:
        return bool(self.world.bot_permissions(channel) & permission)

    def _get_channel(self, asked: Asked) -> Payload:
        return self.world.channel_payload(self._channel(asked))

    def _type(self, asked: Asked) -> None:
        channel = self._channel(asked)
        self._require_sending(channel)
        self.typing[channel.id] += 1

    # Threads

    def _start_message_thread(self, asked: Asked) -> Payload:
        channel, message = self._channel(asked), self._message(asked)
        if not self._may(channel, Permission.CREATE_PUBLIC_THREADS):
            raise _missing_permissions()
        if channel.kind is not Kind.TEXT:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        if message.id in self.world.channels:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        return self._threaded(channel, asked.body, id=message.id)

    def _start_thread(self, asked: Asked) -> Payload:
        """Start a thread without a message; in a forum, with its first one."""
        channel = self._channel(asked)
        if channel.kind is Kind.FORUM:
            shown = self._threaded(channel, asked.body)
            thread_id = int(shown["id"])
            first = self._send(self.world.channels[thread_id], asked.body["message"])
            return {**shown, "message": first}
        if asked.body.get("type") == Kind.PUBLIC_THREAD:
            kind, needed = Kind.PUBLIC_THREAD, Permission.CREATE_PUBLIC_THREADS
        else:
            kind, needed = Kind.PRIVATE_THREAD, Permission.CREATE_PRIVATE_THREADS
        if not self._may(channel, needed):
            raise _missing_permissions()
        return self._threaded(channel, asked.body, kind=kind)

    def _threaded(self, channel: Channel, body: Payload, **fields: Any) -> Payload:
        name = body.get("name") or ""
        if not 1 <= len(name) <= 100:
            message = "Must be between 1 and 100 in length."
            raise _form_error("name", "BASE_TYPE_BAD_LENGTH", message)
        fields["auto_archive"] = body.get("auto_archive_duration") or 1440
        thread = self.world.start_thread(channel, BOT_ID, name, **fields)
        return {**self.world.channel_payload(thread), "member": self.world.thread_member(thread)}

    def _patch_thread(self, asked: Asked) -> Payload:
        thread = self._channel(asked)
        mine = thread.owner_id == BOT_ID
        if not thread.is_thread or not (mine or self._may(thread, Permission.MANAGE_THREADS)):
            raise _missing_permissions()
        changes = {k: v for k, v in asked.body.items() if k in ("name", "archived", "locked")}
        self.world.update_thread(thread, **changes)
        return self.world.channel_payload(thread)

    # Messages

    def _message(self, asked: Asked) -> Message:
        message = self._channel(asked).messages.get(asked.number("message"))
        if message is None:
            raise _not_found(10008, "Message")
        return message

    def _readable(self, message: Message) -> Payload:
        if self.message_content_allowed:
            return message.payload
        channel = self.world.channels[message.channel_id]
        judged = without_content(self.world.placed(dict(message.payload), channel))
        return {key: value for key, value in judged.items() if key != "guild_id"}

    def _get_message(self, asked: Asked) -> Payload:
        return self._readable(self._message(asked))

    def _history(self, asked: Asked) -> list[Payload]:
        channel = self._channel(asked)
        if not self._may(channel, Permission.READ_MESSAGE_HISTORY):
            return []
        limit = int(asked.query.get("limit", "50"))
        if not 1 <= limit <= 100:
            message = "int value should be between 1 and 100."
            raise _form_error("limit", "NUMBER_TYPE_RANGE", message)
        ids = _page(sorted(channel.messages), asked.query, limit)
        return [self._readable(channel.messages[found]) for found in reversed(ids)]

    def _post(self, asked: Asked) -> Payload:
        return self._send(self._channel(asked), asked.body)

    def _require_sending(self, channel: Channel) -> None:
        needed = Permission.SEND_MESSAGES
        if channel.is_thread:
            needed = Permission.SEND_MESSAGES_IN_THREADS
        if not self._may(channel, needed):
            raise _missing_permissions()
        if channel.kind is Kind.FORUM:
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        if channel.recipient_id is not None and not self.world.users[channel.recipient_id].takes_dms:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        if channel.archived and channel.locked:
            raise ApiError(400, 50083, "Thread is archived")

    def _send(self, channel: Channel, body: Payload) -> Payload:
        """Create a message of the bot's, or give the one which this nonce made before."""
        self._require_sending(channel)
        _check_form(body)
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        before = self._nonces.get((channel.id, nonce)) if nonce is not None else None
        if before is not None and body.get("enforce_nonce"):
            at, message = before
            if time.monotonic() - at < self.nonce_window:
                return {**message.payload, "nonce": nonce}
        message = self._create(channel, body, self._replied_to(channel, body))
        if nonce is None:
            self.world.announce(message)
            return message.payload
        self._nonces[channel.id, nonce] = (time.monotonic(), message)
        self.world.announce(message, nonce)
        return {**message.payload, "nonce": nonce}

    def _replied_to(self, channel: Channel, body: Payload) -> Message | None:
        reference = body.get("message_reference")
        if not reference:
            return None
        found = channel.messages.get(int(reference["message_id"]))
        if found is None and reference.get("fail_if_not_exists", True):
            raise _form_error("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return found

    def _create(
        self, channel: Channel, body: Payload, reply_to: Message | None = None, **fields: Any
    ) -> Message:
        if channel.archived:
            self.world.update_thread(channel, archived=False)
        message = self.world.add_message(
            channel.id,
            BOT_ID,
            body.get("content") or "",
            reply_to=reply_to,
            allowed_mentions=body.get("allowed_mentions"),
            embeds=body.get("embeds") or [],
            components=body.get("components") or [],
            attachments=body.get("attachments") or [],
            **{"flags": body.get("flags") or 0, **fields},
        )
        self._remember_post(message, body, reply_to)
        return message

    def _remember_post(self, message: Message, body: Payload, reply_to: Message | None) -> None:
        nonce = body.get("nonce")
        post = Post(
            id=message.id,
            channel_id=message.channel_id,
            content=message.payload["content"],
            nonce=None if nonce is None else str(nonce),
            reference=reply_to.id if reply_to else None,
            allowed_mentions=body.get("allowed_mentions"),
            flags=message.payload["flags"],
            body=body,
            at=time.monotonic(),
        )
        self.world.posts.append(post)

    def _edit(self, asked: Asked) -> Payload:
        message = self._message(asked)
        if message.author_id != BOT_ID:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        return self._change(message, asked.body)

    def _change(self, message: Message, body: Payload) -> Payload:
        _check_form({"content": message.payload["content"], **body})
        kept = ("content", "embeds", "components", "attachments", "flags")
        changes = {key: body[key] for key in kept if body.get(key) is not None}
        # Keys which an edit sends as null are emptied.
        changes |= {key: "" for key in ("content",) if key in body and body[key] is None}
        changes.setdefault("flags", message.payload["flags"])
        changes["flags"] &= ~LOADING
        self.world.change_message(message, changes, body.get("allowed_mentions"))
        for post in self.world.posts:
            if post.id == message.id:
                post.content, post.flags = message.payload["content"], message.payload["flags"]
                post.edits.append(body)
        return message.payload

    def _delete(self, asked: Asked) -> None:
        channel, message = self._channel(asked), self._message(asked)
        if message.author_id != BOT_ID:
            if channel.kind is Kind.DM:
                raise ApiError(403, 50003, "Cannot execute action on a DM channel")
            if not self._may(channel, Permission.MANAGE_MESSAGES):
                raise _missing_permissions()
        self.world.delete_message(message)

    def _add_reaction(self, asked: Asked) -> None:
        message = self._message(asked)
        channel = self.world.channels[message.channel_id]
        if not self._may(channel, Permission.ADD_REACTIONS):
            raise _missing_permissions()
        self.reactions.append((message.id, asked.params["emoji"]))

    def _remove_reaction(self, asked: Asked) -> None:
        mine = (self._message(asked).id, asked.params["emoji"])
        if mine in self.reactions:
            self.reactions.remove(mine)

    # Commands and interactions

    def _put_commands(self, asked: Asked) -> list[Payload]:
        self.commands = [self._command(sent, asked) for sent in asked.body]
        return self.commands

    def _command(self, sent: Payload, asked: Asked) -> Payload:
        shown = shape("application_command", **sent)
        shown.update(id=str(self.world.next_id()), version=str(self.world.next_id()))
        if "guild" in asked.params:
            shown["guild_id"] = asked.params["guild"]
        return shown

    def _interaction(self, asked: Asked) -> Interaction:
        interaction = self.interactions.get(asked.params["token"])
        if interaction is None:
            raise _not_found(10015, "Webhook")
        return interaction

    def _callback(self, asked: Asked) -> Payload | None:
        interaction = self.interactions.get(asked.params["token"])
        if interaction is None or asked.number("id") != interaction.id:
            raise _not_found(10062, "interaction")
        if interaction.answered:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if time.monotonic() - interaction.at > self.interaction_lifetime:
            raise _not_found(10062, "interaction")
        message = self._respond(interaction, asked.body)
        interaction.answered = True
        interaction.responses.append(asked.body)
        if asked.query.get("with_response") not in ("1", "true"):
            return None
        return self._callback_payload(interaction, asked.body["type"], message)

    def _respond(self, interaction: Interaction, body: Payload) -> Message | None:
        """Do what a callback of this type does; give the message it made or changed."""
        kind, data = body["type"], body.get("data") or {}
        if kind == 4:
            _check_form(data)
            interaction.original = self._respond_with_message(interaction, data)
        elif kind == 5:
            loading = {**data, "flags": (data.get("flags") or 0) | LOADING}
            interaction.original = self._respond_with_message(interaction, loading)
        elif kind in (6, 7):
            interaction.original = interaction.source
            if kind == 7 and interaction.source is not None:
                self._change(interaction.source, data)
        return interaction.original if kind in (4, 5, 7) else None

    def _respond_with_message(self, interaction: Interaction, data: Payload) -> Message:
        channel = self.world.channels[interaction.channel_id]
        # Type 20 is a slash command's response; a button's is an ordinary message.
        kind = 20 if interaction.type == 2 else 0
        message = self._create(channel, data, type=kind, application_id=str(BOT_ID))
        message.payload["webhook_id"] = str(BOT_ID)
        if message.ephemeral:
            del channel.messages[message.id]
        else:
            self.world.announce(message)
        return message

    def _callback_payload(self, interaction: Interaction, kind: int, message: Message | None) -> Payload:
        shown = shape("interaction_callback")
        shown["interaction"] = {"id": str(interaction.id), "type": interaction.type}
        if message is None:
            del shown["resource"]
            return shown
        flags = message.payload["flags"]
        shown["interaction"].update(
            response_message_id=str(message.id),
            response_message_loading=bool(flags & LOADING),
            response_message_ephemeral=bool(flags & EPHEMERAL),
        )
        shown["resource"] = {"type": kind, "message": message.payload}
        return shown

    def _follow_up(self, asked: Asked) -> Payload:
        interaction = self._interaction(asked)
        _check_form(asked.body)
        message = self._respond_with_message(interaction, asked.body)
        return message.payload

    def _original(self, asked: Asked) -> Message:
        message = self._interaction(asked).original
        if message is None or message.id not in self.world.messages:
            raise _not_found(10008, "Message")
        return message

    def _get_original(self, asked: Asked) -> Payload:
        return self._original(asked).payload

    def _edit_original(self, asked: Asked) -> Payload:
        return self._change(self._original(asked), asked.body)

    def _delete_original(self, asked: Asked) -> None:
        self.world.delete_message(self._original(asked))


def _route_pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))


def path_pattern(template: str) -> re.Pattern[str]:
    """What matches a path such as `/channels/{id}/messages`; what is in braces may be anything."""
    return re.compile(re.sub(r"\{\w*\}", "[^/]+", template))


async def _read_body(request: web.Request) -> Any:
    """The JSON body, on its own or beside uploaded files."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        return json.loads(str(form.get("payload_json", "{}")))
    text = await request.text()
    return json.loads(text) if text else None


def _json_response(call: Call, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    call.status = status
    if body is None:
        return web.Response(status=status, headers=headers)
    # As bytes: with text aiohttp would name a charset, and the client looks for exactly this type.
    data = json.dumps(body).encode()
    return web.Response(status=status, body=data, headers=headers, content_type="application/json")


def _rate_limit_headers(method: str, template: str) -> dict[str, str]:
    """A roomy bucket: limits are met only where a test asks for a 429."""
    bucket = hashlib.sha256(f"{method} {template}".encode()).hexdigest()[:32]
    return {
        "Via": "1.1 google",
        "X-RateLimit-Limit": "50",
        "X-RateLimit-Remaining": "49",
        "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
        "X-RateLimit-Reset-After": "1.000",
        "X-RateLimit-Bucket": bucket,
    }


def rate_limited(retry_after: float, is_global: bool) -> ApiError:
    """The 429 which the client waits out; without `Via` it would take it for a ban."""
    scope = {"X-RateLimit-Global": "true"} if is_global else {"X-RateLimit-Scope": "user"}
    headers = {"Via": "1.1 google", "Retry-After": str(retry_after), **scope}
    error = ApiError(429, 0, "You are being rate limited.", headers=headers)
    error.body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": is_global,
    }
    return error


def _page(ids: list[int], query: dict[str, str], limit: int) -> list[int]:
    """The ids (oldest first) of one page of history."""
    if "around" in query:
        middle = int(query["around"])
        older = [i for i in ids if i < middle][-(limit // 2) :]
        return (older + [i for i in ids if i >= middle])[:limit]
    if "after" in query:
        # The page next to the mark, not the newest one.
        return [i for i in ids if i > int(query["after"])][:limit]
    if "before" in query:
        ids = [i for i in ids if i < int(query["before"])]
    return ids[-limit:]


def _check_form(body: Payload) -> None:
    """Refuse what Discord refuses about a message's body."""
    content = body.get("content") or ""
    if len(content) > MAX_CONTENT:
        message = f"Must be {MAX_CONTENT} or fewer in length."
        raise _form_error("content", "BASE_TYPE_MAX_LENGTH", message)
    if len(str(body.get("nonce") or "")) > MAX_NONCE:
        message = f"Nonces must not be longer than {MAX_NONCE} characters."
        raise _form_error("nonce", "NONCE_TYPE_TOO_LONG", message)
    others = ("embeds", "components", "attachments", "sticker_ids", "poll")
    if not content.strip() and not any(body.get(key) for key in others):
        raise ApiError(400, 50006, "Cannot send an empty message")
