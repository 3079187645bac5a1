"""Group commit: what is written together, and what waits for company."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlite_utils import Database

from core.store import Store, commits
from core.store.commits import GroupCommit


class Writing:
    """A group commit on a table of words, and how many transactions it took."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        connection.execute("CREATE TABLE words (word TEXT UNIQUE)")
        connection.set_trace_callback(self._ran)
        self.db = Database(connection)
        self.commits = GroupCommit(self.db, thread)
        self.transactions = 0

    def _ran(self, statement: str) -> None:
        self.transactions += statement == "COMMIT"

    async def write(self, word: str, *, hurried: bool = True) -> None:
        await self.commits.run(_insert(word), durable=False, hurried=hurried)

    def words(self) -> list[str]:
        return [row[0] for row in self.db.execute("SELECT word FROM words ORDER BY rowid")]


def _insert(word: str) -> Callable[[Database], object]:
    return lambda db: db.execute("INSERT INTO words VALUES (?)", [word])


@pytest.fixture
async def writing() -> AsyncIterator[Writing]:
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield Writing(thread)


async def test_what_is_given_together_is_one_transaction_in_its_order(writing: Writing) -> None:
    await asyncio.gather(*map(writing.write, "abc"))
    assert (writing.words(), writing.transactions) == (["a", "b", "c"], 1)


async def test_what_another_task_gives_when_it_is_woken_goes_with_it(writing: Writing) -> None:
    woken = asyncio.Event()

    async def second() -> None:
        await woken.wait()
        await writing.write("b")

    following = asyncio.create_task(second())
    await asyncio.sleep(0)
    woken.set()
    await writing.write("a")
    await following
    assert (writing.words(), writing.transactions) == (["a", "b"], 1)


async def test_what_fails_is_undone_alone(writing: Writing) -> None:
    await writing.write("a")
    came = await asyncio.gather(*map(writing.write, "ab"), return_exceptions=True)
    assert [type(one) for one in came] == [sqlite3.IntegrityError, type(None)]
    assert (writing.words(), writing.transactions) == (["a", "b"], 2)


async def test_what_is_in_no_hurry_goes_before_the_next_in_its_transaction(
    writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "LINGER_SECONDS", 60.0)
    lingering = asyncio.create_task(writing.write("a", hurried=False))
    await asyncio.sleep(0)
    await writing.write("b")
    await lingering
    assert (writing.words(), writing.transactions) == (["a", "b"], 1)


async def test_what_is_in_no_hurry_does_not_wait_for_ever(
    writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "LINGER_SECONDS", 0.001)
    await writing.write("a", hurried=False)
    assert writing.words() == ["a"]


async def test_closing_the_store_books_what_lingers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "LINGER_SECONDS", 60.0)
    store = await Store.open(tmp_path / "frontdesk.db")
    booking = asyncio.create_task(store.settle(1, None, lambda model, usage: 0))
    await asyncio.sleep(0)
    await store.close()
    async with asyncio.timeout(5):
        assert await booking is None  # nothing was set aside under this number
