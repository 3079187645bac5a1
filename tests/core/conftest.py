"""Fixtures that the tests of core share; none is used unless it is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import desk as desk_module
from core import outbox as outbox_module
from core import worker as worker_module
from core.store import Store
from tests.core.house import House


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "frontdesk.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    store = await Store.open(path)
    yield store
    await store.close()


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits that production has for real networks."""
    monkeypatch.setattr(worker_module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(desk_module, "SETTLED_POLL_SECONDS", 0.0)
    monkeypatch.setattr(outbox_module, "IN_FLIGHT_SECONDS", 0.0)
    monkeypatch.setattr(outbox_module, "LONGEST_WAIT", 0.0)


@pytest.fixture
def house(tmp_path: Path, no_waiting: None) -> House:
    return House(tmp_path)
