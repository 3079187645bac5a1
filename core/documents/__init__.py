"""PDF, Word, PowerPoint, Excel and CSV files become Markdown, in a child process that may fail.

Anybody may have made these files, so each is read by a process of its own: with limits on memory, time
and output, without the environment (where the secrets are), without a network. A hostile file costs a
warning. One process a file, because its start (0.1 to 0.3 seconds) is a small part of the work, and nothing
of one file can reach the next.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import astuple, dataclass
from importlib.util import find_spec
from pathlib import Path

from core.documents.troubles import TOLD, Trouble

# Twenty times what a text file may have: most of such a file is pictures and fonts, which are not read.
MAX_BYTES = 20_000_000

# What each kind needs besides Python itself; the extra `documents` brings them.
NEEDS = {
    ".csv": (),
    ".docx": ("mammoth", "lxml"),
    ".pdf": ("pdfplumber",),
    ".pptx": ("pptx", "lxml"),
    ".xlsx": ("openpyxl", "lxml"),
}
SUFFIXES = frozenset(NEEDS)
# The pages that strangers send are read apart as well; those of the knowledge folder are texts.
PAGE = ".html"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    Attributes:
        cpu_seconds: Of its process.
        seconds: By the clock, however busy the machine is.
        memory: Bytes of address space of its process.
        output: Bytes that it may write.
    """

    cpu_seconds: int = 60
    seconds: float = 120.0
    memory: int = 1_500_000_000
    output: int = 20_000_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: its title, where its properties have one, and its text as Markdown."""

    title: str
    text: str


class NotConverted(Exception):
    """A document can't be read; the text says why and what to do, as the end of a sentence about it."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(TOLD[trouble])
        self.trouble = trouble


class Stopped(Exception):
    """Nobody wants the document any more."""


def readable() -> frozenset[str]:
    """Return the suffixes whose readers are installed."""
    return frozenset(suffix for suffix, needs in NEEDS.items() if all(map(find_spec, needs)))


def convert(
    data: bytes, suffix: str, limits: Limits = LIMITS, stop: threading.Event | None = None
) -> Document:
    """Read a document; blocks its thread until the child process has ended, or is ended.

    Args:
        data: The file's content. Its name is not needed and never seen by the readers.
        suffix: One of SUFFIXES, or PAGE for an HTML page in UTF-8, which says how to read it.
        limits: What it may cost.
        stop: Once it is set, nobody wants the document any more.

    Raises:
        NotConverted: It can't be read within the limits, or the libraries for its kind are not installed.
        Stopped: `stop` was set.
    """
    if suffix != PAGE and suffix not in readable():
        raise NotConverted(Trouble.MISSING)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as written:
        given.write(data)
        given.seek(0)
        code = _run(suffix, limits, given.fileno(), written.fileno(), stop or threading.Event())
        written.seek(0)
        return _read(code, written.read(limits.output))


# The child gets no PYTHONPATH and no folder to look into (-I), only where this very package is.
_ROOT = Path(__file__).parents[2]
_START = """\
import sys
sys.path.insert(0, sys.argv[1])
from core.documents.child import main
main(sys.argv[2:])
"""
_KEPT = ("LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TMPDIR")


# How soon a stop is heard.
_POLL_SECONDS = 0.1


def _run(suffix: str, limits: Limits, given: int, written: int, stop: threading.Event) -> int | None:
    """Run the child in a process group of its own and return its exit status; None: it took too long."""
    arguments = [suffix, *(str(limit) for limit in astuple(limits))]
    child = subprocess.Popen(  # noqa: S603 -- our own interpreter and code; the file's content is its input
        [sys.executable, "-I", "-c", _START, str(_ROOT), *arguments],
        stdin=given,
        stdout=written,
        stderr=subprocess.DEVNULL,  # libraries write there what stands in the file
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        cwd=tempfile.gettempdir(),
        start_new_session=True,
    )
    until = time.monotonic() + limits.seconds
    try:
        while (left := until - time.monotonic()) > 0:
            if stop.is_set():
                raise Stopped
            with contextlib.suppress(subprocess.TimeoutExpired):
                return child.wait(min(left, _POLL_SECONDS))
        return None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _read(code: int | None, written: bytes) -> Document:
    if code is None or code == -signal.SIGXCPU:
        raise NotConverted(Trouble.TIME)
    try:
        said = json.loads(written)
        if said.get("trouble"):
            raise NotConverted(Trouble(said["trouble"]))
        return Document(str(said["title"]), str(said["text"]))
    except (AttributeError, KeyError, ValueError, RecursionError):
        raise NotConverted(Trouble.CRASHED) from None
