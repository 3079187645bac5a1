"""Discord's REST calls: what we put there, and what we ask of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from datetime import UTC, datetime
from typing import Any

import discord

from bots.discord_buttons import view_of
from bots.discord_events import thread_name
from bots.discord_faults import FAULTS, repeatable, trouble
from bots.discord_files import DiscordFiles
from bots.discord_format import to_discord
from core.markdown import unescape
from core.messages import Author, File, Post, Sign
from core.ports import TryLater

log = logging.getLogger(__name__)

TYPING_SECONDS = 8.0  # Discord shows it for ten
# An answer that is there before needs no sign that it is being made.
SHOW_AFTER_SECONDS = 0.7
THREAD_EXISTS = 160004
NO_SUCH_MESSAGE = 10008
THREAD_ARCHIVED = 50083
REMEMBERED_NAMES = 1_000
# How long it is believed who belongs to a place.
MEMBERS_SECONDS = 60.0

_SIGNS = {Sign.DELIVERED: "\N{WHITE HEAVY CHECK MARK}", Sign.THANKS: "\N{HEAVY BLACK HEART}\ufe0f"}


class DiscordPosts:
    """The half of the adapter that calls Discord. Its client is made by the other half."""

    name = "discord"
    limit = 1_900  # of 2,000: room for a mention in front
    _client: discord.Client
    _files: DiscordFiles

    def __init__(self) -> None:
        self._known_threads: set[int] = set()
        self._refused_threads: set[int] = set()
        self._thread_names: OrderedDict[int, str] = OrderedDict()
        self._members: dict[tuple[str, str], float] = {}

    async def post(self, post: Post) -> str:
        """Post with the key as nonce, so that Discord does not post it twice; only `mention` pings."""
        self._check_open()
        try:
            channel, refers = await self._target(post)
            options: dict[str, Any] = {"view": view_of(post.buttons)} if post.buttons else {}
            if refers:
                options["reference"] = discord.MessageReference(
                    message_id=refers, channel_id=channel.id, fail_if_not_exists=False
                )
            sent = await channel.send(
                _content(post),
                nonce=post.key,
                allowed_mentions=_only(post.mention),
                suppress_embeds=True,
                **options,
            )
        except FAULTS as error:
            raise trouble(error) from error
        if post.buttons:
            self._name_thread(sent.id, _plain(post.text))
        return "" if post.only else f"discord:{channel.id}/{sent.id}"

    def _name_thread(self, message: int, text: str) -> None:
        """Remember what a thread below a message is to be called, should one be started."""
        self._thread_names[message] = thread_name(text)
        if len(self._thread_names) > REMEMBERED_NAMES:
            self._thread_names.popitem(last=False)

    async def begin(self, post: Post, reader: str) -> str:
        """Post the first words of a reply."""
        return await self.post(post)

    async def show(self, ref: str, post: Post) -> None:
        """Let a reply say more, by an edit."""
        await self.edit(ref, post)

    async def edit(self, ref: str, post: Post) -> None:
        """Replace a post's words and buttons, or remove it."""
        self._check_open()
        channel, message = message_ids(ref)
        partial = self._client.get_partial_messageable(channel).get_partial_message(message)

        async def change() -> None:
            if post.text:
                nobody = discord.AllowedMentions.none()
                view = view_of(post.buttons)
                await partial.edit(content=_content(post), view=view, allowed_mentions=nobody)
            else:
                await partial.delete()

        try:
            await self._in_open(channel, change)
        except FAULTS as error:
            if not post.text and isinstance(error, discord.NotFound):
                return
            raise repeatable(error) from error

    async def react(self, message_id: str, sign: Sign) -> None:
        """Put a reaction on a message."""
        self._check_open()
        channel, message = message_ids(message_id)
        partial = self._client.get_partial_messageable(channel).get_partial_message(message)
        try:
            await self._in_open(channel, lambda: partial.add_reaction(_SIGNS[sign]))
        except FAULTS as error:
            raise repeatable(error) from error

    async def _in_open(self, channel: int, change: Callable[[], Awaitable[None]]) -> None:
        """Change something in a channel; a thread that Discord has archived is opened for it again."""
        try:
            await change()
        except discord.HTTPException as error:
            if error.code != THREAD_ARCHIVED:
                raise
            await self._client.http.edit_channel(channel, archived=False)
            await change()

    def below(self, ref: str) -> str:
        """Return the place of the thread below a post: it has the id of the post."""
        return ref

    def mention(self, person: str) -> str:
        """Return what pings a person."""
        return f"<@{person.removeprefix('discord:')}>"

    async def is_member(self, place: str, person: Author) -> bool:
        """Say whether a person, and no bot, can see a channel; a yes is believed for a minute."""
        known = (place, person.id)
        if time.monotonic() < self._members.get(known, 0.0):
            return True
        try:
            channel = await self._client.fetch_channel(channels_of(place)[1])
            if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
                return False
            guild = self._client.get_guild(channel.guild.id) or channel.guild
            member = await guild.fetch_member(int(person.id.removeprefix("discord:")))
        except discord.NotFound:
            return False
        except FAULTS as error:
            raise TryLater(str(trouble(error))) from error
        may = not member.bot and channel.permissions_for(member).view_channel
        if may:
            self._members[known] = time.monotonic() + MEMBERS_SECONDS
        return may

    def _check_open(self) -> None:
        if self._client.is_closed() or self._client.user is None:
            raise TryLater("Discord: the connection is being made anew")

    async def _target(self, post: Post) -> tuple[discord.PartialMessageable, int | None]:
        """Return the channel for a post and the message in it to refer to; start the thread if needed."""
        parent, place = channels_of(post.place)
        replied = message_ids(post.reply_to) if post.reply_to else None
        if parent and not await self._has_thread(parent, place):
            return self._client.get_partial_messageable(parent), place
        refers = replied[1] if replied and replied[0] == place else None
        return self._client.get_partial_messageable(place), refers

    async def _name_of(self, channel: int, message: int) -> str:
        """Return the name for a thread below a message that an earlier process posted or heard."""
        try:
            found = await self._client.http.get_message(channel, message)
        except FAULTS:
            return "Question"
        return thread_name(_plain(str(found.get("content", ""))))

    async def _has_thread(self, parent: int, thread: int) -> bool:
        """Start the thread of a message if it has none; return False where none can be started."""
        if thread in self._refused_threads:
            return False
        if thread in self._known_threads or self._client.get_channel(thread):
            return True
        name = self._thread_names.get(thread) or await self._name_of(parent, thread)
        try:
            await self._client.http.start_thread_with_message(
                parent, thread, name=name, auto_archive_duration=1440
            )
        except discord.HTTPException as error:
            if error.status == 429 or error.status >= 500:
                raise
            if error.code not in {THREAD_EXISTS, NO_SUCH_MESSAGE}:  # the latter: a thread without a message
                log.warning(
                    "Discord: a thread could not be opened (code %d); answering in place.", error.code
                )
                self._refused_threads.add(thread)
                return False
        self._known_threads.add(thread)
        return True

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        """Look for our message that refers to the same one, or else has the same words (a live one: any).

        History does not tell nonces; within Discord's own window for them posting again is harmless anyway.
        """
        self._check_open()
        for channel in filter(None, reversed(channels_of(post.place))):  # above it, if no thread could start
            try:
                if ref := await self._find_in(channel, post, since, known):
                    return ref
            except discord.NotFound:
                continue  # the thread was not started yet
            except FAULTS as error:
                raise repeatable(error) from error
        return None

    async def _find_in(self, channel: int, post: Post, since: float, known: Set[str]) -> str | None:
        after: datetime | discord.Object = datetime.fromtimestamp(since - 60, UTC)
        if post.live:
            after = discord.Object(message_ids(post.reply_to)[1])
        me = self._client.user
        async for message in self._client.get_partial_messageable(channel).history(limit=200, after=after):
            ref = f"discord:{channel}/{message.id}"
            if me is None or message.author.id != me.id or ref in known:
                continue
            refers = message.reference.message_id if message.reference else None
            same_trigger = refers is None or not post.reply_to or refers == message_ids(post.reply_to)[1]
            if same_trigger and (post.live or message.content == _content(post)):
                return ref
        return None

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        """Show typing, in the channel above a thread that is not there yet."""
        parent, channel = channels_of(place)
        there = parent is None or channel in self._known_threads or self._client.get_channel(channel)
        typing = asyncio.create_task(self._type(channel if there or parent is None else parent))
        try:
            yield
        finally:
            typing.cancel()

    async def _type(self, channel: int) -> None:
        with contextlib.suppress(*FAULTS):
            await asyncio.sleep(SHOW_AFTER_SECONDS)
            while True:
                await self._client.http.send_typing(channel)
                await asyncio.sleep(TYPING_SECONDS)

    async def person(self, author: Author) -> str:
        """Return a user's display name."""
        if author.name:
            return author.name
        try:
            user = await self._client.fetch_user(int(author.id.removeprefix("discord:")))
        except FAULTS:
            return author.id
        return user.display_name

    async def where(self, place: str) -> str:
        """Return a channel's name."""
        parent, below = channels_of(place)
        channel = self._client.get_channel(parent or below)
        if isinstance(channel, discord.Thread) and channel.parent:
            channel = channel.parent
        name = getattr(channel, "name", None)
        return f"#{name} on Discord" if name else "a direct message on Discord"

    async def link(self, message_id: str) -> str:
        """Return a message's address; a direct message has none that agents could open."""
        channel_id, message = message_ids(message_id)
        channel = self._client.get_channel(channel_id)
        guild = getattr(channel, "guild", None)
        return f"https://discord.com/channels/{guild.id}/{channel_id}/{message}" if guild else ""

    async def describe(self, file: File) -> File:
        """Return the same file: Discord tells all with the message."""
        return file

    async def fetch(self, file: File, most: int) -> bytes:
        """Return the bytes of a file, by a fresh address where its own is out of date."""
        return await self._files.fetch(self._client, file, most)


def _plain(text: str) -> str:
    """Return the first line of a post without its marks, and without whom it mentions."""
    first = text.split("\n", 1)[0].replace("**", "")
    return unescape(re.sub(r"<[@#][!&]?\d+>", "", first))


def channels_of(place: str) -> tuple[int | None, int]:
    """Return the channel above a thread, if the place is one, and the place's own channel."""
    parent, _, channel = place.removeprefix("discord:").rpartition("/")
    return int(parent) if parent else None, int(channel)


def message_ids(message_id: str) -> tuple[int, int]:
    """Return the channel and the message of an id of ours."""
    channel, _, message = message_id.removeprefix("discord:").partition("/")
    return int(channel), int(message)


def _content(post: Post) -> str:
    text = to_discord(post.text)
    return f"{post.mention} {text}" if post.mention else text


def _only(mention: str) -> discord.AllowedMentions:
    """Allow the one mention that a post may ping with, and nothing else."""
    match = re.fullmatch(r"<@(&|!)?(\d+)>", mention)
    if not match:
        return discord.AllowedMentions.none()
    target = [discord.Object(int(match[2]))]
    if match[1] == "&":
        return discord.AllowedMentions(everyone=False, users=False, roles=target, replied_user=False)
    return discord.AllowedMentions(everyone=False, users=target, roles=False, replied_user=False)
