"""What calls cost, put into order and added up."""

from __future__ import annotations

import json
from pathlib import Path

from bots.cost_table import as_json, table
from core.costs.report import first_day, report
from core.store import Spending, Store
from tests.builders import ANN, BEN
from tests.core.costing import DAY, NOON, Counting, call, used

DOLLAR = 1_000_000_000
LITTLE = Spending("little", 9, 100, 0, 10, 1)
MUCH = Spending("much", 1, 300, 200, 20, 2 * DOLLAR, assumed=1)


def test_days_stand_in_order_and_all_else_by_what_it_costs() -> None:
    assert report([MUCH, LITTLE], "day", "").rows == (LITTLE, MUCH)
    assert report([LITTLE, MUCH], "model", "").rows == (MUCH, LITTLE)


def test_the_total_adds_everything_up() -> None:
    found = report([LITTLE, MUCH], "model", "")
    assert found.total == Spending("total", 10, 400, 200, 30, 2 * DOLLAR + 1, 1)
    assert found.cached_percent == 50
    assert report([], "day", "").cached_percent == 0


def test_today_is_one_of_the_days() -> None:
    assert first_day("2026-03-01", 1) == "2026-03-01"
    assert first_day("2026-03-01", 30) == "2026-01-31"


def test_the_table_has_a_line_for_each_a_total_and_what_there_is_to_know() -> None:
    free = Spending("smol", 3, 50, 0, 5, 0, unpriced=3)
    heading, *lines, total, empty, cached, assumed, unpriced = table(
        report([LITTLE, MUCH, free], "model", ""), {}, 30
    ).splitlines()
    assert heading.split() == ["MODEL", "CALLS", "PROMPT", "CACHED", "COMPLETION", "USD"]
    assert [line.split() for line in lines] == [
        ["much", "1", "300", "200", "20", "2.0000"],
        ["little", "9", "100", "0", "10", "0.0000"],
        ["smol", "3", "50", "0", "5", "0.0000"],
    ]
    assert total.split() == ["total", "13", "450", "200", "35", "2.0000"]
    assert len({len(line) for line in (heading, *lines, total)}) == 1
    assert empty == ""
    assert cached.startswith("44 % of the prompt tokens")
    assert assumed.startswith("1 of the calls never told")
    assert unpriced.startswith("3 of the calls count as free")


def test_customers_are_called_by_name_and_can_t_steer_a_terminal() -> None:
    rows = [Spending(ANN.id, 1), Spending(BEN.id, 1), Spending("", 1)]
    found = report(rows, "customer", "")
    lines = table(found, {ANN.id: "Ann\x1b[2J\nx"}, 30).splitlines()
    assert any(line.startswith(f"Ann[2J x ({ANN.id})") for line in lines)
    assert any(line.startswith(f"{BEN.id} ") for line in lines)
    assert any(line.startswith("- ") for line in lines)
    assert [
        (row["customer"], row["name"]) for row in json.loads(as_json(found, {ANN.id: "Ann"}))["rows"]
    ] == [
        (None, None),
        (ANN.id, "Ann"),
        (BEN.id, None),
    ]


def test_no_calls_are_said_in_words() -> None:
    assert table(report([], "day", ""), {}, 30) == "No calls to a model in the last 30 days."
    assert table(report([], "day", ""), {}, 1) == "No calls to a model today."


def test_money_in_json_is_exact() -> None:
    found = json.loads(
        as_json(report([Spending("a", cost=1), Spending("b", cost=2 * DOLLAR)], "day", ""), {})
    )
    assert [row["usd"] for row in found["rows"]] == ["0.000000001", "2"]
    assert found["total"]["usd"] == "2.000000001"


async def test_the_store_adds_up_by_what_is_asked(store: Store, path: Path) -> None:
    counting = Counting(store, path)
    counting.clock.now = NOON - DAY
    await counting.spends(1_000, ANN.id)
    counting.clock.now = NOON
    await counting.spends(2_000, BEN.id, "cheap")
    await counting.meter.settle(await counting.meter.reserve(call(500, purpose="summary")), used(100, 40))

    async def keys(by: str, since: str = "2026-11-21") -> dict[str, int]:
        return {one.key: one.cost // 1_000 for one in await store.spending(by, since)}  # type: ignore[arg-type]

    assert await keys("day") == {"2026-11-21": 1_000, "2026-11-22": 320}
    assert await keys("day", "2026-11-22") == {"2026-11-22": 320}
    assert await keys("customer") == {ANN.id: 1_120, BEN.id: 200}
    assert await keys("model") == {"main": 1_120, "cheap": 200}
    assert await keys("purpose") == {"answer": 1_200, "summary": 120}
    assert await keys("place") == {"stub:help": 1_320}
