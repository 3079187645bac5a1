"""What a throttle costs: CPU of a call that nobody holds up, and how fast a crowd gets through.

Run with `python -m tests.bench.throttle`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from itertools import pairwise

from core.messages import Usage
from core.ports import Asker, Call
from core.throttle import FairThrottle, Limits

CALLS = 20_000
CROWD, CUSTOMERS = 10_000, 1_000
WIDE = Limits(50, 10**6, 2 * CROWD, 10**7, 10**10)
HEADERS = {
    "x-ratelimit-limit-requests": "1000000",
    "x-ratelimit-remaining-requests": "999999",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-limit-tokens": "150000000",
    "x-ratelimit-remaining-tokens": "149999000",
    "x-ratelimit-reset-tokens": "6ms",
    **{f"x-other-{number}": "words" for number in range(15)},
}


def call(number: int) -> Call:
    """Return a call of one of the customers."""
    return Call("big", "answer", 1_000, 500, Asker(f"customer {number % CUSTOMERS}"))


async def idle() -> str:
    """Return the CPU time of each step of a call that need not wait."""
    throttle, calls = FairThrottle(WIDE), [call(number) for number in range(CALLS)]
    times = [time.process_time()]
    for one in calls:
        async with throttle.admit(one):
            pass
    times.append(time.process_time())
    for one in calls:
        throttle.settle(one, Usage("big", 900, 0, 100, 1))
    times.append(time.process_time())
    for _ in calls:
        throttle.learn("big", HEADERS)
    times.append(time.process_time())
    each = [1e6 * (after - before) / CALLS for before, after in pairwise(times)]
    return "one after the other: admit {:.1f} µs, settle {:.1f} µs, learn {:.1f} µs".format(*each)


async def crowd() -> str:
    """Return how long it takes until all of a crowd got through, one at a time."""
    throttle, gate = FairThrottle(Limits(1, 10**6, 2 * CROWD, 10**7, 10**10)), asyncio.Event()

    async def one(number: int) -> None:
        async with throttle.admit(call(number)):
            await gate.wait()

    tasks = [asyncio.create_task(one(number)) for number in range(CROWD + 1)]
    began = time.perf_counter()
    await asyncio.sleep(0)
    queued = time.perf_counter()
    gate.set()
    await asyncio.gather(*tasks)
    drained = time.perf_counter() - queued
    return (
        f"{CROWD} calls of {CUSTOMERS} customers: {queued - began:.2f} s to queue, {drained:.2f} s to drain"
    )


if __name__ == "__main__":
    for measure in (idle, crowd):
        sys.stdout.write(asyncio.run(measure()) + "\n")
