"""Runs all measurements and prints one table."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

import core
from tests.bench.processes import FLOORS, FRONTDESK, PROMISING, TUNED, Started, started
from tests.bench.rounds import Contestant, spread, stalls
from tests.bench.stage import PEOPLE, stage
from tests.bench.tokens import LONG_ANSWERS, MARKS, WAYS, TurnCost, at_marks, long_conversation

PLATFORMS = ("slack", "discord")
PARTS = ("starts", "race", "search", "stalls", "tokens")
# So small a prompt does not hold the folder: each question is searched for.
SEARCHING = {"AGENTS": "slack:G1", "CONTEXT_TOKENS": "10000"}
SEARCHES = {"by words": "none", "by words and meaning": "local"}
QUIET = {"model 0 s": 0.0, "model 0.2 s": 0.2}
CROWD = {"model 0 s": 0.0, "model 1 s": 1.0}


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int
    questions: int
    crowds: int
    times: int
    starts: int
    turns: int


WHOLE = Effort(rounds=6, questions=20, crowds=3, times=2, starts=3, turns=4_000)
QUICK = Effort(rounds=3, questions=15, crowds=1, times=1, starts=2, turns=400)


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    frontdesk: str
    floor: str = ""
    ratio: str = ""
    target: str = ""
    tuned: str = ""
    promising: str = ""


@dataclass(frozen=True)
class Race:
    """The bots on one platform: ours, the floor, a tuned one, and a tuned one with the least we promise."""

    ours: Contestant
    floor: Contestant
    tuned: Contestant
    promising: Contestant

    @property
    def all(self) -> tuple[Contestant, ...]:
        return self.ours, self.floor, self.tuned, self.promising

    def in_turn(self, number: int) -> tuple[Contestant, ...]:
        """Return who runs first, second and last in a round: each of them in each place, round by round."""
        first = number % len(self.all)
        return self.all[first:] + self.all[:first]


class Bench:
    """One run: the contestants side by side, rounds in turn."""

    def __init__(self, folder: Path, effort: Effort) -> None:
        self._folder = folder
        self._effort = effort
        self.rows: list[Row] = []
        self.notes: list[str] = []

    async def run(self, parts: Sequence[str]) -> None:
        """Measure the parts that are named in PARTS."""
        for name in parts:
            await getattr(self, f"_{name}")()

    # --- from the start to ready --------------------------------------------------------------------------

    async def _starts(self) -> None:
        _say("starting and stopping")
        async with AsyncExitStack() as stack:
            _, ours = await stack.enter_async_context(stage(*PLATFORMS))
            floors = {name: (await stack.enter_async_context(stage(name)))[1] for name in PLATFORMS}
            ours["AGENTS"] = "slack:G1"
            seconds: dict[str, list[float]] = {}
            memory: dict[str, list[float]] = {}
            for number in range(self._effort.starts):
                runs = {"frontdesk": (FRONTDESK, ours)}
                runs |= {name: (FLOORS[name], floors[name]) for name in PLATFORMS}
                for name, (command, settings) in runs.items():
                    folder = self._folder / f"start-{name}-{number}"
                    async with started(folder, command, settings) as process:
                        seconds.setdefault(name, []).append(process.seconds)
                        memory.setdefault(name, []).append(process.memory())
        floor = ", ".join(f"{name} {median(seconds[name]):.1f}" for name in PLATFORMS)
        self._add("time to ready, s (both platforms)", f"{median(seconds['frontdesk']):.1f}", floor)
        floor = ", ".join(f"{name} {median(memory[name]):.0f}" for name in PLATFORMS)
        self._add("memory when ready, MB", f"{median(memory['frontdesk']):.0f}", floor)

    # --- the race -----------------------------------------------------------------------------------------

    async def _race(self) -> None:
        async with AsyncExitStack() as stack:
            rooms, ours = await stack.enter_async_context(stage(*PLATFORMS))
            ours["AGENTS"] = "slack:G1"
            folder = self._folder / "race"
            process = await stack.enter_async_context(started(folder / "frontdesk", FRONTDESK, ours))
            races = []
            for name in PLATFORMS:
                floors = []
                for kind in (FLOORS, TUNED, PROMISING):
                    floor_rooms, theirs = await stack.enter_async_context(stage(name))
                    floor = await stack.enter_async_context(
                        started(folder / "-".join(kind[name]), kind[name], theirs)
                    )
                    floors.append(Contestant(floor_rooms[name], floor))
                races.append(Race(Contestant(rooms[name], process), *floors))
            for race in races:
                for contestant in race.all:
                    await contestant.warm_up()
            await self._quiet_rounds(races)
            await self._crowded_rounds(races)
            for race in races:
                self._report(race)
            await self._threads(races)
            self._loaded(process, races)

    async def _quiet_rounds(self, races: list[Race]) -> None:
        for kind, delay in QUIET.items():
            for number in range(self._effort.rounds):
                _say(f"one question after the other, {kind}, round {number + 1}")
                first = number * self._effort.questions
                for race in races:
                    for contestant in race.in_turn(number):
                        places = (contestant.room.places * 9)[first : first + self._effort.questions]
                        await contestant.quiet(kind, places, delay)

    async def _crowded_rounds(self, races: list[Race]) -> None:
        for kind, delay in CROWD.items():
            for number in range(self._effort.crowds):
                _say(f"{PEOPLE} channels at once, {kind}, round {number + 1}")
                for race in races:
                    for contestant in race.in_turn(number):
                        await contestant.crowd(f"crowd, {kind}", self._effort.times, delay)

    def _report(self, race: Race) -> None:
        ours, floor, tuned, promising = race.all
        name = ours.room.platform.title()
        for kind in QUIET:
            ratios = [a / b for a, b in zip(ours.added[kind], floor.added[kind], strict=True)]
            self._add(
                f"{name}: added latency, ms ({kind})",
                _milliseconds(ours.added[kind]),
                _milliseconds(floor.added[kind]),
                f"{median(ratios):.2f} ({_range(ratios)})",
                "≤ 1.3 × floor",
                _milliseconds(tuned.added[kind]),
                _milliseconds(promising.added[kind]),
            )
        rounds = {"one by one": "model 0.2 s", f"{PEOPLE} at once": "crowd, model 0 s"}
        for words, kind in rounds.items():
            mine, its, best, least = (one.cpu_per_turn(kind) * 1_000 for one in race.all)
            self._add(
                f"{name}: CPU a turn, ms ({words})",
                f"{mine:.1f}",
                f"{its:.1f}",
                f"{mine / its:.2f}",
                "≤ 8 (floor 7 to 10)",
                f"{best:.1f}",
                f"{least:.1f}",
            )
        for kind in CROWD:
            key = f"crowd, {kind}"
            rates = [f"{median(one.rate[key]):.0f} ({_range(one.rate[key], '.0f')})" for one in race.all]
            what = f"{name}: turns a second, {PEOPLE} channels ({kind})"
            ratio = median(ours.rate[key]) / median(floor.rate[key])
            self._add(what, rates[0], rates[1], f"{ratio:.2f}", "", *rates[2:])
            slowest = [median(one.slowest[key]) for one in race.all]
            what = f"{name}: slowest reply of them, s ({kind})"
            waits = [f"{seconds:.1f}" for seconds in slowest]
            self._add(what, waits[0], waits[1], f"{slowest[0] / slowest[1]:.2f}", "", *waits[2:])
        self._add(f"{name}: calls a turn (DM)", _per_turn(ours), _per_turn(floor), "", "one post")

    async def _threads(self, races: list[Race]) -> None:
        for race in races:
            ours = race.ours
            name = ours.room.platform.title()
            ours.room.model.delay = 0.2
            try:
                calls = await ours.room.ask_in_thread(ours.room.places[0])
            except TimeoutError as error:
                self.notes.append(f"{name}: a mention in a channel got no reply in its thread: {error}")
                self.notes += [line for line in ours.started.running.log if " ERROR " in line][:3]
                continue
            made = ", ".join(f"{call} {number}" for call, number in sorted(calls.items()))
            self._add(f"{name}: calls of a turn in a thread", made, "", "", "one post")
            fetched = sum(number for call, number in (ours.calls + calls).items() if _reads_history(call))
            self._add(f"{name}: history fetched", str(fetched), "", "", "0")

    def _loaded(self, process: Started, races: list[Race]) -> None:
        floors = [
            ", ".join(f"{one.room.platform} {one.started.memory():.0f}" for one in kind)
            for kind in zip(*(race.all[1:] for race in races), strict=True)
        ]
        self._add("memory after all this, MB", f"{process.memory():.0f}", floors[0], "", "", *floors[1:])

    # --- searching ----------------------------------------------------------------------------------------

    async def _search(self) -> None:
        """Measure where the folder doesn't fit a prompt, with the search for meaning off and on."""
        async with AsyncExitStack() as stack:
            desks: dict[str, dict[str, Contestant]] = {}
            for way, embeddings in SEARCHES.items():
                rooms, ours = await stack.enter_async_context(stage(*PLATFORMS))
                settings = {**ours, **SEARCHING, "EMBEDDINGS": embeddings}
                folder = self._folder / f"search-{embeddings}"
                process = await stack.enter_async_context(started(folder, FRONTDESK, settings))
                desks[way] = {name: Contestant(rooms[name], process) for name in PLATFORMS}
            for name in PLATFORMS:
                rooms, theirs = await stack.enter_async_context(stage(name))
                folder = self._folder / f"search-floor-{name}"
                floor = await stack.enter_async_context(started(folder, FLOORS[name], theirs))
                every = {**{way: desks[way][name] for way in SEARCHES}, "": Contestant(rooms[name], floor)}
                for contestant in every.values():
                    await contestant.warm_up()
                    await contestant.started.at_rest()  # the articles are learned in the background
                for number in range(self._effort.rounds):
                    _say(f"searching, {name}, round {number + 1}")
                    for contestant in every.values():
                        await contestant.quiet("", contestant.room.places[: self._effort.questions], 0.2)
                self._report_search(name.title(), every)

    def _report_search(self, name: str, every: dict[str, Contestant]) -> None:
        floor = every.pop("")
        for way, ours in every.items():
            ratios = [a / b for a, b in zip(ours.added[""], floor.added[""], strict=True)]
            self._add(
                f"{name}: added latency, ms (model 0.2 s, searching {way})",
                _milliseconds(ours.added[""]),
                _milliseconds(floor.added[""]),
                f"{median(ratios):.2f} ({_range(ratios)})",
            )
            mine, its = (one.cpu_per_turn("") * 1_000 for one in (ours, floor))
            what = f"{name}: CPU a turn, ms (one by one, searching {way})"
            self._add(what, f"{mine:.1f}", f"{its:.1f}", f"{mine / its:.2f}")

    # --- the loop -----------------------------------------------------------------------------------------

    async def _stalls(self) -> None:
        _say("watching the event loops")
        async with AsyncExitStack() as stack:
            rooms, ours = await stack.enter_async_context(stage(*PLATFORMS))
            folder = self._folder / "stalls"
            files = {"frontdesk": folder / "frontdesk.jsonl"}
            busy: dict[str, list[tuple[float, float]]] = {"frontdesk": []}
            async with started(folder / "frontdesk", FRONTDESK, ours, files["frontdesk"]) as process:
                for name in PLATFORMS:
                    busy["frontdesk"] += await self._crowd_once(Contestant(rooms[name], process))
            for name in PLATFORMS:
                files[name] = folder / f"{name}.jsonl"
                theirs_rooms, theirs = await stack.enter_async_context(stage(name))
                async with started(folder / name, FLOORS[name], theirs, files[name]) as process:
                    busy[name] = await self._crowd_once(Contestant(theirs_rooms[name], process))
        found = {name: stalls(files[name], busy[name]) for name in files}
        for words, kind, target in (
            ("longest callback, ms", "held", "≤ 50 ms"),
            (f"latest tick of the loop, {PEOPLE} at once, ms", "late", ""),
        ):
            chosen = {name: [s for s in found[name] if s.kind == kind] for name in found}
            longest = {name: max((s.seconds for s in chosen[name]), default=0.0) * 1e3 for name in found}
            floor = ", ".join(f"{name} {longest[name]:.0f}" for name in PLATFORMS)
            self._add(words, f"{longest['frontdesk']:.0f}", floor, "", target)
        held = [s for s in found["frontdesk"] if s.kind == "held"]
        for stall in held[:5]:
            where = "; ".join(stall.where) or "?"
            self.notes.append(
                f"The loop was held {stall.seconds * 1e3:.0f} ms ({stall.cpu * 1e3:.0f} ms of CPU): {where}"
            )

    async def _crowd_once(self, contestant: Contestant) -> list[tuple[float, float]]:
        await contestant.warm_up()
        for kind, delay in CROWD.items():
            await contestant.crowd(kind, 1, delay)
        return contestant.windows

    # --- tokens -------------------------------------------------------------------------------------------

    async def _tokens(self) -> None:
        for kind, length in (("short answers", 1), ("long answers", LONG_ANSWERS)):
            _say(f"one conversation of {self._effort.turns} turns, {kind}")
            costs = await long_conversation(self._folder, self._effort.turns, length)
            self._flatness(kind, costs)
        for way in WAYS:
            if way != "drop":
                _say(f"the same, HISTORY={way}")
                costs = await long_conversation(self._folder, self._effort.turns, LONG_ANSWERS, way)
            self._reuse(way, costs)

    def _reuse(self, way: str, costs: list[TurnCost]) -> None:
        at = at_marks(costs)
        self._add(
            f"HISTORY={way}: mean tokens a turn up to turn {', '.join(f'{one.turn:,}' for one in at)}",
            ", ".join(f"{one.mean:,.0f}" for one in at),
        )
        self._add(
            "  share of the previous prompt that is reused", ", ".join(f"{one.reused:.1%}" for one in at)
        )
        if any(one.beside for one in at):
            self._add(
                "  tokens a turn for the summaries, besides", ", ".join(f"{one.beside:,.0f}" for one in at)
            )

    def _flatness(self, kind: str, costs: list[TurnCost]) -> None:
        marks = [turn for turn in MARKS if turn <= len(costs)]
        at = {turn: costs[turn - 1] for turn in marks}
        listed = ", ".join(f"{turn:,}: {cost.tokens:,}" for turn, cost in at.items())
        change = max(abs(cost.tokens / at[marks[0]].tokens - 1) for cost in at.values())
        self._add(f"tokens sent, by turn ({kind})", listed, "", f"± {change:.1%}", "within 5 %")
        full = next(number for number, cost in enumerate(costs, 1) if cost.full)
        steady = [cost.tokens for cost in costs[full - 1 :]]
        around = (max(steady) - min(steady)) / (max(steady) + min(steady))
        self._add(
            f"  lowest and highest from turn {full}, when the history is full",
            f"{min(steady):,} to {max(steady):,}",
            "",
            f"± {around:.1%}",
            "within 5 %",
        )
        half = len(costs) // 2
        early, late = costs[full - 1 : full + 99], costs[half:]
        self._add(
            "  mean of the 100 turns from there, and of the later half",
            f"{_mean(early, lambda c: c.tokens):,.0f}, {_mean(late, lambda c: c.tokens):,.0f}",
            "",
            f"{_mean(late, lambda c: c.tokens) / _mean(early, lambda c: c.tokens) - 1:+.1%}",
            "within 5 %",
        )
        self._add("  share with an equal prefix (cacheable)", f"{_mean(late, lambda c: c.cacheable):.1%}")
        self._add(
            "  ms a turn in process: these 100, later half",
            f"{_mean(early, lambda c: c.seconds) * 1e3:.1f}, {_mean(late, lambda c: c.seconds) * 1e3:.1f}",
        )

    # --- the table ----------------------------------------------------------------------------------------

    def _add(self, *cells: str) -> None:
        self.rows.append(Row(*cells))

    def table(self) -> str:
        """Return the table, and the notes under it."""
        head = Row("", "Frontdesk", "floor", "ratio", "target", "tuned floor", "that keeps the promises")
        lines = [astuple(row) for row in (head, *self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
        text = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
        ]
        text.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([*(line.rstrip() for line in text), "", *self.notes])


def _milliseconds(values: list[float]) -> str:
    low, high = spread(values)
    return f"{median(values) * 1e3:.1f} ({low * 1e3:.1f} to {high * 1e3:.1f})"


def _range(values: list[float], form: str = ".2f") -> str:
    low, high = spread(values)
    return f"{low:{form}} to {high:{form}}"


def _per_turn(contestant: Contestant) -> str:
    calls = contestant.calls.most_common()
    return ", ".join(f"{call} {number / contestant.turns:.2g}" for call, number in calls)


def _reads_history(call: str) -> bool:
    return call in {"conversations.history", "conversations.replies", "GET /channels/…/messages"}


def _mean(costs: list[TurnCost], of: Callable[[TurnCost], float]) -> float:
    return sum(map(of, costs)) / len(costs)


def _say(what: str) -> None:
    sys.stderr.write(f"… {what}\n")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewer and shorter rounds, and 400 turns instead of 4,000"
    )
    parser.add_argument(
        "--only", choices=PARTS, nargs="+", default=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}"
    )
    given = parser.parse_args()
    effort = QUICK if given.quick else WHOLE
    logging.disable(logging.ERROR)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        bench = Bench(Path(folder), effort)
        asyncio.run(bench.run(given.only))
    machine = f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"
    sys.stdout.write(
        f"\n{Path(core.__file__).parents[1]}, {machine}, {time.monotonic() - began:.0f} s. "
        f"In brackets: the quartiles of the rounds.\n\n{bench.table()}\n"
    )


if __name__ == "__main__":
    main()
