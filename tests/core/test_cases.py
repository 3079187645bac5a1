"""A case goes from the offer to its end; only a person can open it again. And when it is next looked at."""

from __future__ import annotations

import itertools
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from core.cases import OWED, NotAllowed, due, spoken, step
from core.messages import CaseState, Role
from core.policy import DEFAULT_POLICY, Policy
from core.policy_file import parse_policy
from tests.builders import DANA, ELI, case_of, moment

OFFERED, WAITING, CLAIMED, RESOLVED, CANCELLED = CaseState

ALLOWED = {
    (OFFERED, WAITING),  # the customer says yes
    (OFFERED, CLAIMED),  # an agent takes over before that
    (OFFERED, CANCELLED),
    (WAITING, CLAIMED),
    (WAITING, RESOLVED),
    (WAITING, CANCELLED),
    (CLAIMED, CLAIMED),  # another agent goes on
    (CLAIMED, RESOLVED),
    (CLAIMED, CANCELLED),
    (RESOLVED, CLAIMED),  # reopened
    (CANCELLED, CLAIMED),
}


@pytest.mark.parametrize(("before", "after"), sorted(ALLOWED))
def test_a_step_forward_is_allowed(before: CaseState, after: CaseState) -> None:
    assert step(case_of(before), after, 5.0) == case_of(after, since=5.0)


@pytest.mark.parametrize(("before", "after"), sorted(set(itertools.product(CaseState, CaseState)) - ALLOWED))
def test_any_other_step_is_refused_in_words(before: CaseState, after: CaseState) -> None:
    with pytest.raises(NotAllowed, match=f"a case that is {before} can't become {after}"):
        step(case_of(before), after, 5.0)


def test_who_claims_a_case_owns_it_to_its_end() -> None:
    claimed = step(case_of(WAITING), CLAIMED, 5.0, DANA)
    assert claimed.owner == DANA
    assert step(claimed, RESOLVED, 6.0).owner == DANA


def test_another_agent_may_take_a_claimed_case_on() -> None:
    assert step(case_of(CLAIMED, owner=DANA), CLAIMED, 5.0, ELI).owner == ELI


def test_a_step_starts_the_reminders_anew() -> None:
    assert step(case_of(WAITING, reminders=2), CLAIMED, 5.0, DANA).reminders == 0


@pytest.mark.parametrize("state", CaseState)
def test_people_have_a_case_or_it_is_closed_or_neither(state: CaseState) -> None:
    case = case_of(state)
    assert case.is_with_people == (state in {WAITING, CLAIMED})
    assert case.is_closed == (state in {RESOLVED, CANCELLED})


# --- words -------------------------------------------------------------------------------------------


def test_words_start_the_reminders_of_a_claimed_case_anew() -> None:
    spoke = spoken(case_of(CLAIMED, owner=DANA, reminders=1), Role.AGENT, 9.0)
    assert (spoke.spoke, spoke.spoke_at, spoke.reminders) == (Role.AGENT, 9.0, 0)


def test_further_words_do_not_make_a_waiting_case_younger() -> None:
    before = case_of(WAITING, since=5.0, reminders=1)
    after = spoken(before, Role.CUSTOMER, 500.0)
    assert (after.since, after.reminders) == (5.0, 1)
    assert due(after, DEFAULT_POLICY) == due(before, DEFAULT_POLICY)


# --- deadlines ---------------------------------------------------------------------------------------

ALWAYS = Policy(ZoneInfo("UTC"), waiting=(600.0, 1_800.0), answer=900.0, quiet=86_400.0, close=43_200.0)
OFFICE = parse_policy('timezone = "Europe/Berlin"\n[hours]\nmonday = ["09:00-17:00"]\n')
NEVER = parse_policy("[hours]\n")


def test_a_waiting_case_is_due_after_each_of_the_times_set_and_then_no_more() -> None:
    case = case_of(WAITING, since=1_000.0)
    dues = [due(replace(case, reminders=number), ALWAYS) for number in range(3)]
    assert dues == [1_600.0, 2_800.0, None]


def test_who_owes_an_answer_is_due_twice_and_then_the_case_is_quiet() -> None:
    case = case_of(CLAIMED, owner=DANA, since=1_000.0, spoke=Role.CUSTOMER, spoke_at=2_000.0)
    dues = [due(replace(case, reminders=number), ALWAYS) for number in range(len(OWED) + 1)]
    assert dues == [2_900.0, 5_600.0, 2_000.0 + ALWAYS.quiet]


def test_an_answer_is_owed_from_the_claim_on_to_words_that_came_before_it() -> None:
    case = case_of(CLAIMED, owner=DANA, since=3_000.0, spoke=Role.CUSTOMER, spoke_at=2_000.0)
    assert due(case, ALWAYS) == 3_900.0


def test_a_quiet_case_is_due_after_the_agents_last_words_and_again_to_be_closed() -> None:
    case = case_of(CLAIMED, owner=DANA, since=1_000.0, spoke=Role.AGENT, spoke_at=2_000.0)
    assert due(case, ALWAYS) == 88_400.0
    assert due(replace(case, reminders=1), ALWAYS) == 45_200.0


def test_a_case_that_was_reopened_is_not_quiet_at_once() -> None:
    """Who takes it up again today did not fall silent three days ago."""
    long_ago = case_of(RESOLVED, owner=DANA, since=1_000.0, spoke=Role.AGENT, spoke_at=1_000.0)
    reopened = step(long_ago, CLAIMED, 300_000.0, DANA)
    assert due(reopened, ALWAYS) == 300_000.0 + ALWAYS.quiet


@pytest.mark.parametrize("state", [OFFERED, RESOLVED, CANCELLED])
def test_nothing_is_due_while_no_person_has_the_case(state: CaseState) -> None:
    assert due(case_of(state), ALWAYS) is None


def test_times_set_to_zero_never_come() -> None:
    never = replace(ALWAYS, waiting=(), answer=0.0, quiet=0.0)
    for case in (
        case_of(WAITING),
        case_of(CLAIMED, owner=DANA, spoke=Role.CUSTOMER),
        case_of(CLAIMED, owner=DANA, spoke=Role.AGENT),
    ):
        assert due(case, never) is None


def test_the_time_starts_when_somebody_is_there() -> None:
    saturday = moment("2026-11-21 12:00", "Europe/Berlin")
    case = case_of(WAITING, since=saturday)
    assert due(case, OFFICE) == moment("2026-11-23 09:10", "Europe/Berlin")
    owed = case_of(CLAIMED, owner=DANA, since=saturday, spoke=Role.CUSTOMER, spoke_at=saturday)
    assert due(owed, OFFICE) == moment("2026-11-23 09:15", "Europe/Berlin")


def test_only_the_time_counts_in_which_somebody_is_there() -> None:
    at_closing = moment("2026-11-23 16:55", "Europe/Berlin")
    case = case_of(WAITING, since=at_closing)
    assert due(case, OFFICE) == moment("2026-11-30 09:05", "Europe/Berlin")
    assert due(replace(case, reminders=1), OFFICE) == moment("2026-11-30 09:25", "Europe/Berlin")


def test_where_nobody_is_ever_there_nobody_is_reminded() -> None:
    assert due(case_of(WAITING), NEVER) is None
    assert due(case_of(CLAIMED, owner=DANA, spoke=Role.CUSTOMER), NEVER) is None
