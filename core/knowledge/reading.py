"""From a file of the folder to an article, whatever its kind."""

from __future__ import annotations

import threading
from pathlib import Path

from core import documents
from core.documents import Document
from core.knowledge.articles import Article, parse, parse_document
from core.knowledge.files import Unconvertible, read_bytes, read_text

# Counts up when the same file is read differently than before, so that what was kept of it is read anew.
READER_VERSION = 2


def read_article(root: Path, path: str, stop: threading.Event | None = None) -> Article:
    """Read one file of the folder as an article; see `read_source` for what it takes and raises."""
    return article_of(path, read_source(root, path, stop))


def read_source(root: Path, path: str, stop: threading.Event | None = None) -> str | Document:
    """Read one file's text.

    Text takes milliseconds. A document starts a child process and blocks the calling thread meanwhile, for
    `core.documents.Limits.seconds` at most.

    Args:
        root: The articles folder.
        path: The file's, relative to it, with `/`.
        stop: Once it is set, nobody wants the text any more.

    Raises:
        Unreadable: It can't be an article.
        Unconvertible: It is a document that can't be read; this may change without a change of the file, once
            its readers are installed.
        documents.Stopped: `stop` was set.
    """
    file = root / path
    suffix = file.suffix.lower()
    if suffix not in documents.SUFFIXES:
        return read_text(file)
    try:
        return documents.convert(read_bytes(file), suffix, stop=stop)
    except documents.NotConverted as error:
        raise Unconvertible(str(error)) from None


def article_of(path: str, source: str | Document) -> Article:
    """Make an article of what `read_source` gave; raises Unreadable."""
    return parse_document(path, source) if isinstance(source, Document) else parse(path, source)
