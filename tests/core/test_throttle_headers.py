"""What servers say of their limits in headers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.throttle.headers import DAY, LONGEST_PAUSE, Told, ToldLimit, number, read_headers, seconds

NOW = 1_445_412_420.0  # Wed, 21 Oct 2015 07:27:00 GMT


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("6m0s", 360.0),
        ("1.5s", 1.5),
        ("20ms", 0.02),
        ("1h2m3s", 3_723.0),
        ("1d", 86_400.0),
        ("350µs", 0.00035),
        ("12", 12.0),
        ("0s", 0.0),
        ("", None),
        ("soon", None),
        ("6m0", None),
        ("-3s", None),
        ("nan", None),
        ("1e9", None),
        ("٣s", None),
        ("2026-01-01T00:00:00Z", None),
    ],
)
def test_spans_of_time_are_read_as_servers_write_them(text: str, span: float | None) -> None:
    assert seconds(text) == (span if span is None else pytest.approx(span))


def test_a_limit_is_read_with_what_is_left_of_it() -> None:
    told = read_headers(
        {
            "X-RateLimit-Limit-Requests": "60",
            "x-ratelimit-remaining-requests": "59",
            "x-ratelimit-reset-requests": "1s",
            "x-ratelimit-limit-tokens": "150000",
            "x-ratelimit-remaining-tokens": "149984",
            "x-ratelimit-reset-tokens": "6ms",
        },
        NOW,
    )
    assert told == Told(ToldLimit(60, 1.0, 59), ToldLimit(150_000, 2_500.0, 149_984))


def test_a_limit_that_takes_longer_than_a_minute_to_fill_up_is_not_a_minutes() -> None:
    headers = {
        "x-ratelimit-limit-requests": "14400",
        "x-ratelimit-remaining-requests": "14370",
        "x-ratelimit-reset-requests": "3m",
    }
    assert read_headers(headers, NOW).requests == ToldLimit(14_400, 30 / 180, 14_370)


@pytest.mark.parametrize("limit", ["0", "", "-1", "many", "9" * 5_000, "inf"])
def test_a_limit_that_is_none_is_ignored(limit: str) -> None:
    assert read_headers({"x-ratelimit-limit-tokens": limit, "retry-after": limit}, NOW) == Told()


def test_what_is_left_can_not_be_more_than_the_limit_and_may_be_untold() -> None:
    headers = {"x-ratelimit-limit-tokens": "1000"}
    assert read_headers(headers, NOW).tokens == ToldLimit(1_000, 1_000 / 60, 1_000)
    headers["x-ratelimit-remaining-tokens"] = "2000"
    assert read_headers(headers, NOW).tokens == ToldLimit(1_000, 1_000 / 60, 1_000)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "1", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 60.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:00:00 GMT"}, 0.0),
        ({"retry-after": "86400"}, LONGEST_PAUSE),
        ({"retry-after": "later"}, 0.0),
        ({"retry-after": "-5"}, 0.0),
    ],
)
def test_a_pause_is_seconds_or_a_date(headers: dict[str, str], pause: float) -> None:
    assert read_headers(headers, NOW).pause == pause


NAMES = [
    *(
        f"x-ratelimit-{part}-{what}"
        for part in ("limit", "remaining", "reset")
        for what in ("requests", "tokens")
    ),
    "retry-after",
    "retry-after-ms",
]
VALUES = st.text("0129.-msh µe", max_size=8) | st.integers(-1, 10**18).map(str)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_whatever_stands_there_a_limit_lets_something_through_in_the_end(headers: dict[str, str]) -> None:
    told = read_headers(headers, NOW)
    assert 0 <= told.pause <= LONGEST_PAUSE
    for limit in filter(None, (told.requests, told.tokens)):
        assert limit.most > 0
        assert 0 <= limit.left <= limit.most
        assert limit.rate >= limit.most / DAY


@pytest.mark.parametrize("text", ["1_000", "0x10", " 1", "1,5", "+1"])
def test_a_number_is_plain(text: str) -> None:
    assert number(text) is None


def test_a_reset_that_is_a_moment_and_not_a_span_is_not_taken_for_a_years_limit() -> None:
    told = read_headers(
        {
            "x-ratelimit-limit-requests": "5",
            "x-ratelimit-remaining-requests": "4",
            "x-ratelimit-reset-requests": "1763800000",
        },
        NOW,
    )
    assert told.requests == ToldLimit(5, 5 / 60, 4)
