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
from core.phrases import Phrases, phrases_in

log = logging.getLogger(__name__)

ASK_ABOUT = "Ask Frontdesk"
QUESTION = "question"
LONGEST_QUESTION = 1_500  # of 2,000 characters of a message, with room for what escapes add
REGISTER_SECONDS = 10.0

_ENGLISH = "en"
CHAT, MESSAGE, ENTRY_POINT = 1, 3, 4  # kinds of commands
_STRING = 3  # a kind of option
# In servers, and in direct messages with the bot; for who installs it to a server.
_EVERYWHERE = {"contexts": [0, 1], "integration_types": [0]}
# What Discord tells of a command and takes from nobody.
_TOLD_ONLY = {"application_id", "version"}


def wanted(tables: Mapping[str, Phrases]) -> list[dict[str, Any]]:
    """Return our commands as they are registered, described in every language that there are phrases in."""
    return [
        _slash(Command.ASK, tables, required=True),
        _slash(Command.HUMAN, tables, required=False),
        _slash(Command.NEW, tables),
        _slash(Command.FORGET, tables),
        _slash(Command.HELP, tables),
        {"type": MESSAGE, "name": ASK_ABOUT, "description": "", **_EVERYWHERE},
    ]


def _slash(name: Command, tables: Mapping[str, Phrases], *, required: bool | None = None) -> dict[str, Any]:
    """Return a command; with `required` it has an option for words, that must or may be given."""
    phrase = f"command_{name}"
    option = {"type": _STRING, "name": QUESTION, "max_length": LONGEST_QUESTION, "required": required}
    options = [] if required is None else [{**option, **_described(f"{phrase}_what", tables)}]
    about = {"type": CHAT, "name": name.value, **_described(phrase, tables), "options": options}
    return {**about, **_EVERYWHERE}


def _described(phrase: str, tables: Mapping[str, Phrases]) -> dict[str, Any]:
    """Return a description in English, and in the other languages for those who use Discord in them."""
    others = {
        locale.value: getattr(tables[language], phrase)
        for locale in discord.Locale
        if (language := locale.value.partition("-")[0]) in tables and language != _ENGLISH
    }
    return {"description": getattr(phrases_in(_ENGLISH, tables), phrase), "description_localizations": others}


async def register(client: discord.Client, tables: Mapping[str, Phrases]) -> None:
    """Register our commands unless they are: each write counts against a limit of 200 a day.

    An app whose Activities are on has one command that is Discord's own, its Entry Point. It is written back
    as it is, since Discord refuses a list without it (error 50240). A failure is told to who runs the bot,
    and stops nothing.
    """
    assert client.application_id is not None
    try:
        async with asyncio.timeout(REGISTER_SECONDS):
            ours, known = wanted(tables), await _known(client, client.application_id)
            if differ(known, ours):
                listed = [*ours, *map(_as_sent, filter(_is_entry_point, known))]
                await client.http.bulk_upsert_global_commands(client.application_id, listed)
                log.info("Discord: the commands are registered.")
    except FAULTS as error:
        log.warning(
            "Discord: the commands can't be registered (%s), so that /ask and the others may be missing; "
            "direct messages and mentions work. It is tried again at the next start.",
            describe(error),
        )


async def _known(client: discord.Client, application: int) -> list[dict[str, Any]]:
    """Return what is registered, with all languages: the library does not ask for these."""
    route = discord.http.Route("GET", "/applications/{application_id}/commands", application_id=application)
    known: list[dict[str, Any]] = await client.http.request(route, params={"with_localizations": "true"})
    return known


def differ(known: Sequence[Mapping[str, Any]], ours: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the commands that are registered are others than ours, and than Discord's own."""
    found = {command["name"]: command for command in known if not _is_entry_point(command)}
    return len(found) != len(ours) or not all(_is_as(one, found.get(one["name"])) for one in ours)


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
