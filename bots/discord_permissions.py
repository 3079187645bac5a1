"""Where people write on Discord, and what the bot may not do there. Pure: reads objects, asks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

import discord

# So many channels are told of one by one.
MOST_TOLD = 10

# What each permission is for; Discord's names for them, as the settings of a channel show them.
_NEEDED = {
    "send_messages": "Send Messages",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
}
# In a forum people start the threads, and in a voice channel there are none.
_OF_FORUMS = {"send_messages_in_threads", "read_message_history"}
_OF_VOICE = {"send_messages", "read_message_history"}

Written = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel


def written_in(
    guilds: Iterable[discord.Guild],
) -> Iterator[discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread]:
    """Yield where people may write on some servers: channels, and threads that are not archived."""
    for guild in guilds:
        yield from guild.text_channels
        yield from guild.voice_channels
        yield from guild.stage_channels
        yield from guild.threads


def may_answer(channel: object) -> bool:
    """Say whether the bot may answer there, in the channel itself or in a thread below it."""
    guild = getattr(channel, "guild", None)
    if guild is None or guild.me is None or not isinstance(channel, Written | discord.Thread):
        return True
    ours = channel.permissions_for(guild.me)
    if isinstance(channel, discord.Thread):
        return ours.send_messages_in_threads
    return ours.send_messages or may_start_thread(channel)


def may_start_thread(channel: object) -> bool:
    """Say whether the bot may start a thread in a channel and write in it."""
    if not isinstance(channel, discord.TextChannel) or channel.guild.me is None:
        return False
    ours = channel.permissions_for(channel.guild.me)
    return ours.create_public_threads and ours.send_messages_in_threads


def troubles(guilds: Iterable[discord.Guild], besides: Set[int], *, threads: bool) -> list[str]:
    """Return a sentence for each channel in which the bot may not do what it needs, the first ones only.

    Args:
        guilds: The servers that it is in.
        besides: The channels that are told of elsewhere.
        threads: Whether it starts threads.
    """
    told = [line for guild in guilds for line in _of(guild, besides, threads=threads)]
    more = len(told) - MOST_TOLD
    rest = [f"Discord: permissions are missing in {more} more channels."] if more > 0 else []
    return told[:MOST_TOLD] + rest


def _of(guild: discord.Guild, besides: Set[int], *, threads: bool) -> Iterator[str]:
    if guild.me is None:
        return
    hidden = 0
    for channel in guild.channels:
        if not isinstance(channel, Written) or channel.id in besides:
            continue
        ours = channel.permissions_for(guild.me)
        if not ours.view_channel:
            hidden += 1
        elif missing := [_NEEDED[one] for one in _needs(channel, threads=threads) if not getattr(ours, one)]:
            listed = ", ".join(missing)
            yield f"Discord: in #{channel.name} of {guild.name} the bot lacks {listed}. Allow it there."
    if hidden and hidden == sum(isinstance(channel, Written) for channel in guild.channels):
        yield f"Discord: in {guild.name} the bot can see no channel. Allow it to View Channels."


def _needs(channel: Written, *, threads: bool) -> list[str]:
    needed = set(_NEEDED)
    if isinstance(channel, discord.ForumChannel):
        needed = _OF_FORUMS
    elif not isinstance(channel, discord.TextChannel):
        needed = _OF_VOICE
    elif not threads:
        needed = needed - {"create_public_threads"}
    return [one for one in _NEEDED if one in needed]
