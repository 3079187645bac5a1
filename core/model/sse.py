"""Server-sent events, as far as model servers use them: bytes in, the data of each event out. Pure."""

from __future__ import annotations

# No event of an answer comes near this; what does is no event.
LONGEST = 4 * 1024 * 1024


class TooLarge(Exception):
    """An event does not end."""


class Events:
    """Cuts a stream of bytes into the data of its events."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes and return the data of the events that they complete.

        Raises:
            TooLarge: An event is longer than LONGEST bytes.
        """
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        found: list[bytes] = []
        for line in lines:
            self._take(line.removesuffix(b"\r"), found)
        if len(self._rest) + self._size > LONGEST:
            raise TooLarge
        return found

    def finish(self) -> list[bytes]:
        """Return the data of a last event without its empty line, as some servers leave it."""
        found: list[bytes] = []
        if self._rest:
            self._take(self._rest.removesuffix(b"\r"), found)
        self._take(b"", found)
        self._rest = b""
        return found

    def _take(self, line: bytes, found: list[bytes]) -> None:
        if line.startswith(b"data:"):
            data = line[5:].removeprefix(b" ")
            self._data.append(data)
            self._size += len(data)
        elif not line and self._data:
            found.append(b"\n".join(self._data))
            self._data = []
            self._size = 0
