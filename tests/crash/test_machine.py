"""The store and the desk under every mishap in every order: a state machine that Hypothesis drives."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from core.knowledge import Library
from tests.crash.house import hurry, library_in
from tests.crash.machine_cases import CaseMachine


def test_nothing_is_lost_or_said_twice_whatever_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    library = library_in(tmp_path / "knowledge")
    asyncio.run(_opened(library))
    try:
        run_state_machine_as_test(
            lambda: CaseMachine(library),  # type: ignore[arg-type]
            settings=settings(
                max_examples=20,
                stateful_step_count=30,
                deadline=None,
                derandomize=True,
                # Threads and timers do not replay exactly: a failure's story tells more than a shrunk one.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        library.close()


async def _opened(library: Library) -> None:
    await library.open()
