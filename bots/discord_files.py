"""Files in Discord: what a message holds besides its words (pure), and where bytes are had from."""

from __future__ import annotations

import time

import aiohttp
import discord
import yarl

from bots.discord_faults import FAULTS, repeatable
from bots.downloads import Status, download
from core.messages import File, attached
from core.ports import Refused, Trouble

_HOSTS = {"cdn.discordapp.com", "media.discordapp.net"}
# An address of Discord's is good for about a day; one that ends within this time is asked for anew.
SOON = 60


def files_of(message: discord.Message) -> tuple[File, ...]:
    """Return what is attached to a message, and to those that it forwards.

    Their source names the message and the file, since addresses go out of date: `channel/message/file`.
    """
    spot = f"{message.channel.id}/{message.id}"
    forwarded = [file for one in message.message_snapshots for file in one.attachments]
    return tuple(_file(file, spot) for file in (*message.attachments, *forwarded))


def _file(file: discord.Attachment, spot: str) -> File:
    return File(file.filename, file.url, file.content_type or "", file.size, f"{spot}/{file.id}")


def besides(message: discord.Message) -> list[str]:
    """Return lines for what a message holds that is not its words: forwarded ones, a poll, stickers, files.

    What it links to (embeds) the customer has named already.
    """
    lines = [f"(forwarded) {one.content}" for one in message.message_snapshots if one.content]
    if poll := message.poll:
        answers = " / ".join(answer.text for answer in poll.answers)
        lines.append(f"(poll: {poll.question} {answers})")
    if message.stickers:
        lines.append(f"(sticker: {', '.join(sticker.name for sticker in message.stickers)})")
    return [*lines, *filter(None, [attached(files_of(message))])]


class DiscordFiles:
    """Gets files, with a fresh address where the one that came with a message is out of date."""

    def __init__(self, api_url: str) -> None:
        self._own = yarl.URL(api_url).origin()
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, client: discord.Client, file: File, most: int) -> bytes:
        """Return a file's bytes; see `Platform.fetch`."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        if not _is_out_of_date(file.url):
            try:
                return await download(self._session, file.url, most, self._is_discords)
            except Status as error:
                if error.status not in {403, 404, 410}:
                    raise Refused(f"Discord: HTTP {error.status} for a file") from error
        try:
            return await download(self._session, await _anew(client, file), most, self._is_discords)
        except Status as error:
            raise Refused(f"Discord: HTTP {error.status} for a file") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    def _is_discords(self, url: yarl.URL) -> bool:
        return (url.scheme == "https" and url.host in _HOSTS) or url.origin() == self._own


def _is_out_of_date(address: str) -> bool:
    """Say whether an address has ended, as it tells itself: `ex` is the time in seconds, in hex."""
    try:
        return int(yarl.URL(address).query.get("ex", ""), 16) < time.time() + SOON
    except ValueError:
        return not address


async def _anew(client: discord.Client, file: File) -> str:
    """Return a file's address as its message shows it now."""
    try:
        channel, message, number = (int(part) for part in file.source.split("/"))
    except ValueError:
        raise Refused("Discord does not tell where the file is") from None
    try:
        shown = await client.get_partial_messageable(channel).fetch_message(message)
    except FAULTS as error:
        trouble: Trouble = repeatable(error)
        raise trouble from error
    forwarded = [one for snapshot in shown.message_snapshots for one in snapshot.attachments]
    for one in (*shown.attachments, *forwarded):
        if one.id == number:
            return one.url
    raise Refused("the file was removed from its message")
