"""OpenAIModel against a simulated server: how an answer ends, and what a fault becomes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable

import pytest

from core import words
from core.messages import Action, Answer, Findings, Passage, Reason
from core.model import open_model
from core.ports import ModelFault, Request, whole
from core.settings import load_settings
from tests.simulators.model import ModelSimulator

REFUNDS = Passage("refunds.md#1", "refunds.md", "Refunds", "How long?", "Five days.")


def asked(question: str = "How long do refunds take?") -> Request:
    return Request(
        messages=({"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": question}),
        question=question,
        findings=Findings(),
        passages={REFUNDS.id: REFUNDS},
        max_tokens=321,
    )


@pytest.fixture
async def server() -> AsyncIterator[ModelSimulator]:
    async with ModelSimulator() as simulator:
        yield simulator


async def answered(server: ModelSimulator, **settings: object) -> Answer:
    """Ask once with a client of its own, and close it."""
    model = OpenAIModel(
        load_settings(
            _env_file=None,
            **{"openai_api_key": server.api_key, "openai_base_url": server.base_url, **settings},
        )
    )
    try:
        return await whole(model.answer(asked()))
    finally:
        await model.close()


async def test_an_answer_comes_with_its_action_sources_and_usage(server: ModelSimulator) -> None:
    server.replies(
        "Five days.",
        sources=["refunds.md#1", "invented.md#9", "refunds.md#1"],
        usage={"prompt_tokens": 100, "completion_tokens": 20},
        cached_tokens=64,
    )
    answer = await answered(server)
    assert (answer.text, answer.action, answer.reason) == ("Five days.", Action.ANSWER, None)
    assert answer.sources == (REFUNDS,)
    assert answer.usage.prompt_tokens == 100
    assert answer.usage.cached_tokens == 64
    assert answer.usage.completion_tokens == 20
    assert answer.usage.calls == 1


async def test_the_request_holds_the_settings_and_a_strict_schema_in_order(server: ModelSimulator) -> None:
    await answered(server, temperature=0.7, top_p=0.5, openai_model="gpt-4.1-mini")
    [request] = server.requests
    assert request.body["temperature"] == 0.7
    assert request.body["top_p"] == 0.5
    assert request.body["max_tokens"] == 321
    schema = request.body["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["action", "reason", "sources", "reply"]
    assert request.headers["Authorization"] == f"Bearer {server.api_key}"


async def test_models_that_reason_get_no_sampling_and_their_own_limit(server: ModelSimulator) -> None:
    await answered(server, openai_model="gpt-5-mini")
    [request] = server.requests
    assert "temperature" not in request.body
    assert "max_tokens" not in request.body
    assert request.body["max_completion_tokens"] == 321


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("upset", Reason.UPSET),
        ("made_up", Reason.UNSURE),
        (None, Reason.UNSURE),
        ("turn_failed", Reason.UNSURE),
    ],
)
async def test_a_reason_that_is_not_the_models_to_give_becomes_unsure(
    server: ModelSimulator, given: str | None, reason: Reason
) -> None:
    server.replies("Sorry.", action="escalate", reason=given)
    assert (await answered(server)).reason is reason


async def test_an_answer_that_was_cut_ends_at_a_sentence_and_says_so(server: ModelSimulator) -> None:
    content = json.dumps(
        {"action": "answer", "reason": None, "sources": [], "reply": "One. Two. Three is lo"}
    )
    server.says(content.removesuffix('"}'), finish_reason="length")
    assert (await answered(server)).text == f"One. Two.\n\n{words.CUT}"


@pytest.mark.parametrize("how", ["filter", "refusal"])
async def test_a_filtered_answer_calls_a_person(server: ModelSimulator, how: str) -> None:
    if how == "filter":
        server.says("", finish_reason="content_filter")
    else:
        server.refuses("I can't help with that.")
    answer = await answered(server)
    assert (answer.text, answer.action, answer.reason) == ("", Action.ESCALATE, Reason.CONTENT_FILTERED)


async def test_an_answer_in_another_form_is_asked_for_once_more(server: ModelSimulator) -> None:
    server.says("Five days, I think.")
    server.replies("Five days.")
    answer = await answered(server)
    assert answer.text == "Five days."
    assert answer.usage.calls == 2


async def test_an_answer_in_another_form_twice_is_a_fault_that_names_its_cost(
    server: ModelSimulator,
) -> None:
    server.says("no")
    server.says("")
    with pytest.raises(ModelFault, match="twice") as fault:
        await answered(server)
    assert fault.value.usage.calls == 2


async def test_a_server_without_schemas_is_asked_more_simply_and_remembered(server: ModelSimulator) -> None:
    server.supports.discard("json_schema")
    model = OpenAIModel(
        load_settings(_env_file=None, openai_api_key="sk-test", openai_base_url=server.base_url)
    )
    server.replies("One.")
    server.replies("Two.")
    assert (await whole(model.answer(asked()))).text == "One."
    assert (await whole(model.answer(asked()))).text == "Two."
    await model.close()
    formats = [request.body["response_format"]["type"] for request in server.requests]
    assert formats == ["json_schema", "json_object", "json_object"]


async def test_a_server_without_json_answers_in_plain_text(server: ModelSimulator) -> None:
    server.supports.clear()
    server.says("Just words.")
    answer = await answered(server)
    assert (answer.text, answer.action) == ("Just words.", Action.ANSWER)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (lambda s: [s.fails(429, retry_after=0) for _ in range(3)], "429"),
        (lambda s: [s.fails(500, headers={"retry-after-ms": "1"}) for _ in range(3)], "500"),
        (lambda s: s.fails(401), "401"),
        (lambda s: s.fails(404), "404"),
        (lambda s: s.too_long(), "context_length_exceeded"),
        (lambda s: s.fails(200), "OPENAI_BASE_URL"),
        (lambda s: s.malformed(), "not JSON"),
        (lambda s: s.wrong_type(), "OPENAI_BASE_URL"),
    ],
    ids=[
        "rate limit",
        "server error",
        "bad key",
        "no model",
        "too long",
        "error in 200",
        "malformed",
        "html",
    ],
)
async def test_every_error_becomes_a_fault_in_words_for_whoever_runs_it(
    server: ModelSimulator, fault: Callable[[ModelSimulator], object], says: str
) -> None:
    fault(server)
    with pytest.raises(ModelFault, match=says) as raised:
        await answered(server)
    assert server.api_key not in str(raised.value)
    assert "refunds" not in str(raised.value)


async def test_a_passing_error_is_tried_again(server: ModelSimulator) -> None:
    server.fails(503, headers={"retry-after-ms": "1"})
    server.replies("Back again.")
    assert (await answered(server)).text == "Back again."


async def test_a_server_that_hangs_is_left_after_the_time_set(server: ModelSimulator) -> None:
    server.hangs()
    with pytest.raises(ModelFault, match=r"no answer within 0\.3 s"):
        await answered(server, answer_timeout=0.3)


async def test_any_server_works_without_a_key(server: ModelSimulator) -> None:
    server.api_key = "none"
    server.replies("Local.")
    assert (await answered(server, openai_api_key=None)).text == "Local."
