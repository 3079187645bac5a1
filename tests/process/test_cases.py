"""`frontdesk cases`: what became of each case, who did it, and why."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.process.frontdesk import called

TALK = """\
I forgot my password
I want to talk to a human
/claim
/agent Try the link again.
/resolve
/bad
How long does a refund take?
I want to talk to a human
"""


@pytest.fixture(scope="module")
def talked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which one case was resolved and a second one waits; the tests only read it."""
    folder = tmp_path_factory.mktemp("talked")
    code, _, err = asyncio.run(called(folder, "chat", stdin=TALK))
    assert code == 0, err
    return folder


async def test_the_open_cases_are_listed_newest_first(talked: Path) -> None:
    code, out, _ = await called(talked, "cases")
    assert code == 0
    heading, line = out.splitlines()
    assert heading.split() == ["ID", "STATE", "SINCE", "CUSTOMER", "OWNER", "REASON", "QUESTION"]
    assert line.split()[:2] == ["2", "waiting"]
    _, out, _ = await called(talked, "cases", "--all")
    assert [line.split()[1] for line in out.splitlines()[1:]] == ["waiting", "resolved"]


async def test_one_case_is_told_step_by_step(talked: Path) -> None:
    code, out, _ = await called(talked, "cases", "show", "1")
    assert code == 0
    assert "Owner:        Dana from Support" in out
    assert "Rating:       bad" in out
    assert "I forgot my password" in out
    steps = [line.split("UTC")[1].split() for line in out.partition("Steps:\n")[2].splitlines()]
    assert [" ".join(step) for step in steps] == [
        "waiting You: asked for a person",
        "claimed Dana from Support: claimed",
        "resolved Dana from Support: resolved",
    ]


async def test_json_holds_the_same(talked: Path) -> None:
    _, out, _ = await called(talked, "cases", "--all", "--json")
    assert [(case["id"], case["state"]) for case in json.loads(out)] == [(2, "waiting"), (1, "resolved")]
    _, out, _ = await called(talked, "cases", "show", "1", "--json")
    case = json.loads(out)
    assert [step["state"] for step in case["steps"]] == ["waiting", "claimed", "resolved"]
    assert case["owner"]["name"] == "Dana from Support"
    assert case["rating"] == "bad"
    assert case["since"] >= case["opened_at"] > 0


async def test_a_case_that_is_not_there_is_told(talked: Path) -> None:
    code, out, err = await called(talked, "cases", "show", "99")
    assert (code, out) == (2, "")
    assert "There is no case 99" in err


async def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    code, _, err = await called(tmp_path, "cases")
    assert code == 2
    assert "There is no database" in err
    assert not (tmp_path / "data").exists()


async def test_no_cases_are_no_error(tmp_path: Path) -> None:
    await called(tmp_path, "chat", stdin="hello\n")
    code, out, _ = await called(tmp_path, "cases")
    assert (code, out.strip()) == (0, "No cases.")
