"""Hand-written stand-ins for what is outside: a platform that records, a model that says what it was told."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

import numpy
from numpy.typing import NDArray

from core.messages import Action, Answer, Author, File, IncomingMessage, Post, SaidBefore, Sign, Usage
from core.ports import (
    Call,
    FaultKind,
    ModelFault,
    Opening,
    Piece,
    Refused,
    Request,
    Sentence,
    Task,
    TooLarge,
    Unknown,
)
from core.sight import Sight
from tests.simulators.meaning import bag_of_words

Writes = str | BaseException | Callable[[Task], str]
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
        edits: Every edit, with the reference of what it edits.
        states: What a reply that grew said at each time, in order, by its reference.
        signs: The reactions, each with the id of the message that it is on.
        at_work: The places that show that an answer is being made.
        members: The ids of the people who belong to the agents' place.
        said_before: By the id of a message that calls the bot, what was said before it.
        gone: The ids of messages that nobody can react to any more.
        files: By source, what can be fetched, or why it can't.
        fetched: The sources that were asked for.
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
        self.edits: list[tuple[str, Post]] = []
        self.states: defaultdict[str, list[str]] = defaultdict(list)
        self.signs: list[tuple[str, Sign]] = []
        self.members: set[str] = set()
        self.gone: set[str] = set()
        self.asked_names: list[str] = []
        self.busy: Tally[str] = Tally()
        self.most_at_once: Tally[str] = Tally()
        self.shown: list[str] = []
        self.said_before: dict[str, list[SaidBefore]] = {}
        self.asked_before: list[str] = []
        self.files: dict[str, bytes | Exception] = {}
        self.fetched: list[str] = []
        self.at_work: set[str] = set()
        self._removed: set[str] = set()
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
        return "" if post.only else f"{self.name}:{post.key}"

    async def begin(self, post: Post, reader: str) -> str:
        ref = await self.post(post)
        self.states[ref].append(post.text)
        return ref

    async def show(self, ref: str, post: Post) -> None:
        await self.edit(ref, post)
        self.states[ref].append(post.text)

    async def edit(self, ref: str, post: Post) -> None:
        self._raise_fault(post.place)
        known = [one for one in self.posts if ref == f"{self.name}:{one.key}"]
        if not known and (post.text or ref not in self._removed):
            raise Refused("there is no such post")
        self.edits.append((ref, post))
        if post.text:
            new = replace(known[0], text=post.text, buttons=post.buttons)
            self.posts = [new if one.key == new.key else one for one in self.posts]
        else:
            self.posts = [one for one in self.posts if one not in known]
            self._removed.add(ref)
        self._changed.set()

    async def react(self, message_id: str, sign: Sign) -> None:
        self._raise_fault(message_id)
        if message_id in self.gone:
            raise Refused("there is no such message")
        if (message_id, sign) not in self.signs:
            self.signs.append((message_id, sign))
        self._changed.set()

    def _raise_fault(self, place: str) -> None:
        faults = self.faults[place]
        if faults and (fault := faults.pop(0)):
            raise fault

    def below(self, ref: str) -> str:
        return f"{self.name}:below/{ref.partition(':')[2]}"

    def mention(self, person: str) -> str:
        return f"<@{person.partition(':')[2]}>"

    async def is_member(self, place: str, person: Author) -> bool:
        self._raise_fault(f"{place}/members")
        return person.id in self.members

    @property
    def connected(self) -> bool:
        return True

    async def places(self, since: float) -> list[str]:
        return list(self.unheard)

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        for message in self.unheard[place]:
            yield message

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        self.asked_before.append(message_id)
        self._raise_fault(f"{place}/before")
        return self.said_before.get(message_id, [])

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        self.asked.append(post)
        if self.finds and (fault := self.finds.pop(0)):
            raise fault
        there = any(one.key == post.key for one in self.posts)
        return f"{self.name}:{post.key}" if there else None

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        self.shown.append(message_id)
        self.at_work.add(place)
        try:
            yield
        finally:
            self.at_work.discard(place)

    async def person(self, author: Author) -> str:
        self.asked_names.append(author.id)
        return self.people.get(author.id, author.name or author.id)

    async def where(self, place: str) -> str:
        return f"#{place.partition(':')[2]}"

    async def link(self, message_id: str) -> str:
        return f"https://example.org/{message_id}"

    async def describe(self, file: File) -> File:
        return file

    async def fetch(self, file: File, most: int) -> bytes:
        self.fetched.append(file.source)
        await asyncio.sleep(0)
        content = self.files.get(file.source, Refused("there is no such file"))
        if isinstance(content, Exception):
            raise content
        if len(content) > most:
            raise TooLarge("it has too many bytes")
        return content

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
        self.sight: Sight | None = None

    async def answer(self, request: Request) -> AsyncGenerator[Piece]:
        self.requests.append(request)
        self.asked.set()
        if self.gate:
            await self.gate.wait()
        line = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(line, BaseException):
            raise line
        answer = line(request) if callable(line) else line
        yield Opening(answer.action, answer.reason, answer.sources)
        if answer.text:
            yield Sentence(answer.text)
        yield answer

    async def close(self) -> None:
        self.closed = True


class DictatedModel:
    """Writes what a test dictates while it writes: sentences, the end of an answer (None), or a fault."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.sight: Sight | None = None
        self.asked = asyncio.Event()
        self._dictated: asyncio.Queue[str | BaseException | None] = asyncio.Queue()
        self._action = Action.ANSWER

    def writes(self, *pieces: str | BaseException | None, action: Action = Action.ANSWER) -> None:
        """Dictate the next pieces."""
        self._action = action
        for piece in pieces:
            self._dictated.put_nowait(piece)

    async def answer(self, request: Request) -> AsyncGenerator[Piece]:
        self.requests.append(request)
        self.asked.set()
        text, opened = "", False
        while True:
            piece = await self._dictated.get()
            if isinstance(piece, BaseException):
                raise piece
            if not opened:
                opened = True
                yield Opening(self._action)
            if piece is None:
                yield Answer(text, self._action)
                return
            text += piece
            yield Sentence(piece)

    async def close(self) -> None:
        return


class MemoryMeter:
    """Counts tokens as money, and keeps a budget for all and one for each customer.

    Attributes:
        calls: What was reserved, in order; a call's number is its place in it, from 1.
        booked: What each call counts for now: what was set aside, or what it used.
        settled: What each call that ended told.
    """

    def __init__(self, most: float = math.inf, most_each: float = math.inf) -> None:
        self.calls: list[Call] = []
        self.booked: dict[int, int] = {}
        self.settled: dict[int, Usage | None] = {}
        self._most = most
        self._most_each = most_each

    def spent(self, customer: str = "") -> int:
        """Return what all calls count for, or one customer's."""
        theirs = [n for n, call in enumerate(self.calls, 1) if customer in ("", call.asker.customer)]
        return sum(self.booked[number] for number in theirs)

    async def reserve(self, call: Call) -> int:
        await asyncio.sleep(0)
        cost, customer = call.prompt_tokens + call.max_tokens, call.asker.customer
        too_much = self.spent() + cost > self._most
        if too_much or (customer and self.spent(customer) + cost > self._most_each):
            raise ModelFault("the budget is spent", kind=FaultKind.BUDGET)
        self.calls.append(call)
        self.booked[len(self.calls)] = cost
        return len(self.calls)

    async def settle(self, number: int, usage: Usage | None) -> None:
        await asyncio.sleep(0)
        self.settled[number] = usage
        if usage:
            self.booked[number] = usage.prompt_tokens + usage.completion_tokens if usage.calls else 0


class ScriptedClerk:
    """Writes or raises its lines one after the other; the last one again and again."""

    def __init__(self, *writes: Writes) -> None:
        self.writes = list(writes)
        self.tasks: list[Task] = []
        self.asked = asyncio.Event()
        self.gate: asyncio.Event | None = None

    async def write(self, task: Task) -> str:
        self.tasks.append(task)
        self.asked.set()
        if self.gate:
            await self.gate.wait()
        line = self.writes.pop(0) if len(self.writes) > 1 else self.writes[0]
        if isinstance(line, BaseException):
            raise line
        return line(task) if callable(line) else line

    def read(self) -> str:
        """Return all that it was ever given to read."""
        return "\n".join(message["content"] for task in self.tasks for message in task.messages)


class WordEmbedder:
    """Texts that share words are near each other.

    Attributes:
        asked: Every text that a vector was made for, in order.
        faults: What the next calls raise, one each; None lets one through.
        gate: What calls wait for that are not urgent.
        at_work: Is set once such a call waits.
    """

    batch = 4
    multilingual = False

    def __init__(
        self, name: str = "words", dimensions: int = 64, means: Mapping[str, str] | None = None
    ) -> None:
        """`means` says which words stand for another one."""
        self.name = name
        self.dimensions = dimensions
        self.asked: list[str] = []
        self.faults: list[Exception | None] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.at_work = asyncio.Event()
        self._means = means

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> NDArray[numpy.float32]:
        await asyncio.sleep(0)
        if not urgent:
            self.at_work.set()
            await self.gate.wait()
        if fault := self.faults.pop(0) if self.faults else None:
            raise fault
        self.asked += texts
        rows = [bag_of_words(text, self.dimensions, self._means) for text in texts]
        return numpy.array(rows, numpy.float32).reshape(-1, self.dimensions)

    async def close(self) -> None:
        return
