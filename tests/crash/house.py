"""A desk in this process over a real store, between two hand-written platforms and a scripted model.

What outlives a process (what people wrote, what was posted) is in `World`; a `Life` is one process, which may
end like one that is killed: nothing is cleaned up, and what its store had not finished never happened.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import sqlite3
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Set
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Self, TypeVar

import pytest
from sqlite_utils import Database

from core import attendance, draft, insist, outbox, replying, words, worker
from core.answering import Answerer
from core.desk import Desk
from core.knowledge import Library
from core.messages import (
    Action,
    Agents,
    Answer,
    Author,
    Button,
    File,
    IncomingMessage,
    IncomingPress,
    Post,
    Press,
    SaidBefore,
    Sign,
    platform_of,
)
from core.ports import (
    ModelFault,
    Opening,
    Piece,
    Platform,
    Refused,
    Request,
    Sentence,
    TryLater,
    Unknown,
)
from core.prompt import Prompter
from core.sight import Sight
from core.store import Store, database

T = TypeVar("T")

AGENTS = "slack:T1/GAGENTS"
TEAM = ("dana", "emil")  # who is there
CONVERSATIONS = ("slack:T1/D1", "slack:T1/C1/17.1", "discord:700", "discord:701")
# The words of a message, and what the model says to them: w17v2 is the 17th message after its second edit.
WORDS = re.compile(r"\bw(\d+)v(\d+)\b")
NAMES = re.compile(r"\bn(\d+)v(\d+)\b")


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Make all waits short: they are there for networks and people, and there are none here."""
    for module, name, seconds in (
        (insist, "FIRST_WAIT", 0.002),
        (insist, "LONGEST_WAIT", 0.01),
        (database, "BUSY_SECONDS", 0.01),
        (worker, "RETRY_SECONDS", 0.002),
        (replying, "QUIET_SECONDS", 0.004),
        (outbox, "IN_FLIGHT_SECONDS", 0.004),
        (outbox, "LONGEST_WAIT", 0.002),
        (attendance, "AGAIN_SECONDS", 0.01),
        (draft, "FIRST_SECONDS", 0.0),
        (draft, "EVERY_SECONDS", 0.001),
    ):
        patch.setattr(module, name, seconds)


class Fault(Enum):
    """What goes wrong with the next post to a customer."""

    LATER = auto()
    """Not made, and the platform says so."""
    REFUSED = auto()
    """Not made, and never will be."""
    NOT_MADE = auto()
    """Not made, but who knows: the connection broke."""
    MADE = auto()
    """Made, but who knows."""
    HANGS = auto()
    """Nothing happens until the process dies, or the world goes on."""
    MADE_HANGS = auto()
    """Made, but nobody hears of it until the process dies, or the world goes on."""


@dataclass(eq=False)
class Written:
    """A message as it stands on its platform."""

    number: int
    conversation: str
    author: Author
    at: float
    version: int = 0
    deleted: bool = False
    delivered: bool = False  # and taken: the platform was told that we have it, or the gateway sent it
    stored_at: float = 0.0
    edits: list[int] = field(default_factory=list)  # versions whose event is still to be taken
    deletion: bool = False  # whether that event is still to be taken
    padding: str = ""
    opening: str = ""  # stands before the words
    by_agent: bool = False  # its conversation is the thread of a case

    @property
    def id(self) -> str:
        return f"{self.conversation}/{self.number}.0"

    def message(self, version: int | None = None) -> IncomingMessage:
        shown = self.version if version is None else version
        return IncomingMessage(
            self.id,
            self.conversation,
            self.author,
            f"{self.opening}w{self.number}v{shown}{self.padding}",
            self.number,
            self.at,
            edited_at=float(shown),  # an older version is an older edit
        )


@dataclass
class Made:
    """A post on a platform, as it was made, and its words and buttons as they are now."""

    post: Post
    ref: str
    text: str
    buttons: tuple[Button, ...]
    gone: bool = False


class World:
    """Both platforms and the model: everything that a crash leaves as it is."""

    def __init__(self, path: Path) -> None:
        self.path = path  # of the database
        self.padding = ""  # follows the words of each message
        self.verbosity = ""  # follows the words of each answer
        self.written: list[Written] = []
        self.posts: list[Made] = []
        self.faults: deque[Fault] = deque()
        self.find_faults = 0
        self.model_faults = 0
        self.goes_on = asyncio.Event()
        self.model_goes_on = asyncio.Event()
        self.model_ends = asyncio.Event()  # until then an answer that was begun is not finished
        self.model_ends.set()
        self.goes_on.set()
        self.model_goes_on.set()
        self.prompts: list[str] = []
        self.taken_back: set[str] = set()
        self.still_read: dict[str, int] = {}
        self.heard = False  # whether a turn under way was told of the last change
        self.changes: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        self.came_back: list[str] = []
        self.signs: set[tuple[str, Sign]] = set()
        self.story: list[str] = []
        self._told = asyncio.Event()
        self._refs = itertools.count(1)
        self._began = time.monotonic()

    async def until(self, so: Callable[[], bool]) -> None:
        """Return once something is so that shows in the story."""
        while not so():
            self._told.clear()
            await self._told.wait()

    def tell(self, what: str) -> None:
        """Keep what happened and when: threads and timers don't replay in just the same way."""
        self._told.set()
        self.story.append(f"{(time.monotonic() - self._began) * 1000:7.1f} ms  {what}")

    def write(
        self, conversation: str, author: str = "", opening: str = "", *, by_agent: bool = False
    ) -> Written:
        platform = platform_of(conversation)
        # Discord tells names with messages; Slack has to be asked.
        name = author if platform == "discord" else ""
        who = Author(f"{platform}:{author or conversation[-2:]}", name)
        number = len(self.written) + 1
        written = Written(
            number,
            conversation,
            who,
            time.time(),
            padding=self.padding,
            opening=opening,
            by_agent=by_agent,
        )
        self.written.append(written)
        self.tell(f"written: {opening}w{written.number} in {conversation} by {who.id}")
        return written

    def make(self, post: Post, *, once: bool) -> str:
        """Put a post there; `once`: the same key does not make a second one."""
        if once:
            for made in self.posts:
                if made.post.key == post.key:
                    return made.ref
        ref = f"{post.place}/p{next(self._refs)}"
        self.posts.append(Made(post, ref, post.text, post.buttons))
        self.tell(f"posted: {post.text.partition(chr(10))[0]!r} in {post.place}")
        return ref

    def changed(self, written: Written) -> None:
        self.changes[written.conversation, written.author.id].append(time.time())

    def take_back(self, written: Written, version: int) -> None:
        """From now on these words may not be read by the model or stand in the database."""
        old = f"w{written.number}v{version}"
        self.tell(f"taken back: {old}")
        self.taken_back.add(old)
        under_way = self._turn_under_way(written)
        if under_way:
            self.still_read[old] = under_way
        else:
            self.still_read.pop(old, None)

    def _turn_under_way(self, written: Written) -> int:
        """Return the turn that goes on with what it has read of a message; 0 if there is none.

        It does not begin again for the sake of its history, nor more often than it may, nor for what comes
        between its claim and its beginning; test_gaps holds it to that.
        """
        if not self.path.exists():
            return 0
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            query = "SELECT id, claimed_at FROM turns WHERE conversation = ? AND state = 'claimed'"
            turn, since = db.execute(query, [written.conversation]).fetchone() or (0, 0.0)
            query = "SELECT turn FROM messages WHERE id = ?"
            (own,) = db.execute(query, [written.id]).fetchone() or (turn,)
        changes = self.changes[written.conversation, written.author.id]
        often = sum(at >= since for at in changes) > replying.MAX_RESTARTS
        return int(turn) if own != turn or often or not self.heard else 0

    def read(self, prompt: str) -> None:
        """Note what the model reads, and whether it holds words that were taken back before."""
        self.prompts.append(prompt)
        for old in self.taken_back & set(prompt.split()):
            if not (turn := self.still_read.get(old)) or not self._is_claimed(turn):
                self.came_back.append(old)

    def _is_claimed(self, turn: int) -> bool:
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            query = "SELECT 1 FROM turns WHERE id = ? AND state = 'claimed'"
            return db.execute(query, [turn]).fetchone() is not None

    def replies(self, conversation: str) -> list[str]:
        return [made.text for made in self.posts if made.post.place == conversation and not made.gone]

    def told_agents(self) -> str:
        return "\n".join(self.replies(AGENTS))


class FakePlatform:
    """Slack finds a post by its key and knows all its places; Discord neither, but takes a nonce once."""

    limit = 1_900
    connected = True

    def __init__(self, name: str, world: World, desk: Desk) -> None:
        self.name = name
        self._world = world
        self._desk = desk
        self._nonces = name == "discord"

    async def places(self, since: float) -> list[str]:
        if self.name == "discord":
            return await self._desk.conversations(self.name, since)
        threads = [place for place in await self._desk.conversations(self.name, since) if _is_agents(place)]
        return [place for place in CONVERSATIONS if platform_of(place) == self.name] + threads

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        return []

    async def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        for written in list(self._world.written):
            if written.conversation == place and written.at >= since and not written.deleted:
                await asyncio.sleep(0)
                self._world.changed(written)
                yield written.message()
                written.stored_at = written.stored_at or time.time()

    async def post(self, post: Post) -> str:
        world = self._world
        fault = world.faults.popleft() if not _is_agents(post.place) and world.faults else None
        if fault:
            world.tell(f"{fault.name}: a post to {post.place}")
        await asyncio.sleep(0)
        if fault is Fault.LATER:
            raise TryLater("later", 0.0)
        if fault is Fault.REFUSED:
            raise Refused("no")
        if fault is Fault.NOT_MADE:
            raise Unknown("the connection broke")
        if fault is Fault.HANGS:
            await world.goes_on.wait()
        ref = world.make(post, once=self._nonces)
        await asyncio.sleep(0)
        if fault is Fault.MADE:
            raise Unknown("the connection broke")
        if fault is Fault.MADE_HANGS:
            await world.goes_on.wait()
        return ref

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        await asyncio.sleep(0)
        if self._world.find_faults:
            self._world.find_faults -= 1
            raise TryLater("later", 0.0)
        for made in self._world.posts:
            theirs = made.post
            if self.name == "slack" and theirs.key == post.key:
                return made.ref
            if (
                self.name == "discord"
                and theirs.place == post.place
                and (post.live or theirs.text == post.text)
                and theirs.reply_to == post.reply_to
                and made.ref not in known
            ):
                return made.ref
        return None

    async def begin(self, post: Post, reader: str) -> str:
        return await self.post(post)

    async def show(self, ref: str, post: Post) -> None:
        await self.edit(ref, post)

    async def edit(self, ref: str, post: Post) -> None:
        await asyncio.sleep(0)
        for made in self._world.posts:
            if made.ref == ref:
                made.text, made.buttons, made.gone = post.text, post.buttons, not post.text
        self._world.tell(f"edited: {post.text.rpartition(chr(10))[2]!r} in {post.place}")

    async def react(self, message_id: str, sign: Sign) -> None:
        await asyncio.sleep(0)
        self._world.signs.add((message_id, sign))

    def below(self, ref: str) -> str:
        return f"{ref}/below"

    def mention(self, person: str) -> str:
        return ""

    async def is_member(self, place: str, person: Author) -> bool:
        await asyncio.sleep(0)
        return person.id in {f"{self.name}:{name}" for name in TEAM}

    @contextlib.asynccontextmanager
    async def working(self, place: str, message_id: str) -> AsyncIterator[None]:
        yield

    async def person(self, author: Author) -> str:
        await asyncio.sleep(0)
        return author.name or "Ana"

    async def where(self, place: str) -> str:
        return place

    async def link(self, message_id: str) -> str:
        return ""

    async def describe(self, file: File) -> File:
        return file

    async def fetch(self, file: File, most: int) -> bytes:
        raise Refused("nothing is attached here")


def _is_agents(place: str) -> bool:
    return place == AGENTS or place.startswith(f"{AGENTS}/")


class EchoModel:
    """Names what it was asked; remembers every prompt, and which held words that were taken back before."""

    sight: Sight | None = None

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request) -> AsyncGenerator[Piece]:
        world = self._world
        prompt = "\n".join(message["content"] for message in request.messages)
        held = [f"w{number}v{version}" for number, version in WORDS.findall(prompt)]
        world.tell(f"asked: {request.question!r}, with {held}")
        world.read(prompt)
        await world.model_goes_on.wait()
        await asyncio.sleep(0)
        if world.model_faults:
            world.model_faults -= 1
            world.tell("the model fails")
            raise ModelFault("out of order")
        named = " ".join(f"n{number}v{version}" for number, version in WORDS.findall(request.question))
        first, rest = f"Re {named}.", f" {world.verbosity}".rstrip()
        yield Opening(Action.ANSWER)
        yield Sentence(first)
        if not world.model_ends.is_set():
            world.tell("the model pauses")
            await world.model_ends.wait()
        if rest:
            yield Sentence(rest)
        yield Answer(first + rest)

    async def close(self) -> None:
        pass


class Letters:
    """Counts four letters as a token."""

    def count(self, text: str) -> int:
        return len(text) // 4 + 1


class Died(BaseException):
    """The process is no more."""


class MortalStore(Store):
    """A store that may be dead: then it neither does anything more nor tells what it did."""

    dead = False

    @classmethod
    async def open(cls, path: Path, session_seconds: float | None = None) -> Self:
        store = await super().open(path, session_seconds)
        assert isinstance(store, cls)
        # The computer itself stays up, so nothing needs to wait for the disk.
        await store._run(lambda db: db.execute("PRAGMA synchronous = OFF").fetchall())
        return store

    async def _run(self, work: Callable[[Database], T]) -> T:
        if self.dead:
            raise Died
        done = await super()._run(work)
        if self.dead:
            raise Died
        return done

    def die(self) -> None:
        self.dead = True
        # What its thread is doing this moment is still done, what waits in its queue is not.
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._db.conn.close()

    async def limit_pages(self, pages: int | None) -> None:
        """Let the database grow by so many pages at most, as on a disk that is nearly full; None: any."""

        def work(db: Database) -> None:
            (used,) = db.execute("PRAGMA page_count").fetchone()
            allowed = 2**30 if pages is None else used + pages
            db.execute(f"PRAGMA max_page_count = {allowed}").fetchall()

        await self._run(work)


class Life:
    """One process: a store, a desk, two adapters. Ends by `end`, or by `crash`."""

    def __init__(self, world: World, store: MortalStore, desk: Desk) -> None:
        self._world = world
        self.store = store
        self.desk = desk
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(desk.run(self._stop, 5.0))

    @classmethod
    async def begin(
        cls,
        library: Library,
        world: World,
        platforms: Callable[[Desk], Awaitable[list[Platform]]] | None = None,
    ) -> Life:
        """Start; `platforms` makes the adapters where they are not to be the fake ones."""
        store = await MortalStore.open(world.path)
        answerer = Answerer(library, EchoModel(world), Prompter(4_000, Letters()), 200)
        agents = None if platforms else Agents(AGENTS)
        desk = Desk(store, answerer, Letters(), agents, read_back_seconds=5.0)
        fakes: list[Platform] = [FakePlatform(name, world, desk) for name in ("slack", "discord")]
        for platform in await platforms(desk) if platforms else fakes:
            desk.connect(platform)
        life = cls(world, store, desk)
        while life.alive and not desk._attendance._reading:
            await asyncio.sleep(0)  # until the reading back has begun, for `settled` to wait for
        return life

    @property
    def alive(self) -> bool:
        return not self._running.done()

    async def end(self) -> None:
        self._stop.set()
        await self._running
        await self.store.close()

    async def crash(self) -> None:
        self._world.tell("crash")
        self.store.die()
        me = asyncio.current_task()
        while rest := asyncio.all_tasks() - {me}:
            for task in rest:
                task.cancel()
            # Again for one that has something left to do: the store does nothing any more.
            done, _ = await asyncio.wait(rest, timeout=0.05)
            await asyncio.gather(*done, return_exceptions=True)

    # --- the adapters' side --------------------------------------------------------------------------

    async def deliver(self, written: Written, version: int = 0) -> None:
        """Do what an adapter does with a message; one that is not stored is not told of as ours."""
        if written.by_agent and not await self.desk.serves(written.conversation):
            return  # as an adapter does, as long as it is not known to be a case's thread
        if not await self._taken(written, self.desk.receive(written.message(version))):
            return
        self._world.tell(f"delivered: w{written.number}v{version}")
        written.delivered = True
        written.stored_at = written.stored_at or time.time()

    async def edit(self, written: Written, version: int) -> None:
        """Do what an adapter does with an edit, which may come before its message."""

        async def work() -> None:
            message = written.message(version)
            if not await self.desk.receive(message):
                await self.desk.edit(message.id, message.text, message.edited_at)

        if not await self._taken(written, work()):
            return
        written.delivered = True
        written.stored_at = written.stored_at or time.time()
        written.edits = [later for later in written.edits if later > version]
        await _a_moment()
        for earlier in range(version) if not written.by_agent else ():
            self._world.take_back(written, earlier)

    async def delete(self, written: Written) -> None:
        if not await self._taken(written, self.desk.delete(written.id)):
            return
        written.deletion = False
        await _a_moment()
        for version in range(written.version + 1) if not written.by_agent else ():
            self._world.take_back(written, version)

    async def _taken(self, written: Written, work: object) -> bool:
        """Return whether the desk took something in; Discord has no acknowledgement and is read back."""
        assert asyncio.iscoroutine(work)
        self._world.changed(written)
        self._world.heard = False
        try:
            await work
        except database_errors:
            if platform_of(written.conversation) == "discord":
                self.desk.reconnected("discord")
            return False
        key = (written.conversation, written.author.id)
        self._world.heard = key in self.desk._bursts._watched
        return True

    async def press(self, about: str, press: Press, who: str) -> str:
        """Press a button on a case's card; return what the presser is told."""
        self._world.tell(f"pressed: {press} by {who}")
        position = len(self._world.written)
        author = Author(f"{platform_of(AGENTS)}:{who}")
        try:
            pressed = IncomingPress(press, about, author, position, time.time())
            return (await self.desk.press(pressed)).text
        except database_errors:
            return words.FAILED_PRESS

    async def say(self, conversation: str, author: str = "") -> Written:
        """Write a message and deliver it."""
        written = self._world.write(conversation, author)
        await self.deliver(written)
        return written

    async def settled(self, seconds: float = 10.0) -> None:
        """Wait until everything is read back, answered and sent."""
        async with asyncio.timeout(seconds):
            while self.desk._attendance._reading or not await self.store.idle(("slack", "discord")):
                await asyncio.sleep(0.002)


database_errors = sqlite3.Error


async def _a_moment() -> None:
    """Let what was told reach who is told: a turn under way hears of a change a few steps later."""
    for _ in range(5):
        await asyncio.sleep(0)


def library_in(folder: Path) -> Library:
    """Return a library with one article that answers nothing."""
    (folder / "articles").mkdir(parents=True)
    (folder / "instructions.md").write_text("You help customers of a garden shop.\n")
    (folder / "articles" / "hours.md").write_text("# Opening hours\n\nFrom nine to five.\n")
    return Library(folder)
