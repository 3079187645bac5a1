"""The manifest that people paste asks for just what the code uses; both sides are read, neither is listed."""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

import bots.slack_bot
from bots.slack_bot import SlackBot
from bots.slack_checks import SCOPES
from tests.contracts.test_platforms import DeafInbox
from tests.given import settings_of
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack_events import EVENT_SCOPES
from tests.simulators.slack_methods import NEEDED_SCOPES

ROOT = Path(__file__).parents[2]
MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text())
MODULES = sorted(path.stem for path in (ROOT / "bots").glob("slack_*.py"))
# Kinds of channels, as they are asked for and as scopes and events call them.
KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
# What the library makes of several methods.
HELPERS = {"chat.stream": {"chat.startStream", "chat.appendStream", "chat.stopStream"}}


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Yield every node of the adapter's source, with its module."""
    for name in MODULES:
        for node in ast.walk(ast.parse((ROOT / "bots" / f"{name}.py").read_text("utf-8"))):
            yield name, node


def called() -> set[str]:
    """Return the Web API methods that the adapter names, `chat.postMessage` for `chat_postMessage`."""
    named: set[str] = set()
    for _, node in nodes():
        if isinstance(node, ast.Attribute):
            named.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named.add(node.value)
    methods = {
        name.replace("_", ".")
        for name in named
        if "_" in name and not name.startswith("_") and callable(getattr(AsyncWebClient, name, None))
    }
    return {each for method in methods for each in HELPERS.get(method, {method})}


def listened(*ways: str) -> set[str]:
    """Return what the adapter listens to by Bolt's decorators of those names (`command`, `shortcut`)."""
    found = set()
    for name, node in nodes():
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"app.{way}" for way in ways}:
            [what] = node.args
            module = importlib.import_module(f"bots.{name}")
            value = what.value if isinstance(what, ast.Constant) else getattr(module, ast.unparse(what))
            found.add(str(value))
    return found


def events() -> set[str]:
    """Return the events that something is done with, as one subscribes to them."""
    settings = settings_of(slack_bot_token="xoxb-1", slack_app_token="xapp-1")
    handled = set(SlackBot(settings, DeafInbox()).events)
    kinds = bots.slack_bot._KINDS.split(",")
    assert "message" in handled
    return handled - {"message"} | {f"message.{KINDS[kind]}" for kind in kinds}


def of(feature: str, key: str) -> list[str]:
    """Return what the manifest names of a feature; nothing where it has none."""
    return [entry[key] for entry in MANIFEST["features"].get(feature, [])]


def scopes_of_events() -> set[str]:
    return {scope for event in events() if (scope := EVENT_SCOPES[event])}


def test_it_asks_for_every_scope_that_is_checked_at_start_and_no_other() -> None:
    asked: list[str] = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert set(asked) == set(SCOPES)
    assert sorted(asked) == asked


def test_it_subscribes_to_what_is_listened_to_with_the_scope_that_it_takes() -> None:
    subscribed: list[str] = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert set(subscribed) == events()
    assert sorted(subscribed) == subscribed
    assert scopes_of_events() <= set(SCOPES)


def test_every_method_that_is_called_is_known_and_has_its_scope() -> None:
    methods = called()
    assert {"chat.postMessage", "conversations.members", "users.conversations", "views.publish"} <= methods
    known = SlackSimulator()._web_api._methods.keys()
    assert methods <= known, "the simulator must know what Slack makes of it, and which scope it takes"
    lacking = {
        method for method in methods & NEEDED_SCOPES.keys() if SCOPES.keys().isdisjoint(NEEDED_SCOPES[method])
    }
    assert lacking == set()


def test_every_scope_is_there_for_something() -> None:
    used = {scope for method in called() for scope in NEEDED_SCOPES.get(method, ())} | scopes_of_events()
    if listened("command", "shortcut", "message_shortcut", "global_shortcut"):
        used.add("commands")
    assert set(SCOPES) <= used


def test_the_commands_and_shortcuts_are_those_that_are_heard() -> None:
    assert set(of("slash_commands", "command")) == listened("command")
    heard = listened("shortcut", "message_shortcut", "global_shortcut")
    assert set(of("shortcuts", "callback_id")) == heard
    # In Socket Mode they have no address; names and links in a command come with their labels.
    assert of("slash_commands", "command") == [
        entry["command"]
        for entry in MANIFEST["features"].get("slash_commands", [])
        if "url" not in entry and entry["should_escape"] is True
    ]


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


def test_people_can_write_to_it_directly_and_open_its_home_and_its_pane() -> None:
    assert MANIFEST["features"]["app_home"] == {
        "home_tab_enabled": "app_home_opened" in events(),
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    # Which questions are suggested is said in instructions.md, for every thread anew.
    assert MANIFEST["features"]["assistant_view"]["suggested_prompts"] == []
    assert "assistant_thread_started" in events()
