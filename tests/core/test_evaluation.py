"""What an evaluation rests on: its formulas, its file, its view of an answer, and what it calls a change."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs.prices import load_prices
from core.costs.tally import Tally
from core.evaluation import metrics
from core.evaluation.comparing import compare
from core.evaluation.figures import figures
from core.evaluation.file import append, load, load_run, save_run
from core.evaluation.judging import Outcome, holds, judged
from core.evaluation.metrics import Share
from core.evaluation.questions import Question, Said, as_line, missing_articles, parse, read
from core.evaluation.running import run_all
from core.evaluation.runs import Run, WrongRun, as_text, run_of
from core.messages import Action, Answer, Usage, Withheld
from core.ports import Call
from tests.builders import findings, passage
from tests.fakes import MemoryMeter

# --- formulas -----------------------------------------------------------------------------------------


def test_wilsons_interval_is_that_of_published_tables() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
    for hits, of, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        assert metrics.wilson(hits, of) == pytest.approx((low, high), abs=5e-5)
    assert metrics.wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 of 2"):
        metrics.wilson(3, 2)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(hits: int, misses: int) -> None:
    low, high = metrics.wilson(hits, hits + misses)
    assert 0 <= low <= high <= 1
    if hits + misses:
        assert low - 1e-12 <= hits / (hits + misses) <= high + 1e-12


def test_an_article_takes_one_place_however_many_of_its_passages_are_found() -> None:
    assert metrics.rank_of({"b"}, ["a", "a", "b"]) == 2
    assert metrics.rank_of({"c", "a"}, ["a", "b", "c"]) == 1
    assert metrics.rank_of({"z"}, ["a"]) is None


def test_hit_rates_and_mrr() -> None:
    ranks = [1, 2, None, 4]
    assert metrics.hit_rate(ranks, 1) == Share(1, 4)
    assert metrics.hit_rate(ranks, 3) == Share(2, 4)
    assert metrics.reciprocal_rank(ranks) == pytest.approx((1 + 1 / 2 + 0 + 1 / 4) / 4)
    assert metrics.reciprocal_rank([]) is None
    assert Share(0, 0).value is None


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_auroc_is_how_often_a_positive_wins(positives: list[int], negatives: list[int]) -> None:
    wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    assert metrics.auroc(positives, negatives) == pytest.approx(wins / len(positives) / len(negatives))
    assert metrics.auroc(positives, []) is None


def test_quantiles_are_values_that_occur() -> None:
    assert metrics.quantile([3, 1, 2], 0.5) == 2
    assert metrics.quantile([1, 2, 3, 4], 0.95) == 4
    assert metrics.quantile([], 0.5) is None


def test_precision_and_recall_of_each_kind() -> None:
    table = metrics.confusion([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"), ("c", "a")])
    assert metrics.precision(table, "a") == Share(1, 2)
    assert metrics.recall(table, "a") == Share(1, 2)
    assert metrics.precision(table, "b") == Share(2, 3)
    assert metrics.recall(table, "c") == Share(0, 1)
    assert metrics.precision(table, "c").value is None


# --- the file -----------------------------------------------------------------------------------------

FULL = Question(
    "And for Studio?",
    (Said("user", "What does Plus cost?"), Said("agent", "$4.")),
    ("billing/plans.md",),
    Action.ANSWER,
    ("$12",),
    ("$4",),
    "studio",
    "from case 7",
)


def test_a_question_comes_back_from_its_line() -> None:
    assert parse(as_line(FULL)) == (FULL, frozenset())
    assert as_line(Question("Grüße?")) == '{"question": "Grüße?"}'


def test_lines_of_search_and_ask_are_questions_too() -> None:
    found = read(['{"question": "a", "history": [{"role": "user", "text": "b"}]}', '{"text": "c"}'])
    assert [one.question for one in found.questions] == [Question("a", (Said("user", "b"),)), Question("c")]
    assert not found.questions[0].question.expects


def test_every_bad_line_is_told_by_its_number_and_the_others_are_kept() -> None:
    lines = [
        '{"question": "a", "articles": "x.md"}',
        "",
        "no json",
        '{"question": "b", "action": "shrug"}',
        '{"question": "  "}',
        '{"question": "b", "article": ["x.md"]}',
        '{"question": "c", "id": "one"}',
        '{"question": "d", "id": "one"}',
        '{"question": "a", "articles": "y.md"}',
        "[]",
        '{"question": "e"}',
    ]
    found = read(lines)
    assert [one.question.text for one in found.questions] == ["a", "c", "e"]
    assert [bad.partition(": ")[0] for bad in found.bad] == [f"line {n}" for n in (3, 4, 5, 6, 8, 9, 10)]
    assert "articles meant" in found.bad[3]
    assert "the id one stands on line 7" in found.bad[4]


def test_what_is_odd_is_told_and_not_held_against_the_file() -> None:
    found = read(['{"question": "a", "origin": 1}', '{"question": "b", "origin": 1}', '{"question": "a"}'])
    assert not found.bad
    assert found.notes == (
        "line 3: the same as line 1; counted once",
        "origin on line 1 and 1 more is no field, and was ignored",
    )


def test_an_article_that_is_not_there_was_probably_renamed() -> None:
    found = read(['{"question": "a", "articles": ["old/refunds.md", "gone.md", "b.md"]}'])
    assert missing_articles(found.questions, ["new/refunds.md", "b.md"]) == [
        "line 1: there is no article old/refunds.md (renamed to new/refunds.md?)",
        "line 1: there is no article gone.md (was it renamed?)",
    ]


def test_questions_are_added_at_the_end_once_and_nothing_else_is_touched(tmp_path: Path) -> None:
    file = tmp_path / "new" / "questions.jsonl"
    assert append(file, FULL)
    assert not append(file, replace(FULL, text="The id is there"))
    file.write_bytes(file.read_bytes() + b'no json\n{"question": "by hand, without a line break"}')
    before = file.read_bytes()
    assert append(file, Question("Zwölf?"))
    assert not append(file, Question("Zwölf?"))
    assert file.read_bytes() == before + '\n{"question": "Zwölf?"}\n'.encode()
    assert len(load(file).questions) == 3


def test_a_line_that_is_not_utf8_is_a_bad_line(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(
        b'\xef\xbb\xbf{"question": "a"}\r\n{"question": "\xff"}\n{"question": "b\xe2\x80\xa8c"}\n'
    )
    found = load(file)
    assert [one.line for one in found.questions] == [1, 3]
    assert [bad.partition(":")[0] for bad in found.bad] == ["line 2"]


# --- one answer ---------------------------------------------------------------------------------------

REFUNDS = passage(id="refunds.md#1")
OTHER = passage(id="other.md#1")
ASKED = Question("When?", articles=("refunds.md",), action=Action.ANSWER, words=("5 days",))


@pytest.mark.parametrize(
    ("reply", "words", "held"),
    [
        ("Go to **Settings  >\nPlan**.", "settings > plan", True),
        ("Within 15 days.", "5 days", False),
        ("It costs $40.", "$4", False),
        ("It costs $4.50.", "$4", False),
        ("It costs $4.", "$4", True),
        ("Version 1.5 days", "5 days", False),
        ("ＣＲ２４５０", "cr2450", True),
    ],
)
def test_words_are_looked_for_as_people_read_them(reply: str, words: str, held: bool) -> None:
    assert holds(reply, words) is held


def came(
    question: Question = ASKED, text: str = "In 5 days.", found: str = "refunds.md", **more: object
) -> Outcome:
    """What came of a question that found one article and rests on it."""
    one = passage(id=f"{found}#1")
    answer = Answer(text, sources=(one,))
    return replace(judged(question, findings(one), answer, 0.1), **more)  # type: ignore[arg-type]


def test_all_that_is_expected_must_be_so() -> None:
    assert came().right
    assert came(text="In 6 days.").wrongs == ("does not say: 5 days",)
    assert came(replace(ASKED, not_words=("days",))).wrongs == ("says: days",)
    assert came(found="other.md").wrongs == ("rests on other.md, not on refunds.md",)
    assert came(action=Action.CLARIFY).wrongs == ("clarify instead of answer",)
    assert came(failed="the disk").wrongs == ("failed: the disk",)
    assert came(Question("Anything?"), text="").right


def test_where_no_source_is_named_the_article_must_stand_near_the_top() -> None:
    names = [f"{number}.md#1" for number in range(3)]
    found = findings(*(passage(id=name) for name in names), REFUNDS, REFUNDS)
    outcome = judged(replace(ASKED, words=()), found, Answer("In 5 days."), 0.1)
    assert (outcome.rank, outcome.found) == (4, ("0.md", "1.md", "2.md", "refunds.md"))
    assert outcome.wrongs == ("refunds.md is only 4.; first is 0.md",)
    # What was only searched is not blamed for what it does not say.
    assert judged(ASKED, findings(OTHER, REFUNDS), None, 0.1).right
    assert judged(ASKED, findings(), None, 0.1).wrongs == ("refunds.md is not found",)


# --- many answers -------------------------------------------------------------------------------------


def test_figures_are_of_what_expects_something() -> None:
    unknown = Question("Gift cards?", action=Action.OFFER_HUMAN)
    refused = replace(
        judged(unknown, findings(OTHER, used=False), Answer("", Action.OFFER_HUMAN), 0.3), answerable=0.2
    )
    held = judged(
        Question("Free?"), findings(OTHER), Answer("No.", withheld=(Withheld("price", "$5", False),)), 0.2
    )
    found = figures([came(), came(found="other.md", action=Action.OFFER_HUMAN), refused, held])
    assert found.right == Share(2, 3)
    assert (found.first, found.mrr) == (Share(1, 2), 0.5)
    assert (found.refused, found.refused_rightly, found.separation) == (Share(0, 2), Share(1, 1), 1.0)
    assert found.actions[Action.ANSWER] == Share(2, 4)
    assert found.table[Action.ANSWER, Action.OFFER_HUMAN] == 1
    assert found.words == Share(2, 2)
    assert (found.supported, found.sourced, found.named) == (Share(1, 2), Share(1, 2), Share(1, 1))
    assert found.seconds == (0.1, 0.3)


def test_figures_of_nothing_are_none() -> None:
    found = figures([])
    assert (found.right.value, found.mrr, found.seconds) == (None, None, (None, None))


# --- two runs -----------------------------------------------------------------------------------------


def changed(before: Outcome, after: Outcome) -> tuple[str, tuple[str, ...]]:
    """Return what a change is called, and how it is put."""
    changes = compare([before], [after])
    kinds = [
        (kind, one.how)
        for kind in ("broken", "mended", "worse", "better", "reworded", "expected", "new", "removed")
        for one in getattr(changes, kind)
    ]
    assert len(kinds) <= 1
    return kinds[0] if kinds else ("", ())


def test_a_change_is_called_what_it_is() -> None:
    right, wrong = came(), came(text="Soon.")
    assert changed(right, right) == ("", ())
    assert changed(right, wrong) == ("broken", ("no longer says: 5 days",))
    assert changed(wrong, right) == ("mended", ("says again: 5 days",))
    assert changed(right, came(text="It is 5 days.")) == ("reworded", ())
    lower = replace(right, found=("other.md", "refunds.md"))
    assert changed(right, lower) == ("worse", ("expected article 1. → 2. (first is other.md)",))
    assert changed(lower, right) == ("better", ("expected article 2. → 1.",))
    offered = replace(wrong, action=Action.OFFER_HUMAN)
    assert changed(wrong, offered) == ("worse", ("answer → offer_human",))
    held = replace(right, withheld=("price: $5",))
    assert changed(right, held) == ("worse", ("held back: price: $5",))
    found, nothing = replace(right, usable=True), replace(right, usable=False)
    assert changed(found, nothing) == ("worse", ("something to answer from → nothing",))
    assert changed(nothing, found) == ("better", ("nothing to answer from → something",))
    # Better in one respect and worse in another is for people to look at.
    assert changed(lower, replace(right, withheld=("price: $5",)))[0] == "worse"
    assert changed(right, came(failed="the disk"))[0] == "broken"


def test_what_expects_something_else_is_not_compared() -> None:
    question = replace(ASKED, id="when")
    changes = compare([came(question)], [came(replace(question, words=("6 days",)))])
    assert ([one.key for one in changes.expected], changes.common, changes.broken) == (["when"], 0, ())


def test_what_is_new_and_what_is_gone_is_told_and_the_figures_are_of_what_both_asked() -> None:
    other = came(Question("Where?", articles=("where.md",)))
    changes = compare([came(), other], [came(text="Soon."), came(Question("Who?"))])
    assert ([o.text for o in changes.new], [o.text for o in changes.removed]) == (["Who?"], ["Where?"])
    assert ("right", 1.0, 0.0) in changes.numbers
    assert compare([came(), other], [came()], partly=True).removed == ()


def test_a_run_that_only_searched_is_compared_by_what_was_found() -> None:
    only = judged(ASKED, findings(REFUNDS), None, 0.1)
    assert changed(came(text="Soon."), only) == ("", ())
    assert changed(only, came(found="other.md"))[0] == "broken"


def test_a_run_is_kept_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    run = Run("2026-11-22T09:12:00+00:00", "quoting", (came(FULL), came()), Usage("m", 1, 2, 3, 4), 5, 1)
    save_run(file, run)
    save_run(file, run)
    assert load_run(file) == run
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
    for text in ("", "{}", as_text(replace(run, version=2))):
        with pytest.raises(WrongRun):
            run_of(text)


# --- running ------------------------------------------------------------------------------------------


async def test_so_many_questions_are_under_way_and_a_stop_keeps_what_is_done() -> None:
    under_way = asyncio.Semaphore(0)
    stop = asyncio.Event()
    seen: list[str] = []
    done: dict[int, Outcome] = {}

    async def examine(question: Question) -> Outcome:
        seen.append(question.text)
        if question.text != "0":
            under_way.release()
            await stop.wait()
        return came(question)

    questions = [Question(str(number)) for number in range(9)]
    running = asyncio.create_task(run_all(questions, examine, 3, done.__setitem__))
    for _ in range(3):
        await under_way.acquire()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (seen, list(done)) == (["0", "1", "2", "3"], [0])
    stop.set()
    await run_all(questions, examine, 3, done.__setitem__)
    assert len(done) == 9


async def test_a_tally_counts_as_the_books_do() -> None:
    books = MemoryMeter()
    tally = Tally(books, load_prices())
    call = Call("gpt-4.1-mini", "answer", 1_000, 100)
    told, silent, unmade = [await tally.reserve(call) for _ in range(3)]
    await tally.settle(told, Usage("gpt-4.1-mini", 900, 0, 50, 1))
    await tally.settle(silent, None)
    await tally.settle(unmade, Usage())
    assert (tally.usage.calls, tally.usage.prompt_tokens, tally.assumed) == (2, 1_900, 1)
    prices = load_prices()
    most = prices.cost("gpt-4.1-mini", Usage("", 1_000, 0, 100, 1))
    assert tally.cost == most + prices.cost("gpt-4.1-mini", Usage("", 900, 0, 50, 1))
    assert list(books.settled.values()) == [Usage("gpt-4.1-mini", 900, 0, 50, 1), None, Usage()]
