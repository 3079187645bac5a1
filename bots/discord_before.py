"""What was said on Discord before the bot was called: above it in a thread, or what the call replies to."""

from __future__ import annotations

import discord

from bots.adapter import MOST_BEFORE
from bots.discord_faults import FAULTS, repeatable
from bots.discord_words import readable
from core.messages import Author, SaidBefore
from core.ports import Refused, TryLater

_WRITTEN = {
    discord.MessageType.default,
    discord.MessageType.reply,
    discord.MessageType.chat_input_command,
    discord.MessageType.context_menu_command,
}


async def before_in(client: discord.Client, channel_id: int, message: int) -> list[SaidBefore]:
    """Return what was said in a thread before a message, or else what the message replies to.

    Raises:
        Refused: The bot may not read what was said there, or it is gone.
        TryLater: Discord can't be asked just now.
    """
    me = client.user
    if me is None:
        raise TryLater("Discord: the connection is being made anew")
    try:
        channel = client.get_channel(channel_id) or await client.fetch_channel(channel_id)
        if isinstance(channel, discord.Thread):
            return said_before(await above(channel, message, MOST_BEFORE), me)
        if isinstance(channel, discord.abc.Messageable):
            return said_before(await replied_to(channel, message), me)
    except FAULTS as error:
        raise repeatable(error) from error
    return []


async def above(thread: discord.Thread, message: int, most: int) -> list[discord.Message]:
    """Return the opening of a thread and its newest messages before one, oldest first.

    The opening of a forum's post stands in the post, that of another thread in the channel above.

    Raises:
        Refused: The bot may not read what was said there.
    """
    may_read(thread)
    before = discord.Object(message)
    found = [one async for one in thread.history(limit=most, before=before, oldest_first=False)]
    found.reverse()
    opening = await _opening(thread, found) if len(found) == most or _points_up(found) else None
    return ([opening] if opening and opening.id not in {one.id for one in found} else []) + found


def _points_up(found: list[discord.Message]) -> bool:
    """Say whether a thread begins below a message of its channel, or has lost its beginning."""
    return not found or found[0].type is discord.MessageType.thread_starter_message


async def _opening(thread: discord.Thread, found: list[discord.Message]) -> discord.Message | None:
    """Return the message that has a thread's id, if it is still there."""
    reference = found[0].reference if found else None
    if reference and isinstance(reference.resolved, discord.Message) and reference.message_id == thread.id:
        return reference.resolved
    where = thread if isinstance(thread.parent, discord.ForumChannel) else thread.parent
    if not isinstance(where, discord.Thread | discord.TextChannel):
        return None
    try:
        return await where.fetch_message(thread.id)
    except (discord.NotFound, discord.Forbidden):
        return None


async def replied_to(channel: discord.abc.Messageable, message: int) -> list[discord.Message]:
    """Return what a message replies to, if that is still there.

    Raises:
        Refused: The bot may not read what was said there.
    """
    if isinstance(channel, discord.abc.GuildChannel):
        may_read(channel)
    reference = (await channel.fetch_message(message)).reference
    return [reference.resolved] if reference and isinstance(reference.resolved, discord.Message) else []


def may_read(channel: discord.abc.GuildChannel | discord.Thread) -> None:
    """Raise Refused where the bot may not read what was said; Discord would say that nothing was."""
    me = channel.guild.me
    if me and not channel.permissions_for(me).read_message_history:
        raise Refused(f"Discord: the bot may not Read Message History in #{channel.name}")


def said_before(messages: list[discord.Message], me: discord.abc.User) -> list[SaidBefore]:
    """Return what messages say; other bots are named as bots, what we may not read is left out."""
    said = []
    for one in messages:
        text = readable(one, me) if one.type in _WRITTEN else ""
        if text:
            bot = " (bot)" if one.author.bot or one.webhook_id else ""
            author = Author(f"discord:{one.author.id}", f"{one.author.display_name}{bot}")
            at, id = one.created_at.timestamp(), f"discord:{_channel_of(one)}/{one.id}"
            said.append(SaidBefore(id, author, text, one.id, at, one.author.id == me.id))
    return said


def _channel_of(message: discord.Message) -> int:
    """Return the channel that a message stands in; discord.py takes a thread's opening for a part of it."""
    channel = message.channel
    if not isinstance(channel, discord.Thread) or isinstance(channel.parent, discord.ForumChannel):
        return channel.id
    return channel.parent_id if message.id == channel.id else channel.id
