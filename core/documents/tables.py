"""Rows of cells become a Markdown table. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.documents.troubles import MAX_ROWS, Trouble, Untold

# Wider tables are forms and calculations, of which no customer asks.
MAX_COLUMNS = 100


def table(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as Markdown: the first that fills more than one cell is the header of what follows.

    Empty rows and columns are left out. Lone cells above the header, such as a title, become paragraphs.

    Raises:
        Untold: There are too many rows.
    """
    kept: list[list[str]] = []
    for row in rows:
        cells = [cell(text) for text in row[:MAX_COLUMNS]]
        if any(cells):
            kept.append(cells)
        if len(kept) > MAX_ROWS:
            raise Untold(Trouble.ROWS)
    width = max((len(cells) for cells in kept), default=0)
    filled = [i for i in range(width) if any(i < len(cells) and cells[i] for cells in kept)]
    square = [[cells[i] if i < len(cells) else "" for i in filled] for cells in kept]
    above = _lone(square) if len(filled) > 1 else 0
    paragraphs = ["".join(cells) for cells in square[:above]]
    return "\n\n".join([*paragraphs, _lines(square[above:])]).strip()


def cell(text: str) -> str:
    """Return a cell's text on one line, its bars escaped."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))


def _lone(square: list[list[str]]) -> int:
    for number, cells in enumerate(square):
        if sum(map(bool, cells)) > 1:
            return number
    return len(square)


def _lines(square: list[list[str]]) -> str:
    if not square:
        return ""
    lines = [f"| {' | '.join(cells)} |" for cells in square]
    lines.insert(1, f"|{' --- |' * len(square[0])}")
    return "\n".join(lines)
