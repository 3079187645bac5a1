"""CSV files: one table, in whatever way it was saved."""

from __future__ import annotations

import csv
import io

from core.documents.tables import table
from core.documents.troubles import Trouble, Untold

_DELIMITERS = ",;\t|"
_SAMPLE = 10_000


def read(data: bytes) -> tuple[str, str]:
    """Return no title and the file as a Markdown table."""
    text = _decoded(data)
    try:
        return "", table(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        raise Untold(Trouble.BROKEN) from None


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # what spreadsheets save where nobody chose UTF-8
    if "\0" in text:
        raise Untold(Trouble.BROKEN)
    return text


def _delimiter(text: str) -> str:
    """Return what parts the first lines most evenly: the one that each of them holds, and most often."""
    lines = [line for line in text[:_SAMPLE].splitlines() if line.strip()][:10] or [""]
    return max(_DELIMITERS, key=lambda mark: (min(line.count(mark) for line in lines), lines[0].count(mark)))
