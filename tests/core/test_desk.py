"""The desk from end to end, as customers and agents see it: dialogues on a platform that records."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core import replying as replying_module
from core.messages import Action, Agents, Answer, Author, CaseState, Reason
from core.phrases import ENGLISH
from core.ports import ModelFault, Refused
from core.replying import MAX_ATTEMPTS
from core.store import Store
from tests.builders import DESK, TEAM, incoming, offer
from tests.core.house import ASK, CONTACT, House
from tests.core.storing import STUB
from tests.fakes import RecordingPlatform, ScriptedModel

pytestmark = pytest.mark.usefixtures("no_waiting")


# --- without a model ---------------------------------------------------------------------------------


async def test_a_dialogue_without_a_model(house: House) -> None:
    async with house.open():
        assert await house.hears("Hi!") == [ENGLISH.greeting]
        [reply] = await house.hears("How long do refunds take?")
        assert reply.startswith("Refunds take five working days to reach your bank account.\n\n")
        assert "[Refunds](https://help.example.org/refunds)" in reply
        assert await house.hears("thanks") == [ENGLISH.welcome]
        assert await house.hears("Can I pay in gold?") == [f"{ENGLISH.not_found}\n\n{ENGLISH.offered()}"]
        assert house.pings == []
        assert await house.hears("Yes please") == [ENGLISH.told]
        [ping] = house.pings
        assert "**Ann** in \\#help needs a person: the articles don't answer it." in ping
        assert "> Can I pay in gold?" in ping


async def test_an_offer_may_be_declined(house: House) -> None:
    async with house.open():
        await house.hears("Can I pay in gold?")
        assert await house.hears("no thanks") == [ENGLISH.declined]
        assert await house.states() == []
        await house.hears("yes")
        assert house.pings == []


@pytest.mark.parametrize("waiting", [["yes please", "my order is 4711"], ["my order is 4711", "yes please"]])
async def test_yes_with_more_words_beside_it_still_takes_the_offer(waiting: list[str], house: House) -> None:
    async with house.open():
        await house.hears("Can I pay in gold?")
    await house.left_in_store(*map(incoming, waiting))
    async with house.open() as desk:
        await desk.settled()
        assert await house.states() == [CaseState.WAITING]
        assert any("Can I pay in gold?" in ping for ping in house.pings)


async def test_who_asks_for_a_person_gets_one_at_once(house: House) -> None:
    async with house.open():
        assert await house.hears(ASK) == [ENGLISH.told]
        assert [post.mention for post in house.platform.posts if post.place == TEAM] == ["<@team>"]
        assert "asked for a person" in house.pings[0]
        assert "https://example.org/stub:help/" in house.pings[0]
        assert await house.hears(ASK) == [ENGLISH.passed_on]
        assert len(house.pings) == 1


async def test_the_customer_hears_of_a_person_only_after_the_ping_is_posted(house: House) -> None:
    gate = house.platform.gates[TEAM] = asyncio.Event()
    async with house.open() as desk:
        await desk.receive(incoming(ASK))
        await house.platform.until(lambda: house.platform.busy[TEAM] == 1)
        assert house.platform.texts(DESK) == []
        gate.set()
        await desk.settled()
        assert [post.place for post in house.platform.posts][:2] == [TEAM, DESK]


async def test_where_nobody_can_be_called_the_customer_hears_how_to_reach_a_person(tmp_path: Path) -> None:
    house = House(tmp_path, agents=False)
    async with house.open():
        assert await house.hears(ASK) == [CONTACT]
        assert await house.hears("Can I pay in gold?") == [f"{ENGLISH.not_found}\n\n{CONTACT}"]


async def test_where_the_ping_can_not_be_posted_the_customer_hears_how_to_reach_a_person(
    house: House,
) -> None:
    house.platform.faults[TEAM] = [Refused("no such channel")]
    async with house.open():
        assert await house.hears(ASK) == [CONTACT]


async def test_nobody_is_told_that_the_team_knows_when_the_ping_never_arrived(house: House) -> None:
    house.platform.faults[TEAM] = [Refused("no such channel")]
    async with house.open():
        await house.hears(ASK)
        again = await house.hears(ASK)
        assert house.pings  # the channel is there again, and so is the ping
        assert again == [ENGLISH.told]


# --- messages ----------------------------------------------------------------------------------------


async def test_a_message_delivered_twice_is_answered_once(house: House) -> None:
    async with house.open() as desk:
        message = incoming("Hi!")
        assert await desk.receive(message)
        assert not await desk.receive(message)
        await desk.settled()
        assert not await desk.receive(message)
        await desk.settled()
        assert house.platform.texts(DESK) == [ENGLISH.greeting]


async def test_a_burst_is_answered_once_with_all_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replying_module, "QUIET_SECONDS", 0.05)
    house = House(tmp_path, model := ScriptedModel(Answer("All of it.")))
    model.gate = asyncio.Event()
    async with house.open() as desk:
        await desk.receive(incoming("First."))
        await model.asked.wait()
        for text in ("Second.", "Third.", "Fourth."):
            await desk.receive(incoming(text))
        model.gate.set()
        await desk.settled()
        assert house.platform.texts(DESK) == ["All of it."]
        assert model.requests[1].question == "First.\nSecond.\nThird.\nFourth."
        assert len(model.requests) == 2


async def test_what_comes_after_two_fresh_starts_is_the_next_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replying_module, "QUIET_SECONDS", 0.01)
    house = House(tmp_path, model := ScriptedModel(lambda request: Answer(f"To {request.question}")))
    model.gate = asyncio.Event()
    async with house.open() as desk:
        for number, text in enumerate(("a", "b", "c", "d"), 1):
            await desk.receive(incoming(text))
            while len(model.requests) < min(number, 3):
                model.asked.clear()
                await model.asked.wait()
        model.gate.set()
        await desk.settled()
        assert house.platform.texts(DESK) == ["To a\nb\nc", "To d"]


async def test_an_edit_before_the_answer_counts_and_a_deleted_message_is_not_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replying_module, "QUIET_SECONDS", 0.01)
    house = House(tmp_path, model := ScriptedModel(lambda request: Answer(f"To {request.question}")))
    model.gate = asyncio.Event()
    async with house.open() as desk:
        first, second = incoming("Old words"), incoming("Never mind", conversation="stub:other")
        await desk.receive(first)
        await desk.receive(second)
        while len(model.requests) < 2:
            model.asked.clear()
            await model.asked.wait()
        await desk.edit(first.id, "New words", 1.0)
        await desk.delete(second.id)
        model.gate.set()
        await desk.settled()
        assert [post.text for post in house.platform.posts] == ["To New words"]
        assert not await desk.receive(second)  # a redelivery brings nothing back
        assert not await desk.receive(first)
        await desk.settled()
        assert [post.text for post in house.platform.posts] == ["To New words"]


async def test_conversations_are_answered_at_once_and_each_in_order(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(lambda request: Answer(f"To {request.question}")))
    model.gate = asyncio.Event()
    places = [f"stub:{letter}" for letter in "abcdefghijklmnopqrst"]
    async with house.open() as desk:
        for place in places:
            await desk.receive(incoming(f"First {place}", conversation=place))
        while len(model.requests) < 20:
            model.asked.clear()
            await model.asked.wait()
        model.gate.set()
        await desk.settled()
        for place in places:
            await desk.receive(incoming(f"Second {place}", conversation=place))
        await desk.settled()
        for place in places:
            assert house.platform.texts(place) == [f"To First {place}", f"To Second {place}"]


async def test_a_reply_refers_to_its_message_and_work_is_shown(house: House) -> None:
    async with house.open():
        await house.hears("Hi!")
        [post] = house.platform.posts
        assert house.platform.shown == [post.reply_to]


async def test_what_was_said_before_stands_in_the_prompt(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("To Norway."), Answer("Yes.")))
    async with house.open():
        await house.hears("Where do you ship?")
        await house.hears("Also to Oslo?")
        said = [message["content"] for message in model.requests[1].messages[1:]]
        assert said == ["Where do you ship?", "To Norway.", "Also to Oslo?"]


async def test_a_new_session_begins_without_what_was_said_before(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("Yes.")))
    async with house.open() as desk:
        await house.hears("Where do you ship?")
        assert await desk.serves(DESK)
        await desk.start_afresh(DESK)
        await house.hears("Also to Oslo?")
        assert [m["content"] for m in model.requests[1].messages[1:]] == ["Also to Oslo?"]


async def test_several_people_are_known_by_their_names(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("Hm.")))
    house.platform.people = {"stub:u1": "Carla", "stub:u2": "Dirk"}
    async with house.open():
        await house.hears("One?", Author("stub:u1"))
        await house.hears("Two?", Author("stub:u2"))
        await house.hears("Three?", Author("stub:u1"))
        said = [m["content"] for m in model.requests[2].messages[1:] if m["role"] == "user"]
        assert said == ["One?", "Dirk (customer): Two?", "Three?"]
        assert house.platform.asked_names == ["stub:u1", "stub:u2"]


async def test_a_long_reply_comes_in_parts(tmp_path: Path) -> None:
    text = "\n\n".join(f"Paragraph {letter}. " + "word " * 20 for letter in "abcdefghij")
    house = House(tmp_path, ScriptedModel(Answer(text)))
    house.platform.limit = 300
    async with house.open():
        parts = await house.hears("Tell me all.")
        assert len(parts) > 1
        assert "\n\n".join(parts).split() == text.split()


# --- trouble -----------------------------------------------------------------------------------------


async def test_a_model_that_is_down_is_replaced_by_the_articles(tmp_path: Path) -> None:
    house = House(tmp_path, ScriptedModel(ModelFault("down")))
    async with house.open():
        [reply] = await house.hears("How long do refunds take?")
        assert reply.startswith("Refunds take five working days")
        assert await house.hears("Can I pay in gold?") == [ENGLISH.trouble, ENGLISH.told]
        assert "the model can't be reached" in house.pings[0]


async def test_a_turn_that_fails_three_times_goes_to_the_agents_and_the_customer_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(tmp_path, model := ScriptedModel(RuntimeError("swordfish")))
    async with house.open():
        assert await house.hears("What is my password?") == [ENGLISH.trouble, ENGLISH.told]
    assert len(model.requests) == MAX_ATTEMPTS == 3
    [ping] = house.pings
    assert "answering failed three times" in ping
    assert "> What is my password?" in ping
    assert caplog.text.count("A turn failed") == 3
    assert "swordfish" not in caplog.text


async def test_a_turn_that_fails_once_is_answered_all_the_same(tmp_path: Path) -> None:
    house = House(tmp_path, ScriptedModel(RuntimeError("once"), Answer("Here I am.")))
    async with house.open():
        assert await house.hears("Hello?") == ["Here I am."]


async def test_a_failing_conversation_does_not_stop_the_others(tmp_path: Path) -> None:
    def picky(text: str) -> Answer:
        if "bad" in text:
            raise RuntimeError
        return Answer("Fine.")

    house = House(tmp_path, ScriptedModel(lambda request: picky(request.question)))
    async with house.open() as desk:
        await desk.receive(incoming("bad", conversation="stub:1"))
        await desk.receive(incoming("good", conversation="stub:2"))
        await desk.settled()
        assert house.platform.texts("stub:2") == ["Fine."]
        assert house.platform.texts("stub:1") == [ENGLISH.trouble, ENGLISH.told]


async def test_the_desk_rests_while_what_was_put_back_can_not_be_claimed_yet(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("Fine.")))
    await house.left_in_store(*(incoming(conversation=f"stub:{n}") for n in range(2)), put_back=True)
    house.turns_at_once, house.patience = 1, 0.0
    model.gate = asyncio.Event()
    async with house.open() as desk:
        await model.asked.wait()  # one is being answered, for a long time; the other waits for its turn
        before = house.store.asked
        for _ in range(50):  # each a way to the store's thread and back
            await house.store.serves(DESK)
        assert house.store.asked - before <= 3
        model.gate.set()
        await desk.settled()
        assert len(house.platform.posts) == 2


# --- stopping and starting ---------------------------------------------------------------------------


async def test_a_conversation_goes_on_after_a_restart(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("To Norway."), offer(), Answer("?")))
    async with house.open():
        await house.hears("Where do you ship?")
        await house.hears("To the moon?")
    async with house.open():
        assert await house.hears("no") == [ENGLISH.declined]
        await house.hears("And Oslo?")
        said = [message["content"] for message in model.requests[2].messages[1:]]
        assert said[:2] == ["Where do you ship?", "To Norway."]
        assert said[-3:] == ["no", ENGLISH.declined, "And Oslo?"]


async def test_a_stop_lets_go_of_an_answer_that_hangs_and_the_next_start_gives_it(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("At last.")))
    house.patience = 0.0
    for _ in range(MAX_ATTEMPTS + 1):  # stops do not count as failures
        model.gate = asyncio.Event()
        model.asked.clear()
        async with house.open() as desk:
            if not model.requests:
                await desk.receive(incoming("Hello?"))
            await model.asked.wait()
    assert house.platform.posts == []
    model.gate = None
    async with house.open() as desk:
        await desk.settled()
    assert house.platform.texts(DESK) == ["At last."]


async def test_a_stop_waits_for_an_answer_that_is_nearly_there(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("Here.")))
    model.gate = asyncio.Event()
    async with house.open() as desk:
        await desk.receive(incoming("Hello?"))
        await model.asked.wait()
        asyncio.get_running_loop().call_soon(model.gate.set)
    assert house.platform.texts(DESK) == ["Here."]


async def test_a_message_that_came_before_a_crash_is_answered_at_the_next_start(house: House) -> None:
    store = await Store.open(house.folder / "frontdesk.db")
    await store.add(incoming("Hi!"), 1)
    assert await store.claim(STUB) is not None  # and here the process dies
    await store.close()
    async with house.open() as desk:
        await desk.settled()
        assert house.platform.texts(DESK) == [ENGLISH.greeting]


# --- people ------------------------------------------------------------------------------------------


async def test_an_answer_that_escalates_tells_its_words_first(tmp_path: Path) -> None:
    upset = Answer("I'm sorry about that.", Action.ESCALATE, Reason.UPSET)
    house = House(tmp_path, ScriptedModel(upset))
    async with house.open():
        assert await house.hears("This is a scandal!") == ["I'm sorry about that.", ENGLISH.told]
        assert "the customer is upset" in house.pings[0]


async def test_agents_may_sit_on_another_platform(house: House) -> None:
    house.agents = Agents("other:team")
    house.also = other = RecordingPlatform("other")
    async with house.open():
        assert await house.hears(ASK) == [ENGLISH.told]
    assert len(other.texts("other:team")) == 1
    assert len(house.platform.posts) == 1
