"""Interactions of the simulated Discord: pressed buttons, slash commands, and what the bot answers."""

import copy
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.simulators.discord_api import ApiError, Asked, Problem, Routes, form_error, not_found
from tests.simulators.discord_components import BUTTON, pressable
from tests.simulators.discord_forms import check_message
from tests.simulators.discord_messages import Messages
from tests.simulators.discord_world import (
    BOT_ID,
    EPHEMERAL,
    LOADING,
    Channel,
    Message,
    Payload,
    Post,
    World,
    shape,
)

# What a callback can ask for.
MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE = 4, 5, 6, 7
# Of the answers to a slash command and to one of a message's menu; a button's is an ordinary message.
_MESSAGE_TYPES = {1: 20, 3: 23}
_OPTION_TYPES = {str: 3, int: 4, bool: 5, float: 10}


@dataclass(eq=False)
class Interaction:
    """What an interaction's token allows: one callback, then follow-ups and edits."""

    id: int
    token: str
    type: int
    channel_id: int
    at: float
    message_type: int
    metadata: Payload
    source: Message | None = None
    original: Message | None = None
    answered: bool = False
    responses: list[Payload] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    @property
    def age(self) -> float:
        return time.monotonic() - self.at


class Wait(Protocol):
    """Waits until something is reached; what was `wanted` goes into the TimeoutError."""

    def __call__(
        self, reached: Callable[[], bool], timeout: float, wanted: Callable[[], str], /
    ) -> Awaitable[None]: ...


@dataclass(frozen=True, eq=False)
class Press:
    """A pressed button, or a command, as whoever used it sees it, now."""

    interaction: Interaction
    _wait: Wait = field(repr=False)

    @property
    def id(self) -> int:
        return self.interaction.id

    @property
    def acked(self) -> bool:
        """Whether the bot answered in time; if not, the user reads "This interaction failed"."""
        return self.interaction.answered

    @property
    def responses(self) -> list[Payload]:
        """The bodies of the accepted callbacks (one, unless the bot was late)."""
        return self.interaction.responses

    @property
    def replies(self) -> list[Post]:
        """The messages in answer: the callback's and the follow-ups, without what loads or is deleted."""
        return [post for post in self.interaction.posts if not (post.loading or post.deleted)]

    @property
    def reply(self) -> str | None:
        """What the newest of the replies says."""
        return self.replies[-1].content if self.replies else None

    @property
    def ephemeral(self) -> bool:
        """Whether only the user who pressed sees the newest of the replies."""
        return bool(self.replies) and self.replies[-1].ephemeral

    async def wait_acked(self, timeout: float = 10) -> None:
        await self._wait(lambda: self.acked, timeout, lambda: "a callback to the interaction")

    async def wait_reply(self, timeout: float = 10) -> str:
        """Wait for a reply, which after a deferral comes later."""
        await self._wait(lambda: bool(self.replies), timeout, lambda: "a reply to the interaction")
        return self.replies[-1].content


class Interactions:
    """Tells the bot of interactions, and takes its answers to them while there is time."""

    def __init__(self, world: World, messages: Messages) -> None:
        self.world = world
        self.window = 3.0
        self.token_lifetime = 900.0
        self.by_token: dict[str, Interaction] = {}
        self._messages = messages

    def routes(self) -> Routes:
        webhook = "/webhooks/{app}/{token}"
        message = webhook + "/messages/{message}"
        return [
            ("POST", "/interactions/{id}/{token}/callback", self._callback),
            ("POST", webhook, self._follow_up),
            ("GET", message, self._get),
            ("PATCH", message, self._edit),
            ("DELETE", message, self._delete),
        ]

    # To the bot

    def press(
        self,
        message: Message,
        user_id: int,
        wanted: str,
        values: Sequence[str] | None = None,
        forge: bool = False,
    ) -> Interaction:
        """Let a user press a button; forged ones are sent as they are, be they on the message or not."""
        if forge:
            component: Payload = {"type": BUTTON, "id": 1, "custom_id": wanted}
        else:
            component = pressable(message.payload["components"], wanted)
        data = {"component_type": component["type"], "custom_id": component["custom_id"]}
        data["id"] = component.get("id", 0)
        if values is not None:
            data["values"] = list(values)
        channel = self.world.channels[message.channel_id]
        return self._send("interaction_button", channel, user_id, data, message)

    def slash(
        self, channel: Channel, user_id: int, command_id: str, name: str, options: dict[str, Any]
    ) -> Interaction:
        """Let a user send a slash command."""
        data: Payload = {"id": command_id, "name": name, "type": 1}
        if options:
            data["options"] = [
                {"name": key, "type": _OPTION_TYPES[type(value)], "value": value}
                for key, value in options.items()
            ]
        return self._send("interaction_slash", channel, user_id, data)

    def choose(self, message: Message, user_id: int, command_id: str, name: str) -> Interaction:
        """Let a user choose a command in the menu of a message, which is sent along as REST shows it."""
        shown = self.world.rest_payload(message)
        data: Payload = {"id": command_id, "name": name, "type": 3, "target_id": str(message.id)}
        data["resolved"] = {"messages": {str(message.id): shown}}
        return self._send("interaction_message", self.world.channels[message.channel_id], user_id, data)

    def _send(
        self,
        fixture: str,
        channel: Channel,
        user_id: int,
        data: Payload,
        message: Message | None = None,
    ) -> Interaction:
        shown = shape(fixture, data=data, channel=self.world.channel_payload(channel))
        interaction = Interaction(
            id=self.world.next_id(),
            token=secrets.token_urlsafe(48),
            type=shown["type"],
            channel_id=channel.id,
            at=time.monotonic(),
            message_type=_MESSAGE_TYPES.get(data.get("type", 0), 0),
            metadata={},
            source=message,
        )
        self.by_token[interaction.token] = interaction
        shown.update(id=str(interaction.id), token=interaction.token)
        shown["app_permissions"] = str(int(self.world.bot_permissions(channel)))
        if message is not None:
            shown["message"] = copy.deepcopy(message.payload)
        self._place(shown, channel, user_id)
        interaction.metadata = {
            "id": shown["id"],
            "type": shown["type"],
            "user": self.world.users[user_id].payload(),
            "authorizing_integration_owners": shown["authorizing_integration_owners"],
        }
        if message is not None:
            interaction.metadata["interacted_message_id"] = str(message.id)
        self.world.publish("INTERACTION_CREATE", shown)
        return interaction

    def _place(self, shown: Payload, channel: Channel, user_id: int) -> None:
        """Fill in where it was and who did it: a member in a guild, a user in a DM."""
        self.world.placed(shown, channel)
        if channel.guild_id is None:
            for key in ("guild", "guild_locale", "member"):
                del shown[key]
            shown["user"] = self.world.users[user_id].payload()
            shown.update(context=1, authorizing_integration_owners={"0": "0"})
            return
        shown["guild"]["id"] = shown["guild_id"]
        shown["authorizing_integration_owners"] = {"0": shown["guild_id"]}
        shown["member"] = self.world.whole_member(channel.guild_id, user_id)
        permissions = self.world.permissions_in(channel, user_id)
        shown["member"]["permissions"] = str(int(permissions))

    # The callback

    def _callback(self, asked: Asked) -> Payload | None:
        interaction = self.by_token.get(asked.params["token"])
        if interaction is None or asked.number("id") != interaction.id:
            raise not_found(10062, "interaction")
        if interaction.answered:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if interaction.age > self.window:
            raise not_found(10062, "interaction")
        message = self._respond(interaction, asked.body)
        interaction.answered = True
        interaction.responses.append(asked.body)
        if asked.query.get("with_response") not in ("1", "true"):
            return None
        return self._callback_payload(interaction, asked.body["type"], message)

    def _respond(self, interaction: Interaction, body: Payload) -> Message | None:
        """Do what a callback of this type does; give the message it made or changed."""
        kind, data = body.get("type"), body.get("data") or {}
        if kind == MESSAGE:
            check_message(data, under="data")
            interaction.original = self._say(interaction, data)
        elif kind == DEFERRED_MESSAGE:
            loading = {**data, "flags": (data.get("flags") or 0) | LOADING}
            interaction.original = self._say(interaction, loading)
        elif kind in (DEFERRED_UPDATE, UPDATE) and interaction.source is not None:
            interaction.original = interaction.source
            if kind == UPDATE:
                self._change(interaction.source, data, under="data")
                self._shows(interaction, interaction.source)
        else:
            wrong = f"This interaction can't be answered with type {kind}."
            raise form_error(Problem("type", "BASE_TYPE_CHOICES", wrong))
        return None if kind == DEFERRED_UPDATE else interaction.original

    def _say(self, interaction: Interaction, data: Payload) -> Message:
        """Post in answer, which needs no permission to write; an ephemeral message nobody is told of."""
        channel = self.world.channels[interaction.channel_id]
        message, post = self._messages.create(
            channel, data, type=interaction.message_type, application_id=str(BOT_ID)
        )
        message.payload.update(webhook_id=str(BOT_ID), interaction_metadata=interaction.metadata)
        interaction.posts.append(post)
        if message.ephemeral:
            del channel.messages[message.id]
        else:
            self.world.announce(message)
        return message

    def _shows(self, interaction: Interaction, message: Message) -> None:
        """Let a changed message that one person alone sees be among what answers an interaction."""
        if message.ephemeral and all(post.id != message.id for post in interaction.posts):
            interaction.posts += [post for post in self.world.posts if post.id == message.id]

    def _change(self, message: Message, data: Payload, under: str = "") -> Payload:
        if message.id not in self.world.messages:
            raise not_found(10008, "Message")
        return self._messages.change(message, data, under)

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
        shown["resource"] = {"type": kind, "message": self.world.rest_payload(message)}
        return shown

    # Afterwards

    def _answered(self, asked: Asked) -> Interaction:
        """The interaction whose token is in the path; it is good for nothing before the callback."""
        interaction = self.by_token.get(asked.params["token"])
        if interaction is None or interaction.age > self.token_lifetime:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if not interaction.answered or asked.number("app") != BOT_ID:
            raise not_found(10015, "Webhook")
        return interaction

    def _follow_up(self, asked: Asked) -> Payload:
        interaction = self._answered(asked)
        check_message(asked.body)
        original = interaction.original
        # The first one after a deferral takes the place of what loads, and its visibility.
        if original is not None and original.payload["flags"] & LOADING:
            return self._change(original, asked.body)
        return self.world.rest_payload(self._say(interaction, asked.body))

    def _message(self, asked: Asked) -> Message:
        """The message in the path: `@original`, or one which this interaction made."""
        interaction = self._answered(asked)
        made = {post.id for post in interaction.posts}
        if asked.params["message"] == "@original":
            message = interaction.original
        else:
            number = asked.number("message")
            message = self.world.messages.get(number) if number in made else None
        if message is None or message.id not in self.world.messages:
            raise not_found(10008, "Message")
        return message

    def _get(self, asked: Asked) -> Payload:
        return self.world.rest_payload(self._message(asked))

    def _edit(self, asked: Asked) -> Payload:
        interaction, message = self._answered(asked), self._message(asked)
        shown = self._change(message, asked.body)
        self._shows(interaction, message)
        return shown

    def _delete(self, asked: Asked) -> None:
        self.world.delete_message(self._message(asked))
