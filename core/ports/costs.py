"""What keeps the costs and limits of calls must do, and what counts tokens."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from core.messages import Usage
from core.ports.models import Asker


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a paid model, before it is made.

    Attributes:
        model: Its name.
        purpose: `answer`, or what a task names.
        prompt_tokens: What the prompt is estimated to cost.
        max_tokens: The longest answer.
        asker: For whom.
        again: Whether a call was made for the same question before.
    """

    model: str
    purpose: str
    prompt_tokens: int
    max_tokens: int
    asker: Asker = field(default_factory=Asker)
    again: bool = False


class Meter(Protocol):
    """Keeps the budgets, and the record of what each call cost."""

    async def reserve(self, call: Call) -> int:
        """Set aside what a call may cost at most, and return its number.

        It is not cancelled: who no longer waits for it lets it come to its end, and gives back what it set
        aside.

        Raises:
            ModelFault: A budget would be passed (FaultKind.BUDGET); nothing was set aside.
        """
        ...

    async def settle(self, number: int, usage: Usage | None) -> None:
        """Book what a call cost in the place of what was set aside.

        Args:
            number: What `reserve` gave.
            usage: As the server told it. None if it told nothing though it may have worked: what was set
                aside is booked. A usage without calls if the call was surely not made: nothing is.
        """
        ...


class Throttle(Protocol):
    """Keeps the limits on calls: how many a minute and at once, and whose turn it is."""

    def admit(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Wait until a call may be made, and hold its place among those at once until the context ends.

        Raises:
            ModelFault: The queue is full (FaultKind.QUEUE_FULL).
        """
        ...

    def ready_in(self, call: Call) -> float:
        """Return for how many seconds, at least, what is left of its model's limits keeps a call back."""
        ...

    def learn(self, model: str, headers: Mapping[str, str]) -> None:
        """Hear what a server says of its limits, in the headers of an answer or an error."""
        ...

    def settle(self, call: Call, usage: Usage) -> None:
        """Hear what a call used in the place of what was estimated."""
        ...


class Counter(Protocol):
    """Counts tokens."""

    def count(self, text: str) -> int:
        """Return how many tokens `text` has."""
        ...
