"""What all parts of the simulated Discord's REST API share: requests, answers, errors and faults."""

import asyncio
import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.simulators.discord_world import Payload

PREFIX = "/api/v10"


class ApiError(Exception):
    """An answer in Discord's error shape."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: Payload | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: Payload = {"message": message, "code": code}
        self.headers = headers or {}
        if errors is not None:
            self.body["errors"] = errors


@dataclass(frozen=True)
class Problem:
    """Something wrong in a body; `where` is its place, such as `components.0.components.1.label`."""

    where: str
    code: str
    message: str


def form_error(*problems: Problem, under: str = "") -> ApiError:
    """Refuse a body for its problems, which are told of each at its place (below `under`)."""
    errors: Payload = {}
    for problem in problems:
        place = errors
        for part in filter(None, [under, *problem.where.split(".")]):
            place = place.setdefault(part, {})
        place.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return ApiError(400, 50035, "Invalid Form Body", errors)


def not_found(code: int, what: str) -> ApiError:
    return ApiError(404, code, f"Unknown {what}")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


def rate_limited(retry_after: float, is_global: bool) -> ApiError:
    """The 429 which the client waits out; without `Via` it would take it for a ban."""
    scope = {"X-RateLimit-Global": "true"} if is_global else {"X-RateLimit-Scope": "user"}
    headers = {"Via": "1.1 google", "Retry-After": str(retry_after), **scope}
    error = ApiError(429, 0, "You are being rate limited.", headers=headers)
    error.body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": is_global,
    }
    return error


@dataclass
class Call:
    """One request, written down as it came in; `status` is 0 until (and unless) it is answered."""

    method: str
    path: str
    body: Any
    at: float
    query: dict[str, str] = field(default_factory=dict)
    status: int = 0


@dataclass(eq=False)
class Fault:
    """Something which goes wrong with the next matching requests."""

    method: str
    pattern: re.Pattern[str]
    times: int | None
    answer: ApiError | None
    hang: bool
    after: bool
    drop: bool
    hits: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    abandoned: bool = False

    def matches(self, method: str, path: str) -> bool:
        exhausted = self.times is not None and self.hits >= self.times
        return not exhausted and method == self.method and bool(self.pattern.fullmatch(path))

    def release(self) -> None:
        """Let held requests go on."""
        self.released.set()

    def cancel(self) -> None:
        """Let this happen no more."""
        self.times = self.hits


@dataclass(frozen=True)
class Asked:
    """A request on its way to its handler."""

    params: dict[str, str]
    query: dict[str, str]
    body: Any

    def number(self, name: str) -> int:
        """A snowflake in the path; what is not a number names nothing known."""
        value = self.params[name]
        return int(value) if value.isdecimal() else 0


# What a handler returns goes out as JSON (nothing: 204), unless it is a whole response.
Handler = Callable[[Asked], Any]
Routes = list[tuple[str, str, Handler]]


def route_pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))


def path_pattern(template: str) -> re.Pattern[str]:
    """What matches a path such as `/channels/{id}/messages`; what is in braces may be anything."""
    return re.compile(re.sub(r"\{\w*\}", "[^/]+", template))


async def read_body(request: web.Request) -> Any:
    """The JSON body, on its own or beside uploaded files."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        return json.loads(str(form.get("payload_json", "{}")))
    text = await request.text()
    return json.loads(text) if text else None


def json_response(call: Call, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    call.status = status
    if body is None:
        return web.Response(status=status, headers=headers)
    # As bytes: with text aiohttp would name a charset, and the client looks for exactly this type.
    data = json.dumps(body).encode()
    return web.Response(status=status, body=data, headers=headers, content_type="application/json")


def rate_limit_headers(method: str, template: str) -> dict[str, str]:
    """A roomy bucket: limits are met only where a test asks for a 429."""
    bucket = hashlib.sha256(f"{method} {template}".encode()).hexdigest()[:32]
    return {
        "Via": "1.1 google",
        "X-RateLimit-Limit": "50",
        "X-RateLimit-Remaining": "49",
        "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
        "X-RateLimit-Reset-After": "1.000",
        "X-RateLimit-Bucket": bucket,
    }
