"""Each request is settled exactly once, on whatever path it ends: see also `House.check_bills`."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import pytest

from core.messages import Usage
from core.model.bracket import Brackets
from core.ports import Call, FaultKind, Sentence
from tests.model.house import House, RecordingMeter, RecordingThrottle, after, asked

SLOW = after("One is here. T", "wo.")


async def test_who_stops_listening_is_billed_for_what_was_reserved(house: House) -> None:
    house.server.stalls(SLOW, after=2)
    async with contextlib.aclosing(house.opened.model.answer(asked())) as pieces:
        async for piece in pieces:
            if isinstance(piece, Sentence):
                break
    assert house.meter.bills == [None]
    assert house.throttle.inside == 0


@pytest.mark.parametrize("when", ["before", "within"])
async def test_who_is_cancelled_is_billed_for_what_was_reserved(house: House, when: str) -> None:
    if when == "before":
        house.server.hangs()
    else:
        house.server.stalls(SLOW, after=2)
    asking = asyncio.create_task(house.answer())
    await house.server.wait_requests(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert house.meter.bills == [None]
    assert house.throttle.inside == 0


async def test_who_is_cancelled_while_it_is_reserved_pays_nothing() -> None:
    meter, throttle = RecordingMeter(), RecordingThrottle()
    brackets = Brackets(meter, throttle)
    meter.gate.clear()

    async def ask() -> None:
        async with brackets.around(Call("m", "answer", 1, 1), asyncio.get_running_loop().time() + 9):
            raise AssertionError("it was never let in")

    asking = asyncio.create_task(ask())
    while not throttle.inside:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    meter.gate.set()
    await brackets.close()
    assert meter.bills == [Usage("m")]
    assert throttle.inside == 0


async def test_who_is_cancelled_while_it_is_settled_is_settled_all_the_same() -> None:
    meter, throttle = RecordingMeter(), RecordingThrottle()
    brackets = Brackets(meter, throttle)
    used = Usage("m", 5, 0, 5, 1)
    inside = asyncio.Event()

    async def ask() -> None:
        async with brackets.around(
            Call("m", "answer", 1, 1), asyncio.get_running_loop().time() + 9
        ) as bracket:
            bracket.bill.usage = used
            inside.set()
            await asyncio.sleep(0)

    asking = asyncio.create_task(ask())
    await inside.wait()
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    await brackets.close()
    assert meter.settled == {1: [used]}


async def test_a_cost_that_can_not_be_booked_does_not_lose_the_answer(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.meter.broken = True
    house.server.replies("Five days.")
    with caplog.at_level(logging.ERROR):
        assert (await house.answer()).text == "Five days."
    assert "could not be booked" in caplog.text


async def test_what_was_used_is_told_to_the_throttle_unless_nobody_knows(house: House) -> None:
    house.server.fails(429)
    house.server.replies("Five days.", usage={"prompt_tokens": 70, "completion_tokens": 8})
    await house.answer()
    assert [(used.calls, used.prompt_tokens) for _, used in house.throttle.settled] == [(0, 0), (1, 70)]
    house.server.reports_usage = False
    await house.answer()
    assert len(house.throttle.settled) == 2


async def test_closing_waits_for_what_is_still_to_be_booked(house: House) -> None:
    house.server.stalls(SLOW, after=2)
    asking = asyncio.create_task(house.answer())
    await house.server.wait_requests(1)
    asking.cancel()
    await house.close()
    await asyncio.wait([asking])
    assert house.meter.bills == [None]


# --- limits and budgets -------------------------------------------------------------------------------


async def test_what_a_budget_refuses_takes_nothing_from_the_limits(house: House) -> None:
    house.meter.spent = {"gpt-4.1-mini"}
    assert (await house.fault()).kind is FaultKind.BUDGET
    assert [(call.model, used.calls) for call, used in house.throttle.settled] == [("gpt-4.1-mini", 0)]
    assert house.throttle.inside == 0
    assert house.server.requests == []


async def test_nobody_waits_for_a_model_that_rests_longer_than_they_can(house: House) -> None:
    house.throttle.rest = 300.0
    began = asyncio.get_running_loop().time()
    assert (await house.fault()).kind is FaultKind.RATE_LIMITED
    assert asyncio.get_running_loop().time() - began < 5  # ANSWER_TIMEOUT is 60
    assert house.server.requests == []


async def test_who_waited_half_of_the_time_in_vain_is_told_that_there_is_a_crowd(house: House) -> None:
    house.settings["answer_timeout"] = 0.1
    house.throttle.open.clear()
    assert (await house.fault()).kind is FaultKind.BUSY
    assert house.meter.calls == {}


async def test_a_question_is_one_question_however_many_calls_it_takes(house: House) -> None:
    house.server.fails(500)
    house.server.malformed()
    house.server.replies("Five days.")
    await house.answer()
    await house.answer()
    assert [call.again for call in house.meter.calls.values()] == [False, True, True, False]


async def test_the_model_that_takes_over_answers_the_same_question(house: House) -> None:
    house.settings["openai_fallback_model"] = "gpt-4.1-nano"
    house.server.fails(404)
    house.server.replies("Five days.")
    await house.answer()
    assert [(c.model, c.again) for c in house.meter.calls.values()] == [
        ("gpt-4.1-mini", False),
        ("gpt-4.1-nano", True),
    ]


async def test_a_call_that_was_given_too_little_time_is_no_sign_that_a_server_is_down(house: House) -> None:
    house.settings |= {"answer_timeout": 0.05, "stall_timeout": 20}
    for _ in range(6):
        house.server.hangs()
        assert (await house.fault()).kind is FaultKind.TIMEOUT  # the breaker would have made it "transient"
