"""The simulated Discord's people, places and messages, and the payloads which show them.

Every payload starts as a copy of one in `tests/fixtures/discord`; those are written after
Discord's public documentation and the client library's types.
Nothing here knows about sockets: what happens is handed to `publish`.
"""

import copy
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from functools import cache
from pathlib import Path
from typing import Any

from tests.simulators.discord_components import Button, buttons

Payload = dict[str, Any]
Publish = Callable[[str, Payload], None]

BOT_ID = 1000
BOT_NAME = "Frontdesk"

_FIXTURES = Path(__file__).parent.parent / "fixtures" / "discord"
_DISCORD_EPOCH_MS = 1_420_070_400_000
_USER_MENTION = re.compile(r"<@!?(\d+)>")
_ROLE_MENTION = re.compile(r"<@&(\d+)>")

EPHEMERAL = 1 << 6
LOADING = 1 << 7
HAS_THREAD = 1 << 5
_CONTENT_KEYS = {"content": "", "embeds": [], "attachments": [], "components": []}


class Permission(IntFlag):
    """The permission bits which the simulator enforces or hands out."""

    NONE = 0
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


ORDINARY = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)


class Kind(IntEnum):
    """Discord's channel types, those which the simulator has."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


@cache
def _fixture_text(name: str) -> str:
    return (_FIXTURES / f"{name}.json").read_text(encoding="utf-8")


def shape(name: str, /, **fields: Any) -> Payload:
    """A fresh copy of a fixture (of a gateway frame: its `d`), with `fields` filled in."""
    payload: Payload = json.loads(_fixture_text(name))
    if "op" in payload:
        payload = payload["d"]
    payload.update(fields)
    return payload


def timestamp(at: float | None = None) -> str:
    """Write a time (now, without one) as Discord writes it."""
    moment = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    return moment.isoformat(timespec="microseconds")


def without_content(message: Payload) -> Payload:
    """Empty a guild message for an app which lacks the message content intent.

    Direct messages, the bot's own messages and those which mention it keep theirs.
    """
    mentioned = any(user["id"] == str(BOT_ID) for user in message["mentions"])
    if "guild_id" not in message or message["author"]["id"] == str(BOT_ID) or mentioned:
        return message
    return {**message, **_CONTENT_KEYS}


@dataclass(frozen=True)
class Overwrite:
    """What a channel changes in the permissions of a role or (`member=True`) of a user."""

    target_id: int
    allow: Permission = Permission.NONE
    deny: Permission = Permission.NONE
    member: bool = False

    def payload(self) -> Payload:
        return {
            "id": str(self.target_id),
            "type": int(self.member),
            "allow": str(int(self.allow)),
            "deny": str(int(self.deny)),
        }


@dataclass
class User:
    id: int
    name: str
    global_name: str | None = None
    bot: bool = False
    takes_dms: bool = True

    def payload(self) -> Payload:
        shown = shape("user", id=str(self.id), username=self.name, global_name=self.global_name)
        if self.bot:
            shown["bot"] = True
        return shown


@dataclass
class Role:
    id: int
    name: str
    permissions: Permission


@dataclass
class Guild:
    id: int
    name: str
    roles: dict[int, Role]
    members: dict[int, list[int]]

    def permissions_of(self, user_id: int) -> Permission:
        """A member's permissions before any channel's overwrites."""
        granted = self.roles[self.id].permissions
        for role_id in self.members.get(user_id, []):
            granted |= self.roles[role_id].permissions
        return granted


@dataclass
class Channel:
    id: int
    kind: Kind
    name: str = ""
    guild_id: int | None = None
    recipient_id: int | None = None
    overwrites: list[Overwrite] = field(default_factory=list)
    parent_id: int | None = None
    owner_id: int | None = None
    archived: bool = False
    locked: bool = False
    auto_archive: int = 1440
    # Of a forum: the tags by id; of a post: which of them it has.
    tags: dict[int, str] = field(default_factory=dict)
    applied: list[int] = field(default_factory=list)
    created: str = field(default_factory=timestamp)
    messages: dict[int, "Message"] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        return self.kind in (Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD)

    @property
    def last_message_id(self) -> str | None:
        return str(max(self.messages)) if self.messages else None


@dataclass
class Message:
    """A message; `payload` is what REST shows of it (no nonce, no guild, no member)."""

    id: int
    channel_id: int
    author_id: int
    payload: Payload
    reactions: dict[str, set[int]] = field(default_factory=dict)

    @property
    def ephemeral(self) -> bool:
        """Whether only one user sees it: it is in no history, and no event tells of it."""
        return bool(self.payload["flags"] & EPHEMERAL)


@dataclass
class Post:
    """A message of the bot's as it is now, with the request which made it (`body`).

    `edits` are the contents it had before it was edited, oldest first.
    """

    id: int
    channel_id: int
    content: str
    nonce: str | None
    reference: int | None
    allowed_mentions: Payload | None
    flags: int
    components: list[Payload]
    body: Payload
    at: float
    edits: list[str] = field(default_factory=list)
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it only shows that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def buttons(self) -> list[Button]:
        """Its buttons as they are now."""
        return buttons(self.components)


class World:
    """Everything which exists in the simulated Discord."""

    def __init__(self, publish: Publish) -> None:
        self.publish = publish
        self.users: dict[int, User] = {BOT_ID: User(BOT_ID, BOT_NAME, bot=True)}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.posts: list[Post] = []
        # Whoever keeps the files signs the addresses in a payload which is about to be shown.
        self.freshen: Callable[[Payload], None] = lambda _payload: None
        self._last_id = 0

    def next_id(self) -> int:
        """A snowflake of this moment, always greater than the one before."""
        now = (int(time.time() * 1000) - _DISCORD_EPOCH_MS) << 22
        self._last_id = max(self._last_id + 1, now)
        return self._last_id

    # People and places

    def add_user(self, user: User) -> None:
        """Add a user, who becomes a member of every guild."""
        self.users[user.id] = user
        for guild in self.guilds.values():
            guild.members.setdefault(user.id, [])

    def add_guild(self, guild_id: int, name: str, everyone: Permission) -> Guild:
        role = Role(guild_id, "@everyone", everyone)
        guild = Guild(guild_id, name, {guild_id: role}, {user: [] for user in self.users})
        self.guilds[guild_id] = guild
        self.publish("GUILD_CREATE", self.guild_payload(guild))
        return guild

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        # A bot is told of guild channels only: a DM shows itself by its first message.
        if channel.kind in (Kind.TEXT, Kind.FORUM):
            self.publish("CHANNEL_CREATE", self.channel_payload(channel))
        return channel

    def open_dm(self, user_id: int) -> Channel:
        """The DM channel of the bot with a user, made when there is none."""
        for channel in self.channels.values():
            if channel.recipient_id == user_id:
                return channel
        return self.add_channel(Channel(self.next_id(), Kind.DM, recipient_id=user_id))

    def start_thread(self, channel: Channel, owner_id: int, name: str, **fields: Any) -> Channel:
        """Make a thread under `channel` (`id=` a message's makes it that message's thread)."""
        settings: Payload = {"id": self.next_id(), "kind": Kind.PUBLIC_THREAD, **fields}
        thread = Channel(
            name=name,
            guild_id=channel.guild_id,
            parent_id=channel.id,
            owner_id=owner_id,
            **settings,
        )
        self.channels[thread.id] = thread
        shown = shape("thread_create", **self.channel_payload(thread))
        if owner_id == BOT_ID:
            shown["member"] = self.thread_member(thread)
        else:
            del shown["member"]
        self._tell(thread, "THREAD_CREATE", shown)
        starter = channel.messages.get(thread.id)
        if starter is not None:
            self._mark_thread_starter(channel, starter, thread)
        return thread

    def _mark_thread_starter(self, channel: Channel, starter: Message, thread: Channel) -> None:
        """Do what Discord does beside: flag the message, and point at it from the thread."""
        starter.payload["flags"] |= HAS_THREAD
        starter.payload["thread"] = self.channel_payload(thread)
        self._tell(channel, "MESSAGE_UPDATE", self.update_payload(starter))
        pointer = self.add_message(thread.id, starter.author_id, "", reply_to=starter, type=21, mentions=[])
        self.announce(pointer)

    def update_thread(self, thread: Channel, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(thread, name, value)
        self._tell(thread, "THREAD_UPDATE", self.channel_payload(thread))

    def threads(self) -> Iterator[Channel]:
        return (channel for channel in self.channels.values() if channel.is_thread)

    def wake(self, channel: Channel) -> None:
        """Unarchive a thread, as a message in it does."""
        if channel.archived:
            self.update_thread(channel, archived=False)

    def bot_permissions(self, channel: Channel) -> Permission:
        return self.permissions_in(channel, BOT_ID)

    def permissions_in(self, channel: Channel, user_id: int) -> Permission:
        """What a user may do in a channel (in a thread: what they may do in its parent)."""
        if channel.guild_id is None:
            return ORDINARY
        if channel.parent_id is not None:
            return self.permissions_in(self.channels[channel.parent_id], user_id)
        guild = self.guilds[channel.guild_id]
        granted = guild.permissions_of(user_id)
        if granted & Permission.ADMINISTRATOR:
            return ~Permission.NONE
        # Discord's order: @everyone, then all roles together, then the member.
        held = set(guild.members.get(user_id, []))
        layers = (
            [o for o in channel.overwrites if o.target_id == guild.id and not o.member],
            [o for o in channel.overwrites if o.target_id in held and not o.member],
            [o for o in channel.overwrites if o.target_id == user_id and o.member],
        )
        for layer in layers:
            for overwrite in layer:
                granted &= ~overwrite.deny
            for overwrite in layer:
                granted |= overwrite.allow
        return granted

    # Messages

    def add_message(
        self,
        channel_id: int,
        author_id: int,
        content: str,
        *,
        reply_to: Message | None = None,
        allowed_mentions: Payload | None = None,
        **fields: Any,
    ) -> Message:
        """Write a message down, without telling anybody; `fields` go into its payload."""
        channel = self.channels[channel_id]
        fixture = "message_create_guild" if channel.guild_id else "message_create_dm"
        payload = shape("message_create_reply" if reply_to else fixture)
        message = Message(int(fields.get("id") or self.next_id()), channel_id, author_id, payload)
        payload.pop("member", None)
        payload.pop("guild_id", None)
        payload.update(
            id=str(message.id),
            channel_id=str(channel_id),
            author=self.users[author_id].payload(),
            content=content,
            timestamp=timestamp(),
        )
        if reply_to is not None:
            payload["message_reference"] = self._reference(reply_to)
            payload["referenced_message"] = self._quoted(reply_to)
        self._fill_mentions(payload, allowed_mentions)
        payload.update(fields)
        channel.messages[message.id] = self.messages[message.id] = message
        return message

    def change_message(
        self, message: Message, changes: Payload, allowed_mentions: Payload | None = None
    ) -> None:
        """Edit a message and tell the bot."""
        message.payload.update(changes, edited_timestamp=timestamp())
        if "content" in changes:
            self._fill_mentions(message.payload, allowed_mentions)
        if not message.ephemeral:
            channel = self.channels[message.channel_id]
            self._tell(channel, "MESSAGE_UPDATE", self.update_payload(message))

    def delete_message(self, message: Message) -> None:
        del self.messages[message.id]
        for post in self.posts:
            post.deleted = post.deleted or post.id == message.id
        if message.ephemeral:
            return
        channel = self.channels[message.channel_id]
        del channel.messages[message.id]
        gone = shape("message_delete", id=str(message.id))
        self._tell(channel, "MESSAGE_DELETE", self.placed(gone, channel))

    def announce(self, message: Message, nonce: str | None = None) -> None:
        shown = self.gateway_payload(message)
        if nonce is not None:
            shown["nonce"] = nonce
        self._tell(self.channels[message.channel_id], "MESSAGE_CREATE", shown)

    def happened(self, fixture: str, channel: Channel, user_id: int, **fields: Any) -> None:
        """Tell of something a user did in a channel: a reaction or typing."""
        shown = self.placed(shape(fixture, user_id=str(user_id), **fields), channel)
        has_member = shown.pop("member", None) is not None
        if has_member and channel.guild_id is not None:
            shown["member"] = self.whole_member(channel.guild_id, user_id)
        self._tell(channel, fixture.upper(), shown)

    def _tell(self, channel: Channel, event: str, payload: Payload) -> None:
        """Publish what happened in a channel, unless the bot cannot see it."""
        if self.bot_permissions(channel) & Permission.VIEW_CHANNEL:
            self.publish(event, payload)

    def _reference(self, message: Message) -> Payload:
        channel = self.channels[message.channel_id]
        return self.placed({"type": 0, "message_id": str(message.id)}, channel)

    def _quoted(self, message: Message) -> Payload:
        """A message inside another: quotes do not nest."""
        return {k: v for k, v in message.payload.items() if k != "referenced_message"}

    def _fill_mentions(self, payload: Payload, allowed: Payload | None) -> None:
        """Fill in whom the text pings, as far as its `allowed_mentions` let it."""
        content = payload["content"]
        users = [int(found) for found in _USER_MENTION.findall(content)]
        users = [user for user in users if _may_ping(allowed, "users", user)]
        quoted = payload.get("referenced_message")
        if quoted and (allowed is None or allowed.get("replied_user", False)):
            users.append(int(quoted["author"]["id"]))
        known = [self.users[user] for user in dict.fromkeys(users) if user in self.users]
        payload["mentions"] = [user.payload() for user in known]
        roles = [int(found) for found in _ROLE_MENTION.findall(content)]
        payload["mention_roles"] = [str(role) for role in roles if _may_ping(allowed, "roles", role)]
        everyone = allowed is None or "everyone" in allowed.get("parse", [])
        payload["mention_everyone"] = everyone and bool(re.search("@(everyone|here)", content))

    # Payloads

    def placed(self, payload: Payload, channel: Channel) -> Payload:
        """Fill in where something happened: `guild_id` is absent in direct messages."""
        payload["channel_id"] = str(channel.id)
        payload.pop("guild_id", None)
        if channel.guild_id is not None:
            payload["guild_id"] = str(channel.guild_id)
        return payload

    def member_payload(self, guild_id: int, user_id: int) -> Payload:
        """A member as events show it beside its user."""
        roles = self.guilds[guild_id].members.get(user_id, [])
        return shape("member", roles=[str(role) for role in roles])

    def whole_member(self, guild_id: int, user_id: int) -> Payload:
        """A member with its user inside."""
        return {**self.member_payload(guild_id, user_id), "user": self.users[user_id].payload()}

    def rest_payload(self, message: Message) -> Payload:
        """A message as REST shows it to the bot: with its reactions, and which of them are the bot's."""
        shown = copy.deepcopy(message.payload)
        self.freshen(shown)
        if message.reactions:
            shown["reactions"] = [
                shape(
                    "reaction",
                    emoji={"id": None, "name": emoji},
                    me=BOT_ID in who,
                    count=len(who),
                    count_details={"burst": 0, "normal": len(who)},
                )
                for emoji, who in message.reactions.items()
            ]
        return shown

    def gateway_payload(self, message: Message) -> Payload:
        """A message as the gateway shows it: REST's, with the guild and its members' sides."""
        channel = self.channels[message.channel_id]
        shown: Payload = self.placed(copy.deepcopy(message.payload), channel)
        self.freshen(shown)
        if channel.guild_id is not None:
            shown["member"] = self.member_payload(channel.guild_id, message.author_id)
            for user in shown["mentions"]:
                user["member"] = self.member_payload(channel.guild_id, int(user["id"]))
        return shown

    def update_payload(self, message: Message) -> Payload:
        return shape("message_update", **self.gateway_payload(message))

    def channel_payload(self, channel: Channel) -> Payload:
        if channel.kind is Kind.DM:
            assert channel.recipient_id is not None
            recipients = [self.users[channel.recipient_id].payload()]
            shown = shape("channel_dm", recipients=recipients)
        elif channel.is_thread:
            shown = self._thread_payload(channel)
        else:
            shown = shape("channel_forum" if channel.kind is Kind.FORUM else "channel_create")
            shown["name"] = channel.name
            shown["guild_id"] = str(channel.guild_id)
            shown["permission_overwrites"] = [o.payload() for o in channel.overwrites]
            if channel.kind is Kind.FORUM:
                shown["available_tags"] = [
                    {"id": str(tag), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
                    for tag, name in channel.tags.items()
                ]
        shown.update(id=str(channel.id), last_message_id=channel.last_message_id)
        return shown

    def _thread_payload(self, thread: Channel) -> Payload:
        shown = shape(
            "thread_update",
            type=int(thread.kind),
            name=thread.name,
            guild_id=str(thread.guild_id),
            parent_id=str(thread.parent_id),
            owner_id=str(thread.owner_id),
            message_count=len(thread.messages),
            total_message_sent=len(thread.messages),
            **({"applied_tags": [str(tag) for tag in thread.applied]} if thread.applied else {}),
        )
        shown["thread_metadata"].update(
            archived=thread.archived,
            locked=thread.locked,
            auto_archive_duration=thread.auto_archive,
            archive_timestamp=thread.created,
            create_timestamp=thread.created,
        )
        return shown

    def thread_member(self, thread: Channel) -> Payload:
        """The bot's own membership of a thread."""
        return shape(
            "thread_member",
            id=str(thread.id),
            user_id=str(BOT_ID),
            join_timestamp=thread.created,
        )

    def guild_payload(self, guild: Guild) -> Payload:
        """A guild as GUILD_CREATE shows it; of the members only the bot, as without the intent."""
        here = [c for c in self.channels.values() if c.guild_id == guild.id]
        return shape(
            "guild_create",
            id=str(guild.id),
            name=guild.name,
            roles=[self._role_payload(role) for role in guild.roles.values()],
            member_count=len(guild.members),
            members=[self.whole_member(guild.id, BOT_ID)],
            channels=[self.channel_payload(c) for c in here if not c.is_thread],
            threads=[self.channel_payload(c) for c in here if c.is_thread and not c.archived],
        )

    def _role_payload(self, role: Role) -> Payload:
        return shape("role", id=str(role.id), name=role.name, permissions=str(int(role.permissions)))


def _may_ping(allowed: Payload | None, kind: str, target: int) -> bool:
    """Whether `allowed_mentions` lets a text ping this user or role."""
    if allowed is None or kind in allowed.get("parse", []):
        return True
    return str(target) in map(str, allowed.get(kind, []))
