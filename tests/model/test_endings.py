"""Every way an answer ends, at both APIs."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import pytest

from core.messages import Action, Reason
from core.model import calls
from core.model import chat as chat_api
from core.phrases import ENGLISH
from core.ports import ChatMessage, FaultKind, Opening, Sentence
from tests.model.house import REFUNDS, House, asked, cut_off, said
from tests.simulators.model_answers import structured

LONG = "One is here. Two is there. Three is lost"


async def test_an_answer_comes_with_its_action_sources_and_usage(house: House) -> None:
    house.server.replies(
        "Five days.",
        sources=["refunds.md#1", "invented.md#9", "refunds.md#1"],
        usage={"prompt_tokens": 100, "completion_tokens": 20},
        cached_tokens=64,
    )
    answer = await house.answer()
    assert (answer.text, answer.action, answer.reason) == ("Five days.", Action.ANSWER, None)
    assert answer.sources == (REFUNDS,)
    assert (answer.usage.prompt_tokens, answer.usage.cached_tokens, answer.usage.completion_tokens) == (
        100,
        64,
        20,
    )
    assert answer.usage.calls == 1
    assert house.meter.bills == [answer.usage]


async def test_sentences_are_shown_while_the_rest_is_still_written(house: House) -> None:
    house.server.stalls(said("One. Two. Three."), after=22)
    async with contextlib.aclosing(house.opened.model.answer(asked())) as pieces:
        assert await anext(pieces) == Opening(Action.ANSWER, None, (REFUNDS,))
        assert await anext(pieces) == Sentence("One.")
        house.server.release()
        rest = [piece async for piece in pieces]
    assert rest[:-1] == [Sentence(" Two."), Sentence(" Three.")]


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
    chat: House, given: str | None, reason: Reason
) -> None:
    chat.server.replies("Sorry.", action="escalate", reason=given)
    assert (await chat.answer()).reason is reason


async def test_an_escalation_may_have_no_words(house: House) -> None:
    house.server.replies("", action="escalate", reason="upset")
    answer = await house.answer()
    assert (answer.text, answer.action, answer.reason) == ("", Action.ESCALATE, Reason.UPSET)


async def test_an_answer_that_was_cut_is_gone_on_with(house: House) -> None:
    house.server.says(cut_off(LONG, 40), finish_reason="length")
    house.server.replies("Three is found. Four.")
    answer = await house.answer()
    assert answer.text == "One is here. Two is there. Three is found. Four."
    assert answer.usage.calls == 2
    again = house.server.requests[1]
    assert "One is here. Two is there." in again.text
    assert "Three is lost" not in again.text
    assert again.messages[: len(house.server.requests[0].messages)] == house.server.requests[0].messages


async def test_an_answer_that_was_cut_twice_ends_at_a_sentence_and_says_so(house: House) -> None:
    house.server.says(cut_off(LONG, 40), finish_reason="length")
    house.server.says(cut_off("Three is three. Four is lo", 26), finish_reason="length")
    answer = await house.answer()
    assert answer.text == f"One is here. Two is there. Three is three.\n\n{ENGLISH.cut}"
    assert answer.action is Action.ANSWER


async def test_an_answer_that_was_cut_ends_at_a_sentence_where_the_rest_cannot_be_had(house: House) -> None:
    house.server.says(cut_off(LONG, 40), finish_reason="length")
    for _ in range(3):
        house.server.fails(500)
    assert (await house.answer()).text == f"One is here. Two is there.\n\n{ENGLISH.cut}"


async def test_what_was_cut_before_its_first_sentence_is_gone_on_with_within_it(house: House) -> None:
    house.server.says(cut_off("```\nmake this and ", 16), finish_reason="length")
    house.server.says(structured("and that\n```\nDone."))
    assert (await house.answer()).text == "```\nmake this and that\n```\nDone."


async def test_a_code_block_that_was_cut_twice_is_closed(house: House) -> None:
    house.server.says(cut_off("```\nmake this and ", 20), finish_reason="length")
    house.server.says(cut_off("that and more", 10), finish_reason="length")
    assert (await house.answer()).text == f"```\nmake this and that and\n```\n\n{ENGLISH.cut}"


async def test_tokens_spent_before_the_first_word_are_told(house: House) -> None:
    house.server.says("", finish_reason="length")
    house.server.says("", finish_reason="length")
    fault = await house.fault()
    assert fault.kind is FaultKind.NO_ANSWER
    assert "MAX_TOKENS" in str(fault)


@pytest.mark.parametrize("how", ["filter", "refusal"])
async def test_a_filtered_answer_calls_a_person(house: House, how: str) -> None:
    if how == "filter":
        house.server.says("", finish_reason="content_filter")
    else:
        house.server.refuses("I can't help with that.")
    answer = await house.answer()
    assert (answer.text, answer.action, answer.reason) == ("", Action.ESCALATE, Reason.CONTENT_FILTERED)


async def test_what_was_shown_of_a_filtered_answer_stays(house: House) -> None:
    house.server.says(cut_off(LONG, 40), finish_reason="content_filter")
    answer = await house.answer()
    assert (answer.text, answer.action) == ("One is here. Two is there.", Action.ESCALATE)
    assert answer.reason is Reason.CONTENT_FILTERED


async def test_a_prompt_that_is_filtered_calls_a_person(house: House) -> None:
    house.server.fails(400, code="content_filter", param="prompt")
    answer = await house.answer()
    assert (answer.action, answer.reason) == (Action.ESCALATE, Reason.CONTENT_FILTERED)
    assert [bill and bill.calls for bill in house.meter.bills] == [0]


@pytest.mark.parametrize(
    "first",
    ["Five days, I think.", "", "{}", '{"action": "answer"', '["answer"]', structured("")],
    ids=["words", "nothing", "no reply", "breaks off", "a list", "no words"],
)
async def test_an_answer_in_another_form_is_asked_for_once_more(house: House, first: str) -> None:
    house.server.says(first)
    house.server.replies("Five days.")
    answer = await house.answer()
    assert answer.text == "Five days."
    assert answer.usage.calls == 2


async def test_a_server_that_overlooks_the_form_is_found_out(house: House) -> None:
    for _ in range(6):
        house.server.says("Five days, I think.")
    assert (await house.answer()).text == "Five days, I think."
    assert (await house.answer()).text == "Five days, I think."
    formats = [request.format.get("type") for request in house.server.requests]
    assert formats == ["json_schema"] * 2 + ["json_object"] * 2 + [None] * 2


async def test_what_is_used_is_booked_under_the_name_that_was_asked_for(house: House) -> None:
    house.settings["openai_model"] = "gpt-4.1"
    house.server.calls_itself = "/models/of/ours.gguf"
    assert (await house.answer()).usage.model == "gpt-4.1"
    assert [bill and bill.model for bill in house.meter.bills] == ["gpt-4.1"]


async def test_json_that_breaks_off_after_words_were_shown_is_gone_on_with(house: House) -> None:
    house.server.says(cut_off(LONG, 30))
    house.server.replies("Three.")
    assert (await house.answer()).text == "One is here. Two is there. Three."


async def test_an_answer_in_another_form_twice_is_a_fault_that_names_its_cost(house: House) -> None:
    for _ in range(2):
        house.server.says('{"answer": "Five days."}')
    fault = await house.fault()
    assert (fault.kind, fault.usage.calls) == (FaultKind.NO_ANSWER, 2)
    assert "twice" in str(fault)


@pytest.mark.parametrize(
    "around", ["```json\n%s\n```", "\n\n%s\n", "<think>It asks for {this}.</think>\n%s", "So: %s"]
)
async def test_json_is_found_in_what_stands_around_it(chat: House, around: str) -> None:
    chat.server.says(around % structured("Five days."))
    assert (await chat.answer()).text == "Five days."


async def test_a_server_without_schemas_is_asked_more_simply_and_remembered(house: House) -> None:
    house.server.supports.discard("json_schema")
    house.server.replies("One.")
    house.server.replies("Two.")
    assert (await house.answer()).text == "One."
    assert (await house.answer()).text == "Two."
    formats = [request.format["type"] for request in house.server.requests]
    assert formats == ["json_schema", "json_object", "json_object"]


async def test_the_json_mode_is_asked_for_in_its_own_word(house: House) -> None:
    house.server.supports.discard("json_schema")
    house.server.replies("One.")
    request = asked()
    kind: ChatMessage = {"role": "system", "content": "Be kind."}
    answer = await house.answer(replace(request, messages=(kind, *request.messages[1:])))
    assert answer.text == "One."


async def test_a_server_without_json_answers_in_plain_text_and_that_is_remembered(house: House) -> None:
    house.server.supports.clear()
    house.server.says("Just words. And more.")
    assert (await house.answer()).text == "Just words. And more."
    house.server.replies("Or JSON.", action="clarify")
    answer = await house.answer()
    assert (answer.text, answer.action) == ("Or JSON.", Action.CLARIFY)
    assert [r.format.get("type") for r in house.server.requests] == ["json_schema", "json_object", None, None]


async def test_a_server_that_does_not_stream_is_understood(house: House) -> None:
    house.server.ignores_stream = True
    house.server.replies("Five days. Or six.")
    answer = await house.answer()
    assert (answer.text, answer.usage.calls) == ("Five days. Or six.", 1)


async def test_an_answer_without_usage_is_booked_at_its_reservation(house: House) -> None:
    house.server.reports_usage = False
    house.server.replies("Five days.")
    assert (await house.answer()).usage.calls == 1
    assert house.meter.bills == [None]


async def test_any_server_works_without_a_key(house: House) -> None:
    house.server.api_key = "none"
    house.settings["openai_api_key"] = None
    house.server.replies("Local.")
    assert (await house.answer()).text == "Local."


async def test_a_finished_answer_does_not_wait_for_a_server_that_forgets_to_end(
    chat: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "AFTER_FINISH", 0.02)
    chat.server.stalls(said("Five days."), after=1_000)
    async with asyncio.timeout(5):
        assert (await chat.answer()).text == "Five days."


async def test_a_form_that_two_calls_were_refused_is_stepped_down_once(house: House) -> None:
    house.server.supports.discard("json_schema")
    house.server.hold()
    asking = [asyncio.create_task(house.answer()) for _ in range(2)]
    await house.server.wait_requests(2)
    house.server.release()
    await asyncio.gather(*asking)
    formats = [request.format["type"] for request in house.server.requests]
    assert formats == ["json_schema"] * 2 + ["json_object"] * 2


@pytest.mark.parametrize("streamed", [True, False])
async def test_words_that_come_in_parts_are_put_together(streamed: bool) -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Five"}]
    event = {"choices": [{"delta" if streamed else "message": {"content": parts}, "finish_reason": None}]}
    heard = chat_api.hear(event, streamed)
    assert heard is not None
    assert heard.text == "Five"


@pytest.mark.parametrize("usage", [{"prompt_tokens_details": "none"}, {"prompt_tokens": None}])
async def test_figures_of_another_shape_do_not_lose_the_answer(chat: House, usage: dict[str, Any]) -> None:
    chat.server.replies("Five days.", usage={**usage, "total_tokens": 1})
    assert (await chat.answer()).text == "Five days."


@pytest.mark.parametrize("name", ["choices", "delta"])
async def test_an_event_of_another_shape_is_no_completion(name: str, chat: House) -> None:
    shapes: dict[str, dict[str, Any]] = {
        "choices": {"choices": ["x"]},
        "delta": {"choices": [{"delta": "x"}]},
    }
    chat.server.malform = shapes[name]
    fault = await chat.fault()
    assert "OPENAI_BASE_URL" in str(fault)


async def test_a_stop_word_ends_the_answer_where_it_stands(house: House) -> None:
    house.settings["stop"] = "END"
    house.server.says(cut_off("Refunds take five days. Then they are there.", 24))
    answer = await house.answer()
    assert answer.text == "Refunds take five days."
    assert len(house.server.requests) == 1
