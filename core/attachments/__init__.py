"""What customers attach: fetched when their turn is answered, read within limits, kept with their words."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.attachments.kinds import LIMITS, Limits, Way, planned, size_limit
from core.attachments.pictures import Seen
from core.attachments.reading import Content, Failed, content_of
from core.attachments.texts import fitted, is_log
from core.faults import describe
from core.fences import fenced
from core.insist import insist
from core.lasting import Lasting
from core.messages import File, Picture, Reading, StoredMessage, Turn, Unread
from core.ports import Counter, Platform, Takes, TooLarge, Trouble, TryLater
from core.store import Store

log = logging.getLogger(__name__)

# How many files are read at once: each takes a core of the machine for as long as it lasts.
AT_ONCE = 2
# A platform that asks for a longer pause before a file can be had is not waited for.
LONGEST_PAUSE = 3.0


@dataclass(frozen=True, slots=True)
class _Item:
    """A file of a waiting message, and how it is to be read or why it is not."""

    message: str
    number: int
    file: File
    way: Way | Unread


class Attachments:
    """Reads the files of turns."""

    def __init__(self, store: Store, counter: Counter, limits: Limits = LIMITS) -> None:
        self._store = store
        self._counter = counter
        self._limits = limits
        self._room = asyncio.Semaphore(AT_ONCE)
        self._troubles = Lasting()

    async def read(self, platform: Platform, turn: Turn, takes: Takes) -> Turn:
        """Return a turn whose waiting messages tell what became of their files.

        Texts are kept with their messages, and not fetched again. Waits `Limits.seconds` at most; what is not
        there by then is told as not to be had.

        Args:
            platform: Where the files are.
            turn: What is being answered.
            takes: What who answers can take of them.
        """
        described = [await self._described(platform, message) for message in turn.waiting]
        items = [item for message in described for item in self._items(message, takes)]
        contents = await self._contents(platform, items)
        known = sum(one.tokens for message in turn.waiting for one in message.readings)
        found = self._fitted(items, contents, takes, takes.tokens - known)
        waiting = []
        for message in turn.waiting:
            new = [reading for item, reading in zip(items, found, strict=True) if item.message == message.id]
            if texts := [one for one in new if one.text]:
                await insist(lambda id=message.id, texts=texts: self._store.keep_readings(id, texts))  # type: ignore[misc]
            readings = sorted((*message.readings, *new), key=lambda one: one.number)
            waiting.append(replace(message, readings=tuple(readings)))
        return replace(turn, waiting=tuple(waiting))

    async def _described(self, platform: Platform, message: StoredMessage) -> StoredMessage:
        """Return a message whose files are all known; one that can't be is as it was, and not fetched."""
        known = message.files[: self._limits.files]
        found = await asyncio.gather(*(self._description(platform, file) for file in known))
        return replace(message, files=(*found, *message.files[self._limits.files :]))

    async def _description(self, platform: Platform, file: File) -> File:
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await platform.describe(file)
        except (Trouble, TimeoutError):
            return file

    def _items(self, message: StoredMessage, takes: Takes) -> Iterator[_Item]:
        """Yield the files of a message that are not read yet."""
        known = {one.number for one in message.readings}
        ways = planned(message.files, sees=takes.sight is not None, limits=self._limits)
        for number, (file, way) in enumerate(zip(message.files, ways, strict=True)):
            if number not in known:
                closed = isinstance(way, Way) and not takes.tokens
                yield _Item(message.id, number, file, Unread.NOT_NOW if closed else way)

    # --- from files to what they hold -----------------------------------------------------------------

    async def _contents(self, platform: Platform, items: list[_Item]) -> list[Content]:
        """Return what each file holds, fetched and read all at once, in so many seconds at most."""
        left, tasks = self._limits.together, []
        for item in items:
            way = item.way
            if isinstance(way, Way):
                size = item.file.size or size_limit(way, self._limits)
                way = way if size <= left else Unread.TOO_MANY
                left -= size if isinstance(way, Way) else 0
            tasks.append(asyncio.ensure_future(self._content(platform, item.file, way)))
        if tasks:
            try:
                await asyncio.wait(tasks, timeout=self._limits.seconds)
            finally:
                late = [task for task in tasks if task.cancel()]
        return [Failed(Unread.GONE) if task in late else task.result() for task in tasks]

    async def _content(self, platform: Platform, file: File, way: Way | Unread) -> Content:
        if isinstance(way, Unread):
            return Failed(way)
        try:
            data = await _fetched(platform, file, size_limit(way, self._limits))
            async with self._room:
                found = await self._read(file, way, data)
        except TooLarge:
            return Failed(Unread.TOO_BIG)
        except Trouble as error:
            found = Failed(Unread.GONE, str(error))
        except Exception as error:  # whatever a stranger's file does to a reader: the turn goes on
            found = Failed(Unread.BROKEN, describe(error))
        if isinstance(found, Failed) and found.cause:
            level = self._troubles.level(f"{platform.name} {found.why}", found.cause)
            log.log(level, "A file that a customer attached could not be read (%s).", found.cause)
        return found

    async def _read(self, file: File, way: Way, data: bytes) -> Content:
        """Read a file in a thread; given up, it stops the child that reads a document."""
        stop = threading.Event()
        try:
            return await asyncio.to_thread(content_of, file, way, data, self._limits.pixels, stop)
        finally:
            stop.set()

    # --- from what they hold to what a prompt holds of it ---------------------------------------------

    def _fitted(self, items: list[_Item], contents: list[Content], takes: Takes, room: int) -> list[Reading]:
        """Return the readings of files, for so many tokens in all: first pictures, then texts."""
        readings: dict[int, Reading] = {}
        for at, (item, content) in enumerate(zip(items, contents, strict=True)):
            if isinstance(content, Failed):
                readings[at] = Reading(item.number, item.file.name, unread=content.why)
            elif isinstance(content, Seen):
                readings[at] = reading = _looked_at(item, content, takes, room)
                room -= reading.picture.tokens if reading.picture else 0
        texts = [at for at, content in enumerate(contents) if isinstance(content, str)]
        # The short ones first: what they leave of their part is for the longer ones.
        for count, at in enumerate(sorted(texts, key=lambda at: len(str(contents[at])))):
            reading = self._cut(items[at], str(contents[at]), room // (len(texts) - count))
            readings[at] = reading
            room -= reading.tokens
        return [readings[at] for at in range(len(items))]

    def _cut(self, item: _Item, text: str, most: int) -> Reading:
        name = item.file.name

        def cost(shown: str) -> int:
            return self._counter.count(fenced("attachment", shown, title=name))

        shown = fitted(text, most, cost, log=is_log(name))
        if not shown:
            return Reading(item.number, name, unread=Unread.NO_ROOM)
        return Reading(item.number, name, shown, cost(shown))


async def _fetched(platform: Platform, file: File, most: int) -> bytes:
    """Return a file's bytes; where the platform says to try later, once more soon."""
    try:
        return await platform.fetch(file, most)
    except TryLater as error:
        if error.after > LONGEST_PAUSE:
            raise
        await asyncio.sleep(error.after)
    return await platform.fetch(file, most)


def _looked_at(item: _Item, seen: Seen, takes: Takes, room: int) -> Reading:
    look = takes.sight.look(seen.width, seen.height, room) if takes.sight else None
    if look is None:
        return Reading(item.number, item.file.name, unread=Unread.NO_ROOM)
    picture = Picture(seen.kind, seen.data, look.tokens, look.detail)
    return Reading(item.number, item.file.name, picture=picture)
