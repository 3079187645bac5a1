"""Rounds of questions, asked of one contestant at a time, and what they came to."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from tests.bench.processes import Started
from tests.bench.stage import QUESTIONS, Room

# After a round: until what follows a reply (a record, a reaction taken off) is over.
SETTLE_SECONDS = 0.4
# Between two questions of a quiet round: each finds the bot at rest.
PAUSE_SECONDS = 0.05


@dataclass
class Contestant:
    """A bot on one platform, and what was measured of it, round by round."""

    room: Room
    started: Started
    added: dict[str, list[float]] = field(default_factory=dict)  # by kind of round: seconds, a median each
    cpu: dict[str, list[tuple[float, int]]] = field(default_factory=dict)  # seconds, turns
    rate: dict[str, list[float]] = field(default_factory=dict)  # turns a second
    slowest: dict[str, list[float]] = field(default_factory=dict)  # seconds until the last reply of a burst
    windows: list[tuple[float, float]] = field(default_factory=list)  # when it was busy
    calls: Counter[str] = field(default_factory=Counter)
    turns: int = 0
    _numbers: count[int] = field(default_factory=count)

    def question(self) -> str:
        """Return a question, each time another one."""
        number = next(self._numbers)
        return f"{QUESTIONS[number % len(QUESTIONS)]} ({number})"

    async def ask(self, place: str) -> float:
        """Ask a question and return in how many seconds the reply was there.

        Raises:
            RuntimeError: There was none; tells what the bot wrote last.
        """
        try:
            return await self.room.ask(place, self.question())
        except TimeoutError:
            log = "\n".join(self.started.running.log[-5:])
            raise RuntimeError(
                f"no reply in {place} on {self.room.platform}; its log ends with:\n{log}"
            ) from None

    async def warm_up(self) -> None:
        """Let everybody write once, so that names are known and connections open."""
        self.room.model.delay = 0.0
        for start in range(0, len(self.room.places), 20):
            await asyncio.gather(*map(self.ask, self.room.places[start : start + 20]))
        await asyncio.sleep(SETTLE_SECONDS)
        self.room.forget()

    async def quiet(self, kind: str, places: Sequence[str], delay: float) -> None:
        """Ask one question after the other; book the time that was added to the model's own, and the CPU."""
        self._before(delay)
        cpu = self.started.cpu()
        added = []
        for place in places:
            self.room.model.spent.clear()
            whole = await self.ask(place)
            added.append(whole - sum(s.ended - s.began for s in self.room.model.spent))
            await asyncio.sleep(PAUSE_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)
        self.added.setdefault(kind, []).append(median(added))
        self.cpu.setdefault(kind, []).append((self.started.cpu() - cpu, len(places)))
        self.calls += self.room.calls()
        self.turns += len(places)

    async def crowd(self, kind: str, times: int, delay: float) -> None:
        """Let everybody ask at once, so often, each as soon as the reply is there."""
        self._before(delay)
        cpu, began = self.started.cpu(), time.monotonic()
        waits: list[float] = []

        async def person(place: str) -> None:
            for _ in range(times):
                waits.append(await self.ask(place))

        await asyncio.gather(*(person(place) for place in self.room.places))
        ended = time.monotonic()
        self.windows.append((began, ended))
        await asyncio.sleep(SETTLE_SECONDS)
        self.rate.setdefault(kind, []).append(len(waits) / (ended - began))
        self.slowest.setdefault(kind, []).append(max(waits))
        self.cpu.setdefault(kind, []).append((self.started.cpu() - cpu, len(waits)))

    def cpu_per_turn(self, kind: str) -> float:
        """Seconds of CPU a turn, over all rounds of a kind."""
        return sum(seconds for seconds, _ in self.cpu[kind]) / sum(turns for _, turns in self.cpu[kind])

    def _before(self, delay: float) -> None:
        self.room.forget()
        self.room.model.delay = delay
        gc.collect()


@dataclass(frozen=True)
class Stall:
    """Something that held an event loop, or a tick that came late; see `watched`."""

    kind: str
    at: float
    seconds: float
    cpu: float
    where: list[str]


def stalls(file: Path, windows: Sequence[tuple[float, float]]) -> list[Stall]:
    """Return what a watched process noted while it was busy, the longest first."""
    found = [Stall(**json.loads(line)) for line in file.read_text().splitlines()]
    kept = [s for s in found if any(began <= s.at <= ended + SETTLE_SECONDS for began, ended in windows)]
    return sorted(kept, key=lambda stall: -stall.seconds)


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Return the first and the third quartile."""
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = quantiles(values, n=4, method="inclusive")
    return low, high
