"""Fetching the files that people attached: so many bytes at most, and our token only to whom it belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
import yarl

from core.ports import Refused, TooLarge, TryLater

MOST_REDIRECTS = 3
# Between two pieces of a file; how long all of it may take is decided by who asks for it.
STALL_SECONDS = 10.0
_AGAIN = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class Head:
    """What an address says of what it gives: the media type, and whether it is a file to be saved."""

    kind: str
    as_file: bool


def _fine(head: Head) -> None:
    """Take whatever comes."""


class Status(Refused):
    """An address answered with an error; `status` is the HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


async def download(
    session: aiohttp.ClientSession,
    address: str,
    most: int,
    trusted: Callable[[yarl.URL], bool],
    secret: Mapping[str, str] | None = None,
    judge: Callable[[Head], None] = _fine,
) -> bytes:
    """Fetch a file.

    Args:
        session: Makes the requests.
        address: Where it is.
        most: How many bytes it may have.
        trusted: Says of an address whether it is the platform's own; no other is asked.
        secret: Headers that only the first address's host gets.
        judge: Raises Refused for what is something else than the file, before any of it is read.

    Raises:
        TryLater: It could not be had now.
        TooLarge: It has more bytes.
        Refused: It can't be had.
    """
    url = first = yarl.URL(address)
    try:
        for _ in range(MOST_REDIRECTS + 1):
            if not trusted(url):
                raise Refused("the file is not on the platform itself")
            headers = secret if url.origin() == first.origin() else None
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=STALL_SECONDS, sock_read=STALL_SECONDS)
            async with session.get(url, headers=headers, allow_redirects=False, timeout=timeout) as response:
                if response.status in {301, 302, 303, 307, 308} and "Location" in response.headers:
                    url = url.join(yarl.URL(response.headers["Location"]))
                    continue
                return await _taken(response, most, judge)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TryLater(f"the file could not be fetched ({type(error).__name__})") from error
    except ValueError as error:
        raise Refused("the file's address is broken") from error
    raise Refused("the file's address leads nowhere")


async def _taken(response: aiohttp.ClientResponse, most: int, judge: Callable[[Head], None]) -> bytes:
    if response.status in _AGAIN or response.status >= 500:
        wait = response.headers.get("Retry-After", "")
        raise TryLater(f"HTTP {response.status}", float(wait) if wait.isdigit() else 1.0)
    if response.status != 200:
        raise Status(response.status)
    disposition = response.headers.get("Content-Disposition", "")
    judge(Head(response.content_type, disposition.lower().startswith("attachment")))
    if (response.content_length or 0) > most:
        raise TooLarge("the file has too many bytes")
    data = bytearray()
    async for piece in response.content.iter_any():
        data += piece
        if len(data) > most:
            raise TooLarge("the file has too many bytes")
    return bytes(data)
