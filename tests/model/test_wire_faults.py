"""Every fault at the wire, at both APIs: what becomes of it, and what is booked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.phrases import ENGLISH
from core.ports import FaultKind
from tests.model.house import House, after, asked, said
from tests.simulators.model import ModelSimulator

Fails = Callable[[ModelSimulator], object]
HALF = said("One is here. Two is there. Three.")


def thrice(once: Fails) -> Fails:
    return lambda server: [once(server) for _ in range(3)]


def twice(once: Fails) -> Fails:
    return lambda server: [once(server) for _ in range(2)]


FAULTS: dict[str, tuple[Fails, FaultKind, str, int]] = {
    "rate limit": (thrice(lambda s: s.fails(429)), FaultKind.RATE_LIMITED, "HTTP 429", 3),
    "asked to wait": (thrice(lambda s: s.fails(429, retry_after=0.001)), FaultKind.RATE_LIMITED, "429", 3),
    "asked to wait long": (lambda s: s.fails(429, retry_after=600), FaultKind.RATE_LIMITED, "429", 1),
    "server error": (thrice(lambda s: s.fails(500)), FaultKind.TRANSIENT, "HTTP 500", 3),
    "overloaded": (thrice(lambda s: s.fails(503)), FaultKind.TRANSIENT, "HTTP 503", 3),
    "quota": (lambda s: s.fails(429, code="insufficient_quota"), FaultKind.QUOTA_SPENT, "billing", 1),
    "bad key": (lambda s: s.fails(401), FaultKind.BAD_KEY, "OPENAI_API_KEY", 1),
    "no model": (lambda s: s.fails(404), FaultKind.UNKNOWN_MODEL, "OPENAI_MODEL", 1),
    "too long": (lambda s: s.too_long(), FaultKind.PROMPT_TOO_LONG, "CONTEXT_TOKENS", 1),
    "other": (lambda s: s.fails(418), FaultKind.OTHER, "HTTP 418", 1),
    "error in 200": (thrice(lambda s: s.fails(200)), FaultKind.TRANSIENT, "trouble", 3),
    "malformed": (twice(lambda s: s.malformed()), FaultKind.NO_ANSWER, "form", 2),
    "empty": (twice(lambda s: s.empty()), FaultKind.NO_ANSWER, "empty", 2),
    "html": (twice(lambda s: s.wrong_type()), FaultKind.OTHER, "OPENAI_BASE_URL", 2),
    "reset before": (thrice(lambda s: s.resets()), FaultKind.TRANSIENT, "broke", 3),
    "reset within": (thrice(lambda s: s.resets(HALF, after=3)), FaultKind.TRANSIENT, "broke", 3),
    "truncated": (thrice(lambda s: s.truncates(HALF, after=3)), FaultKind.TRANSIENT, "broke", 3),
    "error within": (thrice(lambda s: s.breaks_off(HALF, after=3)), FaultKind.TRANSIENT, "broke", 3),
}
# Those after which the call may have cost something: they are booked at their reservation.
UNKNOWN_COST = {"error in 200", "malformed", "empty", "html", "truncated", "error within"}
UNKNOWN_COST |= {"reset before", "reset within"}


@pytest.mark.parametrize("name", FAULTS)
async def test_every_fault_is_told_in_words_for_whoever_runs_it(
    house: House, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    fails, kind, says, calls = FAULTS[name]
    fails(house.server)
    with caplog.at_level(logging.INFO, "core"):
        fault = await house.fault()
    assert fault.kind is kind
    assert says in str(fault)
    assert len(house.server.requests) == calls
    for secret in (house.server.api_key, "refunds", "sk-"):
        assert secret not in caplog.text
        assert secret not in str(fault)
    unknown = name in UNKNOWN_COST
    assert all((bill is None) == unknown and (unknown or bill.calls == 0) for bill in house.meter.bills)  # type: ignore[union-attr]
    assert fault.usage.calls == (calls if unknown else 0)


@pytest.mark.parametrize("name", [name for name, (*_, calls) in FAULTS.items() if calls > 1])
async def test_what_passes_is_tried_again(house: House, name: str) -> None:
    fails, *_, calls = FAULTS[name]
    fails(house.server)
    # The last of the failures does not come: the server is well again.
    house.server.unqueue()
    house.server.replies("Back again.")
    assert (await house.answer()).text == "Back again."
    assert len(house.server.requests) == calls


async def test_a_server_that_hangs_is_left_after_the_time_set(house: House) -> None:
    house.settings["answer_timeout"] = 0.1
    house.server.hangs()
    fault = await house.fault()
    assert fault.kind is FaultKind.TIMEOUT
    assert house.meter.bills == [None]


async def test_a_stall_before_the_first_word_may_last_as_long_as_the_answer_may(house: House) -> None:
    house.settings |= {"answer_timeout": 0.2, "stall_timeout": 0.01}
    house.server.stalls(said("Hello"), after=0)
    assert (await house.fault()).kind is FaultKind.TIMEOUT
    assert len(house.server.requests) == 1


async def test_a_stall_within_the_stream_begins_anew_where_nothing_was_shown(house: House) -> None:
    house.settings["stall_timeout"] = 0.1
    house.server.stalls(HALF, after=3)
    house.server.replies("Here we go. Again.")
    assert (await house.answer()).text == "Here we go. Again."
    assert house.server.requests[1].messages == house.server.requests[0].messages


async def test_a_stall_within_the_stream_is_gone_on_from_where_something_was_shown(house: House) -> None:
    house.settings["stall_timeout"] = 0.1
    house.server.stalls(after("One is here. Two is there. T", "hree."), after=3)
    house.server.replies("Three and four.")
    assert (await house.answer()).text == "One is here. Two is there. Three and four."


async def test_a_slow_drip_is_no_stall(house: House) -> None:
    house.settings["stall_timeout"] = 0.2
    house.server.drips(HALF.text, every=0.003, pieces=8)
    assert (await house.answer()).text == "One is here. Two is there. Three."
    assert len(house.server.requests) == 1


async def test_a_drip_that_is_too_slow_ends_where_its_time_is_up(house: House) -> None:
    house.settings["answer_timeout"] = 0.15
    house.server.queue(after("One is here. Two", " is there. Three.", piece_delay=0.03))
    assert (await house.answer()).text == f"One is here.\n\n{ENGLISH.cut}"


async def test_a_wait_that_the_server_asks_for_is_kept(house: House) -> None:
    for given in ({"retry_after": 0.05}, {"headers": {"retry-after-ms": "50"}}):
        house.server.fails(429, **given)
        house.server.replies("Back.")
        began = time.monotonic()
        await house.answer()
        assert time.monotonic() - began >= 0.05


async def test_a_wait_until_a_date_that_is_past_is_none(house: House) -> None:
    past = format_datetime(datetime.now(UTC) - timedelta(seconds=5), usegmt=True)
    house.server.fails(503, retry_after=past)
    house.server.replies("Back.")
    assert (await house.answer()).text == "Back."


async def test_limits_are_learned_from_answers_and_from_errors(house: House) -> None:
    house.server.fails(429, headers={"x-ratelimit-remaining-requests": "0"})
    house.server.replies("Back.")
    await house.answer()
    remaining = [headers["x-ratelimit-remaining-requests"] for _, headers in house.throttle.learned]
    assert remaining == ["0", "9999"]


async def test_a_server_that_is_not_there_costs_nothing(house: House) -> None:
    await house.server.close()
    assert (await house.fault()).kind is FaultKind.TRANSIENT
    assert [bill and bill.calls for bill in house.meter.bills] == [0, 0, 0]


async def test_the_key_stands_in_no_repr(house: House) -> None:
    house.server.api_key = "sk-very-secret"
    house.settings["openai_api_key"] = "sk-very-secret"
    house.server.replies("Hi.")
    await house.answer()

    def reprs(thing: object, depth: int = 6) -> str:
        inner = vars(thing).values() if hasattr(thing, "__dict__") else ()
        ours = [one for one in inner if type(one).__module__.startswith("core.")]
        return repr(thing) + "".join(reprs(one, depth - 1) for one in ours if depth)

    opened = house.opened
    assert "very-secret" not in reprs(opened.model) + reprs(opened.clerk) + repr(opened)


async def test_a_key_that_no_header_can_hold_is_a_bad_key(chat: House) -> None:
    chat.settings["openai_api_key"] = "sk-“quoted”"
    fault = await chat.fault()
    assert fault.kind is FaultKind.BAD_KEY
    assert "quoted" not in f"{fault}{fault.__context__!r}"


async def test_many_that_fail_together_each_get_an_answer(chat: House) -> None:
    for _ in range(4):
        chat.server.fails(429)
    for number in range(8):
        chat.server.replies(f"Answer {number}.")
    answers = await asyncio.gather(*(chat.answer(asked()) for _ in range(8)))
    assert len({answer.text for answer in answers}) == 8
