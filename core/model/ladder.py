"""The models that are asked, one after the other, until one answers; quoting and people come below them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import replace

from core.lasting import Lasting
from core.messages import Action, Answer, Reason, Usage
from core.model.answers import Answers
from core.model.moderation import Moderation
from core.model.reading import Told
from core.ports import FaultKind, ModelFault, Opening, Piece, Request

log = logging.getLogger(__name__)

# Of the time that is left, what a model may use up that has another one behind it.
SHARE = 0.6
FLAGGED = Opening(Action.ESCALATE, Reason.CONTENT_FILTERED)


class Ladder:
    """A model made of several: the first, and those that take over where it fails."""

    def __init__(
        self,
        rungs: Sequence[Answers],
        timeout: float,
        moderation: Moderation | None,
        close: Callable[[], Awaitable[None]],
    ) -> None:
        """Take at least one rung; `timeout` is how long an answer may take in all, in seconds."""
        self._rungs = rungs
        self._timeout = timeout
        self._moderation = moderation
        self._close = close
        self._troubles = Lasting()

    async def answer(self, request: Request) -> AsyncGenerator[Piece]:
        """Ask one model after the other; see `Model`. Each goes on with what was released before."""
        until = (request.since or _now()) + self._timeout
        if self._moderation and not request.since and await self._moderation.flags(request.question, until):
            yield FLAGGED
            yield Answer("", FLAGGED.action, FLAGGED.reason)
            return
        told, usage = Told(asked=bool(request.since)), Usage()
        for number, rung in enumerate(self._rungs, 1):
            is_last = number == len(self._rungs)
            deadline = until if is_last else _now() + (until - _now()) * SHARE
            try:
                async with contextlib.aclosing(rung.answer(request, told, deadline)) as pieces:
                    async for piece in pieces:
                        yield _with_all(piece, usage)
            except ModelFault as fault:
                usage += fault.usage
                failed = fault
                if not is_last:
                    level = self._troubles.level(rung.name, str(fault))
                    following = self._rungs[number].name
                    log.log(level, "%s gave no answer (%s); asking %s.", rung.name, fault, following)
            else:
                self._troubles.over(rung.name)
                return
        if failed.kind is FaultKind.TIMEOUT and told.sentences:
            # It was being told, only too slowly: the customer may ask to go on.
            for rest in told.stopped(request.phrases.cut):
                yield rest
            yield told.answer(usage)
            return
        raise ModelFault(str(failed), usage, failed.kind)

    async def close(self) -> None:
        """Close the connections, once all that was spent is booked."""
        await self._close()


def _with_all(piece: Piece, usage: Usage) -> Piece:
    """Return a piece; the last one with what the models before used, too."""
    return replace(piece, usage=usage + piece.usage) if isinstance(piece, Answer) else piece


def _now() -> float:
    return asyncio.get_running_loop().time()
