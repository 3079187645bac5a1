"""Which events Slack sends an app for what happens in its channels."""

from typing import Any

from tests.simulators.slack_delivery import Courier
from tests.simulators.slack_payloads import load_fixture, mentions
from tests.simulators.slack_workspace import BOT_USER_ID, Channel, Message, Workspace

SUBSCRIPTIONS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
# The scope that each event takes (docs.slack.dev/reference/events); empty where it takes none.
EVENT_SCOPES = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "assistant_thread_context_changed": "assistant:write",
    "assistant_thread_started": "assistant:write",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}


class EventSource:
    """Tells the app of messages, as far as it subscribed to them and is there to see them."""

    def __init__(self, workspace: Workspace, courier: Courier) -> None:
        self.subscriptions = set(EVENT_SCOPES)
        self.echo = True
        self.mention_first = False
        self._workspace = workspace
        self._courier = courier

    def _hears(self, channel: Channel) -> bool:
        return channel.is_member and SUBSCRIPTIONS[channel.kind] in self.subscriptions

    async def posted(self, channel: Channel, message: Message) -> None:
        """A new message: a message event and, when it mentions the bot, an app_mention."""
        events = []
        if self._hears(channel) and (message.user != BOT_USER_ID or self.echo):
            events.append(self._message_event(channel, message))
        if self._is_mention(channel, message):
            events.append(self._mention_event(channel, message))
        if self.mention_first:
            events.reverse()
        for event in events:
            await self._courier.send_event(event, message.ts, elsewhere=self._workspace.team_of(message.user))

    async def happened(self, event: dict[str, Any]) -> str | None:
        """What is no message; returns the event's id (None if not delivered)."""
        if event["type"] not in self.subscriptions:
            return None
        return await self._courier.send_event(event, event["event_ts"])

    def _is_mention(self, channel: Channel, message: Message) -> bool:
        return (
            "app_mention" in self.subscriptions
            and channel.is_member
            and channel.kind != "im"
            and message.user != BOT_USER_ID
            and mentions(message.text, BOT_USER_ID)
        )

    @staticmethod
    def _message_event(channel: Channel, message: Message) -> dict[str, Any]:
        if "bot_id" in message.payload:
            shape = "message_bot"
        elif "files" in message.payload:
            shape = "file_share"
        elif message.thread_ts is not None:
            shape = "message_thread"
        else:
            shape = "message_im" if channel.kind == "im" else "message_channel"
        place = {"channel": channel.id, "channel_type": channel.kind, "event_ts": message.ts}
        event = load_fixture(shape, **message.payload, **place)
        if message.metadata is not None:
            event["metadata"] = message.metadata
        return event

    @staticmethod
    def _mention_event(channel: Channel, message: Message) -> dict[str, Any]:
        fields = {name: value for name, value in message.payload.items() if name not in ("type", "subtype")}
        event = load_fixture("app_mention", **fields, channel=channel.id, event_ts=message.ts)
        if "bot_id" in event:
            # Only what a person's client sent has a client_msg_id.
            del event["client_msg_id"]
        return event

    async def reacted(
        self, channel: Channel, message: Message, user: str, name: str, *, removed: bool
    ) -> str | None:
        """A reaction that came or went; returns the ts of the event itself."""
        if not self._hears(channel):
            return None
        ts = self._workspace.next_ts()
        event = load_fixture(
            "reaction_removed" if removed else "reaction_added",
            user=user,
            reaction=name,
            item_user=message.user,
            item={"type": "message", "channel": channel.id, "ts": message.ts},
            event_ts=ts,
        )
        await self._courier.send_event(event, ts)
        return ts

    async def changed(self, channel: Channel, message: Message, previous: dict[str, Any]) -> str | None:
        """An edited message; returns the ts of the event itself."""
        shown = channel.render(message, with_metadata=True)
        return await self._hidden("message_changed", channel, message=shown, previous=previous)

    async def deleted(self, channel: Channel, ts: str, previous: dict[str, Any]) -> str | None:
        """A deleted message; returns the ts of the event itself."""
        return await self._hidden("message_deleted", channel, deleted_ts=ts, previous=previous)

    async def _hidden(
        self, shape: str, channel: Channel, previous: dict[str, Any], **fields: Any
    ) -> str | None:
        own = previous["user"] == BOT_USER_ID
        if not self._hears(channel) or (own and not self.echo):
            return None
        ts = self._workspace.next_ts()
        event = load_fixture(
            shape,
            **fields,
            previous_message=previous,
            channel=channel.id,
            channel_type=channel.kind,
            ts=ts,
            event_ts=ts,
        )
        await self._courier.send_event(event, ts)
        return ts
