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
import json
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.simulators.model_answers import Answer, Failure, Fault, Scripted
from tests.simulators.model_fixtures import error_of, fixture
from tests.simulators.model_refusals import refusal_of, refuse_key
from tests.simulators.model_requests import Request
from tests.simulators.model_script import Script
from tests.simulators.model_service import Service
from tests.simulators.model_wire import break_at, frames_of

_APIS = {"/v1/responses": "responses", "/v1/embeddings": "embeddings"}


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


class ModelSimulator(Script, Service):
    """The server, with its script and its settings; `async with` starts and stops it.

    See the module's docstring.
    """

    def __init__(self, api_key: str = "sk-test") -> None:
        Script.__init__(self)
        Service.__init__(self, api_key)
        self.moderated: list[str] = []
        self.requests: list[Request] = []
        self.base_url = ""
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
        refusal = refuse_key(raw.headers, self.api_key)
        if refusal is not None:
            return web.json_response(refusal.error, status=refusal.status)
        body = fixture("models")
        if self.models is not None:
            entry = body["data"][0]
            body["data"] = [{**entry, "id": name} for name in sorted(self.models)]
        return web.json_response(body)

    async def _moderations(self, raw: web.Request) -> web.Response:
        refusal = refuse_key(raw.headers, self.api_key)
        if refusal is None and self.moderation_status != 200:
            refusal = Failure(self.moderation_status, error_of(self.moderation_status))
        if refusal is not None:
            return web.json_response(refusal.error, status=refusal.status)
        text = (await _body_of(raw) or {})["input"]
        self.moderated.append(text)
        body = fixture("moderation")
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
        answer = refusal_of(request, self, parsed=body is not None) or self.answer_to(request)
        return _Turn(raw, request, answer, self._gate, self._held)

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
        kind, frames = frames_of(turn.request, answer, self)
        response = web.StreamResponse(headers={**headers, "Content-Type": kind})
        if kind == "application/json":
            response.content_length = sum(map(len, frames))
        await response.prepare(turn.raw)
        stop = None if answer.after is None else break_at(turn.request, frames, answer.after)
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


def _disconnect(raw: web.Request, *, reset: bool) -> None:
    """Drop the connection, with a reset (RST) or as a server that has died does (FIN)."""
    transport = raw.transport
    if transport is None:
        return
    if reset:
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
