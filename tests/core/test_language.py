"""The language of a short message: told where it is clear, and never guessed."""

from __future__ import annotations

import pytest

from core.language import NAMES, language_of, languages_of
from tests.core.language_messages import messages


def test_no_english_message_is_taken_for_another_language() -> None:
    """That would cost a needless translation; and what nobody can tell is not told."""
    wrong = {text: language_of(text) for told, text in messages() if told in {"", "en"}}
    assert not {text for text, language in wrong.items() if language not in {"", "en"}}
    assert not {text for told, text in messages() if not told and language_of(text)}


def test_most_messages_are_told_and_hardly_one_wrongly() -> None:
    told = [(language, language_of(text)) for language, text in messages()]
    assert sum(language == found for language, found in told) >= 0.93 * len(told)
    assert sum(found not in {"", language} for language, found in told) <= 1
    assert {language for language, _ in told} - {""} == set(NAMES)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("wo ist meine bestelung??", "de"),
        ("Jai pas recu mon colis", "fr"),
        ("¿y para estudiantes?", "es"),
        ("e para estudantes?", "pt"),
        ("センサーがオフラインです", "ja"),
        ("注文48213-Xが届きません", "ja"),
        ('it says "Verbindung fehlgeschlagen", what does that mean?', "en"),
        ("`for die in das: von(der)` what is wrong here", "en"),
        ("I'd like to change it, https://example.org/de/konto/aendern fails", "en"),
        ("", ""),
    ],
)
def test_what_is_quoted_code_and_addresses_say_nothing(text: str, language: str) -> None:
    assert language_of(text) == language


def test_where_the_words_of_now_are_not_clear_the_newest_clear_ones_before_them_count() -> None:
    before = ["Where is my parcel?", "Wo ist mein Paket?", "ok"]
    assert language_of("48213-X", before) == "de"
    assert language_of("thank you very much", before) == "en"
    assert language_of("48213-X", ["ok"]) == ""


def test_a_folder_may_be_in_two_languages_but_one_stray_article_is_none_of_them() -> None:
    german, english = "Sie können Ihren Tarif jederzeit ändern.", "You can change your plan at any time."
    assert languages_of([german, english, english]) == ("en", "de")
    assert languages_of([german, *[english] * 9]) == ("en",)
    assert languages_of(["E-104", "48213"]) == ()


@pytest.mark.parametrize(
    "question", ["plus plan", "studio plan limits", "app crash", "app login", "error 500", "comment field"]
)
def test_short_english_is_not_taken_for_another_language(question: str) -> None:
    assert language_of(question) in {"", "en"}
