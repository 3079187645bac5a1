"""What stays in the window and what is folded when, case by case."""

from __future__ import annotations

from dataclasses import replace

from core.messages import Role, StoredMessage, Summary
from core.recap import shortened
from core.tokens import EstimatingCounter
from core.window import Costs, first_kept, in_force, next_fold, whole_pairs
from tests.builders import ANN, BEN, DANA, stored


def said(role: Role, turn: int, whose: str = ANN.id) -> StoredMessage:
    author = {Role.AGENT: DANA, Role.CUSTOMER: BEN if whose == BEN.id else ANN}.get(role)
    return replace(stored(f"{role} {turn}", role=role, author=author, turn=turn), whose=whose)


def exchange(turn: int, whose: str = ANN.id) -> list[StoredMessage]:
    return [said(Role.CUSTOMER, turn, whose), said(Role.ASSISTANT, turn, whose)]


def costs(messages: list[StoredMessage], each: int = 10) -> Costs:
    return Costs(messages, [each] * len(messages))


TEN = [message for turn in range(1, 11) for message in exchange(turn)]


# --- pairs -----------------------------------------------------------------------------------------------


def test_an_agents_answer_leaves_with_the_question_that_it_answers() -> None:
    left = [said(Role.AGENT, 4), *exchange(5)]
    assert whole_pairs(left, 3) == left[1:]


def test_an_agents_answer_stays_with_its_question_though_others_wrote_between_them() -> None:
    kept = [said(Role.CUSTOMER, 3), *exchange(4, BEN.id), said(Role.AGENT, 5), said(Role.AGENT, 6)]
    assert whole_pairs(kept, 3) == kept


def test_a_question_of_somebody_else_is_not_what_an_answer_belongs_to() -> None:
    left = [*exchange(4, BEN.id), said(Role.AGENT, 5)]
    assert whole_pairs(left, 4) == left[:2]


def test_what_is_kept_of_a_closed_case_stands_alone() -> None:
    note = replace(said(Role.AGENT, 4), id="stub:agent/4")
    assert whole_pairs([note, said(Role.AGENT, 5)], 4) == [note]


def test_what_an_agent_wrote_first_is_no_half_of_anything() -> None:
    opening = [said(Role.AGENT, 1), *exchange(2)]
    assert whole_pairs(opening, 0) == opening


def test_an_agent_who_joins_a_thread_is_heard_where_a_question_is() -> None:
    joins = [said(Role.CUSTOMER, 3), said(Role.AGENT, 4, DANA.id)]
    assert whole_pairs(joins, 3) == joins
    assert whole_pairs(joins[1:], 4) == []


def test_a_question_that_nobody_answered_may_stay_and_may_leave() -> None:
    history = [said(Role.CUSTOMER, 1), *exchange(2)]
    assert first_kept(costs(history), 1, 30) == 1
    assert first_kept(costs(history), 1, 29) == 2


def test_a_window_never_begins_with_an_answer() -> None:
    history = [said(Role.CUSTOMER, 1), said(Role.AGENT, 2), said(Role.AGENT, 3), *exchange(4)]
    assert first_kept(costs(history), 1, 49) == 4


# --- summaries -------------------------------------------------------------------------------------------


def test_the_next_block_is_folded_before_it_has_to_leave() -> None:
    assert next_fold(costs(TEN), None, 1, 300) is None
    fold = next_fold(costs(TEN), None, 1, 280)
    assert fold
    assert (fold.messages[0].turn, fold.messages[-1].turn, fold.before) == (1, 5, 6)


def test_nothing_is_folded_while_the_next_block_is_ready() -> None:
    assert next_fold(costs(TEN), Summary(3, "", 0), 1, 200) is None


def test_what_left_without_a_summary_is_made_up_for_some_at_a_time() -> None:
    fold = next_fold(costs(TEN), None, 9, 100)
    assert fold
    assert (fold.messages[0].turn, fold.before) == (1, 5)
    rest = next_fold(costs(TEN[8:]), Summary(5, "", 0), 9, 100)
    assert rest
    assert (rest.messages[0].turn, rest.before) == (5, 9)


def test_a_newer_summary_is_used_once_a_block_leaves_and_no_sooner() -> None:
    old, new, newer = (Summary(before, "", 0) for before in (3, 6, 9))
    assert in_force([old, new], 3, 4, 4) is old
    assert in_force([old, new, newer], 3, 4, 7) is new
    assert in_force([old], 3, 4, 7) is old
    assert in_force([new], 3, 4, 4) is None
    assert in_force([], 0, 0, 0) is None


def test_a_summary_is_cut_where_a_sentence_ends() -> None:
    counter = EstimatingCounter()
    assert shortened(" Ann asked. Ben too. ", 100, counter) == "Ann asked. Ben too."
    assert shortened("Ann asked. Ben too.", 15, counter) == "Ann asked."
    assert shortened("アンが尋ねた。ベンも。", 24, counter) == "アンが尋ねた。"
    assert len(shortened("x" * 900, 100, counter)) == 100
    assert shortened("👩‍🌾" * 50, 3, counter) == ""
