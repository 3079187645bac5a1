"""What the command line asks of an adapter besides being a Platform."""

from __future__ import annotations

from typing import Protocol

from core.messages import IncomingMessage
from core.ports import Platform


class Inbox(Protocol):
    """Where an adapter hands over what people write."""

    async def receive(self, message: IncomingMessage) -> bool:
        """Store a message; once this returns the platform may be told that we have it."""
        ...

    async def edit(self, id: str, text: str, at: float) -> None:
        """Replace a message's words by those of an edit at a time; an older edit changes nothing."""
        ...

    async def delete(self, id: str) -> None:
        """Remove a message's words."""
        ...

    async def serves(self, conversation: str) -> bool:
        """Say whether a conversation is one of ours already."""
        ...

    async def conversations(self, platform: str, since: float) -> list[str]:
        """Return a platform's conversations in which something was said since then, newest first."""
        ...

    def reconnected(self, platform: str) -> None:
        """Tell that a connection came back, or that something was not stored: it is read back."""
        ...


class StartFailed(Exception):
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
