"""The floor on Discord: the gateway, one model call for each message, one post.

As the libraries' first pages have it; with the argument `tuned`, with openai's transport on aiohttp; with
`promising`, tuned and with the least that the promises ask, see `floors`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import discord
import openai
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.bench.floors import Answering, Plain, Promising


async def main() -> None:
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    tuned = bool({"tuned", "promising"} & {*sys.argv})
    model = openai.AsyncOpenAI(http_client=openai.DefaultAioHttpClient() if tuned else None)
    promising = Promising(model, Path("said.db")) if "promising" in sys.argv else None
    answering: Answering = promising or Plain(model)
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
    client = discord.Client(intents=intents)

    @client.event
    async def on_ready() -> None:
        sys.stderr.write("Ready: floor\n")

    @client.event
    async def on_message(message: discord.Message) -> None:
        if message.author.bot:
            return
        if promising:
            await promising.keep(message.content)
        await message.channel.send(await answering.reply(message.content))

    await client.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
