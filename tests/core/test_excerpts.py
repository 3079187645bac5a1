"""A long passage is shortened to what answers; lists, tables and code stay readable."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.excerpts import LEFT_OUT, shortened
from tests.core.test_splitting import open_fence

FILLER = "Plants like light and air and a calm place by the window."
MONEY = "The money goes back to your card."


def filled(*parts: str, between: int = 5) -> str:
    """Return a paragraph in which each part stands among other sentences."""
    return " ".join(f"{part} {' '.join([FILLER] * between)}" for part in parts).strip()


def test_a_short_passage_stays_whole() -> None:
    text = f"{FILLER}\n\n- one\n- two\n\n{MONEY}"
    assert shortened(text, "What about money?") == text


def test_of_a_long_one_the_sentences_that_answer_are_shown_with_those_beside_them() -> None:
    text = filled("Parcels leave on Monday.", MONEY, "Write to us.")
    assert shortened(text, "Which cards get the money?", 30) == f"{LEFT_OUT} {FILLER} {MONEY} {LEFT_OUT}"
    assert (
        shortened(text, "Which cards get the money?", 40)
        == f"{LEFT_OUT} {FILLER} {MONEY} {FILLER} {LEFT_OUT}"
    )


def test_what_takes_something_back_stays_with_what_it_takes_back() -> None:
    paragraph = filled(f"{MONEY} Only Plus has this. Not on Sundays.", "Write to us.", between=8)
    assert "card. Only Plus has this. Not on Sundays." in shortened(paragraph, "Where does the money go?", 20)
    blocks = f"{filled('Parcels leave on Monday.')}\n\n{MONEY}\n\nExceptions: gold and silver."
    assert shortened(blocks, "Where does the money go?", 20).endswith(
        "your card. Exceptions: gold and silver."
    )
    steps = (
        f"{filled('Parcels leave on Monday.')}\n\n1. Open money.\n2. Press Delete.\n\nNote: it is gone then."
    )
    assert shortened(steps, "Delete money?", 20).endswith("2. Press Delete.\n\nNote: it is gone then.")


def test_where_no_word_fits_the_beginning_is_shown() -> None:
    shown = shortened(filled(MONEY, "Write to us."), "xyzzy", 20)
    assert shown == f"{MONEY} {FILLER} {LEFT_OUT}"


@pytest.mark.parametrize(
    "condition", ["But it takes a week.", "In that case we pay.", "Unless you paid cash.", "Sonst nicht."]
)
def test_a_sentence_that_leans_on_the_one_before_stays_with_it(condition: str) -> None:
    text = filled("Parcels leave on Monday.", f"{MONEY} {condition}", "Write to us.")
    assert f"{MONEY} {condition}" in shortened(text, "money?", 8)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_steps_of_a_list_stay_together_with_what_leads_to_them(gap: str) -> None:
    steps = gap.join(["1. Open **Orders**.", "2. Choose the order.", "   Any will do.", "3. Print the form."])
    steps = f"To return it:\n\n{steps}"
    text = f"{filled('Hello.')}\n\n{steps}\n\n{filled('Bye.')}"
    assert shortened(text, "Where do I print it?", 20) == f"{LEFT_OUT}\n\n{steps}\n\n{LEFT_OUT}"


def test_of_a_table_the_rows_that_match_are_shown_below_its_head() -> None:
    rows = [f"| Country{number} | {number} days of waiting for a parcel to come |" for number in range(30)]
    head = "Shipping takes:\n\n| To | Takes |\n| --- | --- |"
    text = "\n".join([head, *rows, "| Norway | 12 days |"])
    assert shortened(text, "How long to Norway?", 20) == f"{head}\n| Norway | 12 days |\n\n{LEFT_OUT}"


def test_code_quotations_and_emphasis_are_not_cut() -> None:
    code = "```\n" + "run this. Then that.\n\n" * 20 + "```"
    assert shortened(f"{filled('Hello.')}\n\nDo this:\n\n{code}", "run", 20).endswith(f"Do this:\n\n{code}")
    assert open_fence(shortened(f"Do this:\n\n```\n{FILLER * 50}", "light")) == ""
    bold = "**Never do this. Never do that either.** Really."
    assert bold[:40] in shortened(filled("Hello.", bold, "Bye."), "either", 10)
    cited = f"> {FILLER} {MONEY}"
    assert cited in shortened(f"{filled('Hello.')}\n\n{cited}\n\n{filled('Bye.')}", "money", 10)


@pytest.mark.parametrize(
    "whole", ["It costs 3.50 e.g. for J. Smith at 5 p.m. today", "See example.org/a.b and **A.** it"]
)
def test_a_full_stop_within_a_sentence_does_not_end_it(whole: str) -> None:
    assert whole in shortened(filled("Hello.", f"{whole}.", "Bye."), whole, 10)


def test_text_without_spaces_is_shortened_too() -> None:
    text = "植物は光が好きです。" * 30 + "返金は五営業日以内に行われます。" + "植物は光が好きです。" * 30
    shown = shortened(text, "返金はいつですか", 20)
    assert "返金は五営業日以内に行われます。" in shown
    assert len(shown) < 80


_PIECES = [
    "Refunds take. ",
    "But not here! ",
    "\n",
    "\n\n",
    "- item\n",
    "1. step\n",
    "| a | b |\n",
    "| - | - |\n",
    "```\n",
    "> ",
    "*",
    "(e.g. ",
    ": ",
]


@given(
    text=st.lists(st.sampled_from(_PIECES), max_size=40).map("".join), question=st.sampled_from(["step", ""])
)
@settings(max_examples=60, deadline=None)
def test_nothing_is_said_that_the_passage_does_not_say_and_no_code_is_left_open(
    text: str, question: str
) -> None:
    shown = shortened(text, question, 6)
    rest = iter(text.replace("```", " ").split())
    assert all(word in rest for word in shown.replace("```", " ").replace(LEFT_OUT, " ").split())
    assert open_fence(shown) == ""
