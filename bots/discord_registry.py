"""Discord's slash commands, and the one in a message's menu, as they are registered: once, if they differ."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bots.discord_faults import FAULTS
from core.faults import describe
from core.messages import Command

log = logging.getLogger(__name__)

ASK_ABOUT = "Ask Frontdesk"
QUESTION = "question"
LONGEST_QUESTION = 1_500  # of 2,000 characters of a message, with room for what escapes add
REGISTER_SECONDS = 10.0

CHAT, MESSAGE, ENTRY_POINT = 1, 3, 4  # kinds of commands
_STRING = 3  # a kind of option
# In servers, and in direct messages with the bot; for who installs it to a server.
_EVERYWHERE = {"contexts": [0, 1], "integration_types": [0]}
# What Discord tells of a command and takes from nobody.
_TOLD_ONLY = {"application_id", "version"}


def _slash(name: Command, description: str, asks: str = "", *, required: bool = False) -> dict[str, Any]:
    option = {"type": _STRING, "name": QUESTION, "description": asks, "max_length": LONGEST_QUESTION}
    options = [{**option, "required": required}] if asks else []
    about = {"type": CHAT, "name": name.value, "description": description, "options": options}
    return {**about, **_EVERYWHERE}


WANTED: list[dict[str, Any]] = [
    _slash(Command.ASK, "Ask a question", "What would you like to know?", required=True),
    _slash(Command.HUMAN, "Talk to a person from the team", "What is it about?"),
    _slash(Command.NEW, "Start a new conversation"),
    _slash(Command.FORGET, "Remove what you wrote to this bot"),
    _slash(Command.HELP, "What this bot can do for you"),
    {"type": MESSAGE, "name": ASK_ABOUT, "description": "", **_EVERYWHERE},
]


async def register(client: discord.Client) -> None:
    """Register our commands unless they are: each write counts against a limit of 200 a day.

    An app whose Activities are on has one command that is Discord's own, its Entry Point. It is written back
    as it is, since Discord refuses a list without it (error 50240). A failure is told to who runs the bot,
    and stops nothing.
    """
    assert client.application_id is not None
    try:
        async with asyncio.timeout(REGISTER_SECONDS):
            known = await client.http.get_global_commands(client.application_id)
            if differ(known):
                listed = [*WANTED, *map(_as_sent, filter(_is_entry_point, known))]
                await client.http.bulk_upsert_global_commands(client.application_id, listed)
                log.info("Discord: the commands are registered.")
    except FAULTS as error:
        log.warning(
            "Discord: the commands can't be registered (%s), so that /ask and the others may be missing; "
            "direct messages and mentions work. It is tried again at the next start.",
            describe(error),
        )


def differ(known: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the commands that are registered are others than ours, and than Discord's own."""
    ours = [found for found in known if not _is_entry_point(found)]
    by_name = {found["name"]: found for found in ours}
    return len(ours) != len(WANTED) or not all(_is_as(one, by_name.get(one["name"])) for one in WANTED)


def _is_entry_point(command: Mapping[str, Any]) -> bool:
    return command.get("type") == ENTRY_POINT


def _as_sent(command: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in command.items() if key not in _TOLD_ONLY}


def _is_as(wanted: object, found: object) -> bool:
    """Compare what is wanted with what Discord tells, which adds keys and leaves out what says nothing."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return all(_is_as(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(_is_as, wanted, found))
    return wanted == found or not (wanted or found)
