"""What an answer comes to: what is posted, which case it opens, what is kept. Facts in, a decision out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import words
from core.answering import Answered
from core.cases import DECLINED
from core.messages import Action, Answer, Case, CaseState, Press, Reason, Role, Session, Turn
from core.outcome import Facts, outcome, unheard
from core.phrases import ENGLISH
from core.policy import Policy
from core.policy_file import parse_policy
from core.posts import new_key
from core.rules import Verdict
from core.store import Decision
from tests.builders import DANA, DESK, TEAM, around, case_of, moment, offer, stored, turn_of

CONTACT = "Write to help@example.org."
CALL = Answer("", Action.ESCALATE, Reason.ASKED_FOR_PERSON)
ALWAYS = parse_policy("")
OFFICE = parse_policy('timezone = "Europe/Berlin"\n[hours]\nmonday = ["09:00-17:00"]\n')
MONDAY, SUNDAY = (moment(f"2026-11-{day} 12:00", "Europe/Berlin") for day in (23, 22))


def decided(
    turn: Turn,
    answer: Answer,
    *,
    agents: bool = True,
    limit: int = 2_000,
    policy: Policy = ALWAYS,
    now: float = MONDAY,
    verdict: Verdict | None = None,
) -> Decision:
    facts = Facts(limit, around(now, policy) if agents else None, "#help", "https://x.example/1")
    return outcome(turn, Answered(answer, CONTACT, 3, verdict or Verdict()), facts)


def case_after(decision: Decision) -> Case:
    assert decision.change is not None
    return decision.change.case


def texts(decision: Decision, place: str = DESK) -> list[str]:
    return [post.text for post in decision.posts if post.place == place]


def test_an_answer_is_one_reply_to_the_newest_message() -> None:
    turn = turn_of("One.", "Two.")
    decision = decided(turn, Answer("Five days."))
    [post] = decision.posts
    assert (post.text, post.place, post.reply_to) == ("Five days.", DESK, turn.newest.id)
    assert (decision.said, decision.change, decision.window) == ("Five days.", None, 3)


def test_the_parts_of_a_long_reply_come_in_order_and_only_the_first_refers_to_the_message() -> None:
    turn = turn_of("Tell me all.")
    text = "\n\n".join(f"Paragraph {number}." for number in range(20))
    decision = decided(turn, Answer(text), limit=60)
    assert len(decision.posts) > 1
    assert all(len(post.text) <= 60 for post in decision.posts)
    assert "\n\n".join(texts(decision)) == text == decision.said
    assert [post.reply_to for post in decision.posts] == [turn.newest.id] + [""] * (len(decision.posts) - 1)
    assert len({post.key for post in decision.posts}) == len(decision.posts)


def test_a_table_is_posted_as_a_list_and_kept_as_it_was_written() -> None:
    table = "| Plan | Price |\n|---|---|\n| Free | $0 |\n| Family | $6 |"
    decision = decided(turn_of("What does it cost?"), Answer(table))
    assert texts(decision) == ["- **Free**: $0\n- **Family**: $6"]
    assert decision.said == table


def test_an_offer_opens_a_case_and_pings_nobody() -> None:
    decision = decided(turn_of("Can I pay in gold?"), offer())
    assert texts(decision) == [f"The articles don't tell.\n\n{ENGLISH.offered()}"]
    assert texts(decision, TEAM) == []
    case = case_after(decision)
    assert (case.state, case.question, case.reason, case.ping) == (
        CaseState.OFFERED,
        "Can I pay in gold?",
        Reason.NOT_IN_ARTICLES,
        "",
    )
    buttons = decision.posts[-1].buttons
    assert [(button.press, button.about) for button in buttons] == [
        (Press.YES, case.key),
        (Press.NO, case.key),
    ]


def test_an_offer_without_words_of_its_own_says_what_is_missing() -> None:
    assert texts(decided(turn_of("?"), offer(""))) == [f"{ENGLISH.not_found}\n\n{ENGLISH.offered()}"]


@pytest.mark.parametrize("answer", [offer(), CALL])
def test_without_agents_the_customer_hears_how_to_reach_a_person(answer: Answer) -> None:
    decision = decided(turn_of("Can I pay in gold?"), answer, agents=False)
    assert decision.change is None
    [post] = decision.posts
    assert post.text == "\n\n".join(filter(None, [answer.text, CONTACT])) == decision.said


def test_a_call_pings_the_agents_and_the_customer_hears_of_it_after_that() -> None:
    turn = turn_of("A person, please!")
    decision = decided(turn, CALL)
    ping, told, transcript = decision.posts
    assert (transcript.under, transcript.place) == (ping.key, TEAM)
    assert [button.press for button in ping.buttons] == [Press.CLAIM, Press.RESOLVE, Press.GIVE_BACK]
    assert (ping.place, ping.mention, ping.after) == (TEAM, "<@team>", "")
    assert (told.place, told.text, told.after) == (DESK, ENGLISH.told, ping.key)
    assert told.otherwise == CONTACT
    assert told.reply_to == turn.newest.id
    case = case_after(decision)
    assert (case.state, case.ping, case.desk) == (CaseState.WAITING, ping.key, TEAM)
    assert decision.said == ENGLISH.told


def test_the_ping_of_a_bare_request_tells_what_was_asked_before() -> None:
    history = [
        stored("Where is my parcel?", turn=1),
        stored("On its way.", role=Role.ASSISTANT, turn=1),
    ]
    decision = decided(turn_of("human please", history=history), CALL)
    assert case_after(decision).question == "Where is my parcel?\n\nhuman please"


def test_a_very_long_question_is_shortened_in_the_ping_and_whole_in_the_case() -> None:
    question = "word " * 1_000 + "end"
    decision = decided(turn_of(question), CALL)
    assert len(decision.posts[0].text) < 1_000
    assert case_after(decision).question == question


def test_what_the_model_says_with_a_call_comes_before_it() -> None:
    turn = turn_of("You are useless!")
    decision = decided(turn, Answer("I'm sorry.", Action.ESCALATE, Reason.UPSET))
    sorry, _, told, _ = decision.posts
    assert (sorry.text, sorry.reply_to, sorry.after) == ("I'm sorry.", turn.newest.id, "")
    assert (told.text, told.reply_to) == (ENGLISH.told, "")
    assert decision.said == f"I'm sorry.\n\n{ENGLISH.told}"


@pytest.mark.parametrize("reason", [Reason.MODEL_UNAVAILABLE, Reason.TURN_FAILED])
def test_trouble_of_ours_is_admitted_before_a_person_is_called(reason: Reason) -> None:
    decision = decided(turn_of("?"), Answer("", Action.ESCALATE, reason))
    assert texts(decision) == [ENGLISH.trouble, ENGLISH.told]


def test_taking_an_offer_pings_with_the_question_that_led_to_it() -> None:
    turn = turn_of("yes please", case=case_of(CaseState.OFFERED))
    decision = decided(turn, Answer("", Action.ESCALATE, Reason.NOT_IN_ARTICLES))
    ping, told, _ = decision.posts
    assert "> Can I pay in gold?" in ping.text
    assert "yes please" not in ping.text
    assert told.text == ENGLISH.told
    assert (case_after(decision).id, case_after(decision).ping) == (7, ping.key)


def test_asking_for_a_person_after_an_offer_takes_it_with_the_new_words() -> None:
    turn = turn_of("Get me a human, it is urgent", case=case_of(CaseState.OFFERED))
    decision = decided(turn, CALL)
    assert case_after(decision).id == 7
    assert (case_after(decision).state, case_after(decision).reason) == (
        CaseState.WAITING,
        Reason.ASKED_FOR_PERSON,
    )
    assert case_after(decision).question == "Can I pay in gold?\n\nGet me a human, it is urgent"


@pytest.mark.parametrize("action", [Action.ANSWER, Action.CLARIFY])
def test_an_offer_that_is_not_taken_up_lapses(action: Action) -> None:
    decision = decided(turn_of("Then how?", case=case_of(CaseState.OFFERED)), Answer("So.", action))
    assert case_after(decision).state is CaseState.CANCELLED
    assert decision.change is not None
    assert decision.change.why == "not taken up"
    assert texts(decision) == ["So."]


def test_a_second_offer_keeps_the_case_and_both_questions() -> None:
    decision = decided(turn_of("And in silver?", case=case_of(CaseState.OFFERED)), offer())
    case = case_after(decision)
    assert (case.id, case.state) == (7, CaseState.OFFERED)
    assert case.question == "Can I pay in gold?\n\nAnd in silver?"


def test_an_offer_that_is_declined_is_remembered_as_that() -> None:
    turn = turn_of("no thanks", case=case_of(CaseState.OFFERED))
    change = decided(turn, Answer(ENGLISH.declined)).change
    assert change is not None
    assert (change.case.state, change.why) == (CaseState.CANCELLED, DECLINED)


def test_a_press_is_answered_at_the_message_that_it_stands_in_for() -> None:
    pressed = replace(stored("Yes"), id=f"{DESK}/5+yes")
    decision = decided(turn_of(pressed, case=case_of()), Answer("", Action.ESCALATE, Reason.NOT_IN_ARTICLES))
    assert {post.reply_to for post in decision.posts if post.place == DESK} == {f"{DESK}/5"}


def test_a_stop_mutes() -> None:
    decision = decided(turn_of("stop"), Answer(ENGLISH.muted), verdict=Verdict(mute=True))
    assert (decision.mute, texts(decision)) == (True, [ENGLISH.muted])


def test_a_subject_stands_in_the_case_and_on_its_card() -> None:
    sensitive = Answer("One moment.", Action.ESCALATE, Reason.SENSITIVE)
    decision = decided(turn_of("I sue you"), sensitive, verdict=Verdict(subject="legal"))
    assert case_after(decision).subject == "legal"
    assert "a sensitive subject (legal)" in texts(decision, TEAM)[0]


def test_a_problem_that_came_back_is_offered_to_who_had_it() -> None:
    before = replace(case_of(CaseState.RESOLVED, owner=DANA), question="Where is it?")
    turn = turn_of("that didn't help", session=Session(previous=before))
    back = Answer(ENGLISH.not_solved, Action.OFFER_HUMAN, Reason.UNHELPED)
    decision = decided(turn, back, verdict=Verdict(again=True))
    assert texts(decision) == [f"{ENGLISH.not_solved}\n\n{ENGLISH.offered('Dana')}"]
    case = case_after(decision)
    assert (case.owner, case.question, case.id) == (DANA, "Where is it?\n\nthat didn't help", 0)


# --- out of hours -------------------------------------------------------------------------------------


def test_out_of_hours_the_ping_waits_and_the_customer_hears_when_somebody_is_there() -> None:
    ping, told, _ = decided(turn_of("human"), CALL, policy=OFFICE, now=SUNDAY).posts
    assert ping.not_before == moment("2026-11-23 09:00", "Europe/Berlin")
    assert (told.text, told.after) == (
        ENGLISH.away_till("tomorrow at 09:00 (CET)"),
        "",
    )  # and not after the ping


def test_out_of_hours_the_ping_goes_elsewhere_if_a_place_is_set() -> None:
    night = replace(OFFICE, away_place="stub:night", away_mention="<@night>")
    decision = decided(turn_of("human"), CALL, policy=night, now=SUNDAY)
    ping, told, *_ = decision.posts
    assert (ping.place, ping.mention, ping.not_before) == ("stub:night", "<@night>", 0.0)
    assert (told.text, told.after) == (ENGLISH.told_till("tomorrow at 09:00 (CET)"), ping.key)
    assert case_after(decision).desk == "stub:night"


def test_where_no_opening_is_in_sight_no_day_is_promised_and_nobody_woken() -> None:
    ping, told, _ = decided(turn_of("human"), CALL, policy=parse_policy("[hours]"), now=SUNDAY).posts
    assert (ping.mention, ping.not_before, told.text) == ("", 0.0, ENGLISH.away_till(""))


def test_in_hours_the_ping_goes_at_once() -> None:
    ping, told, _ = decided(turn_of("human"), CALL, policy=OFFICE).posts
    assert (ping.not_before, told.text) == (0.0, ENGLISH.told)


def test_an_outage_pings_once_for_all_and_at_night_nobody() -> None:
    down = Answer("", Action.ESCALATE, Reason.MODEL_UNAVAILABLE)
    decision = decided(turn_of("?"), down, policy=OFFICE, now=SUNDAY)
    assert decision.struck is not None
    assert (decision.struck.mention, decision.struck.place) == ("<@team>", TEAM)
    assert decision.struck.not_before == moment("2026-11-23 09:00", "Europe/Berlin")
    assert {post.mention for post in decision.posts} == {""}


@pytest.mark.parametrize(
    ("answer", "agents", "heard"),
    [
        (Answer("Five days."), True, "Five days."),
        (offer(), True, f"The articles don't tell.\n\n{ENGLISH.offered()}"),
        (offer(), False, f"The articles don't tell.\n\n{CONTACT}"),
        (CALL, True, ENGLISH.for_a_person),
        (CALL, False, CONTACT),
    ],
)
def test_asked_outside_of_a_platform_the_words_are_the_same(answer: Answer, agents: bool, heard: str) -> None:
    assert unheard(Answered(answer, CONTACT, 0), agents=agents) == heard


def test_every_reason_has_words_for_the_agents() -> None:
    assert set(words.REASONS) == set(Reason)


def test_keys_fit_a_discord_nonce_and_differ() -> None:
    keys = {new_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert {len(key) for key in keys} == {24}
