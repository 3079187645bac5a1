"""`kill -9` at random instants: nothing is lost, nothing is said twice, everything stays in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.company import DMS
from tests.crash.handovers import ENOUGH
from tests.crash.harness import FIRST_CASES, besieged

SEED = 7
KILLS = 5


# Seven starts, of two seconds of work each, take more than a minute on a machine that has much else to do.
@pytest.mark.timeout(240)
async def test_nothing_is_lost_or_said_twice_when_the_process_is_killed(tmp_path: Path) -> None:
    async with besieged(tmp_path, SEED, "slack") as siege:
        await siege.introduce()
        # These leave the wounds that are looked for below, on a slow machine too; the others come by chance.
        sure = [siege.showing, siege.answering, siege.recording]
        for at in [*sure, *[None] * (KILLS - len(sure))]:
            await siege.kill(at)
        result = await siege.end()
    story = "\n".join([f"seed {SEED}: {result}", str(siege.wounds), *siege.log])
    assert result.right, story
    assert siege.left() == {"messages": [], "turns": [], "posts": [], "cases": []}, story
    # More than at the introduction and after the end; how much more depends on the machine.
    assert result.questions.count > DMS + 2 * FIRST_CASES, story
    assert result.answers.count >= ENOUGH * FIRST_CASES, story
    assert siege.wounds.turns, story
    assert siege.wounds.made, story
    assert siege.wounds.shown, story
