"""Buttons and thumbs below an answer: what is kept with it, and how a person is reached from there."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from core.messages import (
    Action,
    Answer,
    Aside,
    CaseState,
    IncomingPress,
    IncomingReaction,
    Passage,
    Post,
    Press,
    Reason,
    Usage,
)
from core.phrases import ENGLISH, PHRASES
from core.thumbs import PRESSES, RATINGS, Given, is_rated, thanked, wish
from tests.builders import ANN, BEN, DESK, turn_of
from tests.core.house import CONTACT, House
from tests.fakes import ScriptedModel

ANSWER = Answer("Just send it back.", usage=Usage("m", 1, 0, 1, 1))
PASSAGE = Passage("a.md#1", "a.md", "A", "", "Refunds take five days.")
OUT_OF_DATE = ENGLISH.out_of_date


def feedback(house: House) -> list[str]:
    return [row[0] for row in house.rows("SELECT feedback FROM turns ORDER BY id")]


def answers(house: House) -> list[Post]:
    return [post for post in house.platform.posts if {b.press for b in post.buttons} >= set(RATINGS)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, ScriptedModel(ANSWER))


# --- which answers have them -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer", "rated"),
    [
        ("How do refunds work?", ANSWER, True),
        ("How do refunds work?", Answer("Five days.", sources=(PASSAGE,)), True),
        ("How do refunds work?", Answer("Which order?", Action.CLARIFY, usage=ANSWER.usage), False),
        ("Thanks!", ANSWER, False),
        ("Hello", ANSWER, False),
        ("Be quiet", Answer(ENGLISH.muted), False),
        ("Do you sell gold?", Answer(ENGLISH.after_no, reason=Reason.UNSURE, usage=ANSWER.usage), False),
    ],
)
def test_answers_have_thumbs_and_what_the_rules_say_has_none(text: str, answer: Answer, rated: bool) -> None:
    assert is_rated(turn_of(text), answer) is rated


async def test_they_stand_below_the_last_part_and_stay_there(house: House) -> None:
    house.model = ScriptedModel(Answer("One. " * 300 + "\n\n" + "Two. " * 300, usage=ANSWER.usage), ANSWER)
    async with house.open():
        await house.hears("How do refunds work?")
        first, last = house.platform.posts
        assert first.buttons == ()
        assert {b.press for b in last.buttons} == PRESSES
        await house.hears("And how long do they take?")
    assert len(house.platform.posts) == 3
    assert house.platform.edits == []
    assert [{b.about for b in post.buttons} for post in answers(house)] == [
        {post.key} for post in answers(house)
    ]


async def test_without_agents_there_is_nobody_to_talk_to(tmp_path: Path) -> None:
    house = House(tmp_path, ScriptedModel(ANSWER), agents=False)
    async with house.open():
        await house.hears("How do refunds work?")
        [answer] = answers(house)
        assert [b.press for b in answer.buttons] == [Press.HELPFUL, Press.UNHELPFUL]
        assert await house.presses(Press.UNHELPFUL, ANN) == f"{ENGLISH.not_helpful}\n\n{CONTACT}"
    assert feedback(house) == ["unhelpful"]


# --- helpful, not helpful ----------------------------------------------------------------------------


async def test_a_rating_is_kept_with_its_answer_and_may_change(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        first = answers(house)[0].key
        await house.hears("And how long do they take?")
        assert await house.presses(Press.HELPFUL, ANN, about=first) == ENGLISH.thank_you
        assert feedback(house) == ["helpful", ""]
    async with house.open():  # also after a restart
        assert await house.presses(Press.UNHELPFUL, ANN, about=first) == ENGLISH.not_helpful_offer
        assert feedback(house) == ["unhelpful", ""]
    assert len(house.platform.posts) == 2


async def test_only_who_asked_is_heard(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?", shared=True)
        for press in PRESSES:
            assert await house.presses(press, BEN) == ENGLISH.not_yours
    assert feedback(house) == [""]
    assert house.pings == []


@pytest.mark.parametrize("press", sorted(PRESSES))
async def test_a_button_of_no_answer_is_out_of_date(house: House, press: Press) -> None:
    async with house.open():
        assert await house.presses(press, ANN, about="no such post") == OUT_OF_DATE


async def test_not_helpful_offers_a_person_aside_which_is_not_the_offer_of_the_session(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        button = house.button(Press.UNHELPFUL)
        aside = await house.desk.press(IncomingPress(Press.UNHELPFUL, button.about, ANN, 10**6, 1.0))
        assert [b.press for b in aside.buttons] == [Press.PERSON]
        # Nothing waits for a yes: the next words are a question like any other.
        assert await house.states() == []
        assert await house.hears("And how long do they take?") == [ANSWER.text]
        assert await house.presses(Press.PERSON, ANN, about=aside.buttons[0].about) == ""
        assert await house.states() == [CaseState.WAITING]


# --- Talk to a person --------------------------------------------------------------------------------


async def test_talk_to_a_person_calls_one_with_the_question(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        assert await house.presses(Press.PERSON, ANN) == ""
        assert house.platform.texts(DESK)[1:] == [ENGLISH.told]
        [card] = house.pings
        assert "How do refunds work?" in card
        assert await house.presses(Press.PERSON, ANN) == ENGLISH.with_team
        assert await house.presses(Press.UNHELPFUL, ANN) == ENGLISH.with_team
    assert feedback(house)[0] == "unhelpful"
    assert len(house.pings) == 1


async def test_delivered_twice_before_it_is_answered_it_is_one_request(house: House) -> None:
    async with house.open() as desk:
        await house.hears("How do refunds work?")
        press = IncomingPress(Press.PERSON, house.button(Press.PERSON).about, ANN, 10**6, 2e9)
        assert (await desk.press(press)).text == ""
        assert (await desk.press(press)).text in {ENGLISH.person_asked, ENGLISH.with_team}
        await desk.settled()
    assert len(house.pings) == 1


async def test_after_a_case_was_closed_it_calls_a_person_again(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        await house.presses(Press.PERSON, ANN)
        await house.presses(Press.RESOLVE)
    async with house.open():
        assert await house.presses(Press.PERSON, ANN) == ""
        assert await house.states() == [CaseState.WAITING]
    assert len(house.pings) == 2


# --- thumbs ------------------------------------------------------------------------------------------


async def test_a_thumb_of_the_customer_counts_until_it_is_taken_away(house: House) -> None:
    async with house.open() as desk:
        await house.hears("How do refunds work?")
        ref, clock = f"stub:{house.platform.posts[0].key}", itertools.count(1.0)

        async def thumb(press: Press, **more: bool) -> list[str]:
            await desk.react(IncomingReaction(press, ref, ANN, at=next(clock), **more))
            return feedback(house)

        assert await thumb(Press.UNHELPFUL) == ["unhelpful"]
        assert await thumb(Press.HELPFUL) == ["helpful"]
        # The first thumb goes: what was said last stays.
        assert await thumb(Press.UNHELPFUL, taken_away=True) == ["helpful"]
        await desk.react(IncomingReaction(Press.HELPFUL, ref, BEN, taken_away=True))
        assert feedback(house) == ["helpful"]
        assert await thumb(Press.HELPFUL, taken_away=True) == [""]
        # What is delivered late, or a second time, brings nothing back.
        await desk.react(IncomingReaction(Press.HELPFUL, ref, ANN, at=2.0))
        assert feedback(house) == [""]
        await desk.react(IncomingReaction(Press.HELPFUL, "stub:another", ANN))
    assert feedback(house) == [""]
    assert len(house.platform.posts) == 1


# --- the figures -------------------------------------------------------------------------------------


async def test_ratings_are_counted_from_a_time_on(house: House) -> None:
    async with house.open():
        for question in ("How do refunds work?", "And how long do they take?", "Who pays for it?"):
            await house.hears(question)
            await house.presses(Press.UNHELPFUL if "pays" in question else Press.HELPFUL, ANN)
        assert await house.store.ratings(0.0) == {Press.HELPFUL: 2, Press.UNHELPFUL: 1}
        assert await house.store.ratings(4e9) == {}


# --- in other words ----------------------------------------------------------------------------------


async def test_it_is_said_in_the_language_of_the_conversation(house: House) -> None:
    async with house.open():
        await house.hears("Wie lange dauert es, bis ich mein Geld wieder bekomme?")
        [answer] = answers(house)
        assert answer.buttons[0].label == PHRASES["de"].button_helpful
        assert await house.presses(Press.HELPFUL, ANN) == PHRASES["de"].thank_you
        assert await house.presses(Press.PERSON, ANN) == ""
        assert house.platform.texts(DESK)[-1] == PHRASES["de"].told


def test_who_was_forgotten_is_offered_nobody_by_a_button_that_would_be_out_of_date() -> None:
    given = Given(1, DESK, DESK, ANN.id, newest="", closed=0)
    press = IncomingPress(Press.UNHELPFUL, "k", ANN, 2, 2.0)
    assert thanked(given, press, ENGLISH, None) == Aside(ENGLISH.not_helpful)


def test_a_wish_that_was_reworded_beyond_understanding_is_still_one() -> None:
    given = Given(1, DESK, DESK, ANN.id, "stub:help/1", 0)
    press = IncomingPress(Press.PERSON, "k", ANN, 2, 2.0)
    assert wish(given, press, replace(ENGLISH, wants_person="Beam me up")).text == ENGLISH.wants_person
