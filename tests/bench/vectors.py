"""What meaning search costs: made-up vectors at three sizes, and the real model on this machine.

`python -m tests.bench.vectors` prints both tables; each line is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from typing import ParamSpec, TypeVar

import numpy
from numpy.typing import NDArray

from core.embedding import LocalEmbedder, is_installed
from core.knowledge.vectors import Vectors, key_of

P = ParamSpec("P")
T = TypeVar("T")
Rows = NDArray[numpy.float32]

SIZES = (1_000, 10_000, 100_000)
DIMENSIONS = 384
QUERIES = 60
NEAREST = 50
CANDIDATES = 150
# Passages lie in clusters, as subjects do: each a centre and what is its own, in these parts.
CLUSTER = 50
OWN = 0.8
TICK = 0.005
WORDS = (
    "account plan invoice refund parcel sensor plant water battery card password order warranty delivery "
    "address week light screen device button how do I change cancel return replace the my a new when is"
).split()


@dataclass(frozen=True)
class Made:
    """Questions, and which passages are exactly the nearest."""

    queries: Rows
    nearest: list[list[bytes]]


def make(size: int, path: Path) -> Made:
    """Make vectors up and keep them; return questions with what float32 finds for them."""
    random = numpy.random.default_rng(size)

    def noise(count: int) -> Rows:
        return _unit(random.standard_normal((count, DIMENSIONS), numpy.float32))

    centres = noise(max(1, size // CLUSTER))
    rows = _unit(centres[random.integers(0, len(centres), size)] + OWN * noise(size))
    keys = _keys(size)
    vectors = Vectors(path, "made up")
    vectors.use(keys)
    for begin in range(0, size, 1_000):
        vectors.keep(keys[begin : begin + 1_000], rows[begin : begin + 1_000])
    vectors.close()
    queries = _unit(rows[random.integers(0, size, QUERIES)] + OWN * noise(QUERIES))
    best = numpy.argsort(-(rows @ queries.T), axis=0, kind="stable")[:NEAREST].T
    return Made(queries, [[keys[row] for row in found] for found in best])


def measure(size: int, path: Path, made: Made) -> str:
    """Open what was kept and ask; return a line of the table."""
    keys = _keys(size)
    before = resident()
    opened, vectors = timed(lambda: Vectors(path, "made up"))
    used, _ = timed(lambda: vectors.use(keys))
    vectors.nearest(made.queries[0], NEAREST)
    memory = resident() - before
    asked, recall = [], []
    for query, exact in zip(made.queries, made.nearest, strict=True):
        seconds, found = timed(lambda query=query: vectors.nearest(query, NEAREST))  # type: ignore[misc]
        asked.append(seconds)
        recall.append(len({key for key, _ in found} & set(exact)) / len(exact))
    some = keys[:: max(1, size // CANDIDATES)]
    scored = [timed(lambda query=query: vectors.cosines(query, some))[0] for query in made.queries]  # type: ignore[misc]
    return (
        f"{size:>9,} {opened * 1e3:>9.0f} {used * 1e3:>9.1f} {median(asked) * 1e3:>9.2f} "
        f"{quantiles(asked, n=20)[-1] * 1e3:>9.2f} {median(scored) * 1e3:>9.2f} {memory:>9.0f} "
        f"{path.stat().st_size / 1e6:>9.0f} {numpy.mean(recall):>9.3f}"
    )


def model() -> list[str]:
    """Load the local model and embed; return lines to print."""
    return asyncio.run(_model())


async def _model() -> list[str]:
    embedder = LocalEmbedder()
    before, began, cpu = resident(), time.perf_counter(), time.process_time()
    await embedder.embed(["Hello"], urgent=True)
    took = f"{time.perf_counter() - began:.2f} s ({time.process_time() - cpu:.2f} s of CPU)"
    lines = [f"loading        {took}, {resident() - before:.0f} MB"]
    for what, words, count in (("question", 10, 60), ("passage", 200, 20)):
        spent = []
        for text in _texts(words, count):
            cpu = time.process_time()
            await embedder.embed([text], urgent=False)
            spent.append(time.process_time() - cpu)
        lines.append(
            f"{what:<10} of {words:>3} words: {median(spent) * 1e3:.1f} ms of CPU, "
            f"95th {quantiles(spent, n=20)[-1] * 1e3:.1f}"
        )
    lines.append(f"memory then    {resident() - before:.0f} MB")
    quiet, calm = await _questions(embedder)
    making = asyncio.create_task(embedder.embed(_texts(200, 10_000), urgent=False))
    await asyncio.sleep(0.2)
    late, hurried = await _questions(embedder)
    closing = asyncio.create_task(embedder.close())
    await asyncio.gather(making, return_exceptions=True)
    await closing
    lines += [
        f"at rest:               a question {calm}; a tick of the event loop late by {quiet}",
        f"while passages are made: a question {hurried}; a tick of the event loop late by {late}",
    ]
    return lines


async def _questions(embedder: LocalEmbedder) -> tuple[str, str]:
    """Ask now and then; return how late the event loop ticked, and how long a question took."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            late.append(time.perf_counter() - due)

    ticking = asyncio.create_task(tick())
    waits = []
    for text in _texts(10, 60):
        await asyncio.sleep(0.05)
        began = time.perf_counter()
        await embedder.embed([text], urgent=True)
        waits.append(time.perf_counter() - began)
    ticking.cancel()
    return _spread(late), _spread(waits)


def _spread(seconds: Sequence[float]) -> str:
    hundredths = quantiles(seconds, n=100)
    return (
        f"{median(seconds) * 1e3:.1f} ms (95th {hundredths[94] * 1e3:.1f}, longest {max(seconds) * 1e3:.1f})"
    )


def _texts(words: int, count: int) -> list[str]:
    choice = random.Random(words)
    return [" ".join(choice.choices(WORDS, k=words)) for _ in range(count)]


def _unit(rows: Rows) -> Rows:
    unit: Rows = rows / numpy.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _keys(size: int) -> list[bytes]:
    return [key_of(str(number)) for number in range(size)]


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the CPU seconds that some work takes, of all threads, and what it returns."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def resident() -> float:
    """Return the memory that this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096 / 1e6


def alone(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do some work in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(work, *args, **kwargs).result()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many vectors are made up")
    args = parser.parse_args()
    out = sys.stdout.write
    names = ("passages", "open ms", "use ms", "ask ms", "95th ms", f"of {CANDIDATES} ms", "MB", "disk MB")
    out(f"Made-up vectors of {DIMENSIONS} dimensions; milliseconds of CPU\n")
    out(" ".join(f"{name:>9}" for name in (*names, f"of {NEAREST}")) + "\n")
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "vectors.db"
            out(alone(measure, size, path, alone(make, size, path)) + "\n")
    out("\nThe model on this machine\n")
    out("\n".join(alone(model)) + "\n" if is_installed() else "The extra `semantic` is not installed.\n")


if __name__ == "__main__":
    main()
