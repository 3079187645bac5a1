"""One Frontdesk that serves a simulated Slack and a simulated Discord at once."""

from __future__ import annotations

import functools
import inspect
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

import bots.slack_posts
import bots.slack_sockets
import core.desk
from tests.both.sides import (
    DISCORD_NIGHT,
    DISCORD_TEAM,
    SLACK_NIGHT,
    SLACK_TEAM,
    DiscordSide,
    Side,
    SlackSide,
)
from tests.discord_.conftest import (
    ADA,
    BEN,
    DANA,
    EMIL,
    GUILD,
    SUPPORT_ROLE,
    Frontdesk,
    Start,
    _unhurt,
    discord_,
    frontdesk,
    knowledge,
    model,
    settings,
    slack,
    slack_settings,
)
from tests.simulators.discord import DiscordSimulator
from tests.simulators.slack import SlackSimulator

__all__ = ["_unhurt", "discord_", "frontdesk", "knowledge", "model", "settings", "slack"]

ON_SLACK = {"Ada": "U1", "Ben": "U2", "Dana": "U8", "Emil": "U9"}
ON_DISCORD = {"Ada": ADA, "Ben": BEN, "Dana": DANA, "Emil": EMIL}
CUSTOMERS = 50

Open = Callable[..., Any]

one_context = functools.cache(ssl.create_default_context)
short_stack = functools.partial(inspect.stack, context=0)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten what Slack's library takes its time for; what happens is unchanged."""
    monkeypatch.setattr(bots.slack_posts, "SHOW_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(core.desk, "SETTLED_POLL_SECONDS", 0.005)
    handler = functools.partial(AsyncSocketModeHandler, ping_interval=0.1)
    monkeypatch.setattr(bots.slack_sockets, "AsyncSocketModeHandler", handler)
    monkeypatch.setattr(ssl, "create_default_context", one_context)
    monkeypatch.setattr(inspect, "stack", short_stack)


@pytest.fixture
def sides(discord_: DiscordSimulator, slack: SlackSimulator) -> dict[str, Side]:
    """Both platforms, each with two customers, two agents, their private channel and one for the night."""
    discord_.add_channel(DISCORD_NIGHT, GUILD, "night", private=True, roles=[SUPPORT_ROLE])
    for name, id in ON_SLACK.items():
        slack.add_user(id, name)
    agents = [ON_SLACK["Dana"], ON_SLACK["Emil"]]
    slack.add_channel(SLACK_TEAM, "team", is_private=True, members=agents)
    slack.add_channel(SLACK_NIGHT, "night", is_private=True, members=agents)
    people_on_slack, people_on_discord = dict(ON_SLACK), dict(ON_DISCORD)
    for number in range(CUSTOMERS):
        name = f"C{number}"
        people_on_slack[name] = slack.add_user(f"U1{number:03}", name)
        people_on_discord[name] = 7000 + number
        discord_.add_user(7000 + number, name.lower(), name)
    assert DISCORD_TEAM in discord_.world.channels
    return {
        "slack": SlackSide(slack, people_on_slack),
        "discord": DiscordSide(discord_, people_on_discord),
    }


@pytest.fixture
def opened(frontdesk: Start, slack: SlackSimulator, sides: dict[str, Side]) -> Open:
    """Start Frontdesk on both platforms."""

    async def start(**others: Any) -> Frontdesk:
        us: Frontdesk = await frontdesk(**slack_settings(slack), **others)
        await slack.wait_connected()
        return us

    return start
