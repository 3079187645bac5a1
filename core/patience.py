"""A plain word to a customer whose answer takes long, once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from core.faults import describe
from core.insist import insist
from core.messages import Post, Turn, original
from core.phrases import Phrases
from core.ports import Platform
from core.posts import word_key
from core.store import OutboxRow, Store

log = logging.getLogger(__name__)

# How long after a turn was claimed its customer hears that it takes longer.
WORD_SECONDS = 15.0
# A turn that was put back and is still not answered after so long says it again.
AGAIN_SECONDS = 300.0

Key = tuple[str, str]  # conversation, customer


class Patience:
    """Tells the customers of turns that take long so; each at most once until they are answered."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        send: Callable[[Sequence[OutboxRow]], None],
        says: Callable[[Turn], Awaitable[Phrases]],
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._send = send
        self._says = says
        self._said: dict[Key, float] = {}
        self._saying: set[asyncio.Task[None]] = set()

    @contextlib.contextmanager
    def asked(self, turn: Turn) -> Iterator[asyncio.TimerHandle]:
        """Say that an answer takes longer if it is not there by the end of the block; give its timer."""
        timer = asyncio.get_running_loop().call_later(WORD_SECONDS, self._begin, turn)
        try:
            yield timer
        finally:
            timer.cancel()

    def answered(self, turn: Turn) -> None:
        """Hear that a turn was decided: the next one may take long as well."""
        self._said.pop((turn.conversation, turn.customer), None)

    async def finish(self, seconds: float) -> None:
        """Wait for what is being said, for the outbox; what is given up it finds in the store."""
        if self._saying:
            await asyncio.wait(self._saying, timeout=seconds)
        for task in self._saying:
            task.cancel()
        await asyncio.gather(*self._saying, return_exceptions=True)

    def _begin(self, turn: Turn) -> None:
        now, key = time.monotonic(), (turn.conversation, turn.customer)
        self._said = {known: at for known, at in self._said.items() if now - at < AGAIN_SECONDS}
        if key in self._said:
            return
        self._said[key] = now
        # Not part of the turn: given up in the middle it would leave a post that nobody sends.
        task = asyncio.create_task(self._say(turn))
        self._saying.add(task)
        task.add_done_callback(self._ended)

    async def _say(self, turn: Turn) -> None:
        newest, phrases = turn.newest, await self._says(turn)
        word = Post(word_key(), newest.place, phrases.still_on_it, reply_to=original(newest.id))
        self._send(await insist(lambda: self._store.say_meanwhile(turn, word, tuple(self._platforms))))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._saying.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("A customer could not be told that an answer takes long: %s", describe(error))
