"""What a customer says of an answer by its buttons and by a thumb, on Slack and on Discord alike."""

from __future__ import annotations

import pytest

from core.messages import Press
from core.phrases import ENGLISH
from tests.both.conftest import Open
from tests.both.sides import Side, plain

both = pytest.mark.parametrize("platform", ["slack", "discord"])
QUESTION = "How do I get a refund?"


@both
async def test_from_not_helpful_to_a_person(sides: dict[str, Side], opened: Open, platform: str) -> None:
    side = sides[platform]
    us = await opened(agents=side.team)
    await side.writes(us, "Ada", QUESTION)
    [answer] = side.reads("Ada")
    assert answer.startswith("Open Orders")
    assert plain(await side.thumb(us, "Ada", Press.HELPFUL)) == plain(ENGLISH.thank_you)
    assert us.rows("SELECT feedback FROM turns") == [("helpful",)]

    await us.stop()
    us = await opened(agents=side.team)
    assert plain(await side.below_answer(us, "Ada", Press.UNHELPFUL)) == plain(ENGLISH.not_helpful_offer)
    assert us.rows("SELECT feedback FROM turns") == [("unhelpful",)]
    assert await side.below_answer(us, "Ada", Press.PERSON) == ""
    assert side.reads("Ada") == [answer, plain(ENGLISH.told)]
    (card,) = side.cards()
    assert QUESTION in card.text


@both
async def test_a_thumb_counts_and_is_not_answered(
    sides: dict[str, Side], opened: Open, platform: str
) -> None:
    side = sides[platform]
    us = await opened()
    await side.writes(us, "Ada", QUESTION)
    await side.reacts(us, "Ada", "eyes")
    await side.reacts(us, "Ada", "+1")
    assert us.rows("SELECT feedback FROM turns") == [("helpful",)]
    await side.reacts(us, "Ada", "+1", remove=True)
    assert us.rows("SELECT feedback FROM turns") == [("",)]
    await side.reacts(us, "Ada", "-1")
    assert us.rows("SELECT feedback FROM turns") == [("unhelpful",)]
    assert len(side.reads("Ada")) == 1
