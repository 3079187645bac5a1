"""PDF files: paragraphs in reading order, headings by their size, tables by their lines; no running heads."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pdfplumber
from pdfminer.layout import LTChar, LTTextBox, LTTextLine
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from core.documents.tables import table
from core.documents.troubles import MAX_CHARACTERS, Trouble, Untold

# How much larger than the body a line is that heads something; footnote marks and bold words stay below.
_LARGER = 1.15
_HEADING_CHARACTERS = 120
# Smaller text, in points, is there for machines to find and people not to see.
_READABLE = 3.0
# What stands on most pages at the same place is a running head; two pages are too few to tell.
_RUNNING_PAGES = 3
# What programs write as a title where nobody gave one.
_TOOLS_TITLE = re.compile(r"(?i)microsoft \w+ - |untitled|.*\.(docx?|pptx?|xlsx?|indd|pdf|odt|tex)$")


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph (with its size of letters, in points) or a table (size 0) of a page."""

    page: int
    text: str
    size: float


def read(data: bytes) -> tuple[str, str]:
    """Return a file's title and its text as Markdown."""
    try:
        with pdfplumber.open(io.BytesIO(data), laparams={}) as pdf:
            title = _title(pdf.metadata.get("Title"))
            blocks = list(_blocks(pdf))
    except PdfminerException as error:
        cause = error.args[0] if error.args else error
        locked = isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError)
        raise Untold(Trouble.ENCRYPTED if locked else Trouble.BROKEN) from None
    return title, "\n\n".join(_written(_without_running(blocks)))


def _title(title: object) -> str:
    words = " ".join(title.split()) if isinstance(title, str) else ""
    return "" if _TOOLS_TITLE.match(words) else words


def _blocks(pdf: Any) -> Iterator[_Block]:
    characters = 0
    for page in pdf.pages:
        for block in _of_page(page):
            characters += len(block.text)
            yield block
        if characters > MAX_CHARACTERS:
            raise Untold(Trouble.LONG)
        page.close()  # frees what it has read


def _of_page(page: Any) -> Iterator[_Block]:
    """Yield a page's paragraphs as it is read, each table where its first line stands."""
    tables = [found for found in page.find_tables() if len(found.rows) > 1]
    told: set[int] = set()
    for box in page.layout:
        if not isinstance(box, LTTextBox):
            continue
        lines: list[LTTextLine] = []
        for line in box:
            around = next((n for n, t in enumerate(tables) if _is_inside(line, t.bbox, page.height)), None)
            if around is None:
                lines.append(line)
            elif around not in told:
                told.add(around)
                yield from _paragraphs(page.page_number, lines)
                lines = []
                rows = tables[around].extract()
                yield _Block(page.page_number, table([[text or "" for text in row] for row in rows]), 0.0)
        yield from _paragraphs(page.page_number, lines)


def _is_inside(line: LTTextLine, box: tuple[float, float, float, float], height: float) -> bool:
    left, top, right, bottom = box
    x, y = (line.x0 + line.x1) / 2, height - (line.y0 + line.y1) / 2
    return bool(left <= x <= right and top <= y <= bottom)


def _paragraphs(page: int, lines: Iterable[LTTextLine]) -> Iterator[_Block]:
    """Yield the lines of a box, those of one size together."""
    for size, group in groupby(lines, _size):
        text = "\n".join(line.get_text().strip() for line in group)
        # A word that was parted at a line's end becomes one again.
        text = " ".join(re.sub(r"(?<=[^\W\d_]{2})-\n(?=[a-zà-ÿ])", "", text).split())
        if text and size >= _READABLE:
            yield _Block(page, text, size)


def _size(line: LTTextLine) -> float:
    """Return the size of most of a line's letters, to half a point."""
    sizes = Counter(round(part.size * 2) / 2 for part in line if isinstance(part, LTChar))
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _without_running(blocks: list[_Block]) -> list[_Block]:
    """Leave out what stands on most pages, numbers aside: running heads, page numbers."""
    pages = len({block.page for block in blocks})
    seen = Counter(mask for mask, _ in {(_mask(block), block.page) for block in blocks})
    if pages < _RUNNING_PAGES:
        return blocks
    return [block for block in blocks if seen[_mask(block)] <= pages / 2]


def _mask(block: _Block) -> str:
    return re.sub(r"\d+", "0", block.text)


def _written(blocks: list[_Block]) -> Iterator[str]:
    sizes = Counter[float]()
    for block in blocks:
        sizes[block.size] += len(block.text) if block.size else 0
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = sorted({block.size for block in blocks if _is_heading(block, body)}, reverse=True)
    page = 0
    for block in blocks:
        if not larger and block.page != page:
            page = block.page
            yield f"## Page {page}"
        if block.size in larger and _is_heading(block, body):
            yield f"{'#' * min(larger.index(block.size) + 1, 6)} {block.text}"
        else:
            yield _line(block)


def _is_heading(block: _Block, body: float) -> bool:
    return block.size >= body * _LARGER and len(block.text) <= _HEADING_CHARACTERS and block.size > 0


def _line(block: _Block) -> str:
    if not block.size:
        return block.text
    text = re.sub(r"^[•‣▪●◦–]\s+", "- ", block.text)
    return re.sub(r"^([#>])", r"\\\1", text)
