"""The simulated workspace: its people, its channels and what was said in them."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.simulators.slack_blocks import shown_blocks
from tests.simulators.slack_payloads import load_fixture, rich_text

TEAM_ID = "T1"
TEAM_NAME = "Example"
TEAM_DOMAIN = "example"
BOT_USER_ID = "U0BOT"
BOT_ID = "B0BOT"
APP_ID = "A0APP"

# What an event adds to the message it is about; a message in the history has none of it.
EVENT_ONLY_FIELDS = ("channel", "channel_type", "event_ts")


class SlackError(Exception):
    """An {"ok": false} answer of the Web API."""

    def __init__(self, error: str, **detail: Any) -> None:
        super().__init__(error)
        self.answer: dict[str, Any] = {"ok": False, "error": error, **detail}


def ts_number(ts: str, error: str = "invalid_ts") -> Decimal:
    """A ts as a number, for comparing "0" or "1735689600" with full timestamps."""
    try:
        return Decimal(ts)
    except InvalidOperation:
        raise SlackError(error) from None


@dataclass
class User:
    """A member of the workspace."""

    id: str
    name: str
    real_name: str
    is_bot: bool = False

    @property
    def bot_id(self) -> str:
        return BOT_ID if self.id == BOT_USER_ID else f"B{self.id}"

    @property
    def app_id(self) -> str:
        return APP_ID if self.id == BOT_USER_ID else f"A{self.id}"

    def payload(self) -> dict[str, Any]:
        """The user object of users.info."""
        profile = {
            "real_name": self.real_name,
            "display_name": self.name,
            "real_name_normalized": self.real_name,
            "display_name_normalized": self.name,
            "team": TEAM_ID,
        }
        if self.is_bot:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id}
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "deleted": False,
            "real_name": self.real_name,
            "tz": "Europe/Amsterdam",
            "profile": profile,
            "is_admin": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1735600000,
        }

    def bot_payload(self) -> dict[str, Any]:
        """The bot object of bots.info."""
        return {
            "id": self.bot_id,
            "deleted": False,
            "name": self.name,
            "updated": 1735600000,
            "app_id": self.app_id,
            "user_id": self.id,
            "icons": {},
        }


@dataclass
class Message:
    """One message: payload is how the history shows it, the rest is kept beside it.

    `blocks` are the bot's own blocks as it sent them; the payload shows them as Slack gives them back.
    `states` are the texts that it has had, as people saw them one after the other.
    """

    payload: dict[str, Any]
    arguments: dict[str, Any] = field(default_factory=dict)
    blocks: list[dict[str, Any]] | None = None
    metadata: dict[str, Any] | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    streaming: bool = False
    edits: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    @property
    def ts(self) -> str:
        return str(self.payload["ts"])

    @property
    def text(self) -> str:
        return str(self.payload["text"])

    @property
    def user(self) -> str:
        return str(self.payload["user"])

    @property
    def thread_ts(self) -> str | None:
        """The thread a reply belongs to; None for a message of the channel itself."""
        return self.payload.get("thread_ts")

    @property
    def in_channel(self) -> bool:
        """Whether the channel itself shows it: not a reply, or one that was broadcast."""
        return self.thread_ts is None or self.payload.get("subtype") == "thread_broadcast"

    @property
    def is_tombstone(self) -> bool:
        """Whether it only keeps the place of a deleted message that has replies."""
        return self.payload.get("subtype") == "tombstone"

    def rewrite(self, text: str, blocks: list[dict[str, Any]] | None = None) -> None:
        """Give the message a new text and, unless its own blocks stay, the blocks made of it."""
        self.payload["text"] = text
        self.states.append(text)
        if blocks is not None:
            # An empty array is how chat.update takes the blocks off.
            self.blocks = blocks or None
            self.payload["blocks"] = shown_blocks(blocks)
        if self.blocks is None:
            self.payload["blocks"] = rich_text(text)

    def edit(self, text: str, blocks: list[dict[str, Any]] | None, *, by: str, at: str) -> None:
        """Rewrite what people have seen already: it is marked, and the old text is kept."""
        self.edits.append(self.text)
        self.rewrite(text, blocks)
        self.payload["edited"] = {"user": by, "ts": at}


@dataclass
class EphemeralMessage:
    """A message that one person sees, until their client starts anew; it is in no history.

    In a thread it is `shown` only if somebody has replied there already, though Slack takes it either way.
    """

    channel: str
    user: str
    message: Message
    shown: bool


@dataclass
class Channel:
    """A channel (kind channel, group or mpim) or a direct message (kind im).

    `for_all` is a channel that everybody is in; `removed` are the deleted messages as they last were.
    """

    id: str
    name: str
    kind: str
    members: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    for_all: bool = False
    removed: list[Message] = field(default_factory=list)

    @property
    def is_member(self) -> bool:
        """Whether the bot is in it."""
        return BOT_USER_ID in self.members

    def payload(self) -> dict[str, Any]:
        """The channel object of conversations.info."""
        common = {"id": self.id, "created": 1735600000, "context_team_id": TEAM_ID}
        if self.kind == "im":
            other = next(member for member in self.members if member != BOT_USER_ID)
            return {**common, "is_im": True, "user": other, "is_open": True}
        return {
            **common,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": False,
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_archived": False,
            "is_general": False,
            "is_member": self.is_member,
            "num_members": len(self.members),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }

    def in_order(self) -> list[Message]:
        """Its messages and replies, oldest first."""
        return [self.messages[ts] for ts in sorted(self.messages)]

    def replies(self, ts: str) -> list[Message]:
        """The replies to a message, oldest first."""
        return [message for message in self.in_order() if message.thread_ts == ts]

    def render(self, message: Message, with_metadata: bool = False) -> dict[str, Any]:
        """The message as conversations.history and conversations.replies show it."""
        shown = dict(message.payload)
        replies = self.replies(message.ts)
        if replies:
            shown |= self._thread_summary(message.ts, replies)
        if message.reactions:
            shown["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in message.reactions.items()
            ]
        if with_metadata and message.metadata is not None:
            shown["metadata"] = message.metadata
        return shown

    def _thread_summary(self, ts: str, replies: list[Message]) -> dict[str, Any]:
        users = list(dict.fromkeys(reply.user for reply in replies))
        return {
            "thread_ts": ts,
            "reply_count": len(replies),
            "reply_users": users,
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
            "is_locked": False,
            "subscribed": True,
        }


class Workspace:
    """Everything Slack would have stored."""

    def __init__(self) -> None:
        bot = User(BOT_USER_ID, "frontdesk", "Frontdesk", is_bot=True)
        self.users: dict[str, User] = {BOT_USER_ID: bot}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[EphemeralMessage] = []
        self._last_ts = 0

    def next_ts(self, at: float | None = None) -> str:
        """A timestamp nobody has: now and increasing, or as near after `at` as is free."""
        if at is None:
            self._last_ts = max(self._last_ts + 1, int(time.time() * 1_000_000))
            return self._ts(self._last_ts)
        micros = int(at * 1_000_000)
        while any(self._ts(micros) in channel.messages for channel in self.channels.values()):
            micros += 1
        return self._ts(micros)

    @staticmethod
    def _ts(micros: int) -> str:
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def open_dm(self, user: str) -> Channel:
        """The direct message channel of the bot and one user, the same one every time."""
        if user not in self.users:
            raise SlackError("user_not_found")
        for channel in self.channels.values():
            if channel.kind == "im" and user in channel.members:
                return channel
        channel = Channel(f"D{user}", "", "im", members=[user, BOT_USER_ID])
        self.channels[channel.id] = channel
        return channel

    def open_direct(self, users: list[str]) -> Channel:
        """The direct messages of the bot with one or several users."""
        if len(users) == 1:
            return self.open_dm(users[0])
        if any(user not in self.users for user in users):
            raise SlackError("user_not_found")
        members = [*dict.fromkeys([*users, BOT_USER_ID])]
        for channel in self.channels.values():
            if channel.kind == "mpim" and set(channel.members) == set(members):
                return channel
        name = "--".join(self.users[user].name for user in members)
        channel = Channel(f"GM{len(self.channels)}", f"mpdm-{name}-1", "mpim", members)
        self.channels[channel.id] = channel
        return channel

    def channel(self, id: str) -> Channel:
        """The channel the bot may know of by this id, else channel_not_found."""
        channel = self.channels.get(id)
        if channel is None or (channel.kind != "channel" and not channel.is_member):
            raise SlackError("channel_not_found")
        return channel

    def message(self, channel: Channel, ts: str, error: str = "message_not_found") -> Message:
        """The message with this ts, else the error."""
        if ts not in channel.messages:
            raise SlackError(error)
        return channel.messages[ts]

    def bot_channels(self) -> Iterator[Channel]:
        """The conversations the bot is in."""
        return (channel for channel in self.channels.values() if channel.is_member)

    def add_from_user(
        self,
        channel: Channel,
        user: User,
        text: str,
        thread_ts: str | None = None,
        files: list[dict[str, Any]] | None = None,
        at: float | None = None,
    ) -> Message:
        """Put what a person or another app's bot said in the channel's history."""
        fields = self._common_fields(channel, user.id, text, thread_ts, at)
        shape = "message_channel"
        if user.is_bot:
            shape = "message_bot"
            profile = {**user.bot_payload(), "team_id": TEAM_ID}
            fields |= {"bot_id": user.bot_id, "app_id": user.app_id, "bot_profile": profile}
        else:
            fields["client_msg_id"] = str(uuid.uuid4())
        if files is not None:
            shape = "file_share"
            fields["files"] = files
        return self._store(channel, Message(self._without_event_fields(shape, fields)))

    def add_from_bot(
        self, channel: Channel, text: str, thread_ts: str | None = None, broadcast: bool = False
    ) -> Message:
        """Put what the bot posted in the channel's history."""
        fields = self._common_fields(channel, BOT_USER_ID, text, thread_ts)
        if broadcast and thread_ts:
            fields["subtype"] = "thread_broadcast"
        return self._store(channel, Message(self._without_event_fields("message_bot", fields)))

    def add_ephemeral(
        self,
        channel: Channel,
        user: str,
        text: str,
        blocks: list[dict[str, Any]] | None,
        thread_ts: str | None,
        arguments: dict[str, Any],
    ) -> EphemeralMessage:
        """Show one person a message of the bot."""
        fields = {"type": "message", "user": BOT_USER_ID, "ts": self.next_ts()}
        if thread_ts is not None:
            fields["thread_ts"] = thread_ts
        message = Message(fields, arguments)
        message.rewrite(text, blocks)
        shown = thread_ts is None or bool(channel.replies(thread_ts))
        ephemeral = EphemeralMessage(channel.id, user, message, shown)
        self.ephemerals.append(ephemeral)
        return ephemeral

    def _common_fields(
        self,
        channel: Channel,
        user: str,
        text: str,
        thread_ts: str | None,
        at: float | None = None,
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "user": user,
            "ts": self.next_ts(at),
            "text": text,
            "blocks": rich_text(text),
        }
        if thread_ts is not None:
            parent = self.message(channel, thread_ts, "thread_not_found")
            # A reply to a reply lands in the same thread: Slack's threads are one level deep.
            fields["thread_ts"] = parent.thread_ts or parent.ts
            fields["parent_user_id"] = channel.messages[fields["thread_ts"]].user
        return fields

    @staticmethod
    def _without_event_fields(shape: str, fields: dict[str, Any]) -> dict[str, Any]:
        payload = load_fixture(shape, **fields)
        return {name: value for name, value in payload.items() if name not in EVENT_ONLY_FIELDS}

    @staticmethod
    def _store(channel: Channel, message: Message) -> Message:
        channel.messages[message.ts] = message
        return message

    def remove(self, channel: Channel, message: Message) -> bool:
        """Take a message out; True if replies keep its place in the history as a tombstone."""
        channel.removed.append(replace(message, payload=message.payload))
        if not channel.replies(message.ts):
            del channel.messages[message.ts]
            return False
        message.payload = {
            "type": "message",
            "subtype": "tombstone",
            "text": "This message was deleted.",
            "user": "USLACKBOT",
            "hidden": True,
            "ts": message.ts,
        }
        message.blocks = message.metadata = None
        message.reactions = {}
        return True
