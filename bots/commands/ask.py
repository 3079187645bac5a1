"""`frontdesk ask`: one question, or JSON lines, answered as a customer would be."""

from __future__ import annotations

import contextlib

import click

from bots import queries
from bots.commands.common import batch, run_work, settings_of_command
from bots.house import FEW, MANY, learn_meanings, open_billed, open_house
from core.settings import Settings


@click.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as one JSON line.")
@click.option(
    "--batch",
    "is_batch",
    is_flag=True,
    help='Read JSON lines {"text", "history"?: [{"role": "user"|"assistant", "text"}]} from standard '
    "input; print one JSON line each, in order.",
)
def ask(text: str | None, as_json: bool, is_batch: bool) -> None:
    """Answer one question and exit. Nothing is stored but the tokens used, and nobody is pinged."""
    if is_batch == (text is not None):
        raise click.UsageError("Give a TEXT, or --batch and JSON lines on standard input.")
    run_work(_ask(settings_of_command(), text, as_json))


async def _ask(settings: Settings, text: str | None, as_json: bool) -> None:
    async with contextlib.AsyncExitStack() as stack:
        meter = None
        if settings.uses_model:
            meter = await stack.enter_async_context(open_billed(settings))
        house = await stack.enter_async_context(open_house(settings, meter))
        await learn_meanings(house.library, FEW if text is not None else MANY)

        async def answer(question: str, history: list[queries.Said], *, as_json: bool) -> str:
            answer = await queries.ask(
                house.answerer, house.counter, question, history, agents=settings.agents is not None
            )
            return queries.answer_as_json(answer) if as_json else answer.text

        if text is not None:
            click.echo(await answer(text, [], as_json=as_json))
        else:
            await batch(queries.AskLine, lambda line: answer(line.text, line.history, as_json=True))
