"""What every meter must do: the one on the store, and the tests' own in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.messages import Usage
from core.ports import FaultKind, Meter, ModelFault
from core.store import Store
from tests.builders import ANN, BEN
from tests.core.costing import Counting, call, used
from tests.fakes import MemoryMeter


@dataclass
class Kept:
    """A meter with room for 10,000 tokens of all and 8,000 of each customer, and what it counts them for."""

    meter: Meter
    spent: Callable[[], int]


async def _on_the_store(folder: Path) -> AsyncIterator[Kept]:
    path = folder / "frontdesk.db"
    store = await Store.open(path)
    counting = Counting(store, path, day="0.01", customer_day="0.008")
    yield Kept(counting.meter, counting.spent)
    await store.close()


async def _in_memory(folder: Path) -> AsyncIterator[Kept]:
    meter = MemoryMeter(10_000, 8_000)
    yield Kept(meter, meter.spent)


MAKERS = {"store": _on_the_store, "memory": _in_memory}


@pytest.fixture(params=MAKERS)
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    async for made in MAKERS[request.param](tmp_path):
        yield made


async def test_the_most_is_set_aside_and_what_was_used_is_booked(kept: Kept) -> None:
    number = await kept.meter.reserve(call(1_000))
    assert kept.spent() == 1_000
    await kept.meter.settle(number, used(300))
    assert kept.spent() == 300


async def test_a_call_that_tells_nothing_is_booked_as_it_was_set_aside(kept: Kept) -> None:
    await kept.meter.settle(await kept.meter.reserve(call(1_000)), None)
    assert kept.spent() == 1_000


async def test_a_call_that_was_not_made_is_not_booked(kept: Kept) -> None:
    await kept.meter.settle(await kept.meter.reserve(call(1_000)), Usage())
    assert kept.spent() == 0


async def test_what_was_used_beyond_the_most_is_booked_as_it_is(kept: Kept) -> None:
    await kept.meter.settle(await kept.meter.reserve(call(1_000)), used(1_500))
    assert kept.spent() == 1_500


async def test_a_call_that_would_pass_the_budget_is_refused_and_nothing_set_aside(kept: Kept) -> None:
    await kept.meter.reserve(call(7_000))
    with pytest.raises(ModelFault) as refused:
        await kept.meter.reserve(call(4_000, BEN.id))
    assert refused.value.kind is FaultKind.BUDGET
    assert kept.spent() == 7_000
    await kept.meter.reserve(call(3_000, BEN.id))
    assert kept.spent() == 10_000


async def test_what_was_set_aside_in_vain_is_there_for_the_next_call(kept: Kept) -> None:
    number = await kept.meter.reserve(call(7_000))
    await kept.meter.settle(number, used(1_000))
    await kept.meter.reserve(call(7_000))
    assert kept.spent() == 8_000


async def test_a_customers_budget_holds_for_that_customer_alone(kept: Kept) -> None:
    await kept.meter.reserve(call(8_000, ANN.id))
    with pytest.raises(ModelFault):
        await kept.meter.reserve(call(1_000, ANN.id))
    await kept.meter.reserve(call(1_000, BEN.id))
    await kept.meter.reserve(call(1_000, ""))
    assert kept.spent() == 10_000


async def test_many_calls_at_once_don_t_pass_the_budget(kept: Kept) -> None:
    calls = [kept.meter.reserve(call(1_000, f"stub:{number}")) for number in range(200)]
    came = await asyncio.gather(*calls, return_exceptions=True)
    assert len([number for number in came if isinstance(number, int)]) == 10
    assert len({number for number in came if isinstance(number, int)}) == 10
    assert len([fault for fault in came if isinstance(fault, ModelFault)]) == 190
    assert kept.spent() == 10_000
