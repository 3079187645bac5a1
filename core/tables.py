"""Tables as what a chat can show: no platform of ours has them, and rows of `|` are hard to read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token
from wcwidth import wcswidth

from core.commonmark import parsed

# What fits a line of a code block on a phone, in columns of the terminal kind.
NARROW = 44
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: as it was written, and what is read of it where nothing is rendered."""

    markdown: str
    plain: str
    to_the_right: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing is lost where it is not rendered."""
        return self.markdown == self.plain


def without_tables(markdown: str) -> str:
    """Return Markdown in which lists and code stand in the place of tables; all else is as it was.

    A table of two columns becomes a list of `**first**: second`. One with more columns becomes a code block
    with its columns aligned, if that is narrow and loses no links or emphasis; else a list too, with every
    cell named by its column.
    """
    if "|" not in markdown:
        return markdown
    lines = markdown.split("\n")
    shown: list[str] = []
    at = 0
    tokens = parsed(markdown)
    for index, token in enumerate(tokens):
        if token.type == "table_open" and token.level == 0 and token.map:
            start, end = token.map
            shown += [*lines[at:start], *_surrounded(_as_chat(_rows(tokens, index)), lines, start, end)]
            at = end
    return "\n".join([*shown, *lines[at:]])


def _surrounded(table: str, lines: Sequence[str], start: int, end: int) -> Iterator[str]:
    """Yield what stands for a table, with the empty lines around it that a table does without."""
    if start and lines[start - 1].strip():
        yield ""
    yield table
    if end < len(lines) and lines[end].strip():
        yield ""


def _rows(tokens: Sequence[Token], opening: int) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for index in range(opening + 1, len(tokens)):
        token = tokens[index]
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type in {"th_open", "td_open"}:
            inline = tokens[index + 1]
            to_the_right = "right" in str(token.attrGet("style") or "")
            rows[-1].append(Cell(inline.content.strip(), _plain(inline), to_the_right))
    return rows


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or []).strip()


def _as_chat(rows: Sequence[Sequence[Cell]]) -> str:
    header, *body = rows
    if not body:
        return " · ".join(cell.markdown for cell in header if cell.markdown)
    if len(header) > 2 and all(cell.is_plain for row in rows for cell in row):
        block = _aligned(rows)
        if max(map(wcswidth, block)) <= NARROW:
            return "\n".join(["```", *block, "```"])
    return "\n".join(_item(header, row) for row in body)


def _aligned(rows: Sequence[Sequence[Cell]]) -> list[str]:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [_GAP.join(map(_padded, row, widths)).rstrip() for row in rows]


def _padded(cell: Cell, width: int) -> str:
    spaces = " " * (width - _width(cell))
    return f"{spaces}{cell.plain}" if cell.to_the_right else f"{cell.plain}{spaces}"


def _width(cell: Cell) -> int:
    # -1 is for text that has no width of its own; then every character counts.
    width = wcswidth(cell.plain)
    return width if width >= 0 else len(cell.plain)


def _item(header: Sequence[Cell], row: Sequence[Cell]) -> str:
    first, *others = row
    named = len(header) > 2
    said = [_named(column, cell, named=named) for column, cell in zip(header[1:], others, strict=True)]
    told = "; ".join(filter(None, said))
    title = f"**{first.markdown}**" if first.is_plain and first.markdown else first.markdown
    return "- " + ": ".join(filter(None, [title, told]))


def _named(column: Cell, cell: Cell, *, named: bool) -> str:
    if not cell.markdown:
        return ""
    return f"{column.markdown} {cell.markdown}" if named and column.markdown else cell.markdown
