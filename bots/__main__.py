"""The command line `frontdesk`: reads settings, builds the house, starts what is asked."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

import click
from filelock import FileLock, Timeout

from bots import case_list, cost_table, queries
from bots.adapter import StartFailed
from bots.house import open_desk, open_house, open_meter
from bots.serve import serve
from bots.terminal_bot import AGENTS, TerminalBot, converse, lines_of, print_post
from core.alerts import Alerts
from core.costs.budgets import day_of
from core.costs.prices import WrongPrices
from core.costs.report import first_day, report
from core.knowledge import KnowledgeMissing, Library
from core.messages import Agents
from core.prompt import InstructionsTooLong
from core.settings import Settings, WrongSettings, load_settings
from core.store import By, Store, StoreUnusable

log = logging.getLogger("frontdesk")

NO_PLATFORM = """\
No platform is set up. Put the tokens of at least one into .env (README.md shows each step):
  Slack:    SLACK_BOT_TOKEN  from api.slack.com/apps, your app, OAuth & Permissions (xoxb-…), and
            SLACK_APP_TOKEN  from Basic Information, App-Level Tokens (xapp-…), for Socket Mode,
            or SLACK_SIGNING_SECRET from Basic Information, for HTTP
  Discord:  DISCORD_TOKEN    from discord.com/developers/applications, your app, Bot
To try it without any account: frontdesk chat"""


class Fatal(click.ClickException):
    """Ends the command with a text for whoever runs it."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the text, without a trace."""
        click.echo(self.message, err=True)


def _settings() -> Settings:
    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    if settings.log_level != "DEBUG":
        # The libraries' own notes can hold what customers wrote.
        for name in ("slack_bolt", "slack_sdk", "discord", "openai", "httpx2", "aiohttp", "asyncio"):
            logging.getLogger(name).setLevel(logging.ERROR)
    return settings


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; what whoever runs it can mend is told in words."""
    try:
        asyncio.run(work)
    except (KnowledgeMissing, StoreUnusable, StartFailed, InstructionsTooLong, WrongPrices) as error:
        raise Fatal(str(error)) from error
    except sqlite3.OperationalError as error:
        raise Fatal(
            f"The database can't be used ({error}): another program holds it, or the disk is full."
        ) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        raise SystemExit(1) from None


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
    settings = _settings()
    if "LOG_LEVEL" not in settings.model_fields_set and settings.log_level == "INFO":
        logging.getLogger().setLevel(logging.WARNING)
    with only_one(settings, "chat"):
        _run(_chat(settings))


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
    settings = _settings()
    if not settings.platforms:
        raise Fatal(NO_PLATFORM)
    with only_one(settings, "run"):
        _run(serve(settings))


# --- backup -------------------------------------------------------------------------------------------


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a consistent copy of the database to FILE, also while Frontdesk runs."""
    settings = _settings()
    if file.exists() and settings.database.exists() and file.samefile(settings.database):
        raise Fatal("A database can't be its own backup. Name another file.")
    _run(_backup(settings, file))
    click.echo(f"{settings.database} is copied to {file}.")


async def _backup(settings: Settings, file: Path) -> None:
    async with _stored(settings) as store:
        await store.backup(file)


# --- cases --------------------------------------------------------------------------------------------

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@cli.group(invoke_without_command=True)
@click.option("--all", "closed_too", is_flag=True, help="Also those that are closed.")
@as_json_option
@click.pass_context
def cases(context: click.Context, closed_too: bool, as_json: bool) -> None:
    """List the open cases; `frontdesk cases show ID` tells every step of one."""
    if context.invoked_subcommand is None:
        _run(_cases(_settings(), closed_too, as_json))


async def _cases(settings: Settings, closed_too: bool, as_json: bool) -> None:
    async with _stored(settings) as store:
        found = [case for case in await store.cases() if closed_too or not case.is_closed]
        names = await store.names(case.customer.id for case in found)
        click.echo(case_list.as_json(found) if as_json else case_list.table(found, names))


@cases.command()
@click.argument("id", type=int)
@as_json_option
def show(id: int, as_json: bool) -> None:
    """Tell every step of the case ID: when, what, who, why."""
    _run(_show_case(_settings(), id, as_json))


async def _show_case(settings: Settings, id: int, as_json: bool) -> None:
    async with _stored(settings) as store:
        case = next((case for case in await store.cases() if case.id == id), None)
        if case is None:
            raise Fatal(f"There is no case {id}. `frontdesk cases --all` lists all.")
        steps = await store.steps(case)
        names = await store.names([case.customer.id, *(step.who for step in steps)])
        if as_json:
            click.echo(case_list.as_json([case], {case.id: steps}))
        else:
            click.echo(case_list.whole(case, steps, names))


@contextlib.asynccontextmanager
async def _stored(settings: Settings) -> AsyncIterator[Store]:
    """Open a database that is there already."""
    if not settings.database.exists():
        raise Fatal(f"There is no database at {settings.database} yet. Check DATABASE.")
    store = await Store.open(settings.database)
    try:
        yield store
    finally:
        await store.close()


# --- costs --------------------------------------------------------------------------------------------


@cli.command()
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
    _run(_costs(_settings(), by, days, as_json))


async def _costs(settings: Settings, by: By, days: int, as_json: bool) -> None:
    async with _stored(settings) as store:
        since = first_day(day_of(time.time()), days)
        found = report(await store.spending(by, since), by, since)
        names = await store.names(row.key for row in found.rows) if by == "customer" else {}
        click.echo(cost_table.as_json(found, names) if as_json else cost_table.table(found, names, days))


# --- ask and search ----------------------------------------------------------------------------------


@cli.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as one JSON line.")
@click.option(
    "--batch",
    is_flag=True,
    help='Read JSON lines {"text", "history"?: [{"role": "user"|"assistant", "text"}]} from standard '
    "input; print one JSON line each, in order.",
)
def ask(text: str | None, as_json: bool, batch: bool) -> None:
    """Answer one question and exit. Nothing is stored but the tokens used, and nobody is pinged."""
    if batch == (text is not None):
        raise click.UsageError("Give a TEXT, or --batch and JSON lines on standard input.")
    _run(_ask(_settings(), text, as_json))


async def _ask(settings: Settings, text: str | None, as_json: bool) -> None:
    async with contextlib.AsyncExitStack() as stack:
        meter = None
        if settings.uses_model:
            store = await Store.open(settings.database)
            stack.push_async_callback(store.close)
            # What the agents are told waits for the process that serves them.
            alerts = Alerts(store, settings.agents)
            meter = await stack.enter_async_context(open_meter(settings, store, alerts))
        house = await stack.enter_async_context(open_house(settings, meter))

        async def answer(question: str, history: list[queries.Said], *, as_json: bool) -> str:
            answer = await queries.ask(
                house.answerer, house.counter, question, history, agents=settings.agents is not None
            )
            return queries.answer_as_json(answer) if as_json else answer.text

        if text is not None:
            click.echo(await answer(text, [], as_json=as_json))
        else:
            await _batch(queries.AskLine, lambda line: answer(line.text, line.history, as_json=True))


@cli.command()
@click.argument("text", required=False)
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="How many passages."
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON line.")
@click.option(
    "--batch",
    is_flag=True,
    help='Read JSON lines {"question", "history"?} from standard input; print one JSON line each, in order.',
)
def search(text: str | None, limit: int, as_json: bool, batch: bool) -> None:
    """Show the best passages for a question, with scores; * marks those good enough to answer from."""
    if batch == (text is not None):
        raise click.UsageError("Give a TEXT, or --batch and JSON lines on standard input.")
    _run(_search(_settings(), text, limit, as_json))


async def _search(settings: Settings, text: str | None, limit: int, as_json: bool) -> None:
    library = Library(settings.knowledge_dir)
    try:
        await library.open()

        async def found(line: queries.SearchLine) -> str:
            return queries.findings_as_json(await queries.search(library, line.question, line.history, limit))

        if text is None:
            await _batch(queries.SearchLine, found)
        elif as_json:
            click.echo(await found(queries.SearchLine(question=text)))
        else:
            click.echo(queries.findings_as_text(await queries.search(library, text, [], limit)))
    finally:
        library.close()


async def _batch(kind: Any, answer: Any) -> None:
    """Answer JSON lines in order; a line that can't be read gets an error in its place."""
    bad = 0
    number = 0
    async for line in lines_of(sys.stdin.fileno()):
        number += 1
        if not line.strip():
            continue
        try:
            click.echo(await answer(queries.read_line(kind, line)))
        except queries.BadLine as error:
            bad += 1
            click.echo(queries.error_as_json(f"line {number}: {error}"))
    if bad:
        raise SystemExit(1)


def main() -> None:
    """Run the command line."""
    try:
        cli()
    except WrongSettings as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
