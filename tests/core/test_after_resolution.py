"""The first words after an agent closed a case: thanks, a yes or a no, or a new question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import words
from core.messages import CaseState, Role, Session, Sign, Turn
from core.outcome import after_resolution
from core.phrases import ENGLISH
from tests.builders import BEN, DANA, around, case_of, stored, turn_of

RESOLVED = case_of(CaseState.RESOLVED, owner=DANA, ping="p", since=1_700_000_000.0)


def said(*texts: str, **more: object) -> Turn:
    return turn_of(*texts, session=Session(previous=RESOLVED), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["thanks!", "Thank you so much", "danke"])
def test_thanks_get_a_sign_and_no_words(text: str) -> None:
    turn = said(text)
    decision = after_resolution(turn, around())
    assert decision is not None
    [sign] = decision.posts
    assert (sign.sign, sign.reply_to, sign.text) == (Sign.THANKS, turn.newest.id, "")
    assert (decision.answer, decision.said, decision.change) == (None, "", None)


@pytest.mark.parametrize("text", ["yes", "Yes, thanks", "ja", "👍"])
def test_a_yes_is_a_thumb_up(text: str) -> None:
    decision = after_resolution(said(text), around())
    assert decision is not None
    assert decision.change is not None
    assert decision.change.case == replace(RESOLVED, rating="good")
    assert [post.sign for post in decision.posts] == [Sign.THANKS]


@pytest.mark.parametrize("text", ["no", "Nein", "👎"])
def test_a_no_is_a_thumb_down_that_the_agents_hear_of(text: str) -> None:
    decision = after_resolution(said(text), around())
    assert decision is not None
    assert decision.change is not None
    assert decision.change.case.rating == "bad"
    assert [(post.under, post.text) for post in decision.change.posts] == [("p", words.WANTS_MORE)]
    assert ([post.text for post in decision.posts], decision.said) == ([ENGLISH.sorry], ENGLISH.sorry)


@pytest.mark.parametrize(
    "turn",
    [
        said("How do refunds work?"),
        said("thanks, and how do refunds work?"),
        said("thanks", "How do refunds work?"),
        said("hello"),
        turn_of("thanks"),
        said("yes", case=case_of(CaseState.OFFERED)),
        said("yes", history=[stored("Another thing?", turn=3)]),
        turn_of("yes", session=Session(previous=replace(RESOLVED, rating="good"))),
    ],
)
def test_anything_else_is_the_bots_to_answer(turn: Turn) -> None:
    assert after_resolution(turn, around()) is None


def test_what_others_and_the_bot_said_meanwhile_does_not_matter() -> None:
    between = [stored("Me too?", author=BEN, turn=3), stored("Yes.", role=Role.ASSISTANT, turn=3)]
    assert after_resolution(said("thanks", history=between), around()) is not None
