"""What is wrong with the places on Discord that the settings name, told to who runs the bot."""

from __future__ import annotations

from collections.abc import Set

import aiohttp
import discord

_NO_THREADS = (
    "Discord: the agents' place {agents} is a thread, in which cases can't have threads of their own: agents "
    "can use the buttons, but not write to customers. Set AGENTS to a channel."
)


def unserved(client: discord.Client, served: Set[int], *, has_content: bool) -> list[str]:
    """Return why questions in DISCORD_CHANNELS are not answered, a sentence each.

    Args:
        client: Knows what it can see, once it is ready.
        served: The ids of those channels and forums.
        has_content: Whether the bot may read messages that don't mention it.
    """
    if served and not has_content:
        return ["Discord: DISCORD_CHANNELS has no effect without the Message Content Intent."]
    if not client.is_ready():
        return []
    return [
        f"Discord: the bot can't see the channel {channel} of DISCORD_CHANNELS. Check the id, and allow it "
        "to View Channel there."
        for channel in sorted(served)
        if not client.get_channel(channel)
    ]


async def of_agents(client: discord.Client, place: int) -> list[str]:
    """Return what is missing or unwise at the place where agents are called, a sentence each."""
    agents = f"discord:{place}"
    try:
        channel = await client.fetch_channel(place)
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as error:
        why = type(error).__name__
        return [f"Discord: the agents' place {agents} can't be reached ({why}). Check AGENTS."]
    if isinstance(channel, discord.Thread):
        above = await of_agents(client, channel.parent_id)
        problems = [problem.replace(f"discord:{channel.parent_id}", agents) for problem in above]
        return [*problems, _NO_THREADS.format(agents=agents)]
    if not isinstance(channel, discord.abc.GuildChannel):
        return []
    guild = client.get_guild(channel.guild.id)
    if guild is None or guild.me is None:
        return [f"Discord: the agents' place {agents} can't be checked before the connection is up."]
    everybodys, ours = channel.permissions_for(guild.default_role), channel.permissions_for(guild.me)
    return _troubles(agents, everybodys, ours)


def _troubles(agents: str, everybodys: discord.Permissions, ours: discord.Permissions) -> list[str]:
    problems = []
    if everybodys.view_channel:
        problems.append(
            f"Discord: the agents' place {agents} is public; customers' words are read by everybody "
            "there. Use a channel that only your team can see."
        )
    if not (ours.create_public_threads and ours.send_messages_in_threads):
        problems.append(
            f"Discord: the bot may not open threads in the agents' place {agents} and write in them; "
            "cases need them. Allow it to."
        )
    if not ours.send_messages:
        problems.append(f"Discord: the bot may not write in the agents' place {agents}. Allow it to.")
    return problems
