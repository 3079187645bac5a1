"""The models that take over for each other, the moderation before them, and the clerk beside them."""

from __future__ import annotations

import logging

import pytest

from core.messages import Action, Reason
from core.ports import Asker, FaultKind, ModelFault
from core.tokens import EstimatingCounter
from core.translation import translating
from tests.model.house import House, after, asked, said

MAIN, CHEAP = "gpt-4.1", "gpt-4.1-nano"


@pytest.fixture
def two(house: House) -> House:
    """Two models, one below the other."""
    house.settings |= {"openai_model": MAIN, "openai_fallback_model": CHEAP}
    return house


def models(house: House) -> list[str]:
    return [request.model for request in house.server.requests]


async def test_the_second_model_answers_where_the_first_can_not(
    two: House, caplog: pytest.LogCaptureFixture
) -> None:
    two.server.models = {CHEAP}
    two.server.replies("Cheap but here.")
    answer = await two.answer()
    assert answer.text == "Cheap but here."
    assert models(two) == [MAIN, CHEAP]
    assert f"{MAIN} gave no answer" in caplog.text
    assert "refunds" not in caplog.text


async def test_the_first_is_asked_first_again_next_time(two: House) -> None:
    two.server.fails(401)
    await two.answer()
    await two.answer()
    assert models(two) == [MAIN, CHEAP, MAIN]


async def test_the_second_goes_on_with_what_was_shown_of_the_first(two: House) -> None:
    for _ in range(3):
        two.server.breaks_off(after("One is here. Two is there. T", "hree."), after=3)
    two.server.replies("Three, says the other.", action="escalate")
    answer = await two.answer()
    assert answer.text == "One is here. Two is there. Three, says the other."
    assert (answer.action, answer.usage.model, answer.usage.calls) == (Action.ANSWER, CHEAP, 4)
    assert models(two) == [MAIN, MAIN, MAIN, CHEAP]


async def test_when_all_fail_the_last_fault_is_told_with_what_all_cost(two: House) -> None:
    for _ in range(2):
        two.server.says('{"answer": "no"}', usage={"prompt_tokens": 10, "completion_tokens": 1})
    two.server.fails(404)
    fault = await two.fault()
    assert (fault.kind, fault.usage.calls, fault.usage.prompt_tokens) == (FaultKind.UNKNOWN_MODEL, 2, 20)


async def test_a_model_whose_budget_is_spent_is_not_asked(two: House) -> None:
    two.meter.spent = {MAIN}
    two.server.replies("Cheap.")
    assert (await two.answer()).text == "Cheap."
    assert models(two) == [CHEAP]


async def test_when_every_budget_is_spent_that_is_told(two: House) -> None:
    two.meter.spent = {MAIN, CHEAP}
    assert (await two.fault()).kind is FaultKind.BUDGET
    assert models(two) == []


async def test_a_model_that_hangs_leaves_time_for_the_next(two: House) -> None:
    two.settings["answer_timeout"] = 0.2
    two.server.hangs()
    two.server.replies("In time.")
    assert (await two.answer()).text == "In time."


async def test_the_same_model_twice_is_one(house: House) -> None:
    house.settings |= {"openai_model": MAIN, "openai_fallback_model": MAIN}
    house.server.fails(404)
    await house.fault()
    assert models(house) == [MAIN]


async def test_a_wait_for_ones_turn_counts_as_time(house: House) -> None:
    house.settings["answer_timeout"] = 0.05
    house.throttle.open.clear()
    assert (await house.fault()).kind is FaultKind.BUSY
    assert models(house) == []


async def test_what_the_moderation_flags_goes_to_a_person_unread(house: House) -> None:
    house.settings["moderation"] = True
    house.server.flags = lambda text: "hurt" in text
    answer = await house.answer(asked("I will hurt you"))
    assert (answer.text, answer.action, answer.reason) == ("", Action.ESCALATE, Reason.CONTENT_FILTERED)
    assert models(house) == []
    assert (await house.answer(asked("Hello"))).text == "Hello"
    assert house.server.moderated == ["I will hurt you", "Hello"]


async def test_without_the_setting_nothing_is_moderated(house: House) -> None:
    await house.answer()
    assert house.server.moderated == []


@pytest.mark.parametrize("status", [404, 500])
async def test_a_moderation_that_fails_is_told_once_and_done_without(
    house: House, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    house.settings["moderation"] = True
    house.server.moderation_status = status
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert (await house.answer(asked("Hello"))).text == "Hello"
    assert len([r for r in caplog.records if "moderated" in r.message]) == 1
    assert "Hello" not in caplog.text


async def test_the_clerk_writes_plain_text_with_the_cheaper_model(two: House) -> None:
    two.server.says("A summary.")
    assert await two.write() == "A summary."
    [request] = two.server.requests
    assert (request.model, request.format) == (CHEAP, {})
    [call] = two.meter.calls.values()
    assert (call.purpose, call.max_tokens) == ("summary", 50)


async def test_a_translation_is_booked_as_one_for_its_customer(two: House) -> None:
    two.server.says("How long do refunds take?")
    asker = Asker("slack:T1/U1", "slack:T1/D1", "slack:T1/D1")
    task = translating("Wie lange dauert das?", ["Ich warte auf Geld."], "en", EstimatingCounter(), asker)
    assert await two.opened.clerk.write(task) == "How long do refunds take?"
    [call] = two.meter.calls.values()
    assert (call.model, call.purpose, call.asker) == (CHEAP, "translation", asker)


async def test_the_clerk_uses_the_main_model_where_there_is_no_other(house: House) -> None:
    house.settings["openai_model"] = MAIN
    house.server.says("A summary.")
    assert await house.write() == "A summary."
    assert models(house) == [MAIN]


async def test_the_clerk_tries_again_as_answers_do(house: House) -> None:
    house.server.fails(500)
    house.server.resets(said("Half a summary"), after=3)
    house.server.says("A summary.")
    assert await house.write() == "A summary."


@pytest.mark.parametrize("how", ["filter", "refusal", "empty"])
async def test_the_clerk_says_when_there_is_no_text(house: House, how: str) -> None:
    for _ in range(2):
        if how == "refusal":
            house.server.refuses("No.")
        else:
            house.server.says("", finish_reason="content_filter" if how == "filter" else "stop")
    with pytest.raises(ModelFault):
        await house.write()


async def test_a_trouble_of_the_first_that_lasts_is_told_once(
    two: House, caplog: pytest.LogCaptureFixture
) -> None:
    two.server.models = {CHEAP}
    for _ in range(3):
        await two.answer()
    warnings = [r.message for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert f"{MAIN} gave no answer" in warnings[0]
