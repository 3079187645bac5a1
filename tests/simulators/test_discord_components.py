"""Buttons under a message on the simulated Discord: how they are shown, and which are refused."""

from typing import Any

import discord
import pytest

from tests.simulators.discord import Button, DiscordSimulator
from tests.simulators.discord_clients import CHANNEL, Bot, button, question, text_channel


async def test_a_stopped_view_is_shown_and_not_stored(sim: DiscordSimulator, bot: Bot) -> None:
    sent = await question(bot)
    (post,) = sim.posts(CHANNEL)
    assert post.buttons == [Button("yes", "Yes", 2), Button("no", "No", 2, disabled=True)]
    (row,) = (await sent.channel.fetch_message(sent.id)).components
    assert isinstance(row, discord.ActionRow)
    assert [child.custom_id for child in row.children if isinstance(child, discord.Button)] == ["yes", "no"]
    assert bot.persistent_views == []
    assert bot._connection._view_store._views == {}
    listening = discord.ui.View(timeout=None)
    listening.add_item(button("other", "Other"))
    stored = await text_channel(bot).send("Kept", view=listening)
    assert list(bot._connection._view_store._views) == [stored.id]


def _row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def _raw(custom_id: str | None = "a", **fields: Any) -> dict[str, Any]:
    button = {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id, **fields}
    return {key: value for key, value in button.items() if value is not None}


def _alone(**fields: Any) -> list[dict[str, Any]]:
    return [_row(_raw(**fields))]


@pytest.mark.parametrize(
    ("components", "where", "wrong"),
    [
        ([_row(_raw(str(i))) for i in range(6)], "components", "Must be 5 or fewer"),
        ([_row(*(_raw(str(i)) for i in range(6)))], "components.0.components", "between 1 and 5"),
        ([_row()], "components.0.components", "between 1 and 5"),
        ([_raw()], "components.0.type", "must be one of"),
        (_alone(label="x" * 81), "components.0.components.0.label", "Must be 80 or fewer"),
        (_alone(label=None), "components.0.components.0.label", "required"),
        (_alone(custom_id="x" * 101), "components.0.components.0.custom_id", "between 1 and 100"),
        (_alone(custom_id=""), "components.0.components.0.custom_id", "between 1 and 100"),
        (_alone(custom_id=None), "components.0.components.0.custom_id", "A custom id is required"),
        (_alone(style=7), "components.0.components.0.style", "must be one of"),
        (_alone(style=5, custom_id=None), "components.0.components.0.url", "A url is required"),
        (_alone(style=5, url="https://a.example"), "components.0.components.0", "cannot both be"),
        ([_row(_raw()), _row(_raw(disabled=True))], "components.1.components.0.custom_id", "duplicated"),
    ],
)
async def test_bad_components_are_refused(
    sim: DiscordSimulator, bot: Bot, components: list[dict[str, Any]], where: str, wrong: str
) -> None:
    route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=CHANNEL)
    with pytest.raises(discord.HTTPException) as error:
        await bot.http.request(route, json={"content": "Hello", "components": components})
    assert (error.value.status, error.value.code) == (400, 50035)
    assert error.value.text.startswith(f"Invalid Form Body\nIn {where}: ")
    assert wrong in error.value.text
    assert sim.posts(CHANNEL) == []


async def test_the_largest_components_are_taken(sim: DiscordSimulator, bot: Bot) -> None:
    rows = [_row(*(_raw(f"{row}-{i}".ljust(100, "x"), label="x" * 80) for i in range(5))) for row in range(5)]
    rows[0]["components"][0] = _raw(None, style=5, url="https://a.example")
    route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=CHANNEL)
    await bot.http.request(route, json={"components": rows})
    (post,) = sim.posts(CHANNEL)
    assert len(post.buttons) == 25
    assert post.buttons[0] == Button("", "Press", 5)
