"""The page that a platform gives the bot, and the greeting of who comes in."""

from __future__ import annotations

from dataclasses import replace

from core.home import MOST_SHOWN, home
from core.messages import Author, Case, CaseState
from core.phrases import ENGLISH
from core.policy import DEFAULT_POLICY
from tests.builders import case_of


def waiting(name: str, question: str = "My lamp is broken.") -> Case:
    return case_of(CaseState.WAITING, customer=Author("stub:ann", name), question=question, ping="card")


def claimed(name: str) -> Case:
    return replace(waiting(name), state=CaseState.CLAIMED, owner=Author("stub:dana", "Dana"))


def test_who_is_no_agent_reads_what_it_can_do_and_nothing_of_others() -> None:
    text = ENGLISH.welcomes("/frontdesk ", "Write to help@example.org.")
    page = home(text, None, DEFAULT_POLICY, "")
    assert page.text == text
    assert "\n- Write to help@example.org.\n" in text
    assert (page.heading, page.entries) == ("", ())


def test_an_agent_reads_who_waits_and_who_has_them() -> None:
    page = home(
        ENGLISH.home_person, [claimed("Ben"), waiting("Ann", "My *lamp*\nis broken.")], DEFAULT_POLICY, ""
    )
    assert page.heading == "Open cases: 1 waiting, 1 claimed"
    ben, ann = page.entries
    assert "Claimed by Dana" in ben.text
    assert ann.text.startswith("**Ann**: ")
    assert ann.text.endswith("\n> My \\*lamp\\* is broken."), "a customer's words are quoted, on one line"
    assert ann.thread == "stub:below/card"


def test_only_the_newest_cases_are_shown_and_all_are_counted() -> None:
    page = home(ENGLISH.home_person, [waiting(f"Ann {n}") for n in range(MOST_SHOWN + 5)], DEFAULT_POLICY, "")
    assert len(page.entries) == MOST_SHOWN
    assert (
        page.heading == f"Open cases: {MOST_SHOWN + 5} waiting, 0 claimed (the newest {MOST_SHOWN} are shown)"
    )


def test_without_a_case_that_is_said() -> None:
    assert home(ENGLISH.home_person, [], DEFAULT_POLICY, "").heading == "No open cases"
