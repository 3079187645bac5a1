"""A Discord on this machine, which the unmodified client library connects to.

Point the library here before its client starts:

    discord.http.Route.BASE = simulator.api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(simulator.gateway_url)
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.simulators.discord_api import PREFIX, ApiError, Call, Fault, path_pattern, rate_limited
from tests.simulators.discord_components import Button
from tests.simulators.discord_files import FILES, Upload
from tests.simulators.discord_gateway import Gateway
from tests.simulators.discord_interactions import Interaction, Press
from tests.simulators.discord_rest import Rest
from tests.simulators.discord_world import (
    BOT_ID,
    ORDINARY,
    Channel,
    Kind,
    Overwrite,
    Payload,
    Permission,
    Post,
    Role,
    User,
    World,
    shape,
)

__all__ = [
    "BOT_ID",
    "TOKEN",
    "Button",
    "Call",
    "DiscordSimulator",
    "Fault",
    "Overwrite",
    "Permission",
    "Post",
    "Press",
    "Upload",
]

TOKEN = "discord-simulator-token"


class DiscordSimulator:
    """Discord as one bot sees it: `async with DiscordSimulator() as discord_:`."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self._changes = asyncio.Condition()
        self.world = World(self._publish)
        self.gateway = Gateway(token, self._opening, self._changed)
        self.rest = Rest(self.world, token, self._changed)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_route("*", PREFIX + "/{path:.*}", self.rest.serve)
        app.router.add_get(FILES + "/{path:.*}", self.rest.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        self.rest.gateway_url = self.gateway_url
        self.rest.files.url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        self.rest.abandon_held()
        # A client which still runs would be back at once.
        self.refuse_connections = True
        await self.gateway.drop(1001)
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gateway"

    def _publish(self, event: str, payload: Payload) -> None:
        self.gateway.dispatch(event, payload)

    def _opening(self) -> Iterator[tuple[str, Payload]]:
        """What a new session is told first."""
        guilds = self.world.guilds.values()
        yield (
            "READY",
            shape(
                "ready",
                guilds=[{"id": str(guild.id), "unavailable": True} for guild in guilds],
                resume_gateway_url=self.gateway_url,
            ),
        )
        for guild in guilds:
            yield "GUILD_CREATE", self.world.guild_payload(guild)

    # People and places

    def add_user(self, user_id: int, name: str, global_name: str | None = None, bot: bool = False) -> None:
        """Add a user, who is a member of every guild."""
        self.world.add_user(User(user_id, name, global_name, bot))

    def close_dms(self, user_id: int, closed: bool = True) -> None:
        """Let a user block the bot, whose direct messages are refused then (403, code 50007)."""
        self.world.users[user_id].takes_dms = not closed

    def add_guild(self, guild_id: int, name: str, everyone: Permission = ORDINARY) -> None:
        """Add a guild with the bot and all users in it; `everyone` is what its members may do."""
        self.world.add_guild(guild_id, name, everyone)

    def add_role(
        self,
        guild_id: int,
        role_id: int,
        name: str,
        permissions: Permission = Permission.NONE,
        members: Sequence[int] = (),
    ) -> None:
        """Add a role and give it to `members`; to be done before the bot connects."""
        guild = self.world.guilds[guild_id]
        guild.roles[role_id] = Role(role_id, name, permissions)
        for user_id in members:
            guild.members[user_id].append(role_id)

    def add_channel(
        self,
        channel_id: int,
        guild_id: int,
        name: str,
        permissions: Sequence[Overwrite] = (),
        *,
        private: bool = False,
        roles: Sequence[int] = (),
        members: Sequence[int] = (),
        deny_bot: Permission = Permission.NONE,
        forum: bool = False,
    ) -> None:
        """Add a text channel (or forum); a private one is hidden from all but the bot, `roles` and `members`.

        Nothing keeps a test from letting others write and press buttons there, which Discord would.
        """
        overwrites = list(permissions)
        if private:
            overwrites.append(Overwrite(guild_id, deny=Permission.VIEW_CHANNEL))
            overwrites += [Overwrite(role, allow=Permission.VIEW_CHANNEL) for role in roles]
            overwrites += [Overwrite(user, allow=Permission.VIEW_CHANNEL, member=True) for user in members]
            seen = Permission.VIEW_CHANNEL & ~deny_bot
            overwrites.append(Overwrite(BOT_ID, allow=seen, deny=deny_bot, member=True))
        elif deny_bot:
            overwrites.append(Overwrite(BOT_ID, deny=deny_bot, member=True))
        kind = Kind.FORUM if forum else Kind.TEXT
        self.world.add_channel(Channel(channel_id, kind, name, guild_id=guild_id, overwrites=overwrites))

    def open_dm(self, user_id: int) -> int:
        """The id of the bot's DM channel with a user; as on Discord, the bot is not told."""
        return self.world.open_dm(user_id).id

    # Events

    async def say(
        self,
        channel_id: int,
        user_id: int,
        text: str,
        reply_to: int | None = None,
        deliver: bool = True,
        files: Sequence[Upload] = (),
    ) -> int:
        """Let a user write; `deliver=False` leaves it for the history alone.

        Raises:
            PermissionError: The thread is archived and locked, and the user may not open it again.
        """
        channel = self.world.channels[channel_id]
        may_unlock = self.world.permissions_in(channel, user_id) & Permission.MANAGE_THREADS
        if channel.archived and channel.locked and not may_unlock:
            raise PermissionError(f"thread {channel_id} is locked")
        self.world.wake(channel)
        quoted = None if reply_to is None else self.world.messages[reply_to]
        message = self.world.add_message(channel_id, user_id, text, reply_to=quoted)
        self.rest.files.attach(message, list(files))
        if deliver:
            self.world.announce(message)
        return message.id

    async def redeliver(self, message_id: int) -> None:
        """Send the MESSAGE_CREATE of a message (once more)."""
        self.world.announce(self.world.messages[message_id])

    async def edit(self, message_id: int, text: str) -> None:
        self.world.change_message(self.world.messages[message_id], {"content": text})

    async def delete(self, message_id: int) -> None:
        self.world.delete_message(self.world.messages[message_id])

    async def react(self, message_id: int, user_id: int, emoji: str, remove: bool = False) -> None:
        """Let a user add (or remove) a reaction."""
        message = self.world.messages[message_id]
        change = self.rest.reactions.remove if remove else self.rest.reactions.add
        change(message, user_id, emoji)

    async def type_in(self, channel_id: int, user_id: int) -> None:
        """Let a user be seen typing."""
        channel = self.world.channels[channel_id]
        self.world.happened("typing_start", channel, user_id, timestamp=int(time.time()))

    async def start_thread(
        self,
        channel_id: int,
        user_id: int,
        name: str,
        text: str | None = None,
        message_id: int | None = None,
        tags: Sequence[int] = (),
    ) -> int:
        """Let a user start a thread (in a forum: a post; from a message, if given), and write in it."""
        channel = self.world.channels[channel_id]
        fields: dict[str, Any] = {"applied": list(tags)} if message_id is None else {"id": message_id}
        thread = self.world.start_thread(channel, user_id, name, **fields)
        if channel.kind is Kind.FORUM:  # the message that opens a post has its id
            opening = self.world.add_message(thread.id, user_id, text or name, id=str(thread.id))
            self.world.announce(opening)
        elif text is not None:
            await self.say(thread.id, user_id, text)
        return thread.id

    async def archive_thread(self, thread_id: int, locked: bool = False) -> None:
        self.world.update_thread(self.world.channels[thread_id], archived=True, locked=locked)

    async def press(
        self,
        message_id: int,
        user_id: int,
        button: str,
        *,
        forge: bool = False,
        wait: bool = True,
        values: Sequence[str] | None = None,
    ) -> Press:
        """Let a user press a button, named by its `custom_id` or its label (or choose `values`).

        It waits for the bot's callback as long as Discord takes one (`interaction_window`), so look at
        `acked`; or, with `wait=False`, not at all. With `forge` any `custom_id` is sent, be it on the
        message or not.

        Raises:
            LookupError: There is no such message or button, or the button is disabled.
        """
        message = self.world.messages[message_id]
        interaction = self.rest.interactions.press(message, user_id, button, values, forge)
        return await self._used(interaction, wait=wait)

    async def slash(
        self, channel_id: int, user_id: int, name: str, options: dict[str, Any] | None = None
    ) -> int:
        """Let a user send a slash command; gives the interaction's id."""
        channel = self.world.channels[channel_id]
        known = self._command_id(name)
        return self.rest.interactions.slash(channel, user_id, known, name, options or {}).id

    async def command(
        self, channel_id: int, user_id: int, name: str, *, wait: bool = True, **options: Any
    ) -> Press:
        """Let a user send a slash command; it waits as `press` does."""
        channel = self.world.channels[channel_id]
        known = self._command_id(name)
        sent = self.rest.interactions.slash(channel, user_id, known, name, options)
        return await self._used(sent, wait=wait)

    async def choose(self, message_id: int, user_id: int, name: str, *, wait: bool = True) -> Press:
        """Let a user choose a command in the menu of a message; it waits as `press` does."""
        message = self.world.messages[message_id]
        chosen = self.rest.interactions.choose(message, user_id, self._command_id(name), name)
        return await self._used(chosen, wait=wait)

    def _command_id(self, name: str) -> str:
        known = {command["name"]: command["id"] for command in self.rest.commands}
        return known.get(name) or str(self.world.next_id())

    async def _used(self, interaction: Interaction, *, wait: bool) -> Press:
        press = Press(interaction, self._wait)
        if wait:
            with suppress(TimeoutError):
                await press.wait_acked(self.interaction_window)
        return press

    # The gateway

    @property
    def heartbeat_interval(self) -> float:
        """Seconds between heartbeats, as the next HELLO will say."""
        return self.gateway.heartbeat_interval

    @heartbeat_interval.setter
    def heartbeat_interval(self, seconds: float) -> None:
        self.gateway.heartbeat_interval = seconds

    @property
    def refuse_connections(self) -> bool:
        """Whether the gateway answers connections with 503."""
        return self.gateway.refuse_connections

    @refuse_connections.setter
    def refuse_connections(self, refused: bool) -> None:
        self.gateway.refuse_connections = refused

    @property
    def forget_sessions(self) -> bool:
        """Whether RESUME is answered with INVALID_SESSION."""
        return self.gateway.forget_sessions

    @forget_sessions.setter
    def forget_sessions(self, forgotten: bool) -> None:
        self.gateway.forget_sessions = forgotten

    @property
    def privileged_intents_denied(self) -> bool:
        """Whether the app lacks the privileged intents: asking for one closes with 4014."""
        return self.gateway.privileged_intents_denied

    @privileged_intents_denied.setter
    def privileged_intents_denied(self, denied: bool) -> None:
        self.gateway.privileged_intents_denied = denied
        self.rest.messages.message_content_allowed = not denied

    @property
    def nonce_window(self) -> float:
        """Seconds for which an enforced nonce is remembered."""
        return self.rest.messages.nonce_window

    @nonce_window.setter
    def nonce_window(self, seconds: float) -> None:
        self.rest.messages.nonce_window = seconds

    @property
    def interaction_window(self) -> float:
        """Seconds in which an interaction must be answered."""
        return self.rest.interactions.window

    @interaction_window.setter
    def interaction_window(self, seconds: float) -> None:
        self.rest.interactions.window = seconds

    @property
    def interaction_token_lifetime(self) -> float:
        """Seconds for which an answered interaction takes follow-ups and edits."""
        return self.rest.interactions.token_lifetime

    @interaction_token_lifetime.setter
    def interaction_token_lifetime(self, seconds: float) -> None:
        self.rest.interactions.token_lifetime = seconds

    @property
    def file_lifetime(self) -> float:
        """Seconds for which the address of an attachment is good, from when it was shown."""
        return self.rest.files.lifetime

    @file_lifetime.setter
    def file_lifetime(self, seconds: float) -> None:
        self.rest.files.lifetime = seconds

    @property
    def connected(self) -> bool:
        """Whether a client has a live session."""
        return bool(self.gateway.live_sessions)

    async def drop_connections(self, code: int | None = 4000, shard: int | None = None) -> None:
        """Close the websockets (of one shard).

        With 4000 the client resumes at once, with None the line is cut.
        """
        await self.gateway.drop(code, shard)

    @property
    def shards(self) -> int:
        """How many shards are recommended."""
        return self.rest.shards

    @shards.setter
    def shards(self, number: int) -> None:
        self.rest.shards = number

    @property
    def live_shards(self) -> list[tuple[int, int]]:
        """Number and count of the shards that are connected."""
        return sorted(session.shard for session in self.gateway.live_sessions)

    async def ask_to_reconnect(self) -> None:
        """Send RECONNECT: the client closes and resumes by itself."""
        self.gateway.ask_to_reconnect()

    # Faults

    def fail(
        self,
        method: str,
        path: str,
        *,
        times: int | None = 1,
        status: int | None = None,
        code: int = 0,
        message: str = "",
        retry_after: float | None = None,
        is_global: bool = False,
        hang: bool = False,
        after: bool = False,
        drop: bool = False,
    ) -> Fault:
        """Let the next `times` requests (None: all) to a path such as `/channels/{id}` go wrong.

        They are answered with `status` (429 where `retry_after` is given, otherwise 500), or
        their connection is dropped. With `hang` they are first held until `release()`, and then,
        where no status is given, go on as if nothing had been. With `after` the action is done
        before all this, so that only its answer is lost.
        """
        answer = None
        if retry_after is not None:
            answer = rate_limited(retry_after, is_global)
        elif status is not None or not (hang or drop):
            status = status or 500
            answer = ApiError(status, code, message or f"{status}: simulated")
        fault = Fault(method, path_pattern(path), times, answer, hang, after, drop)
        self.rest.fail(fault)
        return fault

    # Asking

    @property
    def calls(self) -> list[Call]:
        """Every REST request, in the order in which they came."""
        return self.rest.calls

    @property
    def typing(self) -> Counter[int]:
        """How often the bot has been typing, by channel."""
        return self.rest.typing

    @property
    def commands(self) -> list[Payload]:
        """The application commands which the bot has registered."""
        return self.rest.commands

    def posts(self, channel_id: int) -> list[Post]:
        """The bot's messages in a channel, deleted ones too, but none which still load."""
        return [post for post in self.world.posts if post.channel_id == channel_id and not post.loading]

    def reactions(self, channel_id: int, message_id: int) -> dict[str, set[int]]:
        """Who has reacted to a message, by emoji; empty where the message is gone."""
        message = self.world.channels[channel_id].messages.get(message_id)
        return {} if message is None else {emoji: set(who) for emoji, who in message.reactions.items()}

    def threads_of(self, channel_id: int) -> list[int]:
        """The ids of a channel's threads, oldest first."""
        return [thread.id for thread in self.world.threads() if thread.parent_id == channel_id]

    def responses(self, interaction_id: int) -> list[Payload]:
        """The bodies of the accepted callbacks to an interaction (one, unless the bot was late)."""
        known = self.rest.interactions.by_token.values()
        return [body for i in known if i.id == interaction_id for body in i.responses]

    def calls_to(self, method: str, path_part: str) -> list[Call]:
        return [c for c in self.calls if c.method == method and path_part in c.path]

    async def wait_posts(self, channel_id: int, count: int, timeout: float = 10) -> list[Post]:
        """Wait until the bot has posted `count` messages in a channel."""
        await self._wait(
            lambda: len(self.posts(channel_id)) >= count,
            timeout,
            lambda: f"{count} posts in {channel_id}, there are {self.posts(channel_id)}",
        )
        return self.posts(channel_id)

    async def wait_post(self, message_id: int, reached: Callable[[Post], bool], timeout: float = 10) -> Post:
        """Wait until something is so of the bot's message: its content, its buttons, its deletion."""
        (post,) = (post for post in self.world.posts if post.id == message_id)
        await self._wait(lambda: reached(post), timeout, lambda: f"a change of {post}")
        return post

    async def wait_reaction(
        self,
        channel_id: int,
        message_id: int,
        emoji: str,
        user_id: int = BOT_ID,
        *,
        gone: bool = False,
        timeout: float = 10,
    ) -> None:
        """Wait until somebody (the bot) has reacted with this emoji, or (`gone`) no longer has."""

        def reacted() -> bool:
            return user_id in self.reactions(channel_id, message_id).get(emoji, set())

        await self._wait(
            lambda: reacted() is not gone,
            timeout,
            lambda: f"{emoji}, there are {self.reactions(channel_id, message_id)}",
        )

    async def wait_call(self, method: str, path_part: str, count: int = 1, timeout: float = 10) -> list[Call]:
        """Wait until `count` requests have come whose path has this part."""
        await self._wait(
            lambda: len(self.calls_to(method, path_part)) >= count,
            timeout,
            lambda: f"{count} of {method} {path_part}, there are {self.calls_to(method, path_part)}",
        )
        return self.calls_to(method, path_part)

    async def wait_ready(self, timeout: float = 10) -> None:
        """Wait until a client has a live session: what happens from now on reaches it.

        Its own `on_ready` comes later, by its `guild_ready_timeout`.
        """
        await self._wait(lambda: self.connected, timeout, lambda: "a client")

    async def wait_gone(self, timeout: float = 10) -> None:
        """Wait until no client has a live session."""
        await self._wait(lambda: not self.connected, timeout, lambda: "the clients' leaving")

    async def wait_resumed(self, count: int = 1, timeout: float = 10) -> None:
        """Wait until sessions have been resumed `count` times in all."""
        await self.wait_gateway(lambda gateway: gateway.resumes >= count, timeout)

    async def wait_gateway(self, reached: Callable[[Gateway], bool], timeout: float = 10) -> None:
        """Wait for something of the gateway's counts (`identifies`, `resumes`, `heartbeats`)."""
        gateway = self.gateway
        await self._wait(
            lambda: reached(gateway),
            timeout,
            lambda: (
                f"the gateway, after {len(gateway.identifies)} identifies, "
                f"{gateway.resumes} resumes and {gateway.heartbeats} heartbeats"
            ),
        )

    async def _wait(self, reached: Callable[[], bool], timeout: float, wanted: Callable[[], str]) -> None:
        try:
            async with asyncio.timeout(timeout), self._changes:
                await self._changes.wait_for(reached)
        except TimeoutError:
            raise TimeoutError(f"waited {timeout} s for {wanted()}") from None

    async def _changed(self) -> None:
        async with self._changes:
            self._changes.notify_all()
