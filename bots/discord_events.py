"""From a Discord message to ours, if it is one for us. Pure: reads objects, asks nothing."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

import discord

from bots.discord_files import files_of
from bots.discord_permissions import may_start_thread
from bots.discord_words import is_ours, post_opened_by, readable
from core.markdown import unescape
from core.messages import Author, IncomingMessage, IncomingReaction, Press

# All other kinds tell what happened in the channel.
_WRITTEN = {discord.MessageType.default, discord.MessageType.reply}


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that somebody wrote where we can read it; `addressed` if it is meant for us for sure."""

    message: IncomingMessage
    addressed: bool


def read(
    message: discord.Message, me: discord.abc.User, *, threads: bool, served: Set[int] = frozenset()
) -> Heard | None:
    """Read a message.

    Args:
        message: As the gateway delivered it.
        me: The bot's own user.
        threads: Whether a mention in a channel starts a thread, where the bot may start one.
        served: The channels and forums in which a question needs no mention.

    Returns:
        None for what is no message of a person.
    """
    if message.author.bot or message.webhook_id or message.type not in _WRITTEN:
        return None
    is_dm = message.guild is None
    mentioned = _mentions(message, me)
    text = readable(message, me)
    asks = _asks_in(served, message) and not is_hidden(message)
    conversation, place = _conversation(message, threads=threads and (mentioned or asks))
    replied = _replies_to(message, me)
    addressed = is_dm or mentioned or asks or replied
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
        mentions=mentioned or replied,
        files=files_of(message),
        to_others=not addressed and _to_others(message),
        joins=mentioned and _was_begun_before(message),
    )
    return Heard(ours, addressed)


def read_asked(message: discord.Message, me: discord.abc.User, *, threads: bool) -> IncomingMessage | None:
    """Read the question from a message of ours that shows what somebody asked by a command; None for others.

    Only a question is shown to all, as a quotation: what else is answered to a command goes to one person.
    """
    given = message.interaction_metadata
    if message.author.id != me.id or message.type is not discord.MessageType.chat_input_command or not given:
        return None
    text = unescape(re.sub(r"^> ?", "", message.content, flags=re.MULTILINE)).strip()
    if not text or not message.content.startswith(">"):
        return None
    conversation, place = _conversation(message, threads=threads)
    return IncomingMessage(
        id=f"discord:{message.channel.id}/{message.id}",
        conversation=conversation,
        author=Author(f"discord:{given.user.id}", given.user.display_name),
        text=text,
        position=given.id,
        sent_at=discord.utils.snowflake_time(given.id).timestamp(),
        place=place,
        shared=message.guild is not None and not place,
        mentions=True,
    )


def _asks_in(served: Set[int], message: discord.Message) -> bool:
    """Say whether a message is a question without a mention in a channel or forum where that is enough.

    In a forum that is the message which opens a post; what people begin threads for in a channel is theirs.
    """
    channel = message.channel
    if isinstance(channel, discord.Thread):
        return post_opened_by(message) is not None and channel.parent_id in served
    return channel.id in served and not _to_others(message)


def _conversation(message: discord.Message, *, threads: bool) -> tuple[str, str]:
    """Return the conversation, and its place: a thread's is written below its channel's.

    A thread has the id of the message that it starts from, so that its conversation and place are known
    before it is there.
    """
    channel = message.channel
    if isinstance(channel, discord.Thread):
        return f"discord:{channel.id}", f"discord:{channel.parent_id}/{channel.id}"
    if threads and may_start_thread(channel):
        return f"discord:{message.id}", f"discord:{channel.id}/{message.id}"
    return f"discord:{channel.id}", ""


def is_in_thread(message: discord.Message) -> bool:
    """Say whether a message stands in a thread; a thread that we serve needs no mention."""
    return isinstance(message.channel, discord.Thread)


def is_hidden(message: discord.Message) -> bool:
    """Say whether a message is a person's of which Discord shows us nothing, and for nobody else."""
    is_written = not (message.author.bot or message.webhook_id) and message.type in _WRITTEN
    return is_written and not (message.content or message.attachments) and not _to_others(message)


def names(message: discord.Message, me: discord.abc.User) -> bool:
    """Say whether the words mention the bot; a reply that pings it does so without words."""
    return re.search(rf"<@!?{me.id}>", message.content) is not None


def _mentions(message: discord.Message, me: discord.abc.User) -> bool:
    """Say whether a message mentions the bot, or the role that Discord made for it."""
    if any(user.id == me.id for user in message.mentions):
        return True
    return any(is_ours(role, me) for role in message.role_mentions)


def _replies_to(message: discord.Message, me: discord.abc.User) -> bool:
    replied = _replied(message)
    return replied is not None and replied.author.id == me.id


def _replied(message: discord.Message) -> discord.Message | None:
    """Return what a message replies to, if that is still there; what it passes on is nothing of the kind."""
    if message.type is not discord.MessageType.reply or message.reference is None:
        return None
    replied = message.reference.resolved
    return replied if isinstance(replied, discord.Message) else None


def _to_others(message: discord.Message) -> bool:
    """Say whether words that don't address us are for somebody else: by a mention, or as a reply."""
    replied = _replied(message)
    people = {user.id for user in message.mentions} | ({replied.author.id} if replied else set())
    return bool(people - {message.author.id} or message.role_mentions)


def _was_begun_before(message: discord.Message) -> bool:
    """Say whether something was said before that a mention may be about.

    That is so in a thread, but for the message that opens a forum's post, and where it replies to something.
    """
    if isinstance(message.channel, discord.Thread):
        return message.id != message.channel.id
    return _replied(message) is not None


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
