"""What customers attach, on either platform: fetched, read, shown to the model, remembered, or told."""

from __future__ import annotations

from typing import Any

import pytest

from core.messages import Unread
from core.phrases import ENGLISH
from tests.both.conftest import Open
from tests.both.sides import Side, plain
from tests.discord_.conftest import model_settings
from tests.files import log_of, png
from tests.simulators.discord_files import Upload
from tests.simulators.model import ModelSimulator
from tests.simulators.model_requests import pictures_of, text_of

LOG = Upload("error.log", log_of(3_000), "text/plain")
SHOT = Upload("shot.png", png(1_280, 720), "image/png")
VOICE = Upload("voice-message.ogg", b"OggS", "audio/ogg", {"duration_secs": 2.5, "waveform": "AAAA"})
PACKED = Upload("all.zip", b"PK\x03\x04", "application/zip")
either = pytest.mark.parametrize("where", ["slack", "discord"])


def last(model: ModelSimulator) -> dict[str, Any]:
    """Return the customer's last message as the model was sent it."""
    return model.requests[-1].messages[-1]


def sorry(*files: tuple[str, Unread]) -> str:
    return plain(ENGLISH.unread_of(files))


@either
async def test_a_log_and_a_picture_come_to_the_model_and_the_log_stays(
    sides: dict[str, Side], opened: Open, model: ModelSimulator, where: str
) -> None:
    side = sides[where]
    us = await opened(agents=side.team, **model_settings(model))
    model.replies("The disk is full.")
    await side.sends(us, "Ada", "Why does it fail?", LOG, SHOT)
    assert side.reads("Ada") == ["The disk is full."]
    told = text_of(last(model))
    assert "Why does it fail?\n(attached: error.log, shot.png)" in told
    assert "FATAL E4711: the disk is full\n</attachment>" in told
    assert pictures_of(last(model)) == [("image/png", SHOT.data)]

    model.replies("Free some space.")
    await side.writes(us, "Ada", "What can I do?")
    before = model.requests[-1].messages[-3]
    assert "FATAL E4711: the disk is full" in text_of(before)
    assert pictures_of(before) == []


@either
async def test_what_can_not_be_read_is_told_beside_the_answer_with_a_way_to_a_person(
    sides: dict[str, Side], opened: Open, model: ModelSimulator, where: str
) -> None:
    side = sides[where]
    us = await opened(agents=side.team, **model_settings(model))
    model.replies("Tell me more.")
    await side.sends(us, "Ada", "How long?", PACKED, VOICE)
    unread = sorry(("all.zip", Unread.KIND), ("voice-message.ogg", Unread.VOICE))
    assert side.reads("Ada") == [f"Tell me more.\n\n{unread}\n\n{plain(ENGLISH.offered())}"]
    await side.writes(us, "Ada", "yes")
    assert "How long?" in side.cards()[0].text


@either
async def test_a_voice_message_alone_is_told_without_a_model(
    sides: dict[str, Side], opened: Open, model: ModelSimulator, where: str
) -> None:
    side = sides[where]
    us = await opened(agents=side.team, **model_settings(model))
    await side.sends(us, "Ada", "", VOICE)
    (said,) = side.reads("Ada")
    assert said == f"{sorry(('voice-message.ogg', Unread.VOICE))}\n\n{plain(ENGLISH.offered())}"
    assert model.requests == []


@either
async def test_a_server_that_takes_no_pictures_answers_without_them(
    sides: dict[str, Side], opened: Open, model: ModelSimulator, where: str
) -> None:
    side = sides[where]
    us = await opened(agents=side.team, **model_settings(model))
    model.sees = False
    model.replies("Tell me more.")
    await side.sends(us, "Ada", "What is this?", SHOT)
    unseen = sorry(("shot.png", Unread.UNSEEN))
    assert side.reads("Ada") == [f"Tell me more.\n\n{unseen}\n\n{plain(ENGLISH.offered())}"]
