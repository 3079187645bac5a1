"""When a budget is told of, on which day a call counts, and which days are unusual."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core.costs.budgets import Budgets, Reached, day_of, dollars, nano, reached, shared
from core.costs.unusual import FLOOR, is_unusual, trailing, usual
from core.store import Limit
from core.store.usage import Total, Whose
from tests.builders import ANN, moment
from tests.core.costing import OSLO

DAY, MONTH = "2026-11-22", "2026-11"
DOLLAR = 1_000_000_000


def totals(spent: int, reserved: int = 0) -> dict[Whose, Total]:
    """Return totals in which everything stands at the same."""
    return {
        (period, who): Total(spent + reserved, reserved) for period in (DAY, MONTH) for who in ("", ANN.id)
    }


def lines(found: list[Reached]) -> list[tuple[str, str, int]]:
    return [(one.limit.period, one.limit.who, one.percent) for one in found]


def test_a_call_counts_against_every_budget_that_is_set() -> None:
    every = Budgets(1, 2, 3, 4)
    assert every.limits(DAY, ANN.id) == [
        Limit(DAY, "", 1),
        Limit(MONTH, "", 2),
        Limit(DAY, ANN.id, 3),
        Limit(MONTH, ANN.id, 4),
    ]
    assert every.limits(DAY, "") == [Limit(DAY, "", 1), Limit(MONTH, "", 2)]
    assert Budgets(month=5).limits(DAY, ANN.id) == [Limit(MONTH, "", 5)]
    assert not Budgets().any
    assert Budgets(customer_month=1).any


def test_a_cheaper_model_is_left_the_last_tenth() -> None:
    assert shared([Limit(DAY, "", 10 * DOLLAR)]) == [Limit(DAY, "", 9 * DOLLAR)]


def test_the_lines_are_at_eighty_and_a_hundred_percent() -> None:
    limits = [Limit(DAY, "", 100)]
    assert lines(reached(limits, totals(79))) == []
    assert lines(reached(limits, totals(80))) == [(DAY, "", 80)]
    assert lines(reached(limits, totals(99))) == [(DAY, "", 80)]
    assert lines(reached(limits, totals(100))) == [(DAY, "", 100)]


def test_what_is_only_set_aside_reaches_no_line() -> None:
    limits = [Limit(DAY, "", 100)]
    assert lines(reached(limits, totals(50, reserved=50))) == []
    assert lines(reached(limits, totals(50, reserved=50), asked=50)) == []
    assert lines(reached(limits, totals(50, reserved=50), asked=51)) == [(DAY, "", 100)]


def test_a_customers_budget_is_told_of_only_once_it_is_spent() -> None:
    limits = [Limit(DAY, ANN.id, 100)]
    assert lines(reached(limits, totals(99))) == []
    assert lines(reached(limits, totals(100))) == [(DAY, ANN.id, 100)]


def test_the_last_line_covers_the_one_before_and_a_raised_budget_is_another() -> None:
    warned = Reached(Limit(DAY, "", 5 * DOLLAR), 80, 0)
    spent = Reached(Limit(DAY, "", 5 * DOLLAR), 100, 0)
    assert spent.covers == (warned.key,)
    assert warned.covers == ()
    assert warned.key == "budget/day/2026-11-22/80/5"
    keys = {
        warned.key,
        spent.key,
        Reached(Limit(DAY, "", 6 * DOLLAR), 80, 0).key,
        Reached(Limit(MONTH, "", 5 * DOLLAR), 80, 0).key,
        Reached(Limit(DAY, ANN.id, 5 * DOLLAR), 100, 0).key,
    }
    assert len(keys) == 5


def test_dollars_and_nano_dollars_are_the_same_money() -> None:
    assert nano(Decimal("12.345678901")) == 12_345_678_901
    assert dollars(12_345_678_901) == Decimal("12.345678901")
    assert nano(None) is None


def test_a_day_begins_at_midnight_where_the_machine_is() -> None:
    midnight = moment("2026-12-01 00:00", "Europe/Oslo")
    assert day_of(midnight, OSLO) == "2026-12-01"
    assert day_of(midnight - 1, OSLO) == "2026-11-30"


# --- unusual days -------------------------------------------------------------------------------------


def test_a_day_is_measured_by_the_fourteen_before_it() -> None:
    days = trailing("2026-03-02")
    assert (days[0], days[1], days[-1], len(days)) == ("2026-03-01", "2026-02-28", "2026-02-16", 14)


def test_above_three_times_the_median_a_day_is_unusual() -> None:
    before = usual([DOLLAR, 2 * DOLLAR, 3 * DOLLAR, 50 * DOLLAR, 2 * DOLLAR])
    assert before == 2 * DOLLAR
    assert not is_unusual(6 * DOLLAR, before)
    assert is_unusual(6 * DOLLAR + 1, before)


def test_days_without_cost_don_t_count_and_five_are_needed() -> None:
    assert usual([DOLLAR] * 4 + [0] * 10) is None
    assert usual([DOLLAR] * 5 + [0] * 9) == DOLLAR
    assert usual([]) is None


def test_between_two_days_the_median_is_exact() -> None:
    assert usual([1, 1, 2, 3, 3, 3]) == Fraction(5, 2)


def test_a_day_that_costs_next_to_nothing_worries_nobody() -> None:
    assert not is_unusual(FLOOR, Fraction(1))
    assert is_unusual(FLOOR + 1, Fraction(1))


@given(st.lists(st.integers(0, 10**13), max_size=14), st.integers(0, 10**13), st.integers(0, 10**13))
def test_what_costs_more_is_never_less_unusual(before: list[int], cost: int, more: int) -> None:
    if (median := usual(before)) is not None and is_unusual(cost, median):
        assert is_unusual(cost + more, median)
