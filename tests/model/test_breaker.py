"""A server that fails again and again is left alone, and tried again by itself."""

from __future__ import annotations

import asyncio
import contextlib

from core.model.breaker import Breaker, Patience
from core.ports import FaultKind, ModelFault
from tests.model.house import House
from tests.simulators.model import ModelSimulator


def failing(times: int = 3) -> Breaker:
    breaker = Breaker(Patience(failures=3, first=10, longest=30), jitter=lambda: 1.0)
    for _ in range(times):
        assert breaker.admits(0)
        breaker.failed(0)
    return breaker


def test_it_opens_after_failures_in_a_row() -> None:
    assert failing(2).admits(0)
    assert not failing(3).admits(9.9)


def test_a_success_between_them_starts_the_count_again() -> None:
    breaker = failing(2)
    breaker.worked()
    breaker.failed(0)
    assert breaker.admits(0)


def test_one_call_probes_and_closes_it_if_it_works() -> None:
    breaker = failing()
    assert breaker.admits(10)
    assert not breaker.admits(10)
    breaker.worked()
    assert breaker.admits(10)
    assert breaker.admits(10)


def test_a_probe_that_fails_opens_it_for_twice_as_long_up_to_the_most() -> None:
    breaker, at = failing(), 0.0
    for pause in (10, 20, 30, 30):
        assert not breaker.admits(at + pause - 0.1)
        at += pause
        assert breaker.admits(at)
        breaker.failed(at)


def test_a_probe_that_told_nothing_is_made_again() -> None:
    breaker = failing()
    assert breaker.admits(10)
    breaker.untold()
    assert breaker.admits(10)


def test_calls_from_before_it_opened_count_once() -> None:
    breaker = failing()
    breaker.failed(5)
    assert breaker.admits(10)


def test_the_pause_is_jittered() -> None:
    breaker = Breaker(Patience(failures=1, first=10), jitter=lambda: 0.0)
    breaker.failed(0)
    assert not breaker.admits(4.9)
    assert breaker.admits(5)


async def test_a_server_that_is_down_is_asked_no_more_until_it_may_be_back(server: ModelSimulator) -> None:
    house = House(server, Patience(failures=4, first=0.05, longest=0.05))
    for _ in range(4):
        server.fails(500)
    assert (await house.fault()).kind is FaultKind.TRANSIENT
    fault = await house.fault()
    assert (fault.kind, len(server.requests)) == (FaultKind.TRANSIENT, 4)
    assert "left alone" in str(await house.fault())
    assert len(server.requests) == 4
    server.replies("Back again.")
    answer = None
    while answer is None:
        with contextlib.suppress(ModelFault):
            answer = await house.answer()
    assert answer.text == "Back again."
    assert len(server.requests) == 5
    await house.close()
    house.check_bills()


async def test_a_probe_that_was_never_made_leaves_the_next_one_free(server: ModelSimulator) -> None:
    house = House(server, Patience(failures=1, first=0.001, longest=0.001), openai_model="m")
    for _ in range(3):
        server.fails(500)
    while server.queued:
        await house.fault()
    house.meter.spent = {"m"}
    kinds = set()
    while FaultKind.BUDGET not in kinds:
        kinds.add((await house.fault()).kind)
    house.meter.spent = set()
    assert (await house.answer()).text == "How long do refunds take?"
    await house.close()


async def test_who_waits_while_the_breaker_opens_asks_nothing(server: ModelSimulator) -> None:
    house = House(server, Patience(failures=1, first=60, longest=60))
    server.hold()
    server.fails(500)
    first = asyncio.create_task(house.fault())
    await server.wait_requests(1)
    house.meter.gate.clear()
    second = asyncio.create_task(house.fault())
    while house.throttle.inside < 2:
        await asyncio.sleep(0)
    server.release()
    await first
    house.meter.gate.set()
    assert "left alone" in str(await second)
    assert len(server.requests) == 1
    await house.close()
    house.check_bills()
