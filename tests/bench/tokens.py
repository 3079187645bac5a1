"""One conversation of thousands of turns: the real desk and store, a platform and a model of air."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.answering import Answerer
from core.desk import Desk
from core.knowledge import Library
from core.messages import Action, Answer, Author, IncomingMessage, Post, Sign, Usage
from core.ports import Opening, Piece, Request, Sentence
from core.prompt import Prompter
from core.settings import Settings
from core.store import Store
from core.tokens import TOKENS_PER_REPLY, count_message, counter_for
from tests.bench.stage import QUESTIONS, REPLY
from tests.process.frontdesk import PROJECT

CONVERSATION = "slack:T1/D1"


@dataclass(frozen=True)
class TurnCost:
    """What a turn sent to the model, how much of it began as the one before did, and how long it took.

    `full`: the history has outgrown its share, so that its oldest turns are left out.
    """

    tokens: int
    full: bool
    cacheable: float
    seconds: float


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

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        nothing: tuple[IncomingMessage, ...] = ()
        for message in nothing:
            yield message

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        return None

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


class _Script:
    """A model that counts what it is asked."""

    def __init__(self, count: Callable[[dict[str, str]], int], reply: str) -> None:
        self._count = count
        self._reply = reply
        self._before: tuple[str, ...] = ()
        self.tokens = 0
        self.full = False
        self.cacheable = 0.0
        self._number = 0

    async def answer(self, request: Request) -> AsyncGenerator[Piece]:
        costs = [self._count({"role": m["role"], "content": m["content"]}) for m in request.messages]
        words = tuple(m["content"] for m in request.messages)
        same = next(
            (n for n, pair in enumerate(zip(words, self._before, strict=False)) if pair[0] != pair[1]),
            min(len(words), len(self._before)),
        )
        self.tokens = sum(costs) + TOKENS_PER_REPLY
        self.cacheable = sum(costs[:same]) / self.tokens
        self._before = words
        self._number += 1
        self.full = len(words) < 2 * self._number  # the instructions, earlier turns, the question
        text = f"{self._reply} ({self._number})"
        yield Opening(Action.ANSWER)
        yield Sentence(text)
        yield Answer(text, usage=Usage("air", self.tokens, 0, 100, 1))

    async def close(self) -> None:
        return


async def long_conversation(folder: Path, turns: int, length: int = 1) -> list[TurnCost]:
    """Return what each turn of one conversation costs; `length` makes answers that many times as long."""
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
    store = await Store.open(folder / f"tokens-{length}.db")
    model, platform = _Script(count, "\n\n".join([REPLY] * length)), _Air()
    desk = Desk(
        store,
        Answerer(library, model, Prompter(settings.prompt_tokens, counter), settings.max_tokens),
        counter,
    )
    desk.connect(platform)
    stop = asyncio.Event()
    working = asyncio.create_task(desk.run(stop))
    try:
        return [await _turn(desk, platform, model, number) for number in range(1, turns + 1)]
    finally:
        stop.set()
        await working
        await store.close()
        library.close()


async def _turn(desk: Desk, platform: _Air, model: _Script, number: int) -> TurnCost:
    now = time.time()
    text = f"{QUESTIONS[number % len(QUESTIONS)]} ({number})"
    message = IncomingMessage(
        f"{CONVERSATION}/{number}", CONVERSATION, Author("slack:T1/U1"), text, number, now
    )
    platform.posted.clear()
    began = time.perf_counter()
    await desk.receive(message)
    async with asyncio.timeout(30):
        await platform.posted.wait()
    return TurnCost(model.tokens, model.full, model.cacheable, time.perf_counter() - began)
