"""Events over HTTP: the address that Slack posts to, what is refused there, and a sign of life."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bots.adapter import StartFailed
from bots.recent import Recent

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
# Bolt takes a signature whose time is up to five minutes away, in either direction.
REMEMBERED_SECONDS = 600.0
MOST_REMEMBERED = 10_000


class Replays:
    """Refuses what was signed once and is sent twice, but for events: Slack itself sends those again.

    An event that comes again changes nothing, for it is known by its message. A press or a command could:
    "Resolve" on a case that was reopened since. Slack never repeats those, so a second one is no work of its.
    """

    def __init__(self) -> None:
        self._seen: Recent[str, bool] = Recent(MOST_REMEMBERED, REMEMBERED_SECONDS)

    async def refuse(self, req: AsyncBoltRequest, next: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        """Let a request pass whose signature, checked by Bolt before, was not seen yet; a Bolt middleware."""
        [signature, *_] = req.headers.get("x-slack-signature") or [""]
        if signature and "event" not in req.body:
            if self._seen.get(signature):
                return BoltResponse(status=401, body={"error": "replayed"})
            self._seen.keep(signature, True)
        await next()
        return None


async def listen(
    app: AsyncApp, host: str, port: int, works: Callable[[], Awaitable[object]]
) -> web.AppRunner:
    """Listen for Slack, and for whoever asks whether we are well; bodies over 1 MiB get a 413.

    Args:
        app: Where payloads go.
        host: Where to listen.
        port: Where to listen.
        works: Raises unless what comes in can be taken in.

    Raises:
        StartFailed: The port is taken.
    """

    async def health(_: web.Request) -> web.Response:
        try:
            await works()
        except Exception:
            return web.Response(status=503, text="The database can't be asked.")
        return web.Response(text="ok")

    server = app.server(port=port, path=EVENTS_PATH, host=host).web_app
    server.router.add_get(HEALTH_PATH, health)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise StartFailed(
            f"HOST:PORT {host}:{port} can't be listened on ({error.strerror}). Choose a free PORT."
        ) from error
    return runner
