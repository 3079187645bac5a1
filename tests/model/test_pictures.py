"""Pictures in a request, over both APIs: shown to models that see, left out for those that don't."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.messages import Picture, Saw
from core.model.faults import Happened, Refusal, refused
from core.model.orders import UNSEEN, order_of, shortened, without_pictures
from core.ports import ChatMessage, Request
from tests.files import png
from tests.model.house import House, asked, said
from tests.simulators.model_answers import Failure
from tests.simulators.model_fixtures import error_body
from tests.simulators.model_requests import pictures_of, text_of

SHOT = Picture("image/png", png(), tokens=900, detail="low")


def with_picture(*pictures: Picture) -> Request:
    request = asked("What is this?")
    last: ChatMessage = {"role": "user", "content": "What is this?", "pictures": pictures or (SHOT,)}
    return replace(request, messages=(*request.messages[:-1], last), tokens=1_000)


async def test_a_model_that_sees_gets_the_picture_beside_the_words(house: House) -> None:
    house.server.queue(said("A cat."))
    answer = await house.answer(with_picture())
    assert (answer.text, answer.saw) == ("A cat.", Saw.ALL)
    (request,) = house.server.requests
    last = request.messages[-1]
    assert text_of(last).strip() == "What is this?"
    assert pictures_of(last) == [("image/png", png())]
    part = last["content"][1]
    assert (part["detail"] if request.api == "responses" else part["image_url"]["detail"]) == "low"
    assert isinstance(request.messages[0]["content"], str)
    assert house.meter.calls[1].prompt_tokens >= 1_000


async def test_a_model_that_is_blind_by_its_name_gets_a_word_instead(house: House) -> None:
    house.settings |= {"openai_model": "llama-3.3-70b"}
    assert house.opened.model.sight is None
    house.server.queue(said("I can't see it."))
    answer = await house.answer(with_picture())
    assert answer.saw is Saw.TEXTS
    assert text_of(house.server.requests[0].messages[-1]) == f"What is this?\n{UNSEEN}"
    assert house.meter.calls[1].prompt_tokens < 1_000


async def test_a_server_that_refuses_pictures_is_asked_without_them_and_never_again_with_them(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.server.sees = False
    house.server.queue(said("I can't see it."))
    assert house.opened.model.sight
    assert (await house.answer(with_picture())).saw is Saw.TEXTS
    assert len(house.server.requests) == 2
    assert house.opened.model.sight is None
    assert caplog.text.count("VISION=false") == 1
    house.server.queue(said("Nor this one."))
    assert (await house.answer(with_picture())).saw is Saw.TEXTS
    assert len(house.server.requests) == 3
    assert "What is this" not in caplog.text


async def test_one_broken_picture_makes_no_model_blind(house: House) -> None:
    house.server.queue(said("I can't open it."))
    assert (await house.answer(with_picture(replace(SHOT, data=b"")))).saw is Saw.TEXTS
    house.server.queue(said("A cat."))
    assert (await house.answer(with_picture())).saw is Saw.ALL


async def test_where_the_next_model_is_blind_its_answer_says_that_it_saw_nothing(chat: House) -> None:
    chat.settings |= {"openai_fallback_model": "llama-3.3-70b"}
    chat.server.queue(Failure(401, error_body("invalid_api_key", key="x")))
    chat.server.queue(said("No idea."))
    assert (await chat.answer(with_picture())).saw is Saw.TEXTS
    assert [bool(pictures_of(request.messages[-1])) for request in chat.server.requests] == [True, False]


def happened(status: int, *, pictures: bool = True, **error: Any) -> Happened:
    return refused(Refusal(status, error), frozenset(), 0.0, pictures=pictures).happened


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Invalid content type. image_url is only supported by certain models."),
        (500, "image input is not supported - hint: you may need to provide the mmproj"),
        (400, "At most 0 image(s) may be provided in one request."),
        (404, "No endpoints found that support image input"),
        (400, "messages[1].content must be a string"),
        (422, "Failed to deserialize: unknown variant `image_url`, expected `text`"),
        (400, "This model is not a multimodal model"),
    ],
)
def test_servers_say_in_many_ways_that_a_model_is_blind(status: int, message: str) -> None:
    assert happened(status, message=message) is Happened.BLIND
    assert happened(status, message=message, pictures=False) is not Happened.BLIND


def test_a_fault_of_a_single_picture_or_of_anything_else_is_not_blindness() -> None:
    assert happened(400, code="image_parse_error", message="unsupported image") is Happened.BAD_PICTURE
    assert happened(400, message="Could not process image") is Happened.BAD_PICTURE
    assert happened(400, message="Invalid image data") is Happened.BAD_PICTURE
    assert happened(401, message="Your key has no vision") is Happened.BAD_KEY
    assert happened(429, message="image_url rate limit") is Happened.RATE_LIMITED
    assert happened(500, message="Internal error") is Happened.SERVER_ERROR
    assert happened(400, message="context length exceeded, 9000 tokens") is Happened.TOO_LONG


def test_an_order_without_pictures_costs_less_and_pictures_count_where_a_history_is_cut() -> None:
    order = order_of(with_picture())
    assert without_pictures(order).tokens < 300
    pairs: list[ChatMessage] = [
        {"role": "user", "content": "one " * 50},
        {"role": "assistant", "content": "two " * 50},
    ]
    long = replace(with_picture(), messages=(*asked(history=pairs * 4).messages[:-1], order.messages[-1]))
    cut = shortened(order_of(replace(long, history=(1, 9), tokens=1_900)), 2_000, 1_900)
    assert cut
    assert len(cut.messages) < 10
    assert cut.messages[-1].get("pictures")
