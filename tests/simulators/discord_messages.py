"""The simulated Discord's REST routes for messages: read, sent, edited and deleted."""

import time
from typing import Any

from tests.simulators.discord_api import (
    ApiError,
    Asked,
    Problem,
    Routes,
    form_error,
    missing_permissions,
    not_found,
)
from tests.simulators.discord_components import numbered
from tests.simulators.discord_forms import check_message
from tests.simulators.discord_world import (
    BOT_ID,
    LOADING,
    Channel,
    Kind,
    Message,
    Payload,
    Permission,
    Post,
    World,
    without_content,
)

SUPPRESS_EMBEDS = 1 << 2
# What an edit can change; `flags` are looked at bit by bit.
_EDITABLE: dict[str, Any] = {"content": "", "embeds": [], "components": [], "attachments": []}


class Messages:
    """Does what the bot asks to be done with messages, where it may."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.nonce_window = 300.0
        self.message_content_allowed = True
        self._nonces: dict[tuple[int, str], tuple[float, Message]] = {}

    def routes(self) -> Routes:
        messages = "/channels/{channel}/messages"
        return [
            ("GET", messages, self._history),
            ("POST", messages, self._post),
            ("GET", messages + "/{message}", self._get),
            ("PATCH", messages + "/{message}", self._edit),
            ("DELETE", messages + "/{message}", self._delete),
        ]

    # Finding

    def channel(self, asked: Asked) -> Channel:
        """The channel in the path, which the bot must be able to see."""
        channel = self.world.channels.get(asked.number("channel"))
        if channel is None:
            raise not_found(10003, "Channel")
        if not self.may(channel, Permission.VIEW_CHANNEL):
            raise ApiError(403, 50001, "Missing Access")
        return channel

    def message(self, asked: Asked) -> Message:
        """The message in the path."""
        message = self.channel(asked).messages.get(asked.number("message"))
        if message is None:
            raise not_found(10008, "Message")
        return message

    def may(self, channel: Channel, permission: Permission) -> bool:
        return bool(self.world.bot_permissions(channel) & permission)

    def require_active(self, channel: Channel) -> None:
        """Only a new message wakes an archived thread; nothing else may be done in it."""
        if channel.archived:
            raise ApiError(400, 50083, "Thread is archived")

    def _readable(self, message: Message) -> Payload:
        shown = self.world.rest_payload(message)
        if self.message_content_allowed:
            return shown
        channel = self.world.channels[message.channel_id]
        judged = without_content(self.world.placed(shown, channel))
        return {key: value for key, value in judged.items() if key != "guild_id"}

    def _get(self, asked: Asked) -> Payload:
        return self._readable(self.message(asked))

    def _history(self, asked: Asked) -> list[Payload]:
        channel = self.channel(asked)
        if not self.may(channel, Permission.READ_MESSAGE_HISTORY):
            return []
        limit = int(asked.query.get("limit", "50"))
        if not 1 <= limit <= 100:
            wrong = "int value should be between 1 and 100."
            raise form_error(Problem("limit", "NUMBER_TYPE_RANGE", wrong))
        ids = _page(sorted(channel.messages), asked.query, limit)
        return [self._readable(channel.messages[found]) for found in reversed(ids)]

    # Sending

    def _post(self, asked: Asked) -> Payload:
        return self.send(self.channel(asked), asked.body)

    def require_sending(self, channel: Channel) -> None:
        needed = Permission.SEND_MESSAGES
        if channel.is_thread:
            needed = Permission.SEND_MESSAGES_IN_THREADS
        if not self.may(channel, needed):
            raise missing_permissions()
        if channel.kind is Kind.FORUM:
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        if channel.recipient_id is not None and not self.world.users[channel.recipient_id].takes_dms:
            raise ApiError(403, 50007, "Cannot send messages to this user")

    def send(self, channel: Channel, body: Payload) -> Payload:
        """Create a message of the bot's, or give the one which this nonce made before."""
        self.require_sending(channel)
        check_message(body)
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        before = self._nonces.get((channel.id, nonce)) if nonce is not None else None
        if before is not None and body.get("enforce_nonce"):
            at, message = before
            if time.monotonic() - at < self.nonce_window:
                return {**self.world.rest_payload(message), "nonce": nonce}
        message, _ = self.create(channel, body, self._replied_to(channel, body))
        if nonce is None:
            self.world.announce(message)
            return self.world.rest_payload(message)
        self._nonces[channel.id, nonce] = (time.monotonic(), message)
        self.world.announce(message, nonce)
        return {**self.world.rest_payload(message), "nonce": nonce}

    def _replied_to(self, channel: Channel, body: Payload) -> Message | None:
        reference = body.get("message_reference")
        if not reference:
            return None
        found = channel.messages.get(int(reference["message_id"]))
        if found is None and reference.get("fail_if_not_exists", True):
            wrong = Problem("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            raise form_error(wrong)
        return found

    def create(
        self, channel: Channel, body: Payload, reply_to: Message | None = None, **fields: Any
    ) -> tuple[Message, Post]:
        """Write a message of the bot's down (in a thread which that wakes), without telling anybody."""
        if channel.archived and channel.locked and not self.may(channel, Permission.MANAGE_THREADS):
            raise ApiError(400, 50083, "Thread is archived")
        self.world.wake(channel)
        message = self.world.add_message(
            channel.id,
            BOT_ID,
            body.get("content") or "",
            reply_to=reply_to,
            allowed_mentions=body.get("allowed_mentions"),
            embeds=body.get("embeds") or [],
            components=numbered(body.get("components") or []),
            attachments=body.get("attachments") or [],
            **{"flags": body.get("flags") or 0, **fields},
        )
        nonce = body.get("nonce")
        post = Post(
            id=message.id,
            channel_id=message.channel_id,
            content=message.payload["content"],
            nonce=None if nonce is None else str(nonce),
            reference=reply_to.id if reply_to else None,
            allowed_mentions=body.get("allowed_mentions"),
            flags=message.payload["flags"],
            components=message.payload["components"],
            body=body,
            at=time.monotonic(),
        )
        self.world.posts.append(post)
        return message, post

    # Changing

    def _edit(self, asked: Asked) -> Payload:
        channel, message = self.channel(asked), self.message(asked)
        if message.author_id != BOT_ID:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        self.require_active(channel)
        return self.change(message, asked.body)

    def change(self, message: Message, body: Payload, under: str = "") -> Payload:
        """Edit a message of the bot's: what the body does not name stays, what it names as null goes."""
        sent = {key: body[key] for key in _EDITABLE if key in body}
        changes = {key: _EDITABLE[key] if value is None else value for key, value in sent.items()}
        check_message({**message.payload, **changes}, under)
        if "components" in changes:
            changes["components"] = numbered(changes["components"])
        flags = message.payload["flags"]
        was_loading = bool(flags & LOADING)
        if body.get("flags") is not None:
            flags = (flags & ~SUPPRESS_EMBEDS) | (body["flags"] & SUPPRESS_EMBEDS)
        changes["flags"] = flags & ~LOADING
        self.world.change_message(message, changes, body.get("allowed_mentions"))
        self._note_change(message, was_loading)
        return self.world.rest_payload(message)

    def _note_change(self, message: Message, was_loading: bool) -> None:
        for post in self.world.posts:
            if post.id == message.id:
                if not was_loading:
                    post.edits.append(post.content)
                shown = message.payload
                post.content, post.flags = shown["content"], shown["flags"]
                post.components = shown["components"]

    def _delete(self, asked: Asked) -> None:
        channel, message = self.channel(asked), self.message(asked)
        if message.author_id != BOT_ID:
            if channel.kind is Kind.DM:
                raise ApiError(403, 50003, "Cannot execute action on a DM channel")
            if not self.may(channel, Permission.MANAGE_MESSAGES):
                raise missing_permissions()
        self.require_active(channel)
        self.world.delete_message(message)


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
