"""What to do while the database can't be used: say so once, and try again until it can."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

# Waiting does not mend these.
OUR_FAULT = (sqlite3.IntegrityError, sqlite3.ProgrammingError)
FIRST_WAIT = 0.25
LONGEST_WAIT = 15.0


async def insist(work: Callable[[], Awaitable[T]]) -> T:
    """Do something with the store, and again after a while as long as the database can't be used."""
    wait = FIRST_WAIT
    while True:
        try:
            done = await work()
        except OUR_FAULT:
            raise
        except sqlite3.Error as error:
            if wait == FIRST_WAIT:
                log.error(
                    "The database can't be used (%s). Frontdesk goes on trying; what it received is safe. "
                    "Make room on the disk, or end the program that holds the file.",
                    error,
                )
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            if wait > FIRST_WAIT:
                log.warning("The database can be used again.")
            return done
