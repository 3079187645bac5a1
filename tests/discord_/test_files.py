"""Files in Discord: addresses that expire, and what a message holds that is no file and no words."""

from __future__ import annotations

import json

import pytest

from core.messages import File, Unread
from core.phrases import ENGLISH
from core.ports import Refused, TooLarge
from tests.discord_.conftest import ADA, Frontdesk, Start, model_settings, texts
from tests.simulators.discord import DiscordSimulator
from tests.simulators.discord_files import Upload
from tests.simulators.model import ModelSimulator
from tests.simulators.model_requests import text_of

LOG = Upload("error.log", b"FATAL E4711", "text/plain")


def stored_file(us: Frontdesk) -> File:
    ((files,),) = us.rows("SELECT files FROM messages WHERE files != ''")
    return File(*json.loads(files)[0])


async def test_a_file_whose_address_expired_before_it_was_read_is_found_by_its_message(
    frontdesk: Start, discord_: DiscordSimulator, model: ModelSimulator
) -> None:
    us = await frontdesk(**model_settings(model))
    discord_.file_lifetime = -10.0
    dm = discord_.open_dm(ADA)
    model.hold()
    message = await discord_.say(dm, ADA, "Why?", files=[LOG], deliver=False)
    discord_.file_lifetime = 3_600.0
    await discord_.redeliver(message)
    await us.received(message)
    model.release()
    model.replies("The disk is full.")
    await us.settled()
    assert "FATAL E4711" in text_of(model.requests[-1].messages[-1])


async def test_fetching_keeps_to_its_limit_and_says_when_a_file_is_gone(
    frontdesk: Start, discord_: DiscordSimulator
) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    message = await discord_.say(dm, ADA, "See", files=[LOG])
    await us.received(message)
    await us.settled()
    file = stored_file(us)
    assert await us.bot.fetch(file, 11) == LOG.data
    with pytest.raises(TooLarge):
        await us.bot.fetch(file, 10)
    old = File(file.name, file.url.replace("ex=", "ex=1&was="), file.kind, file.size, file.source)
    assert await us.bot.fetch(old, 11) == LOG.data
    moved = File(file.name, file.url.replace(file.source.rpartition("/")[2], "1"), source=file.source)
    assert await us.bot.fetch(moved, 11) == LOG.data
    with pytest.raises(Refused):
        await us.bot.fetch(File("a", "https://elsewhere.example/a"), 11)
    await discord_.delete(message)
    with pytest.raises(Refused):
        await us.bot.fetch(file, 11)


async def test_a_quoter_says_that_it_looks_into_no_file(frontdesk: Start, discord_: DiscordSimulator) -> None:
    us = await frontdesk()
    dm = discord_.open_dm(ADA)
    message = await discord_.say(dm, ADA, "", files=[LOG])
    await us.received(message)
    await us.settled()
    (said,) = texts(discord_.posts(dm))
    assert said.startswith(ENGLISH.unread_of([("error.log", Unread.NOT_NOW)]))
