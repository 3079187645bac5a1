"""One model's answers: what is asked, how what comes is read, and every way in which an answer ends."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator

from core.model.calls import Calls, Tries
from core.model.faults import CallFault, Happened
from core.model.formats import Form
from core.model.orders import Finish, Order, going_on, order_of
from core.model.reading import Reader, Told, Unreadable
from core.ports import ModelFault, Opening, Piece, Request, Sentence


class Answers:
    """One rung of the ladder: a model that answers, or goes on where another one failed."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    @property
    def name(self) -> str:
        """The model's name."""
        return self._calls.manner.model

    async def answer(self, request: Request, told: Told, until: float) -> AsyncGenerator[Piece]:
        """Answer a request, or go on with what was told of the answer, until that time by the loop's clock.

        Raises:
            ModelFault: There is no answer, or none to its end; what was released stays in `told`.
        """
        order, tries = order_of(request), Tries(until, asked=told.asked)
        try:
            async with contextlib.aclosing(self._pieces(order, request, told, tries)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            told.asked = tries.asked

    async def _pieces(
        self, order: Order, request: Request, told: Told, tries: Tries
    ) -> AsyncGenerator[Piece]:
        while True:
            reading = _Reading(self._calls, request, told, tries)
            try:
                async with contextlib.aclosing(reading.pieces(order)) as pieces:
                    async for piece in pieces:
                        yield piece
                if reading.cut_off and not tries.continued:
                    tries.continued = True
                    continue
                if reading.cut_off:
                    for piece in told.stopped(request.phrases.cut):
                        yield piece
                break
            except CallFault as fault:
                if fault.happened is Happened.FILTERED:
                    for piece in told.filtered():
                        yield piece
                    break
                try:
                    order = await self._calls.recover(fault, order, tries)
                    continue
                except ModelFault as given_up:
                    failed = given_up
            except ModelFault as refused:
                failed = ModelFault(str(refused), tries.usage + refused.usage, refused.kind)
            if not tries.continued:
                raise failed
            # It had its length already: that the rest can't be had is no reason to call it a failure.
            for piece in told.stopped(request.phrases.cut):
                yield piece
            break
        yield told.answer(tries.usage)


class _Reading:
    """One call's answer, read as it comes.

    Attributes:
        cut_off: Whether it ended because it was too long.
    """

    def __init__(self, calls: Calls, request: Request, told: Told, tries: Tries) -> None:
        self._calls = calls
        self._request = request
        self._told = told
        self._tries = tries
        self.cut_off = False

    async def pieces(self, order: Order) -> AsyncGenerator[Opening | Sentence]:
        told = self._told
        form = self._calls.manner.forms.now
        reader = Reader(self._request.passages, told, plain=form is Form.PLAIN or bool(told.so_far))
        finish, refused = None, False
        async with contextlib.aclosing(self._calls.hear(going_on(order, told, form), self._tries)) as events:
            async for heard in events:
                finish = heard.finish or finish
                refused = refused or heard.refused or finish is Finish.FILTER
                if heard.text and not refused:
                    for piece in reader.feed(heard.text):
                        yield piece
        for piece in told.filtered() if refused else self._ended(reader, finish):
            yield piece

    def _ended(self, reader: Reader, finish: Finish | None) -> Iterator[Opening | Sentence]:
        """Yield the rest of what was said.

        Raises:
            CallFault: What came is no answer.
        """
        if finish is Finish.LENGTH:
            self.cut_off = reader.hold()
            if not self.cut_off:
                raise CallFault(Happened.SPENT_THINKING, 200)
        else:
            try:
                yield from reader.finish()
            except Unreadable as error:
                if self._calls.manner.stops and not error.empty and not error.plain:
                    with contextlib.suppress(Unreadable):
                        yield from reader.break_off()
                        return
                self._tries.formless += error.plain
                raise CallFault(Happened.EMPTY if error.empty else Happened.MALFORMED, 200) from None
