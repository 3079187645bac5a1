"""Asks the questions, several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from core.evaluation.judging import Outcome
from core.evaluation.questions import Question

Examine = Callable[[Question], Awaitable[Outcome]]


async def run_all(
    questions: Sequence[Question], examine: Examine, at_once: int, done: Callable[[int, Outcome], None]
) -> None:
    """Examine questions, begun in their order, so many at once.

    Args:
        questions: What is asked.
        examine: Asks one; what it raises ends the run.
        at_once: How many are under way at most.
        done: Told of each as it ends, with its number from 0; what it was told stands when the run is
            cancelled.
    """
    waiting = iter(enumerate(questions))

    async def work() -> None:
        for number, question in waiting:
            done(number, await examine(question))

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
