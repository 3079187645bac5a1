"""Time that passes only while everybody waits: minutes in no time, and a wait for ever is seen at once."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Lets the time pass instead of waiting for it."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found:
            assert timeout is not None, "everybody waits, and nothing will ever happen"
            self.passed += timeout
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.passed


def in_no_time(story: Coroutine[Any, Any, T]) -> T:
    """Run a story from the beginning of time, by the clock of its loop; `asyncio.sleep` takes no time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(story)
