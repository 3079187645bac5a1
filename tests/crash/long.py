"""A long siege: `python -m tests.crash.long --kills 500 --seed 1`; ends by itself and tells how it went."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import click

from tests.crash.harness import Siege, besieged

STEP = 25
# Threads rest and others are begun so often; all of them are read back at each start.
RENEW = 5


async def besiege(kills: int, seed: int, seconds: float, folder: Path) -> bool:
    started = time.monotonic()
    async with besieged(folder, seed) as siege:
        await siege.introduce()
        while siege.kills < kills and time.monotonic() - started < seconds:
            try:
                await siege.kill()
            except Exception as error:
                click.echo(f"stopped by {type(error).__name__}: {error}")
                break
            if siege.kills % RENEW == 0:
                siege.renew()
            if siege.kills % STEP == 0:
                click.echo(f"{time.monotonic() - started:6.0f} s  {siege.count_so_far()}")
        return await _report(siege, seed, folder, time.monotonic() - started)


async def _report(siege: Siege, seed: int, folder: Path, seconds: float) -> bool:
    result = await siege.end()
    left = siege.left()
    click.echo(f"\nseed {seed}, {seconds:.0f} s: {result}\n{siege.wounds}")
    for instant, count in sorted(siege.by_instant.items()):
        click.echo(f"  killed while {instant:10} {count:5} times")
    right = result.right and not any(left.values())
    if not right:
        click.echo(f"Left in the database: {left}")
        click.echo("\n".join(siege.log[-60:]))
        click.echo(f"The database and the knowledge folder are in {folder}.")
    else:
        click.echo("\n".join(line for line in siege.log if not line.startswith("kill")))
    click.echo("Nothing lost, nothing twice, all in order." if right else "NOT as promised.")
    return right


@click.command()
@click.option("--kills", default=500, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=None, type=int, help="Repeats the same choices; a random one is printed.")
@click.option("--minutes", default=60.0, show_default=True, help="Ends then, whatever is left to do.")
def main(kills: int, seed: int | None, minutes: float) -> None:
    """Kill Frontdesk many times and count what its customers saw."""
    seed = time.time_ns() % 1_000_000 if seed is None else seed
    click.echo(f"python -m tests.crash.long --kills {kills} --seed {seed}")
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-crash-"))
    if not asyncio.run(besiege(kills, seed, minutes * 60, folder)):
        sys.exit(1)


if __name__ == "__main__":
    main()
