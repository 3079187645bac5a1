"""Search finds what is meant, and takes whatever people write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.knowledge.articles import parse
from core.knowledge.index import Index
from core.knowledge.words import content_words, corrected
from core.messages import Findings

ROOT = Path(__file__).parents[2]
CENTRE = {
    "refunds.md": "# Refunds\n\n## How long do refunds take?\n\nRefunds reach your bank in five days.",
    "plans.md": "# Plans\n\n## What does the studio plan cost?\n\nStudio costs twelve dollars.\n\n"
    "## What does the student plan cost?\n\nStudents pay half of the price.",
    "sensors.md": "# Sensors\n\n## Why is my sensor offline?\n\nReplace the batteries of the sensor.",
    "export.md": "# Export\n\n## Can I export readings?\n\nDownload the readings as a table.",
}


def index_of(articles: dict[str, str]) -> Index:
    index = Index()
    for path, text in articles.items():
        index.add(parse(path, text))
    return index


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    index = index_of(CENTRE)
    yield index
    index.close()


def best(findings: Findings) -> str:
    return findings.found[0].passage.id if findings.found else ""


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("How long do refunds take?", "refunds.md#1"),
        ("how long does a refund take", "refunds.md#1"),
        ("REFUNDS???", "refunds.md#1"),
        ("hwo lnog do refudns take", "refunds.md#1"),
        ("sensro ofline", "sensors.md#1"),
        ("bateries of my snesor", "sensors.md#1"),
        ("exporting the readings", "export.md#1"),
        ("What does the studio plan cost", "plans.md#1"),
        ("what does the student plan cost", "plans.md#2"),
    ],
)
def test_a_question_finds_its_passage_also_mistyped(question: str, passage: str, index: Index) -> None:
    findings = index.search(question)
    assert best(findings) == passage
    assert findings.found[0].used


@pytest.mark.parametrize(
    "question",
    [
        "Do you sell umbrellas?",
        "what is the weather like",
        "Who won the football match?",
        "xyzzy",
        "the of and",
    ],
)
def test_what_no_article_tells_is_not_deemed_answerable(question: str, index: Index) -> None:
    assert index.search(question).usable == ()


def test_stop_words_do_not_count_beside_others() -> None:
    assert content_words("Could you please tell me about the refunds") == ["refunds"]
    assert content_words("who are you") == ["who", "are", "you"]


def test_only_mistyped_words_are_corrected() -> None:
    vocabulary = {"refund", "battery", "plan"}
    assert corrected(["refnud", "batterry", "plan", "xyzzy", "teh", "pln"], vocabulary) == [
        "refund",
        "battery",
        "plan",
        "xyzzy",
        "pln",
    ]


def test_a_follow_up_is_understood_with_what_was_asked_before(index: Index) -> None:
    earlier = ["What does the studio plan cost?"]
    assert best(index.search("And for students?", earlier)) == "plans.md#2"
    assert best(index.search("xyzzy?", earlier)) == "plans.md#1"
    assert index.search("xyzzy?").found == ()


def test_only_the_last_three_questions_count(index: Index) -> None:
    long_ago = ["How long do refunds take?", *["Do you sell umbrellas?"] * 3]
    assert best(index.search("xyzzy?", long_ago[:3])) == "refunds.md#1"
    assert index.search("xyzzy?", long_ago).found == ()


def test_an_earlier_question_does_not_outweigh_the_present_one(index: Index) -> None:
    assert best(index.search("Why is my sensor offline?", ["How long do refunds take?"])) == "sensors.md#1"


def test_the_best_come_first_and_no_more_than_were_asked_for(index: Index) -> None:
    findings = index.search("plan cost sensor refunds", limit=2)
    scores = [found.score for found in findings.found]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)


def test_equal_passages_come_in_the_same_order_whatever_was_edited_in_between() -> None:
    twins = {f"{name}.md": "Refunds take five days." for name in "abcd"}
    index = index_of(twins)
    before = [found.passage.id for found in index.search("refunds").found]
    assert before == [found.passage.id for found in index.search("refunds").found]
    index.remove("b.md")
    index.add(parse("b.md", twins["b.md"]))
    assert [found.passage.id for found in index.search("refunds").found] == before
    index.close()


def test_removed_articles_leave_no_words_behind() -> None:
    index = index_of(CENTRE)
    index.remove("sensors.md")
    index.remove("never-there.md")
    assert index.search("sensor batteries").found == ()
    index.add(parse("sensors.md", CENTRE["sensors.md"]))
    assert best(index.search("sensor batteries")) == "sensors.md#1"
    index.close()


NASTY = [
    "",
    " ",
    "?!…",
    "\0",
    "refunds\0plans",
    'refunds" OR "plans',
    "refunds AND NOT (plans OR",
    "title:refunds* NEAR(a b, 3) ^x - +",
    "'; DROP TABLE passages; --",
    "{title heading} : refunds",
    "_ __ ___",
    "²³¹ ½ ⅷ ٣٤",
    "🪴🌱👩‍🌾 🏳️‍🌈",
    "שלום עולם مرحبا بالعالم",
    "\u202etxet desrever\u202c",
    "退款需要多长时间？",
    "İstanbul ſtraße Straße ﬁsh",
    "e\u0301\u0301\u0301\u0301",
    "\ud83d half of an emoji",
    "a" * 10_000,
    "refunds " * 1_250,
    " ".join(f"word{number}" for number in range(1_500)),
    "\U0001d400\U0001d401\U0001d402",
]


@pytest.mark.parametrize("question", NASTY, ids=range(len(NASTY)))
def test_whatever_people_write_is_searched_for(question: str, index: Index) -> None:
    for findings in (index.search(question), index.search("and?", [question])):
        assert 0 <= findings.answerable <= 1
        assert all(0 <= found.score <= 1 for found in findings.found)


ANY = st.text(st.characters(), max_size=60)
SYNTAX = st.text(alphabet="refundsplan\"'*():^-+{}\\_\0;,. ANDORNOT²é🪴ש", max_size=40)


@given(ANY | SYNTAX, st.lists(ANY | SYNTAX, max_size=4))
def test_no_question_ever_raises_and_the_same_one_finds_the_same(question: str, earlier: list[str]) -> None:
    findings = SHARED.search(question, earlier)
    assert 0 <= findings.answerable <= 1
    assert bool(findings.usable) <= bool(findings.answerable > 0)
    assert SHARED.search(question, earlier) == findings


SHARED = index_of(CENTRE)


def test_the_sample_help_centre_answers_its_own_headings() -> None:
    index = Index()
    folder = ROOT / "knowledge" / "articles"
    articles = [parse(p.name, p.read_text()) for p in sorted(folder.rglob("*.*")) if p.is_file()]
    for article in articles:
        index.add(article)
    headings = {p.heading: a.path for a in articles for p in a.passages if p.heading.endswith("?")}
    assert len(headings) > 20
    wrong = {h for h, path in headings.items() if index.search(h).usable[:1] == ()}
    assert wrong == set()
    index.close()


def test_a_mistyped_function_word_is_not_looked_for() -> None:
    vocabulary = {"where", "parcel", "the"}
    assert corrected(["wher", "parcle"], vocabulary) == ["parcel"]
    assert corrected(["hwo", "parcel"], vocabulary) == ["parcel"]
    assert corrected(["wher"], vocabulary) == ["wher"]
