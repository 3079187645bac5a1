"""An agent's words in the thread of a case: to whom they go, and what the writer hears."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import words
from core.handover import Change, heard, outward
from core.messages import Agents, Author, Case, CaseState, File, IncomingMessage, Press, Role, Sign
from tests.builders import ANN, DANA, DESK, ELI, TEAM, around, case_of, incoming

AROUND = around()
WAITING = case_of(CaseState.WAITING, ping="p")
DANAS = case_of(CaseState.CLAIMED, ping="p", owner=DANA)
THREAD = "stub:below/p"


def says(case: Case, text: str, who: Author = DANA, agents: Agents | None = None, **more: object) -> Change:
    message = replace(incoming(text, author=who, conversation=THREAD), **more)  # type: ignore[arg-type]
    return heard(case, message, around(agents=agents))


def hint_of(change: Change, writer: Author) -> tuple[str, list[Press]]:
    """Return the hint that a change is, which its writer alone sees, and what can be pressed below it."""
    [hint] = change.posts
    assert (hint.place, hint.under, hint.only, hint.sign) == (TEAM, "p", writer.id, None)
    assert hint.reply_to.startswith(THREAD)
    assert change.passed_on is None
    return hint.text, [button.press for button in hint.buttons]


def test_the_owners_words_go_to_the_customer_and_are_marked_behind_that() -> None:
    change = says(DANAS, "It is *on* its way.")
    carried, mark = change.posts
    assert (carried.place, carried.text) == (DESK, "**Dana:** It is *on* its way.")
    assert carried.carries == mark.reply_to
    assert (mark.sign, mark.after, mark.otherwise) == (Sign.DELIVERED, carried.key, words.NOT_DELIVERED)
    assert (mark.place, mark.under) == (TEAM, "p")
    assert change.passed_on is not None
    assert change.passed_on.text == "It is *on* its way."
    assert (change.case.spoke, change.case.spoke_at, change.case.answer) == (
        Role.AGENT,
        AROUND.now,
        "It is *on* its way.",
    )
    assert (change.why, change.keeps) == ("", False)


def test_long_words_come_in_parts_of_which_none_is_sent_behind_one_that_failed() -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 50 for number in range(20))
    *parts, mark = says(DANAS, text).posts
    assert len(parts) > 2
    assert [part.after for part in parts] == ["", *(part.key for part in parts[:-1])]
    assert mark.after == parts[-1].key
    assert len({part.carries for part in parts}) == 1


@pytest.mark.parametrize("text", ["// fraud?", "//fraud?", "  // fraud?", "\n// fraud?", "", " \n "])
@pytest.mark.parametrize("case", [WAITING, DANAS, case_of(CaseState.RESOLVED, ping="p")])
@pytest.mark.parametrize("who", [DANA, ELI])
def test_notes_and_nothing_at_all_are_left_alone(text: str, case: Case, who: Author) -> None:
    assert says(case, text, who) == Change(case, who.id)


def test_a_note_that_begins_in_the_second_line_is_no_note() -> None:
    assert says(DANAS, "See\n// this").passed_on is not None


def test_words_before_a_claim_stay_and_can_be_sent_with_one_press() -> None:
    change = says(WAITING, "Coming!")
    assert hint_of(change, DANA) == (words.CLAIM_FIRST, [Press.SEND])
    assert change.keeps
    assert change.case == WAITING
    about = change.posts[0].buttons[0].about
    assert about.startswith(f"{WAITING.key}.{THREAD}")


def test_another_agents_words_stay_and_they_may_take_over() -> None:
    change = says(DANAS, "I know!", ELI)
    assert hint_of(change, ELI) == (words.TAKE_OVER_FIRST.format(owner="Dana"), [Press.SEND_OVER])
    assert change.keeps


@pytest.mark.parametrize("state", [CaseState.RESOLVED, CaseState.CANCELLED])
def test_words_in_a_closed_case_stay_and_it_can_be_reopened(state: CaseState) -> None:
    change = says(case_of(state, ping="p", owner=DANA), "One more thing.")
    assert hint_of(change, DANA) == (words.CLOSED_CASE, [Press.REOPEN])


def test_a_customer_in_the_agents_place_does_not_answer_themselves() -> None:
    for case in (WAITING, DANAS):
        change = says(case, "I'm in!", ANN)
        assert hint_of(change, ANN) == (words.NOT_YOUR_OWN, [])
        assert not change.keeps


def test_who_is_not_on_the_list_of_the_settings_is_told_so() -> None:
    change = says(WAITING, "Hi!", ELI, Agents(TEAM, "", frozenset({DANA.id})))
    assert hint_of(change, ELI) == (words.NOT_AN_AGENT, [])
    assert not change.keeps


def test_an_agents_name_can_not_look_like_something_else() -> None:
    eve = Author("stub:eve", "**Bank** [link](https://evil.example)")
    change = says(replace(DANAS, owner=eve), "Hello.", eve)
    assert change.posts[0].text == "**\\*\\*Bank\\*\\* \\[link\\](https://evil.example):** Hello."


FILE = File("invoice.pdf", "https://files.example/1")


def test_files_are_linked_below_the_words() -> None:
    change = says(DANAS, "Here:", files=(FILE,))
    assert "Here:" in change.posts[0].text
    assert FILE.url in change.posts[0].text


def test_a_file_alone_is_passed_on() -> None:
    change = says(DANAS, "", files=(FILE,))
    assert [FILE.url in post.text for post in change.posts if post.place == DESK] == [True]


def test_what_is_heard_is_about_a_message_of_the_thread() -> None:
    message: IncomingMessage = incoming("Hi!", author=DANA, conversation=THREAD, id=f"{THREAD}/9")
    assert heard(WAITING, message, AROUND).posts[0].reply_to == f"{THREAD}/9"


@pytest.mark.parametrize(
    ("text", "for_customer"),
    [
        ("Try this.", "Try this."),
        ("Try this.\n// he is angry", "Try this."),
        ("// he is angry\nand about to sue us", ""),
        ("  // he is angry\n(attached: contract.pdf)", ""),
        ("```\n// a comment\nrun()\n```", "```\n// a comment\nrun()\n```"),
        ("See https://example.org//x", "See https://example.org//x"),
    ],
)
def test_what_stays_in_the_team_and_what_does_not(text: str, for_customer: str) -> None:
    assert outward(text) == for_customer


def test_words_from_before_the_claim_stay_in_the_team_however_late_they_come() -> None:
    early = incoming("Shall I take this?", author=DANA)
    case = replace(case_of(CaseState.CLAIMED, owner=DANA, ping="p"), claimed_from=early.position + 1)
    [hint] = heard(case, early, around()).posts
    assert (hint.only, hint.text) == (DANA.id, words.CLAIM_FIRST)
    later = replace(early, position=early.position + 2)
    assert heard(case, later, around()).posts[0].place == DESK
