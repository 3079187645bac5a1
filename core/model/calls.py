"""The calls to one model: each in its bracket, and what is done when one goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from core.messages import Usage
from core.model.bracket import Bill, Brackets
from core.model.breaker import Breaker
from core.model.faults import CallFault, Happened, Refusal, Remedy, refused
from core.model.formats import FORM_NAMES, FORM_TOKENS, Form
from core.model.orders import (
    ErrorEvent,
    Finish,
    Heard,
    Order,
    merged,
    shortened,
    shows_pictures,
    without_pictures,
)
from core.model.parameters import Manner
from core.model.wire import Coming, Wire
from core.ports import Call

log = logging.getLogger(__name__)

# How long a server may take to tell the cost of an answer that is finished, in seconds.
AFTER_FINISH = 2.0


class Dialect(Protocol):
    """One of the APIs: the modules `chat` and `responses`."""

    PATH: str

    def body(self, order: Order, manner: Manner, form: Form) -> dict[str, Any]:
        """Return the body of a request."""
        ...

    def hear(self, event: dict[str, Any], streamed: bool) -> Heard | None:
        """Return what an event says; raises ErrorEvent."""
        ...


@dataclass(frozen=True, slots=True)
class Pacing:
    """How often and when a call is tried again.

    Attributes:
        tries: How often in all.
        first: The longest pause before the second try, in seconds; twice as long before each further one.
        longest: The longest of these pauses.
        jitter: Gives numbers from 0 to 1, of which each pause takes its part: those who failed together
            must not come back together.
    """

    tries: int = 3
    first: float = 0.5
    longest: float = 8.0
    jitter: Callable[[], float] = random.random

    def pause(self, failures: int) -> float:
        """Return how long to wait after so many failures."""
        longest: float = min(self.longest, self.first * 2.0 ** (failures - 1))
        return self.jitter() * longest


@dataclass
class Tries:
    """What was done so far for one answer.

    Attributes:
        until: When its time is up, by the loop's clock.
        usage: What all calls for it used.
        failures: How many calls failed in a way that passes.
        again: Whether it was asked once more because what came was no answer.
        cut: Whether the prompt was shortened.
        formless: How often words came in no form, though one was asked for.
        continued: Whether it was gone on with because it was too long.
        form: The form that was asked for last.
        asked: Whether any call was made for this answer, be it of another model.
    """

    until: float
    usage: Usage = field(default_factory=Usage)
    failures: int = 0
    again: bool = False
    cut: bool = False
    formless: int = 0
    continued: bool = False
    form: Form = Form.PLAIN
    asked: bool = False

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self.until - asyncio.get_running_loop().time()


class Calls:
    """Calls one model."""

    def __init__(
        self,
        wire: Wire,
        dialect: Dialect,
        manner: Manner,
        brackets: Brackets,
        breaker: Breaker,
        stall: float,
        pacing: Pacing,
    ) -> None:
        self._wire = wire
        self._dialect = dialect
        self.manner = manner
        self._brackets = brackets
        self._breaker = breaker
        self._stall = stall
        self._pacing = pacing

    async def hear(self, order: Order, tries: Tries) -> AsyncGenerator[Heard]:
        """Make one call and yield what comes of it, to its finish.

        Raises:
            CallFault: It went wrong; `recover` says what to do.
            ModelFault: It may not be made.
        """
        form = tries.form = self.manner.forms.now if order.structured else Form.PLAIN
        tokens = order.tokens + FORM_TOKENS[form]
        call = Call(self.manner.model, order.purpose, tokens, order.max_tokens, order.asker, tries.asked)
        if not self._breaker.admits(_now()):
            raise CallFault(Happened.DOWN)
        probes = self._breaker.is_open
        told = False
        try:
            async with self._brackets.around(call, tries.until) as bracket:
                tries.asked, began = True, _now()
                try:
                    self._check(probes)
                    async with contextlib.aclosing(self._talk(order, form, tries, bracket.bill)) as events:
                        async for heard in events:
                            yield heard
                except CallFault as fault:
                    bracket.bill.unmade = fault.row.unmade and fault.status != 200
                    told = self._judge(fault, _now() - began)
                    raise
                else:
                    told = True
                    self._breaker.worked()
                finally:
                    if not bracket.bill.unmade:
                        tries.usage += bracket.bill.usage or Usage(self.manner.model, calls=1)
        finally:
            if probes and not told:
                self._breaker.untold()

    def _check(self, probes: bool) -> None:
        """Raise CallFault if the breaker opened while a call waited for its turn."""
        if self._breaker.is_open and not probes:
            raise CallFault(Happened.DOWN)

    def _judge(self, fault: CallFault, took: float) -> bool:
        """Tell the breaker of a fault after so many seconds; say whether that told it anything."""
        if fault.happened is Happened.SLOW and took < self._stall:
            return False  # it was given too little time, by us
        if fault.row.down:
            self._breaker.failed(_now())
        elif fault.status:
            self._breaker.worked()
        else:
            return False
        return True

    async def _talk(self, order: Order, form: Form, tries: Tries, bill: Bill) -> AsyncGenerator[Heard]:
        body = self._dialect.body(order, self.manner, form)
        try:
            async with asyncio.timeout_at(tries.until):
                coming = await self._wire.post(self._dialect.PATH, body)
        except TimeoutError:
            raise CallFault(Happened.SLOW) from None
        except CallFault as fault:
            self._brackets.throttle.learn(self.manner.model, fault.headers)
            raise
        self._brackets.throttle.learn(self.manner.model, coming.headers)
        try:
            async for heard in self._events(coming, tries):
                if heard.usage:
                    # By the name that it is asked by: servers have names of their own for it.
                    bill.usage = replace(heard.usage, model=self.manner.model)
                yield heard
        finally:
            await coming.close()

    async def _events(self, coming: Coming, tries: Tries) -> AsyncGenerator[Heard]:
        """Yield what an answer says until it is finished; what breaks after that is no fault of it."""
        began = finished = known = False
        heard_at = _now()
        while True:
            deadline = tries.until
            if began or finished:
                # A model may think for long before its first word, but not in the middle of its words.
                deadline = min(deadline, heard_at + (AFTER_FINISH if finished else self._stall))
            try:
                async with asyncio.timeout_at(deadline):
                    events = await coming.events()
                if events is None:
                    break
                for heard in merged(_heard(self._dialect, event, coming.streamed) for event in events):
                    known = True
                    began = began or bool(heard.text)
                    finished = finished or heard.finish is not None
                    if heard.text or heard.finish or heard.usage or heard.refused:
                        heard_at = _now()
                        yield heard
            except TimeoutError:
                if finished:
                    return
                raise CallFault(Happened.SLOW if deadline == tries.until else Happened.STALLED) from None
            except ErrorEvent as error:
                raise _within(refused(Refusal(200, error.error), frozenset(), time.time()), began) from None
            except CallFault as fault:
                if finished:
                    return
                raise _within(fault, began) from None
        if not known:
            raise CallFault(Happened.EMPTY if coming.streamed else Happened.NOT_A_MODEL, 200)
        if not finished and not coming.saw_end:
            raise CallFault(Happened.BROKEN, 200)
        if not finished:
            yield Heard(finish=Finish.STOP)

    async def recover(self, fault: CallFault, order: Order, tries: Tries) -> Order:
        """Do what the table says of a fault, and return what to ask next.

        Raises:
            ModelFault: Nothing more is to be done here.
        """
        match fault.row.remedy:
            case Remedy.RETRY | Remedy.WAIT | Remedy.RESUME:
                tries.failures += 1
                if tries.failures < self._pacing.tries and await self._paused(fault, tries):
                    return order
            case Remedy.AGAIN if not tries.again:
                tries.again = True
                return order
            case Remedy.AGAIN if tries.formless > 1 and self._step_down(tries):
                # Some servers don't refuse a form that they don't know, but overlook it.
                tries.again, tries.formless = False, 0
                return order
            case Remedy.DROP:
                self.manner.refused.add(fault.parameter)
                log.info("%s takes no %s; it is left out from now on.", self.manner.model, fault.parameter)
                return order
            case Remedy.UNSEEN if shows_pictures(order.messages):
                if fault.happened is Happened.BLIND:
                    self.manner.sight = None
                    log.warning(
                        "%s (%s); pictures are left out from now on.", fault.row.words, self.manner.model
                    )
                return without_pictures(order)
            case Remedy.SIMPLER if self._step_down(tries):
                return order
            case Remedy.CUT if not tries.cut and (shorter := shortened(order, fault.limit, fault.used)):
                tries.cut = True
                log.warning("%s (%s); its oldest part was left out.", fault.row.words, self.manner.model)
                return shorter
        raise fault.as_model_fault(self.manner.model, tries.usage)

    def _step_down(self, tries: Tries) -> bool:
        """Ask for a simpler form from now on; say whether there is one."""
        forms = self.manner.forms
        if not forms.step_down(tries.form):
            return False
        asked, now = FORM_NAMES[tries.form], FORM_NAMES[forms.now]
        log.info("%s takes no %s; it is asked for %s from now on.", self.manner.model, asked, now)
        return True

    async def _paused(self, fault: CallFault, tries: Tries) -> bool:
        """Wait as long as the server asks, or as the failures so far call for; False if there is no time."""
        pause = self._pacing.pause(tries.failures) if fault.wait is None else fault.wait
        if pause >= tries.left:
            return False
        await asyncio.sleep(pause)
        return True


def _heard(dialect: Dialect, event: dict[str, Any], streamed: bool) -> Heard | None:
    try:
        return dialect.hear(event, streamed)
    except (AttributeError, KeyError, IndexError, TypeError):
        # Something else stands where the API has an object or a list.
        raise CallFault(Happened.NOT_A_MODEL, 200) from None


def _now() -> float:
    return asyncio.get_running_loop().time()


def _within(fault: CallFault, began: bool) -> CallFault:
    """Return a fault as it is in the middle of an answer, where it is that answer that broke off."""
    passes = fault.row.remedy in {Remedy.RETRY, Remedy.WAIT, Remedy.AGAIN}
    return CallFault(Happened.BROKEN, 200) if began and passes else fault
