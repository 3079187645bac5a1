"""Keeps the index as the folder is: sees which files changed, reads these alone, writes them down."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from core.knowledge.articles import Article
from core.knowledge.files import TEXT_SUFFIXES, Entry, Stamp, Unconvertible, Unreadable, scan
from core.knowledge.index import Busy, Index, Writing
from core.knowledge.reading import read_article
from core.knowledge.refused import Refused
from core.knowledge.view import Unsound, View
from core.ports import Progress

log = logging.getLogger(__name__)

# Told while a long piece of work goes on: how many articles are in the index, of how many.
# Documents take seconds each, in processes of their own: so many at once.
_DOCUMENTS_AT_ONCE = 2


class Catalog:
    """The files of one folder and their index. Belongs to one thread; `view` may be used by all.

    Args:
        articles: The folder.
        index_folder: Where the index is kept; None: in memory.

    Attributes:
        looked: How many seconds the last look at the folder took, without what was read.
    """

    def __init__(self, articles: Path, index_folder: Path | None) -> None:
        self._articles = articles
        self._index = _index_in(index_folder)
        self.looked = 0.0
        self._unreadable: dict[str, Stamp] = {}
        self._refused = Refused(index_folder)
        self._stop = threading.Event()
        self._warned: set[tuple[str, Stamp]] = set()
        self._documents: dict[str, tuple[Stamp, Future[Article]]] = {}
        self._converters = ThreadPoolExecutor(_DOCUMENTS_AT_ONCE, thread_name_prefix="documents")

    @property
    def view(self) -> View:
        """What is in the index now."""
        return self._index.view

    def close(self) -> None:
        """End what is under way, and begin nothing more; any thread may call it."""
        self._stop.set()
        self._converters.shutdown(wait=False, cancel_futures=True)

    def renew(self) -> None:
        """Begin with an empty index, after this one proved unsound."""
        self._index.renew()

    def update(self, seconds: float, progress: Progress) -> bool:
        """Bring the index up to date with the folder.

        Args:
            seconds: After how long to stop reading and let be seen what was read.
            progress: Told of after each article.

        Returns:
            Whether something is left to do: files not read yet, or another process is at it.
        """
        try:
            return self._update(seconds, progress)
        except Unsound as error:
            log.warning("The search index can't be used any more (%s); it is kept in memory instead.", error)
            self._index = Index(None)
            return True

    def _update(self, seconds: float, progress: Progress) -> bool:
        self._index.refresh()
        began = time.monotonic()
        entries = self._readable()
        gone, changed = self._differences(entries)
        self.looked = time.monotonic() - began
        ready = [entry for entry in changed if self._is_ready(entry)]
        if not gone and not ready:
            self._refused.save(entries)
            return bool(changed)
        try:
            with self._index.writing() as writing:
                # Another process may have been at it just before.
                gone, changed = self._differences(entries)
                for path in gone:
                    writing.remove(path)
                left = self._write(writing, changed, len(entries), time.monotonic() + seconds, progress)
        except Busy:
            return True
        self._refused.save(entries)
        return left

    def _readable(self) -> dict[str, Entry]:
        entries = {}
        try:
            for entry in scan(self._articles):
                if entry.trouble:
                    self._warn(entry, entry.trouble)
                else:
                    entries[entry.path] = entry
        except OSError:
            # A folder that can't be reached is not an empty one: what was read of it stays.
            if self.view.files:
                raise
        return entries

    def _differences(self, entries: Mapping[str, Entry]) -> tuple[list[str], list[Entry]]:
        """Return the paths that are gone, and the files to be read: text first, documents take their time."""
        files = self.view.files
        gone = sorted(files.keys() - entries.keys())
        changed = [
            entry
            for path, entry in entries.items()
            if not self._is_unreadable(entry) and (path not in files or files[path].stamp != entry.stamp)
        ]
        return gone, changed

    def _is_unreadable(self, entry: Entry) -> bool:
        if why := self._refused.why(entry.path, entry.stamp):
            self._warn(entry, why)
            return True
        return self._unreadable.get(entry.path) == entry.stamp

    def _write(
        self,
        writing: Writing,
        changed: Sequence[Entry],
        total: int,
        until: float,
        progress: Progress,
    ) -> bool:
        known = len(self.view.files)
        left = len(changed)
        for entry in changed:
            if self._stop.is_set():
                break
            if not self._is_ready(entry):
                continue
            left -= 1
            try:
                writing.put(self._read(entry), entry.stamp)
                known += entry.path not in self.view.files
                progress(known, total)
            except Unreadable as error:
                self._unreadable[entry.path] = entry.stamp
                if isinstance(error, Unconvertible):
                    self._refused.keep(entry.path, entry.stamp, str(error))
                self._warn(entry, str(error))
                if entry.path in self.view.files:
                    writing.remove(entry.path)
            if time.monotonic() > until:
                break
        return left > 0

    def _is_ready(self, entry: Entry) -> bool:
        """Say whether reading a file takes no time worth mentioning; begin to read it aside where it does."""
        if PurePosixPath(entry.path).suffix.lower() in TEXT_SUFFIXES:
            return True
        stamp, reading = self._documents.get(entry.path, (None, None))
        if reading is None or stamp != entry.stamp:
            reading = self._converters.submit(read_article, self._articles, entry.path, self._stop)
            self._documents[entry.path] = entry.stamp, reading
        return reading.done()

    def _read(self, entry: Entry) -> Article:
        if entry.path in self._documents:
            return self._documents.pop(entry.path)[1].result()
        return read_article(self._articles, entry.path)

    def _warn(self, entry: Entry, trouble: str) -> None:
        if (entry.path, entry.stamp) not in self._warned:
            self._warned.add((entry.path, entry.stamp))
            name = entry.path.encode(errors="replace").decode()
            log.warning("The article %s is left out: it %s.", name, trouble)


def _index_in(folder: Path | None) -> Index:
    try:
        return Index(folder)
    except OSError as error:
        log.warning(
            "The search index can't be kept in %s (%s): it is made in memory, anew at each start. "
            "Set INDEX_DIR to a folder that this user may write.",
            folder,
            error.strerror or error,
        )
        return Index(None)
