"""Keeps the summaries of what leaves the prompt ahead of need, beside the answers."""

from __future__ import annotations

import asyncio
import logging
import time

from core.faults import describe
from core.insist import insist
from core.messages import Summary, Turn
from core.ports import Asker, Clerk, Counter, ModelFault
from core.prompt import Prompter
from core.recap import folding, shortened
from core.store import Material, Store
from core.window import Fold, next_fold

log = logging.getLogger(__name__)

# So many summaries are written at once; one at a time in a conversation.
AT_ONCE = 4
# How long a conversation whose summary could not be written is left alone.
REST_SECONDS = 300.0


class Summaries:
    """Writes a conversation's next summary when it is told that something was said there."""

    def __init__(self, store: Store, clerk: Clerk, prompter: Prompter, counter: Counter) -> None:
        self._store = store
        self._clerk = clerk
        self._prompter = prompter
        self._counter = counter
        self._due: dict[str, None] = {}
        self._under_way: dict[asyncio.Task[None], str] = {}
        self._woken = asyncio.Event()
        self._resting: dict[str, float] = {}

    def wake(self, conversation: str) -> None:
        """Look at a conversation: something was said, or taken back, there."""
        self._due[conversation] = None
        self._woken.set()

    async def settled(self) -> None:
        """Return once nothing is due or under way."""
        while self._due or self._under_way:
            await asyncio.wait([*self._under_way, asyncio.create_task(asyncio.sleep(0))])

    async def run(self) -> None:
        """Write what is due until cancelled; what is under way then is left to the next start."""
        try:
            while True:
                await self._woken.wait()
                self._woken.clear()
                busy = set(self._under_way.values())
                free = [conversation for conversation in self._due if conversation not in busy]
                for conversation in free[: AT_ONCE - len(busy)]:
                    del self._due[conversation]
                    task = asyncio.create_task(self._bring_up_to_date(conversation))
                    self._under_way[task] = conversation
                    task.add_done_callback(self._ended)
        finally:
            tasks = list(self._under_way)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        if self._due:
            self._woken.set()

    async def _bring_up_to_date(self, conversation: str) -> None:
        """Write what a conversation lacks; what fails is tried again at a later turn."""
        if self._resting.get(conversation, 0.0) > time.monotonic():
            return
        try:
            while material := await insist(lambda: self._store.unsummarised(conversation)):
                fold = self._next(material)
                if fold is None or not await self._folded(material, fold):
                    return
        except ModelFault as fault:
            self._rest(conversation)
            log.warning("A summary could not be written (%s); trying again later.", fault)
        except Exception as error:
            log.error("A summary could not be written: %s", describe(error))

    def _rest(self, conversation: str) -> None:
        """Leave a conversation alone for a while: each try costs money."""
        now = time.monotonic()
        self._resting = {known: until for known, until in self._resting.items() if until > now}
        self._resting[conversation] = now + REST_SECONDS

    def _next(self, material: Material) -> Fold | None:
        turn = Turn(0, material.conversation, (), shared=material.shared, opened_by=material.opened_by)
        said = self._prompter.costs(material.messages, turn)
        return next_fold(said, material.last, material.window, self._prompter.history_share)

    async def _folded(self, material: Material, fold: Fold) -> bool:
        """Have a summary written and store it; return whether there may be more to do."""
        newest = fold.messages[-1]
        asker = Asker("" if material.shared else newest.whose, material.conversation, newest.place)
        most = self._prompter.summary_tokens
        task = folding(material.last, fold.messages, most, self._counter, asker)
        text = shortened(await self._clerk.write(task), most, self._counter)
        if not text:
            self._rest(material.conversation)
            log.warning("A summary came back empty; trying again later.")
            return False
        summary = Summary(fold.before, text, self._counter.count(text))
        keep = self._store.keep_summary
        if not await insist(lambda: keep(material.conversation, material.revision, summary)):
            log.debug("A summary was out of date before it was stored.")
        return True
