"""`frontdesk backup`: a copy of the database."""

from __future__ import annotations

from pathlib import Path

import click

from bots.commands.common import Fatal, run_work, settings_of_command
from bots.commands.database import stored
from core.settings import Settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a consistent copy of the database to FILE, also while Frontdesk runs."""
    settings = settings_of_command()
    if file.exists() and settings.database.exists() and file.samefile(settings.database):
        raise Fatal("A database can't be its own backup. Name another file.")
    run_work(_backup(settings, file))
    click.echo(f"{settings.database} is copied to {file}.")


async def _backup(settings: Settings, file: Path) -> None:
    async with stored(settings) as store:
        await store.backup(file)
