"""What the time that has passed comes to: reminders, and the end of cases that went quiet. Pure."""

from __future__ import annotations

from dataclasses import replace

from core import cards, cases, words
from core.handover import FRONTDESK, Around, Change, name_of
from core.markdown import escape
from core.messages import Author, Case, CaseState, Post, Reason, Role
from core.posts import new_key
from core.presses import resolved


def overdue(case: Case, around: Around) -> Change | None:
    """Return what the time that has passed comes to; None if nothing is due."""
    at = cases.due(case, around.policy)
    if at is None or at > around.now:
        return None
    if case.state is CaseState.WAITING:
        return _nobody_claimed(case, around)
    if cases.owes(case, around.policy):
        return _owes_answer(case, around)
    asked = case.reminders and case.spoke is Role.AGENT
    return _closed_quiet(case, around) if asked else _asked_quiet(case, around)


def _reminded(case: Case, around: Around) -> Case:
    """Return the case with all reminders counted that are due: of several missed ones, one is sent."""
    state = (case.state, cases.owes(case, around.policy))
    while (at := cases.due(case, around.policy)) is not None and at <= around.now:
        case = replace(case, reminders=case.reminders + 1)
        if (case.state, cases.owes(case, around.policy)) != state:
            break  # what comes next is no reminder
    return case


def _nobody_claimed(case: Case, around: Around) -> Change:
    new = _reminded(case, around)
    last = new.reminders >= len(around.policy.waiting)
    mention = around.second_mention(case) if last else around.team_mention(case)
    if case.reason is Reason.MODEL_UNAVAILABLE:
        mention = ""  # one notice called the agents for all of these
    since = words.clock(case.since, around.policy.zone)
    posts = cards.below(case, words.NOBODY_CLAIMED.format(since=since), around.agents_limit, mention=mention)
    return Change(new, FRONTDESK, posts=tuple(posts))


def _owes_answer(case: Case, around: Around) -> Change:
    new = _reminded(case, around)
    last = new.reminders >= len(cases.OWED)
    mention = (around.second_mention(case) if last else "") or around.owner_mention(case)
    since = words.clock(case.spoke_at, around.policy.zone)
    owner = escape(name_of(case.owner)) if case.owner else ""
    text = words.OWES_ANSWER.format(owner=owner, since=since)
    posts = cards.below(case, text, around.agents_limit, mention=mention)
    return Change(new, FRONTDESK, posts=tuple(posts))


def _asked_quiet(case: Case, around: Around) -> Change:
    """Ask the customer whether all is well, before the case is closed."""
    phrases, close = around.phrases(case), around.policy.close
    asked = Post(new_key(), case.place, phrases.still_needed.format(time=phrases.span(close)))
    told = cards.below(case, words.ASKED_QUIET.format(time=words.span(close)), around.agents_limit)
    new = replace(case, spoke=Role.AGENT, reminders=1, spoke_at=around.now)
    return Change(new, FRONTDESK, posts=(asked, *told))


def _closed_quiet(case: Case, around: Around) -> Change:
    frontdesk, told = Author(FRONTDESK, "Frontdesk"), around.phrases(case).closed_quiet
    return resolved(case, frontdesk, around, "closed, as nobody wrote any more", told)
