"""A workspace, a server and a model on loopback for the real process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.simulators.discord import DiscordSimulator
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator

ANA = 2001
HELP_CHANNEL = 3001


@dataclass
class World:
    """A workspace, a server and a model, and the settings that point the process at them."""

    slack: SlackSimulator
    discord: DiscordSimulator
    model: ModelSimulator

    @property
    def settings(self) -> dict[str, str]:
        return {**self.slack_settings, **self.discord_settings, **self.model_settings}

    @property
    def slack_settings(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
        }

    @property
    def discord_settings(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
        }

    @property
    def model_settings(self) -> dict[str, str]:
        return {"OPENAI_API_KEY": self.model.api_key, "OPENAI_BASE_URL": self.model.base_url}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with SlackSimulator() as slack, DiscordSimulator() as discord, ModelSimulator() as model:
        slack.add_user("U1", "ana", real_name="Ana")
        slack.add_channel("C1", "help")
        slack.add_channel("G1", "agents", is_private=True)
        discord.add_user(ANA, "ana", global_name="Ana")
        discord.add_guild(1, "Plants")
        discord.add_channel(HELP_CHANNEL, 1, "help")
        yield World(slack, discord, model)
