"""Failures a test asks the simulated Web API for."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Fault:
    """How the next calls to a method go wrong."""

    method: str
    times: int | None
    status: int | None = None
    retry_after: int | None = None
    error: str | None = None
    hang: bool = False
    after: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the held responses go."""
        self.released.set()

    def response(self) -> web.Response | None:
        """What to answer instead of the method's own answer; None: not an answer at all."""
        if self.status is None and self.error is None:
            return None
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.status is not None and self.status >= 500 and self.error is None:
            # Slack's edge answers for itself when the service behind it is down: a page, not JSON.
            page = "<html><body>Service Unavailable</body></html>"
            return web.Response(status=self.status, text=page, content_type="text/html", headers=headers)
        error = self.error or ("ratelimited" if self.status == 429 else "internal_error")
        body = {"ok": False, "error": error}
        return web.json_response(body, status=self.status or 200, headers=headers)


class Faults:
    """The failures still to happen, oldest first."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []
        self._all: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._pending.append(fault)
        self._all.append(fault)

    def take(self, method: str) -> Fault | None:
        """The failure for this call, using up one of its times."""
        for fault in self._pending:
            if fault.method not in (method, "*"):
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
            return fault
        return None

    def heal(self) -> None:
        """Drop every failure still to come and release every held response."""
        self._pending.clear()
        for fault in self._all:
            fault.release()
