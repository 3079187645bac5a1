"""What was said in threads that are not ours: forgotten soon, unless its mention comes after it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from core.messages import IncomingMessage

# Platforms deliver out of order, and again after a minute what was not taken in.
KEPT_SECONDS = 120.0
MOST_KEPT = 1_000


class Overheard:
    """Keeps other people's talk in memory alone, for a while: it is neither stored nor sent to a model.

    A message may overtake the one that makes its thread ours. Each is kept before it is asked whether we
    serve its thread, so that no moment is left in which it is neither kept nor served.
    """

    def __init__(self, receive: Callable[[IncomingMessage], Awaitable[bool]]) -> None:
        self._receive = receive
        self._kept: OrderedDict[str, tuple[float, IncomingMessage]] = OrderedDict()

    def keep(self, message: IncomingMessage) -> None:
        """Remember a message for a while, in its newest words."""
        self._forget_old()
        known = self._kept.get(message.id)
        if known is None or known[1].edited_at < message.edited_at:
            self._kept[message.id] = (time.monotonic(), message)
            self._kept.move_to_end(message.id)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    async def follow(self, message: IncomingMessage) -> None:
        """Receive what is kept of a conversation and newer than a message of it: it is ours now."""
        self._forget_old()
        self._kept.pop(message.id, None)
        kept = [one for _, one in self._kept.values() if one.conversation == message.conversation]
        for later in sorted(kept, key=lambda one: one.position):
            if later.position > message.position:
                await self._receive(later)
                self._kept.pop(later.id, None)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - KEPT_SECONDS
        while self._kept and next(iter(self._kept.values()))[0] < oldest:
            self._kept.popitem(last=False)
