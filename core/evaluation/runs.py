"""One run over a file of questions, and its form as JSON, in which it is kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from core.evaluation.judging import Outcome
from core.messages import Usage

# Raised whenever what is kept changes its meaning: an older run is then refused, not misread.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Run:
    """What came of all questions, and what they cost.

    Attributes:
        made: When, as 2026-11-22T09:12:00+00:00.
        how: How answers were made, in words.
        outcomes: In the file's order.
        usage: Tokens of all calls to models.
        cost: What these cost, in nano-dollars.
        assumed: How many of them never told what they used, and count at their most.
        version: Of this form.
    """

    made: str
    how: str
    outcomes: tuple[Outcome, ...]
    usage: Usage = field(default_factory=Usage)
    cost: int = 0
    assumed: int = 0
    version: int = VERSION


_RUN = TypeAdapter(Run)


class WrongRun(Exception):
    """What was to be a saved run is none; the text says why."""


def as_text(run: Run) -> str:
    """Return a run as JSON."""
    return _RUN.dump_json(run, indent=1).decode()


def run_of(text: str) -> Run:
    """Read a run; raises WrongRun."""
    try:
        run = _RUN.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise WrongRun(f"{'.'.join(map(str, first['loc']))}: {first['msg']}".lstrip(": ")) from None
    if run.version != VERSION:
        raise WrongRun(f"it is of version {run.version}, and this Frontdesk reads {VERSION}")
    return run
