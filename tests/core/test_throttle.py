"""Calls that wait for their turn, as whoever makes them meets it; minutes pass in no time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.messages import Usage
from core.ports import Asker, Call, FaultKind, ModelFault, Throttle
from core.throttle import FairThrottle, Limits
from tests.core.clock import in_no_time

WIDE = Limits(calls_at_once=1_000, questions_per_minute=1_000, queue_size=10_000)


def call(customer: str = "ann", model: str = "big", purpose: str = "answer", tokens: int = 100) -> Call:
    return Call(model, purpose, tokens - 10, 10, Asker(customer))


class Callers:
    """Make calls through a throttle, each until it is told to end or for some seconds."""

    def __init__(self, limits: Limits) -> None:
        self.throttle = FairThrottle(limits)
        self.admitted: list[tuple[float, str]] = []
        self.at_once = 0
        self.most_at_once = 0
        self.tasks: list[asyncio.Task[None]] = []

    def makes(self, call: Call, seconds: float = 0.0) -> asyncio.Task[None]:
        task = asyncio.create_task(self._call(call, seconds))
        self.tasks.append(task)
        return task

    async def _call(self, call: Call, seconds: float) -> None:
        async with self.throttle.admit(call):
            self.admitted.append((asyncio.get_running_loop().time(), call.asker.customer))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                await asyncio.sleep(seconds)
            finally:
                self.at_once -= 1

    async def ended(self) -> None:
        await asyncio.gather(*self.tasks)

    @property
    def is_empty(self) -> bool:
        line = self.throttle._line
        return (line.at_once, line.waiting, self.throttle._waiting) == (0, 0, {})


async def moments() -> None:
    """Let everybody come to where they wait."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_it_is_a_throttle() -> None:
    throttle: Throttle = FairThrottle(Limits())
    assert throttle


def test_no_more_calls_than_allowed_are_made_at_once() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, calls_at_once=3))
        for number in range(10):
            callers.makes(call(f"customer {number}"), 1.0)
        await callers.ended()
        assert callers.most_at_once == 3
        assert [at for at, _ in callers.admitted] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]

    in_no_time(story())


def test_a_customer_with_a_hundred_calls_delays_another_by_one() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, calls_at_once=1))
        for _ in range(100):
            callers.makes(call("ann"), 1.0)
        await asyncio.sleep(9.5)
        callers.makes(call("ben"), 1.0)
        await callers.ended()
        assert callers.admitted[11] == (11.0, "ben")  # behind the one under way, and one more

    in_no_time(story())


def test_what_is_over_a_minutes_limit_waits_until_there_is_room() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, requests_per_minute=6))
        for _ in range(9):
            callers.makes(call())
        await callers.ended()
        assert [round(at) for at, _ in callers.admitted] == [0] * 6 + [10, 20, 30]

    in_no_time(story())


def test_nothing_is_polled() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, requests_per_minute=6))
        looks = 0
        look = callers.throttle._line.next_at

        def counted(now: float) -> float | None:
            nonlocal looks
            looks += 1
            return look(now)

        callers.throttle._line.next_at = counted  # type: ignore[method-assign]
        for _ in range(16):
            callers.makes(call())
        await callers.ended()
        assert looks <= 16 + 16 + 10  # one a coming, one a going, one a timer
        assert callers.throttle._timer is None

    in_no_time(story())


def test_beyond_the_queue_a_call_is_turned_away_at_once() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, calls_at_once=1, queue_size=5))
        for number in range(6):
            callers.makes(call(f"customer {number}"), 1.0)
        await moments()
        with pytest.raises(ModelFault, match="5 calls wait already") as caught:
            async with callers.throttle.admit(call("late")):
                raise AssertionError("let in")
        assert caught.value.kind is FaultKind.QUEUE_FULL
        assert asyncio.get_running_loop().time() == 0
        await callers.ended()
        assert callers.is_empty

    in_no_time(story())


def test_who_fills_the_queue_makes_room_for_others() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, calls_at_once=1, queue_size=5))
        many = [callers.makes(call("ann"), 1.0) for _ in range(6)]
        await moments()
        other = callers.makes(call("ben"), 1.0)
        told = await asyncio.gather(*many, other, return_exceptions=True)
        assert [isinstance(one, ModelFault) for one in told] == [False] * 5 + [True, False]
        assert callers.is_empty

    in_no_time(story())


def test_who_gives_up_leaves_the_queue_and_lets_others_go() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, tokens_per_minute=1_000, queue_size=2))
        await callers.makes(call(tokens=1_000))
        large, small = callers.makes(call(tokens=1_000)), callers.makes(call(tokens=1))
        await asyncio.sleep(1)
        assert len(callers.admitted) == 1  # the large one comes first
        large.cancel()
        await moments()
        assert small.done()
        assert asyncio.get_running_loop().time() == 1
        assert callers.is_empty

    in_no_time(story())


@pytest.mark.parametrize("let_in_first", [True, False])
def test_who_gives_up_in_the_moment_of_being_let_in_gives_the_place_back(let_in_first: bool) -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, calls_at_once=1, requests_per_minute=1))
        callers.throttle.learn("big", {"retry-after": "5"})
        second, third = callers.makes(call("ben")), callers.makes(call("cleo"))
        await moments()
        in_order: list[Callable[[], object]] = [second.cancel]
        callers.throttle._line._models["big"].paused_until = 0.0
        in_order.insert(0 if let_in_first else 1, lambda: callers.throttle.learn("big", {}))
        for step in in_order:
            step()
        with contextlib.suppress(asyncio.CancelledError):
            await second
        await third
        assert callers.admitted == [(0.0, "cleo")]  # neither the place nor the minute's request is lost
        assert callers.is_empty

    in_no_time(story())


def test_a_call_that_fails_gives_its_place_back() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, calls_at_once=1))
        for _ in range(2):
            with pytest.raises(ConnectionError):
                async with callers.throttle.admit(call()):
                    raise ConnectionError
        assert callers.is_empty

    in_no_time(story())


def test_what_was_not_used_is_given_back_and_lets_the_next_one_go() -> None:
    async def story() -> None:
        callers = Callers(replace(WIDE, tokens_per_minute=1_000))
        first = call(tokens=1_000)
        await callers.makes(first)
        second = callers.makes(call(tokens=500))
        await moments()
        assert not second.done()
        callers.throttle.settle(first, Usage("big", 300, 0, 100, calls=1))
        await second
        assert asyncio.get_running_loop().time() == 0

    in_no_time(story())


def test_a_server_that_says_how_long_to_wait_is_left_alone_for_so_long() -> None:
    async def story() -> None:
        callers = Callers(WIDE)
        callers.throttle.learn("big", {"Retry-After": "7"})
        callers.makes(call())
        callers.makes(call("ben", model="small"))
        await callers.ended()
        assert callers.admitted == [(0.0, "ben"), (7.0, "ann")]

    in_no_time(story())


def test_what_the_server_says_is_left_is_all_that_is_used() -> None:
    async def story() -> None:
        callers = Callers(WIDE)
        said = {
            "x-ratelimit-limit-requests": "60",
            "x-ratelimit-remaining-requests": "2",
            "x-ratelimit-reset-requests": "58s",
        }
        callers.throttle.learn("big", said)
        for _ in range(4):
            callers.makes(call())
        await callers.ended()
        assert [round(at, 6) for at, _ in callers.admitted] == [0, 0, 1, 2]

    in_no_time(story())


def test_a_larger_limit_lets_those_go_who_wait_already() -> None:
    async def story() -> None:
        callers = Callers(WIDE)
        callers.throttle.learn(
            "big", {"x-ratelimit-limit-requests": "1", "x-ratelimit-remaining-requests": "0"}
        )
        callers.makes(call())
        await asyncio.sleep(1)
        callers.throttle.learn("big", {"x-ratelimit-limit-requests": "600"})
        await callers.ended()
        assert asyncio.get_running_loop().time() < 1.2

    in_no_time(story())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 3), st.booleans()),
        min_size=3,
        max_size=25,
    )
)
def test_whoever_gives_up_whenever_nobody_waits_for_ever_and_nothing_is_lost(
    calls: list[tuple[int, int, int, bool]],
) -> None:
    async def story() -> None:
        callers = Callers(Limits(2, 4, 8, requests_per_minute=12, tokens_per_minute=2_000))
        loop = asyncio.get_running_loop()
        for number, (customer, pause, length, gives_up) in enumerate(calls):
            size = 2_500 if number % 9 == 8 else 200
            model = "small" if number % 4 == 3 else "big"
            task = callers.makes(call(f"customer {customer}", model, tokens=size), length)
            if gives_up:
                loop.call_later(pause * 0.5, task.cancel)
            await asyncio.sleep(pause * 0.5 if pause else 0)
        ended = await asyncio.gather(*callers.tasks, return_exceptions=True)
        assert all(one is None or isinstance(one, asyncio.CancelledError | ModelFault) for one in ended)
        assert callers.most_at_once <= 2
        assert callers.is_empty
        await _all_is_there_again(callers)

    in_no_time(story())


async def _all_is_there_again(callers: Callers) -> None:
    """After some minutes of quiet as much goes at once as in the beginning."""
    await asyncio.sleep(600)
    before = asyncio.get_running_loop().time()
    await asyncio.gather(*(callers.makes(call(f"customer {number}")) for number in range(10)))
    assert asyncio.get_running_loop().time() == before
