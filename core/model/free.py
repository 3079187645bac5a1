"""For a house without limits and budgets of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from core.messages import Usage
from core.ports import Call


class Unmetered:
    """A meter that lets every call be made and keeps no record."""

    async def reserve(self, call: Call) -> int:
        """Set nothing aside."""
        return 0

    async def settle(self, number: int, usage: Usage | None) -> None:
        """Book nothing."""


class Unthrottled:
    """A throttle that lets every call through at once."""

    def admit(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Don't wait."""
        return contextlib.nullcontext()

    def learn(self, model: str, headers: Mapping[str, str]) -> None:
        """Keep nothing."""

    def settle(self, call: Call, usage: Usage) -> None:
        """Keep nothing."""
