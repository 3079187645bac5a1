"""How well the rules before the model know who wants a person: `python -m tests.bench.escalation FILE`.

Each line of the file is a JSON object: `text`, what a customer wrote; `label`, `human` where they want a
person and else anything; and `explicit`, true where they say so in words. The rules fire where they would
call a person or offer one for this reason.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.escalation import Cue, cues

WORST = 10
ASKED = frozenset({Cue.PERSON, Cue.BARE})
OFFERED = ASKED | {Cue.UPSET, Cue.UNHELPED}


@dataclass(frozen=True)
class Row:
    """One message: what it says, whether a person is wanted, and what the rules read."""

    text: str
    human: bool
    explicit: bool
    read: frozenset[Cue]


@dataclass(frozen=True)
class Score:
    """How many of those who want a person are known, and how many of those that are known want one."""

    recall: float
    precision: float


def read(file: Path) -> list[Row]:
    """Return the rows of a JSONL file, read by the rules."""
    kept = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    return [
        Row(row["text"], row["label"] == "human", bool(row.get("explicit")), cues(row["text"]))
        for row in kept
    ]


def score(rows: Sequence[Row], wanted: Sequence[Row], firing: frozenset[Cue]) -> Score:
    """Return the recall on the rows `wanted`, and the precision on all rows, of the cues `firing`."""
    fired = [row for row in rows if row.read & firing]
    return Score(
        recall=sum(bool(row.read & firing) for row in wanted) / max(1, len(wanted)),
        precision=sum(row.human for row in fired) / max(1, len(fired)),
    )


def mistakes(rows: Sequence[Row]) -> list[str]:
    """Return what the rules got wrong, in words: alarms for nothing first, then requests that were missed."""
    alarms = [f"for nothing: {row.text}" for row in rows if row.read & ASKED and not row.human]
    missed = [row for row in rows if row.human and not row.read & ASKED]
    missed.sort(key=lambda row: not row.explicit)
    return [*alarms, *(f"missed{'' if row.explicit else ' (not explicit)'}: {row.text}" for row in missed)]


def report(rows: Sequence[Row]) -> str:
    """Return the figures and the worst mistakes, as text."""
    human = [row for row in rows if row.human]
    explicit = [row for row in human if row.explicit]
    lines = [f"{len(rows)} messages, {len(human)} want a person, {len(explicit)} of them say so.", ""]
    for name, wanted, firing in (
        ("say so, asked for", explicit, ASKED),
        ("want one, asked for", human, ASKED),
        ("want one, asked for or upset or unhelped", human, OFFERED),
    ):
        got = score(rows, wanted, firing)
        lines.append(f"{name:42} recall {got.recall:.3f}   precision {got.precision:.3f}")
    wrong = mistakes(rows)
    lines += ["", f"{len(wrong)} mistakes" + (f", the first {WORST}:" if len(wrong) > WORST else ":")]
    return "\n".join([*lines, *(f"  {mistake}" for mistake in wrong[:WORST])])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say which file: python -m tests.bench.escalation FILE.jsonl")
    sys.stdout.write(report(read(Path(sys.argv[1]))) + "\n")
