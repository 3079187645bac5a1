"""The index on disk or in memory: made once, then changed file by file, by one process at a time."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import tantivy
from filelock import FileLock, Timeout

from core.knowledge.articles import Article
from core.knowledge.files import Stamp
from core.knowledge.reading import READER_VERSION
from core.knowledge.view import FORMAT, Unsound, View, documents, schema, told_as_unsound

log = logging.getLogger(__name__)

# What the writer holds before it writes a segment to disk.
HEAP = 50_000_000
# What is on disk is named after what made it: another version makes its own.
_KEPT = f"words-{FORMAT}.{READER_VERSION}"


class Busy(Exception):
    """Another process is writing to the index."""


class Index:
    """The passages of one knowledge folder. `view` is what is searched; it changes only as a whole.

    One thread at a time may write; views may be used by all.

    Args:
        folder: Where it is kept, shared with other processes; None: in memory.

    Raises:
        OSError: The folder can't be used.
    """

    def __init__(self, folder: Path | None) -> None:
        self._place = folder / _KEPT if folder else None
        self._lock: FileLock | None = None
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(folder / "lock")
        self._seen = self._mark()
        self._index, self.view = self._opened()

    def refresh(self) -> None:
        """Take up what another process has written.

        Raises:
            Unsound: It can't be read.
        """
        mark = self._mark()
        if mark != self._seen:
            with told_as_unsound():
                self._index.reload()
                self.view = View(self._index.schema, self._index.searcher())
            self._seen = mark

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """Let the block write; what it wrote is seen when it ends, and not at all if it raises.

        Raises:
            Busy: Another process is writing.
            Unsound: It can't be written: the disk is full, or what is there is damaged.
        """
        with self._alone(0):
            self.refresh()
            writing = Writing(self._index)
            try:
                yield writing
                writing.commit()
            finally:
                writing.close()
            with told_as_unsound():
                self._index.reload()
                self.view = View(self._index.schema, self._index.searcher())
            self._seen = self._mark()

    def renew(self) -> None:
        """Throw away what is there, after it proved unsound, and begin with nothing."""
        with self._alone(-1):
            self._index, self.view = self._made()
            self._seen = self._mark()

    def _opened(self) -> tuple[tantivy.Index, View]:
        if self._place is None:
            return self._made()
        with contextlib.suppress(Unsound):
            return self._existing(self._place)
        with self._alone(-1):
            try:
                return self._existing(self._place)  # by the process that we waited for
            except Unsound as error:
                if self._place.exists():
                    log.warning(
                        "The search index in %s can't be read (%s); it is made anew.", self._place, error
                    )
                return self._made()

    @staticmethod
    def _existing(place: Path) -> tuple[tantivy.Index, View]:
        with told_as_unsound():
            index = tantivy.Index.open(str(place))
            view = View(index.schema, index.searcher())
            view.check()
            return index, view

    def _made(self) -> tuple[tantivy.Index, View]:
        if self._place is None:
            index = tantivy.Index(schema())
        else:
            for old in self._place.parent.glob("words-*"):
                shutil.rmtree(old, ignore_errors=True)
            self._place.mkdir(exist_ok=True)
            index = tantivy.Index(schema(), path=str(self._place))
        return index, View(index.schema, index.searcher())

    @contextlib.contextmanager
    def _alone(self, patience: float) -> Iterator[None]:
        if self._lock is None:
            yield
            return
        try:
            with self._lock.acquire(timeout=patience):
                yield
        except Timeout:
            raise Busy from None

    def _mark(self) -> tuple[int, int] | None:
        """Return what changes whenever somebody commits."""
        if self._place is None:
            return None
        try:
            found = (self._place / "meta.json").stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino


class Writing:
    """Changes to an index. The writer is opened with the first one."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._writer: tantivy.IndexWriter | None = None

    def put(self, article: Article, stamp: Stamp) -> None:
        """Keep an article in place of what there was under its path."""
        self.remove(article.path)
        writer = self._opened()
        with told_as_unsound():
            for document in documents(article, stamp):
                writer.add_document(document)

    def remove(self, path: str) -> None:
        """Take an article out, if it is there."""
        writer = self._opened()
        with told_as_unsound():
            writer.delete_documents_by_term("article", path)

    def commit(self) -> None:
        """Keep the changes."""
        if self._writer:
            with told_as_unsound():
                self._writer.commit()

    def close(self) -> None:
        """Forget changes that were not committed, and end what goes on in the background."""
        if self._writer:
            with contextlib.suppress(Unsound), told_as_unsound():
                self._writer.rollback()
                self._writer.wait_merging_threads()

    def _opened(self) -> tantivy.IndexWriter:
        if self._writer is None:
            with told_as_unsound():
                self._writer = self._index.writer(HEAP, 1)
        return self._writer
