"""The floor on Slack: Socket Mode, one model call for each message, one post.

As the libraries' first pages have it; with the argument `tuned`, with one HTTP session for all calls to
Slack and openai's transport on aiohttp, which halve what a turn costs; with `promising`, tuned and with the
least that the promises ask, see `floors`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import openai
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.floors import Answering, Plain, Promising


async def main() -> None:
    tuned = bool({"tuned", "promising"} & {*sys.argv})
    model = openai.AsyncOpenAI(http_client=openai.DefaultAioHttpClient() if tuned else None)
    async with aiohttp.ClientSession() if tuned else contextlib.nullcontext() as session:
        client = AsyncWebClient(
            os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"], session=session
        )
        app = AsyncApp(client=client)
        answering: Answering = Plain(model)
        if "promising" in sys.argv:
            answering = promising = Promising(model, Path("said.db"))

            @app.middleware
            async def keep(body: dict[str, Any], next: Callable[[], Awaitable[None]]) -> None:
                await promising.keep(body["event"].get("text", ""))
                await next()

        @app.event("message")
        async def answer(event: dict[str, Any]) -> None:
            if event.get("bot_id"):
                return
            text = await answering.reply(event["text"])
            await client.chat_postMessage(channel=event["channel"], text=text)

        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect_async()
        sys.stderr.write("Ready: floor\n")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
