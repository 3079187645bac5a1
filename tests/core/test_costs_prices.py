"""What a call costs, to the last nano-dollar, and what is said of a table that can't be used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs.prices import Price, WrongPrices, load_prices
from core.messages import Usage

TOKENS = st.integers(0, 10_000_000)


def own(folder: Path, text: str) -> Path:
    path = folder / "prices.toml"
    path.write_text(text)
    return path


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(WrongPrices) as caught:
        load_prices(own(folder, text))
    assert str(folder / "prices.toml") in str(caught.value)
    return str(caught.value)


def test_cached_tokens_cost_less_and_the_sum_is_exact() -> None:
    prices = load_prices()
    # 1,000 fresh tokens at 0.40 dollars a million, 3,000 cached ones at 0.10, 100 of the answer at 1.60.
    assert prices.cost("gpt-4.1-mini", Usage("", 4_000, 3_000, 100, 1)) == 400_000 + 300_000 + 160_000
    # A single cached token of the cheapest models is a whole number of nano-dollars as well.
    assert prices.cost("gpt-5-nano", Usage("", 1, 1, 0, 1)) == 5


def test_a_name_stands_for_its_dated_versions_and_no_others() -> None:
    prices = load_prices()
    assert prices.of("gpt-4.1-mini-2025-04-14") == prices.of("gpt-4.1-mini")
    assert prices.of("gpt-4o-2024-05-13") != prices.of("gpt-4o"), "a version may have a price of its own"
    assert prices.of("gpt-4.1-mini-preview") is None
    assert prices.of("gpt-4.1-min") is None
    assert prices.of("") is None


def test_the_table_is_dated_and_an_answer_never_costs_less_than_its_prompt() -> None:
    prices = load_prices()
    assert prices.as_of >= date(2026, 1, 1)
    for name, price in prices.models.items():
        assert 0 < price.cached <= price.prompt, name
        assert price.prompt < price.output or "embedding" in name, name  # these write no answer


def test_what_is_less_than_a_nano_dollar_is_one() -> None:
    price = Price(Decimal("0.0001"), Decimal("0.0001"), Decimal(1))
    assert [price.cost(Usage("", tokens, 0, 0, 1)) for tokens in (0, 1, 10, 11)] == [0, 1, 1, 2]


def test_a_model_without_a_price_costs_nothing() -> None:
    assert load_prices().cost("my-own-model", Usage("", 1_000, 0, 1_000, 1)) == 0


def test_writing_to_the_cache_is_booked_where_it_costs_more(tmp_path: Path) -> None:
    path = own(tmp_path, "[models]\nm = { input = 2, cached_input = 0.2, cache_write = 2.5, output = 10 }")
    assert load_prices(path).of("m") == Price(Decimal("2.5"), Decimal("0.2"), Decimal(10))


def test_a_file_of_one_s_own_replaces_and_extends(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        'as_of = 2027-01-31\n[models]\n"gpt-4.1" = { input = 1, output = 2.125 }\n'
        "ours = { input = 0, output = 0 }\n",
    )
    prices = load_prices(path)
    assert prices.as_of == date(2027, 1, 31)
    assert prices.of("gpt-4.1") == Price(Decimal(1), Decimal(1), Decimal("2.125"))
    assert prices.of("ours") == Price(Decimal(0), Decimal(0), Decimal(0))
    assert prices.of("gpt-4.1-mini") == load_prices().of("gpt-4.1-mini")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[models]\nm = { input = 1 }", '"m" has no output'),
        ("[models]\nm = { input = -1, output = 1 }", '"m", input: must be a number'),
        ("[models]\nm = { input = nan, output = 1 }", '"m", input: must be a number'),
        ("[models]\nm = { input = inf, output = 1 }", '"m", input: must be a number'),
        ('[models]\nm = { input = "1", output = 1 }', '"m", input: must be a number'),
        ("[models]\nm = { input = true, output = 1 }", '"m", input: must be a number'),
        ("[models]\nm = { input = 1, output = 1, ouput = 2 }", '"m" has ouput'),
        ("[models]\ngpt-9.1 = { input = 1, output = 1 }", "names with dots need quotes"),
        ("[models]\nm = 3", '"m" must be {'),
        ("m = { input = 1, output = 1 }", "m is neither"),
        ("models = 1", "models must be a table"),
        ('as_of = "today"', "as_of must be a day"),
        ("as_of = 2026-11-22T10:00:00", "as_of must be a day"),
        ("[models", "are not TOML"),
    ],
)
def test_what_is_wrong_is_told_by_its_entry(tmp_path: Path, text: str, words: str) -> None:
    assert words in complaint(tmp_path, text)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongPrices, match=r"can't be read .*PRICES"):
        load_prices(tmp_path / "nowhere.toml")
    (tmp_path / "prices.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WrongPrices, match="not TOML"):
        load_prices(tmp_path / "prices.toml")


@given(prompt=TOKENS, cached=TOKENS, output=TOKENS, more=TOKENS)
def test_more_tokens_never_cost_less_and_cached_ones_never_more(
    prompt: int, cached: int, output: int, more: int
) -> None:
    price = Price(Decimal("0.4"), Decimal("0.0333"), Decimal("1.6"))
    cost = price.cost(Usage("", prompt, cached, output, 1))
    assert 0 <= cost <= price.cost(Usage("", prompt, 0, output, 1))
    assert cost <= price.cost(Usage("", prompt + more, cached, output, 1))
    assert cost <= price.cost(Usage("", prompt, cached, output + more, 1))
