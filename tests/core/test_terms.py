"""Articles and questions come to the same terms, in whatever script and however they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.knowledge.terms import MAX_LETTERS, terms_of, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Refunding refunds", "refund refunded"),
        ("Tarifübersicht", "TARIFUBERSICHT"),
        ("Straße", "STRASSE"),
        ("ＴＡＲＩＦ ガイド", "tarif ｶﾞｲﾄﾞ"),
        ("cœur", "coeur"),
        ("Łódź smørrebrød", "lodz smorrebrod"),
        ("e\u0301te\u0301", "été"),
        ("שָׁלוֹם", "שלום"),
        ("don’t", "don't"),
    ],
)
def test_what_is_typed_in_another_way_is_the_same(one: str, other: str) -> None:
    assert terms_of(one) == terms_of(other) != []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("退款需要时间？", ["退款", "款需", "需要", "要时", "时间"]),
        ("Wi-Fiの設定", ["wi", "fi", "の設", "設定"]),
        ("한국어", ["한국", "국어"]),
        ("款", ["款"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("snake_case 5 € ½", ["snake", "case", "5", "1", "2"]),
        ("?!… \0 _ 🪴", []),
        ("x" * 1_000, ["x" * MAX_LETTERS]),
    ],
)
def test_words_are_told_apart_in_every_script(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text(st.characters(), max_size=80))
def test_nothing_of_a_text_but_letters_and_digits_becomes_a_term(text: str) -> None:
    for word in words_of(text):
        assert 0 < len(word) <= MAX_LETTERS
        assert not any(mark in word for mark in " \0\"'*():^{}\\")
        assert word.encode()
