"""PowerPoint files: a heading for each slide, then its text and tables, without notes and hidden slides."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation

from core.documents.office import opened, title_of
from core.documents.tables import table


def read(data: bytes) -> tuple[str, str]:
    """Return a file's title and its text as Markdown."""
    with opened(data) as archive:
        title = title_of(archive)
    slides = Presentation(io.BytesIO(data)).slides
    shown = [(number, slide) for number, slide in enumerate(slides, 1) if slide.element.get("show") != "0"]
    return title, "\n\n".join(part for number, slide in shown for part in _slide(number, slide))


def _slide(number: int, slide: Any) -> Iterator[str]:
    title = slide.shapes.title
    parts = list(_parts(shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id))
    heading = " ".join(title.text_frame.text.split()) if title is not None else ""
    if parts or heading:
        yield f"## {heading or f'Slide {number}'}"
        # A slide of a title alone still says something, which a heading without text would not.
        yield from parts or [heading]


def _parts(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        if hasattr(shape, "shapes"):
            yield from _parts(shape.shapes)
        elif getattr(shape, "has_table", False):
            yield table([cell.text for cell in row.cells] for row in shape.table.rows)
        elif shape.has_text_frame and (text := _text(shape.text_frame)):
            yield text


def _text(frame: Any) -> str:
    paragraphs = [(p.level, " ".join(p.text.split())) for p in frame.paragraphs if p.text.strip()]
    if len(paragraphs) == 1:
        return paragraphs[0][1]
    return "\n".join(f"{'  ' * level}- {text}" for level, text in paragraphs)
