"""A whole desk on a platform that records, and what its customers and agents do there."""

from __future__ import annotations

import asyncio
import contextlib
import math
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.answering import Answerer
from core.desk import Desk
from core.knowledge import Library
from core.messages import (
    Agents,
    Author,
    Button,
    Case,
    CaseState,
    IncomingMessage,
    IncomingPress,
    Post,
    Press,
)
from core.ports import Model
from core.prompt import Prompter
from core.quote import Quoter
from core.store import Claimed, Store
from core.tokens import EstimatingCounter
from tests.builders import ANN, DANA, DESK, ELI, TEAM, incoming, next_position, write_knowledge
from tests.fakes import RecordingPlatform

CONTACT = "Write to help@example.org."
ASK = "I want to talk to a human"


class CountingStore(Store):
    """The store itself; tells how often it was asked for work."""

    asked = 0

    async def claim_all(self, platforms: Sequence[str], most: int, oldest: float = 0.0) -> Claimed:
        self.asked += 1
        return await super().claim_all(platforms, most, oldest)


class House:
    """A desk with all that belongs to it, on one file; can be left and entered again."""

    def __init__(self, folder: Path, model: Model | None = None, *, agents: bool = True) -> None:
        self.folder = folder
        self.model = model or Quoter()
        self.agents = Agents(TEAM, "<@team>") if agents else None
        self.platform = RecordingPlatform()
        self.platform.members = {DANA.id, ELI.id}
        self.also: RecordingPlatform | None = None
        self.turns_at_once = 32
        self.patience = 30.0
        self.answer_within = math.inf

    def decides(self, policy: str) -> None:
        """Write what the support lead decides: `escalation.toml`."""
        folder = write_knowledge(self.folder / "knowledge")
        (folder / "escalation.toml").write_text(policy)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Desk]:
        """Serve until the block ends; what is under way then has `patience` seconds."""
        counter = EstimatingCounter()
        store = await CountingStore.open(self.folder / "frontdesk.db")
        assert isinstance(store, CountingStore)
        self.store = store
        library = Library(write_knowledge(self.folder / "knowledge"))
        answerer = Answerer(library, self.model, Prompter(12_000, counter), 300)
        self.desk = Desk(self.store, answerer, counter, self.agents, self.turns_at_once, self.answer_within)
        for platform in filter(None, (self.platform, self.also)):
            self.desk.connect(platform)
        stop = asyncio.Event()
        running = asyncio.create_task(self.desk.run(stop, self.patience))
        try:
            yield self.desk
        finally:
            stop.set()
            await running
            library.close()
            await self.store.close()

    async def left_in_store(self, *messages: IncomingMessage, put_back: bool = False) -> None:
        """Store messages while nobody serves; put back: a try to answer them failed."""
        store = await Store.open(self.folder / "frontdesk.db")
        for message in messages:
            await store.add(message, 1)
        turns = [await store.claim(("stub",)) for _ in messages] if put_back else []
        for turn in filter(None, turns):
            await store.release(turn)
        await store.close()

    def rewrite(self, query: str, *arguments: object) -> None:
        """Change the file, past the store: let time pass."""
        with contextlib.closing(sqlite3.connect(self.folder / "frontdesk.db")) as db, db:
            db.execute(query, arguments)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the file, past the store."""
        with contextlib.closing(sqlite3.connect(self.folder / "frontdesk.db")) as db:
            return db.execute(query).fetchall()

    # --- what people do ------------------------------------------------------------------------------

    async def hears(
        self,
        text: str,
        author: Author = ANN,
        conversation: str = DESK,
        *,
        sent_at: float = 0.0,
        **more: Any,
    ) -> list[str]:
        """Return what is said in the conversation to a message; it is written now, or at `sent_at`."""
        before = len(self.platform.texts(conversation))
        said = incoming(text, author=author, conversation=conversation, **more)
        await self.desk.receive(replace(said, sent_at=sent_at or time.time()))
        await self.desk.settled()
        return self.platform.texts(conversation)[before:]

    async def agent_says(
        self, text: str, agent: Author = DANA, card: Post | None = None, id: str = ""
    ) -> IncomingMessage:
        """Let an agent write in the thread of a case, the last one if none is named."""
        thread = self.thread_of(card or self.cards[-1])
        said = incoming(text, author=agent, conversation=thread, id=id)
        await self.desk.receive(said)
        await self.desk.settled()
        return said

    async def presses(
        self, press: Press, who: Author = DANA, *, about: str = "", on: RecordingPlatform | None = None
    ) -> str:
        """Press the newest button of a kind; return what the presser alone is told."""
        now = time.time()
        button = about or self.button(press, on or self.platform).about
        reply = (await self.desk.press(IncomingPress(press, button, who, next_position(), now))).text
        await self.desk.settled()
        return reply

    # --- what people see -----------------------------------------------------------------------------

    def button(self, press: Press, platform: RecordingPlatform | None = None) -> Button:
        """Return the newest button of a kind; where none is shown any more, one that was (out of date)."""
        seen = platform or self.platform
        ever = [*seen.tries, *(post for _, post in seen.edits), *seen.posts]
        found = [button for post in ever for button in post.buttons if button.press is press]
        assert found, f"there never was a button for {press}"
        return found[-1]

    @property
    def cards(self) -> list[Post]:
        """The posts in the agents' place."""
        return [post for post in self.platform.posts if post.place == TEAM]

    @property
    def pings(self) -> list[str]:
        """What stands in the agents' place."""
        return self.platform.texts(TEAM)

    def thread_of(self, card: Post) -> str:
        """Return the place below a card."""
        return self.platform.below(f"{self.platform.name}:{card.key}")

    def below(self, card: Post | None = None) -> list[str]:
        """Return what stands below a card, the last one if none is named; without the transcript."""
        return self.platform.texts(self.thread_of(card or self.cards[-1]))[1:]

    def buttons(self, card: Post | None = None) -> list[Press]:
        """Return what can be pressed on a card, the last one if none is named."""
        return [button.press for button in (card or self.cards[-1]).buttons]

    async def case(self) -> Case:
        """Return the newest case."""
        return (await self.store.cases())[0]

    async def states(self, conversation: str = DESK) -> list[CaseState]:
        """Return the states of a conversation's open cases."""
        return [case.state for case in await self.store.open_cases(conversation)]

    async def trail(self) -> list[tuple[str, str, str]]:
        """Return the newest case's steps: state, who, why."""
        return [(step.state, step.who, step.why) for step in await self.store.steps(await self.case())]
