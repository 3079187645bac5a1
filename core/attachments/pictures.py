"""What a picture's first bytes tell: its kind and size in pixels, without decoding it. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture that models take: media type, size in pixels, and the file (of several frames the first)."""

    kind: str
    width: int
    height: int
    data: bytes


class NoPicture(Exception):
    """The bytes are no PNG, JPEG, GIF or WebP file, or a broken one."""


def seen(data: bytes) -> Seen:
    """Return what a file shows, whatever its name says.

    Raises:
        NoPicture: It is none of the kinds that models take.
    """
    try:
        found = _png(data) or _gif(data) or _jpeg(data) or _webp(data)
    except (IndexError, struct.error):
        found = None
    if found is None or found.width < 1 or found.height < 1:
        raise NoPicture
    return found


def _png(data: bytes) -> Seen | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return Seen("image/png", width, height, data)


def _gif(data: bytes) -> Seen | None:
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        return None
    width, height = struct.unpack("<HH", data[6:10])
    return replace(Seen("image/gif", width, height, data), data=_first_frame(data))


def _first_frame(data: bytes) -> bytes:
    """Return a GIF that ends after its first picture: models take no moving ones."""
    at = 13 + _colours(data[10])
    while data[at] == 0x21:  # an extension: its label, then blocks
        at = _behind_blocks(data, at + 2)
    if data[at] != 0x2C:
        raise IndexError  # no picture in it
    at += 10 + _colours(data[at + 9])
    return data[: _behind_blocks(data, at + 1)] + b";"


def _colours(packed: int) -> int:
    """Return how many bytes a table of colours has, by the byte that announces it."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _behind_blocks(data: bytes, at: int) -> int:
    while length := data[at]:
        at += 1 + length
    return at + 1


# Start-of-frame markers, which carry the size; C4, C8 and CC among them mean something else.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def _jpeg(data: bytes) -> Seen | None:
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Seen("image/jpeg", width, height, data)
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def _webp(data: bytes) -> Seen | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = int(struct.unpack("<I", data[21:25])[0])
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", data[26:30]))
    else:
        return None
    return Seen("image/webp", width, height, data)
