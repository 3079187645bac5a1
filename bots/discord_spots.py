"""Where a command on Discord takes effect, and whether the bot may answer there. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import discord


@dataclass(frozen=True, slots=True)
class Where:
    """Where a command takes effect: the conversation (empty: none), the place to answer, and its kind."""

    conversation: str = ""
    place: str = ""
    shared: bool = False


def where(interaction: discord.Interaction, message: int | None, *, threads: bool) -> Where:
    """Return where a command takes effect.

    Args:
        interaction: The command.
        message: The message that its answer goes below, if there is one.
        threads: Whether that starts a thread, where the bot may start one.
    """
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return Where(f"discord:{channel.id}", f"discord:{channel.parent_id}/{channel.id}")
    here = f"discord:{interaction.channel_id}"
    if interaction.guild_id is None:
        return Where(here)
    if threads and may_start_thread(interaction):
        return Where(f"discord:{message}", f"{here}/{message}") if message else Where()
    return Where(here, shared=True)


def may_start_thread(interaction: discord.Interaction) -> bool:
    """Say whether the bot may start a thread from a message where a command was given."""
    ours = interaction.app_permissions
    is_text = isinstance(interaction.channel, discord.TextChannel)
    return is_text and ours.view_channel and ours.create_public_threads and ours.send_messages_in_threads


def may_write(interaction: discord.Interaction, *, threads: bool) -> bool:
    """Say whether the bot may answer where a command was given; commands work in places closed to it, too."""
    ours = interaction.app_permissions
    if interaction.guild_id is None:
        return True
    if isinstance(interaction.channel, discord.Thread):
        return ours.view_channel and ours.send_messages_in_threads
    return (threads and may_start_thread(interaction)) or (ours.view_channel and ours.send_messages)
