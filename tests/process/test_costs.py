"""`frontdesk costs`: what every call cost; and a budget that the real process keeps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.store import Store
from tests.process.frontdesk import frontdesk
from tests.simulators.model import ModelSimulator


@pytest.fixture
async def server() -> AsyncIterator[ModelSimulator]:
    async with ModelSimulator() as server:
        yield server


async def test_every_call_is_told_and_past_the_budget_the_articles_are_quoted(
    tmp_path: Path, server: ModelSimulator
) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('[models]\n"gpt-4.1-mini" = { input = 1, output = 2 }\n')
    # The first call uses the budget up: there is no room for another.
    server.replies("Hello!", usage={"prompt_tokens": 9_000, "completion_tokens": 500})
    code, out, err = await frontdesk(
        tmp_path,
        "chat",
        stdin="Hello?\nHow long does a refund take?\n",
        OPENAI_API_KEY=server.api_key,
        OPENAI_BASE_URL=server.base_url,
        PRICES=str(prices),
        BUDGET_DAY="0.011",
    )
    assert code == 0, err
    assert len(server.requests) == 1
    assert "This is from our article" in out
    assert "**Today's budget for the model is spent:** $0.01 of $0.011" in out
    assert "The budget for this day is spent" in err

    # As while the bot runs.
    store = await Store.open(tmp_path / "data" / "frontdesk.db")
    told, as_json = await asyncio.gather(
        frontdesk(tmp_path, "costs", "--by", "customer"),
        frontdesk(tmp_path, "costs", "--by", "model", "--days", "2", "--json"),
    )
    await store.close()
    assert (told[0], as_json[0]) == (0, 0), told[2] + as_json[2]
    heading, line, total, *_ = told[1].splitlines()
    assert heading.split()[0] == "CUSTOMER"
    assert line.startswith("You (terminal:")
    assert total.split() == ["total", "1", "9,000", "0", "500", "0.0100"]
    found = json.loads(as_json[1])
    assert [(row["model"], row["calls"], row["usd"]) for row in found["rows"]] == [
        ("gpt-4.1-mini", 1, "0.01")
    ]


async def test_what_is_wrong_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text('[models]\n"gpt-4.1" = { input = 1 }\n')
    model = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "DATABASE": "asked.db"}
    prices, database = await asyncio.gather(
        frontdesk(tmp_path, "ask", "Hello?", **model, PRICES="prices.toml"), frontdesk(tmp_path, "costs")
    )
    assert (prices[0], database[0]) == (2, 2)
    assert '"gpt-4.1" has no output' in prices[2]
    assert "Traceback" not in prices[2]
    assert "There is no database" in database[2]
    assert not (tmp_path / "data").exists()
