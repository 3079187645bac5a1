"""Who people on Slack are, also those of other companies (Slack Connect)."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bots.recent import Recent
from bots.slack_faults import FAULTS

# How long a company's name is believed, and that it can't be had.
COMPANY_SECONDS = 86_400.0
UNKNOWN_SECONDS = 600.0
MOST_COMPANIES = 1_000
MOST_PEOPLE = 10_000


def name_of(user: dict[str, Any]) -> str:
    """Return the name that a user chose to be called by; empty if there is none. Pure."""
    profile = user.get("profile") or {}
    return str(profile.get("display_name") or profile.get("real_name") or user.get("real_name") or "")


def is_of(user: dict[str, Any], team: str) -> bool:
    """Say whether a user belongs to a workspace, or to its organisation on Enterprise Grid. Pure."""
    home = user.get("team_id") or team
    return home == team or team in ((user.get("enterprise_user") or {}).get("teams") or [])


class Homes:
    """To which workspace people belong, asked for once."""

    def __init__(self) -> None:
        self._known: Recent[str, str] = Recent(MOST_PEOPLE)

    async def of(self, client: AsyncWebClient, user: str, ours: str) -> str:
        """Return a user's own workspace; ours where Slack does not tell it. Never raises."""
        if known := self._known.get(user):
            return known
        try:
            found = (await client.users_info(user=user)).get("user") or {}
        except FAULTS:
            return ours
        home = ours if is_of(found, ours) else str(found["team_id"])
        self._known.keep(user, home)
        return home


class Companies:
    """The names of other companies' workspaces, asked for once in a while."""

    def __init__(self) -> None:
        self._known: Recent[str, str] = Recent(MOST_COMPANIES, COMPANY_SECONDS)
        self._unknown: Recent[str, bool] = Recent(MOST_COMPANIES, UNKNOWN_SECONDS)

    async def name(self, client: AsyncWebClient, team: str) -> str:
        """Return a workspace's name; empty where Slack does not tell it. Never raises."""
        if (known := self._known.get(team)) or self._unknown.get(team):
            return known or ""
        try:
            response = await client.team_info(team=team)
            name = str((response.get("team") or {}).get("name") or "")
        except FAULTS:
            name = ""
        if name:
            self._known.keep(team, name)
        else:
            self._unknown.keep(team, True)
        return name
