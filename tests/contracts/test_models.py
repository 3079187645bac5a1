"""What every model must do: the quoter, OpenAI's, and the tests' own script."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from core.messages import Action, Answer, Findings, Found, Passage, Reason
from core.model import open_model
from core.model.free import Unmetered
from core.model.ladder import Ladder
from core.ports import Model, Opening, Request, Sentence, whole
from core.quote import Quoter
from core.throttle import FairThrottle, Limits
from tests.fakes import ScriptedModel
from tests.given import settings_of
from tests.simulators.model import ModelSimulator

REFUNDS = Passage("refunds.md#1", "refunds.md", "Refunds", "How long?", "Five business days.")


def asked(question: str, *, found: bool = True) -> Request:
    findings = Findings((Found(REFUNDS, 1.0, True),), 1.0) if found else Findings()
    return Request(
        messages=(
            {"role": "system", "content": "Answer with JSON from the passages."},
            {"role": "user", "content": question},
        ),
        question=question,
        findings=findings,
        passages={REFUNDS.id: REFUNDS},
        max_tokens=200,
    )


async def _openai(**given: Any) -> AsyncIterator[Model]:
    async with ModelSimulator() as server:
        server.replies("Five business days.", sources=["refunds.md#1"])
        server.replies("I can't tell.", action="offer_human", reason="not_in_articles")
        settings = settings_of(openai_api_key=server.api_key, openai_base_url=server.base_url, **given)
        yield open_model(settings, Unmetered(), FairThrottle(Limits())).model


async def _quoter() -> AsyncIterator[Model]:
    yield Quoter()


async def _scripted() -> AsyncIterator[Model]:
    yield ScriptedModel(
        Answer("Five business days.", sources=(REFUNDS,)),
        Answer("I can't tell.", Action.OFFER_HUMAN, Reason.NOT_IN_ARTICLES),
    )


MAKERS: dict[str, Callable[[], AsyncIterator[Model]]] = {
    "chat": _openai,
    "responses": lambda: _openai(openai_api="responses"),
    "fallback": lambda: _openai(openai_fallback_model="gpt-4.1-nano"),
    "quoter": _quoter,
    "scripted": _scripted,
}


@pytest.fixture(params=MAKERS)
async def model(request: pytest.FixtureRequest) -> AsyncIterator[Model]:
    async for made in MAKERS[request.param]():
        yield made
        await made.close()


async def test_an_answer_names_its_sources_and_gives_no_reason(model: Model) -> None:
    answer = await whole(model.answer(asked("How long do refunds take?")))
    assert answer.action is Action.ANSWER
    assert answer.reason is None
    assert "Five business days." in answer.text
    assert answer.sources == (REFUNDS,)


async def test_what_it_does_not_know_it_says_with_a_reason_of_the_closed_list(model: Model) -> None:
    await whole(model.answer(asked("How long do refunds take?")))
    answer = await whole(model.answer(asked("Do you sell gift cards?", found=False)))
    assert answer.action is Action.OFFER_HUMAN
    assert answer.reason is Reason.NOT_IN_ARTICLES
    assert answer.text
    assert answer.sources == ()


async def test_usage_counts_the_calls_that_were_made(model: Model) -> None:
    usage = (await whole(model.answer(asked("How long do refunds take?")))).usage
    assert (usage.calls > 0) == isinstance(model, Ladder)
    assert (usage.prompt_tokens > 0) == (usage.calls > 0)


async def test_the_opening_comes_first_and_the_sentences_are_the_text(model: Model) -> None:
    pieces = [piece async for piece in model.answer(asked("How long do refunds take?"))]
    opening, *sentences, answer = pieces
    assert isinstance(answer, Answer)
    assert opening == Opening(answer.action, answer.reason, answer.sources)
    assert all(isinstance(piece, Sentence) for piece in sentences)
    assert "".join(piece.text for piece in sentences if isinstance(piece, Sentence)) == answer.text
