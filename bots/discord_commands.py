"""Discord's slash commands and the one in a message's menu: registered once, read, and answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord

from bots.adapter import ACK_SECONDS, Inbox, told
from bots.discord_buttons import aside_of
from bots.discord_events import read
from bots.discord_faults import FAULTS
from bots.discord_format import to_discord
from core import words
from core.commands import wish
from core.faults import describe
from core.messages import Aside, Author, Command, IncomingCommand
from core.phrases import Phrases
from core.splitting import split

log = logging.getLogger(__name__)

ASK_ABOUT = "Ask Frontdesk"
QUESTION = "question"
REGISTER_SECONDS = 10.0
NO_DIRECT_MESSAGES = 50007
# Of 2,000 characters of a message, with room for what escapes add.
LONGEST_QUESTION, LONGEST_SHOWN = 1_500, 1_900

_CHAT, _MESSAGE, _STRING = 1, 3, 3  # kinds of commands, and of options
# In servers, and in direct messages with the bot; for who installs it to a server.
_EVERYWHERE = {"contexts": [0, 1], "integration_types": [0]}


def _slash(name: Command, description: str, asks: str = "", *, required: bool = False) -> dict[str, Any]:
    option = {"type": _STRING, "name": QUESTION, "description": asks, "max_length": LONGEST_QUESTION}
    options = [{**option, "required": required}] if asks else []
    about = {"type": _CHAT, "name": name.value, "description": description, "options": options}
    return {**about, **_EVERYWHERE}


WANTED: list[dict[str, Any]] = [
    _slash(Command.ASK, "Ask a question", "What would you like to know?", required=True),
    _slash(Command.HUMAN, "Talk to a person from the team", "What is it about?"),
    _slash(Command.NEW, "Start a new conversation"),
    _slash(Command.FORGET, "Remove what you wrote to this bot"),
    _slash(Command.HELP, "What this bot can do for you"),
    {"type": _MESSAGE, "name": ASK_ABOUT, "description": "", **_EVERYWHERE},
]


async def register(client: discord.Client) -> None:
    """Register our commands unless they are: each write counts against a limit of 200 a day.

    A failure is told to who runs the bot, and stops nothing.
    """
    assert client.application_id is not None
    try:
        async with asyncio.timeout(REGISTER_SECONDS):
            known = await client.http.get_global_commands(client.application_id)
            if differ(known):
                await client.http.bulk_upsert_global_commands(client.application_id, WANTED)
                log.info("Discord: the commands are registered.")
    except FAULTS as error:
        log.warning(
            "Discord: the commands can't be registered (%s), so that /ask and the others may be missing; "
            "direct messages and mentions work. It is tried again at the next start.",
            describe(error),
        )


def differ(known: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the commands that are registered are others than ours."""
    if len(known) != len(WANTED):
        return True
    by_name = {found["name"]: found for found in known}
    return not all(_is_as(wanted, by_name.get(wanted["name"])) for wanted in WANTED)


def _is_as(wanted: object, found: object) -> bool:
    """Compare what is wanted with what Discord tells, which adds keys and leaves out what says nothing."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return all(_is_as(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(_is_as, wanted, found))
    return wanted == found or not (wanted or found)


@dataclass(frozen=True, slots=True)
class Where:
    """The conversation in which a command takes effect (empty: none), the place to answer, and its kind."""

    conversation: str
    place: str = ""
    shared: bool = False


def where(interaction: discord.Interaction, message: int, *, threads: bool) -> Where:
    """Return where a command takes effect.

    Args:
        interaction: The command.
        message: The message that its answer goes below; 0 if there is none.
        threads: Whether that starts a thread, where the bot may start one.
    """
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return Where(f"discord:{channel.id}", f"discord:{channel.parent_id}/{channel.id}")
    here = f"discord:{interaction.channel_id}"
    if interaction.guild_id is None:
        return Where(here)
    if threads and may_start_thread(interaction):
        return Where(f"discord:{message}", f"{here}/{message}") if message else Where("")
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


class DiscordCommands:
    """Hears the commands of one bot."""

    def __init__(
        self, inbox: Inbox, name_thread: Callable[[int, str], None], desk: int | None, *, threads: bool
    ) -> None:
        """Make one.

        Args:
            inbox: Takes commands.
            name_thread: Is told what a thread below a message is about.
            desk: The id of the agents' channel, if it is on Discord.
            threads: Whether answers in servers' channels start threads.
        """
        self._inbox = inbox
        self._name_thread = name_thread
        self._desk = desk
        self._threads = threads

    async def hear(self, interaction: discord.Interaction) -> None:
        """Do what a command says; a question is shown to all, all else is between its giver and us."""
        data: Any = interaction.data or {}
        name, text = str(data.get("name", "")), _text(data)
        if data.get("type") == _MESSAGE:
            await self._answer(interaction, self._ask_about(interaction, data))
        elif name not in set(Command):
            return
        elif name == Command.HUMAN and not (self._is_backstage(interaction) or _is_personal(interaction)):
            await self._answer(interaction, self._call_directly(interaction, text))
        elif name == Command.ASK and self._is_open(interaction):
            await self._ask_openly(interaction, text)
        else:
            await self._answer(interaction, self._do(interaction, Command(name), text))

    async def _says(self, interaction: discord.Interaction) -> Phrases:
        return await self._inbox.says(f"discord:{interaction.user.id}")

    def _is_backstage(self, interaction: discord.Interaction) -> bool:
        channel = interaction.channel
        above = channel.parent_id if isinstance(channel, discord.Thread) else None
        return self._desk is not None and self._desk in {interaction.channel_id, above}

    def _is_open(self, interaction: discord.Interaction) -> bool:
        """Say whether a question may be asked where all can read it."""
        return may_write(interaction, threads=self._threads) and not self._is_backstage(interaction)

    async def _answer(self, interaction: discord.Interaction, doing: Awaitable[Aside]) -> None:
        """Tell the giver alone what came of a command, in time; what takes longer is told later."""
        telling = asyncio.create_task(told(doing))
        await asyncio.wait({telling}, timeout=ACK_SECONDS)
        with contextlib.suppress(*FAULTS):
            if telling.done():
                await interaction.response.send_message(**aside_of(telling.result()))
            else:
                await interaction.response.defer(ephemeral=True)
                await interaction.followup.send(**aside_of(await telling))
        await telling

    async def _do(self, interaction: discord.Interaction, command: Command, text: str) -> Aside:
        """Do what takes effect where it was given."""
        asks = command in {Command.ASK, Command.HUMAN} and not self._is_backstage(interaction)
        if asks and not may_write(interaction, threads=self._threads):
            return Aside((await self._says(interaction)).may_not_write)
        spot = where(interaction, 0, threads=self._threads)
        id = f"discord:{interaction.channel_id}/{interaction.id}"
        return await self._inbox.command(self._given(interaction, command, spot, id, text))

    async def _ask_openly(self, interaction: discord.Interaction, text: str) -> None:
        """Show who asks what, and answer below it.

        The answer's thread has the id of the message that shows the question. So that message is made first,
        as one that only says that something is on its way, and shows the question once that is stored.
        """
        with contextlib.suppress(*FAULTS):
            deferred = await interaction.response.defer()
            if deferred is None or deferred.message_id is None:
                return
            message = deferred.message_id
            self._name_thread(message, text)
            spot = where(interaction, message, threads=self._threads)
            id = f"discord:{interaction.channel_id}/{message}"
            given = self._given(interaction, Command.ASK, spot, id, text, shown=True)
            aside = await told(self._inbox.command(given))
            await interaction.edit_original_response(content=_shown(words.quotation(text)))
            if aside.text:
                # The first answer after a deferral is as public as that; only what follows can be for one.
                await interaction.followup.send(**aside_of(aside))
                await interaction.delete_original_response()

    async def _call_directly(self, interaction: discord.Interaction, text: str) -> Aside:
        """Call a person from a server's channel into direct messages, where nobody else reads along."""
        says = await self._says(interaction)
        try:
            direct = await interaction.user.create_dm()
            # Whether somebody takes direct messages is only known once one was sent.
            opening = await direct.send(
                _shown(words.asked(wish(text, says), says.you_asked)),
                nonce=str(interaction.id),
                suppress_embeds=True,
            )
        except discord.HTTPException as error:
            if error.code != NO_DIRECT_MESSAGES:
                raise
            return Aside(says.closed_direct)
        spot, id = Where(f"discord:{direct.id}"), f"discord:{direct.id}/{opening.id}"
        given = self._given(interaction, Command.HUMAN, spot, id, text, shown=True, elsewhere=True)
        return await self._inbox.command(given)

    async def _ask_about(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> Aside:
        """Ask the words of somebody's message in the name of who chose it, below that message."""
        me, says = interaction.client.user, await self._says(interaction)
        found = (data.get("resolved") or {}).get("messages", {}).get(str(data.get("target_id")))
        if me is None or found is None or interaction.channel is None:
            return Aside(says.nothing_to_ask)
        channel: Any = interaction.channel
        message = discord.Message(state=interaction._state, channel=channel, data=found)  # noqa: SLF001
        if message.author.id == me.id:
            return Aside(says.own_words)
        heard = read(message, me, threads=self._threads)
        if heard is None or not heard.message.text:
            return Aside(says.nothing_to_ask)
        if not (self._is_backstage(interaction) or may_write(interaction, threads=self._threads)):
            return Aside(says.may_not_write)
        text = heard.message.text
        self._name_thread(message.id, text)
        spot = where(interaction, message.id, threads=self._threads)
        given = self._given(interaction, Command.ASK, spot, f"{heard.message.id}+ask", text, shown=True)
        aside = await self._inbox.command(replace(given, files=heard.message.files))
        return aside if aside.text else Aside(says.asked_below)

    def _given(
        self,
        interaction: discord.Interaction,
        command: Command,
        spot: Where,
        id: str,
        text: str,
        *,
        shown: bool = False,
        elsewhere: bool = False,
    ) -> IncomingCommand:
        return IncomingCommand(
            command=command,
            who=Author(f"discord:{interaction.user.id}", interaction.user.display_name),
            conversation=spot.conversation,
            id=id,
            position=interaction.id,
            at=interaction.created_at.timestamp(),
            place=spot.place,
            text=text,
            shared=spot.shared,
            shown=shown,
            elsewhere=elsewhere,
            backstage=self._is_backstage(interaction),
        )


def _text(data: Mapping[str, Any]) -> str:
    """Return the words behind a command."""
    options = (option for option in data.get("options") or [] if option.get("name") == QUESTION)
    return str(next((option.get("value") for option in options), "") or "")


def _is_personal(interaction: discord.Interaction) -> bool:
    """Say whether a command was given in direct messages or in a thread: it goes on there."""
    return interaction.guild_id is None or isinstance(interaction.channel, discord.Thread)


def _shown(text: str) -> str:
    return split(to_discord(text), LONGEST_SHOWN)[0]
