"""What all commands of `frontdesk` need: settings, errors in words, one process at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import sys
from collections.abc import Coroutine, Iterator
from typing import Any

import click
from filelock import FileLock, Timeout

from core.faults import Mendable
from core.settings import Settings, load_settings, misspelt

log = logging.getLogger("frontdesk")

# The commands that answer customers.
SERVING = ("run", "chat")

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


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
    for name, meant in misspelt().items():
        log.warning("%s in .env is no setting, and does nothing; did you mean %s?", name, meant)
    return settings


def run_work(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; what whoever runs it can mend is told in words."""
    try:
        asyncio.run(work)
    except Mendable as error:
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
def unserved(settings: Settings) -> Iterator[bool]:
    """Say whether no process answers from the database, and keep any from it until the end of the block."""
    with contextlib.ExitStack() as stack:
        try:
            for command in SERVING:
                stack.enter_context(_lock(settings, command).acquire(timeout=0))
        except Timeout:
            stack.close()
            yield False
        else:
            yield True


def _lock(settings: Settings, command: str) -> FileLock:
    return FileLock(f"{settings.database}.{command}.lock")


@contextlib.contextmanager
def only_one(settings: Settings, command: str) -> Iterator[None]:
    """Keep a second process from doing the same work on the same database."""
    lock = _lock(settings, command)
    try:
        settings.database.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise Fatal(
            f"Another `frontdesk {command}` uses the database {settings.database}. Stop it first, or set "
            "DATABASE to another file."
        ) from None
    except OSError as error:
        raise Fatal(
            f"The folder of the database {settings.database} can't be written to ({error.strerror}). Set "
            "DATABASE to a file that this user may write."
        ) from None
    with lock:
        yield
