"""What the articles did not answer is kept, told apart from all else that is said, and counted together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy
import pytest

from core import words
from core.gaps import REASONS, Asked, Gap, Why, asked, grouped
from core.gaps.asked import CONTEXT_SECONDS, asks
from core.gaps.grouping import groups
from core.messages import Answer, CaseState, Press, Reason, Withheld
from core.phrases import ENGLISH
from core.ports import EmbeddingFault
from core.store.questions import CustomerTurn
from tests.builders import ANN, BEN, DESK, case_of
from tests.core.house import ASK, House
from tests.fakes import ScriptedModel

if TYPE_CHECKING:
    from core.ports import Vectors

GOLD = "Can I pay in gold?"


async def unanswered(house: House, since: float = 0.0) -> list[tuple[str, set[Why]]]:
    """Return the questions that the articles did not answer, and how that is known."""
    turns = await house.store.customer_turns(REASONS, since)
    rated = [case for case in await house.store.cases() if case.rating == Press.BAD]
    return [(one.text, set(one.whys)) for one in asked(turns, rated, since)]


# --- dialogues ---------------------------------------------------------------------------------------


async def test_an_offer_is_a_gap_and_the_yes_to_it_is_none(house: House) -> None:
    async with house.open():
        await house.hears("How long do refunds take?", BEN, "stub:other")
        await house.hears("Hello")
        assert await unanswered(house) == []
        await house.hears(GOLD)
        await house.hears("yes")
        assert await unanswered(house) == [(GOLD, {Why.NOT_IN_ARTICLES})]


async def test_words_to_people_are_no_questions_to_the_articles(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.hears(GOLD)
        await house.presses(Press.CLAIM)
        await house.agent_says("No, only in silver.")
        await house.hears("And in copper coins?")
        await house.presses(Press.RESOLVE)
        await house.hears("that did not help")  # what they said
        assert await unanswered(house) == []


async def test_after_a_no_what_is_not_answered_still_counts(house: House) -> None:
    async with house.open():
        await house.hears(GOLD)
        await house.hears("no")
        assert ENGLISH.after_no in (await house.hears("Do you sell umbrellas?"))[0]
        assert await unanswered(house) == [
            (GOLD, {Why.NOT_IN_ARTICLES}),
            ("Do you sell umbrellas?", {Why.NOT_IN_ARTICLES}),
        ]


async def test_a_complaint_tells_of_the_question_before_it(house: House) -> None:
    async with house.open():
        await house.hears("How long do refunds take?")
        await house.hears("that did not help")
        assert await unanswered(house) == [("How long do refunds take?", {Why.UNHELPED})]


async def test_an_answer_that_was_rated_not_helpful_is_a_gap(house: House) -> None:
    async with house.open():
        await house.hears("How long do refunds take?")
        await house.presses(Press.UNHELPFUL, ANN)
        assert await unanswered(house) == [("How long do refunds take?", {Why.NOT_HELPFUL})]
        await house.presses(Press.HELPFUL, ANN)
        assert await unanswered(house) == []


async def test_an_edit_counts_and_a_deleted_question_is_gone(house: House) -> None:
    async with house.open() as desk:
        await house.hears(GOLD, id="stub:help/1")
        await house.hears("no")
        await house.hears("Do you sell umbrellas?", id="stub:help/2")
        await desk.edit("stub:help/1", "Can I pay in silver?", 5.0)
        await desk.delete("stub:help/2")
        assert await unanswered(house) == [("Can I pay in silver?", {Why.NOT_IN_ARTICLES})]


async def test_what_a_model_would_have_claimed_is_a_gap_unless_it_was_mended(house: House) -> None:
    held = Withheld("duration", "30 days", mended=False)
    house.model = ScriptedModel(
        Answer("We ship by train.", withheld=(held,)),
        Answer("By train.", withheld=(Withheld("duration", "9 days", mended=True),)),
    )
    async with house.open():
        await house.hears("Until when can I return it?")
        await house.hears("How do parcels travel?")
        turns = await house.store.customer_turns(REASONS, 0.0)
    [question] = asked(turns, [], 0.0)
    assert (question.text, question.withheld) == ("Until when can I return it?", ("30 days",))


async def test_a_badly_rated_case_is_told_once_with_what_is_known_already(house: House) -> None:
    async with house.open():
        await house.hears(GOLD)
        await house.hears("yes")
        await house.presses(Press.CLAIM)
        await house.agent_says("No.")
        await house.presses(Press.RESOLVE)
        await house.presses(Press.BAD, ANN)
        assert await unanswered(house) == [(GOLD, {Why.NOT_IN_ARTICLES, Why.RATED_BAD})]
        assert await unanswered(house, since=2_000_000_000.0) == []


# --- from turns to questions -------------------------------------------------------------------------


def turn(
    number: int,
    *texts: str,
    reason: Reason | None = Reason.NOT_IN_ARTICLES,
    customer: str = ANN.id,
    at: float | None = None,
) -> CustomerTurn:
    """Return a turn of a conversation; each is a minute after the one before."""
    return CustomerTurn(number, DESK, customer, "Ann", 60.0 * number if at is None else at, texts, reason)


def test_several_messages_of_a_turn_are_one_question() -> None:
    [question] = asked([turn(1, "hi", "Can I pay", "in gold?", "thanks")], [], 0.0)
    assert question.text == "Can I pay\nin gold?"


@pytest.mark.parametrize(
    ("said", "earlier"),
    [
        ("and for students?", "What does the studio plan cost?"),
        ("why?", "What does the studio plan cost?"),
        ("Do you sell umbrellas?", ""),
    ],
)
def test_a_follow_up_carries_the_question_before_it(said: str, earlier: str) -> None:
    turns = [turn(1, "What does the studio plan cost?", reason=None), turn(2, said)]
    assert [(one.text, one.earlier) for one in asked(turns, [], 0.0)] == [(said, earlier)]


def test_yesterday_and_other_customers_are_no_context() -> None:
    turns = [
        turn(1, "What does the studio plan cost?", reason=None),
        turn(2, "and for students?", customer="ben"),
    ]
    assert asked(turns, [], 0.0)[0].earlier == ""
    turns = [turn(1, "What does the studio plan cost?"), turn(2, "why?", at=61 + CONTEXT_SECONDS)]
    assert asked(turns, [], 0.0)[1].earlier == ""


def test_a_rated_case_of_which_no_turn_is_known_stands_by_itself() -> None:
    case = case_of(CaseState.RESOLVED, question=f"{GOLD}\n\n{ASK}", reason=Reason.ASKED_FOR_PERSON)
    [question] = asked([], [case], 0.0)
    assert (question.text, set(question.whys)) == (GOLD, {Why.RATED_BAD})
    assert asked([], [case_of(CaseState.RESOLVED, question=ASK)], 0.0) == []


@pytest.mark.parametrize(
    "text", ["agent", "no", "yes please", "thanks!", "stop", words.DELETED, " ", "that didn't help"]
)
def test_what_asks_nothing(text: str) -> None:
    assert not asks(text)


# --- groups ------------------------------------------------------------------------------------------


class Meanings:
    """An embedder that knows what some words are about; or that fails."""

    name = "stub"
    batch = 2
    multilingual = False

    def __init__(self, *about: str, fault: EmbeddingFault | None = None) -> None:
        self.about = about
        self.fault = fault
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        assert not urgent
        if self.fault:
            raise self.fault
        self.texts += texts
        rows = [[float(word in text) for word in self.about] + [0.01] for text in texts]
        found = numpy.array(rows, dtype=numpy.float32)
        found /= numpy.linalg.norm(found, axis=1, keepdims=True)
        return found

    async def close(self) -> None:
        """Nothing to give back."""


def question(text: str, customer: str = ANN.id, at: float = 0.0, earlier: str = "") -> Asked:
    return Asked(0, DESK, customer, "", at, text, earlier, frozenset({Why.NOT_IN_ARTICLES}))


def told(gap: Gap) -> tuple[str, int, int]:
    return gap.name.text, len(gap.questions), gap.customers


async def test_what_asks_the_same_is_counted_together_by_questions_and_customers() -> None:
    questions = [
        question("umbrella?", at=1.0),
        question("pay gold", at=2.0),
        question("gold coins", at=3.0),
        question("gold", BEN.id, at=4.0),
    ]
    meanings = Meanings("umbrella", "gold")
    found = await grouped(questions, meanings)
    assert found.meaning
    assert [told(gap) for gap in found.gaps] == [("pay gold", 3, 2), ("umbrella?", 1, 1)]
    gap = found.gaps[0]
    assert (gap.first, gap.last, gap.whys) == (2.0, 4.0, [(Why.NOT_IN_ARTICLES, 3)])
    assert [one.text for one in gap.examples] == ["gold", "gold coins"]  # another customer's first


async def test_what_is_compared_is_embedded_once_with_what_it_follows_and_without_what_is_personal() -> None:
    meanings, told = Meanings("gold"), list[tuple[int, int]]()
    questions = [
        question("why?", earlier="Can I pay in gold?"),
        question("why?"),
        question("why? ann@example.org"),
        question("when?"),
    ]
    await grouped(questions, meanings, lambda *done: told.append(done))
    assert meanings.texts == ["Can I pay in gold?\nwhy?", "why?", "when?"]
    assert told == [(2, 3), (3, 3)]


async def test_without_an_embedder_words_in_common_decide(caplog: pytest.LogCaptureFixture) -> None:
    asked_for = ["Do you sell gift vouchers?", "can i buy a gift voucher", "How deep goes the probe?"]
    questions = [question(text) for text in asked_for]
    for embedder in (None, Meanings(fault=EmbeddingFault("the model is damaged"))):
        found = await grouped(questions, embedder)
        assert not found.meaning
        assert [told(gap) for gap in found.gaps] == [
            ("Do you sell gift vouchers?", 2, 1),
            ("How deep goes the probe?", 1, 1),
        ]
    assert "the model is damaged" in caplog.text
    assert (await grouped([], None)).gaps == ()


def test_each_row_is_in_one_group_that_of_its_kind_also_past_a_block() -> None:
    random = numpy.random.default_rng(7)
    centres = random.normal(size=(60, 32))
    rows = numpy.repeat(centres, 34, axis=0)[:2_000] + 0.1 * random.normal(size=(2_000, 32))
    vectors = (rows / numpy.linalg.norm(rows, axis=1, keepdims=True)).astype(numpy.float32)
    found = groups(vectors, 0.8)
    assert sorted(row for group in found for row in group) == list(range(2_000))
    assert all(len({row // 34 for row in group}) == 1 for group in found)
    assert len(found) == 59
