"""Replies that grow on Slack: streamed in threads, edited elsewhere and where streaming is refused."""

from __future__ import annotations

import re
import time
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack_faults import FAULTS, repeatable, trouble, why
from core.ports import Refused, TryLater
from core.throttle.buckets import Bucket

# How long it is believed that a channel takes no streams.
REFUSED_SECONDS = 3600.0
# Of the 50 updates a minute that a workspace may make (docs.slack.dev/apis/web-api/rate-limits, Tier 3), what
# replies may take while they grow; the rest is for their ends, and for cards.
UPDATES_AT_ONCE = 15
UPDATES_A_SECOND = 0.5
# What is said of a stream that Slack or its reader has ended: after some minutes, or by "Stop".
ENDED = {"message_not_in_streaming_state", "stopped_by_user"}
# What an update and a removal of a message are refused with while it streams.
STILL_STREAMS = {"streaming_state_conflict", "cant_delete_message"}

# What could ping somebody or fetch a picture, in Markdown as Slack reads it.
_PINGS = re.compile(r"<(?=[@!#]|\Z)|@(?=(?:here|channel|everyone|group)\b)")
_PICTURE = re.compile(r"!(?=\[)")
_ZERO_WIDTH_SPACE = "\u200b"


def defanged(markdown: str) -> str:
    """Return Markdown that Slack can show as it is: nothing in it pings or fetches."""
    return _PINGS.sub(lambda match: f"{match[0]}{_ZERO_WIDTH_SPACE}", _PICTURE.sub("", markdown))


class SlackStreams:
    """The streams that run, by the references of their messages, with what they said; None: not known."""

    def __init__(self) -> None:
        self._said: dict[str, str | None] = {}
        self._refused: dict[tuple[str, str], float] = {}
        self._updates = Bucket(UPDATES_AT_ONCE, UPDATES_A_SECOND, UPDATES_AT_ONCE, time.monotonic())

    def allowed(self, channel: str, reader: str) -> bool:
        """Say whether a channel may take streams for somebody: none was refused there lately."""
        refused_at = self._refused.get((channel, reader), -REFUSED_SECONDS)
        return time.monotonic() - refused_at >= REFUSED_SECONDS

    async def start(
        self, client: AsyncWebClient, channel: str, thread: str, text: str, reader: str, team: str
    ) -> str | None:
        """Start a stream and return its reference; None where Slack takes none.

        Args:
            client: Slack.
            channel: Where.
            thread: The thread there, which each stream needs.
            text: Its first words, as Markdown.
            reader: The id of the person who is answered (`slack:T1/U1`): channels need it.
            team: Their own workspace, which is not ours in channels shared with other companies.

        Raises:
            TryLater, Unknown: As for any post.
        """
        user = reader.rpartition("/")[2]
        try:
            started = await client.chat_startStream(
                channel=channel,
                thread_ts=thread,
                markdown_text=defanged(text),
                recipient_team_id=team,
                recipient_user_id=user,
            )
        except FAULTS as error:
            fault = trouble(error)
            if not isinstance(fault, Refused):
                raise fault from error
            now = time.monotonic()
            self._refused = {one: at for one, at in self._refused.items() if now - at < REFUSED_SECONDS}
            self._refused[channel, reader] = now
            return None
        ref = f"slack:{channel}/{started['ts']}"
        self._said[ref] = text
        return ref

    async def append(self, client: AsyncWebClient, ref: str, text: str) -> bool:
        """Let a stream say more; False if none runs there, so that it has to be edited.

        Args:
            client: Slack.
            ref: Of the stream's message.
            text: All of its words, as Markdown.

        Raises:
            TryLater, Refused: See `Platform.show`.
        """
        if not self.runs(ref):
            return False
        said = self._said[ref]
        if said is None or not text.startswith(said):
            raise Refused("Slack: a stream takes nothing back")
        channel, ts = ref.removeprefix("slack:").split("/")
        try:
            await client.chat_appendStream(channel=channel, ts=ts, markdown_text=defanged(text[len(said) :]))
        except FAULTS as error:
            if why(error) in ENDED:
                del self._said[ref]
                return False
            fault = trouble(error)
            if isinstance(fault, Refused) or (isinstance(error, SlackApiError) and _limited(error)):
                raise fault from error
            self._said[ref] = None  # it may have been appended: what comes next could stand there twice
            raise Refused(str(fault)) from error
        self._said[ref] = text
        return True

    async def stop(self, client: AsyncWebClient, ref: str, text: str, **options: Any) -> bool:
        """Stop the stream of a message, if one runs there; only then Slack lets it be changed.

        Args:
            client: Slack.
            ref: Of the stream's message.
            text: What it is to say at last, as Markdown.
            options: What else the call takes.

        Returns:
            Whether it surely says that now.

        Raises:
            TryLater, Refused: As for an edit.
        """
        channel, ts = ref.removeprefix("slack:").split("/")
        said = self._said.get(ref)
        ends = bool(text) and said is not None and text.startswith(said) and defanged(text) == text
        if ends and (rest := text[len(said or "") :]):
            options["markdown_text"] = rest
        self._said[ref] = None
        try:
            await client.chat_stopStream(channel=channel, ts=ts, **options)
        except FAULTS as error:
            if why(error) not in ENDED:
                raise repeatable(error) from error
            ends = False
        del self._said[ref]
        return ends

    def spare_update(self) -> None:
        """Take an update for a reply that only grows.

        Raises:
            TryLater: What is left is for replies that end.
        """
        now = time.monotonic()
        if (ready := self._updates.ready_at(1, now)) > now:
            raise TryLater("Slack: too many replies grow at once", ready - now)
        self._updates.take(1, now)

    def runs(self, ref: str) -> bool:
        """Say whether we started a stream there that did not end."""
        return ref in self._said


def _limited(error: SlackApiError) -> bool:
    return bool(error.response.status_code == 429 or error.response.get("error") == "ratelimited")
