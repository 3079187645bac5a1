"""The only file that talks to a model's server: a body out, events in, faults by their row of the table."""

from __future__ import annotations

import asyncio
import functools
import ssl
import time
from collections.abc import Mapping
from typing import Any, cast

import aiohttp
import httpx2
import jiter
import openai

from core.model.faults import CallFault, Happened, Refusal, refused
from core.model.parameters import OPTIONAL
from core.model.sse import Events, TooLarge

# How long what follows the last event may take; then the connection is not used again.
DRAIN_SECONDS = 0.1
CONNECT_SECONDS = 5.0
LONGEST_BODY = 4 * 1024 * 1024
_DONE = b"[DONE]"


def open_client(key: str | None, base_url: str | None) -> openai.AsyncOpenAI:
    """Return the one client of the process: it costs 50 ms and more to make, and keeps its connections."""
    return openai.AsyncOpenAI(
        api_key=key or "none",
        base_url=base_url,
        # How long all may take is decided above; the client itself neither waits nor tries again.
        timeout=openai.Timeout(None, connect=CONNECT_SECONDS),
        max_retries=0,
        http_client=openai.DefaultAioHttpClient(verify=_certificates()),
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Return the certificates that servers are checked by: reading them takes half of a client's time."""
    return httpx2.create_ssl_context()


class Wire:
    """Posts to one server."""

    def __init__(self, client: openai.AsyncOpenAI) -> None:
        self._client = client

    async def post(self, path: str, body: dict[str, Any]) -> Coming:
        """Send a request and return its answer, of which so far only the headers came.

        Raises:
            CallFault: The server refused it, or can't be reached.
        """
        try:
            # Not chat.completions.create: it goes through every message of the history once more, to turn
            # Python types into JSON's, and through every event of the answer, to make an object of it.
            response = await self._client.post(
                path,
                body=body,
                cast_to=httpx2.Response,
                stream=True,
                stream_cls=openai.AsyncStream[Any],
            )
        except openai.APIStatusError as error:
            raise _status_fault(error, body) from None
        except openai.APIConnectionError as error:
            raise CallFault(Happened.UNREACHABLE if _never_there(error) else Happened.LOST) from None
        except UnicodeEncodeError:
            raise CallFault(Happened.BAD_KEY) from None  # its characters can't stand in a header
        except openai.OpenAIError:
            raise CallFault(Happened.LOST) from None
        return Coming(cast(httpx2.Response, response))

    async def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request and return its answer, which is not streamed.

        Raises:
            CallFault: As `post`, or what came is no JSON object.
        """
        coming = await self.post(path, body)
        try:
            events = await coming.events()
        finally:
            await coming.close()
        if coming.streamed or not events:
            raise CallFault(Happened.NOT_A_MODEL, 200)
        return events[0]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


class Coming:
    """An answer that comes.

    Attributes:
        headers: Of the answer.
        streamed: Whether it comes in pieces; else its one event is the whole of it.
        saw_end: Whether the server said that nothing more comes.
    """

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.headers: Mapping[str, str] = response.headers
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        self.streamed = kind == "text/event-stream"
        self._is_json = kind == "application/json" or kind.endswith("+json")
        self._chunks = response.aiter_bytes()
        self._parser = Events()
        self._ended = False
        self.saw_end = False

    async def events(self) -> list[dict[str, Any]] | None:
        """Return the next events, all that came together; None after the last.

        Raises:
            CallFault: What comes is no answer of a model, or the connection broke.
        """
        if self._ended:
            return None
        if not self.streamed:
            self._ended = True
            return [await self._whole()]
        while True:
            chunk = await self._next()
            if chunk is None:
                self._ended = True
                return self._parsed(self._parser.finish()) or None
            try:
                found = self._parser.feed(chunk)
            except TooLarge:
                raise CallFault(Happened.NOT_A_MODEL, 200) from None
            if found:
                return self._parsed(found)

    async def close(self) -> None:
        """Give the connection back, or close it if the answer did not end."""
        try:
            if self._ended and not self._response.is_closed:
                async with asyncio.timeout(DRAIN_SECONDS):
                    while await self._next() is not None:
                        pass
        except (TimeoutError, CallFault):
            pass
        finally:
            await self._response.aclose()

    async def _next(self) -> bytes | None:
        try:
            return await anext(self._chunks, None)
        except httpx2.HTTPError:
            raise CallFault(Happened.BROKEN, 200) from None

    async def _whole(self) -> dict[str, Any]:
        if not self._is_json:
            raise CallFault(Happened.NOT_A_MODEL, 200)
        body = b""
        while (chunk := await self._next()) is not None and len(body) <= LONGEST_BODY:
            body += chunk
        if not body.strip():
            raise CallFault(Happened.EMPTY, 200)
        return _object(body)

    def _parsed(self, found: list[bytes]) -> list[dict[str, Any]]:
        if _DONE in found:
            self._ended = self.saw_end = True
        return [_object(data) for data in found if data != _DONE]


def _never_there(error: BaseException | None) -> bool:
    """Say whether a connection was not even made, so that nothing was sent."""
    while error is not None:
        if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _object(data: bytes) -> dict[str, Any]:
    try:
        event = jiter.from_json(data)
    except ValueError:
        raise CallFault(Happened.MALFORMED, 200) from None
    if not isinstance(event, dict):
        raise CallFault(Happened.NOT_A_MODEL, 200)
    return event


def _status_fault(error: openai.APIStatusError, body: dict[str, Any]) -> CallFault:
    told = error.body if isinstance(error.body, dict) else {}
    refusal = Refusal(error.status_code, told, error.response.headers)
    asked = body.get("messages") or body.get("input") or []
    # Only a message with pictures comes in parts.
    pictures = any(isinstance(one, dict) and isinstance(one.get("content"), list) for one in asked)
    return refused(refusal, OPTIONAL & body.keys(), time.time(), pictures=pictures)
