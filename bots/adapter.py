"""What the command line asks of an adapter besides being a Platform, and what adapters share."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Coroutine, Mapping
from typing import Any, Protocol

from bots.overheard import Overheard
from core import words
from core.faults import Mendable, describe
from core.home import Home
from core.messages import Aside, Author, IncomingCommand, IncomingMessage, IncomingPress, IncomingReaction
from core.phrases import ENGLISH, Phrases
from core.ports import Platform

log = logging.getLogger(__name__)

# Both platforms show an error to whoever presses a button that is not acknowledged within 3 seconds.
ACK_SECONDS = 2.0
# Conversations in which something was said within this time are read back.
LIVELY_SECONDS = 14 * 86_400.0
# What was said before the bot was called: the core keeps no more.
MOST_BEFORE = 50
# An answer that is there before needs no sign that it is being made.
SHOW_AFTER_SECONDS = 0.7
# How long it is believed who belongs to a place.
MEMBERS_SECONDS = 60.0
REMEMBERED_MEMBERS = 1_000

# Told to who runs the bot, with what to use instead.
PUBLIC = "the agents' place {agents} is public; customers' words are read by everybody there."


class Inbox(Protocol):
    """Where an adapter hands over what people write."""

    async def receive(self, message: IncomingMessage) -> bool:
        """Store a message, or the newer words of one that is known.

        Once this returns the platform may be told that we have it.
        """
        ...

    async def delete(self, id: str) -> None:
        """Remove a message's words."""
        ...

    async def press(self, press: IncomingPress) -> Aside:
        """Do what a button says; return what the presser alone is told, which may be nothing."""
        ...

    async def command(self, command: IncomingCommand) -> Aside:
        """Do what a command says; return what its giver alone is told, which may be nothing."""
        ...

    async def welcome(self, place: str) -> tuple[str, ...]:
        """Greet in a place that somebody opened, once, and return the questions to suggest there."""
        ...

    async def home(self, person: Author, prefix: str) -> Home:
        """Return the page that a platform shows a person; `prefix` stands before its commands' names."""
        ...

    async def says(self, who: str, conversation: str = "") -> Phrases:
        """Return what the bot itself says to somebody, in a conversation if one is named."""
        ...

    async def phrases(self) -> Mapping[str, Phrases]:
        """Return what the bot itself says, by language."""
        ...

    async def react(self, reaction: IncomingReaction) -> None:
        """Keep what a thumb on one of our posts says."""
        ...

    async def serves(self, conversation: str, place: str = "") -> bool:
        """Say whether a conversation is one of ours already, or its place the thread of a case."""
        ...

    async def say_once(self, key: str, place: str, text: str) -> None:
        """Post words in a place, unless that was done under this key before."""
        ...

    async def conversations(self, platform: str, since: float) -> list[str]:
        """Return a platform's conversations in which something was said since then, newest first."""
        ...

    def reconnected(self, platform: str) -> None:
        """Tell that a connection came back, or that something was not stored: it is read back."""
        ...


async def take_in(inbox: Inbox, overheard: Overheard, message: IncomingMessage) -> None:
    """Take in a message or its edit, and then what overtook it: see `Overheard`."""
    await inbox.receive(message)
    await overheard.follow(message)


async def pressed(inbox: Inbox, press: IncomingPress) -> Aside:
    """Hand a press over; return what the presser is told, also if it fails. Never raises."""
    return await told(inbox, press.who.id, inbox.press(press), by_agent=press.press in words.LABELS)


async def told(inbox: Inbox, who: str, doing: Awaitable[Aside], *, by_agent: bool = False) -> Aside:
    """Do what somebody wants; return what they are told, also if it fails. Never raises.

    Args:
        inbox: Knows their language.
        who: Their id.
        doing: What they want.
        by_agent: Whether only agents want that: they read English.
    """
    try:
        return await doing
    except Exception as error:
        log.error("A press or a command failed: %s", describe(error))
    says = ENGLISH
    with contextlib.suppress(Exception):  # what made it fail may be the file itself
        says = await inbox.says(who)
    return Aside(words.FAILED_PRESS if by_agent else says.failed, again=True)


async def begun(telling: Coroutine[Any, Any, Aside]) -> asyncio.Task[Aside]:
    """Begin what has to be acknowledged; return once it is done, or when that has to be at the latest."""
    task = asyncio.create_task(telling)
    await asyncio.wait({task}, timeout=ACK_SECONDS)
    return task


class StartFailed(Mendable):
    """An adapter can't serve its platform; the text says why and what to do."""


class Adapter(Platform, Protocol):
    """A platform that is connected to and disconnected from."""

    async def start(self) -> str:
        """Connect, and return who we are there, in words.

        Raises:
            StartFailed: The platform refuses, and will go on to.
        """
        ...

    async def stop(self) -> None:
        """Take in nothing more; posting still works until `close`."""
        ...

    async def close(self) -> None:
        """Disconnect."""
        ...

    async def check(self, agents: str | None) -> list[str]:
        """Return what is missing or unwise, a sentence each: permissions, and the agents' place."""
        ...
