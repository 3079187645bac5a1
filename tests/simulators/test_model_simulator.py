"""The model simulator, asked by the unmodified client of the service it stands in for."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from tests.simulators.model import ModelSimulator
from tests.simulators.model_answers import Failure, Scripted, structured
from tests.simulators.model_fixtures import FIXTURES, error_body
from tests.simulators.model_requests import Request

Stream = AsyncStream[ChatCompletionChunk]
LONG = "abcdefghijklmnopqrstuvwxyz"


# The simulator speaks plain HTTP. Without a TLS context of its own, every client would read all
# the certificates of the system, which takes longer than most of these tests.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def client_of(model: ModelSimulator) -> AsyncOpenAI:
    return AsyncOpenAI(
        api_key=model.api_key,
        base_url=model.base_url,
        max_retries=0,
        timeout=5,
        http_client=openai.DefaultAsyncHttpxClient(verify=NO_TLS),
    )


@pytest.fixture
async def model() -> AsyncIterator[ModelSimulator]:
    async with ModelSimulator() as simulator:
        yield simulator


@pytest.fixture
async def client(model: ModelSimulator) -> AsyncIterator[AsyncOpenAI]:
    async with client_of(model) as made:
        yield made


async def ask(client: AsyncOpenAI, text: str = "Hi", **extra: Any) -> ChatCompletion:
    answer: ChatCompletion = await client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": text}], **extra
    )
    return answer


async def open_stream(client: AsyncOpenAI, text: str = "Hi", **extra: Any) -> Stream:
    stream: Stream = await client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": text}], stream=True, **extra
    )
    return stream


async def chunks_of(client: AsyncOpenAI, **extra: Any) -> list[ChatCompletionChunk]:
    return [chunk async for chunk in await open_stream(client, **extra)]


def pieces_of(chunks: list[ChatCompletionChunk]) -> list[str]:
    return [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]


def said(answer: ChatCompletion) -> str:
    content = answer.choices[0].message.content
    assert content is not None
    return content


async def read_until_error(stream: Stream) -> tuple[str, Exception]:
    """The text a stream gave before it failed, and how it failed."""
    text = ""
    try:
        async for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    except Exception as error:
        return text, error
    raise AssertionError("the stream ended in good order")


# Answers.


async def test_structured_answer_has_its_keys_in_order(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.replies("Five days – at most.", sources=["refunds.md#1"])
    answer = await ask(client)
    assert said(answer) == (
        '{"action": "answer", "reason": null, "sources": ["refunds.md#1"], "reply": "Five days – at most."}'
    )
    assert answer.model == "gpt-4o-mini"
    assert answer.choices[0].finish_reason == "stop"
    assert answer._request_id == model.requests[0].id


async def test_answers_come_in_order_and_then_always(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.says("one")
    model.fails(500)
    model.always(lambda request: Scripted(request.last_user.upper()))
    assert model.queued == 2
    assert said(await ask(client)) == "one"
    with pytest.raises(openai.InternalServerError):
        await ask(client)
    assert model.queued == 0
    assert said(await ask(client, "two")) == "TWO"


async def test_by_default_it_repeats_the_last_line(client: AsyncOpenAI) -> None:
    answer = json.loads(said(await ask(client, "Question:\nWhere is my parcel?")))
    assert answer["reply"] == "Where is my parcel?"


async def test_always_may_fail(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.always(lambda _: Failure(500, error_body("server")))
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await ask(client)


async def test_stream_tells_role_pieces_end_and_usage(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.says("Hello there", pieces=["Hel", "lo ", "there"])
    chunks = await chunks_of(client, stream_options={"include_usage": True})
    assert chunks[0].choices[0].delta.role == "assistant"
    assert pieces_of(chunks) == ["Hel", "lo ", "there"]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == len("Hello there") // 4
    assert len({chunk.id for chunk in chunks}) == 1


async def test_stream_without_usage_and_cut_by_length(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.says("ä€😀 text", pieces=2)
    chunks = await chunks_of(client)
    assert pieces_of(chunks) == ["ä€", "😀 ", "te", "xt"]
    assert all(chunk.usage is None for chunk in chunks)


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_finish_reason(model: ModelSimulator, client: AsyncOpenAI, reason: str) -> None:
    for _ in range(2):
        model.says("Half a", finish_reason=reason)
    assert (await ask(client)).choices[0].finish_reason == reason
    assert (await chunks_of(client))[-1].choices[0].finish_reason == reason


async def test_refusal_takes_the_place_of_content(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.refuses("I can't help with that.")
    message = (await ask(client)).choices[0].message
    assert (message.content, message.refusal) == (None, "I can't help with that.")
    chunks = await chunks_of(client)
    refusal = "".join(chunk.choices[0].delta.refusal or "" for chunk in chunks)
    assert refusal == "I can't help with that."
    assert pieces_of(chunks) == []


async def test_usage_is_estimated_or_given(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.says("x" * 40, cached_tokens=3)
    usage = (await ask(client, "y" * 80)).usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (20, 10, 30)
    assert usage.prompt_tokens_details is not None
    assert usage.prompt_tokens_details.cached_tokens == 3
    model.says("x", usage={"prompt_tokens": 1000, "completion_tokens": 7})
    usage = (await ask(client)).usage
    assert usage is not None
    assert usage.total_tokens == 1007
    model.reports_usage = False
    assert (await ask(client)).usage is None


def test_pieces_must_be_the_content() -> None:
    with pytest.raises(ValueError, match="pieces"):
        Scripted("Hello", pieces=["Bye"])


async def test_delay_is_before_the_headers_and_between_pieces(
    model: ModelSimulator, client: AsyncOpenAI
) -> None:
    model.says("abc", delay=0.1)
    model.drips("abc", every=0.03, pieces=1)
    model.drips("abc", every=0.01)
    start = time.monotonic()
    await open_stream(client)
    assert time.monotonic() - start >= 0.1
    start = time.monotonic()
    assert pieces_of(await chunks_of(client)) == ["a", "b", "c"]
    assert time.monotonic() - start >= 0.09
    start = time.monotonic()
    assert said(await ask(client)) == "abc"
    assert time.monotonic() - start >= 0.06


# What reached the model.


async def test_request_is_kept(model: ModelSimulator, client: AsyncOpenAI) -> None:
    before = time.monotonic()
    await client.chat.completions.create(
        model="gpt-4o-mini",
        temperature=0.2,
        messages=[
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "First"},
            {"role": "assistant", "content": "Yes?"},
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Second"}]},
        ],
    )
    (request,) = model.requests
    assert request.system == "Be kind.\n\nBe brief."
    assert request.last_user == "Second"
    assert request.text.splitlines() == ["Be kind.", "First", "Yes?", "Be brief.", "Second"]
    assert len(request.messages) == 5
    assert request.body["temperature"] == 0.2
    assert request.headers["authorization"] == "Bearer sk-test"
    assert (request.model, request.streams) == ("gpt-4o-mini", False)
    assert before <= request.at <= time.monotonic()


def test_request_without_a_user_has_no_last_user() -> None:
    assert Request("req_1", {"messages": []}, {}, 0.0).last_user == ""


async def test_headers_of_an_answer(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.rate_limits["x-ratelimit-remaining-requests"] = "1"
    raw = await client.chat.completions.with_raw_response.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "Hi"}]
    )
    assert raw.headers["x-ratelimit-remaining-requests"] == "1"
    assert raw.headers["x-ratelimit-limit-requests"] == "10000"
    assert raw.headers["x-request-id"] == model.requests[0].id


async def test_models(model: ModelSimulator, client: AsyncOpenAI) -> None:
    assert [each.id async for each in client.models.list()] == ["gpt-4o-mini"]
    model.models = {"b", "a"}
    assert [each.id async for each in client.models.list()] == ["a", "b"]
    with pytest.raises(openai.AuthenticationError):
        await client.with_options(api_key="sk-wrong").models.list()


# What the simulator refuses of itself.


async def test_wrong_key_is_refused_and_uses_up_nothing(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.says("kept")
    with pytest.raises(openai.AuthenticationError, match="Incorrect API key") as caught:
        await ask(client.with_options(api_key="sk-wrong"))
    assert caught.value.code == "invalid_api_key"
    assert model.requests[0].headers["Authorization"] == "Bearer sk-wrong"
    assert said(await ask(client)) == "kept"


async def test_unknown_model_is_refused(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.models = {"another"}
    with pytest.raises(openai.NotFoundError, match="gpt-4o-mini") as caught:
        await ask(client)
    assert caught.value.code == "model_not_found"


async def test_unsupported_parameter_is_refused_for_as_long_as_it_stands(
    model: ModelSimulator, client: AsyncOpenAI
) -> None:
    model.unsupported_parameters = {"max_tokens"}
    for _ in range(2):
        with pytest.raises(openai.BadRequestError, match="'max_tokens'") as caught:
            await ask(client, max_tokens=5)
        assert caught.value.param == "max_tokens"
        assert caught.value.code == "unsupported_parameter"
    await ask(client, max_completion_tokens=5)


def schema(name: str = "answer", **changes: Any) -> dict[str, Any]:
    """A response_format with a strict schema, in which something may be wrong."""
    body = {
        "type": "object",
        "properties": {"tags": {"type": "array", "items": {"type": "string"}}},
        "required": ["tags"],
        "additionalProperties": False,
        **changes,
    }
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": body},
    }


async def test_response_format_not_supported_is_refused(model: ModelSimulator, client: AsyncOpenAI) -> None:
    await ask(client, response_format=schema())
    model.supports = {"json_object"}
    with pytest.raises(openai.BadRequestError, match="json_schema") as caught:
        await ask(client, response_format=schema())
    assert caught.value.param == "response_format"
    await ask(client, "Answer in JSON", response_format={"type": "json_object"})
    with pytest.raises(openai.BadRequestError, match="the word 'json'"):
        await ask(client, "Answer", response_format={"type": "json_object"})
    model.supports = set()
    with pytest.raises(openai.BadRequestError, match="json_object"):
        await ask(client, "Answer in JSON", response_format={"type": "json_object"})
    await ask(client, response_format={"type": "text"})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (schema(additionalProperties=True), "additionalProperties"),
        (schema(required=[]), "Missing 'tags'"),
        (
            schema(properties={"tags": {"type": "array", "items": {"type": "object"}}}),
            r"context=\('properties', 'tags', 'items'\)",
        ),
        ({"type": "json_schema", "json_schema": {"name": "x"}}, "json_schema.schema"),
    ],
)
async def test_strict_schema_is_checked(client: AsyncOpenAI, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(openai.BadRequestError, match=message):
        await ask(client, response_format=wrong)


async def test_malformed_requests_are_refused(model: ModelSimulator, client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="Missing required parameter: 'messages'"):
        await client.chat.completions.create(model="gpt-4o-mini", messages=[])
    with pytest.raises(openai.BadRequestError, match="stream_options"):
        await ask(client, stream_options={"include_usage": True})
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{model.base_url}/chat/completions",
            data=b"{",
            headers={"Authorization": "Bearer sk-test"},
        ) as response,
    ):
        assert response.status == 400
        assert "could not parse" in (await response.json())["error"]["message"]


# The errors a test queues.


async def test_rate_limit(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.fails(retry_after=7)
    with pytest.raises(openai.RateLimitError, match="try again in 7s") as caught:
        await ask(client)
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.type == "tokens"
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.request_id == model.requests[0].id


async def test_client_retries_after_what_it_is_told(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.fails(429, retry_after=0.05)
    model.fails(503, headers={"retry-after-ms": "50"})
    model.says("third time")
    assert said(await ask(client.with_options(max_retries=2))) == "third time"
    first, second, third = model.requests
    assert second.at - first.at >= 0.05
    assert third.at - second.at >= 0.05
    assert third.headers["x-stainless-retry-count"] == "2"


async def test_quota(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.fails(429, code="insufficient_quota")
    with pytest.raises(openai.RateLimitError, match="current quota") as caught:
        await ask(client)
    assert caught.value.code == caught.value.type == "insufficient_quota"
    assert "retry-after" not in caught.value.response.headers


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
async def test_status(
    model: ModelSimulator, client: AsyncOpenAI, status: int, kind: type[openai.APIStatusError]
) -> None:
    for _ in range(2):
        model.fails(status)
    with pytest.raises(kind) as caught:
        await ask(client)
    assert caught.value.status_code == status
    with pytest.raises(kind):
        await open_stream(client)


async def test_error_in_the_words_of_the_test(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.fails(400, code="unsupported_value", param="temperature", message="Only 1 will do.")
    with pytest.raises(openai.BadRequestError, match="Only 1 will do") as caught:
        await ask(client)
    assert (caught.value.code, caught.value.param) == ("unsupported_value", "temperature")


async def test_context_length(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.too_long(limit=4096, used=5000)
    model.fails(400, code="context_length_exceeded")
    with pytest.raises(openai.BadRequestError, match=r"length is 4096 tokens.* in 5000 tokens"):
        await ask(client)
    with pytest.raises(openai.BadRequestError, match="maximum context length") as caught:
        await ask(client)
    assert caught.value.code == "context_length_exceeded"


async def test_rejections_of_one_request(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.rejects_parameter("temperature")
    model.rejects_format()
    with pytest.raises(openai.BadRequestError) as caught:
        await ask(client, temperature=0)
    assert (caught.value.code, caught.value.param) == ("unsupported_parameter", "temperature")
    with pytest.raises(openai.BadRequestError, match="json_schema"):
        await ask(client, response_format=schema())
    await ask(client, response_format=schema(), temperature=0)


async def test_error_body_under_a_200(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.fails(200)
    answer = await ask(client)
    assert answer.choices is None
    assert answer.model_extra == error_body("server")
    assert await chunks_of(client) == []


# What goes wrong on the way.


async def test_reset_before_the_headers(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.resets()
    with pytest.raises(openai.APIConnectionError) as caught:
        await ask(client)
    assert not isinstance(caught.value, openai.APITimeoutError)


async def test_reset_in_the_middle(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.resets(Scripted(LONG, piece_delay=0.01), after=3)
    text, error = await read_until_error(await open_stream(client))
    assert text == LONG[:12]
    assert isinstance(error, openai.APIConnectionError)
    with pytest.raises(openai.APIConnectionError):
        await ask(client)


async def test_hang_until_released(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.hangs(Scripted("at last"))
    asking = asyncio.create_task(ask(client))
    await model.wait_requests(1)
    done, _ = await asyncio.wait([asking], timeout=0.05)
    assert not done
    model.release()
    assert said(await asking) == "at last"


async def test_client_that_gives_up(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.hangs()
    with pytest.raises(openai.APITimeoutError):
        await ask(client.with_options(timeout=0.05))
    await ask(client)


async def test_stall_in_a_stream(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.stalls(Scripted(LONG), after=2)
    stream = await open_stream(client)
    text = ""
    while text != LONG[:8]:
        text += (await anext(stream)).choices[0].delta.content or ""
    rest = asyncio.create_task(anext(stream))
    done, _ = await asyncio.wait([rest], timeout=0.05)
    assert not done
    model.release()
    text += (await rest).choices[0].delta.content or ""
    async for chunk in stream:
        text += chunk.choices[0].delta.content or ""
    assert text == LONG


async def test_stall_meets_the_read_timeout(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.stalls(Scripted(LONG), after=1)
    impatient = client.with_options(timeout=0.1)
    text, error = await read_until_error(await open_stream(impatient))
    assert text == LONG[:4]
    assert isinstance(error, openai.APITimeoutError)
    with pytest.raises(openai.APITimeoutError):
        await ask(impatient)


async def test_truncated(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.truncates(Scripted(LONG), after=2)
    chunks = await chunks_of(client)
    assert "".join(pieces_of(chunks)) == LONG[:8]
    assert all(chunk.choices[0].finish_reason is None for chunk in chunks)
    with pytest.raises(openai.APIConnectionError):
        await ask(client)


async def test_error_in_a_stream(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.breaks_off(Scripted(LONG), after=2)
    text, error = await read_until_error(await open_stream(client))
    assert text == LONG[:8]
    assert type(error) is openai.APIError
    assert error.type == "server_error"
    assert (await ask(client)).choices is None


async def test_malformed_json(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.malformed()
    with pytest.raises(json.JSONDecodeError):
        await ask(client)
    _, error = await read_until_error(await open_stream(client))
    assert isinstance(error, json.JSONDecodeError)


async def test_empty(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.empty()
    with pytest.raises(json.JSONDecodeError):
        await ask(client)
    assert await chunks_of(client) == []


async def test_wrong_type(model: ModelSimulator, client: AsyncOpenAI) -> None:
    for _ in range(2):
        model.wrong_type()
    answer: object = await ask(client)
    assert isinstance(answer, str)
    assert "Bad Gateway" in answer
    assert await chunks_of(client) == []


# Holding, and closing.


async def test_hold_and_release(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.hold()
    asking = [asyncio.create_task(ask(client, str(number))) for number in range(3)]
    assert len(await model.wait_requests(3)) == 3
    done, _ = await asyncio.wait(asking, timeout=0.05)
    assert not done
    model.release()
    model.hold()
    answers = await asyncio.gather(*asking)
    assert [said(answer) for answer in answers] == [structured(str(n)) for n in range(3)]
    held = asyncio.create_task(ask(client))
    await model.wait_requests(4)
    assert not held.done()
    model.release()
    await held


async def test_waiting_for_what_does_not_come(model: ModelSimulator) -> None:
    with pytest.raises(TimeoutError, match="0 of 1 requests"):
        await model.wait_requests(1, timeout=0.02)


async def test_closing_breaks_off_what_waits() -> None:
    async with ModelSimulator() as model:
        model.hangs()
        model.stalls(after=1)
        model.says("late", delay=60)
        model.drips(LONG, every=60)
        client = client_of(model)
        asking = [asyncio.create_task(ask(client, str(number))) for number in range(4)]
        await model.wait_requests(4)
        start = time.monotonic()
    assert time.monotonic() - start < 0.3
    for error in await asyncio.gather(*asking, return_exceptions=True):
        assert isinstance(error, openai.APIConnectionError)
    with pytest.raises(openai.APIConnectionError):
        await ask(client)
    await client.close()


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_fixture_is_of_the_services_shape(path: Path) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    if path.stem.startswith("error_"):
        assert set(body) == {"error"}
        assert set(body["error"]) == {"message", "type", "param", "code"}
    elif path.stem == "moderation":
        assert set(body) == {"id", "model", "results"}
    else:
        assert body["object"] in {"chat.completion", "chat.completion.chunk", "list", "response"}


@pytest.mark.parametrize("stream", [True, False])
async def test_responses(model: ModelSimulator, client: AsyncOpenAI, stream: bool) -> None:
    model.says("Five days.", usage={"prompt_tokens": 7, "completion_tokens": 3})
    wanted: dict[str, Any] = {"model": "gpt-4o-mini", "input": "Hi", "instructions": "Be kind."}
    if stream:
        async with client.responses.stream(**wanted) as events:
            answer = await events.get_final_response()
    else:
        answer = await client.responses.create(**wanted)
    assert answer.output_text == "Five days."
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (7, 3)
    assert [m["content"] for m in model.requests[0].messages] == ["Be kind.", "Hi"]


async def test_responses_that_are_cut_say_so(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.says("Five", finish_reason="length")
    answer = await client.responses.create(model="gpt-4o-mini", input="Hi")
    assert answer.status == "incomplete"
    assert answer.incomplete_details is not None
    assert answer.incomplete_details.reason == "max_output_tokens"


async def test_moderations(model: ModelSimulator, client: AsyncOpenAI) -> None:
    model.flags = lambda text: "hurt" in text
    results = [(await client.moderations.create(input=text)).results[0] for text in ("Hi", "I hurt")]
    assert [result.flagged for result in results] == [False, True]
    assert model.moderated == ["Hi", "I hurt"]


@pytest.mark.parametrize("packed", [True, False])
async def test_embeddings(model: ModelSimulator, client: AsyncOpenAI, packed: bool) -> None:
    model.takes_base64 = packed
    texts = ["a refund for my order", "refund my order", "opening hours"]
    answer = await client.embeddings.create(model="text-embedding-3-small", input=texts)
    first, same, other = (entry.embedding for entry in answer.data)
    assert len(first) == model.dimensions
    assert sum(a * b for a, b in zip(first, same, strict=True)) > sum(
        a * b for a, b in zip(first, other, strict=True)
    )
    assert answer.usage.prompt_tokens == sum(map(len, texts)) // 4
    model.fails(429)
    with pytest.raises(openai.RateLimitError):
        await client.embeddings.create(model="text-embedding-3-small", input="Hi")


@pytest.mark.parametrize("texts", [["Hi", ""], ["x" * 40_000], ["Hi"] * 2_049, ["x" * 32_000] * 50])
async def test_embeddings_beyond_the_limits_are_refused(
    model: ModelSimulator, client: AsyncOpenAI, texts: list[str]
) -> None:
    with pytest.raises(openai.BadRequestError):
        await client.embeddings.create(model="text-embedding-3-small", input=texts)
