"""How well unsupported claims are known, and how fast: `python -m tests.bench.grounding [FOLDER]`.

`falsehoods.jsonl` holds replies of which something does not stand in the passages that they cite,
`paraphrases.jsonl` replies that are true. Both are about the sample help centre.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.grounding import Evidence, of_names, of_passages, of_texts, unsupported
from core.knowledge.articles import parse
from core.knowledge.files import read_text, scan
from core.knowledge.instructions import parse_instructions
from core.messages import Passage
from core.sentences import ends

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
LISTS = Path(__file__).parents[1] / "fixtures" / "grounding"
ROUNDS = 20


@dataclass(frozen=True)
class Row:
    """A reply, the passages that it cites, and what is unsupported of it."""

    says: str
    cites: tuple[str, ...]
    held: tuple[str, ...]


def passages() -> dict[str, Passage]:
    """Return the passages of the sample help centre."""
    folder = KNOWLEDGE / "articles"
    articles = (parse(entry.path, read_text(folder / entry.path)) for entry in scan(folder))
    return {passage.id: passage for article in articles for passage in article.passages}


def sentences(reply: str) -> list[str]:
    """Return a reply in the pieces in which it is shown."""
    cuts = [0, *sorted(set(ends(reply, final=True)))]
    return [reply[start:end] for start, end in itertools.pairwise(cuts)]


Scope = Callable[[Sequence[str], Mapping[str, Passage]], Sequence[Passage]]
SCOPES: dict[str, Scope] = {
    "the cited passages": lambda cites, given: [given[name] for name in cites],
    "all passages of the cited articles": lambda cites, given: [
        one for one in given.values() if one.article in {given[name].article for name in cites}
    ],
    "the whole folder (no source cited)": lambda cites, given: list(given.values()),
}


def read(file: Path, given: Mapping[str, Passage], scope: Scope) -> list[Row]:
    """Return the rows of a list, as they are judged where the evidence has this scope."""
    instructions = parse_instructions((KNOWLEDGE / "instructions.md").read_text(encoding="utf-8"))
    always = of_texts([instructions.text, instructions.contact]) + of_names(given.values())
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        evidence = always + of_passages(scope(row["cites"], given))
        held = [claim.text for one in sentences(row["says"]) for claim in unsupported(one, evidence)]
        rows.append(Row(row["says"], tuple(row["cites"]), tuple(held)))
    return rows


def microseconds(rows: Sequence[Row], evidence: Evidence) -> tuple[float, float]:
    """Return what checking a sentence takes, on average and at most (the best of several rounds each)."""
    pieces = [one for row in rows for one in sentences(row.says)]
    best = [float("inf")] * len(pieces)
    for _ in range(ROUNDS):
        for number, piece in enumerate(pieces):
            began = time.perf_counter()
            unsupported(piece, evidence)
            best[number] = min(best[number], time.perf_counter() - began)
    return sum(best) / len(best) * 1e6, max(best) * 1e6


def report(folder: Path) -> str:
    """Return the figures and the misses, as text."""
    given = passages()
    lines = []
    for name, scope in SCOPES.items():
        false = read(folder / "falsehoods.jsonl", given, scope)
        true = read(folder / "paraphrases.jsonl", given, scope)
        caught, held = sum(bool(row.held) for row in false), sum(bool(row.held) for row in true)
        lines.append(f"{name:38} caught {caught} of {len(false)}   wrongly held {held} of {len(true)}")
        if not lines[1:]:
            misses = [f"  not caught: {row.says}" for row in false if not row.held]
            misses += [f"  wrongly held: {row.says}   ({', '.join(row.held)})" for row in true if row.held]
            rows = [*false, *true]
    eight = list(given.values())[:8]
    for name, many in (("8 passages", eight), (f"{len(given)} passages", list(given.values()))):
        evidence = of_passages(many)
        mean, most = microseconds(rows, evidence)
        began = time.perf_counter()
        for _ in range(ROUNDS):
            of_passages(many)
        took = (time.perf_counter() - began) / ROUNDS * 1e6
        lines.append(
            f"{name:38} {mean:.0f} µs a sentence, {most:.0f} at most; {took:.0f} µs an answer to gather them"
        )
    return "\n".join([*lines, *misses])


if __name__ == "__main__":
    sys.stdout.write(report(Path(sys.argv[1]) if sys.argv[1:] else LISTS) + "\n")
