"""What is wrong with the app's permissions and the agents' place on Slack, told to who runs the bot."""

from __future__ import annotations

from collections.abc import Set

from slack_sdk.web.async_client import AsyncWebClient

from bots.slack_faults import FAULTS, why
from bots.slack_posts import spot

# What each permission is for; a missing one is told at start with these words.
SCOPES = {
    "app_mentions:read": "hear mentions",
    "channels:history": "read threads in public channels",
    "groups:history": "read threads in private channels",
    "im:history": "read direct messages",
    "mpim:history": "read group messages",
    "channels:read": "name public channels",
    "groups:read": "name private channels and check the agents' place",
    "im:read": "tell direct messages from channels",
    "mpim:read": "tell group messages from channels",
    "assistant:write": "suggest questions in the assistant pane and name its threads",
    "chat:write": "answer",
    "commands": "offer its slash command and its shortcut",
    "im:write": "go on in direct messages",
    "users:read": "know people's names",
    "team:read": "name the company of people who share a channel from another workspace",
    "files:read": "read what customers attach",
    "reactions:read": "hear thumbs on its answers",
    "reactions:write": "show that it works on an answer, and that an agent's words were delivered",
}

_INVITE = "Check AGENTS and invite the bot to that channel (/invite)."


def of_scopes(granted: Set[str]) -> list[str]:
    """Return what permissions are missing, in at most one sentence; none if Slack told none. Pure."""
    missing = sorted(SCOPES.keys() - granted)
    if not (granted and missing):
        return []
    listed = ", ".join(f"{scope} (to {SCOPES[scope]})" for scope in missing)
    return [f"Slack: the app lacks {listed}. Add them under OAuth & Permissions and install it again."]


async def of_agents(client: AsyncWebClient, agents: str) -> list[str]:
    """Return what is missing or unwise at the place where agents are called, a sentence each."""
    try:
        response = await client.conversations_info(channel=spot(agents).channel)
    except FAULTS as error:
        return [f"Slack: the agents' place {agents} can't be reached ({why(error)}). {_INVITE}"]
    channel = response.get("channel") or {}
    problems = []
    if not channel.get("is_private") and not channel.get("is_im"):
        problems.append(
            f"Slack: the agents' place {agents} is public; customers' words are read by everybody "
            "there. Use a private channel."
        )
    if channel.get("is_member") is False:
        problems.append(f"Slack: the bot is not in the agents' place {agents}. {_INVITE}")
    return problems
