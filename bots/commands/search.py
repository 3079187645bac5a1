"""`frontdesk search`: the passages that would be found for a question, with their scores."""

from __future__ import annotations

import click

from bots import queries
from bots.commands.batches import batch
from bots.commands.common import run_work, settings_of_command
from core.knowledge import Library
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
    library = Library(settings.knowledge_dir)
    try:
        await library.open()

        async def found(line: queries.SearchLine) -> str:
            return queries.findings_as_json(await queries.search(library, line.question, line.history, limit))

        if text is None:
            await batch(queries.SearchLine, found)
        elif as_json:
            click.echo(await found(queries.SearchLine(question=text)))
        else:
            click.echo(queries.findings_as_text(await queries.search(library, text, [], limit)))
    finally:
        library.close()
