"""The manifest that people paste asks for just what the code uses."""

from __future__ import annotations

import json
from pathlib import Path

from bots.slack_bot import SCOPES

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())


def test_it_asks_for_every_scope_that_is_checked_at_start_and_no_other() -> None:
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == set(SCOPES)


def test_it_subscribes_to_what_is_listened_to_with_the_scope_that_it_takes() -> None:
    needed = {
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "message.mpim": "mpim:history",
    }
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == set(needed)
    assert set(needed.values()) <= set(SCOPES)


def test_people_can_write_to_it_directly() -> None:
    assert MANIFEST["features"]["app_home"]["messages_tab_enabled"]
    assert not MANIFEST["features"]["app_home"]["messages_tab_read_only_enabled"]
