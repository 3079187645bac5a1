"""Budgets hold with many calls at once, over restarts and midnights, and are told of once."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from core import insist as insisting
from core.alerts import Alerts
from core.costs import meter as metering
from core.costs.meter import meter_for
from core.messages import Author, Usage
from core.ports import FaultKind, ModelFault
from core.schema import migrations
from core.settings import load_settings
from core.store import Store
from tests.builders import ANN, BEN, TEAM, moment
from tests.core.costing import DAY, NOON, Counting, agrees, call, used
from tests.core.storing import rows


async def refused(reserving: Awaitable[int]) -> None:
    """Expect that the budget is spent."""
    with pytest.raises(ModelFault) as caught:
        await reserving
    assert caught.value.kind is FaultKind.BUDGET


# --- what is kept of a call ---------------------------------------------------------------------------


async def test_a_row_tells_of_each_call_what_it_used_and_cost(store: Store, path: Path) -> None:
    counting = Counting(store, path)
    number = await counting.meter.reserve(call(1_000, purpose="summary"))
    await counting.meter.settle(number, Usage("main-2026-01-01", 200, 100, 50, 1))
    assert rows(
        path,
        "SELECT day, model, purpose, customer, conversation, place, calls, prompt_tokens, cached_tokens, "
        "completion_tokens, cost, state FROM usage",
    ) == [
        (
            "2026-11-22",
            "main",
            "summary",
            ANN.id,
            "stub:help",
            "stub:help",
            1,
            200,
            100,
            50,
            200_000,  # 100 fresh tokens, 100 cached ones at half the price, 50 of the answer
            "settled",
        )
    ]


async def test_a_server_that_does_not_count_is_booked_at_the_most(store: Store, path: Path) -> None:
    counting = Counting(store, path)
    await counting.meter.settle(await counting.meter.reserve(call(1_000)), Usage("main", calls=1))
    assert counting.spent() == 1_000
    assert rows(path, "SELECT state, prompt_tokens, completion_tokens FROM usage") == [("assumed", 100, 900)]


# --- budgets ------------------------------------------------------------------------------------------


async def test_the_main_model_leaves_the_last_tenth_to_the_cheaper_one(store: Store, path: Path) -> None:
    counting = Counting(store, path, main="main", day="0.01")
    await counting.spends(9_000)
    await refused(counting.meter.reserve(call(1, model="main")))
    await counting.meter.reserve(call(10_000, model="cheap"))  # at a tenth of the price
    await refused(counting.meter.reserve(call(10, model="cheap")))
    assert counting.spent() == 10_000


async def test_two_processes_on_one_database_keep_one_budget(store: Store, path: Path) -> None:
    other = await Store.open(path)
    try:
        one, two = Counting(store, path, day="0.01"), Counting(other, path, day="0.01")
        calls = [meter.reserve(call(1_000)) for meter in (one.meter, two.meter) for _ in range(20)]
        came = await asyncio.gather(*calls, return_exceptions=True)
        assert len([number for number in came if isinstance(number, int)]) == 10
        assert one.spent() == 10_000
    finally:
        await other.close()


async def test_a_budget_survives_a_restart_and_what_was_under_way_is_booked(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = await Store.open(path)
    before = Counting(store, path, day="0.01")
    await before.spends(4_000)
    late = await before.meter.reserve(call(5_000))
    await store.close()

    store = await Store.open(path)
    after = Counting(store, path, day="0.01")
    await after.meter.take_up()
    assert "ended last: 1." in caplog.text
    assert rows(path, "SELECT state FROM usage") == [("settled",), ("assumed",)]
    assert agrees(path)
    await refused(after.meter.reserve(call(2_000)))
    # The process was not gone after all: what it tells now counts.
    await after.meter.settle(late, used(1_000))
    assert after.spent() == 5_000
    assert agrees(path)
    caplog.clear()
    await after.meter.take_up()
    assert not caplog.records
    await store.close()


async def test_at_midnight_a_new_day_begins_and_the_old_one_keeps_its_call(store: Store, path: Path) -> None:
    counting = Counting(store, path, day="0.001")
    counting.clock.now = moment("2026-11-30 23:59", "Europe/Oslo")
    late = await counting.meter.reserve(call(1_000))
    await refused(counting.meter.reserve(call(1_000)))
    counting.clock.now += 120
    await counting.meter.reserve(call(1_000))
    await counting.meter.settle(late, used(300))
    assert [counting.spent(day) for day in ("2026-11-30", "2026-11", "2026-12-01", "2026-12")] == [
        300,
        300,
        1_000,
        1_000,
    ]
    assert agrees(path)


async def test_of_a_day_that_is_over_nothing_is_told(store: Store, path: Path) -> None:
    counting = Counting(store, path, day="0.001", month="0.001")
    counting.clock.now = moment("2026-11-21 23:59", "Europe/Oslo")
    late = await counting.meter.reserve(call(1_000))
    counting.clock.now += 120
    await counting.meter.settle(late, None)
    [told] = counting.told()
    assert told.startswith("**This month's budget for the model is spent:** $0.001 of $0.001")


async def test_a_month_is_spent_over_its_days_and_the_next_begins_anew(store: Store, path: Path) -> None:
    counting = Counting(store, path, month="0.002")
    for day in (29, 30):
        counting.clock.now = moment(f"2026-11-{day} 12:00", "Europe/Oslo")
        await counting.spends(1_000)
    await refused(counting.meter.reserve(call(1_000)))
    counting.clock.now += DAY
    await counting.spends(1_000)


step = st.tuples(st.sampled_from(["reserve", "settle", "nothing", "none", "day"]), st.integers(0, 3_000))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(step, max_size=25))
def test_whatever_happens_the_totals_are_the_rows_and_no_budget_is_passed(
    steps: list[tuple[str, int]],
) -> None:
    async def play(folder: Path) -> None:
        path = folder / "frontdesk.db"
        store = await Store.open(path)
        counting = Counting(store, path, place=None, day="0.005", month="0.009", customer_day="0.003")
        open_calls: list[tuple[int, int]] = []
        for number, (what, size) in enumerate(steps):
            if what == "day":
                counting.clock.now += DAY
            elif what == "reserve":
                try:
                    mark = await counting.meter.reserve(call(size, ("", ANN.id, BEN.id)[number % 3]))
                    open_calls.append((mark, size))
                except ModelFault:
                    pass
            elif open_calls:
                mark, most = open_calls.pop(size % len(open_calls))
                usage = {"settle": used(min(size, most)), "nothing": Usage(), "none": None}[what]
                await counting.meter.settle(mark, usage)
        await store.close()
        assert agrees(path)
        for period, who, amount in rows(path, "SELECT period, who, amount FROM spent"):
            month = len(period) == 7
            most = 9_000_000 if month else 3_000_000 if who else 5_000_000
            assert 0 <= amount <= most

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder)))


# --- what is told -------------------------------------------------------------------------------------


async def test_the_agents_are_told_at_eighty_percent_and_at_the_end_once_each(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    counting = Counting(store, path, day="10")
    await counting.spends(7_000_000)
    assert counting.told() == []
    await counting.spends(1_000_000)
    assert [text.partition(":** ")[0] for text in counting.told()] == [
        "**80 % of today's budget for the model is used"
    ]
    assert "$8.00 of $10.00" in counting.told()[0]
    await counting.spends(1_000_000)
    for _ in range(2):
        await refused(counting.meter.reserve(call(2_000_000)))
    assert [text.partition(":** ")[0] for text in counting.told()[1:]] == [
        "**Today's budget for the model is spent"
    ]
    assert rows(path, "SELECT DISTINCT place FROM posts") == [(TEAM,)]
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 2


async def test_a_call_that_waits_for_others_to_end_does_not_make_the_budget_look_spent(
    store: Store, path: Path
) -> None:
    counting = Counting(store, path, day="0.01")
    numbers = [await counting.meter.reserve(call(1_000)) for _ in range(10)]
    await refused(counting.meter.reserve(call(1_000)))
    for number in numbers:
        await counting.meter.settle(number, used(100))
    assert counting.told() == []
    await counting.meter.reserve(call(1_000))


async def test_many_calls_at_once_tell_once_and_so_does_a_restart(store: Store, path: Path) -> None:
    counting = Counting(store, path, day="0.01")
    numbers = [await counting.meter.reserve(call(100)) for _ in range(100)]
    await asyncio.gather(*(counting.meter.settle(number, None) for number in numbers))
    await asyncio.gather(*(refused(counting.meter.reserve(call(1_000))) for _ in range(50)))
    assert len(counting.told()) == 2
    again = Counting(store, path, day="0.01")
    await refused(again.meter.reserve(call(1_000)))
    assert len(again.told()) == 2


async def test_the_end_of_a_budget_that_comes_at_once_is_all_that_is_told(store: Store, path: Path) -> None:
    counting = Counting(store, path, day="0.001", month="1")
    await counting.spends(1_000)
    await refused(counting.meter.reserve(call(1_000)))
    assert len(counting.told()) == 1
    assert "is spent:** $0.001 of $0.001" in counting.told()[0]


async def test_after_the_end_nobody_is_warned_of_it_any_more(store: Store, path: Path) -> None:
    counting = Counting(store, path, day="0.01")
    await counting.spends(7_000)
    await refused(counting.meter.reserve(call(4_000)))
    await Counting(store, path, day="0.01").spends(2_000)  # also after a restart
    assert len(counting.told()) == 1


async def test_the_main_model_s_share_is_no_end_of_the_budget(store: Store, path: Path) -> None:
    counting = Counting(store, path, main="main", day="0.01")
    await counting.spends(7_000)
    await refused(counting.meter.reserve(call(4_000, model="main")))
    assert counting.told() == []


async def test_one_customers_end_is_told_by_name_which_can_format_nothing(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await store.remember_name(Author(ANN.id, "**Ann**\n<!channel>"))
    counting = Counting(store, path, customer_day="0.001")
    await counting.spends(1_000)
    await refused(counting.meter.reserve(call(1_000)))
    await counting.spends(1_000, BEN.id)
    first, second = counting.told()
    assert first.startswith(r"**\*\*Ann\*\* \<!channel")
    assert "\n" not in first
    assert BEN.id in second
    assert "channel" not in caplog.text


async def test_without_agents_the_log_is_told_once(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    counting = Counting(store, path, place=None, day="0.001")
    await counting.spends(1_000)
    await refused(counting.meter.reserve(call(1_000)))
    assert counting.told() == []
    assert [r.message for r in caplog.records if "budget" in r.message] == [
        "The budget for this day is spent: $0.001 of $0.001."
    ]


async def test_the_outbox_is_woken_for_what_is_told(store: Store) -> None:
    woken = []
    alerts = Alerts(store, TEAM)
    alerts.wake = lambda: woken.append(1)
    assert await alerts.tell("key", "Text.", "Text.")
    assert not await alerts.tell("key", "Text.", "Text.")
    assert woken == [1]
    assert [row.post.text for row in await store.take_posts(("stub",))] == ["Text."]


async def after_days(counting: Counting, *costs: int, customer: str = ANN.id) -> None:
    """Let days go by that cost so many tokens each; the next one is today."""
    for number, cost in enumerate(costs):
        counting.clock.now = NOON - DAY * (len(costs) - number)
        if cost:
            await counting.spends(cost, customer)
    counting.clock.now = NOON


async def test_an_unusual_day_is_told_once_for_all_and_for_a_customer(store: Store, path: Path) -> None:
    counting = Counting(store, path)
    await after_days(counting, *[100_000, 0, 90_000, 110_000, 100_000, 0, 2_000_000])
    await counting.spends(300_000)
    assert counting.told() == []
    await counting.spends(1)
    everybody, ann = counting.told()
    assert everybody == ("**Today's model costs are unusually high:** $0.30 so far; a usual day costs $0.10.")
    assert ann.startswith(f"**{ANN.id} costs unusually much today:** $0.30")
    await counting.spends(1_000_000)
    await Counting(store, path).spends(1_000_000)
    assert len(counting.told()) == 2


async def test_a_day_that_is_over_is_no_longer_unusual(store: Store, path: Path) -> None:
    counting = Counting(store, path)
    await after_days(counting, *[100_000] * 6)
    late = await counting.meter.reserve(call(1_000_000))
    counting.clock.now += DAY
    await counting.meter.settle(late, None)
    assert counting.told() == []


async def test_a_customer_is_measured_by_their_own_days(store: Store, path: Path) -> None:
    counting = Counting(store, path)
    await after_days(counting, *[1_000_000] * 6, customer=BEN.id)
    await after_days(counting, *[100_000] * 6, customer=ANN.id)
    await counting.spends(400_000, ANN.id)
    assert [text.partition(" costs ")[0] for text in counting.told()] == [f"**{ANN.id}"]


async def test_trouble_in_telling_does_not_undo_what_is_booked(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def full(*_: object) -> bool:
        raise sqlite3.OperationalError("database or disk is full")

    counting = Counting(store, path, day="0.001")
    with monkeypatch.context() as patched:
        patched.setattr(store, "tell_once", full)
        await counting.spends(900)
        assert "could not be told: OperationalError" in caplog.text
        await refused(counting.meter.reserve(call(1_000)))
    assert counting.spent() == 900
    await refused(counting.meter.reserve(call(1_000)))
    assert len(counting.told()) == 1, "the next call tells"


async def test_a_call_that_can_t_be_booked_now_is_booked_later_and_keeps_nobody_waiting(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    settle = store.settle

    async def full_twice(number: int, *rest: Any) -> Any:
        tried.append(number)
        if len(tried) <= 2:
            raise sqlite3.OperationalError("database or disk is full")
        return await settle(number, *rest)

    counting = Counting(store, path)
    number = await counting.meter.reserve(call(1_000))
    monkeypatch.setattr(store, "settle", full_twice)
    monkeypatch.setattr(insisting, "FIRST_WAIT", 0.0)
    await counting.meter.settle(number, used(300))
    assert counting.spent() == 1_000
    await counting.meter.close()
    assert counting.spent() == 300
    assert agrees(path)


async def test_a_disk_that_stays_full_holds_up_no_end(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    counting = Counting(store, path)
    number = await counting.meter.reserve(call(1_000))
    with monkeypatch.context() as patched:
        patched.setattr(store, "settle", full)
        patched.setattr(metering, "CLOSE_SECONDS", 0.0)
        await counting.meter.settle(number, used(300))
        await counting.meter.close()
    await counting.meter.take_up()
    assert counting.spent() == 1_000


# --- models without a price ---------------------------------------------------------------------------


async def test_a_model_without_a_price_is_free_and_told_once(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    counting = Counting(store, path, day="0.001")
    for _ in range(3):
        await counting.spends(1_000_000, model="mystery")
    assert counting.spent() == 0
    [told] = caplog.records
    assert "model mystery" in told.message
    assert "no budget holds" in told.message
    assert "PRICES" in told.message


Told = Callable[..., list[tuple[int, str]]]


@pytest.fixture
def told_at_start(store: Store, caplog: pytest.LogCaptureFixture) -> Told:
    def told(**values: object) -> list[tuple[int, str]]:
        caplog.clear()
        with caplog.at_level(logging.INFO):
            meter_for(load_settings(_env_file=None, **values), store, Alerts(store))
        return [(record.levelno, record.message) for record in caplog.records]

    return told


async def test_at_start_the_models_that_are_set_are_looked_up(told_at_start: Told) -> None:
    assert told_at_start(openai_api_key="k") == []
    assert told_at_start(openai_model="mystery") == [], "without a key no model is asked"
    [(level, text)] = told_at_start(openai_api_key="k", openai_fallback_model="mystery")
    assert level == logging.WARNING
    assert "mystery" in text
    embedding = {"openai_api_key": "k", "openai_embedding_model": "riddle"}
    assert told_at_start(**embedding) == [], "nor a provider's embeddings, unless they are set"
    [(_, text)] = told_at_start(**embedding, embeddings="provider")
    assert "riddle" in text
    local = {"openai_base_url": "http://127.0.0.1:8080/v1", "openai_model": "smol"}
    [(level, text)] = told_at_start(**local)
    assert level == logging.INFO
    assert "no budget" not in text
    [(level, text)] = told_at_start(**local, budget_day="1")
    assert level == logging.WARNING
    assert "no budget holds" in text


async def test_the_settings_become_budgets_and_the_first_model_leaves_some(store: Store, path: Path) -> None:
    values = {"openai_api_key": "k", "openai_model": "gpt-4.1", "budget_day": "0.008"}
    model = "gpt-4.1"  # an answer's token costs 8 dollars a million
    alone = meter_for(load_settings(_env_file=None, **values), store, Alerts(store))
    with_cheaper = meter_for(
        load_settings(_env_file=None, **values, openai_fallback_model="gpt-4.1-nano"), store, Alerts(store)
    )
    most = call(1_000, model=model)
    await refused(with_cheaper.reserve(most))
    number = await alone.reserve(most)
    await alone.settle(number, Usage())
    assert rows(path, "SELECT sum(amount) FROM spent") == [(0,)]


# --- what was there before ----------------------------------------------------------------------------


async def test_what_was_used_before_money_was_counted_stays(path: Path) -> None:
    path.parent.mkdir(parents=True)
    old = Database(path)
    migrations.apply(old, stop_before="m004_costs")
    old.execute(
        "INSERT INTO usage(at, conversation, customer, turn, model, calls, prompt_tokens, cached_tokens, "
        "completion_tokens) VALUES (?, 'stub:help', 'stub:ann', 7, 'm', 2, 10, 4, 5)",
        [NOON],
    )
    old.conn.commit()
    old.close()
    store = await Store.open(path)
    [line] = await store.spending("place", "2026-01-01")
    await store.close()
    assert (line.key, line.calls, line.prompt_tokens, line.cost, line.unpriced) == ("stub:help", 2, 10, 0, 2)
    assert rows(path, "SELECT length(day), purpose, state, turn FROM usage") == [(10, "answer", "settled", 7)]


async def test_a_budget_that_one_call_may_pass_is_told_at_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = await Store.open(tmp_path / "costs.db")
    tight = load_settings(
        _env_file=None, openai_api_key="sk-x", budget_day="0.001", customer_budget_day="5", budget_month="9"
    )
    with caplog.at_level(logging.WARNING):
        meter_for(tight, store, Alerts(store))
    # 19,200 tokens in and 800 out with gpt-4.1-mini.
    assert [record.getMessage()[:56] for record in caplog.records] == [
        "BUDGET_DAY is $0.001, but one call may cost as much as $"
    ]
    assert "$0.00896" in caplog.text
    await store.close()
