"""What a test is told of the workspace: copies that stay as they are."""

from dataclasses import dataclass
from typing import Any

from tests.simulators.slack_blocks import Button, buttons_of
from tests.simulators.slack_workspace import Channel, EphemeralMessage, Message


@dataclass(frozen=True)
class Call:
    """One Web API call as it came in: `at` is time.monotonic()."""

    method: str
    arguments: dict[str, Any]
    at: float


@dataclass(frozen=True)
class Post:
    """One of the bot's messages as it stands now.

    `blocks` are as the bot sent them, `arguments` those of the call that posted or last changed it, and
    `edits` the texts that it had before, oldest first. `states` are all texts that people saw, also while it
    was streamed, up to the present one.
    """

    channel: str
    ts: str
    text: str
    thread_ts: str | None
    blocks: list[dict[str, Any]] | None
    buttons: list[Button]
    metadata: dict[str, Any] | None
    arguments: dict[str, Any]
    edited: bool
    edits: list[str]
    states: list[str]
    streaming: bool


@dataclass(frozen=True)
class Ephemeral:
    """A message that only one person sees."""

    channel: str
    user: str
    ts: str
    text: str
    thread_ts: str | None
    blocks: list[dict[str, Any]] | None
    buttons: list[Button]
    arguments: dict[str, Any]
    edits: list[str]


@dataclass(frozen=True)
class Status:
    """One status the bot set on an assistant thread."""

    channel: str
    thread_ts: str
    status: str
    loading_messages: list[str] | None


def post_of(channel: Channel, message: Message) -> Post:
    """A message of the bot as it stands now."""
    return Post(
        channel=channel.id,
        ts=message.ts,
        text=message.text,
        thread_ts=message.thread_ts,
        blocks=message.blocks,
        buttons=buttons_of(message.payload["blocks"]),
        metadata=message.metadata,
        arguments=message.arguments,
        edited="edited" in message.payload,
        edits=list(message.edits),
        states=list(message.states),
        streaming=message.streaming,
    )


def ephemeral_of(ephemeral: EphemeralMessage) -> Ephemeral:
    """What one person sees of a message that is only for them."""
    message = ephemeral.message
    return Ephemeral(
        channel=ephemeral.channel,
        user=ephemeral.user,
        ts=message.ts,
        text=message.text,
        thread_ts=message.thread_ts,
        blocks=message.blocks,
        buttons=buttons_of(message.payload["blocks"]),
        arguments=message.arguments,
        edits=list(message.edits),
    )
