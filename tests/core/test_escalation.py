"""Who asks for a person gets one; who only speaks of people does not. In every language with a table."""

from __future__ import annotations

import pytest

from core.escalation import Cue, cues
from tests.core.escalation_sentences import LANGUAGES, kinds, sentences

# Whether somebody is in a temper is beside the point of what they ask for.
MOODS = {Cue.UPSET, Cue.UNHELPED}


@pytest.mark.parametrize("text", sentences("person"))
def test_these_ask_for_a_person(text: str) -> None:
    assert cues(text) - MOODS == {Cue.PERSON}


@pytest.mark.parametrize("text", sentences("bare"))
def test_a_bare_word_asks_a_little(text: str) -> None:
    assert cues(text) - MOODS == {Cue.BARE}


@pytest.mark.parametrize("text", sentences("passing"))
def test_people_in_passing_are_not_asked_for(text: str) -> None:
    assert cues(text) == frozenset()


@pytest.mark.parametrize("text", sentences("silent"))
def test_most_messages_say_nothing_about_it(text: str) -> None:
    assert cues(text) == frozenset()


@pytest.mark.parametrize("text", sentences("bot"))
def test_who_is_writing_is_no_request_for_a_person(text: str) -> None:
    assert cues(text) == {Cue.BOT}


@pytest.mark.parametrize("text", sentences("upset"))
def test_these_are_upset(text: str) -> None:
    assert Cue.UPSET in cues(text)


@pytest.mark.parametrize("text", sentences("unhelped"))
def test_these_were_not_helped(text: str) -> None:
    assert Cue.UNHELPED in cues(text)


@pytest.mark.parametrize("text", sentences("stop"))
def test_these_silence_the_bot(text: str) -> None:
    assert cues(text) == {Cue.STOP}


@pytest.mark.parametrize("text", sentences("back"))
def test_these_withdraw_a_request(text: str) -> None:
    assert cues(text) == {Cue.BACK}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_sentences_for_every_cue(language: str) -> None:
    assert {cue.value for cue in Cue} | {"passing"} <= kinds(language)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agent", {Cue.BARE}),
        ("agent!", {Cue.BARE}),
        ("agent!!", {Cue.PERSON}),
        ("agent now", {Cue.PERSON}),
        ("AGENT AGENT AGENT", {Cue.PERSON}),
        ("quickly, an agent", {Cue.PERSON}),
        ("Are you a bot? I want a human", {Cue.PERSON}),
        ("Are you a bot? How do I cancel?", set()),
        ("shut up and get me a human", {Cue.PERSON}),
        ("stop, I want to talk to a person", {Cue.PERSON}),
        ("never mind the bot, get me an agent", {Cue.PERSON}),
        ("This is ridiculous, let me speak to a manager", {Cue.PERSON, Cue.UPSET}),
        ("That didn't help. Agent!", {Cue.PERSON, Cue.UNHELPED}),
        ("I don't need a human, I need the invoice", set()),
        ("I spoke to an agent yesterday. Now connect me to a supervisor.", {Cue.PERSON}),
    ],
)
def test_the_clearest_cue_counts(text: str, said: set[Cue]) -> None:
    assert cues(text) == said


@pytest.mark.parametrize(
    "text",
    ["THE NEW API KEY", "SHIPPED WITH DHL AND UPS!", "PDF, CSV, XML, JSON work, which formats are left?!!"],
)
def test_capitals_alone_are_no_shout(text: str) -> None:
    assert cues(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "> I want to talk to a human\nthe invoice is in the app",
        "  > connect me to an agent",
        "```\nget me a human\n```\nthis line is in the log",
        "```unclosed\nget me a human",
        'what does "talk to an agent" in the menu do',
        "was bedeutet „mit einem Mitarbeiter sprechen“ im Menü",
        "what is at https://example.com/talk-to-a-human",
    ],
)
def test_what_others_said_does_not_count(text: str) -> None:
    assert cues(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "> the invoice is in the app\nI want to talk to a human",
        '"operator"',
        "I want to\n talk  to\ta human",
        "I don’t want to talk to a bot",
        "I DONT WANT TO TALK TO A BOT",
        "**human** please",
        "je veux parler à quelqu’un",
        "Ich möchte mit einem Menschen sprechen",
        "Ich mo\u0308chte mit einem Menschen sprechen",
        "オペレーターにつないで下さい",
        "ｵﾍﾟﾚｰﾀｰにつないでください",
    ],
)
def test_spelling_does_not_matter(text: str) -> None:
    assert cues(text) & {Cue.PERSON, Cue.BARE}


@pytest.mark.parametrize(
    "text",
    [
        "die",
        "no",
        "si",
        "agenda",
        "personal",
        "support for dark mode?",
        "humane",
        "ai",
        "bot",
        "email",
        "para 2",
    ],
)
def test_words_of_one_language_do_not_fire_in_another(text: str) -> None:
    assert cues(text) == frozenset()
