"""An echo machine behind a person's account: whatever we post, it says again."""

from __future__ import annotations

import pytest

from core.loops import ECHOES
from core.phrases import ENGLISH
from tests.both.conftest import Open
from tests.both.sides import Side, plain
from tests.discord_.conftest import model_settings
from tests.simulators.model import ModelSimulator

MOST = 20


async def echo(us: object, side: Side, begin: str) -> int:
    """Let a machine say back what it reads, until nothing comes or we pause; return how often it wrote."""
    text, read, pause = begin, 0, f"{plain(ENGLISH.looped)}\n\nPlease"
    for wrote in range(1, MOST):
        await side.writes(us, "Ada", text)  # type: ignore[arg-type]
        said = side.reads("Ada")[read:]
        if not said or said[-1].startswith(pause):
            return wrote
        read += len(said)
        text = "\n".join(said)
    return MOST


@pytest.mark.parametrize("name", ["slack", "discord"])
async def test_with_agents_it_ends_with_them(
    sides: dict[str, Side], opened: Open, model: ModelSimulator, name: str
) -> None:
    side = sides[name]
    us = await opened(agents=side.team, **model_settings(model))
    for _ in range(MOST):
        model.replies("Open Orders, choose the order and press Refund.")
    assert await echo(us, side, "How do I get a refund?") < MOST / 2
    assert len(side.reads("Ada")) == ECHOES + 3
    assert us.cases() == [("waiting", "looped")]
    assert len(side.cards()) == 1


@pytest.mark.parametrize("name", ["slack", "discord"])
async def test_without_agents_it_says_once_that_it_pauses(
    sides: dict[str, Side], opened: Open, name: str
) -> None:
    side = sides[name]
    us = await opened()
    assert await echo(us, side, "How do I get a refund?") == ECHOES + 1
    assert len(side.reads("Ada")) == ECHOES + 1
    await side.writes(us, "Ada", side.reads("Ada")[-1], settle=False)
    # Somebody else is served meanwhile.
    await side.writes(us, "Ben", "How do I get a refund?")
    assert len(side.reads("Ben")) == 1
    assert len(side.reads("Ada")) == ECHOES + 1
