"""Buttons in Slack's Block Kit, both ways. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.messages import Author, Button, IncomingPress, Press
from core.splitting import split

ACTION = "frontdesk:"
SECTION_LIMIT = 3_000  # docs.slack.dev/reference/block-kit/blocks/section-block
_STYLES = {Press.YES: "primary", Press.CLAIM: "primary", Press.SEND: "primary"}


def blocks(text: str, buttons: Sequence[Button]) -> list[dict[str, Any]]:
    """Return the blocks of a post with buttons; none for one without, which is plain mrkdwn."""
    if not buttons:
        return []
    return [*sections(text), {"type": "actions", "elements": [_element(button) for button in buttons]}]


def sections(text: str) -> list[dict[str, Any]]:
    """Return mrkdwn as blocks of at most 3,000 characters, each shown whole, without a "see more"."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": part}, "expand": True}
        for part in split(text, SECTION_LIMIT)
    ]


def _element(button: Button) -> dict[str, Any]:
    style = {"style": _STYLES[button.press]} if button.press in _STYLES else {}
    return {
        "type": "button",
        "action_id": f"{ACTION}{button.press}",
        "text": {"type": "plain_text", "text": button.label},
        "value": button.about,
        **style,
    }


def read_press(body: dict[str, Any], team: str) -> IncomingPress | None:
    """Return what a block_actions payload says; None if it is no button of ours.

    Args:
        body: The payload.
        team: The workspace that we are installed in: people of others that share a channel with it are
            known by it, as in events.
    """
    action: dict[str, Any] = next(iter(body.get("actions") or []), {})
    name = str(action.get("action_id", "")).removeprefix(ACTION)
    if name not in set(Press):
        return None
    ts = str(action.get("action_ts") or "0")
    who = Author(f"slack:{team}/{(body.get('user') or {}).get('id', '')}")
    return IncomingPress(
        Press(name), str(action.get("value", "")), who, int(ts.replace(".", "") or 0), float(ts)
    )
