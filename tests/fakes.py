"""Hand-written stand-ins for what is outside: a platform that records, a model that says what it was told."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Set

from core.messages import Answer, Author, IncomingMessage, Post
from core.ports import Request, Unknown

Says = Answer | BaseException | Callable[[Request], Answer]


class RecordingPlatform:
    """Keeps what is posted; does what `faults` say first, one a try, place by place.

    Attributes:
        posts: What is on the platform, in the order in which it came there.
        tries: Every call of `post`, also those that failed.
        faults: By place, what the next tries raise; None lets one through.
        arrives: Whether a post whose connection breaks arrives nevertheless.
        finds: What `find` raises or returns, in turn; after that it looks for the post.
        gates: By place, an event that posting there waits for.
        unheard: By place, what a read-back finds.
    """

    def __init__(self, name: str = "stub", limit: int = 2_000) -> None:
        self.name = name
        self.limit = limit
        self.posts: list[Post] = []
        self.tries: list[Post] = []
        self.faults: defaultdict[str, list[Exception | None]] = defaultdict(list)
        self.arrives = False
        self.finds: list[Exception | None] = []
        self.asked: list[Post] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.people: dict[str, str] = {}
        self.unheard: dict[str, list[IncomingMessage]] = {}
        self.asked_names: list[str] = []
        self.busy: Tally[str] = Tally()
        self.most_at_once: Tally[str] = Tally()
        self.shown: list[str] = []
        self._changed = asyncio.Event()

    def texts(self, place: str) -> list[str]:
        """Return what people read in a place."""
        return [post.text for post in self.posts if post.place == place]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Return once something is so that depends on what was tried or posted."""
        while not happened():
            self._changed.clear()
            await self._changed.wait()

    async def post(self, post: Post) -> str:
        self.tries.append(post)
        self._changed.set()
        with self._at_work(post.place):
            if gate := self.gates.get(post.place):
                await gate.wait()
            await asyncio.sleep(0)
            faults = self.faults[post.place]
            fault = faults.pop(0) if faults else None
            if fault is None or (isinstance(fault, Unknown) and self.arrives):
                self.posts.append(post)
                self._changed.set()
            if fault is not None:
                raise fault
        return f"{self.name}:{post.key}"

    @property
    def connected(self) -> bool:
        return True

    async def places(self, since: float) -> list[str]:
        return list(self.unheard)

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        for message in self.unheard[place]:
            yield message

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        self.asked.append(post)
        if self.finds and (fault := self.finds.pop(0)):
            raise fault
        there = any(one.key == post.key for one in self.posts)
        return f"{self.name}:{post.key}" if there else None

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        self.shown.append(message_id)
        yield

    async def person(self, author: Author) -> str:
        self.asked_names.append(author.id)
        return self.people.get(author.id, author.name or author.id)

    async def where(self, place: str) -> str:
        return f"#{place.partition(':')[2]}"

    async def link(self, message_id: str) -> str:
        return f"https://example.org/{message_id}"

    @contextlib.contextmanager
    def _at_work(self, place: str) -> Iterator[None]:
        self.busy[place] += 1
        self.most_at_once[place] = max(self.most_at_once[place], self.busy[place])
        self.most_at_once["anywhere"] = max(self.most_at_once["anywhere"], self.busy.total())
        try:
            yield
        finally:
            self.busy[place] -= 1


class ScriptedModel:
    """Says or raises its lines one after the other; the last one again and again."""

    def __init__(self, *says: Says) -> None:
        self.says = list(says)
        self.requests: list[Request] = []
        self.asked = asyncio.Event()
        self.gate: asyncio.Event | None = None
        self.closed = False

    async def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        self.asked.set()
        if self.gate:
            await self.gate.wait()
        line = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(line, BaseException):
            raise line
        return line(request) if callable(line) else line

    async def close(self) -> None:
        self.closed = True
