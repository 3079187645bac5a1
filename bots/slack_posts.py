"""Slack's Web API: what we put there, and what we ask of it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Awaitable, Set
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.adapter import MEMBERS_SECONDS, REMEMBERED_MEMBERS, SHOW_AFTER_SECONDS
from bots.recent import Recent
from bots.slack_blocks import blocks
from bots.slack_faults import FAULTS, repeatable, trouble, why
from bots.slack_files import SlackFiles
from bots.slack_format import to_slack
from bots.slack_people import Companies, Homes, is_of, name_of
from bots.slack_streams import STILL_STREAMS, SlackStreams
from core.messages import Author, File, Post, Sign
from core.ports import Refused, TryLater

METADATA_TYPE = "frontdesk_post"
MAX_PAGES = 50
# Of people who are mentioned: how long their names may take, how many are asked for, and kept.
NAMES_SECONDS = 1.0
MOST_NAMES = 20
KNOWN_NAMES = 5_000

_TS = re.compile(r"(?<=/)\d+\.\d+\Z")
_SIGNS = {Sign.DELIVERED: "white_check_mark", Sign.THANKS: "heart"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A channel, and a thread in it."""

    channel: str
    thread: str | None


def spot(place: str) -> Spot:
    """Return where `slack:T1/C1/171.22`, `slack:T1/C1` or `slack:C1` is."""
    parts = place.removeprefix("slack:").split("/")
    if len(parts) == 1:
        return Spot(parts[0], None)
    return Spot(parts[1], parts[2] if len(parts) > 2 else None)


def ts_of(message_id: str) -> str | None:
    """Return the ts in a message's id; None for what was no message of Slack's, as a command."""
    return found[0] if (found := _TS.search(message_id)) else None


class SlackPosts:
    """The half of the adapter that calls Slack. Its client is made by the other half, when it starts."""

    name = "slack"
    limit = 3_000
    _client: AsyncWebClient
    _files: SlackFiles

    def __init__(self) -> None:
        self._team = ""
        self._background: set[asyncio.Task[None]] = set()
        self._companies = Companies()
        self._homes = Homes()
        self._members: Recent[str, frozenset[str]] = Recent(REMEMBERED_MEMBERS, MEMBERS_SECONDS)
        self._names: Recent[str, str] = Recent(KNOWN_NAMES)
        self._streams = SlackStreams()
        self._shows_from = 0.0
        self._bot = ""

    def _messages(self, where: Spot, since: float, **options: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield what stands in a channel or a thread since then, in Slack's order."""
        arguments = {"channel": where.channel, "oldest": f"{since:.6f}", "limit": 200, **options}
        if where.thread:
            return self._pages("conversations_replies", "messages", ts=where.thread, **arguments)
        return self._pages("conversations_history", "messages", **arguments)

    async def _pages(self, method: str, what: str, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield the entries of all pages of a Web API method that reads.

        Raises:
            TryLater: Slack could not be asked.
            Refused: Slack says no.
        """
        cursor = None
        for _ in range(MAX_PAGES):
            try:
                page = await getattr(self._client, method)(cursor=cursor, **arguments)
            except FAULTS as error:
                raise repeatable(error) from error
            for entry in page.get(what) or []:
                yield entry
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def post(self, post: Post) -> str:
        """Post with metadata that `find` recognises; nothing in the text can ping but the mention."""
        where = spot(post.place)
        words = {"channel": where.channel, "thread_ts": where.thread, **_words(post)}
        if post.only:
            user = post.only.rpartition("/")[2]
            await _done(self._client.chat_postEphemeral(user=user, **words))
            return ""
        metadata = _metadata(post.key)
        response = await _done(
            self._client.chat_postMessage(unfurl_links=False, unfurl_media=False, metadata=metadata, **words)
        )
        return f"slack:{where.channel}/{response['ts']}"

    async def begin(self, post: Post, reader: str) -> str:
        """Start a stream where Slack takes one, which is in threads; else post."""
        where = spot(post.place)
        ref = None
        if where.thread and self._streams.allowed(where.channel, reader):
            team = await self._homes.of(self._client, reader.rpartition("/")[2], self._team)
            ref = await self._streams.start(
                self._client, where.channel, where.thread, post.text, reader, team
            )
        return ref or await self.post(post)

    async def show(self, ref: str, post: Post) -> None:
        """Append to the stream, or edit what was posted."""
        # Slack's limits are for the whole workspace: what only grows makes way for what ends.
        if (wait := self._shows_from - time.monotonic()) > 0:
            raise TryLater("Slack: ratelimited", wait)
        try:
            if not await self._streams.append(self._client, ref, post.text):
                self._streams.spare_update()
                await self._update(ref, post, post.key)
        except TryLater as error:
            self._shows_from = max(self._shows_from, time.monotonic() + error.after)
            raise

    async def edit(self, ref: str, post: Post) -> None:
        """Replace a post's words and buttons, or remove it; a stream is stopped first."""
        if self._streams.runs(ref) and await self._stop(ref, post):
            return
        try:
            await self._edit(ref, post)
        except Refused as error:
            if not (post.live and isinstance(error.__cause__, SlackApiError)):
                raise
            if why(error.__cause__) not in STILL_STREAMS:
                raise
            await self._stop(ref, post)  # begun by a process that is gone
            await self._edit(ref, post)

    async def _stop(self, ref: str, post: Post) -> bool:
        """Stop a stream; return whether it says all that is to be said now."""
        shown = {"blocks": blocks("", post.buttons)} if post.buttons else {}
        return await self._streams.stop(self._client, ref, post.text, metadata=_metadata(post.edits), **shown)

    async def _edit(self, ref: str, post: Post) -> None:
        if post.text:
            await self._update(ref, post, post.edits)
        else:
            channel, ts = ref.removeprefix("slack:").split("/")
            await _done(self._client.chat_delete(channel=channel, ts=ts), {"message_not_found"}, twice=True)

    async def _update(self, ref: str, post: Post, key: str) -> None:
        channel, ts = ref.removeprefix("slack:").split("/")
        call = self._client.chat_update(channel=channel, ts=ts, metadata=_metadata(key), **_words(post))
        await _done(call, twice=True)

    async def react(self, message_id: str, sign: Sign) -> None:
        """Put a reaction on a message; there is none to put it on where it was given by a command."""
        if (ts := ts_of(message_id)) is None:
            return
        channel = spot(message_id).channel
        call = self._client.reactions_add(channel=channel, timestamp=ts, name=_SIGNS[sign])
        await _done(call, {"already_reacted"}, twice=True)

    def below(self, ref: str) -> str:
        """Return the place of the thread below a post in a channel."""
        return f"slack:{self._team}/{ref.removeprefix('slack:')}"

    def mention(self, person: str) -> str:
        """Return what pings a person."""
        return f"<@{person.rpartition('/')[2]}>"

    async def is_member(self, place: str, person: Author) -> bool:
        """Say whether a person, and no bot, belongs to a channel; believed for a minute.

        People of another company who share the channel (Slack Connect) do not: to answer customers in our
        name, they are named in AGENT_IDS.
        """
        channel, user = spot(place).channel, person.id.rpartition("/")[2]
        members = self._members.get(channel)
        if members is None or user not in members:
            pages = self._pages("conversations_members", "members", channel=channel, limit=200)
            members = frozenset([str(member) async for member in pages])
            self._members.keep(channel, members)
        if user not in members:
            return False
        try:
            response = await self._client.users_info(user=user)
        except FAULTS as error:
            raise TryLater(f"Slack: {why(error)}") from error
        found = response.get("user") or {}
        return not found.get("is_bot") and is_of(found, self._team)

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        """Look for the post's key in the metadata of what was posted there.

        A stream has no metadata until it is stopped: a live post may be one of ours without any.
        """
        where = spot(post.place)
        asked = ts_of(post.reply_to)
        async for message in self._messages(where, since - 60, include_all_metadata=True):
            ref = f"slack:{where.channel}/{message['ts']}"
            if _key(message) == post.key:
                return ref
            ours = message.get("user") == self._bot and not message.get("metadata")
            if post.live and ours and asked and str(message["ts"]) > asked and ref not in known:
                return ref
        return None

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        """Show a status in threads, an eyes reaction elsewhere, once an answer takes a moment."""
        where, ts = spot(place), ts_of(message_id) or ""
        if not (where.thread or ts):
            yield  # asked by a command: there is no message to put a sign on
            return
        shown: list[asyncio.Task[None]] = []
        later = asyncio.get_running_loop().call_later(
            SHOW_AFTER_SECONDS, lambda: shown.append(self._begin(self._show(where, ts)))
        )
        try:
            yield
        finally:
            later.cancel()
            if shown and where.thread is None:
                self._begin(self._unshow(shown[0], where, ts))
            elif shown:
                # Slack clears the status with the reply; one that came after it would stay.
                await asyncio.wait(shown, timeout=1.0)

    async def _show(self, where: Spot, ts: str) -> None:
        if where.thread:
            await self._client.assistant_threads_setStatus(
                channel_id=where.channel, thread_ts=where.thread, status="is looking it up…"
            )
        else:
            await self._client.reactions_add(channel=where.channel, timestamp=ts, name="eyes")

    async def _unshow(self, show: asyncio.Task[None], where: Spot, ts: str) -> None:
        await asyncio.wait({show})  # or the reaction could come after its removal
        await self._client.reactions_remove(channel=where.channel, timestamp=ts, name="eyes")

    def _begin(self, call: Any) -> asyncio.Task[None]:
        """Run a call that only decorates; that it fails is no news (missing scopes are told at start)."""

        async def quietly() -> None:
            with contextlib.suppress(*FAULTS):
                await call

        task = asyncio.create_task(quietly())
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def person(self, author: Author) -> str:
        """Return the name that a user chose to be called by, with the company of who is from another."""
        user = author.id.rpartition("/")[2]
        try:
            response = await self._client.users_info(user=user)
        except FAULTS:
            return user
        found = response.get("user") or {}
        name = name_of(found) or user
        if is_of(found, self._team):
            return name
        company = await self._companies.name(self._client, str(found["team_id"]))
        return f"{name} ({company})" if company else name

    async def names(self, users: Set[str]) -> dict[str, str]:
        """Return people's names by their user ids, as far as they can be had soon. Never raises.

        Slack waits for its acknowledgement meanwhile, so that a name may not take long.
        """
        unknown = sorted(user for user in users if not self._names.get(user))[:MOST_NAMES]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(NAMES_SECONDS):
                await asyncio.gather(*map(self._learn_name, unknown))
        return {user: name for user in users if (name := self._names.get(user))}

    async def _learn_name(self, user: str) -> None:
        name = await self.person(Author(f"slack:{self._team}/{user}"))
        if name != user:  # else it could not be asked for
            self._names.keep(user, name)

    async def where(self, place: str) -> str:
        """Return a channel's name."""
        channel = spot(place).channel
        if channel.startswith("D"):
            return "a direct message on Slack"
        try:
            response = await self._client.conversations_info(channel=channel)
        except FAULTS:
            return "Slack"
        name = (response.get("channel") or {}).get("name")
        return f"#{name} on Slack" if name else "Slack"

    async def link(self, message_id: str) -> str:
        """Return a message's permalink; empty where there is none, as for a command."""
        if (ts := ts_of(message_id)) is None:
            return ""
        channel = spot(message_id).channel
        try:
            response = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except FAULTS:
            return ""
        return str(response.get("permalink") or "")

    async def describe(self, file: File) -> File:
        """Return a file with its name and kind; of another company's, Slack tells them when asked."""
        return await self._files.describe(file)

    async def fetch(self, file: File, most: int) -> bytes:
        """Return the bytes of a file, with the bot's token."""
        return await self._files.fetch(file, most)


def _key(message: dict[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", ""))


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": METADATA_TYPE, "event_payload": {"key": key}}


def _words(post: Post) -> dict[str, Any]:
    text = to_slack(post.text)
    text = f"{post.mention} {text}" if post.mention else text
    # An edit without blocks would leave the old buttons.
    shown = {"blocks": blocks(text, post.buttons)} if post.buttons or post.edits else {}
    return {"text": text, **shown}


async def _done(
    call: Awaitable[AsyncSlackResponse], fine: Set[str] = frozenset(), *, twice: bool = False
) -> AsyncSlackResponse:
    """Make a call that changes something.

    Args:
        call: The call.
        fine: Errors of Slack's that say that it is done already.
        twice: Whether it may be made again when it is not known what became of it.
    """
    try:
        return await call
    except FAULTS as error:
        if isinstance(error, SlackApiError) and error.response.get("error") in fine:
            answer: AsyncSlackResponse = error.response
            return answer
        raise (repeatable if twice else trouble)(error) from error
