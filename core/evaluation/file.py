"""The file of questions on disk."""

from __future__ import annotations

import os
from pathlib import Path

from core.evaluation.questions import BadLine, Question, Read, as_line, parse, read


def load(path: Path) -> Read:
    """Read a file of questions, line by line; what is no UTF-8 in it makes its line a bad one.

    Raises:
        OSError: It can't be read.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
        return read(file)


def append(path: Path, question: Question) -> bool:
    """Add a question at the end of the file, which is made if need be; nothing that is there is touched.

    Returns:
        False where the file asks that already (the same id, or the same words after the same history):
        nothing was added.

    Raises:
        OSError: The file can't be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0)
        last = b"\n"
        for last in file:
            if _key(last) == question.key:
                return False
        # An editor may have left the last line without its end. One write: another process may append too.
        begin = b"" if last.endswith(b"\n") else b"\n"
        file.write(begin + as_line(question).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def _key(line: bytes) -> str:
    try:
        return parse(line.decode(errors="replace"))[0].key
    except BadLine:
        return ""
