"""What help and the Home tab promise is what each platform has registered."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bots.discord_registry import ASK_ABOUT, CHAT, wanted
from bots.slack_commands import PREFIX, parse
from core.messages import Command
from core.phrases import PHRASES

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
SLASH = {about["name"] for about in wanted(PHRASES) if about["type"] == CHAT}
THERE = {Command.ASK, Command.HUMAN, Command.NEW, Command.FORGET}
each_language = pytest.mark.parametrize("language", sorted(PHRASES))


def shown(text: str, prefix: str) -> set[str]:
    """Return what a page shows to be typed or chosen, without the prefix of commands."""
    return {one.removeprefix(prefix) for one in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", text)}


@each_language
def test_help_on_discord_names_what_is_registered(language: str) -> None:
    named = shown(PHRASES[language].helps("/", ""), "/")
    assert ASK_ABOUT in named
    commands = {one.split()[0] for one in named - {ASK_ABOUT}}
    assert commands == THERE <= SLASH


@each_language
@pytest.mark.parametrize("page", ["help", "home"])
def test_help_and_the_home_tab_on_slack_name_what_is_registered(language: str, page: str) -> None:
    says = PHRASES[language]
    text = says.helps(PREFIX, "") if page == "help" else says.welcomes(PREFIX, says.home_person)
    [shortcut] = MANIFEST["features"]["shortcuts"]
    [slash] = MANIFEST["features"]["slash_commands"]
    assert f"{slash['command']} " == PREFIX
    named = shown(text, PREFIX)
    assert shortcut["name"] in named
    read = {parse(one)[0] for one in named - {shortcut["name"]}}
    assert read == (THERE if page == "help" else THERE - {Command.HUMAN})
