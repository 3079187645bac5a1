"""What an answer comes to: what is posted, which case it opens, what is kept. Facts in, a decision out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import words
from core.answering import Answered
from core.cases import step
from core.messages import Action, Answer, CaseState, Reason, Role, Turn
from core.outcome import Agents, Facts, new_key, outcome, relay, unheard
from core.store import Decision
from tests.builders import DESK, TEAM, case_of, offer, stored, turn_of

CONTACT = "Write to help@example.org."
AGENTS = Agents(TEAM, "<@team>")
CALL = Answer("", Action.ESCALATE, Reason.ASKED_FOR_PERSON)


def decided(turn: Turn, answer: Answer, *, agents: Agents | None = AGENTS, limit: int = 2_000) -> Decision:
    facts = Facts(limit, agents, "#help", "https://x.example/1")
    return outcome(turn, Answered(answer, CONTACT, 3), facts)


def texts(decision: Decision, place: str = DESK) -> list[str]:
    return [post.text for post in decision.posts if post.place == place]


def test_an_answer_is_one_reply_to_the_newest_message() -> None:
    turn = turn_of("One.", "Two.")
    decision = decided(turn, Answer("Five days."))
    [post] = decision.posts
    assert (post.text, post.place, post.reply_to) == ("Five days.", DESK, turn.newest.id)
    assert (decision.said, decision.case, decision.window) == ("Five days.", None, 3)


def test_the_parts_of_a_long_reply_come_in_order_and_only_the_first_refers_to_the_message() -> None:
    turn = turn_of("Tell me all.")
    text = "\n\n".join(f"Paragraph {number}." for number in range(20))
    decision = decided(turn, Answer(text), limit=60)
    assert len(decision.posts) > 1
    assert all(len(post.text) <= 60 for post in decision.posts)
    assert "\n\n".join(texts(decision)) == text == decision.said
    assert [post.reply_to for post in decision.posts] == [turn.newest.id] + [""] * (len(decision.posts) - 1)
    assert len({post.key for post in decision.posts}) == len(decision.posts)


def test_an_offer_opens_a_case_and_pings_nobody() -> None:
    decision = decided(turn_of("Can I pay in gold?"), offer())
    assert texts(decision) == [f"The articles don't tell.\n\n{words.OFFER}"]
    assert texts(decision, TEAM) == []
    assert decision.case == case_of(CaseState.OFFERED, id=0)


def test_an_offer_without_words_of_its_own_says_what_is_missing() -> None:
    assert texts(decided(turn_of("?"), offer(""))) == [f"{words.NOT_FOUND}\n\n{words.OFFER}"]


@pytest.mark.parametrize("answer", [offer(), CALL])
def test_without_agents_the_customer_hears_how_to_reach_a_person(answer: Answer) -> None:
    decision = decided(turn_of("Can I pay in gold?"), answer, agents=None)
    assert decision.case is None
    [post] = decision.posts
    assert post.text == "\n\n".join(filter(None, [answer.text, CONTACT])) == decision.said


def test_a_call_pings_the_agents_and_the_customer_hears_of_it_after_that() -> None:
    turn = turn_of("A person, please!")
    decision = decided(turn, CALL)
    ping, told = decision.posts
    assert (ping.place, ping.mention, ping.after) == (TEAM, "<@team>", "")
    assert (told.place, told.text, told.after) == (DESK, words.TOLD, ping.key)
    assert told.otherwise == CONTACT
    assert told.reply_to == turn.newest.id
    assert decision.case is not None
    assert decision.case.state is CaseState.WAITING
    assert decision.said == words.TOLD


def test_the_ping_tells_who_needs_what_where_and_why() -> None:
    [ping, _] = decided(turn_of("A *person*, please!\nNow."), CALL).posts
    assert ping.text == (
        "**Ann** in \\#help needs a person: asked for a person.\n"
        "> A \\*person\\*, please!\n> Now.\n\n[Open the conversation](https://x.example/1)"
    )


def test_the_ping_of_a_bare_request_tells_what_was_asked_before() -> None:
    history = [
        stored("Where is my parcel?", turn=1),
        stored("On its way.", role=Role.ASSISTANT, turn=1),
    ]
    decision = decided(turn_of("human please", history=history), CALL)
    assert decision.case is not None
    assert decision.case.question == "Where is my parcel?\n\nhuman please"


def test_a_very_long_question_is_shortened_in_the_ping_and_whole_in_the_case() -> None:
    question = "word " * 1_000 + "end"
    decision = decided(turn_of(question), CALL)
    assert len(decision.posts[0].text) < 1_000
    assert decision.case is not None
    assert decision.case.question == question


def test_what_the_model_says_with_a_call_comes_before_it() -> None:
    turn = turn_of("You are useless!")
    decision = decided(turn, Answer("I'm sorry.", Action.ESCALATE, Reason.UPSET))
    sorry, _, told = decision.posts
    assert (sorry.text, sorry.reply_to, sorry.after) == ("I'm sorry.", turn.newest.id, "")
    assert (told.text, told.reply_to) == (words.TOLD, "")
    assert decision.said == f"I'm sorry.\n\n{words.TOLD}"


@pytest.mark.parametrize("reason", [Reason.MODEL_UNAVAILABLE, Reason.TURN_FAILED])
def test_trouble_of_ours_is_admitted_before_a_person_is_called(reason: Reason) -> None:
    decision = decided(turn_of("?"), Answer("", Action.ESCALATE, reason))
    assert texts(decision) == [words.TROUBLE, words.TOLD]


def test_taking_an_offer_pings_with_the_question_that_led_to_it() -> None:
    turn = turn_of("yes please", case=case_of(CaseState.OFFERED))
    decision = decided(turn, Answer("", Action.ESCALATE, Reason.NOT_IN_ARTICLES))
    ping, told = decision.posts
    assert "> Can I pay in gold?" in ping.text
    assert "yes please" not in ping.text
    assert told.text == words.TOLD
    assert decision.case == replace(step(case_of(CaseState.OFFERED), CaseState.WAITING), ping=ping.key)


def test_asking_for_a_person_after_an_offer_takes_it_with_the_new_words() -> None:
    turn = turn_of("Get me a human, it is urgent", case=case_of(CaseState.OFFERED))
    decision = decided(turn, CALL)
    assert decision.case is not None
    assert decision.case.id == 7
    assert (decision.case.state, decision.case.reason) == (CaseState.WAITING, Reason.ASKED_FOR_PERSON)
    assert decision.case.question == "Can I pay in gold?\n\nGet me a human, it is urgent"


@pytest.mark.parametrize("action", [Action.ANSWER, Action.CLARIFY])
def test_an_offer_that_is_not_taken_up_lapses(action: Action) -> None:
    decision = decided(turn_of("Then how?", case=case_of(CaseState.OFFERED)), Answer("So.", action))
    assert decision.case == case_of(CaseState.CANCELLED)
    assert texts(decision) == ["So."]


def test_a_second_offer_keeps_the_case_and_both_questions() -> None:
    decision = decided(turn_of("And in silver?", case=case_of(CaseState.OFFERED)), offer())
    assert decision.case == case_of(CaseState.OFFERED, question="Can I pay in gold?\n\nAnd in silver?")


@pytest.mark.parametrize("answer", [offer(), CALL])
def test_a_second_request_while_one_waits_does_not_ping_again(answer: Answer) -> None:
    decision = decided(turn_of("Is anybody there?", case=case_of(CaseState.WAITING)), answer)
    assert texts(decision, TEAM) == []
    assert texts(decision)[-1].endswith(words.ALREADY_TOLD)
    assert decision.case is None


def test_a_question_while_a_request_waits_is_answered_and_the_request_stays() -> None:
    decision = decided(turn_of("And refunds?", case=case_of(CaseState.WAITING)), Answer("Five days."))
    assert (texts(decision), decision.case) == (["Five days."], None)


def test_further_words_go_to_the_agents_and_the_bot_is_silent() -> None:
    turn = turn_of("It is *urgent*.", "Hello?", case=case_of(CaseState.CLAIMED), start=2)
    decision = relay(turn, Facts(2_000, AGENTS))
    [post] = decision.posts
    assert (post.place, post.text) == (TEAM, "**Ann** adds:\n> It is \\*urgent\\*.\n> Hello?")
    assert (decision.answer, decision.said, decision.window) == (None, "", 2)
    assert post.mention == ""


@pytest.mark.parametrize(
    ("answer", "agents", "heard"),
    [
        (Answer("Five days."), True, "Five days."),
        (offer(), True, f"The articles don't tell.\n\n{words.OFFER}"),
        (offer(), False, f"The articles don't tell.\n\n{CONTACT}"),
        (CALL, True, words.FOR_A_PERSON),
        (CALL, False, CONTACT),
    ],
)
def test_asked_outside_of_a_platform_the_words_are_the_same(answer: Answer, agents: bool, heard: str) -> None:
    assert unheard(answer, CONTACT, agents=agents) == heard


def test_every_reason_has_words_for_the_agents() -> None:
    assert set(words.REASONS) == set(Reason)


def test_keys_fit_a_discord_nonce_and_differ() -> None:
    keys = {new_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert {len(key) for key in keys} == {24}
