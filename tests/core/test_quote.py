"""Without a model the articles are quoted, with their source; where they don't tell, a person is offered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.messages import Action, Answer, Findings, Found, Part, Reason
from core.phrases import ENGLISH
from core.ports import Request, whole
from core.quote import Quoter, quote
from tests.builders import findings, passage


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
    assert answer.text == ENGLISH.not_found
    assert answer.sources == ()


@pytest.mark.parametrize(
    ("question", "reply"),
    [("Hi!", ENGLISH.greeting), ("thanks a lot", ENGLISH.welcome), ("great", ENGLISH.good)],
)
def test_small_talk_is_answered_also_where_something_is_found(question: str, reply: str) -> None:
    answer = quote(request(question, findings(passage())))
    assert (answer.text, answer.action, answer.sources) == (reply, Action.ANSWER, ())


def test_a_no_to_a_quotation_is_not_answered_with_the_same_one_again() -> None:
    answer = quote(request("no", findings(passage())))
    assert (answer.text, answer.action, answer.reason) == (
        ENGLISH.unhelped,
        Action.OFFER_HUMAN,
        Reason.UNHELPED,
    )


def test_a_follow_up_is_not_answered_with_what_was_just_quoted() -> None:
    read, more = passage("Five days."), passage("Ten days abroad.", id="b.md#1")
    asked = replace(request("And how long?", findings(read, more)), said="Five days.\n\n_From Refunds._")
    assert quote(asked).text == "Ten days abroad."
    alone = quote(replace(asked, findings=findings(read)))
    assert (alone.action, alone.reason) == (Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES)
    assert alone.text == f"{ENGLISH.no_more}\n\n{ENGLISH.source_of((read,))}"
    assert alone.sources == (read,)


async def test_the_quoter_is_a_model_as_any_other() -> None:
    quoter = Quoter()
    asked = request("How long do refunds take?", findings(passage()))
    assert await whole(quoter.answer(asked)) == quote(asked)
    await quoter.close()


def test_a_long_passage_is_shortened_to_what_answers() -> None:
    text = " ".join([*["Plants like light and air."] * 30, "Refunds take five days."])
    answer = quote(request("How long do refunds take?", findings(passage(text))))
    assert answer.text.startswith("… Plants")
    assert answer.text.endswith("Refunds take five days.")
    assert len(answer.text.split()) < 90


def test_an_article_that_is_nearly_as_good_is_named_too() -> None:
    other = passage("Ten days.", id="b.md#1", title="Returns", url="https://help.example.org/returns")
    best, same = passage("Five days."), passage("Six days.", id="refunds.md#2")

    def said(score: float, *, used: bool = True) -> str:
        found = (Found(best, 0.9, True), Found(same, 0.9, True), Found(other, score, used))
        return quote(request("How long?", Findings(found, 0.9))).text

    assert said(0.88) == "Five days.\n\n_See also [Returns](https://help.example.org/returns)._"
    assert said(0.5) == said(0.88, used=False) == "Five days."


NORWAY = passage("Ten days to Norway.", id="shipping.md#1", title="Shipping", heading="")


def asked(*parts: tuple[str, Findings]) -> Answer:
    found = findings(passage("Five days."))
    both = Findings(found.found, 0.9, parts=tuple(Part(question, theirs) for question, theirs in parts))
    return quote(request("?".join(question for question, _ in parts), both))


def test_several_questions_are_answered_one_by_one() -> None:
    answer = asked(("How long?", findings(passage("Five days."))), ("And to Norway?", findings(NORWAY)))
    assert answer.text == "> How long?\n\nFive days.\n\n> And to Norway?\n\nTen days to Norway."
    assert (answer.action, [one.title for one in answer.sources]) == (Action.ANSWER, ["Refunds", "Shipping"])


def test_one_passage_that_answers_two_questions_is_quoted_once() -> None:
    found = findings(passage("Five days."))
    answer = asked(("How long?", found), ("And for *me*?", found))
    assert answer.text == "> How long?\n> And for \\*me\\*?\n\nFive days."


def test_what_of_several_questions_is_not_answered_is_said_and_a_person_offered() -> None:
    answer = asked(("Can I pay in gold?", findings()), ("To Norway?", findings(NORWAY)))
    assert answer.text == (
        "> To Norway?\n\nTen days to Norway.\n\n_This is from our article “Shipping”._\n\n"
        + ENGLISH.not_found_of(["Can I pay in gold?"])
    )
    assert (answer.action, answer.reason) == (Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES)


def test_where_none_of_several_questions_is_answered_alone_they_are_taken_as_one() -> None:
    assert asked(("How?", findings()), ("How long?", findings())).text == "Five days."
