"""Measures the search at 1,000, 10,000 and 100,000 made-up passages and prints one table.

    python -m tests.bench.knowledge [--passages 1000 --passages 10000 …]

The words are made up and drawn as words of a language are (Zipf), 120 a passage, ten passages a file. The
vectors are made up too: real ones of so many passages take hours on a CPU; what it takes to put a question
into one (7 to 10 ms with the extra `semantic`) comes on top of "with meaning". At each size one process
builds the index, and another starts again on it and searches.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from core.knowledge import Library

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from core.ports import Vectors

SIZES = (1_000, 10_000, 100_000)
PASSAGES_A_FILE = 10
WORDS_A_PASSAGE = 120
WORDS_A_QUESTION = 9
VOCABULARY = 60_000
SEARCHES = 300
DIMENSIONS = 384
# A letter in so many questions is mistyped.
MISTYPED = 0.2


class MadeUp:
    """An embedder whose vectors mean nothing, but are as large and as many as real ones."""

    name = "made-up"
    multilingual = False
    batch = 256

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        """Return a vector of length 1 for each text, always the same for the same one."""
        import numpy

        seeds = [hash(text) & 0xFFFFFFFF for text in texts]
        rows = [numpy.random.default_rng(seed).standard_normal(DIMENSIONS) for seed in seeds]
        made: NDArray[numpy.float32] = numpy.array(rows, numpy.float32)
        made /= numpy.linalg.norm(made, axis=1, keepdims=True)
        return made

    async def close(self) -> None:
        """Nothing to give back."""


class Writer:
    """Writes made-up words; the same ones every time."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        ends = ("a", "e", "i", "o", "u", "ar", "en", "is")
        syllables = [f"{letter}{end}" for letter in "bcdfghklmnprstvw" for end in ends]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words["".join(self._random.choices(syllables, k=self._random.randint(1, 4)))] = None
        self._words = list(words)
        self._weights = list(accumulate(1 / rank**1.05 for rank in range(1, VOCABULARY + 1)))

    def words(self, count: int) -> str:
        """Return some words."""
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=count))

    def article(self) -> str:
        """Return an article of ten passages."""
        sections = (f"## {self.words(6)}\n\n{self.words(WORDS_A_PASSAGE)}\n" for _ in range(PASSAGES_A_FILE))
        return f"# {self.words(4)}\n\n" + "\n".join(sections)

    def question(self) -> str:
        """Return a question, now and then with two letters swapped."""
        question = self.words(WORDS_A_QUESTION)
        if self._random.random() < MISTYPED:
            at = self._random.randrange(len(question) - 1)
            question = question[:at] + question[at + 1] + question[at] + question[at + 2 :]
        return question


@dataclass(frozen=True)
class Measured:
    """What one process measured, in seconds, bytes and files."""

    start: float
    start_cpu: float
    memory: int
    words: tuple[float, ...] = ()
    meaning: tuple[float, ...] = ()
    update: float = 0.0


def write_folder(folder: Path, passages: int) -> None:
    """Write a knowledge folder."""
    writer = Writer()
    for number in range(passages // PASSAGES_A_FILE):
        file = folder / "articles" / f"{number % 100:02}" / f"{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(writer.article())
    (folder / "instructions.md").write_text("Be kind.")


async def measure(folder: Path, *, searches: bool) -> Measured:
    """Start on a folder; search it if asked to."""
    began, cpu = time.perf_counter(), time.process_time()
    library = Library(folder / "knowledge", folder / "index", MadeUp() if searches else None)
    await library.open()
    start, start_cpu = time.perf_counter() - began, time.process_time() - cpu
    try:
        if not searches:
            return Measured(start, start_cpu, _memory())
        words = await _search_times(library)
        update = await _update_time(library, folder / "knowledge")
        await library.make_vectors(lambda done, total: None)
        meaning = await _search_times(library)
        return Measured(start, start_cpu, _memory(), words, meaning, update)
    finally:
        library.close()


async def _search_times(library: Library) -> tuple[float, ...]:
    """Return what each search takes of the CPU, in all threads; some have an earlier question."""
    writer = Writer()
    times = []
    earlier: list[str] = []
    for number in range(SEARCHES):
        question = writer.question()
        began = time.process_time()
        await library.look_up(question, earlier)
        times.append(time.process_time() - began)
        earlier = [] if number % 3 == 0 else [*earlier, question]
    return tuple(times)


async def _update_time(library: Library, folder: Path) -> float:
    """Return how long after a file was changed its new words are found."""
    (folder / "articles" / "00" / "0.md").write_text("# Umbrellas\n\nWe rent out umbrellas.")
    began = time.perf_counter()
    while not (await library.look_up("umbrellas")).findings.found:
        await asyncio.sleep(0.01)
    return time.perf_counter() - began


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _row(passages: int) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name:
        folder = Path(name)
        sys.stderr.write(f"… {passages:,} passages\n")
        write_folder(folder / "knowledge", passages)
        first, again = _in_process(folder, "build"), _in_process(folder, "search")
        size = sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file())
        words_size = sum(file.stat().st_size for file in (folder / "index").rglob("words-*/*"))
    return [
        f"{passages:,}",
        f"{first.start:.1f} s ({first.start_cpu:.1f})",
        f"{again.start:.2f} s ({again.start_cpu:.2f})",
        _times(again.words),
        _times(again.meaning),
        f"{again.update:.2f} s",
        f"{first.memory / 1e6:.0f} / {again.memory / 1e6:.0f} MB",
        f"{words_size / 1e6:.0f} + {(size - words_size) / 1e6:.0f} MB",
    ]


def _times(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1e3:.1f} / {quantiles(seconds, n=20)[-1] * 1e3:.1f} ms"


def _in_process(folder: Path, step: str) -> Measured:
    command = [sys.executable, "-m", "tests.bench.knowledge", "--step", step, "--folder", str(folder)]
    # The same question has the same made-up vector in every process.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    return Measured(**json.loads(done.stdout))


HEAD = [
    "passages",
    "built in (CPU)",
    "second start (CPU)",
    "search by words, median / p95 CPU",
    "with meaning",
    "a changed file is found after",
    "memory, building / searching",
    "on disk, words + vectors",
]


def table(sizes: Sequence[int]) -> str:
    """Measure at some sizes and return the table."""
    rows = [HEAD, *map(_row, sizes)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def main() -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.knowledge", description=__doc__)
    parser.add_argument("--passages", type=int, action="append", help="a size to measure; may be given again")
    parser.add_argument("--step", choices=["build", "search"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    if options.step:
        measured = asyncio.run(measure(options.folder, searches=options.step == "search"))
        sys.stdout.write(json.dumps(asdict(measured)))
    else:
        sys.stdout.write(f"{table(options.passages or SIZES)}\n")


if __name__ == "__main__":
    main()
