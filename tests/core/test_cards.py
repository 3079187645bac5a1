"""A case's card: read in five seconds, kept up to date in place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import cards, words
from core.markdown import unescape
from core.messages import Author, CaseState, Press, Reason, Role
from core.phrases import ENGLISH
from core.policy import DEFAULT_POLICY
from tests.builders import ANN, BEN, DANA, TEAM, case_of, moment, stored, turn_of

NOW = moment("2026-11-23 10:00")
SAID = [stored("Where is it?", turn=1), stored("In *Oslo*.\n\nOr Bergen.", role=Role.ASSISTANT, turn=1)]


def test_the_body_tells_who_where_why_what_and_what_the_bot_said() -> None:
    case = replace(case_of(reason=Reason.SENSITIVE, question="Is it *gone*?\nReally?"), subject="loss_report")
    assert cards.body(turn_of("?", history=SAID), case, "#help", "https://x.example/1", "Dana") == (
        "**Ann** in \\#help needs a person: a sensitive subject (loss\\_report).\n"
        "> Is it \\*gone\\*?\n> Really?\n\n"
        "The bot said: In Oslo. Or Bergen.\n\n"
        "Dana helped them before, less than a day ago.\n\n"
        "[Open the conversation](https://x.example/1)"
    )


def test_what_there_is_not_is_not_told() -> None:
    case = case_of(reason=Reason.UPSET, customer=Author("stub:u1"))
    assert cards.body(turn_of("?"), case, "a DM", "", "") == (
        "**stub:u1** in a DM needs a person: the customer is upset.\n> Can I pay in gold?"
    )


def test_a_very_long_question_is_cut() -> None:
    text = cards.body(turn_of("?"), case_of(question="word " * 1_000), "#help", "", "")
    assert len(text) < 700
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("state", "says", "presses"),
    [
        (CaseState.WAITING, "**Waiting since 23 Nov 10:00 UTC.**", "claim resolve give_back"),
        (CaseState.CLAIMED, "**Claimed by D\\*na**, 23 Nov 10:00 UTC.", "take_over resolve give_back"),
        (CaseState.RESOLVED, "Resolved by D\\*na in 10 minutes, 23 Nov 10:00 UTC.", "reopen"),
        (CaseState.CANCELLED, "Closed without an answer, 23 Nov 10:00 UTC.", "reopen"),
    ],
)
def test_the_card_tells_where_the_case_stands_and_what_can_be_done(
    state: CaseState, says: str, presses: str
) -> None:
    dana = Author("stub:dana", "D*na")
    case = replace(case_of(state, ping="p", owner=dana, since=NOW), opened_at=NOW - 600)
    [edit] = cards.update(case, DEFAULT_POLICY)
    assert (edit.edits, edit.place, edit.mention) == ("p", TEAM, "")
    assert edit.text == f"{case.body}\n\n{says}"
    assert [button.press for button in edit.buttons] == [Press(name) for name in presses.split()]
    assert {button.about for button in edit.buttons} == {case.key}


def test_without_a_card_there_is_nothing_to_bring_up_to_date() -> None:
    assert cards.update(case_of(CaseState.WAITING), DEFAULT_POLICY) == ()
    assert cards.below(case_of(CaseState.WAITING), "Hello.", 2_000) == []


def test_the_transcript_is_what_was_said_newest_last_each_cut() -> None:
    turn = turn_of("Hello?\n> quoted", history=[*SAID, stored("x " * 2_000, turn=2)])
    text = "\n\n".join(post.text for post in cards.transcript(turn, case_of(ping="p"), 2_000))
    assert text.startswith(words.TRANSCRIPT)
    assert "**Bot:** In Oslo." in text
    assert text.endswith("**Ann:** Hello?\n\\> quoted")
    assert len(text) < 2_000


def test_a_link_of_the_bot_is_not_cut_in_its_middle() -> None:
    source = "*From [The *long* way_home](https://x.example/way).*"
    turn = turn_of("?", history=[stored(f"{'x ' * 232}\n\n{source}", role=Role.ASSISTANT, turn=1)])
    [post] = cards.transcript(turn, case_of(ping="p"), 2_000)
    assert "](" not in unescape(post.text)
    assert "*From" not in unescape(post.text)


def test_a_long_transcript_comes_in_parts_and_only_of_the_newest() -> None:
    history = [stored(f"Number {number}. " + "word " * 40, turn=number) for number in range(100)]
    posts = cards.transcript(turn_of("Now.", history=history), case_of(ping="p"), 1_000)
    assert len(posts) > 2
    assert all(len(post.text) <= 1_000 and post.under == "p" for post in posts)
    text = "\n\n".join(post.text for post in posts)
    assert "Number 99." in text
    assert "Number 10." not in text


# --- the question ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [Reason.ASKED_FOR_PERSON, Reason.UNHELPED, Reason.UPSET])
def test_a_bare_request_is_told_with_what_was_asked_before(reason: Reason) -> None:
    turn = turn_of("agent", history=SAID)
    assert cards.question(turn, reason, ["agent"]) == "Where is it?\n\nagent"


def test_a_request_that_says_what_it_is_about_needs_nothing_from_before() -> None:
    text = "I'd like to talk to a person.\n\nMy sensor is broken."
    turn = turn_of(text, history=SAID)
    assert cards.question(turn, Reason.ASKED_FOR_PERSON, [text]) == text


def test_what_a_button_or_a_command_says_is_not_told_as_the_customers_words() -> None:
    wish = ENGLISH.wants_person
    about = cards.body(turn_of("?"), case_of(question=f"{wish}\n\nMy sensor is broken."), "a DM", "", "")
    assert about.endswith("\n> My sensor is broken.")
    bare = cards.body(turn_of("?"), case_of(reason=Reason.ASKED_FOR_PERSON, question=wish), "a DM", "", "")
    assert bare == "**Ann** in a DM needs a person: asked for a person."
    assert cards.transcribed(Role.CUSTOMER, wish) == words.ASKED_FOR_PERSON
    assert (
        cards.transcribed(Role.CUSTOMER, f"{wish}\n\nIt *beeps*.") == "(asked for a person) It \\*beeps\\*."
    )
    assert cards.transcribed(Role.CUSTOMER, "I want a person.") == "I want a person."


def test_a_question_of_its_own_stands_alone() -> None:
    turn = turn_of("Can I pay in gold?", history=SAID)
    assert cards.question(turn, Reason.NOT_IN_ARTICLES, ["Can I pay in gold?"]) == "Can I pay in gold?"


def test_what_others_asked_is_not_the_customers_question() -> None:
    bens = [stored("How are you?", author=BEN, turn=1)]
    assert cards.question(turn_of("agent", history=bens), Reason.ASKED_FOR_PERSON, ["agent"]) == "agent"


@pytest.mark.parametrize("small", ["no", "No, thanks", "thanks!", "hello"])
def test_the_answer_to_an_offer_is_not_what_was_asked(small: str) -> None:
    history = [*SAID, stored(small, turn=2), stored(ENGLISH.declined, role=Role.ASSISTANT, turn=2)]
    turn = turn_of("agent", history=history)
    assert cards.question(turn, Reason.ASKED_FOR_PERSON, ["agent"]) == "Where is it?\n\nagent"


def test_names_and_people_in_a_card_ping_nobody() -> None:
    eve = Author("stub:eve", "<!channel> @everyone")
    text = cards.body(turn_of("<!here>"), case_of(customer=eve, question="<!here>"), "#help", "", DANA.name)
    assert "<!" not in text.replace("\\<", "")
    assert ANN.name not in text
