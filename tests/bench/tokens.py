"""One conversation of thousands of turns: the real desk and store, a platform, a model and a clerk of air.

`python -m tests.bench.tokens` prints what a turn sends in each of the three ways to keep the window.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from core.answering import Answerer
from core.desk import Desk
from core.knowledge import Library
from core.messages import Action, Answer, Author, File, IncomingMessage, Post, SaidBefore, Sign, Usage
from core.ports import Opening, Piece, Refused, Request, Sentence, Task
from core.prompt import Keeping, Prompter
from core.settings import Settings
from core.store import Store
from core.summaries import Summaries
from core.tokens import TOKENS_PER_REPLY, count_message, counter_for
from tests.bench.stage import QUESTIONS, REPLY
from tests.process.frontdesk import PROJECT

CONVERSATION = "slack:T1/D1"
WAYS: tuple[Keeping, ...] = ("drop", "summary", "session")
MARKS = (20, 100, 400, 4_000)
# With answers that many times as long (some 450 tokens a turn) the history fills its share before turn 20;
# with short ones it still grows there, and what is sent is flat only from where it is full.
LONG_ANSWERS = 4
# After so many turns the customer is silent for a day, where sessions are kept.
SESSION_TURNS = 25
SILENCE_SECONDS = 86_400.0
# The customer's clock goes on so far between two questions: who asks faster all day is taken for a machine.
PAUSE_SECONDS = 900.0


@dataclass(frozen=True)
class TurnCost:
    """What a turn sent to the model, how much of it began as the one before did, and how long it took.

    `full`: the history has outgrown its share, so that its oldest turns are left out. `reused`: how much of
    the prompt before this one begins as it did. `beside`: tokens sent to keep the summary since.
    """

    tokens: int
    full: bool
    cacheable: float
    seconds: float
    reused: float = 0.0
    beside: int = 0


class _Air:
    """A platform on which posting takes no time."""

    name = "slack"
    limit = 3_000
    connected = True

    def __init__(self) -> None:
        self.posted = asyncio.Event()

    async def post(self, post: Post) -> str:
        self.posted.set()
        return f"slack:{post.key}"

    async def places(self, since: float) -> list[str]:
        return []

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        return []

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        nothing: tuple[IncomingMessage, ...] = ()
        for message in nothing:
            yield message

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        return None

    async def begin(self, post: Post, reader: str) -> str:
        return await self.post(post)

    async def show(self, ref: str, post: Post) -> None:
        return

    async def edit(self, ref: str, post: Post) -> None:
        return

    async def react(self, message_id: str, sign: Sign) -> None:
        return

    def below(self, ref: str) -> str:
        return ref

    def mention(self, person: str) -> str:
        return ""

    async def is_member(self, place: str, person: Author) -> bool:
        return False

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        yield

    async def person(self, author: Author) -> str:
        return "Ana"

    async def where(self, place: str) -> str:
        return "Slack"

    async def link(self, message_id: str) -> str:
        return ""

    async def describe(self, file: File) -> File:
        return file

    async def fetch(self, file: File, most: int) -> bytes:
        raise Refused("nothing is attached here")


class _Script:
    """A model that counts what it is asked."""

    sight = None

    def __init__(self, count: Callable[[dict[str, str]], int], reply: str) -> None:
        self._count = count
        self._reply = reply
        self._before: tuple[str, ...] = ()
        self.tokens = 0
        self.full = False
        self.cacheable = 0.0
        self.reused = 1.0
        self._number = 0

    async def answer(self, request: Request) -> AsyncGenerator[Piece]:
        costs = [self._count({"role": m["role"], "content": m["content"]}) for m in request.messages]
        words = tuple(m["content"] for m in request.messages)
        same = next(
            (n for n, pair in enumerate(zip(words, self._before, strict=False)) if pair[0] != pair[1]),
            min(len(words), len(self._before)),
        )
        before = self.tokens
        self.tokens = sum(costs) + TOKENS_PER_REPLY
        self.reused = sum(costs[:same], TOKENS_PER_REPLY) / before if before else 1.0
        self.cacheable = sum(costs[:same]) / self.tokens
        self._before = words
        self._number += 1
        self.full = len(words) < 2 * self._number  # the instructions, earlier turns, the question
        # No two are the same, and none says a number, for which it would need a source.
        text = f"{self._reply} ({_in_letters(self._number)})"
        yield Opening(Action.ANSWER)
        yield Sentence(text)
        yield Answer(text, usage=Usage("air", self.tokens, 0, 100, 1))

    async def close(self) -> None:
        return


def _in_letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


class _Clerk:
    """A clerk that counts what it is asked, and writes as much as it may."""

    def __init__(self) -> None:
        self.tokens = 0
        self.summaries = 0

    async def write(self, task: Task) -> str:
        self.tokens += task.tokens
        self.summaries += 1
        return f"{self.summaries}: " + "The customer asked about refunds and was told of five days. " * 40


async def long_conversation(
    folder: Path, turns: int, length: int = 1, keeping: Keeping = "drop"
) -> list[TurnCost]:
    """Return what each turn of one conversation costs.

    Args:
        folder: For the database.
        turns: How many.
        length: Makes answers that many times as long.
        keeping: How the window is kept; with sessions the customer is silent for a day now and then.
    """
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    counter = counter_for(settings.openai_model)
    count_text = lru_cache(maxsize=20_000)(counter.count)

    class Cached:
        def count(self, text: str) -> int:
            return count_text(text)

    def count(message: dict[str, str]) -> int:
        return count_message({"role": message["role"], "content": message["content"]}, Cached())

    library = Library(PROJECT / "knowledge")
    await library.open()
    session = settings.session_hours * 3_600 if keeping == "session" else None
    store = await Store.open(folder / f"tokens-{length}-{keeping}.db", session)
    prompter, clerk = Prompter(settings.prompt_tokens, counter, keeping), _Clerk()
    summaries = Summaries(store, clerk, prompter, counter) if keeping == "summary" else None
    model, platform = _Script(count, "\n\n".join([REPLY] * length)), _Air()
    desk = Desk(
        store,
        Answerer(library, model, prompter, settings.max_tokens),
        counter,
        summaries=summaries,
    )
    desk.connect(platform)
    stop = asyncio.Event()
    working = asyncio.create_task(desk.run(stop))
    try:
        costs = []
        for number in range(1, turns + 1):
            silent = SILENCE_SECONDS * ((number - 1) // SESSION_TURNS) if session else 0.0
            later = PAUSE_SECONDS * number + silent
            before = clerk.tokens
            cost = await _turn(desk, platform, model, number, later)
            if summaries:
                await summaries.settled()
            costs.append(replace(cost, beside=clerk.tokens - before))
        return costs
    finally:
        stop.set()
        await working
        await store.close()
        library.close()


async def _turn(desk: Desk, platform: _Air, model: _Script, number: int, later: float) -> TurnCost:
    now = time.time() + later
    text = f"{QUESTIONS[number % len(QUESTIONS)]} ({number})"
    message = IncomingMessage(
        f"{CONVERSATION}/{number}", CONVERSATION, Author("slack:T1/U1"), text, number, now
    )
    platform.posted.clear()
    began = time.perf_counter()
    await desk.receive(message)
    async with asyncio.timeout(30):
        await platform.posted.wait()
    seconds = time.perf_counter() - began
    return TurnCost(model.tokens, model.full, model.cacheable, seconds, model.reused)


@dataclass(frozen=True)
class At:
    """What turns cost around one of the marks.

    Attributes:
        turn: The mark.
        tokens: What the turn itself sent.
        mean: What a turn sent on average since the mark before.
        reused: How much of the previous prompt each began with, on average since then.
        whole: The part of the turns since then that began with the whole of the previous prompt.
        beside: What a turn cost besides, for summaries, on average since then.
    """

    turn: int
    tokens: int
    mean: float
    reused: float
    whole: float
    beside: float


def at_marks(costs: list[TurnCost]) -> list[At]:
    """Return what turns cost around each mark that was reached."""
    found, since = [], 1
    for mark in (mark for mark in MARKS if mark <= len(costs)):
        part = costs[since:mark]
        number = len(part)
        found.append(
            At(
                mark,
                costs[mark - 1].tokens,
                sum(cost.tokens for cost in part) / number,
                sum(cost.reused for cost in part) / number,
                sum(cost.reused > 0.999 for cost in part) / number,
                sum(cost.beside for cost in part) / number,
            )
        )
        since = mark
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tokens", description=__doc__)
    parser.add_argument("--turns", type=int, default=MARKS[-1], help="how many (at least 20; 4,000)")
    parser.add_argument(
        "--length", type=int, default=LONG_ANSWERS, help="answers that many times as long (4)"
    )
    given = parser.parse_args()
    logging.disable(logging.ERROR)
    lines = ["way      turn   tokens  mean    previous prompt reused  whole of it  summaries, tokens a turn"]
    with tempfile.TemporaryDirectory(prefix="frontdesk-tokens-") as folder:
        for way in WAYS:
            costs = asyncio.run(long_conversation(Path(folder), given.turns, given.length, way))
            lines += [
                f"{way:<8} {at.turn:>5,}  {at.tokens:>6,}  {at.mean:>6,.0f}  {at.reused:>22.1%}  "
                f"{at.whole:>11.1%}  {at.beside:>24,.0f}"
                for at in at_marks(costs)
            ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
