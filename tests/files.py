"""Files that customers attach, made as small as they can be."""

from __future__ import annotations

import struct
import zlib


def png(width: int = 4, height: int = 3) -> bytes:
    """A black picture; the size is what its header says, however little follows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def gif(frames: int = 1, width: int = 4, height: int = 3) -> bytes:
    """A picture that moves if it has several frames."""
    size = struct.pack("<HH", width, height)
    frame = b"\x21\xf9\x04\x00\x05\x00\x00\x00" + b"\x2c\x00\x00\x00\x00" + size + b"\x00\x02\x02\x44\x01\x00"
    return b"GIF89a" + size + b"\x80\x00\x00" + bytes(6) + frame * frames + b";"


def jpeg(width: int = 4, height: int = 3) -> bytes:
    """A picture's headers, with a comment before the one that tells the size."""
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xfe\x00\x06spam" + b"\xff\xff\xc0" + frame + b"\xff\xd9"


def webp(kind: bytes, width: int = 4, height: int = 3) -> bytes:
    """A picture's headers in one of the format's three forms."""
    if kind == b"VP8X":
        body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
    else:
        body = b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def log_of(lines: int) -> bytes:
    """A log whose last line says what went wrong."""
    numbered = [f"2026-11-23 09:{n // 60 % 60:02}:{n % 60:02} request {n} took 12 ms" for n in range(lines)]
    return "\n".join([*numbered, "FATAL E4711: the disk is full"]).encode()
