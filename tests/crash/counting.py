"""Counts what customers and agents saw of what was written, by what stands on the platforms in the end."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.phrases import ENGLISH
from tests.crash.conversations import Conversation, numbers
from tests.crash.desks import Desk
from tests.crash.handovers import CLOSINGS, Handover, customer_of, passed_on

# How what a customer is told of a case begins, in any format.
TOLD = ENGLISH.told
CLAIMED = ENGLISH.claimed_by("")
CLOSED = dict(zip(CLOSINGS, (ENGLISH.resolved, ENGLISH.given_back), strict=True))
PASSED_ON = ENGLISH.passed_on[:30]


@dataclass
class Asked:
    """What a customer wrote in a conversation.

    Attributes:
        all: The numbers, in order.
        for_people: Those written while people surely had the case.
        for_bot: Those written while surely nobody had one.
    """

    all: list[int] = field(default_factory=list)
    for_people: set[int] = field(default_factory=set)
    for_bot: set[int] = field(default_factory=set)


@dataclass
class Line:
    """A line of the table: how much there was of something, and what went wrong with it."""

    what: str
    count: int = 0
    wrong: dict[str, list[int | str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, wrong: str, found: Iterable[int | str]) -> None:
        """Note what went wrong; also that nothing did."""
        self.wrong[wrong] += found

    @property
    def right(self) -> bool:
        return not any(self.wrong.values())

    def __str__(self) -> str:
        figures = ", ".join(f"{len(found)} {wrong}" for wrong, found in self.wrong.items())
        return f"  {self.what:28}{self.count:6}   {figures}"


@dataclass
class Tally:
    """What came of everything so far."""

    kills: int
    questions: Line = field(default_factory=lambda: Line("customers' words"))
    replies: Line = field(default_factory=lambda: Line("bot's replies"))
    below: Line = field(default_factory=lambda: Line("of these passed to agents"))
    answers: Line = field(default_factory=lambda: Line("agents' words"))
    edits: Line = field(default_factory=lambda: Line("agents' edits"))
    unsaid: Line = field(default_factory=lambda: Line("notes, unclaimed words"))
    cases: Line = field(default_factory=lambda: Line("cases"))

    @property
    def lines(self) -> list[Line]:
        return [
            self.questions, self.replies, self.below, self.answers, self.edits, self.unsaid, self.cases
        ]  # fmt: skip

    @property
    def right(self) -> bool:
        return all(line.right for line in self.lines)

    def __str__(self) -> str:
        details = [
            f"    {line.what}: {wrong}: {found}"
            for line in self.lines
            for wrong, found in line.wrong.items()
            if found
        ]
        return "\n".join([f"{self.kills} kills", *map(str, self.lines), *details])

    def __add__(self, other: Tally) -> Tally:
        total = Tally(self.kills + other.kills)
        for line, one, two in zip(total.lines, self.lines, other.lines, strict=True):
            line.count = one.count + two.count
            for part in (one, two):
                for wrong, found in part.wrong.items():
                    line.add(wrong, found)
        return total


def tally(
    asked: Mapping[Conversation, Asked],
    handovers: Sequence[Handover],
    desk: Desk,
    called_with: Collection[int],
    overtaken: Collection[int],
    kills: int,
) -> Tally:
    """Compare what was written, in the platforms' order, with what was posted.

    Args:
        asked: What customers wrote.
        handovers: What became of their requests for a person.
        desk: The agents' place.
        called_with: Numbers of what was written in one turn with such a request: the card tells of it.
        overtaken: Numbers of such requests that an agent claimed before the customer was told that the team
            knows: instead of that they hear at once who is there.
        kills: How many there were.
    """
    result = Tally(kills)
    theirs: dict[Conversation, list[Handover]] = {conversation: [] for conversation in asked}
    for handover in handovers:
        theirs[handover.conversation].append(handover)
    for conversation, wrote in asked.items():
        _conversation(result, conversation.replies(), wrote, theirs[conversation], desk, called_with)
        _told(result.cases, conversation.replies(), theirs[conversation], overtaken)
    _cards(result, handovers, desk)
    return result


def _conversation(
    result: Tally,
    replies: list[str],
    wrote: Asked,
    handovers: list[Handover],
    desk: Desk,
    called_with: Collection[int],
) -> None:
    answered = [number for reply in replies for number in numbers(reply, "n")]
    passed = [n for one in handovers if one.card for n in passed_on(desk.below(one.card.id) or [])]
    times = Counter(answered) + Counter(passed)
    questions = result.questions
    questions.count += len(wrote.all)
    questions.add("lost", [n for n in wrote.all if not times[n] and n not in called_with])
    questions.add("answered or passed on twice", [n for n in wrote.all if times[n] > 1])
    result.replies.count += sum(bool(numbers(reply, "n")) for reply in replies)
    result.replies.add("out of order", _disordered(answered))
    result.replies.add("elsewhere", [n for n in answered if n not in wrote.all])
    result.replies.add("over a person's head", [n for n in answered if n in wrote.for_people])
    result.below.count += len(passed)
    result.below.add("out of order", _disordered(passed))
    result.below.add("below the wrong card", [n for n in passed if n not in wrote.all])
    result.below.add("for the bot", [n for n in passed if n in wrote.for_bot])
    _answers(result, replies, handovers, desk)


def _disordered(named: Sequence[int]) -> list[int]:
    first_times = list(dict.fromkeys(named))
    return [later for earlier, later in itertools.pairwise(first_times) if later < earlier]


def _answers(result: Tally, replies: list[str], handovers: list[Handover], desk: Desk) -> None:
    """Look at what agents said to a customer, and what they did not."""
    said = [number for one in handovers for number in one.said]
    read = [number for reply in replies for number in numbers(reply, "a")]
    times = Counter(read)
    answers = result.answers
    answers.count += len(said)
    answers.add("lost", [n for n in said if not times[n]])
    answers.add("twice", [n for n in said if times[n] > 1])
    answers.add("out of order", _disordered(read))
    answers.add("elsewhere", [n for n in read if n not in said])
    unmarked = [
        number
        for one in handovers
        for number, id in one.said.items()
        if one.card and times[number] and not desk.is_marked(one.card.id, id)
    ]
    answers.add("unmarked", unmarked)
    edits = [edit for one in handovers for edit in one.edits.values()]
    result.edits.count += len(edits)
    result.edits.add("not carried over", set(edits) - {n for reply in replies for n in numbers(reply, "e")})
    result.unsaid.count += sum(len(one.unsaid) for one in handovers)
    result.unsaid.add("read by a customer", [n for reply in replies for n in numbers(reply, "ux")])


def _told(line: Line, replies: list[str], handovers: list[Handover], overtaken: Collection[int]) -> None:
    """Look at what a customer was told of their cases."""

    def times(words: str) -> int:
        return sum(words in reply for reply in replies)

    requests = [one.request for one in handovers]
    if times(TOLD) != sum(request not in overtaken for request in requests):
        line.add(f"told {times(TOLD)} times", requests)
    if times(PASSED_ON) > len(handovers):
        line.add("words acknowledged twice", requests)
    if times(CLAIMED) != sum(one.claimed for one in handovers):
        line.add(f"claim told {times(CLAIMED)} times", requests)
    for closing, words_ in CLOSED.items():
        if times(words_) != sum(one.closed and one.closing == closing for one in handovers):
            line.add(f"end ({closing}) told {times(words_)} times", requests)


def _cards(result: Tally, handovers: Sequence[Handover], desk: Desk) -> None:
    line = result.cases
    line.count = len(handovers)
    cards = desk.cards()
    twice = [case for case, times in Counter(card.case for card in cards).items() if times > 1]
    line.add("with two cards", twice)
    line.add("without a card", [one.request for one in handovers if one.card is None])
    line.add("not closed", [one.request for one in handovers if not one.closed])
    wanted = Counter(one.conversation.name for one in handovers)
    shown = Counter(customer_of(card) for card in cards if card.case not in twice)
    line.add("that nobody asked for", (shown - wanted).elements())
