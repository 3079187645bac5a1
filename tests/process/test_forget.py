"""`frontdesk forget`: a customer is forgotten from the command line, while nothing runs and while it does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from bots.__main__ import cli
from bots.commands.common import only_one
from core.messages import CaseState
from core.phrases import ENGLISH
from core.settings import load_settings
from core.store import Store
from tests.builders import ANN, BEN, case_of
from tests.core.storing import answered, opened

PROJECT = Path(__file__).parents[2]
WORDS = b"My zebra is striped"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "frontdesk.db"
    monkeypatch.setenv("DATABASE", str(path))
    monkeypatch.setenv("KNOWLEDGE_DIR", str(PROJECT / "knowledge"))
    asyncio.run(asked(path))
    return path


async def asked(path: Path, *, case: bool = False) -> None:
    """Let Ann and Ben have been answered; perhaps people deal with Ann."""
    store = await Store.open(path)
    for author in () if case else (ANN, BEN):
        await answered(store, f"{WORDS.decode()}, {author.name}", author=author)
    if case:
        await opened(store, case_of(CaseState.WAITING, question=WORDS.decode(), ping="ping"))
    await store.close()


def forget(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["forget", *arguments])
    return result.exit_code, result.output


def test_first_it_is_told_then_done_and_others_keep_their_words(database: Path) -> None:
    code, out = forget(ANN.id)
    assert (code, out.splitlines()[0]) == (0, "stub:ann: 1 messages, 1 answers, 0 cases.")
    assert database.read_bytes().count(WORDS) >= 2

    code, out = forget(ANN.id, "--yes")
    assert code == 0
    assert "Removed." in out
    assert database.read_bytes().count(WORDS + b", Ann") == 0
    assert database.read_bytes().count(WORDS + b", Ben") == 1

    assert forget("slack:T1/U9")[0] == 2


def test_while_it_runs_the_wish_is_left_to_it(database: Path) -> None:
    with only_one(load_settings(), "run"):
        code, out = forget(ANN.id, "--yes")
        assert (code, "within a minute" in out) == (0, True)
        assert WORDS + b", Ann" in database.read_bytes()
    assert forget(BEN.id, "--yes")[0] == 0  # whoever waits is forgotten with the next one
    assert WORDS not in database.read_bytes()


def test_while_people_deal_with_them_it_waits(database: Path) -> None:
    asyncio.run(asked(database, case=True))
    code, out = forget(ANN.id, "--yes")
    assert (code, "once their case is closed" in out) == (0, True)
    assert WORDS in database.read_bytes()
    assert ENGLISH.forgotten_now.encode() not in database.read_bytes()
