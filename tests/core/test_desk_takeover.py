"""People who step in, whole channels, many cases at once, and a desk that is left and entered again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.messages import Answer, Author, CaseState, IncomingPress, Press, Reason
from core.phrases import ENGLISH
from core.ports import Refused, TryLater
from tests.builders import ANN, BEN, DANA, DESK, ELI, TEAM, incoming, next_position
from tests.core.house import ASK, House
from tests.fakes import ScriptedModel

pytestmark = pytest.mark.usefixtures("no_waiting")

CHANNEL = "stub:general"


def a_press(press: Press, about: str, who: Author = DANA) -> IncomingPress:
    return IncomingPress(press, about, who, next_position(), 1.0)


async def test_a_person_who_claims_while_an_answer_is_made_is_not_talked_over(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("I know!")))
    async with house.open() as desk:
        await house.hears(ASK)
        await house.presses(Press.GIVE_BACK)
        model.gate = asyncio.Event()
        await desk.receive(incoming("Then tell me."))
        await model.asked.wait()
        reopen = house.button(Press.REOPEN).about
        await desk.press(a_press(Press.REOPEN, reopen))
        model.gate.set()
        await desk.settled()
        assert "I know!" not in house.platform.texts(DESK)
        assert house.platform.texts(DESK)[-1] == ENGLISH.claimed_by("Dana")
        assert house.below()[-1] == "**Ann:** Then tell me."


async def test_an_agent_who_writes_in_the_customers_thread_takes_the_case_over(house: House) -> None:
    async with house.open():
        await house.hears("Hi!")
        assert await house.hears("Let me.", DANA) == []  # everybody there reads it already
        case = await house.case()
        assert (case.state, case.reason, case.owner, case.customer) == (
            CaseState.CLAIMED,
            Reason.TAKEN_OVER,
            DANA,
            ANN,
        )
        [card] = house.cards
        assert "a person stepped in" in card.text
        assert await house.hears("How long do refunds take?") == []
        assert house.below()[-1] == "**Ann:** How long do refunds take?"
        await house.agent_says("Five days.")
        assert house.platform.texts(DESK)[-1] == "**Dana:** Five days."


async def test_an_agent_who_steps_in_while_an_answer_is_made_is_not_talked_over(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("I know!")))
    model.gate = asyncio.Event()
    async with house.open() as desk:
        await desk.receive(incoming("Hello?"))
        await model.asked.wait()
        await desk.receive(incoming("I'll take this.", author=DANA))
        model.gate.set()
        await desk.settled()
        assert house.platform.texts(DESK) == []
        assert (await house.case()).owner == DANA


async def test_an_agent_who_writes_where_a_person_is_waited_for_takes_that_case(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        assert await house.hears("I'm on it.", DANA) == []
        case = await house.case()
        assert (case.state, case.owner) == (CaseState.CLAIMED, DANA)
        assert "**Claimed by Dana**" in house.cards[0].text
        assert house.below() == ["**Dana:** I'm on it."]


async def test_a_customer_who_joins_anothers_thread_is_no_agent(house: House) -> None:
    async with house.open():
        await house.hears("Hi!")
        assert await house.hears("Hi!", BEN) == [ENGLISH.greeting]
        assert house.cards == []


async def test_while_it_is_not_known_who_is_an_agent_the_turn_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.worker.RETRY_SECONDS", 0.0)
    async with house.open():
        await house.hears("Hi!")
        house.platform.faults[f"{TEAM}/members"] = [TryLater("busy")]
        assert await house.hears("Hi!", BEN) == [ENGLISH.greeting]
        house.platform.faults[f"{TEAM}/members"] = [TryLater("busy")]
        assert await house.hears("Let me see.", DANA) == []


async def test_where_the_platform_never_tells_nobody_is_an_agent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.worker.RETRY_SECONDS", 0.0)
    async with house.open():
        await house.hears("Hi!")
        house.platform.faults[f"{TEAM}/members"] = [Refused("missing scope")] * 9
        assert await house.hears("Hi!", BEN) == [ENGLISH.greeting]


async def test_what_an_agent_said_stands_in_later_prompts_under_the_agents_name(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("Hm.")))
    async with house.open():
        await house.hears("Where is my parcel?")
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.agent_says("On its way.")
        await house.presses(Press.GIVE_BACK)
        await house.hears("When will it come?")
        said = [message["content"] for message in model.requests[-1].messages[1:]]
        assert "Dana (a person of our team): On its way." in said


async def test_after_a_resolution_the_model_knows_of_it_and_the_old_request_does_not_count(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("Hm.")))
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.agent_says("All done.")
        await house.presses(Press.RESOLVE)
        assert await house.hears("Do you sell gift cards?") == ["Hm."]
        said = "\n".join(message["content"] for message in model.requests[-1].messages[1:])
        assert "All done." in said
        assert len(house.cards) == 1


# --- whole channels -----------------------------------------------------------------------------------


async def test_in_a_whole_channel_others_are_answered_and_do_not_see_the_cases_words(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("Hello Ben.")))
    async with house.open():
        await house.hears(ASK, conversation=CHANNEL, shared=True)
        await house.presses(Press.CLAIM)
        await house.hears("Also mackerel.", conversation=CHANNEL, shared=True)
        await house.agent_says("I'll take care of the herring.")
        assert await house.hears("Hi, what about me?", BEN, CHANNEL, shared=True) == ["Hello Ben."]
        prompt = "\n".join(message["content"] for message in model.requests[-1].messages[1:])
        for word in ("mackerel", "herring"):
            assert word not in prompt
        assert house.below()[-1] == "**Ann:** Also mackerel."


async def test_in_a_whole_channel_an_agent_who_chats_takes_nothing_over(house: House) -> None:
    async with house.open():
        await house.hears("Hi!", conversation=CHANNEL, shared=True)
        assert await house.hears("Hi!", DANA, CHANNEL, shared=True) == [ENGLISH.greeting]
        assert house.cards == []


async def test_thanks_in_a_whole_channel_get_a_sign_too(house: House) -> None:
    async with house.open():
        await house.hears("Hi!", BEN, CHANNEL, shared=True)
        await house.hears(ASK, conversation=CHANNEL, shared=True)
        await house.presses(Press.CLAIM)
        await house.agent_says("There you are.")
        await house.presses(Press.RESOLVE)
        assert await house.hears("thanks!", conversation=CHANNEL, shared=True) == []
        assert len(house.platform.signs) == 2


# --- many, and again ----------------------------------------------------------------------------------


async def test_a_hundred_cases_at_once_do_not_mix(house: House) -> None:
    people = [Author(f"stub:c{number}", f"Customer {number}") for number in range(100)]
    places = [f"stub:dm{number}" for number in range(100)]
    pairs = list(zip(people, places, strict=True))
    async with house.open() as desk:
        for who, place in pairs:
            await desk.receive(incoming(ASK, author=who, conversation=place))
        await desk.settled()
        cases = await house.store.cases()
        keys = {case.place: case.key for case in cases}
        cards = {case.place: card for case in cases for card in house.cards if card.key == case.ping}
        assert len(cards) == len(house.cards) == 100
        await asyncio.gather(*(desk.press(a_press(Press.CLAIM, keys[place])) for place in places))
        for number, place in enumerate(places):
            thread = house.thread_of(cards[place])
            await desk.receive(incoming(f"For {number}.", author=DANA, conversation=thread))
            await desk.receive(incoming(f"By {number}.", author=people[number], conversation=place))
        await desk.settled()
        for number, place in enumerate(places):
            said = [ENGLISH.told, ENGLISH.claimed_by("Dana"), f"**Dana:** For {number}."]
            assert house.platform.texts(place) == said
            assert house.below(cards[place]) == [f"**Customer {number}:** By {number}."]


async def test_a_case_goes_on_after_a_restart_in_every_state(house: House) -> None:
    async with house.open():
        await house.hears("Can I pay in gold?")
    async with house.open():  # offered
        await house.presses(Press.YES, ANN)
        assert house.platform.texts(DESK)[-1] == ENGLISH.told
    async with house.open():  # waiting
        assert await house.hears("It is urgent.") == [ENGLISH.passed_on]
        assert await house.presses(Press.CLAIM) == ""
    async with house.open():  # claimed
        await house.agent_says("In gold too.")
        assert house.platform.texts(DESK)[-1] == "**Dana:** In gold too."
        assert await house.hears("Great!") == []
        assert house.below()[-1] == "**Ann:** Great!"
        await house.presses(Press.RESOLVE)
    async with house.open():  # resolved
        assert await house.presses(Press.BAD, ANN) == ENGLISH.sorry
        assert await house.presses(Press.REOPEN, ELI) == ""
        await house.presses(Press.GIVE_BACK, ELI)
    async with house.open():  # cancelled
        assert await house.hears("Hi!") == [ENGLISH.greeting]
    assert len(house.cards) == 1


async def test_a_card_that_was_being_posted_at_a_crash_is_there_once_with_its_thread(house: House) -> None:
    gate = house.platform.gates[TEAM] = asyncio.Event()
    house.patience = 0.0
    async with house.open() as desk:
        await desk.receive(incoming(ASK))
        await house.platform.until(lambda: house.platform.busy[TEAM] == 1)
    gate.set()
    async with house.open() as desk:
        await desk.settled()
        assert len(house.cards) == 1
        assert house.platform.texts(DESK) == [ENGLISH.told]
        await house.presses(Press.CLAIM)
        await house.agent_says("Here I am.")
        assert house.platform.texts(DESK)[-1] == "**Dana:** Here I am."
