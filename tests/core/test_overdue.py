"""What the time that has passed comes to: each reminder once, however many were missed."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from core import words
from core.handover import FRONTDESK, Around, Change
from core.messages import Agents, Author, Case, CaseState, Press, Role
from core.overdue import overdue
from core.phrases import ENGLISH
from core.policy import Policy
from core.policy_file import parse_policy
from tests.builders import DANA, DESK, TEAM, around, case_of, moment

MINUTE, DAY = 60.0, 86_400.0
POLICY = Policy(ZoneInfo("UTC"), waiting=(600.0, 1_800.0), second_mention="<@boss>")
START = moment("2026-11-23 10:00")
WAITING = case_of(CaseState.WAITING, ping="p", since=START, spoke_at=START)
OWED = case_of(CaseState.CLAIMED, owner=DANA, ping="p", since=START, spoke=Role.CUSTOMER, spoke_at=START)
QUIET = replace(OWED, spoke=Role.AGENT)


def at(later: float, policy: Policy = POLICY) -> Around:
    return around(START + later, policy)


def done(case: Case, later: float, policy: Policy = POLICY) -> Change:
    change = overdue(case, at(later, policy))
    assert change is not None
    return change


# --- nobody claimed -----------------------------------------------------------------------------------


def test_nothing_is_due_before_its_time() -> None:
    assert overdue(WAITING, at(10 * MINUTE - 1)) is None
    assert overdue(OWED, at(15 * MINUTE - 1)) is None
    assert overdue(QUIET, at(DAY - 1)) is None


def test_agents_are_reminded_below_the_card_and_the_next_time_others_are() -> None:
    first = done(WAITING, 10 * MINUTE)
    [post] = first.posts
    assert post.text == words.NOBODY_CLAIMED.format(since="23 Nov 10:00 UTC")
    assert (post.place, post.under, post.mention) == (TEAM, "p", "<@team>")
    assert (first.case.reminders, first.who, first.why) == (1, FRONTDESK, "")
    assert overdue(first.case, at(11 * MINUTE)) is None
    second = done(first.case, 30 * MINUTE)
    assert [one.mention for one in second.posts] == ["<@boss>"]
    assert overdue(second.case, at(300 * DAY)) is None


def test_of_several_missed_reminders_one_is_sent_the_last() -> None:
    change = done(WAITING, 3 * DAY)
    assert [one.mention for one in change.posts] == ["<@boss>"]
    assert overdue(change.case, at(4 * DAY)) is None


def test_without_a_second_mention_the_agents_are_mentioned_again() -> None:
    change = done(WAITING, 3 * DAY, replace(POLICY, second_mention=""))
    assert [one.mention for one in change.posts] == ["<@team>"]


def test_nobody_is_woken_at_night() -> None:
    office = parse_policy('timezone = "UTC"\n[hours]\nmonday = ["09:00-10:05"]\ntuesday = ["09:00-17:00"]')
    night, morning = moment("2026-11-23 23:00") - START, moment("2026-11-24 09:05") - START
    assert overdue(WAITING, at(night, office)) is None
    assert overdue(OWED, at(night, office)) is None
    assert overdue(WAITING, at(morning - 1, office)) is None
    first = done(WAITING, morning, office)
    assert (len(first.posts), first.case.reminders) == (1, 1)  # and not the last one at once


# --- the owner owes an answer --------------------------------------------------------------------------


def test_who_owes_an_answer_is_reminded_and_then_others_are() -> None:
    first = done(OWED, 15 * MINUTE)
    [post] = first.posts
    assert post.text == words.OWES_ANSWER.format(owner="Dana", since="23 Nov 10:00 UTC")
    assert (post.under, post.mention) == ("p", "<@dana>")
    second = done(first.case, 60 * MINUTE)
    assert [one.mention for one in second.posts] == ["<@boss>"]
    assert overdue(second.case, at(DAY - 1)) is None
    asked = done(second.case, DAY)
    assert asked.posts[0].text == ENGLISH.still_needed.format(time=words.span(DAY))
    assert done(asked.case, 2 * DAY).case.state is CaseState.RESOLVED


def test_several_missed_reminders_of_an_answer_are_one() -> None:
    change = done(OWED, DAY - 1)
    assert len(change.posts) == 1
    assert overdue(change.case, at(DAY - 1)) is None


def test_an_owner_of_another_platform_is_not_pinged_by_an_id_that_means_nothing() -> None:
    far = replace(OWED, owner=Author("slack:T1/U1", "Dana"))
    assert done(far, 15 * MINUTE).posts[0].mention == ""


def test_a_name_can_not_format_the_reminder() -> None:
    odd = replace(OWED, owner=Author("stub:x", "*Eve* {since} <!here>"))
    text = done(odd, 15 * MINUTE).posts[0].text
    assert "\\*Eve\\* {since} \\<!here\\>" in text


# --- quiet --------------------------------------------------------------------------------------------


def test_a_quiet_case_is_asked_about_and_then_closed() -> None:
    asked = done(QUIET, DAY)
    question, told = asked.posts
    assert (question.place, question.text) == (DESK, ENGLISH.still_needed.format(time=words.span(DAY)))
    assert (told.under, told.text) == ("p", words.ASKED_QUIET.format(time=words.span(DAY)))
    assert overdue(asked.case, at(2 * DAY - 1)) is None
    closed = done(asked.case, 2 * DAY)
    assert closed.case.state is CaseState.RESOLVED
    assert closed.case.owner == DANA
    assert (closed.who, bool(closed.why), bool(closed.closes)) == (FRONTDESK, True, True)
    notice, card = closed.posts
    assert (notice.place, notice.text) == (DESK, ENGLISH.closed_quiet)
    assert card.edits == "p"
    assert [button.press for button in card.buttons] == [Press.REOPEN]


def test_a_case_that_went_quiet_while_nobody_served_is_asked_about_before_it_is_closed() -> None:
    change = done(QUIET, 30 * DAY)
    assert change.case.state is CaseState.CLAIMED
    assert overdue(change.case, at(31 * DAY - 1)) is None


def test_a_closed_case_is_left_alone() -> None:
    for state in (CaseState.OFFERED, CaseState.RESOLVED, CaseState.CANCELLED):
        assert overdue(replace(QUIET, state=state), at(300 * DAY)) is None


def test_a_case_without_a_card_reminds_nobody_and_is_not_looked_at_for_ever() -> None:
    bare = around(START + DAY, POLICY, Agents(TEAM))
    change = overdue(replace(WAITING, ping=""), bare)
    assert change is not None
    assert change.posts == ()
    assert overdue(change.case, bare) is None
