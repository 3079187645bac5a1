"""In which language a customer is spoken to, whatever else was said around their words."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.messages import Answer, Press, Usage
from core.phrases import ENGLISH, PHRASES
from tests.builders import ANN, BEN, DESK, incoming
from tests.core.house import House
from tests.fakes import ScriptedModel

GERMAN = "Wie lange dauert die Lieferung bei euch?"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_in_a_whole_channel_nobody_is_spoken_to_in_somebody_elses_language(house: House) -> None:
    async with house.open():
        await house.hears(GERMAN, ANN, shared=True)
        assert await house.hears("hi", BEN, shared=True) == [ENGLISH.greeting]
        assert await house.hears("hi", ANN, shared=True) == [PHRASES["de"].greeting]


async def test_a_button_answers_in_the_language_of_its_answer(house: House) -> None:
    house.model = ScriptedModel(Answer("It takes a while.", usage=Usage("m", 1, 0, 1, 1)))
    async with house.open():
        await house.hears(GERMAN, ANN, shared=True)
        below = house.button(Press.HELPFUL).about
        await house.hears("How long do refunds take?", BEN, shared=True)
        assert await house.presses(Press.HELPFUL, ANN, about=below) == PHRASES["de"].thank_you
        assert (await house.desk.says(ANN.id, DESK)).thank_you == PHRASES["de"].thank_you
        assert (await house.desk.says(BEN.id, DESK)).thank_you == ENGLISH.thank_you
        assert (await house.desk.says(BEN.id)).thank_you == ENGLISH.thank_you


async def test_what_came_too_late_is_of_its_customers_language(house: House) -> None:
    async with house.open():
        await house.hears(GERMAN, ANN, shared=True)
        await house.hears("How long do refunds take?", BEN, shared=True)
        await house.store.hold(DESK)
        await house.desk.receive(incoming("Und?", author=ANN, conversation=DESK, shared=True))
        await house.desk.receive(incoming("And?", author=BEN, conversation=DESK, shared=True))
        late = await house.store.late(("stub",), 4e9)
        assert {turn.customer: turn.language for turn in late} == {ANN.id: "de", BEN.id: "en"}
        await house.store.let_go(DESK)


async def test_what_is_said_to_others_changes_no_language(house: House) -> None:
    async with house.open():
        await house.hears("What does shipping cost?")
        await house.hears(GERMAN, to_others=True)
        await house.hears("unicorn 77?")
        assert house.rows("SELECT language FROM conversations") == [("en",)]


async def test_a_turn_that_failed_is_of_its_customers_language(house: House) -> None:
    house.model = ScriptedModel(*[RuntimeError("broken")] * 3)
    await house.left_in_store(incoming(GERMAN))
    house.rewrite("UPDATE messages SET attempts = 3")
    async with house.open():
        await house.desk.settled()
        assert house.platform.texts(DESK)[-1] == PHRASES["de"].told
        assert house.rows("SELECT language FROM conversations") == [("de",)]
        assert (await house.case()).language == "de"
