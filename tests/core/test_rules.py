"""When a person is offered or called, row by row. The words of each language are another test's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.messages import Action, Answer, CaseState, Reason, Role, Session, StoredMessage
from core.phrases import ENGLISH
from core.policy import DEFAULT_POLICY, Policy, Subject
from core.rules import Verdict, after, before, declined, taken, withdraws
from tests.builders import BEN, DANA, case_of, offer, stored, turn_of

PERSON = "I want to talk to a human"
QUESTION = "Where is my parcel?"
OFFERED = case_of(CaseState.OFFERED)
CALL = Answer("", Action.ESCALATE, Reason.ASKED_FOR_PERSON)
ASK_THE_MODEL = Verdict()
RESOLVED = replace(case_of(CaseState.RESOLVED, owner=DANA), question=QUESTION)


def said(*texts: str) -> list[StoredMessage]:
    """Return a history in which the bot answered each of these."""
    pairs = [
        (stored(text, turn=n), stored("Hm.", role=Role.ASSISTANT, turn=n)) for n, text in enumerate(texts)
    ]
    return [message for pair in pairs for message in pair]


def offering(text: str, reason: Reason) -> Verdict:
    return Verdict(Answer(text, Action.OFFER_HUMAN, reason))


def calling(text: str, reason: Reason) -> Verdict:
    return Verdict(Answer(text, Action.ESCALATE, reason))


def test_a_plain_question_is_the_models() -> None:
    assert before(turn_of(QUESTION), DEFAULT_POLICY) == ASK_THE_MODEL


# --- asked for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("session", [Session(), Session(offers=1), Session(offers=1, declined=True)])
def test_who_asks_for_a_person_gets_one_at_once_whatever_was_before(session: Session) -> None:
    assert before(turn_of(PERSON, session=session), DEFAULT_POLICY) == Verdict(CALL)
    assert before(turn_of(QUESTION, PERSON, session=session), DEFAULT_POLICY) == Verdict(CALL)


def test_a_request_in_the_history_does_not_count() -> None:
    assert before(turn_of(QUESTION, history=said(PERSON)), DEFAULT_POLICY) == ASK_THE_MODEL


def test_a_bare_word_gets_an_offer_and_the_second_time_a_person() -> None:
    first = before(turn_of("agent"), DEFAULT_POLICY)
    assert first == offering(ENGLISH.bare, Reason.ASKED_FOR_PERSON)
    assert before(turn_of("agent", session=Session(offers=1)), DEFAULT_POLICY) == Verdict(CALL)
    assert before(turn_of("agent", session=Session(1, declined=True)), DEFAULT_POLICY) == Verdict(CALL)


# --- subjects -----------------------------------------------------------------------------------------

PRESS = Policy(DEFAULT_POLICY.zone, subjects=(Subject("press", ("journalist",), "One moment."),))


@pytest.mark.parametrize(
    "text", ["I am a journalist", "I am a journalist, stop", f"{PERSON}, I'm a journalist"]
)
def test_a_subject_always_goes_to_people_with_its_own_words(text: str) -> None:
    verdict = before(turn_of(text, session=Session(1, declined=True)), PRESS)
    assert verdict == Verdict(Answer("One moment.", Action.ESCALATE, Reason.SENSITIVE), subject="press")


# --- complaints ---------------------------------------------------------------------------------------

COMPLAINTS = [
    ("that didn't help", Reason.UNHELPED, ENGLISH.unhelped),
    ("this is ridiculous", Reason.UPSET, ENGLISH.upset),
]


@pytest.mark.parametrize(("text", "reason", "opening"), COMPLAINTS)
def test_a_complaint_gets_one_offer(text: str, reason: Reason, opening: str) -> None:
    assert before(turn_of(text, history=said(QUESTION)), DEFAULT_POLICY) == offering(opening, reason)


@pytest.mark.parametrize(("text", "reason", "opening"), COMPLAINTS)
def test_a_complaint_after_an_offer_that_led_nowhere_gets_a_person(
    text: str, reason: Reason, opening: str
) -> None:
    turn = turn_of(text, history=said(QUESTION), session=Session(offers=1))
    assert before(turn, DEFAULT_POLICY) == calling(opening, reason)


@pytest.mark.parametrize(("text", "reason", "opening"), COMPLAINTS)
def test_after_a_no_a_complaint_is_the_models(text: str, reason: Reason, opening: str) -> None:
    turn = turn_of(text, history=said(QUESTION), session=Session(offers=1, declined=True))
    assert before(turn, DEFAULT_POLICY) == ASK_THE_MODEL


def test_a_complaint_with_a_question_in_it_is_answered_and_a_person_offered_besides() -> None:
    turn = turn_of(f"this is ridiculous. {QUESTION} I have waited for it since the first of October, twice.")
    verdict = before(turn, DEFAULT_POLICY)
    assert verdict == Verdict(offer=Reason.UPSET)
    answered = after(turn, Answer("On its way."), verdict)
    assert answered == Answer("On its way.", Action.OFFER_HUMAN, Reason.UPSET)


def test_what_nobody_answered_can_not_have_failed_to_help() -> None:
    assert before(turn_of("that didn't help"), DEFAULT_POLICY) == ASK_THE_MODEL


def test_the_same_question_for_the_third_time_gets_an_offer() -> None:
    twice = turn_of(QUESTION, history=said(QUESTION))
    assert before(twice, DEFAULT_POLICY) == ASK_THE_MODEL
    thrice = turn_of(QUESTION, history=said(QUESTION, "Hm?", QUESTION))
    assert before(thrice, DEFAULT_POLICY) == offering(ENGLISH.repeated, Reason.REPEATED)


def test_the_same_question_of_others_is_theirs() -> None:
    bens = [stored(QUESTION, author=BEN, turn=n) for n in (1, 2)]
    assert before(turn_of(QUESTION, history=bens), DEFAULT_POLICY) == ASK_THE_MODEL


# --- offers -------------------------------------------------------------------------------------------


def test_a_yes_takes_the_offer_for_its_reason() -> None:
    turn = turn_of("yes", case=OFFERED, session=Session(offers=1))
    assert taken(turn)
    assert before(turn, DEFAULT_POLICY) == calling("", OFFERED.reason)
    assert before(turn_of("yes", "order 4711", case=OFFERED), DEFAULT_POLICY) == calling("", OFFERED.reason)


def test_a_no_declines_it_and_a_no_with_a_question_is_a_question() -> None:
    turn = turn_of("no", case=OFFERED)
    assert declined(turn)
    assert before(turn, DEFAULT_POLICY) == Verdict(Answer(ENGLISH.declined))
    assert not declined(turn_of("no", QUESTION, case=OFFERED))


def test_without_an_offer_yes_and_no_are_words_like_others() -> None:
    for text in ("yes", "no"):
        assert not taken(turn_of(text))
        assert not declined(turn_of(text))
        assert before(turn_of(text), DEFAULT_POLICY) == ASK_THE_MODEL


def test_another_question_than_yes_or_no_is_the_models() -> None:
    turn = turn_of(QUESTION, case=OFFERED, session=Session(offers=1))
    assert before(turn, DEFAULT_POLICY) == ASK_THE_MODEL


# --- the bot itself -----------------------------------------------------------------------------------


def test_stop_mutes_and_calls_nobody() -> None:
    assert before(turn_of("stop"), DEFAULT_POLICY) == Verdict(Answer(ENGLISH.muted), mute=True)


def test_a_bot_says_what_it_is() -> None:
    assert before(turn_of("are you a bot?"), DEFAULT_POLICY) == Verdict(Answer(ENGLISH.i_am_a_bot))


def test_never_mind_is_the_way_back() -> None:
    assert withdraws(turn_of("never mind"))
    assert not withdraws(turn_of("never mind", "or do: where is it?"))


# --- within a day -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [QUESTION, "that didn't help"])
def test_the_same_problem_within_a_day_is_offered_back(text: str) -> None:
    verdict = before(turn_of(text, session=Session(previous=RESOLVED)), DEFAULT_POLICY)
    assert verdict == replace(offering(ENGLISH.not_solved, Reason.UNHELPED), again=True)


def test_another_question_within_a_day_is_the_models() -> None:
    assert (
        before(turn_of("Do you ship?", session=Session(previous=RESOLVED)), DEFAULT_POLICY) == ASK_THE_MODEL
    )


def test_what_nobody_owned_is_not_offered_back() -> None:
    nobodys = replace(RESOLVED, owner=None)
    assert before(turn_of(QUESTION, session=Session(previous=nobodys)), DEFAULT_POLICY) == ASK_THE_MODEL


def test_it_is_offered_back_once() -> None:
    turn = turn_of(QUESTION, session=Session(offers=1, previous=RESOLVED))
    assert before(turn, DEFAULT_POLICY) == ASK_THE_MODEL


# --- after the model ----------------------------------------------------------------------------------


def test_an_answer_is_left_as_it_is() -> None:
    for answer in (Answer("Five days."), Answer("Which?", Action.CLARIFY), CALL):
        assert after(turn_of(QUESTION), answer, ASK_THE_MODEL) == answer


def test_the_first_offer_of_a_session_stands() -> None:
    assert after(turn_of(QUESTION), offer(), ASK_THE_MODEL) == offer()


def test_a_second_failure_calls_at_once() -> None:
    turn = turn_of(QUESTION, session=Session(offers=1))
    assert after(turn, offer(), ASK_THE_MODEL) == replace(offer(), action=Action.ESCALATE)


def test_after_a_no_the_way_to_a_person_is_told_and_nothing_is_offered() -> None:
    turn = turn_of(QUESTION, session=Session(offers=1, declined=True))
    answer = after(turn, offer(), ASK_THE_MODEL)
    assert (answer.action, answer.reason) == (Action.ANSWER, Reason.NOT_IN_ARTICLES)
    assert answer.text == f"{offer().text}\n\n{ENGLISH.after_no}"
    assert after(turn, offer(""), ASK_THE_MODEL).text == f"{ENGLISH.not_found}\n\n{ENGLISH.after_no}"
