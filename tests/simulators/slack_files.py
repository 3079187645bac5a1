"""Files that people upload to the simulated Slack, and the addresses to fetch them from."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.simulators.slack_payloads import load_fixture

FILES = "/files-pri/{file}/download/{name}"
LOGIN = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to your workspace</body></html>"


@dataclass
class Kept:
    """What was uploaded, and what Slack tells of it."""

    data: bytes
    payload: dict[str, Any]


class Files:
    """Keeps uploads and hands them to who shows the bot's token with the scope for files.

    To anybody else Slack sends the page to log in, with status 200, after a redirect to it.
    """

    def __init__(
        self, token: Callable[[], str], scopes: Callable[[], set[str]], host: Callable[[], str]
    ) -> None:
        self.asked: list[str] = []
        self.faults: list[web.Response] = []
        self._token = token
        self._scopes = scopes
        self._host = host
        self._kept: dict[str, Kept] = {}

    def upload(self, name: str, data: bytes, kind: str, **fields: Any) -> dict[str, Any]:
        """Keep a file and return its object, as in `file_share.json`; a field that is None is left out."""
        id = f"F{len(self._kept) + 1:08}"
        file: dict[str, Any] = load_fixture("file_share")["files"][0]
        bare = re.sub(r"[^a-z0-9._-]+", "_", name.lower())
        address = f"{self._host()}/files-pri/T1-{id}"
        file |= {"id": id, "name": name, "title": name, "mimetype": kind, "size": len(data)}
        file |= {"url_private": f"{address}/{bare}", "url_private_download": f"{address}/download/{bare}"}
        self._kept[id] = Kept(data, dict(file))
        return {key: value for key, value in (file | fields).items() if value is not None}

    def remove(self, file: dict[str, Any]) -> None:
        """Delete a file."""
        del self._kept[file["id"]]

    def told(self, id: str) -> dict[str, Any] | None:
        """Return what files.info tells."""
        return self._kept[id].payload if id in self._kept else None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.headers.get("Authorization", ""))
        if self.faults:
            return self.faults.pop(0)
        kept = self._kept.get(request.match_info["file"].removeprefix("T1-"))
        may = self.asked[-1] == f"Bearer {self._token()}" and "files:read" in self._scopes()
        if not may:
            raise web.HTTPFound("/login")
        if kept is None:
            return web.Response(status=404, text="Not found")
        headers = {"Content-Type": kept.payload["mimetype"], "Content-Disposition": "attachment"}
        return web.Response(body=kept.data, headers=headers)

    async def log_in(self, request: web.Request) -> web.Response:
        return web.Response(text=LOGIN, content_type="text/html")
