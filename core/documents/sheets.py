"""Excel files: a heading and a table for each sheet that is shown, with values instead of formulas."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook

from core.documents.office import opened, title_of
from core.documents.tables import MAX_COLUMNS, table

_CURRENCY = re.compile(r"\[\$([^\]-]+)|([€$£¥])")


def read(data: bytes) -> tuple[str, str]:
    """Return a file's title and its sheets as Markdown."""
    with opened(data) as archive:
        title = title_of(archive)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    parts = [
        (sheet.title, table(_rows(sheet))) for sheet in book.worksheets if sheet.sheet_state == "visible"
    ]
    return title, "\n\n".join(f"## {name}\n\n{text}" for name, text in parts if text)


def _rows(sheet: Any) -> Iterator[list[str]]:
    # A file may claim any dimensions; without them only the rows that are there are read.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_col=MAX_COLUMNS):
        yield [shown(cell.value, cell.number_format) if cell.value is not None else "" for cell in row]


def shown(value: object, form: str) -> str:
    """Return a cell's value as the sheet shows it, as far as words depend on it: per cent, money, dates."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    if isinstance(value, int | float):
        if "%" in form:
            return f"{round(value * 100, 6):g} %"
        found = _CURRENCY.search(form)
        return f"{_amount(value, form)} {found[1] or found[2]}" if found else _number(value)
    return str(value)


def _amount(value: float, form: str) -> str:
    return f"{value:.2f}" if "0.00" in form or value % 1 else f"{value:.0f}"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.10g}"
