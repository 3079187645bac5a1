"""What a platform must do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Set
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from core.messages import Author, File, IncomingMessage, Post, SaidBefore, Sign


class Platform(Protocol):
    """Where people write. Places that it is given start with its name."""

    name: str
    limit: int  # characters of Markdown that surely fit one post

    @property
    def connected(self) -> bool:
        """Whether what people write reaches us now."""
        ...

    async def places(self, since: float) -> list[str]:
        """Return where people may have written to us since then, in seconds since the epoch.

        Raises:
            TryLater: The platform could not be asked.
        """
        ...

    def missed(self, place: str, since: float) -> AsyncIterator[IncomingMessage]:
        """Yield what was written to us in a place since then, oldest first.

        Raises:
            TryLater: The platform could not be asked.
            Refused: We may not read there.
        """
        ...

    async def before(self, message_id: str, place: str) -> list[SaidBefore]:
        """Return what was said before a message that called the bot in the middle of a thread.

        That is what people read above it, or what it replies to: the first words of the thread, and the
        newest ones before the message. What other bots said names them as bots.

        Args:
            message_id: The message's.
            place: Where the answer to it belongs.

        Raises:
            TryLater: The platform could not be asked.
            Refused: We may not read there.
        """
        ...

    async def post(self, post: Post) -> str:
        """Put a post on the platform, in the platform's own format, and return a reference to it.

        What only one person may see (`only`) others see too where the platform can't do that; such a post
        has no reference.

        Raises:
            TryLater: Not posted for sure; try again, after `after` seconds.
            BadForm: Not posted because of its form: in a plainer one it may be.
            Refused: Not posted, and trying again won't help.
            Unknown: It may or may not have been posted; `find` can tell.
        """
        ...

    async def begin(self, post: Post, reader: str) -> str:
        """Put up the first words of a reply that is still being written, and return a reference to it.

        Args:
            post: Its words so far; `live`.
            reader: The id of the person who is answered.

        Raises:
            As `post` does.
        """
        ...

    async def show(self, ref: str, post: Post) -> None:
        """Let a reply that was begun say more; `edit` ends it, whatever was shown before.

        Args:
            ref: What `begin` gave.
            post: All its words so far; they begin with those of the last call.

        Raises:
            TryLater: Not done; try again with what there is then, after `after` seconds.
            Refused: No more of it can be shown before it ends.
        """
        ...

    async def edit(self, ref: str, post: Post) -> None:
        """Replace the words and buttons of a post; without words, remove it. Doing it twice does no harm.

        Raises:
            TryLater: Not done; try again, after `after` seconds.
            BadForm: Not done because of its form: in a plainer one it may be.
            Refused: It can't be done, for instance because the post is gone.
        """
        ...

    async def react(self, message_id: str, sign: Sign) -> None:
        """Put a reaction on a message. Doing it twice does no harm.

        Raises:
            TryLater: Not done; try again, after `after` seconds.
            Refused: It can't be done.
        """
        ...

    def below(self, ref: str) -> str:
        """Return the place of the thread below a post; where there are no threads, the post's own."""
        ...

    def mention(self, person: str) -> str:
        """Return what pings a person, by their id."""
        ...

    async def is_member(self, place: str, person: Author) -> bool:
        """Say whether a person, and no bot, belongs to a place.

        Raises:
            TryLater: The platform could not be asked.
            Refused: It does not tell us.
        """
        ...

    async def find(self, post: Post, since: float, known: Set[str]) -> str | None:
        """Return the reference of a post that may have been made since a time, or None if it was not.

        Of a `live` post any words may be there: it is the one of ours after the message that it answers
        which belongs to no other.

        Args:
            post: What may have been posted.
            since: Seconds since the epoch.
            known: References that belong to other posts.

        Raises:
            TryLater: The platform could not be asked.
            Refused: It can't be known.
        """
        ...

    def working(self, place: str, message_id: str) -> AbstractAsyncContextManager[None]:
        """Show that an answer to a message is being made, until the context ends; never raises."""
        ...

    async def person(self, author: Author) -> str:
        """Return the name that people know an author by; its id where none can be had. Never raises."""
        ...

    async def where(self, place: str) -> str:
        """Return words for a place that an agent understands (`#help`). Never raises."""
        ...

    async def link(self, message_id: str) -> str:
        """Return an address that opens a message, or an empty string. Never raises."""
        ...

    async def describe(self, file: File) -> File:
        """Return a file with all that is known of it: its message may have told no more than an id.

        Raises:
            TryLater: The platform could not be asked.
            Refused: The file is gone, or we may not have it.
        """
        ...

    async def fetch(self, file: File, most: int) -> bytes:
        """Return the bytes of a file that is attached to a message.

        Args:
            file: As `describe` returned it, be it days ago.
            most: How many bytes it may have; what comes is not read further than that.

        Raises:
            TryLater: The platform could not be asked.
            TooLarge: It has more bytes.
            Refused: The file is gone, or we may not have it.
        """
        ...
