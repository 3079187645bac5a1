"""What one person alone is told on Discord, in answer to a command or to a pressed button."""

from __future__ import annotations

from typing import Any

import discord

from bots.discord_buttons import view_of
from bots.discord_format import to_discord
from core.messages import Aside
from core.splitting import split

LONGEST = 2_000


async def tell(interaction: discord.Interaction, aside: Aside) -> None:
    """Tell somebody an aside, by the answer to an interaction unless it has one, and by what follows it.

    Raises:
        discord.DiscordException: Discord refuses, or the interaction is too old; as other FAULTS.
    """
    await _say(interaction, messages_of(aside))


async def put_instead(interaction: discord.Interaction, aside: Aside) -> None:
    """Tell somebody an aside in the place of that whose button they pressed; remove that if it is nothing.

    Raises:
        discord.DiscordException: Discord refuses, or the interaction is too old; as other FAULTS.
    """
    first, *rest = messages_of(aside) or [{}]
    if not first:
        await interaction.delete_original_response()
    elif interaction.response.is_done():
        await interaction.edit_original_response(content=first["content"], view=first.get("view"))
    else:
        await interaction.response.edit_message(content=first["content"], view=first.get("view"))
    await _say(interaction, rest)


async def _say(interaction: discord.Interaction, messages: list[dict[str, Any]]) -> None:
    for shown in messages:
        if interaction.response.is_done():
            await interaction.followup.send(**shown)
        else:
            await interaction.response.send_message(**shown)


def messages_of(aside: Aside) -> list[dict[str, Any]]:
    """Return the messages of an aside, its buttons below the last; call it while the event loop runs."""
    messages: list[dict[str, Any]] = [
        {"content": part, "ephemeral": True, "suppress_embeds": True}
        for part in split(to_discord(aside.text), LONGEST)
    ]
    if messages and (view := view_of(aside.buttons)):
        messages[-1]["view"] = view
    return messages
