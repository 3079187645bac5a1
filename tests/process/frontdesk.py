"""The real process `frontdesk`, started and stopped by tests as a person would; and its commands alone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, chdir
from pathlib import Path

from click.testing import CliRunner

from bots.__main__ import cli

PROJECT = Path(__file__).parents[2]
SECONDS = 30.0


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return an environment with these settings alone; nothing of the developer's own shows through."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(PROJECT),
        "KNOWLEDGE_DIR": str(PROJECT / "knowledge"),
        "DATABASE": str(folder / "data" / "frontdesk.db"),
        "INDEX_DIR": str(folder / "data" / "index"),
        # The model takes its time to learn the articles; tests that are about it ask for it.
        "EMBEDDINGS": "none",
        **settings,
    }


async def frontdesk(folder: Path, *arguments: str, stdin: str = "", **settings: str) -> tuple[int, str, str]:
    """Run a command to its end and return its exit code, standard output and standard error."""
    process = await _start(folder, arguments, environment(folder, **settings))
    async with asyncio.timeout(SECONDS):
        out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def called(folder: Path, *arguments: str, stdin: str = "", **settings: str) -> tuple[int, str, str]:
    """Run a command as `frontdesk` does, but within this process, which has its modules and patterns already.

    A process of its own takes more than a second to load them: that is for tests of the process itself. The
    log is pytest's here; what a command prints is not.
    """
    return await asyncio.to_thread(_call, folder, arguments, stdin, {"LOG_LEVEL": "WARNING", **settings})


def _call(
    folder: Path, arguments: tuple[str, ...], stdin: str, settings: dict[str, str]
) -> tuple[int, str, str]:
    wanted: dict[str, str | None] = {**dict.fromkeys(os.environ), **environment(folder, **settings)}
    # Commands read lines from the descriptor of standard input.
    with tempfile.TemporaryFile() as file, chdir(folder):
        file.write(stdin.encode())
        file.seek(0)
        result = CliRunner().invoke(cli, arguments, input=file, env=wanted)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


class Running:
    """A `frontdesk run` that is under way."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.log: list[str] = []
        self._reading = asyncio.create_task(self._read())
        self._changed = asyncio.Event()

    @property
    def pid(self) -> int:
        return self._process.pid

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.log.append(line.decode().rstrip())
            self._changed.set()

    async def logged(self, words: str, seconds: float = 20) -> str:
        """Wait for a line of the log that holds some words, and return it."""
        async with asyncio.timeout(seconds):
            while True:
                if found := next((line for line in self.log if words in line), None):
                    return found
                assert not self._reading.done(), f"ended without saying {words!r}: {self.log}"
                self._changed.clear()
                await asyncio.wait(
                    {self._reading, asyncio.ensure_future(self._changed.wait())},
                    return_when=asyncio.FIRST_COMPLETED,
                )

    async def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 20) -> int:
        """Send a signal, wait for the end, and return the exit code."""
        if self._process.returncode is None:
            self._process.send_signal(how)
        async with asyncio.timeout(seconds):
            code = await self._process.wait()
            await self._reading
        return code


@asynccontextmanager
async def running(folder: Path, settings: Mapping[str, str], program: str = "bots") -> AsyncIterator[Running]:
    """Start `frontdesk run` and wait until it is ready; end it at the end of the block."""
    process = await _start(folder, ("run",), environment(folder, **settings), program)
    run = Running(process)
    try:
        await run.logged("Ready:")
        yield run
    finally:
        if process.returncode is None:
            await run.end(signal.SIGKILL)


async def _start(
    folder: Path, arguments: tuple[str, ...], env: dict[str, str], program: str = "bots"
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        program,
        *arguments,
        cwd=folder,
        env=env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**24,
    )
