"""What an answer of the simulated model says in each API's own form, as JSON's plain data."""

import base64
import struct
import time
from collections.abc import Iterator
from typing import Any

from tests.simulators.meaning import bag_of_words
from tests.simulators.model_answers import Scripted
from tests.simulators.model_fixtures import fixture
from tests.simulators.model_requests import Request
from tests.simulators.model_service import Service

_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def completion(request: Request, answer: Scripted, service: Service) -> dict[str, Any]:
    """The answer of Chat Completions that comes whole."""
    body = _stamped("chat_completion", request, service)
    choice = body["choices"][0]
    choice["finish_reason"] = answer.finish_reason
    choice["message"]["content"] = None if answer.refusal is not None else answer.content
    choice["message"]["refusal"] = answer.refusal
    if service.reports_usage:
        body["usage"] = _usage(request, answer)
    else:
        del body["usage"]
    return body


def chunks(request: Request, answer: Scripted, service: Service) -> Iterator[dict[str, Any]]:
    """A stream of Chat Completions: the role, the pieces, the end, and the usage if it was asked for."""
    options = request.body.get("stream_options") or {}
    template = _stamped("chat_completion_chunk", request, service)
    with_usage = service.reports_usage and bool(options.get("include_usage"))
    if not with_usage:
        del template["usage"]
    said = "content" if answer.refusal is None else "refusal"
    opening = template["choices"][0]["delta"]
    yield _chunk(template, opening)
    for piece in answer.cut():
        yield _chunk(template, {said: piece})
    yield _chunk(template, {}, answer.finish_reason)
    if with_usage:
        yield {**template, "choices": [], "usage": _usage(request, answer)}


def response(request: Request, answer: Scripted, service: Service) -> dict[str, Any]:
    """The answer of Responses."""
    body = fixture("response")
    mark = request.id.removeprefix("req_")
    body.update(id=f"resp_{mark}", created_at=int(time.time()), model=service.calls_itself or request.model)
    if why := _INCOMPLETE.get(answer.finish_reason):
        body.update(status="incomplete", incomplete_details={"reason": why})
    if answer.refusal is not None:
        part: dict[str, Any] = {"type": "refusal", "refusal": answer.refusal}
    else:
        part = {"type": "output_text", "text": answer.content or "", "annotations": []}
    body["output"][0]["content"] = [part]
    used = _usage(request, answer)
    body["usage"].update(
        input_tokens=used["prompt_tokens"],
        input_tokens_details={"cached_tokens": used["prompt_tokens_details"]["cached_tokens"]},
        output_tokens=used["completion_tokens"],
        total_tokens=used["total_tokens"],
    )
    if not service.reports_usage:
        body["usage"] = None
    return body


def embeddings(request: Request, answer: Scripted, service: Service) -> dict[str, Any]:
    """A vector for each text; of the answer only its figures are told."""
    packed = service.takes_base64 and request.body.get("encoding_format") == "base64"
    vectors = [bag_of_words(text, service.dimensions) for text in request.texts]
    data = [
        {"object": "embedding", "index": at, "embedding": _packed(vector) if packed else vector}
        for at, vector in enumerate(vectors)
    ]
    body: dict[str, Any] = {"object": "list", "data": data, "model": request.model}
    if service.reports_usage:
        used = _usage(request, answer)["prompt_tokens"]
        body["usage"] = {"prompt_tokens": used, "total_tokens": used}
    return {**body, **service.malform}


def _stamped(name: str, request: Request, service: Service) -> dict[str, Any]:
    """A fixture with the marks of this request's answer."""
    body = fixture(name)
    body["id"] = f"chatcmpl-{request.id.removeprefix('req_')}"
    body["created"] = int(time.time())
    body["model"] = service.calls_itself or request.model
    return body


def _usage(request: Request, answer: Scripted) -> dict[str, Any]:
    """The tokens of a request and its answer: four characters each, unless the answer says."""
    given = answer.usage or {}
    usage: dict[str, Any] = fixture("chat_completion")["usage"]
    usage["prompt_tokens"] = len(request.text) // 4
    usage["completion_tokens"] = len(answer.text) // 4
    usage["prompt_tokens_details"]["cached_tokens"] = answer.cached_tokens
    usage.update(given)
    if "total_tokens" not in given:
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    return usage


def _chunk(
    template: dict[str, Any], delta: dict[str, Any], finish_reason: str | None = None
) -> dict[str, Any]:
    choice = {**template["choices"][0], "delta": delta, "finish_reason": finish_reason}
    return {**template, "choices": [choice]}


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
