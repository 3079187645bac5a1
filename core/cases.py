"""A case's life: which steps are allowed, what they change, and when it is next to be looked at. Pure."""

from __future__ import annotations

from dataclasses import replace

from core.messages import Author, Case, CaseState, Role
from core.policy import Policy

_STEPS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OFFERED: frozenset({CaseState.WAITING, CaseState.CLAIMED, CaseState.CANCELLED}),
    CaseState.WAITING: frozenset({CaseState.CLAIMED, CaseState.RESOLVED, CaseState.CANCELLED}),
    CaseState.CLAIMED: frozenset({CaseState.CLAIMED, CaseState.RESOLVED, CaseState.CANCELLED}),
    CaseState.RESOLVED: frozenset({CaseState.CLAIMED}),
    CaseState.CANCELLED: frozenset({CaseState.CLAIMED}),
}
# Why an offer ended to which the customer said no.
DECLINED = "declined"
# An owner who owes an answer is reminded after this many times the time set, and others at the last one.
OWED = (1, 4)


class NotAllowed(ValueError):
    """A case can't take this step from where it stands."""


def step(case: Case, state: CaseState, now: float, owner: Author | None = None) -> Case:
    """Return the case after a step; `owner` is the agent who claims it, `now` is in seconds since the epoch.

    Raises:
        NotAllowed: The step does not exist from the case's state.
    """
    if state not in _STEPS[case.state]:
        raise NotAllowed(f"a case that is {case.state} can't become {state}")
    if case.is_closed:  # it begins anew
        case = replace(case, rating="", told=False)
    return replace(case, state=state, owner=owner or case.owner, since=now, claimed_from=0, reminders=0)


def spoken(case: Case, who: Role, now: float) -> Case:
    """Return the case after its customer or an agent said something."""
    if case.state is CaseState.CLAIMED and who is Role.CUSTOMER and case.spoke is who:
        return case  # the first word that has no answer yet is what counts
    # Reminders of a case that nobody claimed go on: further words don't make it younger.
    reminders = case.reminders if case.state is CaseState.WAITING else 0
    return replace(case, spoke=who, spoke_at=now, reminders=reminders)


def due(case: Case, policy: Policy) -> float | None:
    """Return when a case is next to be looked at, in seconds since the epoch, or None."""
    if case.state is CaseState.WAITING:
        return _waiting_due(case, policy)
    if case.state is CaseState.CLAIMED:
        return _owed_due(case, policy) if case.spoke is Role.CUSTOMER else _quiet_due(case, policy)
    return None


def _waiting_due(case: Case, policy: Policy) -> float | None:
    if case.reminders >= len(policy.waiting):
        return None
    return policy.later(case.since, policy.waiting[case.reminders])


def _owed_due(case: Case, policy: Policy) -> float | None:
    if not owes(case, policy):
        return _quiet_due(replace(case, reminders=0), policy)
    return policy.later(max(case.spoke_at, case.since), policy.answer * OWED[case.reminders])


def owes(case: Case, policy: Policy) -> bool:
    """Say whether the owner of a case is still to be reminded that the customer wrote last."""
    claimed = case.state is CaseState.CLAIMED and case.spoke is Role.CUSTOMER
    return claimed and bool(policy.answer) and case.reminders < len(OWED)


def _quiet_due(case: Case, policy: Policy) -> float | None:
    if not policy.quiet:
        return None
    return max(case.spoke_at, case.since) + (policy.close if case.reminders else policy.quiet)
