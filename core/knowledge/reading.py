"""From a file of the folder to an article, whatever its kind."""

from __future__ import annotations

from pathlib import Path

from core import documents
from core.knowledge.articles import Article, parse, parse_document
from core.knowledge.files import Unreadable, read_bytes, read_text

# Counts up when the same file is read differently than before, so that what was kept of it is read anew.
READER_VERSION = 1


def read_article(root: Path, path: str) -> Article:
    """Read one file.

    Text takes milliseconds. A document starts a child process and blocks the calling thread meanwhile, for
    `core.documents.Limits.seconds` at most.

    Args:
        root: The articles folder.
        path: The file's, relative to it, with `/`.

    Raises:
        Unreadable: It can't be an article; for documents this may change without a change of the file, once
            their readers are installed.
    """
    file = root / path
    suffix = file.suffix.lower()
    if suffix not in documents.SUFFIXES:
        return parse(path, read_text(file))
    try:
        return parse_document(path, documents.convert(read_bytes(file), suffix))
    except documents.NotConverted as error:
        raise Unreadable(str(error)) from None
