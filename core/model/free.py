"""For a house without budgets and a record of costs."""

from __future__ import annotations

from core.messages import Usage
from core.ports import Call


class Unmetered:
    """A meter that lets every call be made and keeps no record."""

    async def reserve(self, call: Call) -> int:
        """Set nothing aside."""
        return 0

    async def settle(self, number: int, usage: Usage | None) -> None:
        """Book nothing."""
