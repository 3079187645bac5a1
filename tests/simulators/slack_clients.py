"""The real Slack clients as the simulator's own tests drive them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack import SlackSimulator

SECRET = "signing-secret"


class Bot:
    """A bolt app that writes down the events it gets."""

    def __init__(self, slack: SlackSimulator) -> None:
        self.client = web_client(slack)
        self.app = AsyncApp(client=self.client, signing_secret=SECRET)
        self.bodies: list[dict[str, Any]] = []
        self.retries: list[str | None] = []
        self.app.event("message")(self.take)
        self.app.event("app_mention")(self.take)

    async def take(self, body: dict[str, Any], request: Any) -> None:
        self.bodies.append(body)
        self.retries.append(request.headers.get("x-slack-retry-num", [None])[0])

    @property
    def types(self) -> list[str]:
        return [body["event"]["type"] for body in self.bodies]


def web_client(slack: SlackSimulator) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url)


@asynccontextmanager
async def socket_mode(slack: SlackSimulator, bot: Bot) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(bot.app, slack.app_token, ping_interval=0.1)
    before = slack.connections
    await handler.connect_async()
    await slack.wait_connected(before + 1)
    yield handler
    await handler.close_async()


@asynccontextmanager
async def http_mode(slack: SlackSimulator, bot: Bot) -> AsyncIterator[None]:
    runner = web.AppRunner(bot.app.web_app("/slack/events"), shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events", SECRET)
    yield
    await runner.cleanup()


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])
