"""Customers whose answer takes long hear so, once, and never behind the answer or over a person's words."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core import outbox as outbox_module
from core import patience as patience_module
from core import replying as replying_module
from core.messages import Answer, CaseState, IncomingPress, Post, Press, Turn
from core.patience import Patience
from core.phrases import ENGLISH
from core.ports import Refused, TryLater
from core.posts import word_key
from core.store import Decision, Store
from tests.builders import BEN, DANA, DESK, case_of, change_of, incoming, next_position, turn_of
from tests.core.clock import in_no_time
from tests.core.house import ASK, House
from tests.fakes import ScriptedModel

WORD = ENGLISH.still_on_it


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """A model that takes long: until its gate opens."""
    monkeypatch.setattr(patience_module, "WORD_SECONDS", 0.0)
    model = ScriptedModel(lambda request: Answer(f"To {request.question}"))
    model.gate = asyncio.Event()
    return model


@pytest.fixture
def house(tmp_path: Path, no_waiting: None, model: ScriptedModel) -> House:
    return House(tmp_path, model)


async def word_is_read(house: House, times: int = 1) -> None:
    await house.platform.until(lambda: house.platform.texts(DESK).count(WORD) == times)


def opens(model: ScriptedModel) -> None:
    assert model.gate
    model.gate.set()


async def is_put_off(house: House) -> None:
    """Return once the word is to be tried again later."""
    while not house.rows("SELECT 1 FROM posts WHERE state = 'waiting' AND attempts = 1"):
        await asyncio.sleep(0)


async def asked(model: ScriptedModel, times: int) -> None:
    while len(model.requests) < times:
        model.asked.clear()
        await model.asked.wait()


async def test_who_waits_long_hears_so_once_and_then_gets_the_answer(
    house: House, model: ScriptedModel
) -> None:
    async with house.open() as desk:
        question = incoming("Where?")
        await desk.receive(question)
        await word_is_read(house)
        opens(model)
        await desk.settled()
        assert house.platform.texts(DESK) == [WORD, "To Where?"]
        assert [post.reply_to for post in house.platform.posts] == [question.id] * 2
        said = await house.store.history(DESK)
        assert [message.text for message in said] == ["Where?", "To Where?"]


async def test_who_is_answered_in_time_hears_nothing(
    house: House, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience_module, "WORD_SECONDS", 15.0)
    opens(model)
    async with house.open():
        assert await house.hears("Where?") == ["To Where?"]


def test_an_answer_within_the_time_ends_the_waiting_for_the_word() -> None:
    async def story() -> None:
        begun: list[Turn] = []
        patience = Patience(None, {}, lambda rows: None, None)  # type: ignore[arg-type]
        patience._begin = begun.append  # type: ignore[method-assign, assignment]
        with patience.asked(turn_of("Where?")):
            await asyncio.sleep(14.9)
        await asyncio.sleep(60)
        assert not begun
        with patience.asked(turn_of("Where?")):
            await asyncio.sleep(15.1)
        assert len(begun) == 1

    in_no_time(story())


async def test_it_is_said_once_for_a_turn_that_begins_again(
    house: House, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replying_module, "QUIET_SECONDS", 0.01)
    async with house.open() as desk:
        await desk.receive(incoming("a"))
        await word_is_read(house)
        await desk.receive(incoming("b"))
        await asked(model, 2)
        opens(model)
        await desk.settled()
        assert house.platform.texts(DESK) == [WORD, "To a\nb"]


async def test_a_turn_that_failed_and_is_taken_up_again_does_not_say_it_again(
    house: House, model: ScriptedModel
) -> None:
    model.says = [RuntimeError("broken"), Answer("Here.")]
    async with house.open() as desk:
        await desk.receive(incoming())
        await word_is_read(house)
        opens(model)
        await desk.settled()
        assert house.platform.texts(DESK) == [WORD, "Here."]


async def test_it_says_it_again_once_minutes_have_passed(
    house: House, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience_module, "AGAIN_SECONDS", 0.0)
    model.says = [RuntimeError("broken"), Answer("Here.")]
    async with house.open() as desk:
        await desk.receive(incoming())
        await word_is_read(house)
        await asked(model, 1)
        assert model.gate
        model.gate.set()
        model.gate = asyncio.Event()  # for the second try
        await word_is_read(house, times=2)
        opens(model)
        await desk.settled()
        assert house.platform.texts(DESK) == [WORD, WORD, "Here."]


async def test_the_next_turn_that_takes_long_says_it_too(house: House, model: ScriptedModel) -> None:
    async with house.open() as desk:
        for number, text in enumerate("ab", 1):
            model.gate = asyncio.Event()
            await desk.receive(incoming(text))
            await word_is_read(house, times=number)
            opens(model)
            await desk.settled()
        assert house.platform.texts(DESK) == [WORD, "To a", WORD, "To b"]


async def test_a_word_that_could_not_be_posted_in_time_is_not_posted_after_the_answer(
    house: House, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "LONGEST_WAIT", 60.0)
    house.platform.faults[DESK] = [TryLater("slow down", 60.0)]
    async with house.open() as desk:
        await desk.receive(incoming("Where?"))
        await is_put_off(house)
        opens(model)
        await desk.settled()
        assert house.platform.texts(DESK) == ["To Where?"]


async def test_a_word_that_fails_while_the_answer_waits_behind_it_is_given_up(
    house: House, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "LONGEST_WAIT", 60.0)
    house.platform.faults[DESK] = [TryLater("slow down", 60.0)]
    gate = house.platform.gates[DESK] = asyncio.Event()
    async with house.open() as desk:
        await desk.receive(incoming("Where?"))
        await house.platform.until(lambda: len(house.platform.tries) == 1)
        opens(model)
        while not house.rows("SELECT 1 FROM turns WHERE state = 'decided'"):
            await asyncio.sleep(0)
        gate.set()
        await desk.settled()
        assert house.platform.texts(DESK) == ["To Where?"]


async def test_the_answer_waits_for_a_word_that_is_on_its_way(house: House, model: ScriptedModel) -> None:
    gate = house.platform.gates[DESK] = asyncio.Event()
    async with house.open() as desk:
        await desk.receive(incoming("Where?"))
        await house.platform.until(lambda: len(house.platform.tries) == 1)
        opens(model)
        while not house.rows("SELECT 1 FROM turns WHERE state = 'decided'"):
            await asyncio.sleep(0)
        gate.set()
        await desk.settled()
        assert house.platform.texts(DESK) == [WORD, "To Where?"]


async def test_a_word_that_is_refused_does_not_keep_the_answer(house: House, model: ScriptedModel) -> None:
    house.platform.faults[DESK] = [Refused("no")]
    async with house.open() as desk:
        await desk.receive(incoming("Where?"))
        await house.platform.until(lambda: len(house.platform.tries) == 1)
        opens(model)
        await desk.settled()
        assert house.platform.texts(DESK) == ["To Where?"]


async def test_who_is_with_people_is_never_told(
    house: House, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience_module, "WORD_SECONDS", 15.0)
    async with house.open():
        await house.hears(ASK)
        monkeypatch.setattr(patience_module, "WORD_SECONDS", 0.0)
        await house.hears("Hello?")
        await house.presses(Press.CLAIM)
        await house.hears("Still there?")
        assert WORD not in house.platform.texts(DESK)


async def test_a_person_who_claims_is_not_followed_by_the_word(
    house: House, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience_module, "WORD_SECONDS", 15.0)
    async with house.open() as desk:
        await house.hears(ASK)
        await house.presses(Press.GIVE_BACK)
        monkeypatch.setattr(patience_module, "WORD_SECONDS", 0.0)
        monkeypatch.setattr(outbox_module, "LONGEST_WAIT", 60.0)
        house.platform.faults[DESK] = [TryLater("slow down", 60.0)]
        await desk.receive(incoming("Where?"))
        await is_put_off(house)
        reopen = house.button(Press.REOPEN).about
        await desk.press(IncomingPress(Press.REOPEN, reopen, DANA, next_position(), 1.0))
        assert house.rows("SELECT error FROM posts WHERE key LIKE 'wait-%'") == [("a person took over",)]
        opens(model)
        await desk.settled()
        assert house.platform.texts(DESK)[-1] == ENGLISH.claimed_by("Dana")
        assert not {WORD, "To Where?"} & set(house.platform.texts(DESK))


async def test_in_a_case_of_another_in_the_same_thread_the_word_is_not_said_either(
    house: House, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience_module, "WORD_SECONDS", 15.0)
    async with house.open():
        await house.hears(ASK)
        monkeypatch.setattr(patience_module, "WORD_SECONDS", 0.0)
        await house.hears("Me too!", BEN)
        assert WORD not in house.platform.texts(DESK)


async def test_nothing_is_said_of_a_turn_that_was_decided_put_back_or_is_with_people(store: Store) -> None:
    async def said(turn: Turn) -> bool:
        return bool(await store.say_meanwhile(turn, Post(word_key(), DESK, WORD), ("stub",)))

    async def claimed() -> Turn:
        await store.add(incoming(), 1)
        turn = await store.claim(("stub",))
        assert turn
        return turn

    turn = await claimed()
    await store.release(turn)
    assert not await said(turn)
    turn = await claimed()
    await store.decide(turn, Decision(Answer("Here.")))
    assert not await said(turn)
    turn = await claimed()
    waiting = case_of(CaseState.WAITING, id=0)
    await store.decide(turn, Decision(None, change=change_of(waiting)))
    turn = await claimed()
    assert not await said(turn)
