"""A case's life: which steps are allowed, and what they change. Pure."""

from __future__ import annotations

from dataclasses import replace

from core.messages import Case, CaseState

_STEPS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OFFERED: frozenset({CaseState.WAITING, CaseState.CLAIMED, CaseState.CANCELLED}),
    CaseState.WAITING: frozenset({CaseState.CLAIMED, CaseState.RESOLVED, CaseState.CANCELLED}),
    CaseState.CLAIMED: frozenset({CaseState.CLAIMED, CaseState.RESOLVED, CaseState.CANCELLED}),
    CaseState.RESOLVED: frozenset(),
    CaseState.CANCELLED: frozenset(),
}


class NotAllowed(ValueError):
    """A case can't take this step from where it stands."""


def step(case: Case, state: CaseState, owner: str = "") -> Case:
    """Return the case after a step; `owner` is the agent who claims it.

    Raises:
        NotAllowed: The step does not exist from the case's state.
    """
    if state not in _STEPS[case.state]:
        raise NotAllowed(f"a case that is {case.state} can't become {state}")
    return replace(case, state=state, owner=owner or case.owner)
