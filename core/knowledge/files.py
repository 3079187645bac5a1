"""Reading a folder that people drop files into, without following it out, hanging or filling memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core import documents

MAX_BYTES = 1_000_000
TEXT_SUFFIXES = frozenset({".md", ".markdown", ".txt", ".html", ".htm"})
SUFFIXES = TEXT_SUFFIXES | documents.SUFFIXES
# Articles that nobody has approved yet lie in folders of this name, wherever they are; they answer nobody.
DRAFTS = "drafts"


class Unreadable(Exception):
    """A file that can't be an article; the text says why and what to do."""


class Unconvertible(Unreadable):
    """A document that no reader of ours takes: it will not be taken next time either."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file does."""

    modified_ns: int
    size: int
    inode: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder: its path relative to it (with `/`), and its stamp, or why it can't be read."""

    path: str
    stamp: Stamp
    trouble: str = ""


def scan(root: Path) -> Iterator[Entry]:
    """Yield the files under `root` in a stable order; hidden ones and drafts are left out.

    Links and special files are judged here, by their kind alone; contents are judged by `read_text`.

    Raises:
        OSError: The folder itself can't be listed.
    """
    with os.scandir(root):
        yield from _scan(os.fspath(root), "", Path(os.path.realpath(root)))


def _scan(folder: str, above: str, real_root: Path) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as found:
            inside = sorted((one for one in found if not one.name.startswith(".")), key=lambda one: one.name)
    except OSError as error:
        yield _unreachable(above, error)
        return
    subfolders = []
    for one in inside:
        if one.is_dir(follow_symlinks=False):
            subfolders.append(one)
        elif one.is_symlink():
            yield from _link(one, above + one.name, real_root)
        else:
            yield _entry(one, above + one.name)
    for one in subfolders:
        if one.name.casefold() != DRAFTS:
            yield from _scan(one.path, f"{above}{one.name}/", real_root)


def _link(one: os.DirEntry[str], relative: str, real_root: Path) -> Iterator[Entry]:
    """Yield a link to a file of the folder as that file; a link to a folder only if it leads out."""
    try:
        stamp = _stamp(one.stat(follow_symlinks=False))
        target = Path(one.path).resolve(strict=True)
        if not target.is_relative_to(real_root):
            yield Entry(
                relative, stamp, "is a link that leads out of the folder; copy what it points to instead"
            )
        elif not target.is_dir():
            found = target.lstat()
            yield Entry(relative, _stamp(found), _trouble(relative, found))
    except (OSError, RuntimeError) as error:  # a dangling link, a loop of links
        yield _unreachable(relative, error)


def _entry(one: os.DirEntry[str], relative: str) -> Entry:
    try:
        found = one.stat(follow_symlinks=False)
    except OSError as error:  # gone meanwhile
        return _unreachable(relative, error)
    return Entry(relative, _stamp(found), _trouble(relative, found))


def _unreachable(relative: str, error: Exception) -> Entry:
    return Entry(relative, Stamp(0, 0, 0), f"can't be reached ({error})")


def _trouble(path: str, found: os.stat_result) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        return "has a name that is not UTF-8; rename it"
    if not stat.S_ISREG(found.st_mode):
        return "is not a regular file; remove it from the folder"
    if _suffix(path) not in SUFFIXES:
        return f"is of a kind that is not read; use one of {', '.join(sorted(SUFFIXES))}"
    limit = size_limit(path)
    return _too_large(limit) if found.st_size > limit else ""


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def size_limit(path: str) -> int:
    """Return how many bytes a file may have: documents more, since most of one is pictures and fonts."""
    return documents.MAX_BYTES if _suffix(path) in documents.SUFFIXES else MAX_BYTES


def _too_large(limit: int) -> str:
    return f"is larger than {limit:,} bytes; split it into several articles"


def read_text(path: Path) -> str:
    """Return the text of a regular UTF-8 file of at most MAX_BYTES bytes, with plain line ends.

    Raises:
        Unreadable: It is something else, empty, or can't be opened.
    """
    data = read_bytes(path)
    if b"\0" in data:
        raise Unreadable("is not text (binary, or UTF-16); save it as UTF-8 text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    if not text.strip():
        raise Unreadable("is empty; write something into it or remove it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file of at most `size_limit` bytes.

    Raises:
        Unreadable: It is something else, or can't be opened.
    """
    limit = size_limit(path.name)
    # Between the scan and now the name may have become a link or a FIFO: neither is followed or waited for.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path.resolve(), flags)
    except OSError as error:
        raise Unreadable(f"can't be opened ({error.strerror})") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("is not a regular file; remove it from the folder")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(_too_large(limit))
    return data
