"""The simulated Discord's gateway: websocket sessions which can be dropped and resumed."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, WSMsgType, web

from tests.simulators.discord_world import Payload, shape, without_content

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
GUILD_PRESENCES = 1 << 8
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT

_MESSAGES = (1 << 9, 1 << 12)
_REACTIONS = (1 << 10, 1 << 13)
_TYPING = (1 << 11, 1 << 14)
# The intent which an event needs, in a guild and in a direct message; the others need none.
_INTENTS = {
    "GUILD_CREATE": (GUILDS, GUILDS),
    "CHANNEL_CREATE": (GUILDS, GUILDS),
    "THREAD_CREATE": (GUILDS, GUILDS),
    "THREAD_UPDATE": (GUILDS, GUILDS),
    "MESSAGE_CREATE": _MESSAGES,
    "MESSAGE_UPDATE": _MESSAGES,
    "MESSAGE_DELETE": _MESSAGES,
    "MESSAGE_REACTION_ADD": _REACTIONS,
    "MESSAGE_REACTION_REMOVE": _REACTIONS,
    "TYPING_START": _TYPING,
}

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _RECONNECT = 0, 1, 2, 6, 7
_INVALID_SESSION, _HELLO, _HEARTBEAT_ACK = 9, 10, 11
_UNKNOWN_OPCODE, _AUTHENTICATION_FAILED, _DISALLOWED_INTENTS = 4001, 4004, 4014


@dataclass(eq=False)
class Connection:
    """One open websocket: what is put on `outbox` goes out in order."""

    socket: web.WebSocketResponse
    request: web.Request
    outbox: asyncio.Queue[Payload] = field(default_factory=asyncio.Queue)
    session: "Session | None" = None

    def put(self, op: int, data: object = None) -> None:
        self.outbox.put_nowait({"op": op, "d": data, "s": None, "t": None})

    async def send_outbox(self) -> None:
        while True:
            frame = await self.outbox.get()
            try:
                await self.socket.send_str(json.dumps(frame))
            except ConnectionError:
                return  # the client left; a session keeps its frames for RESUME

    def abort(self) -> None:
        """Cut the line, without a close frame."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(eq=False)
class Session:
    """A session outlives its connections: `frames` is what RESUME replays from."""

    id: str
    intents: int
    shard: tuple[int, int] = (0, 1)
    frames: list[Payload] = field(default_factory=list)
    connection: Connection | None = None

    def serves(self, guild_id: object) -> bool:
        """Whether its shard has a guild; what is in none, such as direct messages, has the first."""
        number, count = self.shard
        return (int(str(guild_id)) >> 22) % count == number if guild_id else number == 0

    def wants(self, event: str, data: Payload) -> bool:
        guild_id = data["id"] if event == "GUILD_CREATE" else data.get("guild_id")
        if event not in ("READY", "RESUMED") and not self.serves(guild_id):
            return False
        in_guild, in_dm = _INTENTS.get(event, (0, 0))
        needed = in_guild if "guild_id" in data else in_dm
        return needed & self.intents == needed

    def dispatch(self, event: str, data: Payload) -> None:
        if not self.wants(event, data):
            return
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not self.intents & MESSAGE_CONTENT:
            data = without_content(data)
        frame = {"op": _DISPATCH, "d": data, "s": len(self.frames) + 1, "t": event}
        self.frames.append(frame)
        if self.connection is not None:
            self.connection.outbox.put_nowait(frame)

    def replay(self, after: int) -> None:
        """Put everything the client has not seen on its new connection."""
        assert self.connection is not None
        for frame in self.frames[after:]:
            self.connection.outbox.put_nowait(frame)


class Gateway:
    """Accepts websockets and keeps the sessions of the clients behind them."""

    def __init__(
        self,
        token: str,
        opening: Callable[[], Iterable[tuple[str, Payload]]],
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        """`opening` gives a new session's first events; `changed` is told of every step."""
        self.token = token
        self.heartbeat_interval = 41.25
        self.refuse_connections = False
        self.privileged_intents_denied = False
        self.forget_sessions = False
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.heartbeats = 0
        self.identifies: list[Payload] = []
        self.resumes = 0
        self._opening = opening
        self._changed = changed

    @property
    def live_sessions(self) -> list[Session]:
        return [s for s in self.sessions.values() if s.connection is not None]

    def dispatch(self, event: str, data: Payload) -> None:
        for session in self.sessions.values():
            session.dispatch(event, data)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One client's connection, from HELLO until it closes."""
        if self.refuse_connections:
            return web.Response(status=503)
        # Text frames although the client asks for compression: it inflates binary ones only.
        socket = web.WebSocketResponse(timeout=0.5, compress=False, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.add(connection)
        hello = shape("hello", heartbeat_interval=int(self.heartbeat_interval * 1000))
        connection.put(_HELLO, hello)
        sender = asyncio.create_task(connection.send_outbox())
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._receive(connection, json.loads(frame.data))
        finally:
            sender.cancel()
            self.connections.discard(connection)
            self._detach(connection)
            await self._changed()
        return socket

    def _detach(self, connection: Connection) -> None:
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        # A client which says goodbye with these codes gives its session up.
        if connection.socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
            self.sessions.pop(session.id, None)

    async def _receive(self, connection: Connection, frame: Payload) -> None:
        op, data = frame["op"], frame["d"]
        if op == _HEARTBEAT:
            self.heartbeats += 1
            connection.put(_HEARTBEAT_ACK)
        elif op == _IDENTIFY:
            await self._identify(connection, data)
        elif op == _RESUME:
            await self._resume(connection, data)
        elif op not in (3, 4, 8):  # presence, voice and member requests are let pass
            await connection.socket.close(code=_UNKNOWN_OPCODE)
        await self._changed()

    async def _identify(self, connection: Connection, data: Payload) -> None:
        self.identifies.append(data)
        if data["token"] != self.token:
            await connection.socket.close(code=_AUTHENTICATION_FAILED)
            return
        if self.privileged_intents_denied and data["intents"] & PRIVILEGED:
            await connection.socket.close(code=_DISALLOWED_INTENTS)
            return
        shard = data.get("shard") or (0, 1)
        session = Session(secrets.token_hex(16), data["intents"], tuple(shard), connection=connection)
        connection.session = self.sessions[session.id] = session
        for event, payload in self._opening():
            if event == "READY":
                payload["session_id"] = session.id
                payload["guilds"] = [guild for guild in payload["guilds"] if session.serves(guild["id"])]
                if "shard" in data:
                    payload["shard"] = data["shard"]
            session.dispatch(event, payload)

    async def _resume(self, connection: Connection, data: Payload) -> None:
        if data["token"] != self.token:
            await connection.socket.close(code=_AUTHENTICATION_FAILED)
            return
        session = self.sessions.get(data["session_id"])
        if self.forget_sessions or session is None or (data["seq"] or 0) > len(session.frames):
            self.sessions.pop(data["session_id"], None)
            connection.put(_INVALID_SESSION, False)
            return
        self.resumes += 1
        connection.session, session.connection = session, connection
        session.replay(data["seq"] or 0)
        session.dispatch("RESUMED", shape("resumed"))

    def ask_to_reconnect(self) -> None:
        for connection in self.connections:
            connection.put(_RECONNECT)

    async def drop(self, code: int | None, shard: int | None = None) -> None:
        """Close every connection, or those of a shard; without a code the line is simply cut."""
        for connection in list(self.connections):
            if shard is not None and (connection.session is None or connection.session.shard[0] != shard):
                continue
            # From now on events only wait for RESUME, however long the goodbye takes.
            if connection.session is not None:
                connection.session.connection = None
            if code is None:
                connection.abort()
            else:
                await connection.socket.close(code=code)
