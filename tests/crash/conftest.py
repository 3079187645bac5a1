from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.knowledge import Library
from tests.crash.house import Life, World, hurry, library_in


@pytest.fixture
async def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Library]:
    hurry(monkeypatch)
    library = library_in(tmp_path / "knowledge")
    await library.open()
    yield library
    library.close()


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return World(tmp_path / "frontdesk.db")


@pytest.fixture
async def life(library: Library, world: World) -> AsyncIterator[Life]:
    """Give a desk between the fake platforms."""
    life = await Life.begin(library, world)
    yield life
    await life.end()
