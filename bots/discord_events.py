"""From a Discord message to ours, if it is one for us. Pure: reads objects, asks nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

import discord

from core.messages import Author, File, IncomingMessage, IncomingReaction, Press

# All other kinds tell what happened in the channel.
_WRITTEN = {discord.MessageType.default, discord.MessageType.reply}


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that somebody wrote where we can read it; `addressed` if it is meant for us for sure."""

    message: IncomingMessage
    addressed: bool


def read(message: discord.Message, me: discord.abc.User, *, threads: bool) -> Heard | None:
    """Read a message.

    Args:
        message: As the gateway delivered it.
        me: The bot's own user.
        threads: Whether a mention in a channel starts a thread, where the bot may start one.

    Returns:
        None for what is no message of a person.
    """
    if message.author.bot or message.webhook_id or message.type not in _WRITTEN:
        return None
    is_dm = message.guild is None
    mentioned = _mentions(message, me)
    conversation, place = _conversation(message, threads=threads and mentioned)
    text = _text(message, me)
    addressed = is_dm or mentioned or _replies_to(message, me)
    if not (addressed or text):
        return None  # what follows in a thread comes without its text where we may not read it
    ours = IncomingMessage(
        id=f"discord:{message.channel.id}/{message.id}",
        conversation=conversation,
        author=Author(f"discord:{message.author.id}", message.author.display_name),
        text=text,
        position=message.id,
        sent_at=message.created_at.timestamp(),
        place=place,
        edited_at=message.edited_at.timestamp() if message.edited_at else 0.0,
        shared=not is_dm and not place,
        mentions=mentioned,
        files=tuple(File(file.filename, file.url) for file in message.attachments),
    )
    return Heard(ours, addressed)


def _conversation(message: discord.Message, *, threads: bool) -> tuple[str, str]:
    """Return the conversation, and its place: a thread's is written below its channel's.

    A thread has the id of the message that it starts from, so that its conversation and place are known
    before it is there.
    """
    channel = message.channel
    if isinstance(channel, discord.Thread):
        return f"discord:{channel.id}", f"discord:{channel.parent_id}/{channel.id}"
    if threads and _may_start_thread(message):
        return f"discord:{message.id}", f"discord:{channel.id}/{message.id}"
    return f"discord:{channel.id}", ""


def is_in_thread(message: discord.Message) -> bool:
    """Say whether a message stands in a thread; a thread that we serve needs no mention."""
    return isinstance(message.channel, discord.Thread)


def names(message: discord.Message, me: discord.abc.User) -> bool:
    """Say whether the words mention the bot; a reply that pings it does so without words."""
    return re.search(rf"<@!?{me.id}>", message.content) is not None


def _mentions(message: discord.Message, me: discord.abc.User) -> bool:
    """Say whether a message mentions the bot, or the role that Discord made for it."""
    if any(user.id == me.id for user in message.mentions):
        return True
    return any(role.tags and role.tags.bot_id == me.id for role in message.role_mentions)


def _replies_to(message: discord.Message, me: discord.abc.User) -> bool:
    replied = message.reference.resolved if message.reference else None
    return isinstance(replied, discord.Message) and replied.author.id == me.id


def _may_start_thread(message: discord.Message) -> bool:
    guild, channel = message.guild, message.channel
    if guild is None or not isinstance(channel, discord.TextChannel):
        return False
    permissions = channel.permissions_for(guild.me)
    return permissions.create_public_threads and permissions.send_messages_in_threads


def _text(message: discord.Message, me: discord.abc.User) -> str:
    """Return what people read: names for mentions, the mention of the bot left out, files named."""
    text = re.sub(rf"<@!?{me.id}>", "", message.content)
    for role in message.role_mentions:
        ours = role.tags is not None and role.tags.bot_id == me.id
        text = text.replace(f"<@&{role.id}>", "" if ours else f"@{role.name}")
    for user in message.mentions:
        for notation in (f"<@{user.id}>", f"<@!{user.id}>"):
            text = text.replace(notation, f"@{user.display_name}")
    for channel in message.channel_mentions:
        text = text.replace(f"<#{channel.id}>", f"#{channel.name}")
    text = re.sub(r"<a?(:\w+:)\d+>", r"\1", text).strip()
    if message.attachments:
        files = ", ".join(file.filename for file in message.attachments)
        text = f"{text}\n(attached: {files})".strip()
    return text


def thread_name(text: str) -> str:
    """Return a name for the thread that answers a message, of at most 80 characters."""
    line = " ".join(text.split())
    return (line[:79] + "…" if len(line) > 80 else line) or "Question"


_THUMBS = {"\N{THUMBS UP SIGN}": Press.HELPFUL, "\N{THUMBS DOWN SIGN}": Press.UNHELPFUL}
# The skin tones that an emoji may end with.
_TONES = "".join(map(chr, range(0x1F3FB, 0x1F400)))


def read_reaction(payload: discord.RawReactionActionEvent, me: discord.abc.User) -> IncomingReaction | None:
    """Read a reaction that came or went; None for what is no thumb, or surely not on a message of ours.

    Whose message it is on is told only of one that came.
    """
    press = _THUMBS.get(payload.emoji.name.rstrip(_TONES)) if payload.emoji.is_unicode_emoji() else None
    if press is None or payload.user_id == me.id or payload.message_author_id not in {None, me.id}:
        return None
    ref = f"discord:{payload.channel_id}/{payload.message_id}"
    taken_away = payload.event_type == "REACTION_REMOVE"
    return IncomingReaction(press, ref, Author(f"discord:{payload.user_id}"), taken_away)
