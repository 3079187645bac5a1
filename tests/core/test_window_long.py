"""The window over long dialogues of several speakers, in all three ways of keeping it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.messages import Author, Earlier, Role, StoredMessage, Summary, Turn
from core.prompt import Keeping, Prompt, Prompter, TooLong
from core.tokens import EstimatingCounter, count_messages
from core.window import in_force, newest, next_fold
from tests.builders import DESK, instructions, passage, stored

BYTES = EstimatingCounter()
KIND = instructions()
FOLDER = (passage("Five days.", id="a.md#1"),)
BUDGET = 7_300
PEOPLE = [Author("stub:ann", "Ann"), Author("stub:ben", "Ben"), Author("stub:cy", "Cy")]
AGENT = Author("stub:dana", "Dana")
NUMBERED = re.compile(r"\b([qa])(\d+)\b")
WAYS: tuple[Keeping, ...] = ("drop", "summary", "session")


@dataclass(frozen=True)
class Step:
    """What happens next in a dialogue: somebody asks, and who answers, if anybody does.

    `ready`: whether the summary that is due by then is written before the next step.
    """

    who: int
    answer: str = "bot"
    length: int = 40
    messages: int = 1
    ready: bool = True
    silence: bool = False


STEPS = st.builds(
    Step,
    who=st.integers(0, 2),
    answer=st.sampled_from(["bot", "bot", "bot", "nobody", "people", "agent", "agent"]),
    length=st.sampled_from([0, 10, 40, 40, 150, 150, 600, 2_500]),
    messages=st.sampled_from([1, 1, 1, 2, 3]),
    ready=st.booleans(),
    silence=st.sampled_from([False] * 12 + [True]),
)


@dataclass
class Talk:
    """A conversation's life as the store keeps it, with a prompt for every question that the bot answers."""

    keeping: Keeping
    shared: bool
    said: list[StoredMessage] = field(default_factory=list)
    turn: int = 0
    window: int = 0
    summaries: list[Summary] = field(default_factory=list)
    summary: int = 0
    earlier: Earlier | None = None
    session: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    pending: dict[str, int] = field(default_factory=dict)
    number: int = 0
    prompts: list[tuple[Turn, Prompt]] = field(default_factory=list)
    written: int = 0

    def __post_init__(self) -> None:
        self.prompter = Prompter(BUDGET, BYTES, self.keeping)

    def take(self, step: Step) -> None:
        """Let one step happen."""
        person = PEOPLE[step.who]
        if step.answer == "agent" and person.id in self.pending:
            self._agent_says(person, step)
        else:
            self._asks(person, step)
        if self.keeping == "summary" and step.ready and self.said:
            self._write_summary()

    def _agent_says(self, person: Author, step: Step) -> None:
        self.turn += 1
        text = f"a{self.pending[person.id]} {'w' * step.length}"
        self._say(text, Role.AGENT, AGENT, person, to_people=True)

    def _asks(self, person: Author, step: Step) -> None:
        self.turn += 1
        self.number += 1
        waiting = [
            stored(f"q{self.number} {'w' * step.length}", author=person, turn=self.turn)
            for _ in range(step.messages)
        ]
        waiting = [replace(message, whose=person.id) for message in waiting]
        with_people = step.answer in {"people", "agent"}
        if not with_people:
            self._answer(waiting, person, silence=step.silence, answered=step.answer == "bot")
            self.pending.pop(person.id, None)
        else:
            self.said += [replace(message, to_people=True) for message in waiting]
            self.pending[person.id] = self.number

    def _answer(self, waiting: list[StoredMessage], person: Author, *, silence: bool, answered: bool) -> None:
        start, earlier = self.window, self.earlier
        begins = self.keeping == "session" and silence and bool(self.said)
        if begins:
            firsts = [m for m in self._seen_by(person) if m.turn >= self.session and m.role is Role.CUSTOMER]
            earlier = Earlier(0.0, firsts[0].text) if firsts else None
            start = self.turn
        history = tuple(m for m in self._seen_by(person) if m.turn >= start)
        ready = tuple(s for s in self.summaries if s.before >= self.summary)
        turn = Turn(
            *(self.turn, DESK, tuple(waiting), history),
            start=start,
            shared=self.shared,
            opened_by=self.said[0].author.id if self.said else person.id,
            summaries=ready,
            summary=self.summary,
            earlier=earlier,
            begins=begins,
        )
        try:
            prompt = self.prompter.build(turn, KIND, FOLDER, [])
        except TooLong:
            self.turn -= 1
            return
        self.prompts.append((turn, prompt))
        if begins:
            self.session = self.turn
        self.earlier = earlier
        if prompt.window > start:
            now = in_force(ready, self.summary, start, prompt.window)
            self.summary = now.before if now else 0
        self.window = max(start, prompt.window)
        self.said += waiting
        if answered:
            self._say(f"a{self.number} Yes.", Role.ASSISTANT, Author(""), person)

    def _say(self, text: str, role: Role, author: Author, whose: Author, *, to_people: bool = False) -> None:
        message = stored(text, role=role, author=author, turn=self.turn)
        self.said.append(replace(message, whose=whose.id, to_people=to_people))

    def _seen_by(self, reader: Author) -> list[StoredMessage]:
        if not self.shared:
            return self.said
        return [m for m in self.said if not m.to_people or m.whose == reader.id]

    def _write_summary(self) -> None:
        last = newest(self.summaries)
        since = [m for m in self._seen_by(Author("nobody")) if m.turn >= (last.before if last else 0)]
        turn = Turn(0, DESK, (), shared=self.shared, opened_by=self.said[0].author.id)
        said = self.prompter.costs(since, turn)
        if fold := next_fold(said, last, self.window, self.prompter.history_share):
            self.written += 1
            text = f"Summary {self.written} up to {fold.before}."
            self.summaries.append(Summary(fold.before, text, len(text)))


def life(steps: list[Step], keeping: Keeping, *, shared: bool) -> Talk:
    talk = Talk(keeping, shared)
    for step in steps:
        talk.take(step)
    return talk


def numbers(prompt: Prompt) -> tuple[list[int], list[int]]:
    """Return the questions and the answers that the history of a prompt holds, in order."""
    begin, end = prompt.history
    found = [NUMBERED.findall(message["content"])[0] for message in prompt.messages[begin:end]]
    return [int(n) for kind, n in found if kind == "q"], [int(n) for kind, n in found if kind == "a"]


LIVES = pytest.mark.parametrize(
    ("keeping", "shared"), [(way, shared) for way in WAYS for shared in (False, True)]
)
DIALOGUES = st.lists(STEPS, min_size=50, max_size=90)


@LIVES
@settings(max_examples=20)
@given(steps=DIALOGUES)
def test_whatever_is_said_the_window_keeps_its_promises(
    keeping: Keeping, shared: bool, steps: list[Step]
) -> None:
    talk = life(steps, keeping, shared=shared)
    for turn, prompt in talk.prompts:
        it_fits_and_ends_with_the_newest_words(turn, prompt)
        questions_and_answers_stay_together(turn, prompt)
    it_begins_as_the_one_before(talk)


def it_fits_and_ends_with_the_newest_words(turn: Turn, prompt: Prompt) -> None:
    assert count_messages(prompt.messages, BYTES) <= prompt.tokens <= BUDGET
    shown = [message["content"] for message in prompt.messages[prompt.history[1] :]]
    assert all(one.endswith(given.text) for one, given in zip(shown, turn.waiting, strict=True))


def questions_and_answers_stay_together(turn: Turn, prompt: Prompt) -> None:
    questions, answers = numbers(prompt)
    assert set(answers) <= set(questions)
    said = {message.text.split()[0] for message in turn.history}
    assert {number for number in questions if f"a{number}" in said} <= set(answers)


def it_begins_as_the_one_before(talk: Talk) -> None:
    """Except where a block leaves, a session begins, or the newest words leave no room for the articles."""
    private = talk.shared and any(message.to_people for message in talk.said)
    before: dict[str, Prompt] = {}
    for turn, prompt in talk.prompts:
        # What one customer and people say to each other in a whole channel the others do not see.
        reader = turn.customer if private else ""
        last = before.get(reader)
        before[reader] = prompt
        if last and turn.start == last.window == prompt.window and prompt.messages[0] == last.messages[0]:
            assert prompt.messages[: len(last.messages)] == last.messages


@pytest.mark.parametrize("keeping", WAYS)
def test_blocks_are_rare_and_the_prompt_changes_nowhere_else(keeping: Keeping) -> None:
    prompts = [prompt for _, prompt in life([Step(0)] * 400, keeping, shared=False).prompts]
    moved = [n for n, (a, b) in enumerate(pairwise(prompts)) if a.window != b.window]
    assert 5 < len(moved) < 70
    for number, (one, other) in enumerate(pairwise(prompts)):
        same = len(
            list(takewhile(lambda two: two[0] == two[1], zip(one.messages, other.messages, strict=False)))
        )
        assert (same == len(one.messages)) != (number in moved)
    assert {len(prompt.messages) for prompt in prompts[200:]} <= set(range(4, 60))


def test_every_summary_is_ready_before_its_block_leaves_and_covers_all_that_left() -> None:
    talk = life([Step(0)] * 400, "summary", shared=False)
    for turn, prompt in talk.prompts:
        if prompt.window:
            assert f"up to {prompt.window}." in prompt.messages[1]["content"]
            assert prompt.history[0] == 2
        assert "Summary" not in "".join(m["content"] for m in prompt.messages[2:])
        assert turn.start <= prompt.window
    blocks = len({prompt.window for _, prompt in talk.prompts}) - 1
    assert talk.written - blocks in {0, 1}


def test_a_summary_that_comes_late_waits_for_the_next_block() -> None:
    steps = [replace(Step(0), ready=number % 40 == 39) for number in range(200)]
    talk = life(steps, "summary", shared=False)
    for (_, one), (_, other) in pairwise(talk.prompts):
        if one.window == other.window:
            assert other.messages[: len(one.messages)] == one.messages
    assert "Summary" in talk.prompts[-1][1].messages[1]["content"]


def test_a_new_session_knows_one_line_of_the_last_one() -> None:
    steps = [Step(0)] * 5 + [Step(0, silence=True)] + [Step(0)] * 5 + [Step(0, silence=True), Step(0)]
    talk = life(steps, "session", shared=False)
    told = [[m["content"] for m in prompt.messages[1:]] for _, prompt in talk.prompts]
    assert len(told[4]) == 9
    assert len(told[5]) == 2
    assert "“q1 w" in told[5][0]
    assert told[10][0] == told[5][0]
    assert "“q6 w" in told[11][0]
    assert told[12][0] == told[11][0]


def test_words_that_leave_no_room_for_a_summary_go_before_it() -> None:
    prompter = Prompter(BUDGET, BYTES, "summary")
    long = stored("w" * 5_000, turn=9)
    text = "Ann asked for a refund. " * 10
    turn = Turn(
        *(9, DESK, (long,), ()), start=3, summaries=(Summary(3, text, len(text)),), summary=3
    )  # fmt: skip
    prompt = prompter.build(turn, KIND, FOLDER, [])
    assert count_messages(prompt.messages, BYTES) <= prompt.tokens <= BUDGET
    assert prompt.messages[-1]["content"] == long.text
