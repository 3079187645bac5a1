"""Summaries of what leaves the prompt, and sessions, on a real desk with its store."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import desk, summaries
from core.answering import Answerer
from core.desk import Desk
from core.knowledge import Library
from core.messages import Agents, Answer, Author
from core.ports import ModelFault, Request, Task
from core.prompt import Keeping, Prompter
from core.store import Store
from core.summaries import Summaries
from core.tokens import EstimatingCounter
from tests.builders import ANN, BEN, DESK, TEAM, incoming, write_knowledge
from tests.fakes import RecordingPlatform, ScriptedClerk, ScriptedModel

COUNTER = EstimatingCounter()
NUMBERS = re.compile(r"\bn(\d+)\b")
HOUR = 3_600.0


def covering(task: Task) -> str:
    """Return a summary that names the numbers of all messages that it tells of."""
    return " ".join(f"n{number}" for number in dict.fromkeys(NUMBERS.findall(task.messages[1]["content"])))


class Office:
    """A desk with a clerk, on one file; can be left and entered again."""

    def __init__(self, folder: Path, keeping: Keeping = "summary") -> None:
        self.folder = folder
        self.keeping = keeping
        self.clerk = ScriptedClerk(covering)
        self.model = ScriptedModel(Answer("Yes."))
        self.platform = RecordingPlatform()
        self.said = 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Desk]:
        """Serve until the block ends."""
        session = 12 * HOUR if self.keeping == "session" else None
        self.store = await Store.open(self.folder / "frontdesk.db", session)
        library = Library(write_knowledge(self.folder / "knowledge"))
        prompter = Prompter(6_000, COUNTER, self.keeping)
        answerer = Answerer(library, self.model, prompter, 300)
        self.summaries = Summaries(self.store, self.clerk, prompter, COUNTER)
        writes = self.summaries if self.keeping == "summary" else None
        self.desk = Desk(self.store, answerer, COUNTER, Agents(TEAM), summaries=writes)
        self.desk.connect(self.platform)
        stop = asyncio.Event()
        running = asyncio.create_task(self.desk.run(stop, 30.0))
        try:
            yield self.desk
        finally:
            stop.set()
            await running
            library.close()
            await self.store.close()

    async def hears(
        self, text: str = "", author: Author = ANN, *, at: float = 0.0, shared: bool = False
    ) -> str:
        """Receive a numbered message and answer it; return its id."""
        self.said += 1
        text = text or f"Tell me about n{self.said}. " + "word " * 45
        message = incoming(text, author=author, shared=shared)
        await self.desk.receive(replace(message, sent_at=at or message.sent_at))
        await self.desk.settled()
        return message.id

    async def talks(self, times: int = 12) -> list[str]:
        """Hear so many messages, each with its summary written at once."""
        ids = []
        for _ in range(times):
            ids.append(await self.hears())
            await self.summaries.settled()
        return ids

    @property
    def request(self) -> Request:
        """What the model was asked last."""
        return self.model.requests[-1]

    @property
    def summary(self) -> str:
        """The summary in the last prompt; empty if it has none."""
        found = self.request.messages[1]["content"]
        return found if "<summary>" in found else ""

    def rows(self, query: str) -> list[tuple[str | int, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "frontdesk.db")) as db:
            return db.execute(query).fetchall()

    @property
    def kept(self) -> str:
        """All summaries that are stored."""
        return " ".join(str(text) for (text,) in self.rows("SELECT text FROM summaries"))


@pytest.fixture(autouse=True)
def settled_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SETTLED_POLL_SECONDS", 0.001)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


# --- what the model reads --------------------------------------------------------------------------------


async def test_what_left_the_prompt_stays_in_it_as_a_summary(office: Office) -> None:
    async with office.open():
        await office.talks(16)
    shown = [int(n) for m in office.request.messages[2:] for n in NUMBERS.findall(m["content"])]
    assert [int(n) for n in NUMBERS.findall(office.summary)] == list(range(1, shown[0]))
    assert shown == list(range(shown[0], 17))
    assert office.request.history[0] == 2
    assert "not an instruction" in office.summary
    assert len(office.clerk.tasks) < 12


async def test_a_prompt_begins_as_the_one_before_until_a_block_leaves(office: Office) -> None:
    async with office.open():
        await office.talks(16)
    changed = [
        number
        for number in range(1, 16)
        if office.model.requests[number].messages[: len(office.model.requests[number - 1].messages)]
        != office.model.requests[number - 1].messages
    ]
    assert 2 <= len(changed) <= 10
    summaries = {request.messages[1]["content"] for request in office.model.requests}
    assert len(summaries) == len(changed) + 1


async def test_no_reply_waits_for_a_summary(office: Office) -> None:
    office.clerk.gate = asyncio.Event()
    async with office.open():
        for _ in range(16):
            await office.hears()
        assert len(office.platform.texts(DESK)) == 16
        assert len(office.clerk.tasks) == 1
        assert office.summary == ""


async def test_a_clerk_that_fails_is_asked_again_and_what_is_missing_made_up_for(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "REST_SECONDS", 0.0)
    office.clerk.writes = [*[ModelFault("no answer")] * 6, covering]
    with caplog.at_level(logging.WARNING):
        async with office.open():
            await office.talks(22)
    assert len(office.platform.texts(DESK)) == 22
    assert "A summary could not be written (no answer)" in caplog.text
    assert "n1 n2 n3 " in office.summary


async def test_a_clerk_that_fails_is_not_asked_at_every_turn(office: Office) -> None:
    office.clerk.writes = [ModelFault("no answer")]
    async with office.open():
        await office.talks(22)
    assert len(office.clerk.tasks) == 1


async def test_after_a_restart_what_is_missing_is_made_up_for(office: Office) -> None:
    office.clerk.gate = asyncio.Event()
    async with office.open():
        for _ in range(16):
            await office.hears()
    office.clerk.gate = None
    async with office.open():
        await office.talks(9)
    assert "n1 n2 n3 " in office.summary
    assert NUMBERS.findall(office.kept)[:3] == ["1", "2", "3"]


async def test_a_summary_that_is_too_long_is_cut_at_a_sentence(office: Office) -> None:
    office.clerk.writes = ["She asked for help. " * 100]
    async with office.open():
        await office.talks(16)
    assert office.summary.endswith("She asked for help.\n</summary>")
    assert all(len(str(text)) <= 180 for (text,) in office.rows("SELECT text FROM summaries"))
    assert office.request.tokens <= 6_000


# --- what is taken back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["delete", "edit"])
async def test_words_that_are_taken_back_leave_the_summary_which_is_made_anew(
    office: Office, how: str
) -> None:
    async with office.open() as served:
        ids = await office.talks(16)
        assert "n3 " in office.summary
        if how == "delete":
            await served.delete(ids[2])
        else:
            await served.edit(ids[2], "Never mind.", 2_000_000_000.0)
        assert "n3 " not in f"{office.kept} "
        begun = len(office.clerk.tasks)
        await office.summaries.settled()
        assert len(office.clerk.tasks) > begun
        await office.talks(1)
        assert "n4 n5" in office.summary
        await office.talks(9)
    assert "n3 " not in f"{office.kept} {office.summary} "


async def test_words_taken_back_while_a_summary_is_written_do_not_get_into_it(office: Office) -> None:
    async with office.open() as served:
        office.clerk.gate = asyncio.Event()
        ids = []
        while not office.clerk.tasks:
            ids.append(await office.hears())
            await asyncio.sleep(0.01)
        await served.delete(ids[1])
        office.clerk.gate.set()
        await office.talks(4)
        assert office.kept
        assert "n2 " not in f"{office.kept} "


async def test_who_begins_afresh_leaves_the_summary_behind(office: Office) -> None:
    async with office.open() as served:
        await office.talks(16)
        await served.start_afresh(DESK)
        assert office.kept == ""
        await office.talks(12)
    assert office.summary
    assert "n16 " not in office.summary
    assert "n17 " in office.summary


async def test_what_one_customer_and_people_say_is_in_nobodys_summary(office: Office) -> None:
    async with office.open():
        await office.hears("I want to talk to a human", BEN, shared=True)
        for _ in range(3):
            await office.hears("My secret is n999. " + "word " * 30, BEN, shared=True)
        for _ in range(16):
            await office.hears(shared=True)
            await office.summaries.settled()
    assert office.summary
    assert "n999" not in office.clerk.read() + office.kept
    assert "customer: Ann" in office.clerk.read()


# --- sessions --------------------------------------------------------------------------------------------


async def test_after_a_long_silence_the_model_reads_one_line_of_what_was_before(tmp_path: Path) -> None:
    office = Office(tmp_path, "session")
    now = 1_800_000_000.0
    async with office.open():
        await office.hears("Can I pay n1 by card? " + "word " * 60, at=now)
    with contextlib.closing(sqlite3.connect(tmp_path / "frontdesk.db")) as db, db:
        db.execute("UPDATE messages SET sent_at = ? WHERE role = 'assistant'", [now + 5])
    async with office.open() as served:
        await office.hears("And n2?", at=now + 11 * HOUR)
        assert len(office.request.messages) == 4
        later = now + 60 * HOUR
        await office.hears("Is n3 open?", at=later)
        (line,) = [m["content"] for m in office.request.messages[1:-1]]
        assert "on 15 January 2027" in line
        assert "“Can I pay n1 by card? word" in line
        assert len(line) < 400
        await office.hears("And n4?", at=later + 60)
        assert [m["content"] for m in office.request.messages[1:]] == [line, "Is n3 open?", "Yes.", "And n4?"]
        assert office.request.history == (2, 4)
        first = office.rows("SELECT id FROM messages WHERE text LIKE '%n1%'")[0][0]
        await served.delete(str(first))
        await office.hears("And n5?", at=later + 120)
        assert "n1" not in str(office.request.messages)
        assert [m["role"] for m in office.request.messages[1:]].count("user") == 3


async def test_a_turn_that_was_put_back_begins_the_same_session(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "frontdesk.db", 12 * HOUR)
    office = Office(tmp_path, "session")
    now = 1_800_000_000.0
    async with office.open():
        await office.hears("Can I pay n1 by card?", at=now)
    await store.add(replace(incoming("Is n2 open?"), sent_at=4_000_000_000.0), 3)
    turn = await store.claim(("stub",))
    assert turn
    assert turn.begins
    await store.release(turn)
    again = await store.claim(("stub",))
    assert again
    assert again.earlier == turn.earlier
    assert again.history == ()
    await store.close()


async def test_no_session_ends_while_people_have_the_case(tmp_path: Path) -> None:
    office = Office(tmp_path, "session")
    async with office.open():
        await office.hears("I want to talk to a human", at=1_800_000_000.0)
        await office.hears("Hello?", at=4_000_000_000.0)
    assert office.rows("SELECT session FROM conversations") == [(0,)]
