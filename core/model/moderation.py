"""Shows what a customer wrote to the provider's moderation before a model reads it, where that is set."""

from __future__ import annotations

import asyncio
import logging

from core.model.faults import CallFault, Happened
from core.model.wire import Wire

log = logging.getLogger(__name__)

PATH = "/moderations"
MODEL = "omni-moderation-latest"
# An answer must not wait for it for long: it is an extra guard, not the only one.
SECONDS = 5.0


class Moderation:
    """Asks; where it can't be had, that is told once, and answers go on without."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._told = False
        self._is_there = True

    async def flags(self, text: str, until: float) -> bool:
        """Say whether a text should go to a person; False where that can't be known in time. Never raises."""
        if not self._is_there or not text.strip():
            return False
        try:
            async with asyncio.timeout_at(min(until, asyncio.get_running_loop().time() + SECONDS)):
                told = await self._wire.ask(PATH, {"model": MODEL, "input": text})
            flagged = any(result["flagged"] for result in told["results"])
        except TimeoutError:
            self._tell("no answer in time")
        except CallFault as fault:
            self._is_there = fault.happened is not Happened.UNKNOWN_MODEL
            self._tell(str(fault))
        except (KeyError, TypeError):
            self._tell("the answer was not one of a moderation")
        else:
            self._told = False
            return flagged
        return False

    def _tell(self, why: str) -> None:
        if not self._told:
            self._told = True
            log.warning("What customers write can't be moderated (%s); answering without.", why)
