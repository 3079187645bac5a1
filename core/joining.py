"""What was said before the bot was called into a conversation is read once, before its first answer there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from core.again import Again
from core.faults import describe
from core.insist import insist
from core.markdown import excerpt
from core.messages import SaidBefore, Turn
from core.ports import Counter, Platform, Refused, TryLater
from core.store import Store

log = logging.getLogger(__name__)

# The customer waits meanwhile: one try may take so long, and a second one comes so much later.
READ_SECONDS = 3.0
AGAIN_SECONDS = 1.0
# How much of it is kept, the newest first; the message that a thread began with is kept in any case. Of a
# long one, such as a log, its beginning is.
MOST_MESSAGES = 50
MOST_CHARACTERS = 8_000
LONGEST_MESSAGE = 2_000


class Joining:
    """Reads what was said before, through a platform."""

    def __init__(self, store: Store, counter: Counter) -> None:
        self._store = store
        self._counter = counter

    async def read(self, turn: Turn, platform: Platform, *, at_last: bool) -> Again | None:
        """Read what was said before a claimed turn's conversation was ours, if that can be had.

        Args:
            turn: What was claimed; its `unread` says what called the bot.
            platform: Where that was.
            at_last: Whether it is answered without, should this fail.

        Returns:
            How the turn is to be put back, to be claimed with what was said, or for a second try; None if
            there is nothing to be had.
        """
        try:
            async with asyncio.timeout(READ_SECONDS):
                said = await platform.before(turn.unread, turn.newest.place)
        except Refused as error:
            log.warning("What was said before the bot was called is not read: %s", error)
            said = []
        except Exception as error:
            why = error if isinstance(error, TryLater) else describe(error)
            log.warning("What was said before the bot was called can't be read: %s", why)
            if not at_last:
                return Again(AGAIN_SECONDS, counts=True)
            said = []
        counted = [(one, self._counter.count(one.text)) for one in bounded(said)]
        return Again() if await insist(lambda: self._store.join(turn, counted)) else None


def bounded(said: Sequence[SaidBefore]) -> list[SaidBefore]:
    """Return what is kept of what was said, oldest first: the opening words, and the newest."""
    if not said:
        return []
    opening, *newest = [
        replace(one, text=excerpt(one.text, LONGEST_MESSAGE))
        for one in (said[0], *said[1:][-(MOST_MESSAGES - 1) :])
    ]
    kept: list[SaidBefore] = []
    room = MOST_CHARACTERS - len(opening.text)
    for one in reversed(newest):
        room -= len(one.text)
        if room < 0:
            break
        kept.append(one)
    return [opening, *reversed(kept)]
