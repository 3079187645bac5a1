"""Discord's REST calls: what we put there, and what we ask of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from datetime import UTC, datetime
from typing import Any

import discord

from bots.adapter import MEMBERS_SECONDS, REMEMBERED_MEMBERS, SHOW_AFTER_SECONDS
from bots.discord_buttons import view_of
from bots.discord_faults import FAULTS, repeatable, trouble
from bots.discord_files import DiscordFiles
from bots.discord_format import to_discord
from bots.discord_threads import Threads, retitle, title
from bots.recent import Recent
from core.messages import Author, File, Post, Sign
from core.ports import TryLater

log = logging.getLogger(__name__)

TYPING_SECONDS = 8.0  # Discord shows it for ten
THREAD_ARCHIVED = 50083

_SIGNS = {Sign.DELIVERED: "\N{WHITE HEAVY CHECK MARK}", Sign.THANKS: "\N{HEAVY BLACK HEART}\ufe0f"}


class DiscordPosts(ABC):
    """The half of the adapter that calls Discord. Its client is made by the other half."""

    name = "discord"
    limit = 1_900  # of 2,000: room for a mention in front
    _files: DiscordFiles

    def __init__(self) -> None:
        self._threads = Threads()
        self._members: Recent[tuple[str, str], bool] = Recent(REMEMBERED_MEMBERS, MEMBERS_SECONDS)

    @property
    @abstractmethod
    def _client(self) -> discord.Client: ...

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
            self._threads.name(sent.id, title(post.text))
        return "" if post.only else f"discord:{channel.id}/{sent.id}"

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
            if not post.text:
                await partial.delete()
                return
            nobody, view = discord.AllowedMentions.none(), view_of(post.buttons)
            edited = await partial.edit(content=_content(post), view=view, allowed_mentions=nobody)
            if not post.buttons:  # a card is never without, until its customer was forgotten
                await self._retitle(edited, post.text)

        try:
            await self._in_open(channel, change)
        except FAULTS as error:
            if not post.text and isinstance(error, discord.NotFound):
                return
            raise repeatable(error) from error

    async def _retitle(self, edited: discord.Message, text: str) -> None:
        try:
            await retitle(self._client, edited, text)
        except discord.HTTPException as error:
            if error.status == 429 or error.status >= 500:
                raise
            log.warning("Discord: a case's thread keeps its name (%s).", trouble(error))

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
        if self._members.get(known):
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
            self._members.keep(known, True)
        return may

    def _check_open(self) -> None:
        if self._client.is_closed() or self._client.user is None:
            raise TryLater("Discord: the connection is being made anew")

    async def _target(self, post: Post) -> tuple[discord.PartialMessageable, int | None]:
        """Return the channel for a post and the message in it to refer to; start the thread if needed."""
        parent, place = channels_of(post.place)
        replied = message_ids(post.reply_to) if post.reply_to else None
        if parent and not await self._threads.ensure(self._client, parent, place):
            return self._client.get_partial_messageable(parent), place
        refers = replied[1] if replied and replied[0] == place else None
        return self._client.get_partial_messageable(place), refers

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
        there = parent is None or self._threads.is_there(self._client, channel)
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
