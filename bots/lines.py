"""Lines of standard input, read without holding the event loop up."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from threading import Thread


async def lines_of(descriptor: int) -> AsyncIterator[str]:
    """Yield the lines of a pipe or file as they come.

    A thread reads them: a regular file can't be polled, and a thread in `sys.stdin` would hold its lock
    when the process ends.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    def put(chunk: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(queue.put_nowait, chunk)

    def read() -> None:
        while chunk := os.read(descriptor, 65_536):
            put(chunk)
        put(b"")

    Thread(target=read, daemon=True, name="stdin").start()
    rest = b""
    while chunk := await queue.get():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")
