"""What an error of discord.py means for a post."""

from __future__ import annotations

import aiohttp
import discord

from core.ports import BadForm, Refused, TryLater, Unknown

# What a call of Discord's API can end with.
FAULTS = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)

# Invalid Form Body, which says where it is wrong, and a message with nothing in it.
# docs.discord.com/developers/topics/opcodes-and-status-codes
_FORM = {50035, 50006}

# Agents read these when their words could not be delivered.
_PLAIN = {
    50007: "the customer takes no direct messages from the bot",
    10003: "the channel is gone",
    10008: "the message is gone",
    50001: "the bot may not see that channel",
    50013: "the bot may not do that there",
    50083: "the thread is archived and locked",
    160005: "the thread is locked",
}


def trouble(error: Exception) -> TryLater | Refused | Unknown:
    """Say what an error means for a post."""
    if isinstance(error, discord.HTTPException):
        why = f"Discord: {type(error).__name__}, HTTP {error.status}, code {error.code}"
        if error.status == 429:
            return TryLater(why, 5.0)
        if error.status == 400 and error.code in _FORM:
            return BadForm(why, buttons="In components" in error.text)
        if error.code in _PLAIN:
            return Refused(f"{_PLAIN[error.code]} ({why})")
        return Unknown(why) if error.status >= 500 else Refused(why)
    why = f"Discord: {type(error).__name__}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return TryLater(why)
    return Unknown(why)


def repeatable(error: Exception) -> TryLater | Refused | Unknown:
    """Say what an error means for a call that may be made twice."""
    fault = trouble(error)
    return TryLater(str(fault)) if isinstance(fault, Unknown) else fault
