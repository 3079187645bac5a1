"""`frontdesk costs`: what calls to models cost."""

from __future__ import annotations

import time
from typing import get_args

import click

from bots import cost_table
from bots.commands.common import as_json_option, run_work, settings_of_command
from bots.commands.database import stored
from core.costs.budgets import day_of
from core.costs.report import first_day, report
from core.settings import Settings
from core.store import By


@click.command()
@click.option(
    "--by",
    type=click.Choice(get_args(By)),
    default="day",
    show_default=True,
    help="What to add up by.",
)
@click.option(
    "--days",
    default=30,
    show_default=True,
    type=click.IntRange(1, 3_660),
    help="How many days, with today.",
)
@as_json_option
def costs(by: By, days: int, as_json: bool) -> None:
    """Tell what calls to models cost: tokens, and US dollars by the prices that were set then."""
    run_work(_costs(settings_of_command(), by, days, as_json))


async def _costs(settings: Settings, by: By, days: int, as_json: bool) -> None:
    async with stored(settings) as store:
        since = first_day(day_of(time.time()), days)
        found = report(await store.spending(by, since), by, since)
        names = await store.names(row.key for row in found.rows) if by == "customer" else {}
        click.echo(cost_table.as_json(found, names) if as_json else cost_table.table(found, names, days))
