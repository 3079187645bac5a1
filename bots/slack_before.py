"""What Slack's histories hold: of a thread that the bot was called into, and since a time. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bots.slack_events import is_written, mentioned_people
from bots.slack_files import files_of
from bots.slack_format import from_slack
from core.messages import Author, SaidBefore, attached


@dataclass(frozen=True, slots=True)
class Us:
    """How Slack knows the bot: its user, and its app's bot."""

    user: str
    bot: str

    def said(self, message: Mapping[str, Any]) -> bool:
        """Say whether a message is the bot's own."""
        return message.get("user") == self.user or (bool(self.bot) and message.get("bot_id") == self.bot)


class Above:
    """Of the messages of a thread, oldest first, the opening one and the newest before a message."""

    def __init__(self, ts: str, most: int) -> None:
        """Take the `ts` of the message that they stand above, and how many of the newest are kept."""
        self._ts = float(ts)
        self._opening: list[dict[str, Any]] = []
        self._newest: deque[dict[str, Any]] = deque(maxlen=most)

    def take(self, message: dict[str, Any]) -> None:
        """Hear the next message of the thread; pages of a thread may repeat its first one."""
        known = self._opening and message["ts"] == self._opening[0]["ts"]
        if known or float(message["ts"]) >= self._ts or not is_written(message):
            return
        if self._opening:
            self._newest.append(message)
        else:
            self._opening.append(message)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What is kept, oldest first."""
        return [*self._opening, *self._newest]


def people_of(messages: Iterable[Mapping[str, Any]], us: Us) -> set[str]:
    """Return the ids of the people who wrote some messages or are mentioned in them."""
    found: set[str] = set()
    for message in messages:
        found |= mentioned_people(str(message.get("text") or ""))
        if not message.get("bot_id") and message.get("user"):
            found.add(str(message["user"]))
    return found - {us.user}


def said_before(
    messages: Iterable[Mapping[str, Any]], channel: str, us: Us, names: Mapping[str, str]
) -> list[SaidBefore]:
    """Return what messages say.

    Args:
        messages: As conversations.replies gives them, oldest first.
        channel: Where they stand: `slack:T1/C1`.
        us: Who we are.
        names: People's names by their ids, as far as they are known.
    """
    said = []
    for message in messages:
        text = from_slack(str(message.get("text") or ""), names, us.user)
        text = "\n".join(filter(None, [text, attached(files_of(message))]))
        if text:
            ts = str(message["ts"])
            author, ours = _author(message, channel.rpartition("/")[0], names), us.said(message)
            said.append(
                SaidBefore(f"{channel}/{ts}", author, text, int(ts.replace(".", "")), float(ts), ours)
            )
    return said


def _author(message: Mapping[str, Any], team: str, names: Mapping[str, str]) -> Author:
    """Return who wrote a message; a bot is named as one."""
    if bot := message.get("bot_id"):
        name = (message.get("bot_profile") or {}).get("name") or message.get("username") or "somebody"
        return Author(f"{team}/{message.get('user') or bot}", f"{name} (bot)")
    user = str(message.get("user"))
    return Author(f"{team}/{user}", names.get(user, user))


def is_since(message: Mapping[str, Any], since: float) -> bool:
    """Say whether a message is of a time or later; the history of a thread always repeats its first one."""
    return float(message["ts"]) >= since


def has_replies(message: Mapping[str, Any], since: float) -> bool:
    """Say whether a message has a thread below it in which something was said since a time."""
    return bool(message.get("reply_count")) and float(message.get("latest_reply") or message["ts"]) >= since
