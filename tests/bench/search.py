"""Measures how well articles are found, and whether the search knows what they don't answer.

    python -m tests.bench.search KNOWLEDGE_DIR QUESTIONS.jsonl [UNANSWERABLE.jsonl] [--worst 10]

KNOWLEDGE_DIR is a knowledge folder, or a folder of articles. A line of QUESTIONS is {"question",
"relevant_files", "history"?}: `relevant_files` are paths of the articles that answer it, or their ends, and
`history` is a list of {"role", "text"}. A line of UNANSWERABLE needs no `relevant_files`. Each figure is
printed with search by meaning, if the extra `semantic` is there, and by words alone. Vectors are kept in
--index from run to run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.embedding import LocalEmbedder, is_installed
from core.evaluation.metrics import Share, auroc, hit_rate, rank_of, reciprocal_rank, share_of
from core.knowledge import Library
from core.knowledge.query import Said
from core.messages import Findings
from core.ports import Embedder

WITHIN = (1, 3, 5)
# As many as a turn gets.
LIMIT = 10


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a file of questions."""

    text: str
    earlier: tuple[Said, ...]
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search gave for a question."""

    question: Question
    findings: Findings

    @property
    def articles(self) -> list[str]:
        """The articles found, best first, as the file of questions names them."""
        return list(
            dict.fromkeys(_named(f.passage.article, self.question.relevant) for f in self.findings.found)
        )

    @property
    def rank(self) -> int | None:
        """The place of the first relevant article among those found."""
        return rank_of(self.question.relevant, self.articles)


def _named(path: str, relevant: Collection[str]) -> str:
    return next((name for name in relevant if path == name or path.endswith(f"/{name}")), path)


def read(path: Path) -> list[Question]:
    """Return the questions of a file."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Question(
            line["question"],
            tuple(Said(said["text"], ours=said["role"] != "user") for said in line.get("history") or ()),
            frozenset(line.get("relevant_files") or ()),
        )
        for line in lines
    ]


@contextmanager
def knowledge_in(folder: Path) -> Iterator[Path]:
    """Give a knowledge folder: this one, or one around a bare folder of articles."""
    if (folder / "articles").is_dir():
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as around:
        (Path(around) / "articles").symlink_to(folder.resolve())
        (Path(around) / "instructions.md").write_text("Answer from the articles.\n")
        yield Path(around)


async def searched(library: Library, questions: Sequence[Question]) -> list[Searched]:
    """Search for each question as a turn does."""
    return [
        Searched(question, (await library.look_up(question.text, question.earlier, LIMIT)).findings)
        for question in questions
    ]


@dataclass(frozen=True, slots=True)
class Measured:
    """One way to search, and what it gave."""

    way: str
    articles: int
    passages: int
    milliseconds: float
    answered: Sequence[Searched]
    others: Sequence[Searched]


async def measured(
    way: str, knowledge: Path, index: Path, embedder: Embedder | None, files: Sequence[Path]
) -> Measured:
    """Search for all questions in one way."""
    library = Library(knowledge, index, embedder)
    try:
        articles = await library.open()
        await library.make_vectors(lambda done, of: _tell(f"\r… {done} of {of} vectors"))
        questions, *unanswerable = [read(file) for file in files]
        began = time.process_time()
        answered = await searched(library, questions)
        each = (time.process_time() - began) / max(1, len(questions)) * 1e3
        others = [one for part in unanswerable for one in await searched(library, part)]
        return Measured(way, articles, await library.size(), each, answered, others)
    finally:
        library.close()


def report(measured: Measured, worst: int) -> Iterator[str]:
    """Yield the lines that tell the figures, and the worst misses."""
    answered, others = measured.answered, measured.others
    ranks = [one.rank for one in answered]
    yield f"{measured.way}: {len(answered)} questions, {measured.milliseconds:.1f} ms of CPU each"
    yield f"  in {measured.articles} articles with {measured.passages} passages"
    for within in WITHIN:
        yield f"  hit@{within}  {_shown(hit_rate(ranks, within))}"
    yield f"  MRR    {reciprocal_rank(ranks) or 0:.3f}"
    yield f"  refused, though answered        {_shown(_refused(answered))}"
    if others:
        area = auroc(
            [one.findings.answerable for one in answered], [one.findings.answerable for one in others]
        )
        yield f"  refused, as no article answers  {_shown(_refused(others))}"
        yield f"  AUROC of `answerable`           {area or 0:.3f}"
    missed = [one for one in answered if one.rank != 1]
    missed.sort(key=lambda one: (one.rank is not None, -(one.rank or 0)))
    for one in missed[:worst]:
        yield from _miss(one)


def _refused(asked: Sequence[Searched]) -> Share:
    return share_of(not one.findings.usable for one in asked)


def _shown(share: Share) -> str:
    low, high = share.interval
    return f"{share.value or 0:.3f}  ({share.hits} of {share.of}; 95 %: {low:.2f} to {high:.2f})"


def _miss(one: Searched) -> Iterator[str]:
    """Yield a question whose article did not come first, and what was found instead."""
    yield f"\n  {'not found' if one.rank is None else f'at {one.rank}'}: {_short(one.question.text)}"
    for said in [said for said in one.question.earlier if not said.ours][-1:]:
        yield f"    after:   {_short(said.text)}"
    yield f"    answers: {', '.join(sorted(one.question.relevant))}"
    for found in one.findings.found[:1]:
        passage = found.passage
        told = _short(f"{passage.title} · {passage.heading} · {passage.text}")
        yield f"    found:   {passage.article}  {told}"


def _short(text: str) -> str:
    return " ".join(text.split())[:150]


async def run(knowledge: Path, index: Path, files: Sequence[Path], worst: int) -> None:
    """Measure every way to search that there is."""
    ways: dict[str, Embedder | None] = {"Words alone": None}
    if is_installed():
        ways = {"Words and meaning": LocalEmbedder(), **ways}
    for way, embedder in ways.items():
        done = await measured(way, knowledge, index, embedder, files)
        sys.stdout.write("\n".join(["", *report(done, worst), ""]))
        if embedder:
            await embedder.close()


def _tell(what: str) -> None:
    sys.stderr.write(what)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.search",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("knowledge", type=Path, metavar="KNOWLEDGE_DIR")
    parser.add_argument("questions", type=Path, metavar="QUESTIONS")
    parser.add_argument("unanswerable", type=Path, nargs="?", metavar="UNANSWERABLE")
    parser.add_argument("--worst", type=int, default=10, help="how many misses are shown")
    kept = Path(tempfile.gettempdir()) / "frontdesk-bench-search"
    parser.add_argument("--index", type=Path, default=kept, help=f"where vectors are kept ({kept})")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    files = [file for file in (given.questions, given.unanswerable) if file]
    with knowledge_in(given.knowledge) as knowledge:
        asyncio.run(run(knowledge, given.index, files, given.worst))


if __name__ == "__main__":
    main()
