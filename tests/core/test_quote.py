"""Without a model the articles are quoted, with their source; where they don't tell, a person is offered."""

from __future__ import annotations

import pytest

from core import words
from core.messages import Action, Findings, Found, Reason
from core.ports import Request, whole
from core.quote import Quoter, quote, shortened
from tests.builders import findings, passage
from tests.core.test_markdown import open_fence


def request(question: str, found: Findings) -> Request:
    return Request((), question, found, {}, 0)


def test_the_best_usable_passage_is_quoted_with_its_source() -> None:
    beside = Found(passage("By the way.", id="x.md#1"), 1.0, used=False)
    usable = findings(passage("Five days."), passage("Ten days.", id="b.md#1")).found
    answer = quote(request("How long do refunds take?", Findings((beside, *usable), 0.9)))
    assert (answer.text, answer.action, answer.reason) == ("Five days.", Action.ANSWER, None)
    assert answer.sources == (passage("Five days."),)
    assert answer.usage.calls == 0


@pytest.mark.parametrize("found", [findings(), findings(passage(), used=False)])
def test_what_the_articles_do_not_tell_is_not_made_up(found: Findings) -> None:
    answer = quote(request("Can I pay in gold?", found))
    assert (answer.action, answer.reason) == (Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES)
    assert answer.text == words.NOT_FOUND
    assert answer.sources == ()


@pytest.mark.parametrize(
    ("question", "reply"), [("Hi!", words.GREETING), ("thanks a lot", words.WELCOME), ("great", words.GOOD)]
)
def test_small_talk_is_answered_also_where_something_is_found(question: str, reply: str) -> None:
    answer = quote(request(question, findings(passage())))
    assert (answer.text, answer.action, answer.sources) == (reply, Action.ANSWER, ())


async def test_the_quoter_is_a_model_as_any_other() -> None:
    quoter = Quoter()
    asked = request("How long do refunds take?", findings(passage()))
    assert await whole(quoter.answer(asked)) == quote(asked)
    await quoter.close()


def test_a_long_quotation_ends_at_a_paragraph() -> None:
    paragraphs = [" ".join([word] * count) for word, count in (("one", 90), ("two", 60), ("three", 20))]
    assert shortened("\n\n".join(paragraphs)) == "\n\n".join([*paragraphs[:2], "…"])
    assert shortened("\n\n".join(paragraphs[:2])) == "\n\n".join(paragraphs[:2])
    assert shortened("one " * 300).split() == ["one"] * 300
    assert shortened("short") == "short"


def test_a_quotation_leaves_no_code_block_open() -> None:
    code = "\n\n".join("step " * 30 for _ in range(8))
    assert open_fence(shortened(f"Do this:\n\n```\n{code}\n```\n\nThen wait.")) == ""
