"""Customers, platforms, a model and a database that do what they should not, as a state machine's rules."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from core.knowledge import Library
from core.messages import Reason
from tests.crash.house import (
    AGENTS,
    CONVERSATIONS,
    NAMES,
    WORDS,
    Fault,
    Life,
    World,
    Written,
)

T = TypeVar("T")

# After three starts of the same turn a person is called instead: by design, and another test's subject.
CRASHES_IN_A_ROW = 2
TICKS = st.integers(0, 12)
BACK = st.integers(0, 3)
# Two customers write here.
SHARED = CONVERSATIONS[1]


class Machine(RuleBasedStateMachine):
    """Customers, platforms, a model and a database that all do what they should not, around one desk."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "frontdesk.db"
        self._runner = asyncio.Runner()
        self._lock: sqlite3.Connection | None = None
        self._crashes = 0
        # Why a customer may be told that no answer comes: a lock is taken for a failure, see test_gaps.
        self._excuses: set[str] = {Reason.ASKED_FOR_PERSON}
        self._life: Life | None = None
        self._world = self._run(_new_world(self._path))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    @property
    def life(self) -> Life:
        assert self._life is not None
        return self._life

    @initialize()
    def everybody_is_known(self) -> None:
        """Discord does not tell of a stranger's first message that was missed."""
        self.start()
        for conversation in CONVERSATIONS:
            written = self._world.write(conversation)
            self._run(self.life.deliver(written))
        self.settle()

    # --- customers -----------------------------------------------------------------------------------

    @rule(
        conversation=st.sampled_from(CONVERSATIONS),
        author=st.sampled_from(["", "another"]),
        deliver=st.lists(st.booleans(), min_size=1, max_size=3),
        fault=st.none() | st.sampled_from(Fault),
        find_fault=st.booleans(),
        ticks=TICKS,
    )
    def write(
        self,
        conversation: str,
        author: str,
        deliver: list[bool],
        fault: Fault | None,
        find_fault: bool,
        ticks: int,
    ) -> None:
        """Write one or more messages, of which some are not delivered yet; their answer may not go well."""
        if fault:
            self._world.goes_on.clear()
            self._world.faults.append(fault)
        self._world.find_faults += find_fault
        for delivered in deliver:
            written = self._world.write(conversation, author if conversation == SHARED else "")
            if delivered and self._life:
                self._run(self.life.deliver(written))
        self.time_passes(ticks)

    def _latest(self, back: int) -> Written:
        return self._world.written[-1 - back]

    @precondition(lambda self: self._life)
    @rule(back=BACK, ticks=TICKS)
    def deliver_again_or_late(self, back: int, ticks: int) -> None:
        """Deliver a message as it was first written, for the first time or once more."""
        if self._can_hear(self._latest(back)):
            self._run(self.life.deliver(self._latest(back)))
            self.time_passes(ticks)

    def _can_hear(self, written: Written) -> bool:
        """Say whether a message can be delivered now: an agent's waits for a lock to end."""
        return not (written.by_agent and self._lock)

    @precondition(lambda self: self._life)
    @rule(back=BACK, redeliver=st.booleans(), ticks=TICKS)
    def edit(self, back: int, redeliver: bool, ticks: int) -> None:
        written = self._latest(back)
        if written.deleted or not self._can_hear(written):
            return
        written.version += 1
        written.edits.append(written.version)
        self._run(self.life.edit(written, written.version))
        if redeliver:
            self._run(self.life.deliver(written))
        self.time_passes(ticks)

    @precondition(lambda self: self._life)
    @rule(back=BACK, version=st.integers(1, 3), ticks=TICKS)
    def deliver_an_edit_again_or_late(self, back: int, version: int, ticks: int) -> None:
        """Deliver any of a message's edits, perhaps an old one after a newer."""
        written = self._latest(back)
        if version <= written.version and not written.deleted and self._can_hear(written):
            self._run(self.life.edit(written, version))
            self.time_passes(ticks)

    @precondition(lambda self: self._life)
    @rule(back=BACK, redeliver=st.booleans(), ticks=TICKS)
    def delete(self, back: int, redeliver: bool, ticks: int) -> None:
        written = self._latest(back)
        if not self._can_hear(written):
            return
        written.deleted = written.deletion = True
        self._run(self.life.delete(written))
        if redeliver:
            self._run(self.life.deliver(written))
        self.time_passes(ticks)

    # --- mishaps -------------------------------------------------------------------------------------

    @rule(fails=st.booleans(), shows=st.booleans())
    def the_model_takes_its_time(self, fails: bool, shows: bool) -> None:
        """The model waits, with its whole answer or behind its first words, which are shown meanwhile."""
        (self._world.model_ends if shows else self._world.model_goes_on).clear()
        if fails:
            self._excuses.add(Reason.MODEL_UNAVAILABLE)
            self._world.model_faults += 1

    @rule(ticks=TICKS)
    def the_world_goes_on(self, ticks: int) -> None:
        """The model answers, and what hung is let go."""
        self._world.model_goes_on.set()
        self._world.model_ends.set()
        self._world.goes_on.set()
        self.time_passes(ticks)

    @precondition(lambda self: self._life)
    @rule(ticks=TICKS)
    def lock(self, ticks: int) -> None:
        """Another program begins to write to the database, or ends."""
        if self._lock:
            self._unlock()
        else:
            self._excuses.add(Reason.TURN_FAILED)
            self._lock = sqlite3.connect(self._path, isolation_level=None, timeout=5)
            self._lock.execute("BEGIN IMMEDIATE")
        self.time_passes(ticks)

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    @precondition(lambda self: self._life and self._crashes < CRASHES_IN_A_ROW)
    @rule(starts=st.booleans(), ticks=TICKS)
    def crash(self, starts: bool, ticks: int) -> None:
        self._crashes += 1
        self._run(self.life.crash())
        self._life = None
        self._world.goes_on.set()
        if starts:
            self.start()
            self.time_passes(ticks)

    @precondition(lambda self: not self._life)
    @rule()
    def start(self) -> None:
        self._unlock()
        self._life = self._run(Life.begin(self._library, self._world))

    def time_passes(self, ticks: int) -> None:
        async def wait() -> None:
            for _ in range(ticks):
                await asyncio.sleep(0.001)

        self._run(wait())

    # --- what must be so -----------------------------------------------------------------------------

    @rule()
    def settle(self) -> None:
        """Let everything go right for once; then each message must have its answer."""
        if not self._life:
            self.start()
        self._unlock()
        world = self._world
        world.faults.clear()
        world.find_faults = world.model_faults = 0
        world.goes_on.set()
        world.model_goes_on.set()
        world.model_ends.set()
        self._run(self._what_is_due())
        self._crashes = 0
        self.all_is_well()

    def all_is_well(self) -> None:
        """Look at what must be so when everything has settled."""
        self._nothing_is_lost()
        self._the_order_is_kept()

    async def _what_is_due(self) -> None:
        """Do what Slack does until it is told that we have an event; Discord only lets us read back."""
        for written in list(self._world.written):
            if written.conversation.startswith("slack:"):
                if not written.delivered:
                    await self.life.deliver(written)
                if written.edits:
                    await self.life.edit(written, max(written.edits))
                if written.deletion:
                    await self.life.delete(written)
        self.life.desk.reconnected("discord")
        await self.life.settled()

    def _query(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self._path)) as db:
            return db.execute(query, arguments).fetchall()

    def _nothing_is_lost(self) -> None:
        for written in self._world.written:
            if not (written.deleted or written.by_agent or self._times(written)):
                assert self._is_told_of(written), f"no answer to w{written.number}\n{self._story()}"

    def _times(self, written: Written) -> int:
        """Return how often a customer's message was answered, or passed on to people."""
        named = itertools.chain.from_iterable(map(NAMES.findall, self._world.replies(written.conversation)))
        passed_on = [made for made in self._world.posts if made.post.carries == written.id and not made.gone]
        return [number for number, _ in named].count(str(written.number)) + len(passed_on)

    def _is_told_of(self, written: Written) -> bool:
        """Return whether the customer heard that no answer comes, or the agents that one did not arrive."""
        told = self._world.told_agents()
        if str(written.number) in {number for number, _ in NAMES.findall(told)}:
            return True
        turns = self._query("SELECT turn FROM messages WHERE id = ?", written.id)
        if not turns:
            return False
        [(reason,)] = self._query("SELECT reason FROM turns WHERE id = ?", *turns[0])
        posts = self._query("SELECT key, text FROM posts WHERE turn = ? AND place != ?", *turns[0], AGENTS)
        made = {made.post.key for made in self._world.posts}
        arrived = [key in made or text.partition("\n")[0] in told for key, text in posts]
        return reason in self._excuses and bool(arrived) and all(arrived)

    def _the_order_is_kept(self) -> None:
        """What was stored when a turn was claimed is never answered after it, if it is older."""
        for conversation in CONVERSATIONS:
            replies = [NAMES.findall(reply) for reply in self._world.replies(conversation)]
            answered = [int(number) for reply in replies for number, _ in reply]
            for earlier, later in itertools.combinations(answered, 2):
                assert earlier < later or self._came_late(later, earlier), self._story()

    def _came_late(self, older: int, newer: int) -> bool:
        """Return whether an older message was not there yet, or not its author's turn, when a newer was."""
        one, other = self._world.written[older - 1], self._world.written[newer - 1]
        if one.author != other.author:
            return True
        query = "SELECT claimed_at FROM turns JOIN messages ON turns.id = turn WHERE messages.id = ?"
        claimed = self._query(query, other.id)
        return not claimed or one.stored_at >= claimed[0][0]

    @invariant()
    def nothing_is_answered_twice(self) -> None:
        keys = Counter(made.post.key for made in self._world.posts)
        assert not [key for key, times in keys.items() if times > 1], self._story()
        for written in self._world.written:
            assert written.by_agent or self._times(written) <= 1, f"w{written.number}\n{self._story()}"

    @invariant()
    def what_was_taken_back_stays_away(self) -> None:
        assert not self._world.came_back, f"{self._world.came_back} came back\n{self._story()}"
        if self._path.exists():
            kept = " ".join(text for (text,) in self._query("SELECT text FROM messages"))
            words = {f"w{number}v{version}" for number, version in WORDS.findall(kept)}
            assert not words & self._world.taken_back, self._story()

    @invariant()
    def the_desk_lives(self) -> None:
        assert self._life is None or self._life.alive

    def _story(self) -> str:
        return "\n".join(self._world.story)

    def teardown(self) -> None:
        try:
            self.settle()
            self._run(self.life.end())
        finally:
            self._unlock()
            if self._life and self._life.alive:
                self._run(self._life.crash())
            self._runner.close()
            self._folder.cleanup()


async def _new_world(path: Path) -> World:
    return World(path)
