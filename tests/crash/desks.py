"""The agents' place as its members have it, on either simulator: cards, the threads below them, presses."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Protocol

from tests.simulators.discord import DiscordSimulator, Post
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack_records import post_of
from tests.simulators.slack_workspace import BOT_USER_ID

NAMES = ("dana", "emil", "fay")


@dataclass(frozen=True)
class Card:
    """A case's card as it is now.

    Attributes:
        id: Of its post.
        case: The key of its case, which its buttons hold.
        text: What it says.
        labels: What can be pressed.
    """

    id: str
    case: str
    text: str
    labels: tuple[str, ...]


class Desk(Protocol):
    """The agents' place."""

    setting: str  # as AGENTS names it

    def cards(self) -> list[Card]:
        """Return the cards, oldest first."""
        ...

    def below(self, card: str) -> list[str] | None:
        """Return what was posted below a card; None where nobody can write yet."""
        ...

    async def say(self, card: str, agent: str, text: str, *, deliver: bool) -> str:
        """Let an agent write below a card; return the message's id."""
        ...

    async def edit(self, message: str, text: str) -> None:
        """Let an agent edit what they wrote."""
        ...

    async def press(self, card: str, agent: str, label: str) -> None:
        """Press a button and wait until that is acknowledged, or can't be any more."""
        ...

    def is_marked(self, card: str, message: str) -> bool:
        """Say whether an agent's message has the sign that it was delivered."""
        ...

    def keys(self) -> set[str]:
        """Return the keys of all that was posted here."""
        ...


class SlackDesk:
    channel = "C900"
    setting = f"slack:{channel}"

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack
        for name in NAMES:
            slack.add_user(_slack_id(name), name)
        slack.add_channel(self.channel, "agents", is_private=True, members=map(_slack_id, NAMES))

    def cards(self) -> list[Card]:
        place = self._slack._workspace.channels[self.channel]
        top = [m for m in place.messages.values() if m.thread_ts is None and m.user == BOT_USER_ID]
        posts = [post for post in (post_of(place, message) for message in top) if post.buttons]
        return [
            Card(post.ts, post.buttons[0].value or "", post.text, tuple(b.label for b in post.buttons))
            for post in posts
        ]

    def below(self, card: str) -> list[str] | None:
        return [post.text for post in self._slack.posts(self.channel, card)]

    async def say(self, card: str, agent: str, text: str, *, deliver: bool) -> str:
        return await self._slack.say(self.channel, _slack_id(agent), text, card, deliver=deliver)

    async def edit(self, message: str, text: str) -> None:
        await self._slack.edit(self.channel, message, text)

    async def press(self, card: str, agent: str, label: str) -> None:
        with contextlib.suppress(LookupError):  # the card has changed meanwhile
            await self._slack.press(self.channel, card, _slack_id(agent), label)

    def is_marked(self, card: str, message: str) -> bool:
        return "white_check_mark" in self._slack.reactions(self.channel, message)

    def keys(self) -> set[str]:
        posts = self._slack.posts(self.channel)
        return {post.metadata["event_payload"]["key"] for post in posts if post.metadata}


class DiscordDesk:
    channel = 3900
    setting = f"discord:{channel}"

    def __init__(self, discord: DiscordSimulator, guild: int) -> None:
        self._discord = discord
        self._ids = {name: 2900 + number for number, name in enumerate(NAMES)}
        for name, id in self._ids.items():
            discord.add_user(id, name)
        discord.add_channel(self.channel, guild, "agents", private=True, members=list(self._ids.values()))

    def _posts(self, channel: int) -> list[Post]:
        return [p for p in self._discord.posts(channel) if not (p.ephemeral or p.deleted)]

    def cards(self) -> list[Card]:
        posts = [post for post in self._posts(self.channel) if post.buttons]
        return [
            Card(
                str(post.id),
                post.buttons[0].custom_id.rpartition(":")[2],
                post.content,
                tuple(button.label for button in post.buttons),
            )
            for post in posts
        ]

    def below(self, card: str) -> list[str] | None:
        if int(card) not in self._discord.world.channels:
            return None
        return [post.content for post in self._posts(int(card))]

    async def say(self, card: str, agent: str, text: str, *, deliver: bool) -> str:
        return str(await self._discord.say(int(card), self._ids[agent], text, deliver=deliver))

    async def edit(self, message: str, text: str) -> None:
        await self._discord.edit(int(message), text)

    async def press(self, card: str, agent: str, label: str) -> None:
        with contextlib.suppress(LookupError):  # the card has changed meanwhile
            await self._discord.press(int(card), self._ids[agent], label)

    def is_marked(self, card: str, message: str) -> bool:
        return "\N{WHITE HEAVY CHECK MARK}" in self._discord.reactions(int(card), int(message))

    def keys(self) -> set[str]:
        return set()  # the nonces of all posts are looked at anyway


def _slack_id(name: str) -> str:
    return f"U{name.upper()}"
