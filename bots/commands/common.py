"""What all commands of `frontdesk` need: settings, errors in words, an open database, JSON lines."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import click

from bots import queries
from bots.adapter import StartFailed
from bots.terminal_bot import lines_of
from core.costs.prices import WrongPrices
from core.embedding import EmbeddingMissing
from core.knowledge import KnowledgeMissing
from core.prompt import InstructionsTooLong
from core.settings import Settings, load_settings
from core.store import Store, StoreUnusable

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


# What whoever runs a command can mend; the text of each says how.
TOLD = (
    EmbeddingMissing,
    InstructionsTooLong,
    KnowledgeMissing,
    StartFailed,
    StoreUnusable,
    WrongPrices,
)


class Fatal(click.ClickException):
    """Ends the command with a text for whoever runs it."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the text, without a trace."""
        click.echo(self.message, err=True)


def settings_of_command() -> Settings:
    """Read the settings and set up logging as they say."""
    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    if settings.log_level != "DEBUG":
        # The libraries' own notes can hold what customers wrote.
        for name in ("slack_bolt", "slack_sdk", "discord", "openai", "httpx2", "aiohttp", "asyncio"):
            logging.getLogger(name).setLevel(logging.ERROR)
    return settings


def run_work(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; what whoever runs it can mend is told in words."""
    try:
        asyncio.run(work)
    except (
        KnowledgeMissing,
        StoreUnusable,
        StartFailed,
        InstructionsTooLong,
        WrongPrices,
        EmbeddingMissing,
    ) as error:
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


@contextlib.asynccontextmanager
async def stored(settings: Settings) -> AsyncIterator[Store]:
    """Open a database that is there already."""
    if not settings.database.exists():
        raise Fatal(f"There is no database at {settings.database} yet. Check DATABASE.")
    store = await Store.open(settings.database)
    try:
        yield store
    finally:
        await store.close()


async def batch(kind: type[queries.Line], answer: Callable[[queries.Line], Awaitable[str]]) -> None:
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
