"""Buttons as Discord's components, both ways. Asks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from core.messages import Author, Button, IncomingPress, Press

PREFIX = "frontdesk:"
_STYLES = {
    Press.YES: discord.ButtonStyle.primary,
    Press.CLAIM: discord.ButtonStyle.primary,
    Press.SEND: discord.ButtonStyle.primary,
}


def view_of(buttons: Sequence[Button]) -> discord.ui.View | None:
    """Return the components of a post; call it while the event loop runs.

    The view is stopped, so that discord.py does not keep it: presses are read from their ids, which also
    works after a restart.
    """
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(
            discord.ui.Button(
                label=button.label,
                custom_id=f"{PREFIX}{button.press}:{button.about}",
                style=_STYLES.get(button.press, discord.ButtonStyle.secondary),
            )
        )
    view.stop()
    return view


def read_press(interaction: discord.Interaction) -> IncomingPress | None:
    """Return what a press says; None if it is no button of ours."""
    data: Any = interaction.data or {}
    id = str(data.get("custom_id", ""))
    name, _, about = id.removeprefix(PREFIX).partition(":")
    if not id.startswith(PREFIX) or name not in set(Press):
        return None
    who = Author(f"discord:{interaction.user.id}", interaction.user.display_name)
    return IncomingPress(Press(name), about, who, interaction.id, interaction.created_at.timestamp())
