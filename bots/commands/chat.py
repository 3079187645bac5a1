"""`frontdesk chat`: the desk in the terminal."""

from __future__ import annotations

import asyncio
import logging

import click

from bots.commands.common import only_one, run_work, settings_of_command
from bots.house import open_desk
from bots.terminal_bot import AGENTS, TerminalBot, converse, print_post
from core.messages import Agents
from core.settings import Settings


@click.command()
def chat() -> None:
    """Talk to the desk in the terminal, as a customer and as an agent.

    Lines may also come from a pipe: each is answered before the next is read. Type /help inside.
    """
    settings = settings_of_command()
    if "LOG_LEVEL" not in settings.model_fields_set and settings.log_level == "INFO":
        logging.getLogger().setLevel(logging.WARNING)
    with only_one(settings, "chat"):
        run_work(_chat(settings))


async def _chat(settings: Settings) -> None:
    async with open_desk(settings, Agents(AGENTS)) as (house, desk):
        bot = TerminalBot(print_post)
        desk.connect(bot)
        company = (await house.library.instructions()).company
        click.echo(
            f"{company or 'Frontdesk'} help: {house.articles} articles, {house.how()}. "
            "/help shows what else you can type, /quit leaves."
        )
        stop = asyncio.Event()
        working = asyncio.create_task(desk.run(stop, settings.shutdown_seconds))
        try:
            await converse(desk, bot)
        finally:
            stop.set()
            await working
