"""What people on Discord are told once: to mention the bot, or that it can't answer where they did."""

from __future__ import annotations

import logging

import discord

from bots.adapter import Inbox
from bots.discord_events import is_hidden
from bots.discord_faults import FAULTS
from core.faults import describe
from core.markdown import escape

log = logging.getLogger(__name__)


async def ask_for_mention(inbox: Inbox, message: discord.Message, me: discord.abc.User) -> None:
    """Say in a thread of ours that its people have to mention us, where we may not read their messages."""
    thread = message.channel
    if not isinstance(thread, discord.Thread) or not is_hidden(message):
        return
    if await inbox.serves(f"discord:{thread.id}"):
        place = f"discord:{thread.parent_id}/{thread.id}"
        says = await inbox.says("", f"discord:{thread.id}")
        text = says.mention_me.format(name=escape(me.display_name))
        await inbox.say_once(f"discord:mention/{thread.id}", place, text)


async def turn_away(inbox: Inbox, message: discord.Message) -> None:
    """Tell who asks us where we may not write that we can't answer there, by a direct message."""
    log.info("Discord: a question where the bot may not write is answered by a direct message.")
    channel, author = message.channel, message.author
    try:
        dm = author.dm_channel or await author.create_dm()
    except FAULTS as error:
        log.info("Discord: that could not be: %s", describe(error))
        return
    says = await inbox.says(f"discord:{author.id}")
    text = says.may_not_write_there.format(where=f"#{escape(str(getattr(channel, 'name', '')))}")
    await inbox.say_once(f"discord:away/{channel.id}/{author.id}", f"discord:{dm.id}", text)
