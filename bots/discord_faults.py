"""What an error of discord.py means for a post."""

from __future__ import annotations

import aiohttp
import discord

from core.ports import Refused, TryLater, Unknown


def trouble(error: Exception) -> TryLater | Refused | Unknown:
    """Say what an error means for a post."""
    if isinstance(error, discord.HTTPException):
        why = f"Discord: {type(error).__name__}, HTTP {error.status}, code {error.code}"
        if error.status == 429:
            return TryLater(why, 5.0)
        return Unknown(why) if error.status >= 500 else Refused(why)
    why = f"Discord: {type(error).__name__}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return TryLater(why)
    return Unknown(why)
