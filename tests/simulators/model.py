"""A server of Chat Completions, Responses, Embeddings and Moderations, scripted by its test.

    async with ModelSimulator() as model:
        model.fails(429, retry_after=0.05)
        model.replies("Refunds take five days.", sources=["refunds.md#1"])
        client = AsyncOpenAI(api_key=model.api_key, base_url=model.base_url)

What is queued answers the requests in the order in which they arrive, one each. What the
simulator itself refuses (a wrong key, an unknown model, a malformed request) uses up nothing.
Once the queue is empty, `always` answers.
"""

import asyncio
import base64
import json
import math
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto
from functools import cache
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

from aiohttp import web

from tests.simulators.meaning import bag_of_words

FIXTURES = Path(__file__).parent.parent / "fixtures" / "openai"

RATE_LIMITS = {
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "200000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-remaining-tokens": "199000",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-reset-tokens": "300ms",
}
"""What the service sends with each answer; a test replaces `ModelSimulator.rate_limits`."""

_ERRORS_BY_CODE = {
    "context_length_exceeded": "context_length",
    "insufficient_quota": "quota",
    "invalid_api_key": "invalid_api_key",
    "model_not_found": "model_not_found",
    "rate_limit_exceeded": "rate_limit",
    "unsupported_parameter": "unsupported_parameter",
}
_FIGURES = {"model": "gpt-4o-mini", "key": "sk-***", "limit": 8192, "used": 9001, "wait": 1}
"""What fills the placeholders of an error when the test does not care."""
_ERRORS_BY_STATUS = {
    401: "invalid_api_key",
    404: "model_not_found",
    429: "rate_limit",
    500: "server",
    502: "server",
    503: "overloaded",
    504: "server",
}
_APIS = {"/v1/responses": "responses", "/v1/embeddings": "embeddings"}
_PICTURES = {"image_url", "input_image"}
_MOST_INPUTS = 2_048
_MOST_INPUT_TOKENS = 300_000
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}
_BODY_PIECES = 8
"""How many writes a plain (not streamed) body takes, so that it too can stall or drip."""


class Fault(StrEnum):
    """What may go wrong with an answer that began as a 200."""

    HANG = auto()
    """Nothing, not even the headers, until `release`; then the answer."""
    STALL = auto()
    """Some pieces, then nothing until `release`; then the rest."""
    RESET = auto()
    """The connection is reset, before the headers or after some pieces."""
    TRUNCATED = auto()
    """Some pieces, then the end: of the stream in good order, of a plain body too soon."""
    MALFORMED = auto()
    """JSON that breaks off, in a body that is otherwise in order."""
    EMPTY = auto()
    """Headers and no body."""
    WRONG_TYPE = auto()
    """An HTML page, as from a proxy in between."""
    ERROR_EVENT = auto()
    """Some pieces, then an error where the next piece should be."""


class Manner(TypedDict, total=False):
    """How an answer is given: what `replies`, `says` and their like pass on to `Scripted`."""

    finish_reason: str
    refusal: str | None
    usage: dict[str, Any] | None
    cached_tokens: int
    delay: float
    piece_delay: float
    pieces: int | Sequence[str]


@dataclass(frozen=True, slots=True)
class Scripted:
    """One answer of the model, and how it is sent."""

    content: str | None = ""
    finish_reason: str = "stop"
    refusal: str | None = None
    """Takes the place of the content, as it does in the service's answers."""
    usage: dict[str, Any] | None = None
    """Figures that replace the estimated ones."""
    cached_tokens: int = 0
    delay: float = 0.0
    """Seconds before the headers."""
    piece_delay: float = 0.0
    """Seconds between two pieces."""
    pieces: int | Sequence[str] = 4
    """How a stream is cut: after so many characters, or into these very pieces."""
    fault: Fault | None = None
    after: int | None = None
    """How many pieces go out before the fault; None is before the headers."""

    def __post_init__(self) -> None:
        if not isinstance(self.pieces, int) and "".join(self.pieces) != self.text:
            raise ValueError("the pieces, joined, are not what the answer says")

    @property
    def text(self) -> str:
        return self.refusal if self.refusal is not None else self.content or ""

    def cut(self) -> list[str]:
        """The pieces a stream sends."""
        if not isinstance(self.pieces, int):
            return list(self.pieces)
        return [self.text[at : at + self.pieces] for at in range(0, len(self.text), self.pieces)]


@dataclass(frozen=True, slots=True)
class Failure:
    """An error in the service's shape instead of an answer."""

    status: int
    error: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


Answer = Scripted | Failure


@dataclass(frozen=True, slots=True)
class Request:
    """One request for a completion, as it arrived."""

    id: str
    """The x-request-id of its answer."""
    body: dict[str, Any]
    headers: Mapping[str, str]
    at: float
    """When it arrived, by `time.monotonic`."""
    api: str = "chat"
    """`chat`, `responses` or `embeddings`."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages, as Chat Completions has them."""
        messages: list[dict[str, Any]] = self.body.get("messages", [])
        if self.api == "chat":
            return messages
        if self.api == "embeddings":
            return [{"role": "user", "content": text} for text in self.texts]
        instructions = self.body.get("instructions")
        first = [{"role": "system", "content": instructions}] if instructions else []
        return [*first, *self.input]

    @property
    def texts(self) -> list[str]:
        """What is to be embedded."""
        given = self.body.get("input") or []
        return [given] if isinstance(given, str) else given

    @property
    def input(self) -> list[dict[str, Any]]:
        """The input of the Responses API."""
        given = self.body.get("input") or []
        return [{"role": "user", "content": given}] if isinstance(given, str) else given

    @property
    def format(self) -> dict[str, Any]:
        """The form that the answer is asked for in, as Chat Completions has it; empty for none."""
        if self.api == "chat":
            wanted: dict[str, Any] = self.body.get("response_format") or {}
            return wanted
        form: dict[str, Any] = (self.body.get("text") or {}).get("format") or {}
        return {"type": form["type"], "json_schema": form} if form.get("type") == "json_schema" else form

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def system(self) -> str:
        """All that the system says, joined by empty lines."""
        return "\n\n".join(
            text_of(message) for message in self.messages if message.get("role") in ("system", "developer")
        )

    @property
    def last_user(self) -> str:
        """The last user message, or an empty string where there is none."""
        users = [message for message in self.messages if message.get("role") == "user"]
        return text_of(users[-1]) if users else ""

    @property
    def text(self) -> str:
        """Every word of the messages."""
        return "\n".join(text_of(message) for message in self.messages)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A request on its way to its answer, all of it settled when the request arrived."""

    raw: web.Request
    request: Request
    answer: Answer
    gate: asyncio.Event
    held: bool


class _CutError(Exception):
    """Ends the connection in the middle of whatever was being sent."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self.reset = reset


def text_of(message: dict[str, Any]) -> str:
    """The words of a message, whose content may be a string, a list of parts, or nothing."""
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content)
    return content or ""


def pictures_of(message: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The pictures of a message of either API: media type and bytes, both empty for what is no picture."""
    content = message.get("content")
    parts = [part for part in content if part.get("type") in _PICTURES] if isinstance(content, list) else []
    found = []
    for part in parts:
        address = part["image_url"]
        head, _, data = str(address["url"] if part["type"] == "image_url" else address).partition(",")
        kind = head.removeprefix("data:").removesuffix(";base64")
        try:
            found.append((kind, base64.b64decode(data, validate=True)))
        except ValueError:
            found.append(("", b""))
    return found


def structured(
    reply: str,
    action: str = "answer",
    reason: str | None = None,
    sources: Sequence[str] = (),
) -> str:
    """The JSON text of a structured answer."""
    return json.dumps(
        {"action": action, "reason": reason, "sources": list(sources), "reply": reply},
        ensure_ascii=False,
    )


def echo(request: Request) -> Scripted:
    """Repeat the last line of the last user message, to show which words reached the model."""
    lines = request.last_user.splitlines() or [""]
    return Scripted(structured(lines[-1]))


@cache
def _fixture_text(name: str) -> str:
    return (FIXTURES / f"{name}.json").read_text(encoding="utf-8")


def _fixture(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_fixture_text(name))
    return loaded


def error_body(name: str, /, **figures: object) -> dict[str, Any]:
    """The body of tests/fixtures/openai/error_NAME.json, its placeholders filled in."""
    body = _fixture(f"error_{name}")
    error = body["error"]
    for key in ("message", "param"):
        if error[key] is not None:
            error[key] = error[key].format(**figures)
    return body


def _schema_fault(schema: dict[str, Any], where: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """Where and how a strict schema breaks the service's two rules about objects, if it does."""
    properties: dict[str, Any] = schema.get("properties", {})
    if schema.get("type") == "object":
        place = ", ".join(repr(step) for step in where)
        if schema.get("additionalProperties") is not False:
            return place, "'additionalProperties' is required to be supplied and to be false"
        missing = [name for name in properties if name not in schema.get("required", [])]
        if missing:
            return place, (
                "'required' is required to be supplied and to be an array including every key "
                f"in properties. Missing '{missing[0]}'"
            )
    inner: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("properties", name), part) for name, part in properties.items()
    ]
    if isinstance(schema.get("items"), dict):
        inner.append((("items",), schema["items"]))
    faults = (_schema_fault(part, (*where, *step)) for step, part in inner)
    return next((fault for fault in faults if fault), None)


class ModelSimulator:
    """The server; `async with` starts and stops it. See the module's docstring."""

    def __init__(self, api_key: str = "sk-test") -> None:
        self.api_key = api_key
        self.models: set[str] | None = None
        """The models there are; None takes any name."""
        self.supports = {"json_schema", "json_object"}
        """The kinds of response_format taken; others are refused with a 400."""
        self.sees = True
        """Whether pictures are taken; a model that can't see refuses them with a 400."""
        self.unsupported_parameters: set[str] = set()
        """Parameters refused with a 400 for as long as they stand here."""
        self.reports_usage = True
        """Whether answers tell the tokens used; some compatible servers do not."""
        self.ignores_stream = False
        """Whether answers come whole though a stream was asked for, as from some compatible servers."""
        self.calls_itself = ""
        """The model's name in answers; empty: as it was asked for."""
        self.malform: dict[str, Any] = {}
        """What replaces parts of each event of Chat Completions, as from a server that is none."""
        self.rate_limits = dict(RATE_LIMITS)
        self.dimensions = 64
        """How many numbers an embedding has."""
        self.embedding_tokens = 8_192
        """The longest text that is embedded, four characters to a token."""
        self.takes_base64 = True
        """Whether embeddings come as base64 where that is asked for."""
        self.flags: Callable[[str], bool] = lambda text: False
        """Which words the moderation flags."""
        self.moderation_status = 200
        """What the moderation answers with."""
        self.moderated: list[str] = []
        self.requests: list[Request] = []
        self.base_url = ""
        self._queue: deque[Answer] = deque()
        self._answerer: Callable[[Request], Answer] = echo
        self._arrived = asyncio.Condition()
        self._closing = asyncio.Event()
        self._held = False
        # One event for each stretch between two releases: a request takes the event that stands
        # when it arrives, so a later hold cannot catch what an earlier release let go.
        self._gate = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_post("/v1/chat/completions", self._completions)
        app.router.add_post("/v1/responses", self._completions)
        app.router.add_post("/v1/embeddings", self._completions)
        app.router.add_post("/v1/moderations", self._moderations)
        app.router.add_get("/v1/models", self._models)
        # With handler_cancellation, a client that gives up takes its held request with it.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{port}/v1"

    async def close(self) -> None:
        """Stop listening and break off every answer that is still waiting."""
        self._closing.set()
        self.release()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # What the model answers.

    def queue(self, answer: Answer) -> None:
        """Queue an answer; the methods below put the usual ones into words."""
        self._queue.append(answer)

    def unqueue(self) -> None:
        """Take the answer back that was queued last."""
        self._queue.pop()

    @property
    def queued(self) -> int:
        """How many queued answers no request has used up yet."""
        return len(self._queue)

    def always(self, answerer: Callable[[Request], Answer]) -> None:
        """Answer by this function whatever comes once the queue is empty."""
        self._answerer = answerer

    def replies(
        self,
        reply: str = "Hello",
        action: str = "answer",
        reason: str | None = None,
        sources: Sequence[str] = (),
        **manner: Unpack[Manner],
    ) -> None:
        """Queue a structured answer."""
        self.queue(Scripted(structured(reply, action, reason, sources), **manner))

    def says(self, content: str | None, **manner: Unpack[Manner]) -> None:
        """Queue an answer of this very content."""
        self.queue(Scripted(content, **manner))

    def refuses(self, refusal: str, /, **manner: Unpack[Manner]) -> None:
        """Queue the model's own refusal, which takes the place of the content."""
        manner["refusal"] = refusal
        self.queue(Scripted(None, **manner))

    def drips(self, content: str, every: float = 0.05, **manner: Unpack[Manner]) -> None:
        """Queue an answer of which a piece comes only so often (seconds)."""
        manner["piece_delay"] = every
        self.queue(Scripted(content, **manner))

    # What goes wrong: the errors the service answers with.

    def fails(
        self,
        status: int = 429,
        *,
        code: str | None = None,
        retry_after: float | str | None = None,
        message: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
    ) -> None:
        """Queue an error. Without a code it is the usual one of that status.

        A 200 is an error body under a status that says all is well.
        """
        default = "other" if 400 <= status < 500 else "server"
        name = _ERRORS_BY_CODE.get(code or "", _ERRORS_BY_STATUS.get(status, default))
        figures = {**_FIGURES, "parameter": param}
        if retry_after is not None:
            figures["wait"] = retry_after
        body = error_body(name, **figures)
        given = {"code": code, "message": message, "param": param}
        body["error"].update({key: value for key, value in given.items() if value is not None})
        sent = dict(headers or {})
        if retry_after is not None:
            sent["retry-after"] = str(retry_after)
        self.queue(Failure(status, body, sent, delay))

    def too_long(self, limit: int = 8192, used: int = 9001) -> None:
        """Queue a 400 context_length_exceeded with these figures (tokens) in its message."""
        self.queue(Failure(400, error_body("context_length", limit=limit, used=used)))

    def rejects_parameter(self, parameter: str) -> None:
        """Queue a 400 unsupported_parameter; `unsupported_parameters` makes it last."""
        self.queue(Failure(400, error_body("unsupported_parameter", parameter=parameter)))

    def rejects_format(self, kind: str = "json_schema") -> None:
        """Queue a 400 for this response_format; taking it out of `supports` makes it last."""
        self.queue(Failure(400, error_body("response_format", format=kind)))

    # What goes wrong on the way.

    def hangs(self, answer: Scripted | None = None) -> None:
        """Queue silence before the headers, until `release`."""
        self._goes_wrong(Fault.HANG, answer)

    def stalls(self, answer: Scripted | None = None, after: int = 2) -> None:
        """Queue an answer that stops after so many pieces, until `release`."""
        self._goes_wrong(Fault.STALL, answer, after)

    def resets(self, answer: Scripted | None = None, after: int | None = None) -> None:
        """Queue a connection reset: before the headers, or after so many pieces."""
        self._goes_wrong(Fault.RESET, answer, after)

    def truncates(self, answer: Scripted | None = None, after: int = 2) -> None:
        """Queue an answer that ends too soon: a stream without its last chunk and [DONE]."""
        self._goes_wrong(Fault.TRUNCATED, answer, after)

    def breaks_off(self, answer: Scripted | None = None, after: int = 2) -> None:
        """Queue a stream in which an error takes the place of a piece."""
        self._goes_wrong(Fault.ERROR_EVENT, answer, after)

    def malformed(self) -> None:
        """Queue a 200 whose JSON breaks off."""
        self._goes_wrong(Fault.MALFORMED)

    def empty(self) -> None:
        """Queue a 200 with nothing after the headers."""
        self._goes_wrong(Fault.EMPTY)

    def wrong_type(self) -> None:
        """Queue a 200 with an HTML page."""
        self._goes_wrong(Fault.WRONG_TYPE)

    def _goes_wrong(self, fault: Fault, answer: Scripted | None = None, after: int | None = None) -> None:
        whole = answer or Scripted(structured("Hello"))
        self.queue(replace(whole, fault=fault, after=after))

    # Holding and watching.

    def hold(self) -> None:
        """Let every request that arrives from now on wait for `release`."""
        self._held = True

    def release(self) -> None:
        """Let go what is held, hangs or stalls, and hold no more."""
        self._held = False
        self._gate.set()
        self._gate = asyncio.Event()

    async def wait_requests(self, n: int, timeout: float = 30) -> list[Request]:
        """Wait until n requests, counted from the start, have arrived."""
        try:
            async with asyncio.timeout(timeout), self._arrived:
                await self._arrived.wait_for(lambda: len(self.requests) >= n)
        except TimeoutError:
            raise TimeoutError(f"{len(self.requests)} of {n} requests in {timeout} s") from None
        return self.requests

    # The server.

    async def _models(self, raw: web.Request) -> web.Response:
        refusal = self._refuse_key(raw.headers)
        if refusal is not None:
            return web.json_response(refusal.error, status=refusal.status)
        body = _fixture("models")
        if self.models is not None:
            entry = body["data"][0]
            body["data"] = [{**entry, "id": name} for name in sorted(self.models)]
        return web.json_response(body)

    async def _moderations(self, raw: web.Request) -> web.Response:
        refusal = self._refuse_key(raw.headers)
        if refusal is None and self.moderation_status != 200:
            name = _ERRORS_BY_STATUS[self.moderation_status]
            refusal = Failure(self.moderation_status, error_body(name, **_FIGURES))
        if refusal is not None:
            return web.json_response(refusal.error, status=refusal.status)
        text = (await _body_of(raw) or {})["input"]
        self.moderated.append(text)
        body = _fixture("moderation")
        body["results"][0]["flagged"] = self.flags(text)
        return web.json_response(body)

    async def _completions(self, raw: web.Request) -> web.StreamResponse:
        body = await _body_of(raw)
        turn = self._arrive(raw, body)
        async with self._arrived:
            self._arrived.notify_all()
        try:
            return await self._answer(turn)
        except _CutError as cut:
            _disconnect(raw, reset=cut.reset)
            return web.Response()  # goes nowhere: the connection is gone
        except ConnectionResetError:
            return web.Response()  # who asked was killed meanwhile

    def _arrive(self, raw: web.Request, body: dict[str, Any] | None) -> _Turn:
        """Take a request in, and settle its answer before anyone learns that it is here."""
        request = Request(
            id=f"req_{len(self.requests) + 1:032x}",
            body=body or {},
            headers=raw.headers.copy(),
            at=time.monotonic(),
            api=_APIS.get(raw.path, "chat"),
        )
        self.requests.append(request)
        answer = self._refuse(request, parsed=body is not None) or self._next(request)
        return _Turn(raw, request, answer, self._gate, self._held)

    def _next(self, request: Request) -> Answer:
        return self._queue.popleft() if self._queue else self._answerer(request)

    async def _answer(self, turn: _Turn) -> web.StreamResponse:
        answer = turn.answer
        if turn.held:
            await self._wait(turn.gate)
        await self._pause(answer.delay)
        headers = {**self.rate_limits, "x-request-id": turn.request.id}
        if isinstance(answer, Failure):
            headers.update(answer.headers)
            return web.json_response(answer.error, status=answer.status, headers=headers)
        if answer.fault is Fault.HANG:
            await self._wait(turn.gate)
        if answer.fault is Fault.RESET and answer.after is None:
            raise _CutError(reset=True)
        return await self._send(turn, answer, headers)

    async def _send(self, turn: _Turn, answer: Scripted, headers: dict[str, str]) -> web.StreamResponse:
        """Send an answer piece by piece, going wrong where it says so."""
        kind, frames = self._frames(turn.request, answer)
        response = web.StreamResponse(headers={**headers, "Content-Type": kind})
        if kind == "application/json":
            response.content_length = sum(map(len, frames))
        await response.prepare(turn.raw)
        stop = None if answer.after is None else _break_at(turn.request, frames, answer.after)
        for number, frame in enumerate(frames):
            if number:
                await self._pause(answer.piece_delay)
            if number == stop:
                await self._go_wrong(turn, answer.fault)
            await response.write(frame)
        await response.write_eof()
        return response

    async def _go_wrong(self, turn: _Turn, fault: Fault | None) -> None:
        if fault is Fault.STALL:
            await self._wait(turn.gate)
        elif fault is Fault.RESET:
            raise _CutError(reset=True)
        elif fault is Fault.TRUNCATED and not turn.request.streams:
            raise _CutError(reset=False)

    def _frames(self, request: Request, answer: Scripted) -> tuple[str, list[bytes]]:
        """The content type, and the bytes in the portions in which they go out."""
        if answer.fault is Fault.WRONG_TYPE:
            return "text/html", [b"<html><body><h1>502 Bad Gateway</h1></body></html>\n"]
        if request.streams and not self.ignores_stream:
            return "text/event-stream; charset=utf-8", self._events(request, answer)
        return "application/json", _portions(self._plain_body(request, answer))

    def _plain_body(self, request: Request, answer: Scripted) -> bytes:
        if answer.fault is Fault.EMPTY:
            return b""
        if answer.fault is Fault.ERROR_EVENT:
            return json.dumps(error_body("server")).encode()
        make = {"chat": self._completion, "responses": self._response}.get(request.api, self._embeddings)
        body = json.dumps(make(request, answer)).encode()
        return body[: len(body) // 2] if answer.fault is Fault.MALFORMED else body

    def _events(self, request: Request, answer: Scripted) -> list[bytes]:
        """The events of a stream."""
        if answer.fault is Fault.EMPTY:
            return []
        if request.api == "chat":
            events = [_event({**chunk, **self.malform}) for chunk in self._chunks(request, answer)]
        else:
            events = list(self._response_events(request, answer))
        if answer.fault is Fault.MALFORMED:
            half = events[1][: len(events[1]) // 2]
            return [events[0], half + b"\n\n"]
        if answer.fault in (Fault.TRUNCATED, Fault.ERROR_EVENT):
            kept = events[: _break_at(request, events, answer.after or 0)]
            failed = answer.fault is Fault.ERROR_EVENT
            return [*kept, _error_event(request)] if failed else kept
        return [*events, b"data: [DONE]\n\n"] if request.api == "chat" else events

    def _completion(self, request: Request, answer: Scripted) -> dict[str, Any]:
        body = self._stamped("chat_completion", request)
        choice = body["choices"][0]
        choice["finish_reason"] = answer.finish_reason
        choice["message"]["content"] = None if answer.refusal is not None else answer.content
        choice["message"]["refusal"] = answer.refusal
        if self.reports_usage:
            body["usage"] = _usage(request, answer)
        else:
            del body["usage"]
        return body

    def _embeddings(self, request: Request, answer: Scripted) -> dict[str, Any]:
        packed = self.takes_base64 and request.body.get("encoding_format") == "base64"
        vectors = [bag_of_words(text, self.dimensions) for text in request.texts]
        data = [
            {"object": "embedding", "index": at, "embedding": _packed(vector) if packed else vector}
            for at, vector in enumerate(vectors)
        ]
        body: dict[str, Any] = {"object": "list", "data": data, "model": request.model}
        if self.reports_usage:
            used = _usage(request, answer)["prompt_tokens"]
            body["usage"] = {"prompt_tokens": used, "total_tokens": used}
        return {**body, **self.malform}

    def _chunks(self, request: Request, answer: Scripted) -> Iterator[dict[str, Any]]:
        """The role, the pieces, the end, and the usage if it was asked for."""
        options = request.body.get("stream_options") or {}
        template = self._stamped("chat_completion_chunk", request)
        with_usage = self.reports_usage and bool(options.get("include_usage"))
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

    def _response(self, request: Request, answer: Scripted) -> dict[str, Any]:
        body = _fixture("response")
        mark = request.id.removeprefix("req_")
        body.update(id=f"resp_{mark}", created_at=int(time.time()), model=self.calls_itself or request.model)
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
        if not self.reports_usage:
            body["usage"] = None
        return body

    def _response_events(self, request: Request, answer: Scripted) -> Iterator[bytes]:
        """The beginning, the pieces and the end, each with the events that the service sends along."""
        whole = self._response(request, answer)
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

    def _stamped(self, name: str, request: Request) -> dict[str, Any]:
        """A fixture with the marks of this request's answer."""
        body = _fixture(name)
        body["id"] = f"chatcmpl-{request.id.removeprefix('req_')}"
        body["created"] = int(time.time())
        body["model"] = self.calls_itself or request.model
        return body

    # What the simulator refuses of itself.

    def _refuse(self, request: Request, *, parsed: bool) -> Failure | None:
        """The error a request has earned, if it has."""
        return (
            self._refuse_key(request.headers)
            or _refuse_shape(request, parsed=parsed)
            or self._refuse_model(request)
            or self._refuse_parameters(request)
            or self._refuse_format(request)
            or self._refuse_pictures(request)
            or self._refuse_texts(request)
        )

    def _refuse_key(self, headers: Mapping[str, str]) -> Failure | None:
        given = headers.get("Authorization", "").removeprefix("Bearer ")
        if given == self.api_key:
            return None
        return Failure(401, error_body("invalid_api_key", key=f"{given[:3]}***{given[-4:]}"))

    def _refuse_model(self, request: Request) -> Failure | None:
        if self.models is None or request.model in self.models:
            return None
        return Failure(404, error_body("model_not_found", model=request.model))

    def _refuse_parameters(self, request: Request) -> Failure | None:
        refused = [name for name in request.body if name in self.unsupported_parameters]
        if not refused:
            return None
        return Failure(400, error_body("unsupported_parameter", parameter=refused[0]))

    def _refuse_format(self, request: Request) -> Failure | None:
        wanted = request.format or {"type": "text"}
        kind = wanted.get("type")
        if kind == "text":
            return None
        if kind not in self.supports:
            error = error_body("response_format", format=kind)
            if request.api == "responses":
                error["error"]["param"] = "text.format"
            return Failure(400, error)
        read = request.messages if request.api == "chat" else request.input
        if kind == "json_object" and "json" not in "\n".join(map(text_of, read)).lower():
            return Failure(400, error_body("json_word"))
        return _refuse_schema(wanted) if kind == "json_schema" else None

    def _refuse_pictures(self, request: Request) -> Failure | None:
        """Refuse pictures to a model that can't see, and what is none."""
        for number, message in enumerate(request.messages):
            shown = pictures_of(message)
            if shown and not self.sees:
                return Failure(400, error_body("no_pictures", where=number))
            if any(not kind.startswith("image/") or not data for kind, data in shown):
                return Failure(400, error_body("bad_picture"))
        return None

    def _refuse_texts(self, request: Request) -> Failure | None:
        """Refuse texts as the service does: none may be empty or too long, and not too many come at once."""
        if request.api != "embeddings":
            return None
        sizes = [len(text) // 4 for text in request.texts]
        if longest := next((size for size in sizes if size > self.embedding_tokens), 0):
            figures = {"limit": self.embedding_tokens, "used": longest}
            return Failure(400, error_body("context_length", **figures))
        wrong = "" in request.texts or len(sizes) > _MOST_INPUTS or sum(sizes) > _MOST_INPUT_TOKENS
        return Failure(400, error_body("other")) if wrong else None

    # Waiting, which ends when the simulator does.

    async def _wait(self, gate: asyncio.Event) -> None:
        await gate.wait()
        self._check_open()

    async def _pause(self, seconds: float) -> None:
        if not seconds:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
        self._check_open()

    def _check_open(self) -> None:
        if self._closing.is_set():
            raise _CutError(reset=False)


async def _body_of(raw: web.Request) -> dict[str, Any] | None:
    """The request's JSON object, or None where it is no such thing."""
    try:
        body = json.loads(await raw.read())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _refuse_shape(request: Request, *, parsed: bool) -> Failure | None:
    """The error for a request the service could make nothing of."""
    if not parsed:
        return Failure(400, error_body("bad_json"))
    words = "messages" if request.api == "chat" else "input"
    missing = [name for name in ("model", words) if not request.body.get(name)]
    if missing:
        return Failure(400, error_body("missing_parameter", parameter=missing[0]))
    if request.body.get("stream_options") is not None and not request.streams:
        return Failure(400, error_body("stream_options"))
    return None


def _refuse_schema(wanted: dict[str, Any]) -> Failure | None:
    schema = wanted.get("json_schema", {})
    for needed in ("name", "schema"):
        if needed not in schema:
            parameter = f"response_format.json_schema.{needed}"
            return Failure(400, error_body("missing_parameter", parameter=parameter))
    fault = _schema_fault(schema["schema"]) if schema.get("strict") else None
    if fault is None:
        return None
    body = error_body("invalid_schema", name=schema["name"], where=fault[0], fault=fault[1])
    return Failure(400, body)


def _usage(request: Request, answer: Scripted) -> dict[str, Any]:
    """The tokens of a request and its answer: four characters each, unless the answer says."""
    given = answer.usage or {}
    usage: dict[str, Any] = _fixture("chat_completion")["usage"]
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


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _portions(body: bytes) -> list[bytes]:
    size = max(1, math.ceil(len(body) / _BODY_PIECES))
    return [body[at : at + size] for at in range(0, len(body), size)]


def _break_at(request: Request, frames: list[bytes], after: int) -> int:
    """The frame at which an answer goes wrong; never past the last, or it would not."""
    opening = 1 if request.streams else 0  # a stream's first frame tells the role, no words
    return min(after + opening, len(frames) - 1)


def _disconnect(raw: web.Request, *, reset: bool) -> None:
    """Drop the connection, with a reset (RST) or as a server that has died does (FIN)."""
    transport = raw.transport
    if transport is None:
        return
    if reset:
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
