"""Hours and deadlines, as people live them: what waits, what reminds, what a start makes up for."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from core import words
from core.messages import CaseState, Press
from core.phrases import ENGLISH
from tests.builders import ANN, BEN, DESK, TEAM
from tests.core.house import ASK, House

pytestmark = pytest.mark.usefixtures("no_waiting")

HOUR = 3_600.0


def closed_now(*more: str) -> str:
    """Return a policy by which people are there again the day after tomorrow."""
    day = (datetime.now(UTC) + timedelta(days=2)).strftime("%A").lower()
    return "\n".join([f'timezone = "UTC"\n[hours]\n{day} = ["09:00-17:00"]', *more])


def reminders(house: House) -> list[str]:
    starts = tuple(text.partition("{")[0] for text in (words.NOBODY_CLAIMED, words.ASKED_QUIET))
    return [text for text in house.below() if text.startswith(starts) or "has waited for your answer" in text]


async def has_passed(house: House, seconds: float) -> None:
    """Let time pass for all cases, while nobody serves."""
    house.rewrite("UPDATE cases SET since = since - ?, spoke_at = spoke_at - ?", seconds, seconds)


async def test_reminders_missed_while_nobody_served_come_as_one_at_the_start(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        assert reminders(house) == []
    await has_passed(house, 50 * HOUR)
    for _ in range(2):  # and not again at the next start
        async with house.open() as desk:
            await house.platform.until(lambda: bool(reminders(house)))
            await desk.settled()
            assert len(reminders(house)) == 1
            assert (await house.case()).reminders == 2


async def test_an_owner_who_owes_an_answer_is_reminded_after_a_restart(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.hears("Hello?")
    await has_passed(house, HOUR / 2)
    async with house.open() as desk:
        await house.platform.until(lambda: bool(reminders(house)))
        await desk.settled()
        [text] = reminders(house)
        assert text.startswith("Dana, the customer has waited")
        await house.agent_says("Here.")
    async with house.open() as desk:
        await desk.settled()
        assert len(reminders(house)) == 1


async def test_a_quiet_case_is_asked_about_and_closed(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.agent_says("Solved?")
    await has_passed(house, 25 * HOUR)
    asked = ENGLISH.still_needed.format(time=words.span(86_400.0))
    async with house.open() as desk:
        await house.platform.until(lambda: asked in house.platform.texts(DESK))
        await desk.settled()
        assert await house.states() == [CaseState.CLAIMED]
    await has_passed(house, 25 * HOUR)
    async with house.open() as desk:
        await house.platform.until(lambda: ENGLISH.closed_quiet in house.platform.texts(DESK))
        await desk.settled()
        assert house.buttons() == [Press.REOPEN]
        assert house.platform.texts(DESK).count(asked) == 1
        assert (await house.trail())[-1][:2] == (CaseState.RESOLVED, "frontdesk")


async def test_an_answer_to_the_question_keeps_the_case_open(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.agent_says("Solved?")
    await has_passed(house, 25 * HOUR)
    async with house.open() as desk:
        await house.platform.until(lambda: any("Is this solved?" in t for t in house.platform.texts(DESK)))
        await desk.settled()
        await house.hears("Not yet.")
        case = await house.case()
        assert (case.state, case.reminders) == (CaseState.CLAIMED, 0)


async def test_out_of_hours_the_call_waits_and_what_is_said_arrives_with_it(house: House) -> None:
    house.decides(closed_now())
    async with house.open() as desk:
        [told] = await house.hears(ASK)
        assert told.startswith("Our team is away at the moment and back ")
        assert "09:00 (UTC)" in told
        assert await house.hears("Order 4711.") == [ENGLISH.passed_on]
        assert house.pings == []
    house.decides("")
    house.rewrite("UPDATE posts SET not_before = ? WHERE state = 'waiting'", time.time() - 1)
    async with house.open() as desk:
        await desk.settled()
        assert len(house.pings) == 1
        assert house.below() == ["**Ann:** Order 4711."]
        assert house.cards[0].mention == "<@team>"


async def test_out_of_hours_a_case_that_somebody_has_goes_on(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
    house.decides(closed_now())
    async with house.open():
        await house.hears(ASK, BEN, "stub:bens")
        assert len(house.pings) == 1
        await house.hears("Still there?")
        assert house.below() == ["**Ann:** Still there?"]
        said = await house.agent_says("Yes.")
        assert house.platform.texts(DESK)[-1] == "**Dana:** Yes."
        assert house.platform.signs[-1][0] == said.id


async def test_out_of_hours_a_place_that_is_not_served_loses_no_call(house: House) -> None:
    house.decides(closed_now("[out_of_hours]", 'place = "discord:42"', 'mention = "<@7>"'))
    async with house.open():
        [told] = await house.hears(ASK)
        assert told.startswith("Our team is away at the moment and back ")
        assert house.platform.texts(TEAM) == []
        assert (await house.case()).customer == ANN
