"""The command line `frontdesk`: reads settings, builds the house, starts what is asked."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
from filelock import FileLock, Timeout

from bots.commands.ask import ask
from bots.commands.cases import cases
from bots.commands.common import Fatal, run_work, settings_of_command, stored
from bots.commands.costs import costs
from bots.commands.gaps import gaps
from bots.commands.learn import learn
from bots.commands.search import search
from bots.house import open_desk
from bots.serve import serve
from bots.terminal_bot import AGENTS, TerminalBot, converse, print_post
from core.messages import Agents
from core.settings import Settings, WrongSettings

NO_PLATFORM = """\
No platform is set up. Put the tokens of at least one into .env (README.md shows each step):
  Slack:    SLACK_BOT_TOKEN  from api.slack.com/apps, your app, OAuth & Permissions (xoxb-…), and
            SLACK_APP_TOKEN  from Basic Information, App-Level Tokens (xapp-…), for Socket Mode,
            or SLACK_SIGNING_SECRET from Basic Information, for HTTP
  Discord:  DISCORD_TOKEN    from discord.com/developers/applications, your app, Bot
To try it without any account: frontdesk chat"""


@contextlib.contextmanager
def only_one(settings: Settings, command: str) -> Iterator[None]:
    """Keep a second process from doing the same work on the same database."""
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{settings.database}.{command}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Fatal(
            f"Another `frontdesk {command}` uses the database {settings.database}. Stop it first, or set "
            "DATABASE to another file."
        ) from None
    with lock:
        yield


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("frontdesk"), prog_name="frontdesk")
def cli() -> None:
    """Answer customers from a folder of help articles, and hand over to a person when needed.

    Settings come from the environment and from the file .env; .env.example explains each. Start with
    `frontdesk chat`: it needs no key and no account.
    """


# --- chat --------------------------------------------------------------------------------------------


@cli.command()
def chat() -> None:
    """Talk to the desk in the terminal, as a customer and as an agent.

    Lines may also come from a pipe: each is answered before the next is read. Type /help inside.
    """
    settings = settings_of_command()
    if "LOG_LEVEL" not in settings.model_fields_set and settings.log_level == "INFO":
        logging.getLogger().setLevel(logging.WARNING)
    with only_one(settings, "chat"):
        run_work(_chat(settings))


async def _chat(settings: Settings) -> None:
    async with open_desk(settings, Agents(AGENTS)) as (house, desk):
        bot = TerminalBot(print_post)
        desk.connect(bot)
        company = (await house.library.instructions()).company
        click.echo(
            f"{company or 'Frontdesk'} help: {house.articles} articles, {house.how()}. "
            "/help shows what else you can type, /quit leaves."
        )
        stop = asyncio.Event()
        working = asyncio.create_task(desk.run(stop, settings.shutdown_seconds))
        try:
            await converse(desk, bot)
        finally:
            stop.set()
            await working


# --- run ---------------------------------------------------------------------------------------------


@cli.command()
def run() -> None:
    """Serve every platform whose tokens are set, until Ctrl-C or SIGTERM."""
    settings = settings_of_command()
    if not settings.platforms:
        raise Fatal(NO_PLATFORM)
    with only_one(settings, "run"):
        run_work(serve(settings))


# --- backup -------------------------------------------------------------------------------------------


@cli.command()
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


# --- the rest -----------------------------------------------------------------------------------------

for command in (ask, cases, costs, gaps, learn, search):
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    try:
        cli()
    except WrongSettings as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
