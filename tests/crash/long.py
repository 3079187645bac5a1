"""A long siege: `python -m tests.crash.long --kills 500 --seed 1`; ends by itself and tells how it went."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import click

from tests.crash.counting import Tally
from tests.crash.harness import Siege, besieged

STEP = 25
# Threads rest and others are begun so often; all of them are read back at each start.
RENEW = 5


async def besiege(kills: int, seed: int, seconds: float, folder: Path, agents_on: str) -> tuple[Tally, bool]:
    """Kill so many times; return what was counted, and whether that is as promised."""
    started = time.monotonic()
    click.echo(f"\nThe agents are on {agents_on}.")
    async with besieged(folder, seed, agents_on) as siege:
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
                problems = siege.problems_so_far() or ["nothing wrong so far"]
                click.echo(f"{time.monotonic() - started:6.0f} s  {siege.kills} kills: {'; '.join(problems)}")
        return await _report(siege, seed, folder, started)


async def _report(siege: Siege, seed: int, folder: Path, started: float) -> tuple[Tally, bool]:
    killed = time.monotonic() - started
    result = await siege.end()
    left = siege.left()
    click.echo(
        f"seed {seed}, {killed:.0f} s for the kills, {time.monotonic() - started:.0f} s in all: {result}"
    )
    click.echo(siege.wounds)
    for instant, count in sorted(siege.by_instant.items()):
        click.echo(f"  killed while {instant:10} {count:5} times")
    right = result.right and not any(left.values())
    if not right:
        click.echo(f"Left in the database: {left}")
        click.echo("\n".join(siege.log[-60:]))
        click.echo(f"The database and the knowledge folder are in {folder}.")
    else:
        click.echo("\n".join(line for line in siege.log if not line.startswith("kill")))
    return result, right


async def both(kills: int, seed: int, seconds: float, agents_on: str) -> bool:
    """Let the agents be on each of the platforms for half of the kills, or on the one that is named."""
    platforms = ["slack", "discord"] if agents_on == "both" and kills > 1 else [agents_on]
    if platforms == ["both"]:
        platforms = ["slack"]
    total, all_right = Tally(0), True
    for number, platform in enumerate(platforms):
        share = kills // len(platforms) + (number < kills % len(platforms))
        folder = Path(tempfile.mkdtemp(prefix="frontdesk-crash-"))
        result, right = await besiege(share, seed, seconds / len(platforms), folder, platform)
        total, all_right = total + result, all_right and right
    click.echo(f"\nIn all: {total}")
    click.echo("Nothing lost, nothing twice, all in order." if all_right else "NOT as promised.")
    return all_right


@click.command()
@click.option("--kills", default=500, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=None, type=int, help="Repeats the same choices; a random one is printed.")
@click.option("--minutes", default=60.0, show_default=True, help="Ends then, whatever is left to do.")
@click.option("--agents", default="both", show_default=True, type=click.Choice(["slack", "discord", "both"]))
def main(kills: int, seed: int | None, minutes: float, agents: str) -> None:
    """Kill Frontdesk many times and count what its customers and agents saw."""
    seed = time.time_ns() % 1_000_000 if seed is None else seed
    click.echo(f"python -m tests.crash.long --kills {kills} --seed {seed} --agents {agents}")
    if not asyncio.run(both(kills, seed, minutes * 60, agents)):
        sys.exit(1)


if __name__ == "__main__":
    main()
