"""`kill -9` at random instants: nothing is lost, nothing is said twice, everything stays in order."""

from __future__ import annotations

from pathlib import Path

from tests.crash.harness import besieged

SEED = 7
KILLS = 5


async def test_nothing_is_lost_or_said_twice_when_the_process_is_killed(tmp_path: Path) -> None:
    async with besieged(tmp_path, SEED, "slack") as siege:
        await siege.introduce()
        await siege.kill(siege.showing)
        for _ in range(KILLS - 1):
            await siege.kill()
        result = await siege.end()
    story = "\n".join([f"seed {SEED}: {result}", str(siege.wounds), *siege.log])
    assert result.right, story
    assert siege.left() == {"messages": [], "turns": [], "posts": [], "cases": []}, story
    assert result.questions.count > 50, story
    assert result.answers.count > 5, story
    assert siege.wounds.turns, story
    assert siege.wounds.made, story
    assert siege.wounds.shown, story
