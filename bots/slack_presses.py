"""Buttons that are pressed on Slack: what they do, and what their presser alone is told."""

from __future__ import annotations

import contextlib
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bots.adapter import Inbox, begun, pressed, told
from bots.slack_asides import Call, messages_of, whisper
from bots.slack_blocks import read_press
from bots.slack_faults import FAULTS
from core.messages import Aside


class SlackPresses:
    """Hears the buttons of one workspace."""

    def __init__(self, client: AsyncWebClient, inbox: Inbox, team: str) -> None:
        """Make one.

        Args:
            client: Tells the presser.
            inbox: Takes presses.
            team: The workspace's id.
        """
        self._client = client
        self._inbox = inbox
        self._team = team

    async def hear(self, body: dict[str, Any], ack: Call, respond: Call) -> None:
        """Do what a button says and acknowledge it in time; the presser alone hears what there is to say."""
        pressing = await begun(self._do(body))
        await ack()
        aside = await pressing
        if (body.get("container") or {}).get("is_ephemeral"):
            # Nothing else can change what one person alone was told; a failure leaves it there.
            await whisper(respond, aside, instead=not aside.again)
        else:
            await self._tell(body, aside)

    async def _do(self, body: dict[str, Any]) -> Aside:
        if press := read_press(body, self._team):
            return await pressed(self._inbox, press)
        who = f"slack:{self._team}/{(body.get('user') or {}).get('id')}"
        return await told(self._inbox, who, self._outdated(who))

    async def _outdated(self, who: str) -> Aside:
        """Answer a button that we do not have any more."""
        return Aside((await self._inbox.says(who)).out_of_date)

    async def _tell(self, body: dict[str, Any], aside: Aside) -> None:
        """Tell the presser below the message that was pressed, which stays."""
        container, message = body.get("container") or {}, body.get("message") or {}
        with contextlib.suppress(*FAULTS):
            for shown in messages_of(aside):
                await self._client.chat_postEphemeral(
                    channel=str(container.get("channel_id")),
                    user=str((body.get("user") or {}).get("id")),
                    thread_ts=container.get("thread_ts") or message.get("thread_ts"),
                    **shown,
                )
