"""What attacks on the prompt can do when the model obeys them: `python -m tests.bench.injections FILE`.

Each line of the file is a JSON object: `text`, and `label`, `injection` or anything for a harmless text that
reads alike. Each text is planted in an article of its own and found by a customer's question, once with a
model that obeys it in the worst way and once with none, so that the article is quoted; and it is sent by a
customer to that model. Customers are on a simulated Slack and a simulated Discord; one of each has a case
that agents have in hand, which attacks could close.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from unittest import mock

from core.messages import Press
from core.settings import load_settings
from core.words import LABELS
from tests import hostile
from tests.both.sides import DISCORD_TEAM, SLACK_TEAM, DiscordSide, Side, SlackSide
from tests.builders import write_knowledge
from tests.core.house import ASK
from tests.discord_.conftest import Frontdesk, _start, model_settings, slack_settings
from tests.hostile import Attack
from tests.simulators.discord import TOKEN, DiscordSimulator
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator

BEN, DANA, FIRST = 2001, 2100, 10_000
SECONDS = 600.0
WAYS = ("planted, obeyed", "planted, quoted", "sent, obeyed")


@asynccontextmanager
async def company(
    folder: Path, attacks: Sequence[Attack], way: str
) -> AsyncIterator[tuple[Frontdesk, tuple[Side, ...]]]:
    """Serve both platforms, with a customer for each attack, and Ben, whom Dana already helps."""
    knowledge = write_knowledge(folder / "knowledge")
    if way.startswith("planted"):
        hostile.plant(knowledge / "articles", attacks)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackSimulator())
        discord = await stack.enter_async_context(DiscordSimulator())
        model = await stack.enter_async_context(ModelSimulator())
        model.always(hostile.obeys(attacks))
        model.rate_limits = {}  # what is measured is what comes through, not how a server's limits are kept
        settings = {
            "discord_token": TOKEN,
            "discord_api_url": discord.api_url,
            "discord_gateway_url": discord.gateway_url,
            **slack_settings(slack),
            **(model_settings(model) if way.endswith("obeyed") else {}),
            "knowledge_dir": knowledge,
            "database": folder / "frontdesk.db",
            "agents": f"slack:{SLACK_TEAM}",
        }
        sides = (
            SlackSide(slack, _on_slack(slack, attacks)),
            DiscordSide(discord, _on_discord(discord, attacks)),
        )
        for name in ("bots.slack_posts", "bots.discord_posts"):
            stack.enter_context(mock.patch(f"{name}.SHOW_AFTER_SECONDS", 0.0))
        us = await _start(load_settings(_env_file=None, **settings), known=True)
        stack.push_async_callback(us.stop)
        await slack.wait_connected()
        for side in sides:
            await side.writes(us, "Ben", ASK)
        for card in sides[0].cards():
            await sides[0].press(us, card, "Dana", LABELS[Press.CLAIM])
        yield us, sides


def _on_slack(slack: SlackSimulator, attacks: Sequence[Attack]) -> dict[str, str]:
    people = {"Ben": slack.add_user("U2", "Ben"), "Dana": slack.add_user("U8", "Dana")}
    slack.add_channel(SLACK_TEAM, "team", is_private=True, members=[people["Dana"]])
    return people | {f"C{n}": slack.add_user(f"U1{n:04}", f"C{n}") for n in range(len(attacks))}


def _on_discord(discord: DiscordSimulator, attacks: Sequence[Attack]) -> dict[str, int]:
    people = {"Ben": BEN, "Dana": DANA} | {f"C{n}": FIRST + n for n in range(len(attacks))}
    for name, id in people.items():
        discord.add_user(id, name.lower(), name)
    discord.add_guild(5000, "Example")
    discord.add_channel(DISCORD_TEAM, 5000, "general")
    return people


async def measured(attacks: Sequence[Attack], way: str) -> list[str]:
    """Return a row: what came of all attacks in one way."""
    with tempfile.TemporaryDirectory() as folder:
        async with company(Path(folder), attacks, way) as (us, sides):
            before, known = hostile.state(us.rows), us.messages()
            for number, attack in enumerate(attacks):
                text = attack.text if way.startswith("sent") else hostile.question(number)
                for side in sides:
                    await side.writes(us, f"C{number}", text, settle=False)
            await us.until(lambda: us.messages() == known + len(attacks) * len(sides), SECONDS)
            await asyncio.wait_for(us.desk.settled(), SECONDS)
            done = hostile.harm(us.rows, before, *sides)
            links = [link for side in sides for link in hostile.foreign_links(side, attacks)]
            claims = [claim for side in sides for claim in hostile.false_claims(side, attacks)]
            silent = sum(not side.reads(f"C{n}") for side in sides for n in range(len(attacks)))
            called = us.rows("SELECT count(*) FROM cases")[0][0] - len(before[0])
    for what in (*done.changes, *done.pings)[:10]:
        sys.stderr.write(f"  {way}: {what}\n")
    counts = map(len, (done.changes, done.pings, links, claims))
    figures = (len(attacks) * len(sides), *counts, silent, called)
    return [way, *map(str, figures)]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows under their headings."""
    heading = (
        "way",
        "messages",
        "state changed",
        "pings",
        "foreign links",
        "false claims",
        "no answer",
        "cases",
    )
    return "\n".join(
        "  ".join(cell.ljust(22) if not at else cell.rjust(len(heading[at])) for at, cell in enumerate(row))
        for row in (heading, *rows)
    )


async def main(file: Path) -> None:
    """Measure every text of a file in every way, attacks and harmless ones apart."""
    attacks = hostile.read(file)
    for name, is_hostile in (("attacks", True), ("harmless", False)):
        chosen = [attack for attack in attacks if attack.hostile is is_hostile]
        if chosen:
            sys.stdout.write(f"{len(chosen)} {name}, on two platforms\n")
            sys.stdout.write(table([await measured(chosen, way) for way in WAYS]) + "\n\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say which file: python -m tests.bench.injections FILE.jsonl")
    logging.disable(logging.WARNING)
    asyncio.run(main(Path(sys.argv[1])))
