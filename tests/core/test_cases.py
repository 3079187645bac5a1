"""A case goes from the offer to its end, and never back."""

from __future__ import annotations

import itertools

import pytest

from core.cases import NotAllowed, step
from core.messages import CaseState
from tests.builders import case_of

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
}


@pytest.mark.parametrize(("before", "after"), sorted(ALLOWED))
def test_a_step_forward_is_allowed(before: CaseState, after: CaseState) -> None:
    assert step(case_of(before), after) == case_of(after)


@pytest.mark.parametrize(("before", "after"), sorted(set(itertools.product(CaseState, CaseState)) - ALLOWED))
def test_any_other_step_is_refused_in_words(before: CaseState, after: CaseState) -> None:
    with pytest.raises(NotAllowed, match=f"a case that is {before} can't become {after}"):
        step(case_of(before), after)


def test_who_claims_a_case_owns_it_to_its_end() -> None:
    claimed = step(case_of(WAITING), CLAIMED, "stub:dana")
    assert claimed.owner == "stub:dana"
    assert step(claimed, RESOLVED).owner == "stub:dana"


def test_another_agent_may_take_a_claimed_case_on() -> None:
    assert step(case_of(CLAIMED, owner="stub:dana"), CLAIMED, "stub:eli").owner == "stub:eli"
