"""Slack's Home tab: the page that the bot has there, and the buttons on it."""

from __future__ import annotations

import logging
import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bots.adapter import Inbox, begun, told
from bots.slack_asides import Call
from bots.slack_blocks import sections
from bots.slack_commands import PREFIX, SlackCommands
from bots.slack_faults import FAULTS, why
from bots.slack_format import to_slack
from bots.slack_posts import spot
from core.faults import describe
from core.home import Entry, Home
from core.messages import Aside, Author

log = logging.getLogger(__name__)

# docs.slack.dev/reference/block-kit/blocks/header-block, and .../surfaces/app-home for the view
HEADER_LIMIT = 150
BLOCKS_LIMIT = 100
PERSON = "home:person"
RENEW = "home:renew"


class SlackHome:
    """The Home tab in one workspace."""

    def __init__(
        self, client: AsyncWebClient, inbox: Inbox, commands: SlackCommands, team: str, workspace: str
    ) -> None:
        """Make it.

        Args:
            client: Publishes the page.
            inbox: Knows what it says.
            commands: Bring in a person.
            team: The workspace's id.
            workspace: Its address (`https://acme.slack.com/`), for links to cases.
        """
        self._client = client
        self._inbox = inbox
        self._commands = commands
        self._team = team
        self._workspace = workspace

    def listen(self, app: AsyncApp) -> None:
        """Hear the buttons."""
        app.action(re.compile(f"^{PERSON}$|^{RENEW}$"))(self._pressed)

    async def show(self, user: str, answer: str = "") -> None:
        """Bring somebody's page up to date; `answer` is what a press on it came to, in Markdown.

        Whoever runs the bot is told if that fails: nothing is lost with it.
        """
        try:
            home = await self._inbox.home(Author(f"slack:{self._team}/{user}"), PREFIX)
        except Exception as error:
            log.error("What the Home tab shows can't be told: %s", describe(error))
        else:
            await self._publish(user, view(home, self._workspace, answer))

    async def _pressed(self, body: dict[str, Any], ack: Call) -> None:
        user = str((body.get("user") or {}).get("id"))
        pressing = await begun(told(self._inbox, f"slack:{self._team}/{user}", self._do(body, user)))
        await ack()
        await self.show(user, (await pressing).text)

    async def _do(self, body: dict[str, Any], user: str) -> Aside:
        wants_person = any(action.get("action_id") == PERSON for action in body.get("actions") or [])
        return await self._commands.call_person(body, user) if wants_person else Aside("")

    async def _publish(self, user: str, shown: dict[str, Any]) -> None:
        try:
            await self._client.views_publish(user_id=user, view=shown)
        except FAULTS as error:
            log.warning("Slack: the Home tab can't be shown (%s).", why(error))


def view(home: Home, workspace: str, answer: str = "") -> dict[str, Any]:
    """Return the page as a view. Pure.

    Args:
        home: What it says.
        workspace: The workspace's address (`https://acme.slack.com/`), for links to cases.
        answer: What a press on the page came to, in Markdown; stands above all else.
    """
    blocks = sections(to_slack(answer)) if answer else []
    blocks += sections(to_slack(home.text))
    if home.person:
        blocks.append(_button(PERSON, home.person))
    if home.heading:
        heading = {"type": "plain_text", "text": home.heading[:HEADER_LIMIT]}
        blocks += [{"type": "divider"}, {"type": "header", "text": heading}]
    if home.renew:
        blocks.append(_button(RENEW, home.renew))
    for entry in home.entries:
        blocks += sections(to_slack(entry.text) + _link(entry, workspace))
    return {"type": "home", "blocks": blocks[:BLOCKS_LIMIT]}


def _button(action: str, label: str) -> dict[str, Any]:
    button = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": label}}
    return {"type": "actions", "elements": [button]}


def _link(entry: Entry, workspace: str) -> str:
    """Return a link to where the team talks about a case, where that is on Slack."""
    if not (entry.thread.startswith("slack:") and workspace):
        return ""
    where = spot(entry.thread)
    ts = (where.thread or "").replace(".", "")
    return f"\n<{workspace}archives/{where.channel}/p{ts}|Open>"
