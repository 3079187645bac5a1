"""Who waits to call a model, and who may go next. Pure: the time is passed in, by a steady clock."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from core.messages import Usage
from core.ports import Call
from core.throttle.buckets import MINUTE, Bucket, per_minute
from core.throttle.headers import Told, ToldLimit

ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed; the settings of the same names.

    Attributes:
        calls_at_once: Calls at the same time, of all models.
        questions_per_minute: Answers that one customer may ask for.
        queue_size: Calls that may wait.
        requests_per_minute: Of each model; None: only what its server tells.
        tokens_per_minute: Likewise.
    """

    calls_at_once: int = 200
    questions_per_minute: int = 20
    queue_size: int = 500
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(slots=True, eq=False)
class Ticket:
    """A call that waits, or has been let go; `number` is the order of coming."""

    call: Call
    number: int

    @property
    def tokens(self) -> int:
        """What it is estimated to use."""
        return self.call.prompt_tokens + self.call.max_tokens

    @property
    def is_question(self) -> bool:
        """Whether it counts as a question of a customer: each counts once, however many calls it takes."""
        return self.call.purpose == ANSWER and self.call.asker.customer != "" and not self.call.again


@dataclass(slots=True, eq=False)
class _Lane:
    """What one customer has waiting for one model, in one rank; never empty while it is in a ring.

    Attributes:
        customer: Whose.
        model: Its name.
        rank: Answers are 0, what is written beside them 1.
        tickets: In the order of coming.
        place: The smaller, the sooner it is its turn.
        rests: The number of its rest, while its customer is over their own limit.
    """

    customer: _Customer
    model: _Model
    rank: int
    tickets: OrderedDict[Ticket, None] = field(default_factory=OrderedDict)
    place: int = 0
    rests: int = 0


@dataclass(slots=True, eq=False)
class _Customer:
    name: str
    questions: Bucket
    seen: float
    lanes: dict[tuple[str, int], _Lane] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        return sum(len(lane.tickets) for lane in self.lanes.values())


@dataclass(slots=True, eq=False)
class _Model:
    """What is left for one model, by our settings and by its server, and whose turn it is."""

    name: str
    requests: list[Bucket]
    tokens: list[Bucket]
    told_requests: Bucket | None = None
    told_tokens: Bucket | None = None
    paused_until: float = 0.0
    rings: tuple[OrderedDict[_Customer, _Lane], ...] = field(
        default_factory=lambda: (OrderedDict(), OrderedDict())
    )

    def ready_at(self, tokens: int, now: float) -> float:
        times = [bucket.ready_at(1, now) for bucket in self.requests]
        times += [bucket.ready_at(tokens, now) for bucket in self.tokens]
        return max(now, self.paused_until, *times)

    def take(self, requests: int, tokens: int, now: float) -> None:
        for bucket in self.requests:
            bucket.take(requests, now)
        for bucket in self.tokens:
            bucket.take(tokens, now)

    def hear(self, told: Told, now: float) -> None:
        self.told_requests = _heard(self.told_requests, told.requests, self.requests, now)
        self.told_tokens = _heard(self.told_tokens, told.tokens, self.tokens, now)
        if told.pause:
            self.paused_until = max(self.paused_until, now + told.pause)


def _heard(known: Bucket | None, told: ToldLimit | None, all_: list[Bucket], now: float) -> Bucket | None:
    """Bring the server's bucket up to date; the first time, put it beside our own."""
    if told is None:
        return known
    if known is None:
        known = Bucket(told.most, told.rate, told.left, now)
        all_.append(known)
    known.is_told(told.most, told.rate, told.left, now)
    return known


class Line:
    """The calls that wait, and what is left of every limit.

    Customers take turns, each with one call, and a customer's calls go in the order of their coming; what is
    written beside the answers goes when no answer to the same model can. Who is over a limit of their own, or
    waits for a model that has no room, holds up nobody else.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._models: dict[str, _Model] = {}
        self._customers: OrderedDict[str, _Customer] = OrderedDict()  # the longest unseen first
        self._resting: list[tuple[float, int, _Lane]] = []
        self._numbers = count(1)
        self.waiting = 0
        self.at_once = 0

    @property
    def customers(self) -> int:
        """How many customers are remembered."""
        return len(self._customers)

    # --- coming and going ----------------------------------------------------------------------------

    def join(self, call: Call, now: float) -> Ticket:
        """Let a call wait; `next` says when it goes."""
        self._forget(now)
        ticket = Ticket(call, next(self._numbers))
        customer = self._seen(call.asker.customer, now)
        rank = 0 if call.purpose == ANSWER else 1
        lane = customer.lanes.get((call.model, rank))
        if lane is None:
            lane = customer.lanes[call.model, rank] = _Lane(customer, self._model(call.model, now), rank)
            self._to_the_end(lane)
        lane.tickets[ticket] = None
        self.waiting += 1
        return ticket

    def next(self, now: float) -> Ticket | None:
        """Let one call go, if one can, and return it."""
        if self.at_once >= self._limits.calls_at_once:
            return None
        self._wake(now)
        lanes = [
            lane
            for model in self._models.values()
            if (lane := self._first(model, now)) and model.ready_at(_first(lane).tokens, now) <= now
        ]
        if not lanes:
            return None
        return self._let_go(min(lanes, key=lambda lane: (lane.rank, lane.place)), now)

    def next_at(self, now: float) -> float | None:
        """Return when to ask `next` again if nothing else happens; None: only once something does."""
        if self.at_once >= self._limits.calls_at_once:
            return None
        self._wake(now)
        firsts = [(model, self._first(model, now)) for model in self._models.values()]
        times = [model.ready_at(_first(lane).tokens, now) for model, lane in firsts if lane]
        return min([*times, *(rest[0] for rest in self._resting[:1])], default=None)

    def leave(self, ticket: Ticket) -> None:
        """Hear that a call which was let go has ended."""
        self.at_once -= 1

    def take_back(self, ticket: Ticket, now: float) -> None:
        """Hear that a call which was let go is not made after all."""
        self.at_once -= 1
        self._model(ticket.call.model, now).take(-1, -ticket.tokens, now)
        customer = self._customers.get(ticket.call.asker.customer)
        if customer and ticket.is_question:
            customer.questions.take(-1, now)
            for lane in customer.lanes.values():
                if lane.rests:
                    self._to_the_end(lane)

    def withdraw(self, ticket: Ticket) -> None:
        """Hear that a call which waits is not wanted any more."""
        call = ticket.call
        lanes = self._customers[call.asker.customer].lanes
        lane = lanes[call.model, 0 if call.purpose == ANSWER else 1]
        del lane.tickets[ticket]
        self.waiting -= 1
        self._close_if_empty(lane)

    def excess(self) -> Ticket | None:
        """Return who is to be turned away, if more wait than may: the newest of who has the most waiting.

        What is written beside the answers goes before any answer does: one customer who fills the queue, or a
        flood of summaries, shuts nobody out.
        """
        if self.waiting <= self._limits.queue_size:
            return None
        lanes = [lane for customer in self._customers.values() for lane in customer.lanes.values()]
        lane = max(lanes, key=lambda lane: (lane.rank, lane.customer.waiting, _last(lane).number))
        return _last(lane)

    def ready_at(self, call: Call, now: float) -> float:
        """Return when what is left for its model allows a call, whoever else waits for it."""
        return self._model(call.model, now).ready_at(Ticket(call, 0).tokens, now)

    # --- what is heard of the limits -----------------------------------------------------------------

    def settle(self, call: Call, usage: Usage, now: float) -> None:
        """Put what a call used in the place of what was estimated."""
        used = usage.prompt_tokens + usage.completion_tokens
        estimated = call.prompt_tokens + call.max_tokens
        self._model(call.model, now).take(usage.calls - 1, used - estimated, now)

    def hear(self, model: str, told: Told, now: float) -> None:
        """Take over what a server says."""
        self._model(model, now).hear(told, now)

    # --- inside --------------------------------------------------------------------------------------

    def _model(self, name: str, now: float) -> _Model:
        model = self._models.get(name)
        if model is None:
            ours = self._limits.requests_per_minute, self._limits.tokens_per_minute
            requests, tokens = ([per_minute(limit, now)] if limit else [] for limit in ours)
            model = self._models[name] = _Model(name, requests, tokens)
        return model

    def _seen(self, name: str, now: float) -> _Customer:
        customer = self._customers.get(name)
        if customer is None:
            questions = per_minute(self._limits.questions_per_minute, now)
            customer = self._customers[name] = _Customer(name, questions, now)
        customer.seen = now
        self._customers.move_to_end(name)
        return customer

    def _forget(self, now: float) -> None:
        """Forget who did not ask for a minute: nothing of their limit is used any more."""
        while self._customers:
            customer = next(iter(self._customers.values()))
            if customer.seen + MINUTE > now:
                return
            if customer.lanes:
                self._seen(customer.name, now)
            else:
                del self._customers[customer.name]

    def _first(self, model: _Model, now: float) -> _Lane | None:
        """Return whose turn it is at a model; who is over their own limit rests meanwhile."""
        for ring in model.rings:
            while ring:
                lane = next(iter(ring.values()))
                if not _first(lane).is_question:
                    return lane
                at = lane.customer.questions.ready_at(1, now)
                if at <= now:
                    return lane
                del ring[lane.customer]
                lane.rests = next(self._numbers)
                heappush(self._resting, (at, lane.rests, lane))
        return None

    def _wake(self, now: float) -> None:
        """Let who rested long enough take turns again."""
        while self._resting:
            at, number, lane = self._resting[0]
            still = lane.rests == number
            if still and at > now:
                return
            heappop(self._resting)
            if still:
                self._to_the_end(lane)

    def _to_the_end(self, lane: _Lane) -> None:
        ring = lane.model.rings[lane.rank]
        ring[lane.customer] = lane
        ring.move_to_end(lane.customer)
        lane.place, lane.rests = next(self._numbers), 0

    def _let_go(self, lane: _Lane, now: float) -> Ticket:
        ticket, _ = lane.tickets.popitem(last=False)
        self.waiting -= 1
        self.at_once += 1
        lane.model.take(1, ticket.tokens, now)
        customer = self._seen(lane.customer.name, now)
        if ticket.is_question:
            customer.questions.take(1, now)
        self._close_if_empty(lane)
        for other in customer.lanes.values():
            if not other.rests:
                self._to_the_end(other)
        return ticket

    def _close_if_empty(self, lane: _Lane) -> None:
        if not lane.tickets:
            del lane.customer.lanes[lane.model.name, lane.rank]
            lane.model.rings[lane.rank].pop(lane.customer, None)
            lane.rests = 0


def _first(lane: _Lane) -> Ticket:
    return next(iter(lane.tickets))


def _last(lane: _Lane) -> Ticket:
    return next(reversed(lane.tickets))
