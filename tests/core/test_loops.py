"""A machine behind a person's account ends within a few posts; a lively customer never meets that."""

from __future__ import annotations

import pytest

from core.loops import ECHOES, PACES, REPEATS, is_loop
from core.messages import Answer, Command, Exchange, IncomingCommand, Press, Reason, Usage
from core.phrases import ENGLISH
from tests.builders import ANN, BEN, DESK, next_position
from tests.core.house import CONTACT, House
from tests.fakes import ScriptedModel

NOW = 1_700_000_000.0
ANSWER = "Open Orders, choose the order and press Refund."
AUTOMATIC = "Thank you for your message. I am out of the office until Monday."


def chat(*said: tuple[str, str], every: float = 600.0) -> list[Exchange]:
    """Exchanges, the newest first, so many seconds apart."""
    pairs = list(reversed(said))
    return [Exchange(asked, NOW - every * (n + 1), reply) for n, (asked, reply) in enumerate(pairs)]


def steady(turns: int, every: float) -> list[Exchange]:
    return chat(*((f"And number {n}?", f"Number {n} is fine.") for n in range(turns)), every=every)


def test_an_echo_ends_at_the_third() -> None:
    echoes = [("hi", f"{ANSWER} 0")] + [(f"{ANSWER} {n}", f"{ANSWER} {n + 1}") for n in range(ECHOES - 1)]
    assert is_loop(chat(*echoes), f"{ANSWER} {ECHOES - 1}", NOW)
    assert not is_loop(chat(*echoes[:-1]), f"{ANSWER} {ECHOES - 2}", NOW)


def test_who_quotes_us_and_asks_further_is_no_echo() -> None:
    told = [(f"> {ANSWER}\nWhere is that button, I only see Help and Contact and Log out?", ANSWER)] * 4
    assert not is_loop(chat(*told), "And then what happens with the money that I have paid?", NOW)


def test_the_same_words_over_and_over_are_a_machine() -> None:
    same = [(AUTOMATIC, f"Reply {n}") for n in range(REPEATS - 1)]
    assert is_loop(chat(*same), AUTOMATIC.upper(), NOW)
    assert not is_loop(chat(*same[1:]), AUTOMATIC, NOW)


def test_a_short_answer_may_come_often() -> None:
    assert not is_loop(chat(*[("yes", f"Is it step {n}?") for n in range(10)], every=20.0), "Yes", NOW)


@pytest.mark.parametrize(("most", "span"), PACES)
def test_too_many_turns_in_a_time_are_a_machine(most: int, span: float) -> None:
    every = span / (most + 1)
    assert is_loop(steady(most, every), "And?", NOW)
    assert not is_loop(steady(most - 1, every), "And?", NOW)


@pytest.mark.parametrize(("turns", "every"), [(11, 6.0), (24, 25.0), (60, 90.0)])
def test_a_lively_customer_is_none(turns: int, every: float) -> None:
    assert not is_loop(steady(turns, every), "And?", NOW)


def test_nobody_is_one_at_once() -> None:
    assert not is_loop([], AUTOMATIC, NOW)


# --- at the desk -------------------------------------------------------------------------------------


async def echo(house: House, most: int = 30) -> int:
    """Let a machine say back what it reads, until nothing comes; return how often it wrote."""
    words_of_ours = "hello hello hello hello hello"
    for number in range(most):
        replies = await house.hears(words_of_ours)
        if not replies:
            return number + 1
        words_of_ours = "\n".join(replies)
    return most


async def test_an_echo_is_answered_a_few_times_and_gets_a_person(house: House) -> None:
    house.model = ScriptedModel(Answer("Let us look at that together, shall we."))
    async with house.open():
        assert await echo(house) == ECHOES + 3
        assert house.platform.texts(DESK)[ECHOES:] == [ENGLISH.looped, ENGLISH.told, ENGLISH.passed_on]
        assert (await house.case()).reason is Reason.LOOPED
        assert len(house.model.requests) == ECHOES


async def test_without_agents_it_says_once_that_it_pauses_and_is_quiet(house: House) -> None:
    house.agents = None
    model = house.model = ScriptedModel(Answer("Let us look at that together, shall we."))
    async with house.open():
        assert await echo(house) == ECHOES + 2
        assert house.platform.texts(DESK)[ECHOES:] == [f"{ENGLISH.looped}\n\n{CONTACT}"]
        # Not even a mention ends it: two machines may mention each other. Others are answered.
        assert await house.hears("hello?", mentions=True) == []
        assert len(await house.hears("hello?", BEN)) == 1
        asked = len(model.requests)
    house.rewrite("UPDATE pauses SET until = until - 601")
    async with house.open():
        assert len(await house.hears("May I ask something else?")) == 1
        assert len(model.requests) == asked + 1
        assert house.rows("SELECT * FROM pauses") == []


async def test_who_asks_for_a_person_meanwhile_is_told_how_to_reach_one(house: House) -> None:
    house.agents = None
    house.model = ScriptedModel(
        Answer("Let us look at that together, shall we.", usage=Usage("m", 1, 0, 1, 1))
    )
    paused = f"{ENGLISH.looped}\n\n{CONTACT}"
    async with house.open():
        await echo(house)
        human = IncomingCommand(
            id="stub:c", command=Command.HUMAN, conversation=DESK, who=ANN, position=next_position(), at=NOW
        )
        assert (await house.desk.command(human)).text == paused
        about = house.button(Press.HELPFUL).about
        assert await house.presses(Press.PERSON, ANN, about=about) == paused


async def test_a_machine_that_goes_on_is_quiet_for_as_long_as_it_does(house: House) -> None:
    house.agents = None
    house.model = ScriptedModel(Answer("Let us look at that together, shall we."))
    async with house.open():
        await echo(house)
        house.rewrite("UPDATE pauses SET until = until - 500")
        ((before,),) = house.rows("SELECT until FROM pauses")
        assert await house.hears("ping") == []
        ((after,),) = house.rows("SELECT until FROM pauses")
        assert after >= before + 499
        assert house.rows("SELECT count(*) FROM messages WHERE text = 'ping'") == [(0,)]


async def test_what_people_dealt_with_counts_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.loops.PACES", ((3, 600.0),))
    house.model = ScriptedModel(Answer("I see."))
    async with house.open():
        for number in range(3):
            assert await house.hears(f"Is it {number}?") == ["I see."]
        assert await house.hears("Is it 3?") == [ENGLISH.looped, ENGLISH.told]
        await house.presses(Press.CLAIM)
        await house.agent_says("It is 3.")
        await house.presses(Press.RESOLVE)
        assert await house.hears("Is it 4?") == ["I see."]
