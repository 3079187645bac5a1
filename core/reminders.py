"""Looks after the cases that people have: what is due is done, once, also what fell due while away."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from core import cases
from core.agency import Agency
from core.answering import Answerer
from core.faults import describe
from core.insist import insist
from core.messages import Case, CaseState
from core.overdue import overdue
from core.store import Store
from core.waiting import wait_for

log = logging.getLogger(__name__)

# The policy may change, and the clock may be set; so look now and then.
LONGEST_WAIT_SECONDS = 60.0


class Reminders:
    """Waits for the next deadline of the open cases."""

    def __init__(
        self, store: Store, answerer: Answerer, agency: Agency | None, changed: Callable[[], None]
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._agency = agency
        self._changed = changed
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at the cases now: one was opened or changed."""
        self._woken.set()

    async def run(self) -> None:
        """Do what is due when it is due, until cancelled."""
        while self._agency:
            self._woken.clear()
            try:
                due = await self._look(self._agency)
            except Exception as error:
                log.error("Cases could not be looked after: %s", describe(error))
                due = None
            latest = time.time() + LONGEST_WAIT_SECONDS
            await wait_for(self._woken, until=min(due or latest, latest))

    async def _look(self, agency: Agency) -> float | None:
        """Do what is due in all open cases; return when the next thing is."""
        with_people = (CaseState.WAITING, CaseState.CLAIMED)
        policy = await self._answerer.policy()
        times: list[float] = []
        for case in await insist(lambda: self._store.cases(with_people)):
            at = cases.due(case, policy) if agency.serves(case) else None
            if at is None:
                continue
            if at <= time.time():
                at = await self._reminded(case, agency)
            times.append(at)
        return min(times, default=None)

    async def _reminded(self, case: Case, agency: Agency) -> float:
        """Do what is due in a case; return when to look at it again."""
        try:
            await self._remind(case, agency)
        except Exception as error:  # the others are not to wait for this one
            log.error("Case %d could not be looked after: %s", case.id, describe(error))
            return time.time() + LONGEST_WAIT_SECONDS
        self.wake()  # what comes next is seen at the next look
        return time.time()

    async def _remind(self, case: Case, agency: Agency) -> None:
        around = await agency.around(case.place)
        if await insist(lambda: self._store.change(case.key, lambda now: overdue(now, around))):
            self._changed()
