"""Search finds what is meant, and takes whatever people write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.knowledge.articles import parse
from core.knowledge.files import Stamp
from core.knowledge.finding import found
from core.knowledge.index import Index
from core.knowledge.query import Said, understood
from core.knowledge.synonyms import NO_SYNONYMS, Synonyms, parse_synonyms
from core.knowledge.words import corrected
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
    index = Index(None)
    with index.writing() as writing:
        for path, text in articles.items():
            writing.put(parse(path, text), Stamp(0, 0, 0))
    return index


def search(
    index: Index,
    question: str,
    earlier: Sequence[str] = (),
    limit: int = 10,
    synonyms: Synonyms = NO_SYNONYMS,
) -> Findings:
    said = [Said(text) for text in earlier]
    return found(index.view, understood(question, said, index.view, synonyms), limit)


@pytest.fixture(scope="module")
def index() -> Index:
    return index_of(CENTRE)


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
    findings = search(index, question)
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
    assert search(index, question).usable == ()


def test_function_words_are_not_looked_for(index: Index) -> None:
    query = understood("Could you please tell me about the refunds", [], index.view)
    assert query.terms == {"refund": 1.0}
    assert understood("who are you", [], index.view).terms == {}


def test_only_mistyped_words_are_corrected() -> None:
    view = index_of({"plan.md": "Refund, battery, plan."}).view
    typed = ["refnud", "batterry", "plans", "xyzzy", "teh", "pln"]
    assert corrected(typed, view) == ["refund", "battery", "plans", "xyzzy", "pln"]
    assert corrected(["planet"], view, known={"planet"}) == ["planet"]


def test_a_follow_up_is_understood_with_what_was_asked_before(index: Index) -> None:
    earlier = ["What does the studio plan cost?"]
    assert best(search(index, "And for students?", earlier)) == "plans.md#2"
    assert best(search(index, "xyzzy?", earlier)) == "plans.md#1"
    assert search(index, "xyzzy?").found == ()


def test_only_the_last_three_questions_count(index: Index) -> None:
    long_ago = ["How long do refunds take?", *["Do you sell umbrellas?"] * 3]
    assert best(search(index, "xyzzy?", long_ago[:3])) == "refunds.md#1"
    assert search(index, "xyzzy?", long_ago).found == ()


def test_an_earlier_question_does_not_outweigh_the_present_one(index: Index) -> None:
    assert best(search(index, "Why is my sensor offline?", ["How long do refunds take?"])) == "sensors.md#1"


def test_the_best_come_first_and_no_more_than_were_asked_for(index: Index) -> None:
    findings = search(index, "plan cost sensor refunds", limit=2)
    scores = [found.score for found in findings.found]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)


def test_equal_passages_come_in_the_same_order_whatever_was_edited_in_between() -> None:
    twins = {f"{name}.md": "Refunds take five days." for name in "abcd"}
    index = index_of(twins)
    before = [found.passage.id for found in search(index, "refunds").found]
    assert before == [found.passage.id for found in search(index, "refunds").found]
    with index.writing() as writing:
        writing.put(parse("b.md", twins["b.md"]), Stamp(1, 0, 0))
    assert [found.passage.id for found in search(index, "refunds").found] == before


def test_removed_articles_leave_no_words_behind() -> None:
    index = index_of(CENTRE)
    with index.writing() as writing:
        writing.remove("sensors.md")
        writing.remove("never-there.md")
    assert search(index, "sensor batteries").found == ()
    with index.writing() as writing:
        writing.put(parse("sensors.md", CENTRE["sensors.md"]), Stamp(1, 0, 0))
    assert best(search(index, "sensor batteries")) == "sensors.md#1"


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
    for findings in (search(index, question), search(index, "and?", [question])):
        assert 0 <= findings.answerable <= 1
        assert all(0 <= found.score <= 1 for found in findings.found)


ANY = st.text(st.characters(), max_size=60)
SYNTAX = st.text(alphabet="refundsplan\"'*():^-+{}\\_\0;,. ANDORNOT²é🪴ש", max_size=40)


@given(ANY | SYNTAX, st.lists(ANY | SYNTAX, max_size=4))
def test_no_question_ever_raises_and_the_same_one_finds_the_same(question: str, earlier: list[str]) -> None:
    findings = search(SHARED, question, earlier)
    assert 0 <= findings.answerable <= 1
    assert bool(findings.usable) <= bool(findings.answerable > 0)
    assert search(SHARED, question, earlier) == findings


SHARED = index_of(CENTRE)


def test_the_sample_help_centre_answers_its_own_headings() -> None:
    folder = ROOT / "knowledge" / "articles"
    texts = {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.*") if p.is_file()}
    index = index_of(texts)
    headings = {p.heading: p.id for p in index.view.every_passage() if p.heading.endswith("?")}
    assert len(headings) > 20
    wrong = {h for h in headings if search(index, h).usable[:1] == ()}
    assert wrong == set()


SYNONYMS = parse_synonyms('same = [["refund", "money back", "reimburse"], ["cost", "price"]]')


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("when do you reimburse me", "refunds.md#1"),
        ("how long does it take to get my money back", "refunds.md#1"),
        ("price of studio", "plans.md#1"),
        ("prices for students?", "plans.md#2"),
    ],
)
def test_a_synonym_finds_what_the_article_calls_otherwise(question: str, passage: str, index: Index) -> None:
    findings = search(index, question, synonyms=SYNONYMS)
    assert best(findings) == passage
    assert findings.found[0].used


def test_the_word_that_the_customer_used_counts_more_than_a_synonym() -> None:
    index = index_of({"end.md": "How to end it.", "stop.md": "How to stop it."})
    synonyms = parse_synonyms('same = [["end", "stop"]]')
    assert best(search(index, "stop it", synonyms=synonyms)) == "stop.md#1"
    assert best(search(index, "end it", synonyms=synonyms)) == "end.md#1"


def test_the_sample_synonyms_can_be_read() -> None:
    synonyms = parse_synonyms((ROOT / "knowledge" / "synonyms.toml").read_text())
    assert "refund" in synonyms["money", "back"]


GERMAN = {
    "erstattung.md": "# Erstattung\n\nDie Erstattung dauert fünf Tage. Sie kommt auf das Konto.",
    "tarife.md": "# Tarife\n\nDer Tarif für Studierende kostet die Hälfte. Sie können ihn ändern.",
}
JAPANESE = {
    "返金.md": "# 返金\n\n返金は五日以内に銀行口座へ届きます。",
    "電池.md": "# 電池\n\nセンサーの電池を交換してください。",
}


@pytest.mark.parametrize(
    ("articles", "question", "passage"),
    [
        (GERMAN, "wie lange dauert die erstattung", "erstattung.md#1"),
        (GERMAN, "was kostet der Tarif fur Studierende?", "tarife.md#1"),
        (GERMAN, "tarif andern", "tarife.md#1"),
        (JAPANESE, "返金はいつ届きますか?", "返金.md#1"),
        (JAPANESE, "電池の交換", "電池.md#1"),
    ],
)
def test_articles_in_other_languages_are_found_by_their_words(
    articles: dict[str, str], question: str, passage: str
) -> None:
    findings = search(index_of(articles), question)
    assert best(findings) == passage
    assert findings.found[0].used


def test_a_mistyped_function_word_is_not_looked_for() -> None:
    view = index_of({"parcel.md": "Where is the parcel?"}).view
    assert corrected(["hwo", "parcle"], view) == ["parcel"]
    assert corrected(["hwo"], view) == ["hwo"]
