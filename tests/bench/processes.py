"""The contestants' real processes, and what the kernel says that they used."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.process.frontdesk import Running, environment

_TICK = os.sysconf("SC_CLK_TCK")

FRONTDESK: tuple[str, ...] = ("bots", "run")
# The minimal bots: as the libraries' first pages have them; made as fast as the same libraries go; and these
# with the least that the promises ask of any bot.
FLOORS: dict[str, tuple[str, ...]] = {
    "slack": ("tests.bench.floor_slack",),
    "discord": ("tests.bench.floor_discord",),
}
TUNED: dict[str, tuple[str, ...]] = {name: (*command, "tuned") for name, command in FLOORS.items()}
PROMISING: dict[str, tuple[str, ...]] = {name: (*command, "promising") for name, command in FLOORS.items()}


@dataclass(frozen=True)
class Started:
    """A process that is ready, and how long that took."""

    running: Running
    seconds: float

    def cpu(self) -> float:
        """Seconds of CPU, user and system, since its start."""
        fields = Path(f"/proc/{self.running.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    async def at_rest(self) -> None:
        """Return once it used no CPU to speak of for a second."""
        used = -1.0
        while self.cpu() - used > 0.05:
            used = self.cpu()
            await asyncio.sleep(1.0)

    def memory(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self.running.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@asynccontextmanager
async def started(
    folder: Path, command: tuple[str, ...], settings: Mapping[str, str], stalls: Path | None = None
) -> AsyncIterator[Started]:
    """Run a module until the end of the block; with `stalls` its event loop is watched, see `watched`."""
    os.makedirs(folder, exist_ok=True)
    env = environment(folder, **settings)
    if stalls:
        command = ("tests.bench.watched", *command)
        env["BENCH_STALLS"] = str(stalls)
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command,
        cwd=folder,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    running = Running(process)
    try:
        await running.logged("Ready:", 60)
        yield Started(running, time.monotonic() - began)
        await running.end(signal.SIGTERM if command[-1] == "run" else signal.SIGINT)
    finally:
        if process.returncode is None:
            await running.end(signal.SIGKILL)
