"""Documents that could not be read, kept beside the index: at the next start nobody waits for them again."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from core import documents
from core.knowledge.files import Stamp
from core.knowledge.reading import READER_VERSION

log = logging.getLogger(__name__)

_NAME = "refused.json"


class Refused:
    """Why documents can't be read, by path, as long as neither they nor what reads them change.

    What goes wrong with its own file costs a second try of these documents at the next start, no more.

    Args:
        folder: The index's; None: what is kept ends with the process.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / _NAME if folder else None
        # More readers may be installed by the next start, and a newer version may read more.
        self._readers = [READER_VERSION, *sorted(documents.readable())]
        self._why = self._read()
        self._written = dict(self._why)

    def why(self, path: str, stamp: Stamp) -> str | None:
        """Return why a document can't be read; None if it was not tried as it is now."""
        known, why = self._why.get(path, (None, None))
        return why if known == stamp else None

    def keep(self, path: str, stamp: Stamp, why: str) -> None:
        """Remember that a document can't be read."""
        self._why[path] = stamp, why

    def save(self, paths: Iterable[str]) -> None:
        """Write down what has changed, of the documents that are still there."""
        there = set(paths)
        self._why = {path: known for path, known in self._why.items() if path in there}
        if self._file is None or self._why == self._written:
            return
        files = {path: [*astuple(stamp), why] for path, (stamp, why) in self._why.items()}
        new = self._file.with_suffix(".new")
        try:
            new.write_text(json.dumps({"readers": self._readers, "files": files}))
            new.replace(self._file)
        except OSError as error:
            log.warning("%s can't be written (%s).", self._file, error.strerror or error)
        self._written = dict(self._why)

    def _read(self) -> dict[str, tuple[Stamp, str]]:
        if self._file is None:
            return {}
        try:
            kept = json.loads(self._file.read_text())
            if kept["readers"] != self._readers:
                return {}
            return {path: (Stamp(*stamp), str(why)) for path, (*stamp, why) in kept["files"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}
