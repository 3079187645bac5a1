"""Commands in direct messages, told alike on both platforms."""

from __future__ import annotations

import pytest

from core import words
from core.messages import Press
from core.phrases import ENGLISH
from tests.both.conftest import Open
from tests.both.sides import Side, plain
from tests.discord_.conftest import REFUND_ANSWER, REFUND_QUESTION


@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_a_question_a_person_a_new_start(sides: dict[str, Side], opened: Open, platform: str) -> None:
    side = sides[platform]
    us = await opened(agents=side.team)

    assert "human" in await side.gives(us, "Ada", "help")
    assert side.reads("Ada") == []

    assert await side.gives(us, "Ada", "ask", REFUND_QUESTION) == ""
    shown, answer = side.reads("Ada")
    assert f"> {REFUND_QUESTION}" in shown
    assert REFUND_ANSWER in answer

    assert await side.gives(us, "Ada", "human", "My parcel 12 is lost") == plain(ENGLISH.calling)
    assert side.reads("Ada")[-1] == plain(ENGLISH.told)
    (card,) = side.cards()
    assert "My parcel 12 is lost" in card.text
    assert await side.gives(us, "Ada", "human") == plain(ENGLISH.has_person)
    assert await side.gives(us, "Ada", "new") == plain(ENGLISH.new_with_people)

    await side.gives(us, "Ada", "human", "It is urgent")
    assert side.below(card)[-1].endswith("It is urgent")
    await side.press(us, card, "Dana", words.LABELS[Press.RESOLVE])
    assert await side.gives(us, "Ada", "new") == plain(ENGLISH.new_begins)

    asked = await side.gives(us, "Ada", "forget")
    assert asked.startswith(plain(ENGLISH.forget_ask)[:40])
    assert len(side.cards()) == 1
