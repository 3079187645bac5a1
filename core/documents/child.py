"""The process that reads one document: limits itself, reads from standard input, writes JSON, ends."""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys

from core.documents.troubles import MAX_CHARACTERS, Trouble, Untold

_READERS = {
    ".csv": "core.documents.csv_files",
    ".docx": "core.documents.word",
    ".html": "core.documents.page",
    ".pdf": "core.documents.pdf",
    ".pptx": "core.documents.slides",
    ".xlsx": "core.documents.sheets",
}
# What a reader of files has no use for: a network, other programs.
_REFUSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system")


def main(arguments: list[str]) -> None:
    """Read the document on standard input and write `{"title", "text"}` or `{"trouble"}`.

    Args:
        arguments: The suffix, then the fields of `Limits`, in order.
    """
    suffix, cpu_seconds, _, memory, output = arguments
    _limit(int(cpu_seconds), int(memory), int(output))
    try:
        said = _read(suffix, sys.stdin.buffer.read())
    except MemoryError:
        said = {"trouble": Trouble.MEMORY}
    except Untold as error:
        said = {"trouble": error.trouble}
    except Exception:  # whatever a library makes of a damaged file
        said = {"trouble": Trouble.BROKEN}
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()
    os._exit(0)  # nothing that a file left behind, such as a finaliser, runs after the answer


def _limit(cpu_seconds: int, memory: int, output: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # openpyxl uses numpy where there is one, at the price of twice its start.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    sys.addaudithook(_refuse)


def _refuse(event: str, _: object) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(event)


def _read(suffix: str, data: bytes) -> dict[str, str]:
    title, text = importlib.import_module(_READERS[suffix]).read(data)
    if len(text) > MAX_CHARACTERS:
        raise Untold(Trouble.LONG)
    if not text.strip():
        raise Untold(Trouble.EMPTY)
    return {"title": _clean(title), "text": _clean(text)}


def _clean(text: str) -> str:
    """Return text that can be stored: whole characters, no NUL."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
