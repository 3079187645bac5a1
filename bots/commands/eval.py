"""`frontdesk eval`: how good the answers to a file of questions are, and what an edit changes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from bots import evaluation_table, queries
from bots.commands.common import Fatal, as_json_option, run_work, settings_of_command
from bots.house import MANY, House, learn_meanings, open_billed, open_house
from core.costs.prices import load_prices
from core.costs.tally import Tally
from core.evaluation.comparing import Changes, compare
from core.evaluation.figures import figures
from core.evaluation.file import load, load_run, save_run
from core.evaluation.judging import Outcome, judged
from core.evaluation.questions import Question, Read, missing_articles
from core.evaluation.running import run_all
from core.evaluation.runs import Run, WrongRun
from core.faults import describe
from core.settings import Settings

log = logging.getLogger(__name__)

# Enough passages for as many articles as are kept, though several may be of one article.
PASSAGES = 50
AT_ONCE = 4
# One who evaluates is no customer: what keeps customers from taking more than their share does not count.
NO_CUSTOMER = {"questions_per_minute": 1_000_000, "customer_budget_day": None, "customer_budget_month": None}

FilePath = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    file: Path
    search_only: bool
    against: Path | None
    save: Path | None
    fail_under: float
    at_once: int
    as_json: bool


@click.command("eval")
@click.argument("file", type=FilePath)
@click.option("--search-only", is_flag=True, help="Only search; no answers, so no calls for them.")
@click.option("--save", type=FilePath, help="Keep this run in a file.")
@click.option("--against", type=FilePath, help="Tell what changed since a run that was kept.")
@click.option(
    "--fail-under",
    default=0.0,
    type=click.FloatRange(0, 1),
    help="Exit with 1 if less than this share of the questions comes out right, such as 0.9.",
)
@click.option(
    "--at-once",
    default=AT_ONCE,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Questions under way at once with a model.",
)
@as_json_option
def evaluate(
    file: Path,
    search_only: bool,
    save: Path | None,
    against: Path | None,
    fail_under: float,
    at_once: int,
    as_json: bool,
) -> None:
    r"""Answer the questions of FILE and tell how good that was.

    Each line is a JSON object {"question", "history"?, "articles"?, "action"?, "words"?, "not_words"?, "id"?,
    "note"?}. Nothing is stored but the tokens used, and nobody is pinged.

    \b
    Exit status: 0 all is well; 1 with --against, a question that was right is wrong now, with
    --fail-under, too few are right, or a question failed; 2 a line or a file can't be read.
    """
    wanted = Wanted(file, search_only, against, save, fail_under, at_once, as_json)
    run_work(evaluation(settings_of_command(), wanted))


async def evaluation(settings: Settings, wanted: Wanted) -> None:
    """Evaluate; a cancellation (Ctrl-C) prints what is done, and goes on after that."""
    settings = settings.model_copy(update=NO_CUSTOMER)
    read, before = _loaded(wanted)
    async with _opened(settings) as (house, tally):
        await learn_meanings(house.library, MANY)
        known = await house.library.articles()
        read = replace(read, notes=(*read.notes, *missing_articles(read.questions, known)))
        _tell(read)
        examiner = _Examiner(house, settings, search_only=wanted.search_only)
        done, complete = await _asked(read, examiner, wanted.at_once if settings.uses_model else 1)
        how = "searched only" if wanted.search_only else house.how()
        run = Run(datetime.now(UTC).isoformat(timespec="seconds"), how, done)
        if tally:
            run = replace(run, usage=tally.usage, cost=tally.cost, assumed=tally.assumed)
    if complete and wanted.save:
        _saved(wanted.save, run)  # first: whoever reads our output may be gone, and it was paid for
    changes = compare(before.outcomes, run.outcomes, partly=not complete) if before else None
    if wanted.as_json:
        click.echo(evaluation_table.as_json(run, changes, read))
    else:
        click.echo(evaluation_table.report(run, changes))
    if not complete:
        click.echo("Stopped: these are the questions that were done; the run is not kept.", err=True)
        raise asyncio.CancelledError
    if status := _status(wanted, read, run, changes):
        raise SystemExit(status)


def _status(wanted: Wanted, read: Read, run: Run, changes: Changes | None) -> int:
    if read.bad:
        return 2
    found = figures(run.outcomes)
    too_few = found.right.hits < wanted.fail_under * found.right.of
    return 1 if found.failed or too_few or (changes and changes.broken) else 0


def _loaded(wanted: Wanted) -> tuple[Read, Run | None]:
    """Return the questions, and the run to compare with; before any call is paid for."""
    try:
        read = load(wanted.file)
        before = load_run(wanted.against) if wanted.against else None
    except OSError as error:
        raise Fatal(f"{error.filename} can't be read ({error.strerror}).") from error
    except WrongRun as error:
        raise Fatal(f"{wanted.against} is no run that `--save` wrote ({error}).") from error
    if not read.questions:
        _tell(read)
        raise Fatal(f"{wanted.file} holds no question.")
    if wanted.save and not wanted.save.parent.is_dir():
        raise Fatal(f"There is no folder {wanted.save.parent} to keep the run in.")
    return read, before


def _saved(path: Path, run: Run) -> None:
    try:
        save_run(path, run)
    except OSError as error:
        raise Fatal(f"The run can't be kept in {path} ({error.strerror}).") from error


def _tell(read: Read) -> None:
    for text in (*(f"Left out: {bad}" for bad in read.bad), *read.notes):
        click.echo(text, err=True)


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[House, Tally | None]]:
    """Open what answers, within its budgets, as `frontdesk ask` does."""
    async with contextlib.AsyncExitStack() as stack:
        tally = None
        if settings.uses_model:
            meter = await stack.enter_async_context(open_billed(settings))
            tally = Tally(meter, load_prices(settings.prices))
        yield await stack.enter_async_context(open_house(settings, tally)), tally


async def _asked(read: Read, examiner: _Examiner, at_once: int) -> tuple[tuple[Outcome, ...], bool]:
    """Return what came of the questions, in their order, and whether all were asked: Ctrl-C may end it."""
    outcomes: dict[int, Outcome] = {}
    complete = True
    length, hidden = len(read.questions), not sys.stderr.isatty()
    with click.progressbar(length=length, file=sys.stderr, hidden=hidden) as bar:

        def done(number: int, outcome: Outcome) -> None:
            outcomes[number] = outcome
            bar.update(1)

        try:
            await run_all([one.question for one in read.questions], examiner.examine, at_once, done)
        except asyncio.CancelledError:
            complete = False
    return tuple(outcomes[number] for number in sorted(outcomes)), complete


class _Examiner:
    """Asks one question as a customer would, and as `frontdesk search` does."""

    def __init__(self, house: House, settings: Settings, *, search_only: bool) -> None:
        self._house = house
        self._agents = settings.agents is not None
        self._uses_model = settings.uses_model
        self._search_only = search_only

    async def examine(self, question: Question) -> Outcome:
        began = time.monotonic()
        try:
            outcome = await self._outcome(question, began)
        except Exception as error:
            # One question must not cost what was already paid for the others.
            log.error("The question %s could not be asked: %s", question.key, describe(error))
            outcome = Outcome(question, failed=describe(error))
        return outcome

    async def _outcome(self, question: Question, began: float) -> Outcome:
        house = self._house
        said = [queries.Said(role=one.role, text=one.text) for one in question.history]
        findings = await queries.search(house.library, question.text, said, PASSAGES)
        if self._search_only:
            return judged(question, findings, None, time.monotonic() - began)
        began = time.monotonic()
        answer = await queries.ask(house.answerer, house.counter, question.text, said, agents=self._agents)
        outcome = judged(question, findings, answer, time.monotonic() - began)
        quoted = self._uses_model and bool(answer.sources) and not answer.usage.calls
        return replace(outcome, quoted=quoted)
