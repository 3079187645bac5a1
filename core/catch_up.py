"""Reading back what was written while we were not listening, through the same door as everything else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from core.faults import describe
from core.insist import insist
from core.messages import IncomingMessage
from core.ports import Platform, Refused, TryLater
from core.store import Store

log = logging.getLogger(__name__)

# Delivery is not in order, and what is seen is recorded now and then: read back from a little before.
MARGIN_SECONDS = 120.0
PLACES_AT_ONCE = 4


class CatchUp:
    """Reads back the places of one platform; their turns wait until that ended or timed out."""

    def __init__(
        self,
        store: Store,
        platform: Platform,
        receive: Callable[[IncomingMessage], Awaitable[bool]],
        seconds: float,
    ) -> None:
        self._store = store
        self._platform = platform
        self._receive = receive
        self._seconds = seconds
        self._limit = asyncio.Semaphore(PLACES_AT_ONCE)

    async def run(self) -> bool:
        """Read everything back; return False if some of it has to be tried again later.

        The whole platform is held until it is known which places are to be read back, then each of them
        until it was.
        """
        name = self._platform.name
        started = time.time()
        seen = await self._store.last_seen(name)
        places: list[str] = []
        try:
            if seen is not None:
                async with asyncio.timeout(self._seconds):
                    places = await self._platform.places(seen - MARGIN_SECONDS)
                for place in places:
                    await self._store.hold(place)
        except Exception as error:
            log.warning("%s: what was missed can't be looked for yet: %s", name, describe(error))
            return False
        finally:
            await insist(lambda: self._store.let_go(name))
        since = (seen or started) - MARGIN_SECONDS
        results = await asyncio.gather(*(self._read(place, since) for place in places))
        found, complete = sum(number for number, _ in results), all(whole for _, whole in results)
        if found:
            log.info("%s: %d messages that were written meanwhile are taken in.", name, found)
        if complete:
            await insist(lambda: self._store.saw(name, started))
        return complete

    async def _read(self, place: str, since: float) -> tuple[int, bool]:
        """Read one place; return how many messages were new, and whether that was all."""
        found = 0
        try:
            async with self._limit, asyncio.timeout(self._seconds):
                while True:
                    try:
                        async for message in self._platform.missed(place, since):
                            found += await insist(lambda message=message: self._receive(message))  # type: ignore[misc]
                    except TryLater as error:
                        await asyncio.sleep(error.after)
                    else:
                        return found, True
        except Refused as error:
            log.info("%s is not read back: %s", place, error)
            return found, True
        except Exception as error:
            log.warning("%s could not be read back: %s", place, describe(error))
            return found, False
        finally:
            await insist(lambda: self._store.let_go(place))
