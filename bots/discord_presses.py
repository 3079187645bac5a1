"""Buttons that are pressed on Discord: what they do, and what their presser alone is told."""

from __future__ import annotations

import contextlib

import discord

from bots.adapter import Inbox, begun, pressed, told
from bots.discord_asides import put_instead, tell
from bots.discord_buttons import read_press
from bots.discord_faults import FAULTS
from core.messages import Aside


class DiscordPresses:
    """Hears the buttons of one bot."""

    def __init__(self, inbox: Inbox) -> None:
        """Make one; the inbox takes presses."""
        self._inbox = inbox

    async def hear(self, interaction: discord.Interaction) -> None:
        """Do what a button says and acknowledge it in time; the presser alone hears what there is to say."""
        if interaction.type is not discord.InteractionType.component:
            return
        pressing = await begun(self._do(interaction))
        with contextlib.suppress(*FAULTS):
            if not pressing.done() or not pressing.result().text:
                await interaction.response.defer()
            aside = await pressing
            if interaction.message and interaction.message.flags.ephemeral and not aside.again:
                # What one person alone was told has done its work; a failure leaves it there.
                await put_instead(interaction, aside)
            else:
                await tell(interaction, aside)

    async def _do(self, interaction: discord.Interaction) -> Aside:
        if press := read_press(interaction):
            return await pressed(self._inbox, press)
        who = f"discord:{interaction.user.id}"
        return await told(self._inbox, who, self._outdated(who))

    async def _outdated(self, who: str) -> Aside:
        """Answer a button that we do not have any more."""
        return Aside((await self._inbox.says(who)).out_of_date)
