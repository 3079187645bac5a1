"""What is sent: parameters by family, what a server refused, and a history that had to be cut."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from core.messages import Usage
from core.model.orders import ErrorEvent, Finish, Heard, counted, merged, order_of, shortened
from core.model.parameters import safety_identifier
from core.ports import ChatMessage, FaultKind
from tests.model.house import House, asked

SET: dict[str, Any] = {
    "temperature": 0.7,
    "top_p": 0.5,
    "seed": 7,
    "stop": "END",
    "reasoning_effort": "low",
    "service_tier": "flex",
}
SAMPLING = {"temperature": 0.7, "top_p": 0.5, "seed": 7, "stop": ["END"]}


def sent(house: House) -> dict[str, Any]:
    """Return what the last request held besides the prompt."""
    body = dict(house.server.requests[-1].body)
    prompt = {"messages", "input", "instructions", "response_format", "text", "safety_identifier"}
    return {name: value for name, value in body.items() if name not in prompt | {"model", "stream"}}


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("gpt-4.1-mini", {**SAMPLING, "service_tier": "flex", "max_tokens": 321}),
        ("ft:gpt-4o:us::1", {**SAMPLING, "service_tier": "flex", "max_tokens": 321}),
        ("gpt-5-chat-latest", {**SAMPLING, "service_tier": "flex", "max_tokens": 321}),
        (
            "gpt-5-mini",
            {"seed": 7, "reasoning_effort": "low", "service_tier": "flex", "max_completion_tokens": 321},
        ),
        (
            "openai/o4-mini",
            {"seed": 7, "reasoning_effort": "low", "service_tier": "flex", "max_completion_tokens": 321},
        ),
        ("qwen3-8b", {**SAMPLING, "reasoning_effort": "low", "service_tier": "flex", "max_tokens": 321}),
    ],
)
async def test_each_family_gets_what_it_takes(chat: House, model: str, takes: dict[str, Any]) -> None:
    chat.settings |= {**SET, "openai_model": model}
    await chat.answer()
    assert sent(chat) == {**takes, "stream_options": {"include_usage": True}}


async def test_the_other_api_has_its_own_names(chat: House) -> None:
    chat.settings |= {**SET, "openai_api": "responses", "openai_model": "gpt-5-mini"}
    await chat.answer()
    assert sent(chat) == {
        "store": False,
        "max_output_tokens": 321,
        "reasoning": {"effort": "low"},
        "service_tier": "flex",
    }
    assert chat.server.requests[0].body["instructions"] == "Answer in JSON."


async def test_what_is_not_set_is_not_sent(chat: House) -> None:
    await chat.answer()
    assert set(sent(chat)) == {"temperature", "top_p", "max_tokens", "stream_options"}


async def test_what_a_server_refuses_is_left_out_from_then_on(house: House) -> None:
    refused = {"temperature", "top_p", "stream_options", "safety_identifier", "store", "service_tier"}
    house.settings |= SET
    house.server.unsupported_parameters = set(refused)
    assert (await house.answer()).text == "How long do refunds take?"
    calls = len(house.server.requests)
    await house.answer()
    assert len(house.server.requests) == calls + 1
    assert not refused & house.server.requests[-1].body.keys()
    assert [bill and bill.calls for bill in house.meter.bills[: calls - 1]] == [0] * (calls - 1)


async def test_a_limit_that_goes_by_another_name_is_sent_by_that(chat: House) -> None:
    chat.server.unsupported_parameters = {"max_tokens"}
    await chat.answer()
    assert chat.server.requests[-1].body["max_completion_tokens"] == 321


async def test_what_can_not_be_left_out_is_a_fault(house: House) -> None:
    house.server.fails(400, param="model")
    assert (await house.fault()).kind is FaultKind.OTHER


async def test_customers_are_told_apart_without_being_named(house: House) -> None:
    await house.answer()
    who = house.server.requests[0].body["safety_identifier"]
    assert who == hashlib.sha256(b"slack:T1/U1").hexdigest()
    assert len(who) == 64
    assert safety_identifier("") == ""


async def test_a_schema_is_asked_for_in_its_order(house: House) -> None:
    await house.answer()
    request = house.server.requests[0]
    schema = request.format["json_schema"]["schema"]
    assert list(schema["properties"]) == ["action", "reason", "sources", "reply"]
    assert request.headers["Authorization"] == f"Bearer {house.server.api_key}"


PAIRS: list[ChatMessage] = [
    {"role": role, "content": f"{role} {number} " + "x" * 90}
    for number in range(6)
    for role in ("user", "assistant")
]


async def test_a_prompt_that_is_too_long_loses_its_oldest_pairs_and_is_asked_once_more(house: House) -> None:
    house.server.too_long(limit=1000, used=900)
    house.server.replies("Short.")
    request = asked(history=PAIRS)
    assert (await house.answer(request)).text == "Short."
    first, second = (request.messages for request in house.server.requests)
    assert first == list(request.messages)
    assert second[0] == first[0]
    assert second[-1] == first[-1]
    kept = second[1:-1]
    assert kept == PAIRS[len(PAIRS) - len(kept) :]
    assert 0 < len(kept) < len(PAIRS)
    assert kept[0]["role"] == "user"
    # 221 of 900 tokens are too many: about a quarter of it left, and not much more.
    assert len(PAIRS) - len(kept) == 4


async def test_a_prompt_that_stays_too_long_is_a_fault(house: House) -> None:
    house.server.too_long(limit=1000, used=900)
    house.server.too_long(limit=1000, used=900)
    assert (await house.fault(asked(history=PAIRS))).kind is FaultKind.PROMPT_TOO_LONG
    assert len(house.server.requests) == 2


def test_without_figures_the_whole_history_leaves() -> None:
    order = shortened(order_of(asked(history=PAIRS)), 0, 0)
    assert order is not None
    assert [message["role"] for message in order.messages] == ["system", "user"]
    assert order.history == (1, 1)


def test_what_no_history_could_make_fit_is_not_cut() -> None:
    assert shortened(order_of(asked(history=PAIRS)), 100, 900) is None
    assert shortened(order_of(asked()), 0, 0) is None


def test_several_who_speak_in_a_row_leave_together() -> None:
    history: list[ChatMessage] = [
        {"role": "user", "content": "Ana: " + "x" * 100},
        {"role": "user", "content": "Ben: " + "x" * 100},
        {"role": "assistant", "content": "To both."},
        {"role": "user", "content": "Ana: and now?"},
        {"role": "assistant", "content": "Now this."},
    ]
    order = shortened(order_of(asked(history=history)), 400, 100)
    assert order is not None
    assert [message["content"] for message in order.messages[1:-1]] == ["Ana: and now?", "Now this."]


def test_usage_adds_up() -> None:
    assert Usage("a", 1, 1, 1, 1) + Usage("b", 2, 0, 2, 1) == Usage("b", 3, 1, 3, 2)


async def test_a_model_that_reasons_may_think_of_a_summary_too(chat: House) -> None:
    chat.settings["openai_model"] = "gpt-5-mini"
    chat.server.says("Ann asked for a refund.")
    assert await chat.write() == "Ann asked for a refund."
    assert chat.server.requests[0].body["max_completion_tokens"] == 2_050


@pytest.mark.parametrize(
    ("told", "tokens"),
    [(12, 12), (12.0, 12), ("12", 0), (None, 0), (-5, 0), (float("nan"), 0), (1e300, 0), ([], 0)],
)
def test_a_count_that_can_not_be_one_counts_as_none(told: object, tokens: int) -> None:
    assert counted(told) == tokens


def test_words_that_came_together_are_told_as_one() -> None:
    usage = Usage("m", 1, 0, 1, 1)
    end = [Heard(finish=Finish.STOP), Heard(usage=usage)]
    events = [Heard(), Heard("One"), None, Heard("."), Heard(" Two."), *end]
    assert list(merged(events)) == [Heard(), Heard("One. Two."), *end]


def test_words_before_an_error_are_told_before_it() -> None:
    def events() -> Iterator[Heard]:
        yield Heard("One.")
        raise ErrorEvent("broken")

    told = merged(events())
    assert next(told) == Heard("One.")
    with pytest.raises(ErrorEvent):
        next(told)
