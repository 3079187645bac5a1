"""What becomes of a file, by its name, kind and size alone: decided before a byte of it is fetched. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from core.messages import File, Unread


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of the files that customers attach.

    Attributes:
        files: Of one message: who attaches more wants a person to go through them.
        size: Bytes of one file; the largest that either platform lets people attach without paying.
        together: Bytes of all files of a turn, which are in memory at once.
        picture: Bytes of a picture: a third more go to the model, and its request may have 50 MB.
        page: Bytes of an HTML page: one that was made for it takes time by the square of its size.
        pixels: Of a picture, more than any camera or screen makes; what unpacks to more is a bomb.
        seconds: How long a turn waits for all its files, until they are here and read.
    """

    files: int = 5
    size: int = 10_000_000
    together: int = 20_000_000
    picture: int = 5_000_000
    page: int = 300_000
    pixels: int = 60_000_000
    seconds: float = 20.0


LIMITS = Limits()


class Way(Enum):
    """How a file is read."""

    PICTURE = auto()
    TEXT = auto()
    HTML = auto()
    DOCUMENT = auto()


_PICTURES = frozenset({".gif", ".jpeg", ".jpg", ".png", ".webp"})
_PICTURE_KINDS = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
_DOCUMENT_KINDS = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
_DOCUMENTS = frozenset(_DOCUMENT_KINDS.values())
_HTML = frozenset({".htm", ".html", ".xhtml"})
# What no reader is for: packed files, programs, disks, older office files, fonts, keys. All else that is not
# announced as sound or moving pictures may be text, and is looked into.
_CLOSED = frozenset(
    ".7z .apk .bin .bz2 .class .dat .db .deb .dll .dmg .doc .exe .gz .img .iso .jar .key .mdb .msi .numbers "
    ".odp .ods .odt .otf .pages .pfx .pkg .ppt .psd .pyc .rar .rpm .so .sqlite .tar .tgz .ttf .war .wasm "
    ".woff .woff2 .xls .xz .zip .zst".split()
)
_CLOSED_KINDS = frozenset(
    "application/gzip application/java-archive application/msword application/vnd.ms-excel "
    "application/vnd.ms-powerpoint application/x-7z-compressed application/x-msdownload "
    "application/vnd.rar application/x-rar-compressed application/x-tar application/zip".split()
)
_UNSEEN = frozenset(".avif .bmp .dng .heic .heif .ico .raw .svg .tif .tiff".split())
_VOICE = frozenset(".aac .amr .flac .m4a .mp3 .oga .ogg .opus .wav .weba .wma".split())
# Announced as moving pictures by their names, and nearly always source code.
_CODE = frozenset({".mts", ".ts"})
_VIDEO = frozenset(".3gp .avi .flv .m4v .mkv .mov .mp4 .mpeg .mpg .webm .wmv".split())


def suffix_of(file: File) -> str:
    """Return how a file's name ends, or how it would if its media type had named it: `.pdf`."""
    _, dot, end = file.name.lower().rpartition(".")
    suffix = dot + end
    return suffix if suffix in _DOCUMENTS else _DOCUMENT_KINDS.get(_kind(file), suffix)


def _kind(file: File) -> str:
    return file.kind.partition(";")[0].strip().lower()


def way_of(file: File) -> Way | Unread:
    """Return how a file is read, or why it is not."""
    kind, suffix = _kind(file), suffix_of(file)
    if suffix in _DOCUMENTS:
        return Way.DOCUMENT
    if suffix in _CODE:
        return Way.TEXT
    if kind.startswith("audio/") or (suffix in _VOICE and not kind.startswith("video/")):
        return Unread.VOICE
    if kind.startswith("video/") or suffix in _VIDEO:
        return Unread.VIDEO
    if kind in _PICTURE_KINDS or (suffix in _PICTURES and not kind.startswith("text/")):
        return Way.PICTURE
    if kind.startswith("image/") or suffix in _UNSEEN:
        return Unread.UNSEEN
    if suffix in _CLOSED or kind in _CLOSED_KINDS:
        return Unread.KIND
    return Way.HTML if kind == "text/html" or suffix in _HTML else Way.TEXT


def size_limit(way: Way, limits: Limits = LIMITS) -> int:
    """Return how many bytes a file that is read in a way may have."""
    return {Way.PICTURE: limits.picture, Way.HTML: limits.page}.get(way, limits.size)


def planned(files: Sequence[File], *, sees: bool, limits: Limits = LIMITS) -> Iterator[Way | Unread]:
    """Yield, for each file of a message, how it is read or why it is not.

    Args:
        files: What is attached.
        sees: Whether the model that answers can see.
        limits: What is read.
    """
    for number, file in enumerate(files):
        way = way_of(file)
        if isinstance(way, Unread):
            yield way
        elif way is Way.PICTURE and not sees:
            yield Unread.UNSEEN
        elif number >= limits.files:
            yield Unread.TOO_MANY
        elif file.size > size_limit(way, limits):
            yield Unread.TOO_BIG
        elif not file.source:
            yield Unread.GONE
        else:
            yield way
