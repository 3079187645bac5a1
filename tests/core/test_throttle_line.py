"""Who may go next: the limits are kept to the letter, and nobody waits for more than their turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.messages import Usage
from core.ports import Asker, Call
from core.throttle.buckets import MINUTE
from core.throttle.headers import Told, ToldLimit
from core.throttle.line import ANSWER, Limits, Line, Ticket

WIDE = Limits(calls_at_once=2_000, questions_per_minute=1_000, queue_size=10_000)
ONE = replace(WIDE, calls_at_once=1)


def call(customer: str = "ann", model: str = "big", purpose: str = ANSWER, tokens: int = 100) -> Call:
    return Call(model, purpose, tokens - 10, 10, Asker(customer))


class Counter:
    """Lets go whoever may as the time passes, and writes down when that was."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.line = Line(limits)
        self.now = 0.0
        self.waiting: list[Ticket] = []
        self.running: list[Ticket] = []
        self.gone: list[tuple[float, Ticket]] = []
        self.turned_away: list[Ticket] = []
        self.found: dict[Ticket, int] = {}  # how many had gone when a call came

    def comes(self, call: Call) -> Ticket:
        ticket = self.line.join(call, self.now)
        self.waiting.append(ticket)
        self.found[ticket] = len(self.gone)
        self.look()
        if excess := self.line.excess():
            self.line.withdraw(excess)
            self.waiting.remove(excess)
            self.turned_away.append(excess)
        return ticket

    def look(self) -> None:
        while ticket := self.line.next(self.now):
            self.waiting.remove(ticket)
            self.running.append(ticket)
            self.gone.append((self.now, ticket))
        assert len(self.running) == self.line.at_once <= self.limits.calls_at_once

    def ends(self, ticket: Ticket) -> None:
        self.running.remove(ticket)
        self.line.leave(ticket)
        self.look()

    def gives_up(self, ticket: Ticket) -> None:
        self.waiting.remove(ticket)
        self.line.withdraw(ticket)
        self.look()

    def is_not_made(self, ticket: Ticket) -> None:
        self.running.remove(ticket)
        self.gone = [(at, one) for at, one in self.gone if one is not ticket]
        self.line.take_back(ticket, self.now)
        self.look()

    def passes(self, seconds: float) -> None:
        """Let the time pass, looking only when the line says so."""
        until = self.now + seconds
        while (at := self.line.next_at(self.now)) is not None and at <= until:
            assert at > self.now, "it says now, but nobody could go"
            self.now = at
            self.look()
        self.now = until

    @property
    def order(self) -> list[str]:
        return [ticket.call.asker.customer for _, ticket in self.gone]


def test_customers_take_turns() -> None:
    counter = Counter(ONE)
    for customer in ["ann"] * 5 + ["ben"] * 2 + ["cleo"]:
        counter.comes(call(customer))
    while counter.running:
        counter.ends(counter.running[0])
    assert counter.order == ["ann", "ann", "ben", "cleo", "ann", "ben", "ann", "ann"]


def test_what_is_written_beside_the_answers_goes_when_no_answer_can() -> None:
    counter = Counter(ONE)
    counter.comes(call())
    task, answer = counter.comes(call("ben", purpose="summary")), counter.comes(call("cleo"))
    counter.ends(counter.running[0])
    assert counter.running == [answer]
    counter.ends(answer)
    assert counter.running == [task]


def test_an_answer_of_any_model_goes_before_what_is_written_beside() -> None:
    counter = Counter(ONE)
    running, _ = counter.comes(call()), counter.comes(call("ben", "small", purpose="summary"))
    answer = counter.comes(call("cleo"))
    counter.ends(running)
    assert counter.running == [answer]


def test_after_a_quiet_hour_no_more_goes_at_once_than_in_a_minute() -> None:
    counter = Counter(replace(WIDE, requests_per_minute=5))
    counter.comes(call())
    counter.passes(3_600)
    for _ in range(10):
        counter.comes(call())
    assert len(counter.gone) == 1 + 5


def test_an_answer_that_waits_for_room_is_not_overtaken_by_what_is_beside_it() -> None:
    counter = Counter(replace(WIDE, tokens_per_minute=1_000))
    counter.comes(call(tokens=800))
    answer, task = counter.comes(call("ben", tokens=800)), counter.comes(call("cleo", purpose="summary"))
    assert counter.waiting == [answer, task]
    counter.passes(36)
    assert counter.waiting == [task]


def test_a_model_without_room_does_not_hold_up_another() -> None:
    counter = Counter(replace(WIDE, requests_per_minute=1))
    for model in ("big", "big", "small"):
        counter.comes(call(model=model))
    assert [ticket.call.model for ticket in counter.running] == ["big", "small"]


def test_a_customer_over_their_own_limit_holds_up_nobody() -> None:
    counter = Counter(replace(WIDE, questions_per_minute=2))
    for customer in ["ann"] * 4 + ["ben"]:
        counter.comes(call(customer))
    assert counter.order == ["ann", "ann", "ben"]
    counter.passes(29.9)
    assert counter.order == ["ann", "ann", "ben"]
    counter.passes(0.1)
    assert counter.order == ["ann", "ann", "ben", "ann"]


def test_nobody_in_particular_and_what_is_beside_the_answers_is_not_counted_as_a_question() -> None:
    counter = Counter(replace(WIDE, questions_per_minute=1))
    for _ in range(3):
        counter.comes(call(""))
        counter.comes(call("ann", purpose="summary"))
    counter.comes(call("ann"))
    assert not counter.waiting


def test_a_question_that_was_not_asked_after_all_counts_for_nothing() -> None:
    counter = Counter(replace(WIDE, questions_per_minute=1, requests_per_minute=2, tokens_per_minute=1_000))
    first, second = counter.comes(call(tokens=1_000)), counter.comes(call(tokens=1_000))
    counter.is_not_made(first)
    assert counter.running == [second]


def test_tokens_are_settled_by_what_was_used() -> None:
    counter = Counter(replace(WIDE, tokens_per_minute=1_000))
    first, second = counter.comes(call(tokens=1_000)), counter.comes(call(tokens=600))
    counter.line.settle(first.call, Usage("big", 300, 0, 100, calls=1), counter.now)
    counter.look()
    assert counter.running == [first, second]
    counter.line.settle(second.call, Usage("big", 1_000, 0, 600, calls=1), counter.now)
    counter.comes(call(tokens=1))
    counter.passes(60.0)  # a thousand below nothing
    assert len(counter.waiting) == 1
    counter.passes(0.1)
    assert not counter.waiting


def test_a_call_that_was_not_made_or_tried_again_is_counted_as_it_was() -> None:
    counter = Counter(replace(WIDE, requests_per_minute=3))
    first = counter.comes(call())
    counter.line.settle(first.call, Usage(), counter.now)
    second = counter.comes(call())
    counter.line.settle(second.call, Usage(calls=3), counter.now)
    counter.comes(call())
    assert len(counter.waiting) == 1


def test_a_call_larger_than_the_whole_bucket_goes_when_that_is_full() -> None:
    counter = Counter(replace(WIDE, tokens_per_minute=1_000))
    counter.comes(call(tokens=500))
    counter.comes(call(tokens=5_000))
    counter.comes(call(tokens=100))
    counter.passes(29)
    assert len(counter.gone) == 1
    counter.passes(1)
    assert len(counter.gone) == 2
    counter.passes(245)  # it took five minutes' worth, which the next one waits for
    assert len(counter.gone) == 2
    counter.passes(1)
    assert len(counter.gone) == 3


def test_the_smaller_of_the_setting_and_what_the_server_says_counts() -> None:
    counter = Counter(replace(WIDE, requests_per_minute=10))
    counter.line.hear("big", Told(requests=ToldLimit(100, 100 / MINUTE, 3)), counter.now)
    for _ in range(20):
        counter.comes(call())
    assert len(counter.gone) == 3
    counter.passes(3)  # five come back of theirs, but half of one of ours
    assert len(counter.gone) == 8
    counter.line.hear("big", Told(requests=ToldLimit(6, 6 / MINUTE, 6)), counter.now)
    counter.passes(10)
    assert len(counter.gone) == 9


def test_a_pause_holds_up_one_model_until_it_is_over() -> None:
    counter = Counter(WIDE)
    counter.line.hear("big", Told(pause=7), counter.now)
    counter.line.hear("big", Told(pause=2), counter.now)
    counter.comes(call())
    counter.comes(call(model="small"))
    counter.passes(6.9)
    assert len(counter.gone) == 1
    counter.passes(0.1)
    assert len(counter.gone) == 2


def test_who_has_the_most_waiting_is_turned_away_first_and_what_is_beside_the_answers_before_that() -> None:
    counter = Counter(replace(ONE, queue_size=3))
    counter.comes(call("zoe"))
    first, second = counter.comes(call("ann")), counter.comes(call("ann"))
    task = counter.comes(call("ben", purpose="summary"))
    cleo = counter.comes(call("cleo"))
    dan = counter.comes(call("dan"))
    late = counter.comes(call("eve"))
    assert counter.turned_away == [task, second, late]
    assert counter.waiting == [first, cleo, dan]


def test_customers_are_forgotten_a_minute_after_they_asked() -> None:
    counter = Counter(replace(WIDE, questions_per_minute=1))
    for number in range(1_000):
        counter.comes(call(f"customer {number}"))
    assert counter.line.customers == 1_000
    counter.comes(call("customer 0"))  # waits, and is remembered for that
    counter.passes(59.5)
    counter.comes(call("ann"))
    assert counter.line.customers == 1_001
    counter.passes(0.6)
    counter.comes(call("ann"))
    assert counter.line.customers == 2
    assert counter.order[-1] == "customer 0"


def test_who_waits_for_minutes_is_remembered_and_can_still_give_up() -> None:
    counter = Counter(WIDE)
    counter.line.hear("big", Told(pause=500), counter.now)
    ann = counter.comes(call("ann"))
    counter.passes(100)
    counter.comes(call("ben"))
    counter.gives_up(ann)
    assert counter.line.waiting == 1


# --- whatever happens ----------------------------------------------------------------------------------

CUSTOMERS = ("", "ann", "ben", "cleo")
NARROW = Limits(
    calls_at_once=3, questions_per_minute=3, queue_size=6, requests_per_minute=5, tokens_per_minute=1_000
)
EVENTS = st.lists(
    st.tuples(st.sampled_from("ccccccewtp"), st.integers(0, 3), st.integers(0, 7)), min_size=5, max_size=50
)


def happens(counter: Counter, what: str, who: int, size: int) -> None:
    if what == "c":
        purpose = "summary" if size == 6 else ANSWER
        model = "small" if size == 7 else "big"
        counter.comes(call(CUSTOMERS[who], model, purpose, tokens=100 + 200 * size))
    elif what == "e" and counter.running:
        counter.ends(counter.running[size % len(counter.running)])
    elif what == "w" and counter.waiting:
        counter.gives_up(counter.waiting[size % len(counter.waiting)])
    elif what == "t" and counter.running:
        counter.is_not_made(counter.running[-1])
    elif what == "p":
        counter.passes(size * size * 1.7)


def all_end(counter: Counter) -> None:
    for _ in range(200):
        if not counter.waiting:
            return
        while counter.running:
            counter.ends(counter.running[0])
        counter.passes(10)
    raise AssertionError("somebody waits for ever")


def most_in_a_minute(taken: Sequence[tuple[float, int]]) -> int:
    return max((sum(n for t, n in taken if at <= t < at + MINUTE) for at, _ in taken), default=0)


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_no_limit_is_ever_passed_and_everybody_gets_through(events: list[tuple[str, int, int]]) -> None:
    counter = Counter(NARROW)
    for event in events:
        happens(counter, *event)
        assert len(counter.waiting) == counter.line.waiting <= NARROW.queue_size
    all_end(counter)
    assert (counter.line.at_once, counter.line.waiting) == (len(counter.running), 0)
    for model in ("big", "small"):
        theirs = [(at, ticket) for at, ticket in counter.gone if ticket.call.model == model]
        assert most_in_a_minute([(at, 1) for at, _ in theirs]) <= 5 + 5
        # The largest call is larger than the bucket.
        assert most_in_a_minute([(at, ticket.tokens) for at, ticket in theirs]) <= 1_500 + 1_000
    for customer in CUSTOMERS[1:]:
        asked = [(at, 1) for at, t in counter.gone if t.is_question and t.call.asker.customer == customer]
        assert most_in_a_minute(asked) <= 3 + 3


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_each_goes_in_order_and_lets_everybody_else_pass_once_at_most(
    events: list[tuple[str, int, int]],
) -> None:
    counter = Counter(replace(NARROW, questions_per_minute=1_000, queue_size=1_000))
    for what, who, size in events:
        if what != "t":
            happens(counter, what, who, size % 6)  # one model, answers only
    all_end(counter)
    for number, (_, ticket) in enumerate(counter.gone):
        before = counter.order[:number]
        own = [at for at, customer in enumerate(before) if customer == counter.order[number]]
        first_since = max(counter.found[ticket], own[-1] + 1 if own else 0)
        let_pass = before[first_since:]
        assert len(let_pass) == len(set(let_pass))
    for customer in CUSTOMERS:
        went = [t.number for _, t in counter.gone if t.call.asker.customer == customer]
        assert went == sorted(went)


def test_further_calls_for_a_question_are_no_further_questions() -> None:
    line = Line(replace(WIDE, questions_per_minute=1))
    line.join(call(), 0.0)
    assert line.next(0.0)
    line.join(replace(call(), again=True), 0.0)
    assert line.next(0.0)
    line.join(call(), 0.0)
    assert line.next(0.0) is None


def test_how_long_a_model_rests_is_known_before_anybody_waits() -> None:
    line = Line(WIDE)
    assert line.ready_at(call(), 5.0) == 5.0
    line.hear("big", Told(pause=300.0), 5.0)
    assert line.ready_at(call(), 5.0) == 305.0
    assert line.ready_at(call(model="small"), 5.0) == 5.0
