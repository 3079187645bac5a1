"""A disk that fills up: what is not stored is not acknowledged, and all goes on when there is room."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.messages import Author, IncomingMessage
from tests.crash.house import NAMES, Life, World

SLACK, DISCORD = "slack:T1/D1", "discord:700"
FULL = "database or disk is full"


def by_somebody_new(message: IncomingMessage) -> IncomingMessage:
    """Return a message that begins a conversation, by an author who is not known yet."""
    conversation, author = f"{message.conversation}/new", Author("slack:new", "New")
    return replace(message, conversation=conversation, author=author)


def everything(path: Path) -> dict[str, list[Any]]:
    """Return all rows of all tables."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: db.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}  # noqa: S608


async def test_what_does_not_fit_is_not_acknowledged_and_nothing_of_it_is_written(
    life: Life, world: World
) -> None:
    await life.say(SLACK)
    await life.settled()
    before = everything(world.path)
    world.padding = " please" * 800
    message = by_somebody_new(world.write(SLACK).message())
    await life.store.limit_pages(0)
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError, match=FULL):
            await life.desk.receive(message)
    assert everything(world.path) == before

    await life.store.limit_pages(None)
    assert await life.desk.receive(message)
    assert not await life.desk.receive(message)
    await life.settled()
    assert world.replies(message.conversation) == ["Re n2v0."]


async def test_what_discord_sent_meanwhile_is_read_back_when_there_is_room(life: Life, world: World) -> None:
    await life.say(DISCORD)
    await life.settled()
    tried = _errors_of(life, "add")
    await life.store.limit_pages(0)
    world.padding = " please" * 800
    missed = await life.say(DISCORD)
    assert not missed.delivered
    await tried.times(5)
    assert set(tried.errors) == {FULL}
    assert world.replies(DISCORD) == ["Re n1v0."]

    await life.store.limit_pages(None)
    await world.until(lambda: len(world.replies(DISCORD)) > 1)
    await life.settled()
    assert world.replies(DISCORD) == ["Re n1v0.", f"Re n{missed.number}v0."]


async def test_an_answer_that_does_not_fit_waits_and_is_given_once(life: Life, world: World) -> None:
    await life.say(SLACK)
    await life.settled()
    world.model_goes_on.clear()
    await life.say(SLACK)
    await world.until(lambda: len(world.prompts) == 2)
    tried = _errors_of(life, "decide")
    await life.store.limit_pages(0)
    world.verbosity = "Read on. " * 800
    world.model_goes_on.set()
    await tried.times(5)
    assert set(tried.errors) == {FULL}
    assert world.replies(SLACK) == ["Re n1v0."]
    assert not everything(world.path)["usage"]
    assert len(everything(world.path)["posts"]) == 1

    await life.store.limit_pages(None)
    await life.settled()
    _, *parts = world.replies(SLACK)
    assert len(parts) > 1
    assert [NAMES.findall(part) for part in parts] == [[("2", "0")]] + [[]] * (len(parts) - 1)
    assert " ".join(" ".join(parts).split()) == f"Re n2v0. {world.verbosity}".strip()
    assert len(world.prompts) == 2


class _Tried:
    """The errors of one of the store's methods."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._more = asyncio.Event()

    def add(self, error: str) -> None:
        self.errors.append(error)
        self._more.set()

    async def times(self, count: int) -> None:
        while len(self.errors) < count:
            self._more.clear()
            await self._more.wait()


def _errors_of(life: Life, method: str) -> _Tried:
    tried = _Tried()
    work = getattr(life.store, method)

    async def overheard(*arguments: Any) -> Any:
        try:
            return await work(*arguments)
        except sqlite3.Error as error:
            tried.add(str(error))
            raise

    setattr(life.store, method, overheard)
    return tried
