"""The command line `frontdesk`: reads settings, builds the house, starts what is asked."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from filelock import FileLock, Timeout

from bots import queries
from bots.adapter import Adapter, StartFailed
from bots.terminal_bot import AGENTS, TerminalBot, converse, lines_of, show
from core.answering import Answerer
from core.desk import Desk
from core.knowledge import KnowledgeMissing, Library
from core.outcome import Agents
from core.ports import Counter, Model
from core.prompt import InstructionsTooLong, Prompter
from core.quote import Quoter
from core.settings import Settings, WrongSettings, load_settings
from core.store import Store, StoreUnusable
from core.tokens import counter_for

log = logging.getLogger("frontdesk")

NO_PLATFORM = """\
No platform is set up. Put the tokens of at least one into .env (README.md shows each step):
  Slack:    SLACK_BOT_TOKEN  from api.slack.com/apps, your app, OAuth & Permissions (xoxb-…), and
            SLACK_APP_TOKEN  from Basic Information, App-Level Tokens (xapp-…), for Socket Mode,
            or SLACK_SIGNING_SECRET from Basic Information, for HTTP
  Discord:  DISCORD_TOKEN    from discord.com/developers/applications, your app, Bot
To try it without any account: frontdesk chat"""

NO_AGENTS = (
    "AGENTS is not set: nobody can be called. Customers who ask for a person get the contact line of "
    "instructions.md."
)


class Fatal(click.ClickException):
    """Ends the command with a text for whoever runs it."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the text, without a trace."""
        click.echo(self.message, err=True)


@dataclass(frozen=True)
class House:
    """Everything that a command works with."""

    settings: Settings
    library: Library
    articles: int
    counter: Counter
    model: Model
    answerer: Answerer

    def how(self) -> str:
        """Say how answers are made."""
        if self.settings.uses_model:
            return f"answering with {self.settings.openai_model}"
        return "quoting the articles (set OPENAI_API_KEY for a model)"


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Build what all commands share, and take it down again."""
    library = Library(settings.knowledge_dir)
    model: Model | None = None
    try:
        counter, articles = await asyncio.gather(
            asyncio.to_thread(counter_for, settings.openai_model), library.open()
        )
        prompter = Prompter(settings.prompt_tokens, counter)
        prompter.check(await library.instructions())
        model = _model(settings)
        answerer = Answerer(library, model, prompter, settings.max_tokens)
        yield House(settings, library, articles, counter, model, answerer)
    finally:
        if model:
            await model.close()
        library.close()


def _model(settings: Settings) -> Model:
    if not settings.uses_model:
        return Quoter()
    from core.model import OpenAIModel  # importing openai takes a second that quoting need not wait

    return OpenAIModel(settings)


def _desk(settings: Settings, store: Store, house: House, agents: Agents | None) -> Desk:
    return Desk(
        store,
        house.answerer,
        house.counter,
        agents,
        settings.turns_at_once,
        settings.read_back_hours * 3_600,
        settings.read_back_timeout,
    )


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
    except (KnowledgeMissing, StoreUnusable, StartFailed, InstructionsTooLong) as error:
        raise Fatal(str(error)) from error
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
    store = await Store.open(settings.database)
    try:
        async with open_house(settings) as house:
            desk = _desk(settings, store, house, Agents(AGENTS))
            desk.connect(TerminalBot(show))
            company = (await house.library.instructions()).company
            click.echo(
                f"{company or 'Frontdesk'} help: {house.articles} articles, {house.how()}. "
                "/help shows what else you can type, /quit leaves."
            )
            stop = asyncio.Event()
            working = asyncio.create_task(desk.run(stop, settings.shutdown_seconds))
            try:
                await converse(desk)
            finally:
                stop.set()
                await working
    finally:
        await store.close()


# --- run ---------------------------------------------------------------------------------------------


@cli.command()
def run() -> None:
    """Serve every platform whose tokens are set, until Ctrl-C or SIGTERM."""
    settings = _settings()
    if not settings.platforms:
        raise Fatal(NO_PLATFORM)
    with only_one(settings, "run"):
        _run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = await Store.open(settings.database)
    try:
        async with open_house(settings) as house:
            agents = Agents(settings.agents, settings.agents_mention or "") if settings.agents else None
            desk = _desk(settings, store, house, agents)
            adapters = _adapters(settings, desk)
            for adapter in adapters:
                desk.connect(adapter)
            async with contextlib.AsyncExitStack() as stack:
                for adapter in adapters:
                    stack.push_async_callback(adapter.close)
                who = await _started(adapters, stop)
                if who:
                    await _report(settings, adapters)
                    # What start-up made stays; looking through it again and again would hold the loop.
                    gc.collect()
                    gc.freeze()
                    log.info("Ready: %s; %d articles, %s.", ", ".join(who), house.articles, house.how())
                    await _work(desk, adapters, stop, settings.shutdown_seconds)
            log.info("Stopped.")
    finally:
        await store.close()


def _adapters(settings: Settings, desk: Desk) -> list[Adapter]:
    # Each platform's library takes a moment to import, so only what is used is.
    adapters: list[Adapter] = []
    if "slack" in settings.platforms:
        from bots.slack_bot import SlackBot

        adapters.append(SlackBot(settings, desk))
    if "discord" in settings.platforms:
        from bots.discord_bot import DiscordBot

        adapters.append(DiscordBot(settings, desk))
    return adapters


async def _started(adapters: list[Adapter], stop: asyncio.Event) -> list[str]:
    """Start all adapters and return who we are on each, or nothing if told to stop meanwhile."""

    async def start() -> list[str]:
        return list(await asyncio.gather(*(adapter.start() for adapter in adapters)))

    starting = asyncio.create_task(start())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if starting.done():
        return starting.result()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    return []


async def _report(settings: Settings, adapters: list[Adapter]) -> None:
    if not settings.agents:
        log.warning(NO_AGENTS)
    for adapter in adapters:
        for problem in await adapter.check(settings.agents):
            log.warning(problem)


async def _work(desk: Desk, adapters: list[Adapter], stop: asyncio.Event, seconds: float) -> None:
    """Let the desk work until told to stop; then take nothing more in, and finish what is under way."""
    finish = asyncio.Event()
    working = asyncio.create_task(desk.run(finish, seconds))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    log.info("Stopping.")
    for adapter in adapters:
        await adapter.stop()
    finish.set()
    await working


# --- backup -------------------------------------------------------------------------------------------


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a consistent copy of the database to FILE, also while Frontdesk runs."""
    settings = _settings()
    if not settings.database.exists():
        raise Fatal(f"There is no database at {settings.database} yet. Check DATABASE.")
    if file.exists() and file.samefile(settings.database):
        raise Fatal("A database can't be its own backup. Name another file.")
    _run(_backup(settings, file))
    click.echo(f"{settings.database} is copied to {file}.")


async def _backup(settings: Settings, file: Path) -> None:
    store = await Store.open(settings.database)
    try:
        await store.backup(file)
    finally:
        await store.close()


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
    store = await Store.open(settings.database) if settings.uses_model else None
    try:
        async with open_house(settings) as house:

            async def answer(question: str, history: list[queries.Said], *, as_json: bool) -> str:
                answer = await queries.ask(
                    house.answerer, house.counter, question, history, agents=settings.agents is not None
                )
                if store:
                    await store.book(answer.usage, "ask")
                return queries.answer_as_json(answer) if as_json else answer.text

            if text is not None:
                click.echo(await answer(text, [], as_json=as_json))
            else:
                await _batch(queries.AskLine, lambda line: answer(line.text, line.history, as_json=True))
    finally:
        if store:
            await store.close()


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
