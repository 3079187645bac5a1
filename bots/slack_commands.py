"""Slack's slash command and message shortcut: where they take effect, and what their giver is told."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bots.adapter import Inbox, begun, told
from bots.slack_asides import Call, whisper
from bots.slack_events import read
from bots.slack_format import from_slack
from core.messages import Aside, Author, Command, File, IncomingCommand

COMMAND = "/frontdesk"
SHORTCUT = "ask_frontdesk"
PREFIX = f"{COMMAND} "

_ALONE = {Command.HELP, Command.NEW, Command.FORGET}
# What Slack answers about a channel that the bot is not in.
_NOT_IN = {"channel_not_found", "not_in_channel"}


def parse(text: str) -> tuple[Command, str]:
    """Read what follows `/frontdesk`: a command's name and its words, else a question.

    A single plain word that is no command's is more likely a slip than a question.
    """
    text = text.strip()
    name, rest = [*text.split(None, 1), "", ""][:2]
    asked = name.lower() if rest else name.lower().rstrip(".!")
    known = Command(asked) if asked in set(Command) else None
    if known is Command.FORGET and rest.lower().rstrip(".!") == "me":
        rest = ""
    if known and not (known in _ALONE and rest):
        return known, rest
    if (not rest and name.isascii() and name.isalpha()) or not text:
        return Command.HELP, text
    return Command.ASK, text


class SlackCommands:
    """Hears the slash command and the message shortcut of one workspace."""

    def __init__(
        self, client: AsyncWebClient, inbox: Inbox, team: str, bot: str, desk: str | None, *, threads: bool
    ) -> None:
        """Make one.

        Args:
            client: Asks Slack.
            inbox: Takes commands.
            team: The workspace's id.
            bot: The bot's user id.
            desk: The id of the agents' channel, if it is on Slack.
            threads: Whether each thread is a conversation; if not, each channel is one.
        """
        self._client = client
        self._inbox = inbox
        self._team = team
        self._bot = bot
        self._desk = desk
        self._threads = threads

    def listen(self, app: AsyncApp) -> None:
        """Hear what the app is told."""
        app.command(COMMAND)(self._commanded)
        app.shortcut(SHORTCUT)(self._asked)

    async def _commanded(self, body: dict[str, Any], ack: Call, respond: Call) -> None:
        await self._answer(str(body["user_id"]), self._do(body), ack, respond)

    async def _asked(self, body: dict[str, Any], ack: Call, respond: Call) -> None:
        await self._answer(str(body["user"]["id"]), self._ask_about(body), ack, respond)

    async def _answer(self, user: str, doing: Awaitable[Aside], ack: Call, respond: Call) -> None:
        """Acknowledge in time, once it is stored if that can be; the giver alone hears the rest."""
        telling = await begun(told(self._inbox, self._author(user).id, doing))
        await ack()
        await whisper(respond, await telling)

    async def _do(self, body: dict[str, Any]) -> Aside:
        command, text = parse(from_slack(str(body.get("text") or ""), {}, self._bot))
        user, channel = str(body["user_id"]), str(body["channel_id"])
        now = time.time()
        conversation, elsewhere = await self._where(command, channel, user)
        given = IncomingCommand(
            command=command,
            who=self._author(user),
            conversation=conversation,
            id=_id(conversation or self._place(channel), body),
            position=int(now * 1e6),
            at=now,
            text=text,
            shared=not (self._threads or elsewhere or channel.startswith("D")),
            elsewhere=elsewhere,
            backstage=channel == self._desk,
            prefix=PREFIX,
        )
        return await self._inbox.command(given)

    async def _where(self, command: Command, channel: str, user: str) -> tuple[str, bool]:
        """Return the conversation in which a command takes effect, and whether that is elsewhere.

        Slack tells no thread, and a command is seen by its giver alone: so they are answered in their direct
        messages with us, unless the whole channel is one conversation. It also tells direct messages of
        other people by a plain id: ours is asked for.
        """
        here = self._place(channel)
        if command in {Command.HELP, Command.FORGET} or channel == self._desk:
            return here, False
        if not self._threads and await self._is_in(channel):
            return here, False
        direct = await self._direct(user)
        if direct == channel:
            return here, False
        return ("", False) if command is Command.NEW else (self._place(direct), True)

    async def _is_in(self, channel: str) -> bool:
        """Say whether the bot is in a channel.

        Raises:
            SlackApiError: Slack can't say.
        """
        try:
            found = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            if error.response.get("error") in _NOT_IN:
                return False
            raise
        return bool((found.get("channel") or {}).get("is_member", True))

    async def _ask_about(self, body: dict[str, Any]) -> Aside:
        """Ask the words of somebody's message in the name of who uses the shortcut, in its thread."""
        message, channel = body.get("message") or {}, str((body.get("channel") or {}).get("id"))
        who = self._author(str((body.get("user") or {}).get("id")))
        says = await self._inbox.says(who.id)
        if message.get("user") == self._bot:
            return Aside(says.own_words)
        thread = {} if channel.startswith("D") else {"thread_ts": message.get("thread_ts") or message["ts"]}
        event = {**message, **thread, "type": "message", "channel": channel}
        heard = read({"team_id": self._team, "event": event}, self._bot, threads=self._threads)
        if heard is None or not heard.message.text.strip():
            return Aside(says.nothing_to_ask)
        asked, now = heard.message, time.time()
        if channel != self._desk and not await self._is_in(channel):
            if _is_between_people(body["channel"]):
                return await self._directly(body, who, Command.ASK, asked.text, asked.files)
            return Aside(says.invite.format(how=f"/invite {await self._name()}"))
        given = IncomingCommand(
            command=Command.ASK,
            who=who,
            conversation=asked.conversation,
            id=f"{asked.id}+ask",
            position=int(now * 1e6),
            at=now,
            place=asked.place,
            text=asked.text,
            shared=asked.shared,
            shown=True,
            backstage=channel == self._desk,
            prefix=PREFIX,
            files=asked.files,
        )
        aside = await self._inbox.command(given)
        return aside if aside.text else Aside(says.asked_below)

    async def call_person(self, body: Mapping[str, Any], user: str) -> Aside:
        """Bring in a person in somebody's direct messages with us, as a press on Home asks for.

        Raises:
            SlackApiError: Slack can't say where these are.
        """
        return await self._directly(body, self._author(user), Command.HUMAN)

    async def _directly(
        self,
        body: Mapping[str, Any],
        who: Author,
        command: Command,
        text: str = "",
        files: Sequence[File] = (),
    ) -> Aside:
        """Do in our direct messages with somebody what they want elsewhere."""
        direct, now = self._place(await self._direct(who.id.rpartition("/")[2])), time.time()
        given = IncomingCommand(
            command=command,
            who=who,
            conversation=direct,
            id=_id(direct, body),
            position=int(now * 1e6),
            at=now,
            text=text,
            elsewhere=True,
            prefix=PREFIX,
            files=tuple(files),
        )
        return await self._inbox.command(given)

    async def _direct(self, user: str) -> str:
        """Return the id of somebody's direct messages with us.

        Raises:
            SlackApiError: Slack can't say.
        """
        opened = await self._client.conversations_open(users=user)
        return str((opened.get("channel") or {})["id"])

    async def _name(self) -> str:
        return f"@{(await self._client.auth_test()).get('user', 'Frontdesk')}"

    def _place(self, channel: str) -> str:
        return f"slack:{self._team}/{channel}"

    def _author(self, user: str) -> Author:
        return Author(f"slack:{self._team}/{user}")


def _is_between_people(channel: Mapping[str, Any]) -> bool:
    """Say whether a channel, as an interaction tells it, is a direct message of two or more people."""
    return str(channel.get("id")).startswith("D") or str(channel.get("name")).startswith("mpdm-")


def _id(place: str, body: Mapping[str, Any]) -> str:
    """Return the id of a command: the same each time it is delivered, and none that a message could have."""
    return f"{place}/command-{body['trigger_id']}"
