"""`kill -9` at random instants: nothing is lost, nothing is answered twice, everything stays in order."""

from __future__ import annotations

from pathlib import Path

from tests.crash.harness import besieged

SEED = 20
KILLS = 5


async def test_nothing_is_lost_or_answered_twice_when_the_process_is_killed(tmp_path: Path) -> None:
    async with besieged(tmp_path, SEED) as siege:
        await siege.introduce()
        for _ in range(KILLS):
            await siege.kill()
        result = await siege.end()
    story = "\n".join([f"seed {SEED}: {result}", str(siege.wounds), *siege.log])
    assert result.right, story
    assert siege.left() == {"messages": [], "turns": [], "posts": []}, story
    assert result.messages > 50, story
    assert siege.wounds.turns, story
    assert siege.wounds.made, story
