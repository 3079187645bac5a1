"""Slack's Home tab: the page that the bot has there, in blocks."""

from __future__ import annotations

import logging
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bots.slack_blocks import sections
from bots.slack_faults import FAULTS, why
from bots.slack_format import to_slack
from bots.slack_posts import spot
from core.home import Entry, Home

log = logging.getLogger(__name__)

# docs.slack.dev/reference/block-kit/blocks/header-block, and .../surfaces/app-home for the view
HEADER_LIMIT = 150
BLOCKS_LIMIT = 100


def view(home: Home, workspace: str) -> dict[str, Any]:
    """Return the page as a view. Pure.

    Args:
        home: What it says.
        workspace: The workspace's address (`https://acme.slack.com/`), for links to cases.
    """
    blocks = sections(to_slack(home.text))
    if home.heading:
        heading = {"type": "plain_text", "text": home.heading[:HEADER_LIMIT]}
        blocks += [{"type": "divider"}, {"type": "header", "text": heading}]
    for entry in home.entries:
        blocks += sections(to_slack(entry.text) + _link(entry, workspace))
    return {"type": "home", "blocks": blocks[:BLOCKS_LIMIT]}


def _link(entry: Entry, workspace: str) -> str:
    """Return a link to where the team talks about a case, where that is on Slack."""
    if not (entry.thread.startswith("slack:") and workspace):
        return ""
    where = spot(entry.thread)
    ts = (where.thread or "").replace(".", "")
    return f"\n<{workspace}archives/{where.channel}/p{ts}|Open>"


async def publish(client: AsyncWebClient, user: str, shown: dict[str, Any]) -> None:
    """Show somebody the page; whoever runs the bot is told if that fails."""
    try:
        await client.views_publish(user_id=user, view=shown)
    except FAULTS as error:
        log.warning("Slack: the Home tab can't be shown (%s).", why(error))
