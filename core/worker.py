"""Takes turns: claims them from the store, lets each be answered, and puts back what fails."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Mapping
from functools import partial

from core.faults import describe
from core.insist import insist
from core.messages import Turn
from core.ports import Platform
from core.replying import Replying, attempts
from core.store import Store
from core.waiting import wait_for

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
# How long a stop waits until what was being answered is put back.
PUT_BACK_SECONDS = 2.0


class Worker:
    """Answers one turn at a time per conversation, many conversations at once."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        replying: Replying,
        turns_at_once: int,
        answer_within: float,
    ) -> None:
        """Make one.

        Args:
            store: Holds the turns.
            platforms: Whose turns are claimed, by name.
            replying: Answers them.
            turns_at_once: How many at once.
            answer_within: What was written longer ago, in seconds, is passed over.
        """
        self._store = store
        self._platforms = platforms
        self._replying = replying
        self._turns_at_once = turns_at_once
        self._answer_within = answer_within
        self._woken = asyncio.Event()
        self._turns: set[asyncio.Task[None]] = set()
        self._stopping = False
        # Whether anything may wait that a turn which ends could be followed by.
        self._left = True

    def wake(self) -> None:
        """Look for turns now."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Claim and answer until `stop` is called; what is being answered then goes on, see `finish`."""
        names = tuple(self._platforms)
        left_over = await insist(lambda: self._store.release_left_over(names))
        if left_over:
            log.info("Taking up %d turns that were interrupted.", left_over)
        while not self._stopping:
            self._woken.clear()
            self._left, next_one = True, None
            room, oldest = self._turns_at_once - len(self._turns), time.time() - self._answer_within
            if room > 0:
                claim = partial(self._store.claim_all, names, room, oldest)
                claimed = await insist(claim)
                self._left, next_one = claimed.left, claimed.next_at
                for turn in claimed.turns:
                    self._start(turn)
            await wait_for(self._woken, until=next_one)

    async def finish(self, seconds: float) -> None:
        """Wait for what is being answered, then put it back."""
        if self._turns:
            await asyncio.wait(self._turns, timeout=seconds)
        for task in self._turns:
            task.cancel()
        if self._turns:
            # What can't be put back now, as the database is held or full, is put back at the next start.
            await asyncio.wait(self._turns, timeout=PUT_BACK_SECONDS)

    def _start(self, turn: Turn) -> None:
        task = asyncio.create_task(self._take(turn))
        self._turns.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._turns.discard(task)
        if self._left:
            self._woken.set()

    async def _take(self, turn: Turn) -> None:
        """Let a turn be answered; put it back if that fails, or if it has to wait."""
        try:
            if again := await self._replying.take(turn):
                await self._release(turn, again.seconds, counts=again.counts)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(turn))
            raise
        except sqlite3.OperationalError:
            # Not the turn's fault: it is claimed again as soon as the database can be used.
            await self._release(turn)
        except Exception as error:
            log.error("A turn failed: %s", describe(error), exc_info=log.isEnabledFor(logging.DEBUG))
            await self._release(turn, RETRY_SECONDS * attempts(turn), counts=True)

    async def _release(self, turn: Turn, delay: float = 0.0, *, counts: bool = False) -> None:
        await insist(lambda: self._store.release(turn, delay, counts=counts))
        self._left = True
