"""What Word, PowerPoint and Excel files have in common: a zip archive, and a title among its properties."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from lxml import etree

from core.documents.troubles import Trouble, Untold

# A file at the size cap that is text throughout unpacks to about ten times as much.
MAX_UNPACKED = 250_000_000
_OLE = b"\xd0\xcf\x11\xe0"  # what an encrypted file, and one of before 2007, begins with
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_NO_TITLES = {
    "powerpoint presentation",
    "powerpoint-präsentation",
    "presentation",
    "untitled",
    "document",
    "title",
}


def opened(data: bytes) -> zipfile.ZipFile:
    """Open an office file that unpacks to a bearable size.

    Raises:
        Untold: It is none, encrypted, damaged, or a zip bomb.
    """
    if data.startswith(_OLE):
        raise Untold(Trouble.ENCRYPTED)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise Untold(Trouble.BROKEN) from None
    # zipfile never unpacks more of a member than it declares, so the declared sizes can be believed.
    if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
        raise Untold(Trouble.BOMB)
    return archive


def parsed(xml: bytes) -> Any:
    """Parse XML without its entities, and without anything that it refers to."""
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def title_of(archive: zipfile.ZipFile) -> str:
    """Return the title that the file's properties hold, or nothing."""
    try:
        properties = parsed(archive.read("docProps/core.xml"))
    except (KeyError, etree.XMLSyntaxError):
        return ""
    title = " ".join((properties.findtext(_TITLE) or "").split())
    return "" if title.casefold() in _NO_TITLES else title
