"""The threads that answers and cases get on Discord: started, named, and remembered."""

from __future__ import annotations

import logging
import re
from typing import Final

import discord

from bots.discord_events import thread_name
from bots.discord_faults import FAULTS
from bots.recent import Recent
from core.markdown import unescape

log = logging.getLogger(__name__)

THREAD_EXISTS = 160004
NO_SUCH_MESSAGE = 10008
# A refusal may pass: somebody allows it, or there are fewer threads.
REFUSED_SECONDS = 600.0
ARCHIVE_MINUTES: Final = 1_440
REMEMBERED = 1_000
REMEMBERED_THREADS = 10_000


class Threads:
    """Knows which messages have a thread, and starts it below one that has none: it has the message's id."""

    def __init__(self) -> None:
        self._known: Recent[int, bool] = Recent(REMEMBERED_THREADS)
        self._refused: Recent[int, bool] = Recent(REMEMBERED, REFUSED_SECONDS)
        self._names: Recent[int, str] = Recent(REMEMBERED)

    def name(self, message: int, text: str) -> None:
        """Remember what a thread below a message is to be called, should one be started."""
        self._names.keep(message, thread_name(text))

    def note(self, thread: int) -> None:
        """Remember that a thread is there."""
        self._known.keep(thread, True)

    def is_there(self, client: discord.Client, thread: int) -> bool:
        """Say whether a thread is there for sure."""
        return bool(self._known.get(thread) or client.get_channel(thread))

    async def ensure(self, client: discord.Client, parent: int, thread: int) -> bool:
        """Start the thread of a message if it has none; return False where none can be started.

        Raises:
            discord.DiscordException: Discord does not answer, or is busy; as other FAULTS.
        """
        if self._refused.get(thread):
            return False
        if self.is_there(client, thread):
            return True
        name = self._names.get(thread) or await _name_of(client, parent, thread)
        try:
            await client.http.start_thread_with_message(
                parent, thread, name=name, auto_archive_duration=ARCHIVE_MINUTES
            )
        except discord.HTTPException as error:
            if error.status == 429 or error.status >= 500:
                raise
            if error.code not in {THREAD_EXISTS, NO_SUCH_MESSAGE}:  # the latter: a thread without a message
                log.warning(
                    "Discord: a thread could not be opened (code %d); answering in place.", error.code
                )
                self._refused.keep(thread, True)
                return False
        self.note(thread)
        return True


async def _name_of(client: discord.Client, channel: int, message: int) -> str:
    """Return the name for a thread below a message that an earlier process posted or heard."""
    try:
        found = await client.http.get_message(channel, message)
    except FAULTS:
        return thread_name("")
    return thread_name(title(str(found.get("content", ""))))


async def retitle(client: discord.Client, message: discord.Message, text: str) -> None:
    """Name the thread that we started below a message of ours after its new words, if it is called otherwise.

    Raises:
        discord.DiscordException: Discord does not do it; as other FAULTS.
    """
    if not (message.flags.has_thread and client.user):
        return
    thread, name = await client.http.get_channel(message.id), thread_name(title(text))
    if thread.get("owner_id") == str(client.user.id) and thread["name"] != name:
        # One that is archived has to be opened for it.
        await client.http.edit_channel(message.id, name=name, archived=False)


def title(text: str) -> str:
    """Return the first line of a post without its marks, and without whom it mentions."""
    first = text.split("\n", 1)[0].removeprefix("> ").replace("**", "")
    return unescape(re.sub(r"<[@#][!&]?\d+>", "", first))
