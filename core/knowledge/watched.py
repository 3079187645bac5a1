"""A file that is read again when it has changed; a broken edit keeps the last good version in force."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from core.knowledge.files import Unreadable, read_text

T = TypeVar("T")

log = logging.getLogger(__name__)


class Watched(Generic[T]):
    """What a file says, as it is on disk now.

    Args:
        path: The file.
        parse: From its text to what it says; raises Unreadable.
        missing: What it says where there is no such file; None where there has to be one.
    """

    def __init__(self, path: Path, parse: Callable[[str], T], missing: T | None = None) -> None:
        self._path = path
        self._parse = parse
        self._missing = missing
        self._value: T | None = None
        self._stamp: tuple[int, int] | None = None
        self._trouble = ""

    def read(self) -> T:
        """Return what the file says.

        Raises:
            Unreadable: It can't be used, and never could; tells why.
        """
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            if stamp != self._stamp:
                self._stamp = stamp
                self._value = self._parse(read_text(self._path))
                self._trouble = ""
        except FileNotFoundError as error:
            if self._missing is None:
                return self._last_good(str(error.strerror))
            self._stamp, self._value = None, self._missing
        except (OSError, Unreadable) as error:
            return self._last_good(str(getattr(error, "strerror", None) or error))
        return self._last_good("")

    def _last_good(self, trouble: str) -> T:
        if self._value is None:
            self._stamp = None
            raise Unreadable(trouble) from None
        if trouble and trouble != self._trouble:
            log.warning("%s can't be used (%s); the last version stays.", self._path, trouble)
            self._trouble = trouble
        return self._value
