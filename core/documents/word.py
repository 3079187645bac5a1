"""Word files, without pictures, comments, deleted and hidden text."""

from __future__ import annotations

import io
import zipfile

import mammoth
from lxml import etree
from markdownify import markdownify

from core.documents.office import opened, parsed, title_of

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HIDDEN = f".//{{{_W}}}rPr/{{{_W}}}vanish"
_OFF = {"0", "false", "off"}
_BODY = "word/document.xml"


def read(data: bytes) -> tuple[str, str]:
    """Return a file's title and its text as Markdown."""
    with opened(data) as archive:
        page = mammoth.convert_to_html(
            _without_hidden(archive),
            convert_image=lambda _: [],
            style_map="p[style-name='Title'] => h1:fresh",
            external_file_access=False,
        )
        return title_of(archive), _markdown(page.value)


def _without_hidden(archive: zipfile.ZipFile) -> io.BytesIO:
    """Copy the archive without its pictures and without the runs that Word does not show."""
    copied = io.BytesIO()
    with zipfile.ZipFile(copied, "w") as copy:
        for member in archive.infolist():
            if not member.filename.startswith("word/media/"):
                content = archive.read(member)
                copy.writestr(member.filename, _shown(content) if member.filename == _BODY else content)
    return copied


def _shown(body: bytes) -> bytes:
    root = parsed(body)
    for mark in list(root.iterfind(_HIDDEN)):
        run = mark.getparent().getparent()
        if mark.get(f"{{{_W}}}val") not in _OFF and run.tag == f"{{{_W}}}r":
            run.getparent().remove(run)
    written: bytes = etree.tostring(root)
    return written


def _markdown(html: str) -> str:
    text: str = markdownify(html, heading_style="atx", table_infer_header=True)
    return text
