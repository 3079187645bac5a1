"""How well questions that ask the same are put together, and what that takes: `python -m tests.bench.gaps`.

For each threshold it prints two shares of the labelled questions in `gap_questions.txt` (B-cubed, Bagga and
Baldwin 1998: of the questions beside each one, how many belong there; of those that belong there, how many
are), their harmonic mean, and how many groups there are. Then how long 10,000 questions take.
"""

from __future__ import annotations

import asyncio
import resource
import time
from pathlib import Path

import click
import numpy

from core.embedding import LocalEmbedder, is_installed
from core.gaps.grouping import BY_MEANING, BY_WORDS, groups
from core.gaps.vectors import vectors_of_words

FILE = Path(__file__).with_name("gap_questions.txt")
MANY = 10_000


def labelled() -> tuple[list[str], list[int]]:
    """Return the questions of the file, and for each the number of its block."""
    blocks = FILE.read_text().split("\n\n")[1:]
    pairs = [(text, number) for number, block in enumerate(blocks) for text in block.strip().split("\n")]
    return [text for text, _ in pairs], [number for _, number in pairs]


def b_cubed(found: list[list[int]], labels: list[int]) -> tuple[float, float]:
    """Return precision and recall of groups of rows, given each row's label."""
    precision = recall = 0.0
    for rows in found:
        for row in rows:
            right = sum(labels[other] == labels[row] for other in rows)
            precision += right / len(rows)
            recall += right / labels.count(labels[row])
    return precision / len(labels), recall / len(labels)


async def main() -> None:
    """Print the tables."""
    texts, labels = labelled()
    ways = {"words": (vectors_of_words(texts), BY_WORDS)}
    if is_installed():
        embedder = LocalEmbedder()
        ways["meaning"] = (await embedder.embed(texts, urgent=False), BY_MEANING)
        await embedder.close()
    for way, (vectors, chosen) in ways.items():
        click.echo(f"\n{len(texts)} questions in {max(labels) + 1} groups, by {way}\n")
        click.echo(
            "| threshold | rightly there | of what belongs there | F1 | groups |\n|---|---|---|---|---|"
        )
        for threshold in numpy.arange(0.2, 0.71, 0.05):
            found = groups(vectors, float(threshold))
            right, whole = b_cubed(found, labels)
            mean = 2 * right * whole / (right + whole)
            mark = " (chosen)" if abs(threshold - chosen) < 0.01 else ""
            click.echo(f"| {threshold:.2f}{mark} | {right:.2f} | {whole:.2f} | {mean:.2f} | {len(found)} |")
    click.echo("")
    many = [f"{texts[number % len(texts)]} {number % 97}" for number in range(MANY)]
    for columns in (vectors_of_words(many), numpy.random.default_rng(1).normal(size=(MANY, 384))):
        vectors = (columns / numpy.linalg.norm(columns, axis=1, keepdims=True)).astype(numpy.float32)
        begun = time.process_time()
        count = len(groups(vectors, BY_WORDS))
        seconds = time.process_time() - begun
        click.echo(
            f"{MANY:,} questions of {vectors.shape[1]} columns: {count:,} groups, {seconds:.1f} s of CPU"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"memory at most: {peak:.0f} MB")


if __name__ == "__main__":
    asyncio.run(main())
