"""People pressing buttons and using commands, and the response_url that the app may answer to."""

import contextlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from tests.simulators.slack_blocks import Block, elements_of
from tests.simulators.slack_checks import POST_LIMIT, checked_blocks, checked_text
from tests.simulators.slack_delivery import Courier, Delivery
from tests.simulators.slack_events import EventSource
from tests.simulators.slack_methods import WebApi, is_true
from tests.simulators.slack_payloads import load_fixture
from tests.simulators.slack_records import Ephemeral, Post, ephemeral_of, post_of
from tests.simulators.slack_waiting import Changes
from tests.simulators.slack_workspace import (
    TEAM_ID,
    Channel,
    EphemeralMessage,
    Message,
    SlackError,
    Workspace,
)

# How often a response_url may be used.
RESPONSES = 5
# Interactions tell the names of public channels only.
HIDDEN_NAMES = {"group": "privategroup", "im": "directmessage"}

Source = Message | EphemeralMessage | None
Found = TypeVar("Found")


@dataclass
class ResponseUrl:
    """Where the app may answer an interaction: for one person, a few times, for a while."""

    place: Channel
    user: str
    source: Source
    issued: float
    uses: int = 0


class Pressed:
    """A button that somebody pressed, and what they see of it from then on.

    Not `acked` within the seconds that Slack gives the app, the presser is shown a warning sign beside the
    button, and that is all: Slack does not deliver an interaction again. An acknowledgement that comes too
    late counts in `delivery` only.
    """

    def __init__(self, world: "Interactions", place: Channel, source: Source, delivery: Delivery) -> None:
        self.delivery = delivery
        self.payload = delivery.payload
        self.user: str = delivery.payload["user"]["id"]
        self.response_url: str = delivery.payload["response_url"]
        self.acked = False
        self._world = world
        self._place = place
        self._source = source
        self._edits = len(self._message.edits) if self._message else 0

    @property
    def _message(self) -> Message | None:
        return self._source.message if isinstance(self._source, EphemeralMessage) else self._source

    @property
    def ephemerals(self) -> list[Ephemeral]:
        """What was shown to the presser alone, there and since then."""
        since = self.payload["actions"][0]["action_ts"]
        return [seen for seen in self._world.ephemerals(self._place.id, self.user) if seen.ts > since]

    async def wait_ephemeral(self, count: int = 1, timeout: float = 30) -> list[Ephemeral]:
        """Wait until the presser was shown that many messages for them alone."""
        return await self._world.wait_for(lambda: self.ephemerals, count, timeout, "ephemerals")

    async def wait_changed(self, timeout: float = 30) -> Post | Ephemeral:
        """Wait until the message was changed after the press; returns it as it then is."""
        message, source = self._message, self._source
        assert message is not None
        await self._world.wait_for(
            lambda: message.edits[self._edits :], 1, timeout, "changes of the pressed message"
        )
        if isinstance(source, EphemeralMessage):
            return ephemeral_of(source)
        return post_of(self._place, message)

    async def wait_gone(self, timeout: float = 30) -> None:
        """Wait until the message is deleted."""
        await self._world.wait_for(
            lambda: [] if self._there else [True], 1, timeout, "removal of the pressed message"
        )

    @property
    def _there(self) -> bool:
        return self._source is not None and self._world.is_there(self._place, self._source)


class Interactions:
    """Delivers what people do with the app, and takes what it answers to a response_url."""

    def __init__(
        self,
        workspace: Workspace,
        courier: Courier,
        events: EventSource,
        web_api: WebApi,
        changes: Changes,
        url: Callable[[], str],
    ) -> None:
        self.ack_seconds = 3.0
        self.response_url_seconds = 1_800.0
        self.workspace = workspace
        self._courier = courier
        self._events = events
        self._web_api = web_api
        self._changes = changes
        self._url = url
        self._response_urls: dict[str, ResponseUrl] = {}

    def ephemerals(self, channel: str, user: str) -> list[Ephemeral]:
        """What a person sees in a channel that nobody else does, oldest first."""
        return [
            ephemeral_of(ephemeral)
            for ephemeral in self.workspace.ephemerals
            if (ephemeral.channel, ephemeral.user, ephemeral.shown) == (channel, user, True)
        ]

    def is_there(self, place: Channel, source: Message | EphemeralMessage) -> bool:
        """Whether a message has not been deleted."""
        if isinstance(source, EphemeralMessage):
            return source in self.workspace.ephemerals
        return source in place.messages.values() and not source.is_tombstone

    async def wait_for(
        self, found: Callable[[], list[Found]], count: int, timeout: float, what: str
    ) -> list[Found]:
        """Wait until that many are found."""
        await self._changes.wait_until(
            lambda: len(found()) >= count, timeout, lambda: f"{count} {what}; there are {found()}"
        )
        return found()

    # Pressing

    async def press(
        self, channel: str, ts: str, user: str, button: str, value: str | None, forge: bool
    ) -> Pressed:
        """Press a button of a message in the channel."""
        place = self.workspace.channels[channel]
        message = place.messages.get(ts)
        if not forge:
            if user not in self.workspace.users:
                raise LookupError(f"nobody is {user}")
            if place.kind != "channel" and user not in place.members:
                raise LookupError(f"{user} is not in {channel} and can't see what is there")
            if message is None:
                raise LookupError(f"there is no message {ts} in {channel}")
        return await self._press(place, ts, message, user, _action(message, button, value, forge))

    async def press_ephemeral(
        self, channel: str, ts: str, user: str, button: str, value: str | None, forge: bool
    ) -> Pressed:
        """Press a button of a message that only the presser sees."""
        posted = self.workspace.ephemerals
        here = (each for each in posted if (each.channel, each.message.ts) == (channel, ts))
        ephemeral = next(here, None)
        if not forge and (ephemeral is None or not ephemeral.shown or ephemeral.user != user):
            raise LookupError(f"{user} sees no message {ts} in {channel}")
        message = ephemeral.message if ephemeral else None
        place = self.workspace.channels[channel]
        action = _action(message, button, value, forge)
        return await self._press(place, ts, ephemeral, user, action, is_ephemeral=True)

    async def press_home(self, user: str, button: str) -> Delivery:
        """Press a button of somebody's Home tab; waits for the acknowledgement.

        What is pressed in a view has neither a channel nor a message, and no response URL.
        """
        view = self.workspace.views[user]
        action = {**_named_button(view["blocks"], button), "action_ts": self.workspace.next_ts()}
        payload = load_fixture(
            "block_actions",
            user=self._person(user),
            container={"type": "view", "view_id": view["id"]},
            trigger_id=self._new_trigger_id(),
            view=view,
            actions=[action],
        )
        for absent in ("channel", "message", "response_url"):
            del payload[absent]
        delivery = Delivery(str(uuid.uuid4()), "interactive", payload)
        await self._courier.send(delivery)
        await self._changes.wait_until(
            lambda: delivery.acked or delivery.given_up, self.ack_seconds, lambda: "an acknowledgement"
        )
        return delivery

    async def _press(
        self, place: Channel, ts: str, source: Source, user: str, action: Block, is_ephemeral: bool = False
    ) -> Pressed:
        action["action_ts"] = self.workspace.next_ts()
        message = source.message if isinstance(source, EphemeralMessage) else source
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": place.id,
            "is_ephemeral": is_ephemeral,
        }
        if message is not None and message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        payload = load_fixture(
            "block_actions",
            user=self._person(user),
            container=container,
            trigger_id=self._new_trigger_id(),
            channel={"id": place.id, "name": _told_name(place)},
            response_url=self._new_response_url("actions", place, user, source),
            actions=[action],
        )
        # Slack keeps no ephemeral messages, so it can't send one along.
        del payload["message"]
        if isinstance(source, Message):
            payload["message"] = place.render(source, with_metadata=True)
        delivery = Delivery(str(uuid.uuid4()), "interactive", payload)
        pressed = Pressed(self, place, source, delivery)
        await self._courier.send(delivery)
        with contextlib.suppress(TimeoutError):
            await self._changes.wait_until(
                lambda: delivery.acked or delivery.given_up, self.ack_seconds, lambda: "an acknowledgement"
            )
        pressed.acked = delivery.acked
        return pressed

    def _person(self, user: str) -> dict[str, Any]:
        known = self.workspace.users.get(user)
        name = known.name if known else user.lower()
        return {"id": user, "username": name, "name": name, "team_id": TEAM_ID}

    # Anything else that people do

    async def interact(self, payload: dict[str, Any]) -> str:
        """Deliver any interaction payload; returns the delivery's id."""
        if "trigger_id" in payload:
            self._web_api.trigger_ids.add(str(payload["trigger_id"]))
        return await self._courier.send(Delivery(str(uuid.uuid4()), "interactive", payload))

    async def command(self, command: str, text: str, user: str, channel: str) -> str:
        """Use a slash command; returns the delivery's id."""
        place = self.workspace.channels[channel]
        payload = load_fixture(
            "slash_command",
            command=command,
            text=text,
            user_id=user,
            user_name=self.workspace.users[user].name,
            channel_id=channel,
            channel_name=_told_name(place),
            response_url=self._new_response_url("commands", place, user, None),
            trigger_id=self._new_trigger_id(),
        )
        return await self._courier.send(Delivery(str(uuid.uuid4()), "slash_commands", payload))

    async def shortcut(self, callback_id: str, channel: str, ts: str, user: str) -> str:
        """Use a shortcut of a message's menu, where that message can be seen; returns the delivery's id."""
        place = self.workspace.channels[channel]
        message = place.messages[ts]
        payload = load_fixture(
            "message_action",
            action_ts=self.workspace.next_ts(),
            user=self._person(user),
            channel={"id": channel, "name": _told_name(place)},
            callback_id=callback_id,
            trigger_id=self._new_trigger_id(),
            response_url=self._new_response_url("app", place, user, None),
            message_ts=ts,
            message=place.render(message, with_metadata=True),
        )
        return await self._courier.send(Delivery(str(uuid.uuid4()), "interactive", payload))

    def _new_trigger_id(self) -> str:
        trigger = f"{uuid.uuid4().int % 10**11}.{uuid.uuid4().hex}"
        self._web_api.trigger_ids.add(trigger)
        return trigger

    # response_url

    def _new_response_url(self, kind: str, place: Channel, user: str, source: Source) -> str:
        id = uuid.uuid4().hex
        self._response_urls[id] = ResponseUrl(place, user, source, time.monotonic())
        return f"{self._url()}/response/{kind}/{id}"

    async def respond(self, id: str, arguments: dict[str, Any]) -> web.Response:
        """Take what the app sends to a response_url."""
        try:
            await self._respond(id, arguments)
        except SlackError as error:
            gone = error.answer["error"] in ("invalid_token", "expired_url", "used_url", "message_not_found")
            return web.json_response(error.answer, status=404 if gone else 400)
        await self._changes.notify()
        return web.json_response({"ok": True})

    async def _respond(self, id: str, arguments: dict[str, Any]) -> None:
        url = self._response_urls.get(id)
        if url is None:
            raise SlackError("invalid_token")
        if time.monotonic() - url.issued > self.response_url_seconds:
            raise SlackError("expired_url")
        if url.uses >= RESPONSES:
            raise SlackError("used_url")
        if is_true(arguments.get("delete_original")):
            await self._delete_original(url)
        else:
            text = checked_text(arguments, POST_LIMIT)
            blocks = checked_blocks(arguments)
            if _replaces(url, arguments):
                await self._replace_original(url, text, blocks)
            else:
                await self._answer(url, text, blocks, arguments)
        url.uses += 1

    async def _delete_original(self, url: ResponseUrl) -> None:
        match self._original(url):
            case EphemeralMessage() as ephemeral:
                self.workspace.ephemerals.remove(ephemeral)
            case message:
                await self._web_api.remove(url.place, message)

    async def _replace_original(self, url: ResponseUrl, text: str, blocks: list[Block] | None) -> None:
        # The whole message is replaced: unlike chat.update, this keeps no blocks that are not sent again.
        match self._original(url):
            case EphemeralMessage() as ephemeral:
                ephemeral.message.edit(text, blocks or [], by=ephemeral.message.user, at=ephemeral.message.ts)
            case message:
                await self._web_api.change(url.place, message, text, blocks or [])

    def _original(self, url: ResponseUrl) -> Message | EphemeralMessage:
        if url.source is None or not self.is_there(url.place, url.source):
            raise SlackError("message_not_found")
        return url.source

    async def _answer(
        self, url: ResponseUrl, text: str, blocks: list[Block] | None, arguments: dict[str, Any]
    ) -> None:
        if arguments.get("response_type") != "in_channel":
            # Only what everybody sees goes to a thread.
            self.workspace.add_ephemeral(url.place, url.user, text, blocks, None, arguments)
            return
        message = self.workspace.add_from_bot(url.place, text, arguments.get("thread_ts"))
        message.arguments = arguments
        message.rewrite(text, blocks)
        await self._events.posted(url.place, message)


def _replaces(url: ResponseUrl, arguments: dict[str, Any]) -> bool:
    """Whether the answer takes the place of the message that was interacted with.

    Slack's documentation warns that an answer to the channel does so unless it says that it does not.
    """
    if arguments.get("replace_original") is not None:
        return is_true(arguments["replace_original"])
    return arguments.get("response_type") == "in_channel" and url.source is not None


def _told_name(place: Channel) -> str:
    return HIDDEN_NAMES.get(place.kind, place.name)


def _action(message: Message | None, button: str, value: str | None, forge: bool) -> Block:
    """The button as an interaction reports it: one of the message's, or one that is on no message."""
    if forge:
        text = {"type": "plain_text", "text": button, "emoji": True}
        forged = {"action_id": button, "block_id": "forged", "text": text, "type": "button"}
        return forged if value is None else {**forged, "value": value}
    assert message is not None
    return _named_button(message.payload["blocks"], button, value)


def _named_button(blocks: list[Block], button: str, value: str | None = None) -> Block:
    """The one button that has an action_id or a label, of those with a value if one is given."""
    buttons = [
        {**element, "block_id": block.get("block_id", "")}
        for block, element in elements_of(blocks)
        if element["type"] == "button" and value in (None, element.get("value"))
    ]
    found = [action for action in buttons if action["action_id"] == button]
    found = found or [action for action in buttons if action["text"]["text"] == button]
    if len(found) != 1:
        there = [(action["action_id"], action["text"]["text"], action.get("value")) for action in buttons]
        raise LookupError(f"{len(found)} buttons are {button!r}; there are {there}")
    return found[0]
