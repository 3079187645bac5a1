"""`frontdesk search`: the passages that would be found for a question, with their scores."""

from __future__ import annotations

import time

import click

from bots import queries
from bots.commands.batches import batch
from bots.commands.common import run_work, settings_of_command
from bots.house import FEW, MANY, learn_meanings, open_library
from core.settings import Settings


@click.command()
@click.argument("text", required=False)
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="How many passages."
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON line.")
@click.option(
    "--batch",
    "is_batch",
    is_flag=True,
    help='Read JSON lines {"question", "history"?} from standard input; print one JSON line each, in order.',
)
def search(text: str | None, limit: int, as_json: bool, is_batch: bool) -> None:
    """Show the best passages for a question, with scores; * marks those good enough to answer from."""
    if is_batch == (text is not None):
        raise click.UsageError("Give a TEXT, or --batch and JSON lines on standard input.")
    run_work(_search(settings_of_command(), text, limit, as_json))


async def _search(settings: Settings, text: str | None, limit: int, as_json: bool) -> None:
    async with open_library(settings) as library:
        await learn_meanings(library, FEW if text is not None else MANY)

        async def found(line: queries.SearchLine) -> str:
            return queries.findings_as_json(await queries.search(library, line.question, line.history, limit))

        if text is None:
            await batch(queries.SearchLine, found)
        elif as_json:
            click.echo(await found(queries.SearchLine(question=text)))
        else:
            # What is loaded at the first search is no part of what a search takes.
            await library.look_up(text)
            began = time.perf_counter()
            findings = await queries.search(library, text, [], limit)
            milliseconds = (time.perf_counter() - began) * 1e3
            click.echo(queries.findings_as_text(findings))
            click.echo(f"{await library.size():,} passages were searched in {milliseconds:.1f} ms.", err=True)
