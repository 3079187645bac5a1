"""What is looked for, what counts, and whether it answers: decisions over plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.knowledge.follow_ups import leans
from core.knowledge.query import Query, Said, Wanted, understood
from core.knowledge.ranking import FOLLOWING, Candidate, ranked
from core.knowledge.synonyms import WrongSynonyms, parse_synonyms
from core.knowledge.terms import words_of
from core.messages import Findings, Passage


@dataclass(frozen=True)
class Words:
    """A lexicon: how many passages hold each term, of so many."""

    held: dict[str, int] = field(default_factory=dict)
    size: int = 100

    def frequency(self, term: str) -> int:
        return self.held.get(term, 0)

    def like(self, word: str) -> Iterable[str]:
        return [known for known in self.held if known[0] == word[0]]


WORDS = Words({"refund": 5, "plan": 20, "student": 2, "sensor": 80, "cancel": 4})


def passage(name: str) -> Passage:
    """`refunds` is an article's only passage, `refunds#2` another one of it."""
    article, _, number = name.partition("#")
    return Passage(f"{article}.md#{number or 1}", f"{article}.md", name, "", name)


def test_the_question_counts_most_then_the_one_before_it_and_our_reply_a_little() -> None:
    earlier = [
        Said("Tell me about refunds"),
        Said("They take five days.", ours=True),
        Said("and the sensor?"),
        Said("A sensor is returned with its plan.", ours=True),
    ]
    query = understood("and for students?", earlier, WORDS)
    assert query.terms == {"student": 1.0, "sensor": 0.5, "refund": 0.25, "plan": 0.1}
    assert query.texts == ("and for students?", "and the sensor? and for students?")


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("How do I cancel my plan?", {"cancel", "plan"}),
        ("Wie kann ich die Kündigung widerrufen?", {"kundigung", "widerrufen"}),
        ("Comment puis-je résilier l'abonnement ?", {"pui", "resili", "abonn"}),
        ("¿Cómo puedo cancelar mi suscripción?", {"cancelar", "suscripcion"}),
        ("Como posso cancelar a minha assinatura?", {"cancelar", "assinatura"}),
        ("Where do I enter the MIT order of my son?", {"enter", "mit", "order", "son"}),
    ],
)
def test_function_words_are_those_of_the_question_s_language(question: str, terms: set[str]) -> None:
    assert set(understood(question, [], Words()).terms) == terms


def test_before_a_question_that_stands_on_its_own_less_counts_than_before_one_that_goes_on() -> None:
    earlier = [Said("Do students get a refund?"), Said("Not on that plan.", ours=True)]
    alone = understood("Can I cancel?", earlier, WORDS).terms
    going_on = understood("Can I cancel it?", earlier, WORDS).terms
    assert alone["cancel"] == going_on["cancel"] == 1.0
    assert 0 < alone["refund"] < going_on["refund"]
    assert 0 < alone["plan"] < going_on["plan"]


@pytest.mark.parametrize(
    ("question", "goes_on"),
    [
        ("And for students?", True),
        ("What about Norway?", True),
        ("How long does it take?", True),
        ("Und für Studenten?", True),
        ("What is the warranty?", False),
        ("Wie lange dauert der Versand?", False),
        ("", False),
    ],
)
def test_what_goes_on_from_what_was_said(question: str, goes_on: bool) -> None:
    assert leans(words_of(question)) is goes_on


def test_what_stands_alone_is_embedded_once() -> None:
    assert understood("refunds?", [], WORDS).texts == ("refunds?",)
    assert understood(" ", [], WORDS).texts == ()


def test_a_term_that_is_said_again_keeps_its_highest_weight() -> None:
    earlier = [Said("plan"), Said("The plan.", ours=True)]
    assert understood("cancel plan", earlier, WORDS).terms == {"cancel": 1.0, "plan": 1.0}


def test_of_a_reply_only_words_that_articles_hold_are_looked_for() -> None:
    assert understood("and unheard", [Said("Plan gobbledygook", ours=True)], WORDS).terms == {
        "unheard": 1.0,
        "plan": 0.1,
    }


def test_a_word_of_the_table_of_synonyms_is_not_taken_for_a_mistake() -> None:
    words = Words({"plant": 3})
    synonyms = parse_synonyms('same = [["plans", "tariff"]]')
    assert understood("plans", [], words).terms == {"plant": 1.0}
    assert understood("plans", [], words, synonyms).terms == {"plan": 1.0, "tariff": 1.0}


def test_a_synonym_counts_half_beside_a_word_of_the_articles_and_fully_in_place_of_a_strange_one() -> None:
    synonyms = parse_synonyms('same = [["cancel", "terminate"]]')
    assert understood("cancel", [], WORDS, synonyms).terms == {"cancel": 1.0, "termin": 0.5}
    assert understood("terminate", [], WORDS, synonyms).terms == {"termin": 1.0, "cancel": 1.0}


def test_a_phrase_is_understood_though_it_holds_function_words() -> None:
    synonyms = parse_synonyms('same = [["login", "sign in"]]')
    assert understood("I can't sign in", [], Words({"sign": 3}), synonyms).terms == {
        "sign": 1.0,
        "login": 0.5,
    }
    assert understood("login", [], WORDS, synonyms).terms == {"login": 1.0}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("same = [", "not valid TOML"),
        ("words = []", "`words` is not known"),
        ('same = "end"', "must be a list of groups"),
        ('same = ["end", "stop"]', "group 1"),
        ('same = [["end", "stop"], ["refund"]]', "group 2 of `same` needs two words"),
        ('same = [["end", "?"]]', "none of them empty"),
    ],
)
def test_what_is_wrong_in_the_table_of_synonyms_is_told(text: str, told: str) -> None:
    with pytest.raises(WrongSynonyms, match=told):
        parse_synonyms(text)


def test_each_word_of_a_group_stands_for_the_others() -> None:
    synonyms = parse_synonyms('same = [["end", "stop", "give up"], ["stop", "halt"]]')
    assert synonyms == {
        ("end",): ("stop",),
        ("stop",): ("end", "halt"),
        ("give", "up"): ("end", "stop"),
        ("halt",): ("stop",),
    }


def test_no_synonyms_are_needed() -> None:
    assert parse_synonyms("") == {}


ASKED = Query((Wanted("refund", 1.0),), ("refund",))


def result(*signals: tuple[str, float, float | None], query: Query = ASKED, limit: int = 10) -> Findings:
    candidates = [Candidate(passage(name), words, cosine) for name, words, cosine in signals]
    return ranked(query, candidates, WORDS, limit)


def order(findings: Findings) -> list[str]:
    return [found.passage.title for found in findings.found]


def test_words_and_meaning_both_count() -> None:
    findings = result(("words", 8.0, 0.1), ("meaning", 0.0, 0.5), ("both", 8.0, 0.5), ("neither", 0.0, 0.1))
    assert order(findings) == ["both", "words", "meaning", "neither"]


def test_without_vectors_words_decide() -> None:
    assert order(result(("less", 2.0, None), ("more", 4.0, None))) == ["more", "less"]


def test_until_most_vectors_are_made_words_decide_and_then_a_missing_one_counts_as_usual() -> None:
    assert order(result(("new", 2.0, None), ("newer", 3.0, None), ("far", 1.0, 0.9))) == [
        "newer",
        "new",
        "far",
    ]
    findings = result(("new", 4.0, None), ("near", 4.0, 0.8), ("far", 4.0, 0.2))
    assert order(findings) == ["near", "new", "far"]


def test_equals_come_in_the_order_of_their_ids_and_no_more_than_asked_for() -> None:
    assert order(result(("b", 2.0, None), ("a", 2.0, None), ("c", 2.0, None), limit=2)) == ["a", "b"]


def test_one_article_leaves_room_for_others_and_fills_what_they_leave() -> None:
    long = [(f"long#{number}", 9.0 - number, None) for number in range(1, 7)]
    found = result(*long, ("short", 1.0, None), limit=5)
    assert order(found) == ["long#1", "long#2", "long#3", "long#4", "short"]
    assert len(result(*long, limit=5).found) == 5


def test_what_stands_out_is_deemed_an_answer_and_what_looks_like_all_others_is_not() -> None:
    crowd = [(f"other{number}", 2.0, 0.3) for number in range(FOLLOWING)]
    assert result(("it", 2.0, 0.3), *crowd).usable == ()
    stands_out = result(("it", 8.0, 0.6), *crowd)
    assert [found.passage.title for found in stands_out.usable] == ["it"]
    assert stands_out.answerable > 0.9


def test_words_that_no_article_holds_speak_against_an_answer() -> None:
    also_strange = Query((Wanted("refund", 1.0), Wanted("unicorn", 1.0), Wanted("bitcoin", 1.0)), ("…",))
    assert result(("it", 8.0, 0.5), query=also_strange).answerable < result(("it", 8.0, 0.5)).answerable


def test_a_strange_word_with_a_synonym_does_not_speak_against_it() -> None:
    strange = Query((Wanted("reimburse", 1.0),), ("…",))
    with_synonym = Query((Wanted("reimburse", 1.0, ("refund",)),), ("…",))
    assert (
        result(("it", 4.0, 0.5), query=strange).answerable
        < result(("it", 4.0, 0.5), query=with_synonym).answerable
    )


@pytest.mark.parametrize(
    ("question", "earlier", "text", "usable"),
    [
        # All that is asked for is there.
        ("Refunds?", [], "refund of a sensor", True),
        # Two words in common, the rarest among them.
        ("Can a student cancel the plan?", [], "a student may cancel", True),
        # Two, but what the question turns on is not there.
        ("Can a student cancel the plan?", [], "cancel a plan", False),
        # One of three is chance.
        ("Can a student cancel the plan?", [], "a student has a sensor", False),
        # The words of the question before do not make an answer to this one, but they help.
        ("Is gold accepted?", ["How do refunds work?"], "refund of a sensor", False),
        ("And the sensor plan?", ["Can a student cancel?"], "a student may cancel", False),
        ("And for a student's plan?", ["How do I cancel?"], "a student may cancel", True),
    ],
)
def test_by_words_alone_too_little_in_common_is_chance(
    question: str, earlier: list[str], text: str, usable: bool
) -> None:
    query = understood(question, [Said(one) for one in earlier], WORDS)
    assert bool(ranked(query, [Candidate(passage(text), 20.0)], WORDS, 10).usable) is usable
    assert ranked(query, [Candidate(passage(text), 20.0, 0.9)], WORDS, 10).usable  # meaning tells more


def test_nothing_found_answers_nothing() -> None:
    assert result() == Findings()
    assert result(("it", 0.0, None)).answerable == 0.0


def test_the_threshold_decides_what_may_be_used() -> None:
    candidates = [Candidate(passage("it"), 3.0, 0.4)]
    likely = ranked(ASKED, candidates, WORDS, 10).answerable
    assert ranked(ASKED, candidates, WORDS, 10, threshold=likely).usable
    assert not ranked(ASKED, candidates, WORDS, 10, threshold=likely + 0.001).usable


SIGNALS = st.tuples(st.floats(0, 100), st.none() | st.floats(-1, 1))


@given(st.lists(SIGNALS, max_size=60), st.integers(0, 70))
def test_scores_stay_between_0_and_1_and_fall(signals: list[tuple[float, float | None]], limit: int) -> None:
    found = result(*((f"{n:02}", words, cosine) for n, (words, cosine) in enumerate(signals)), limit=limit)
    scores = [one.score for one in found.found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in [*scores, found.answerable])
    assert [one.used for one in found.found] == sorted((one.used for one in found.found), reverse=True)
    assert bool(found.usable) <= (found.answerable > 0)
