"""Conversations as their customers have them, on either simulator."""

from __future__ import annotations

import re
from typing import Protocol

from tests.simulators.discord import BOT_ID, DiscordSimulator
from tests.simulators.slack import Post, SlackSimulator

# What everything that is written holds: n, a question; p, a request for a person; a, an agent's words to a
# customer; e, an edit of these; u, an agent's words that nobody may send; x, an agent's note.
_NUMBERED = re.compile(r"\b([npaeux])(\d+)\b")


def numbers(text: str, kind: str = "n") -> list[int]:
    """Return the numbers of one kind that a text names."""
    return [int(number) for found, number in _NUMBERED.findall(text) if found in kind]


class Conversation(Protocol):
    """One conversation as its customer has it."""

    platform: str
    name: str  # of its customer, who has no other conversation
    threaded: bool

    @property
    def open(self) -> bool:
        """Whether the customer can write here now."""
        ...

    async def say(self, text: str, *, deliver: bool) -> None:
        """Write; what is not delivered can only be read back."""
        ...

    def replies(self) -> list[str]:
        """Return what was posted here, oldest first."""
        ...


class SlackConversation:
    platform = "slack"
    open = True

    def __init__(self, slack: SlackSimulator, channel: str, user: str, name: str, *, threaded: bool) -> None:
        self.name = name
        self._slack = slack
        self._channel = channel
        self._user = user
        self.threaded = threaded
        self._thread: str | None = None

    @property
    def readable(self) -> bool:
        """Whether what is only in the history is found: a thread must be known for that."""
        return not self.threaded or self._thread is None or bool(self.replies())

    async def say(self, text: str, *, deliver: bool) -> None:
        if self.threaded and self._thread is None:
            text = f"<@{self._slack.bot_user_id}> {text}"
            self._thread = await self._slack.say(self._channel, self._user, text, deliver=deliver)
        else:
            await self._slack.say(
                self._channel, self._user, text, self._thread, deliver=deliver or not self.readable
            )

    def replies(self) -> list[str]:
        return [post.text for post in self._posts()]

    def keys(self) -> set[str]:
        """Return the keys that the posts carry."""
        return {post.metadata["event_payload"]["key"] for post in self._posts() if post.metadata}

    def _posts(self) -> list[Post]:
        if self.threaded and self._thread is None:
            return []
        return self._slack.posts(self._channel, self._thread)


class DiscordConversation:
    platform = "discord"

    def __init__(
        self, discord: DiscordSimulator, channel: int, user: int, name: str, *, threaded: bool
    ) -> None:
        self.name = name
        self._discord = discord
        self._channel = channel
        self._user = user
        self.threaded = threaded
        self._thread: int | None = None

    @property
    def open(self) -> bool:
        """A thread is there once Frontdesk has started it."""
        return self._thread is None or self._thread in self._discord.world.channels

    async def say(self, text: str, *, deliver: bool) -> None:
        if self.threaded and self._thread is None:
            text = f"<@{BOT_ID}> {text}"
            self._thread = await self._discord.say(self._channel, self._user, text, deliver=deliver)
        else:
            channel = self._thread or self._channel
            await self._discord.say(channel, self._user, text, deliver=deliver)

    def replies(self) -> list[str]:
        if self.threaded and self._thread is None:
            return []
        posts = self._discord.posts(self._thread or self._channel)
        return [post.content for post in posts if not post.deleted]
