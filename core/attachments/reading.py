"""From a file's bytes to its text or a picture; blocks its thread, for documents until their child ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Event

from core import documents
from core.attachments.kinds import Way, suffix_of
from core.attachments.pictures import NoPicture, Seen, seen
from core.attachments.texts import NotText, decoded
from core.documents.troubles import Trouble
from core.hidden import without_invisible
from core.messages import File, Unread

# A customer waits for it, and anybody may have sent it: less than an article of our own may cost.
CUSTOMERS = documents.Limits(cpu_seconds=10, seconds=15.0, memory=1_000_000_000, output=20_000_000)


@dataclass(frozen=True, slots=True)
class Failed:
    """A file could not be read: what its customer hears, and what whoever runs it may want to mend."""

    why: Unread
    cause: str = ""


Content = str | Seen | Failed


def content_of(file: File, way: Way, data: bytes, pixels: int, stop: Event | None = None) -> Content:
    """Return what a file holds: its whole text, a picture, or why neither can be had.

    Args:
        file: Its name and kind say how documents are read.
        way: How it is read.
        data: Its bytes.
        pixels: How many a picture may have.
        stop: Once it is set, nobody wants it any more.

    Raises:
        Stopped: `stop` was set.
    """
    if way is Way.PICTURE:
        return _picture(data, pixels)
    try:
        text = _text(file, way, data, stop)
    except documents.NotConverted as error:
        return _not_converted(error)
    except NotText:
        return Failed(Unread.KIND)
    text = re.sub(r"\n{4,}", "\n\n\n", without_invisible(text)).strip()
    return text or Failed(Unread.EMPTY)


def _picture(data: bytes, pixels: int) -> Content:
    try:
        found = seen(data)
    except NoPicture:
        return Failed(Unread.BROKEN)
    return found if found.width * found.height <= pixels else Failed(Unread.TOO_BIG)


def _text(file: File, way: Way, data: bytes, stop: Event | None) -> str:
    if way is Way.DOCUMENT:
        return documents.convert(data, suffix_of(file), CUSTOMERS, stop).text
    text = decoded(data)
    if way is Way.TEXT:
        return text
    page = documents.convert(text.encode(), documents.PAGE, CUSTOMERS, stop)
    title = " ".join(page.title.split())
    is_titled = not title or page.text.lstrip().startswith("# ")
    return page.text if is_titled else f"# {title}\n\n{page.text}"


# What a document's trouble is to its customer; all others are damage to them.
_TROUBLES = {
    Trouble.EMPTY: Unread.EMPTY,
    Trouble.LONG: Unread.TOO_BIG,
    Trouble.ROWS: Unread.TOO_BIG,
    Trouble.MISSING: Unread.KIND,
}


def _not_converted(error: documents.NotConverted) -> Failed:
    cause = str(error) if error.trouble is Trouble.MISSING else ""
    return Failed(_TROUBLES.get(error.trouble, Unread.BROKEN), cause)
