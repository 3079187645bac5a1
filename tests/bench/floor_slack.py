"""The floor on Slack: Socket Mode, one model call for each message, one post. Nothing is kept.

As the libraries' first pages have it; with the argument `tuned`, with one HTTP session for all calls to Slack
and openai's transport on aiohttp, which halve what a turn costs.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from typing import Any

import aiohttp
import openai
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main() -> None:
    tuned = "tuned" in sys.argv
    model = openai.AsyncOpenAI(http_client=openai.DefaultAioHttpClient() if tuned else None)
    async with aiohttp.ClientSession() if tuned else contextlib.nullcontext() as session:
        client = AsyncWebClient(
            os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"], session=session
        )
        app = AsyncApp(client=client)

        @app.event("message")
        async def answer(event: dict[str, Any]) -> None:
            if event.get("bot_id"):
                return
            completion = await model.chat.completions.create(
                model="gpt-4.1-mini", messages=[{"role": "user", "content": event["text"]}]
            )
            await client.chat_postMessage(
                channel=event["channel"], text=completion.choices[0].message.content or ""
            )

        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect_async()
        sys.stderr.write("Ready: floor\n")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
