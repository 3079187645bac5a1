"""How an answer of the simulated model goes over the wire: whole or as events, and where it breaks off."""

import json
import math
from collections.abc import Iterator
from typing import Any

from tests.simulators.model_answers import Fault, Scripted
from tests.simulators.model_bodies import chunks, completion, embeddings, response
from tests.simulators.model_fixtures import error_body
from tests.simulators.model_requests import Request
from tests.simulators.model_service import Service

_BODY_PIECES = 8
"""How many writes a plain (not streamed) body takes, so that it too can stall or drip."""


def frames_of(request: Request, answer: Scripted, service: Service) -> tuple[str, list[bytes]]:
    """The content type, and the bytes in the portions in which they go out."""
    if answer.fault is Fault.WRONG_TYPE:
        return "text/html", [b"<html><body><h1>502 Bad Gateway</h1></body></html>\n"]
    if request.streams and not service.ignores_stream:
        return "text/event-stream; charset=utf-8", _events(request, answer, service)
    return "application/json", _portions(_plain_body(request, answer, service))


def break_at(request: Request, frames: list[bytes], after: int) -> int:
    """The frame at which an answer goes wrong; never past the last, or it would not."""
    opening = 1 if request.streams else 0  # a stream's first frame tells the role, no words
    return min(after + opening, len(frames) - 1)


def _plain_body(request: Request, answer: Scripted, service: Service) -> bytes:
    if answer.fault is Fault.EMPTY:
        return b""
    if answer.fault is Fault.ERROR_EVENT:
        return json.dumps(error_body("server")).encode()
    make = {"chat": completion, "responses": response}.get(request.api, embeddings)
    body = json.dumps(make(request, answer, service)).encode()
    return body[: len(body) // 2] if answer.fault is Fault.MALFORMED else body


def _events(request: Request, answer: Scripted, service: Service) -> list[bytes]:
    """The events of a stream."""
    if answer.fault is Fault.EMPTY:
        return []
    if request.api == "chat":
        events = [_event({**chunk, **service.malform}) for chunk in chunks(request, answer, service)]
    else:
        events = list(_response_events(request, answer, service))
    if answer.fault is Fault.MALFORMED:
        half = events[1][: len(events[1]) // 2]
        return [events[0], half + b"\n\n"]
    if answer.fault in (Fault.TRUNCATED, Fault.ERROR_EVENT):
        kept = events[: break_at(request, events, answer.after or 0)]
        failed = answer.fault is Fault.ERROR_EVENT
        return [*kept, _error_event(request)] if failed else kept
    return [*events, b"data: [DONE]\n\n"] if request.api == "chat" else events


def _response_events(request: Request, answer: Scripted, service: Service) -> Iterator[bytes]:
    """The beginning, the pieces and the end, each with the events that the service sends along."""
    whole = response(request, answer, service)
    item = {**whole["output"][0], "status": "in_progress", "content": []}
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    at = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    kind = "output_text" if answer.refusal is None else "refusal"
    empty = {"type": kind, "text": "", "annotations": []}
    yield b"".join(
        (
            _typed("response.created", response=begun),
            _typed("response.in_progress", response=begun),
            _typed("response.output_item.added", output_index=0, item=item),
            _typed("response.content_part.added", part=empty, **at),
        )
    )
    for piece in answer.cut():
        yield _typed(f"response.{kind}.delta", delta=piece, **at)
    name = "text" if answer.refusal is None else "refusal"
    end = "incomplete" if whole["incomplete_details"] else "completed"
    yield _typed(f"response.{kind}.done", **{name: answer.text}, **at) + _typed(
        f"response.{end}", response=whole
    )


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


def _typed(type: str, **fields: Any) -> bytes:
    """An event of the Responses API, which also stands under its name."""
    return f"event: {type}\n".encode() + _event({**fields, "type": type})


def _error_event(request: Request) -> bytes:
    body = error_body("server")
    if request.api == "chat":
        return _event(body)
    return _typed("error", code="server_error", message=body["error"]["message"], param=None)


def _portions(body: bytes) -> list[bytes]:
    size = max(1, math.ceil(len(body) / _BODY_PIECES))
    return [body[at : at + size] for at in range(0, len(body), size)]
