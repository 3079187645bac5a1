"""The manifest that people paste asks for just what the code uses."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import bots.slack_bot
import bots.slack_posts
from bots.slack_bot import SCOPES
from tests.simulators.slack_methods import NEEDED_SCOPES

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
EVENTS = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}
# Kinds of channels, as they are asked for and as scopes call them.
KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def called() -> set[str]:
    """Return the Web API methods that the adapter names, `chat.postMessage` for `chat_postMessage`."""
    known = {method.replace(".", "_"): method for method in NEEDED_SCOPES}
    named = set()
    for module in (bots.slack_bot, bots.slack_posts):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
            if isinstance(node, ast.Attribute):
                named.add(node.attr)
            elif isinstance(node, ast.Constant):
                named.add(str(node.value))
    return {method for name, method in known.items() if name in named}


def test_it_asks_for_every_scope_that_is_checked_at_start_and_no_other() -> None:
    asked: list[str] = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert set(asked) == set(SCOPES)
    assert sorted(asked) == asked


def test_it_subscribes_to_what_is_listened_to_with_the_scope_that_it_takes() -> None:
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)
    assert set(EVENTS.values()) <= set(SCOPES)


def test_every_method_that_is_called_has_its_scope() -> None:
    methods = called()
    assert {"chat.postMessage", "chat.postEphemeral", "conversations.members", "reactions.add"} <= methods
    lacking = {method for method in methods if SCOPES.keys().isdisjoint(NEEDED_SCOPES[method])}
    assert lacking == set()


def test_every_scope_is_there_for_something() -> None:
    used = {scope for method in called() for scope in NEEDED_SCOPES[method]} | set(EVENTS.values())
    assert set(SCOPES) <= used


def test_every_kind_of_channel_that_is_asked_for_has_its_scope() -> None:
    """Slack refuses the whole question if one of the kinds is not allowed."""
    kinds = bots.slack_bot._KINDS.split(",")
    assert {f"{KINDS[kind]}:read" for kind in kinds} <= set(SCOPES)


def test_buttons_can_be_pressed() -> None:
    interactivity: dict[str, Any] = MANIFEST["settings"]["interactivity"]
    assert interactivity["is_enabled"] is True
    # In Socket Mode there is no address; a wrong one would be asked for at every press.
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in interactivity


def test_people_can_write_to_it_directly() -> None:
    assert MANIFEST["features"]["app_home"]["messages_tab_enabled"]
    assert not MANIFEST["features"]["app_home"]["messages_tab_read_only_enabled"]
