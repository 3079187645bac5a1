"""Discord's slash commands and the one in a message's menu, as they are given: read, and answered."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import discord

from bots.adapter import Inbox, begun, told
from bots.discord_asides import tell
from bots.discord_events import read
from bots.discord_faults import FAULTS, trouble
from bots.discord_format import to_discord
from bots.discord_registry import MESSAGE, QUESTION
from bots.discord_spots import Where, may_write, where
from bots.discord_words import rendered
from core import words
from core.commands import wish
from core.messages import Aside, Author, Command, IncomingCommand
from core.phrases import Phrases
from core.ports import Unknown
from core.splitting import split

log = logging.getLogger(__name__)

NO_DIRECT_MESSAGES = 50007
LONGEST_SHOWN = 1_900  # of 2,000 characters of a message


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
        name, text = str(data.get("name", "")), _text(interaction, data)
        if data.get("type") == MESSAGE:
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
        telling = await begun(told(self._inbox, f"discord:{interaction.user.id}", doing))
        with contextlib.suppress(*FAULTS):
            if not telling.done():
                await interaction.response.defer(ephemeral=True)
            await tell(interaction, await telling)
        await telling

    async def _do(self, interaction: discord.Interaction, command: Command, text: str) -> Aside:
        """Do what takes effect where it was given."""
        asks = command in {Command.ASK, Command.HUMAN} and not self._is_backstage(interaction)
        if asks and not may_write(interaction, threads=self._threads):
            return Aside((await self._says(interaction)).may_not_write)
        spot = where(interaction, None, threads=self._threads)
        id = f"discord:{interaction.channel_id}/{interaction.id}"
        return await self._inbox.command(self._given(interaction, command, spot, id, text))

    async def _ask_openly(self, interaction: discord.Interaction, text: str) -> None:
        """Show who asks what, and answer below it.

        The answer's thread starts from the message that shows the question and has its id, so that is made
        first. Should we die before the question is stored, it is read back from that message.
        """
        message = await self._show(interaction, text)
        if message is None:
            return
        self._name_thread(message, text)
        spot = where(interaction, message, threads=self._threads)
        id = f"discord:{interaction.channel_id}/{message}"
        given = self._given(interaction, Command.ASK, spot, id, text, shown=True)
        aside = await told(self._inbox, given.who.id, self._inbox.command(given))
        if aside.text:
            with contextlib.suppress(*FAULTS):
                await interaction.delete_original_response()
            with contextlib.suppress(*FAULTS):
                await tell(interaction, aside)

    async def _show(self, interaction: discord.Interaction, text: str) -> int | None:
        """Show all what somebody asks; return the message that does, None if Discord did not take it."""
        try:
            quoted = _shown(words.quotation(text))
            shown = await interaction.response.send_message(quoted, suppress_embeds=True)
        except FAULTS as error:
            log.warning("Discord: a question was not taken in: %s", trouble(error))
            if isinstance(trouble(error), Unknown):  # it may stand there all the same
                self._inbox.reconnected("discord")
            return None
        return shown.message_id

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


def _text(interaction: discord.Interaction, data: Mapping[str, Any]) -> str:
    """Return the words behind a command, as people read them."""
    options = (option for option in data.get("options") or [] if option.get("name") == QUESTION)
    text = str(next((option.get("value") for option in options), "") or "")
    me, who = interaction.client.user, interaction.user
    return rendered(text, me, interaction.guild, {who.id: who.display_name}, {}) if me else text


def _is_personal(interaction: discord.Interaction) -> bool:
    """Say whether a command was given in direct messages or in a thread: it goes on there."""
    return interaction.guild_id is None or isinstance(interaction.channel, discord.Thread)


def _shown(text: str) -> str:
    return split(to_discord(text), LONGEST_SHOWN)[0]
