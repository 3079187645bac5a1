"""Who we are on Slack, and how Slack reaches us: sockets with an app token, else HTTP."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bots.adapter import Inbox
from bots.slack_faults import asked
from bots.slack_http import EVENTS_PATH, Replays, listen
from bots.slack_sockets import Sockets
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Me:
    """What Slack says of us: our user, our app's bot, our workspace and its address, our permissions."""

    user: str = ""
    bot: str = ""
    name: str = "?"
    team: str = ""
    workspace: str = "?"
    url: str = ""
    scopes: frozenset[str] = frozenset()


async def who_am_i(client: AsyncWebClient) -> Me:
    """Ask Slack who we are.

    Raises:
        StartFailed: The token is refused, or Slack can't be reached.
    """
    response = await asked(
        client.auth_test(),
        "SLACK_BOT_TOKEN",
        "Copy the Bot User OAuth Token from your app's page, OAuth & Permissions.",
    )
    found: dict[str, Any] = dict(response.data) if isinstance(response.data, dict) else {}
    granted = str(response.headers.get("x-oauth-scopes", "")).split(",")
    return Me(
        user=found["user_id"],
        bot=found.get("bot_id", ""),
        name=found.get("user", "?"),
        team=found.get("team_id", ""),
        workspace=found.get("team", "?"),
        url=found.get("url", ""),
        scopes=frozenset(scope.strip() for scope in granted if scope.strip()),
    )


def new_app(settings: Settings, client: AsyncWebClient, me: Me) -> AsyncApp:
    """Return the Bolt app that what Slack sends goes to, checked; nothing listens to it yet."""
    ours = AuthorizeResult(
        enterprise_id=None, team_id=me.team, bot_token=client.token, bot_user_id=me.user, bot_id=me.bot
    )

    async def authorize() -> AuthorizeResult:
        return ours

    secret = settings.slack_signing_secret
    app = AsyncApp(
        name="frontdesk",
        client=client,
        # Without this Bolt asks Slack who we are at the first event, and acknowledges it if that fails.
        authorize=authorize,
        signing_secret=secret.get_secret_value() if secret else None,
        request_verification_enabled=settings.slack_app_token is None,
        logger=logging.getLogger("slack_bolt"),
    )
    app.middleware(Replays().refuse)
    return app


class Connection:
    """The way by which Slack reaches one process."""

    def __init__(self, settings: Settings, inbox: Inbox) -> None:
        """Make one that is not open yet; the inbox is told when what was missed must be read back."""
        self._settings = settings
        self._inbox = inbox
        self._sockets: Sockets | None = None
        self._web: web.AppRunner | None = None

    async def open(self, app: AsyncApp) -> str:
        """Open it, and say in words which way it is.

        Raises:
            StartFailed: Slack refuses the app token, or the port is taken.
        """
        if self._settings.slack_app_token:
            await self._open_sockets(app, self._settings.slack_app_token.get_secret_value())
            return "Socket Mode"
        host, port = self._settings.host, self._settings.port
        self._web = await listen(app, host, port, lambda: self._inbox.serves(""))
        return f"http://{host}:{port}{EVENTS_PATH}"

    async def _open_sockets(self, app: AsyncApp, token: str) -> None:
        await asked(
            app.client.apps_connections_open(app_token=token),
            "SLACK_APP_TOKEN",
            "Make an App-Level Token with connections:write under Basic Information, and switch Socket "
            "Mode on.",
        )
        count = self._settings.slack_connections
        self._sockets = Sockets(app, token, count, lambda: self._inbox.reconnected("slack"))
        await self._sockets.open()

    @property
    def is_up(self) -> bool:
        """Whether a socket is open; over HTTP whether we listen."""
        return self._sockets.connected if self._sockets else self._web is not None

    async def close(self) -> None:
        """Let nothing more in."""
        if self._sockets:
            await self._sockets.close()
            self._sockets = None
        if self._web:
            await self._web.cleanup()
            self._web = None
