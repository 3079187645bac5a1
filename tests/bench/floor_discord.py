"""The floor on Discord: the gateway, one model call for each message, one post. Nothing is kept.

As the libraries' first pages have it; with the argument `tuned`, with openai's transport on aiohttp.
"""

from __future__ import annotations

import asyncio
import os
import sys

import discord
import openai
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


async def main() -> None:
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    model = openai.AsyncOpenAI(http_client=openai.DefaultAioHttpClient() if "tuned" in sys.argv else None)
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
    client = discord.Client(intents=intents)

    @client.event
    async def on_ready() -> None:
        sys.stderr.write("Ready: floor\n")

    @client.event
    async def on_message(message: discord.Message) -> None:
        if message.author.bot:
            return
        completion = await model.chat.completions.create(
            model="gpt-4.1-mini", messages=[{"role": "user", "content": message.content}]
        )
        await message.channel.send(completion.choices[0].message.content)

    await client.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
