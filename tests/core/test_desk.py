"""The desk from end to end, as customers and agents see it: dialogues on a platform that records."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from core import desk as desk_module
from core import outbox as outbox_module
from core import words
from core import worker as worker_module
from core.answering import Answerer
from core.desk import Desk
from core.knowledge import Library
from core.messages import Action, Answer, Author, CaseState, IncomingMessage, Reason
from core.outcome import Agents
from core.ports import Model, ModelFault, Refused
from core.prompt import Prompter
from core.quote import Quoter
from core.store import Claimed, Store
from core.tokens import EstimatingCounter
from core.worker import MAX_ATTEMPTS
from tests.builders import ANN, BEN, DANA, DESK, TEAM, incoming, offer, write_knowledge
from tests.fakes import RecordingPlatform, ScriptedModel

CONTACT = "Write to help@example.org."
ASK = "I want to talk to a human"
STUB = ("stub",)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(desk_module, "SETTLED_POLL_SECONDS", 0.0)
    monkeypatch.setattr(outbox_module, "IN_FLIGHT_SECONDS", 0.0)
    monkeypatch.setattr(outbox_module, "LONGEST_WAIT", 0.0)


class CountingStore(Store):
    """The store itself; tells how often it was asked for work."""

    asked = 0

    async def claim_all(self, platforms: Sequence[str], most: int, oldest: float = 0.0) -> Claimed:
        self.asked += 1
        return await super().claim_all(platforms, most, oldest)


class House:
    """A desk with all that belongs to it, on one file; can be left and entered again."""

    def __init__(self, folder: Path, model: Model | None = None, *, agents: bool = True) -> None:
        self.folder = folder
        self.model = model or Quoter()
        self.agents = Agents(TEAM, "<@team>") if agents else None
        self.platform = RecordingPlatform()
        self.also: RecordingPlatform | None = None
        self.turns_at_once = 32
        self.patience = 30.0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Desk]:
        """Serve until the block ends; what is under way then has `patience` seconds."""
        counter = EstimatingCounter()
        store = await CountingStore.open(self.folder / "frontdesk.db")
        assert isinstance(store, CountingStore)
        self.store = store
        library = Library(write_knowledge(self.folder / "knowledge"))
        answerer = Answerer(library, self.model, Prompter(12_000, counter), 300)
        self.desk = Desk(self.store, answerer, counter, self.agents, self.turns_at_once)
        for platform in filter(None, (self.platform, self.also)):
            self.desk.connect(platform)
        stop = asyncio.Event()
        running = asyncio.create_task(self.desk.run(stop, self.patience))
        try:
            yield self.desk
        finally:
            stop.set()
            await running
            library.close()
            await self.store.close()

    async def left_in_store(self, *messages: IncomingMessage, put_back: bool = False) -> None:
        """Store messages while nobody serves; put back: a try to answer them failed."""
        store = await Store.open(self.folder / "frontdesk.db")
        for message in messages:
            await store.add(message, 1)
        turns = [await store.claim(STUB) for _ in messages] if put_back else []
        for turn in filter(None, turns):
            await store.release(turn)
        await store.close()

    async def hears(self, text: str, author: Author = ANN, conversation: str = DESK) -> list[str]:
        """Return what is said in the conversation to a message."""
        before = len(self.platform.texts(conversation))
        await self.desk.receive(incoming(text, author=author, conversation=conversation))
        await self.desk.settled()
        return self.platform.texts(conversation)[before:]

    @property
    def pings(self) -> list[str]:
        return self.platform.texts(TEAM)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def states(house: House, conversation: str = DESK) -> list[CaseState]:
    return [case.state for case in await house.store.open_cases(conversation)]


# --- without a model ---------------------------------------------------------------------------------


async def test_a_dialogue_without_a_model(house: House) -> None:
    async with house.open():
        assert await house.hears("Hi!") == [words.GREETING]
        [reply] = await house.hears("How long do refunds take?")
        assert reply.startswith("Refunds take five working days to reach your bank account.\n\n")
        assert "[Refunds](https://help.example.org/refunds)" in reply
        assert await house.hears("Can I pay in gold?") == [f"{words.NOT_FOUND}\n\n{words.OFFER}"]
        assert house.pings == []
        assert await house.hears("Yes please") == [words.TOLD]
        [ping] = house.pings
        assert "**Ann** in \\#help needs a person: the articles don't answer it." in ping
        assert "> Can I pay in gold?" in ping
        assert await house.hears("thanks") == [words.WELCOME]


async def test_an_offer_may_be_declined(house: House) -> None:
    async with house.open():
        await house.hears("Can I pay in gold?")
        assert await house.hears("no thanks") == [words.DECLINED]
        assert await states(house) == []
        await house.hears("yes")
        assert house.pings == []


@pytest.mark.parametrize("waiting", [["yes please", "my order is 4711"], ["my order is 4711", "yes please"]])
async def test_yes_with_more_words_beside_it_still_takes_the_offer(waiting: list[str], house: House) -> None:
    async with house.open():
        await house.hears("Can I pay in gold?")
    await house.left_in_store(*map(incoming, waiting))
    async with house.open() as desk:
        await desk.settled()
        assert await states(house) == [CaseState.WAITING]
        assert any("Can I pay in gold?" in ping for ping in house.pings)


async def test_who_asks_for_a_person_gets_one_at_once(house: House) -> None:
    async with house.open():
        assert await house.hears(ASK) == [words.TOLD]
        assert [post.mention for post in house.platform.posts if post.place == TEAM] == ["<@team>"]
        assert "asked for a person" in house.pings[0]
        assert "https://example.org/stub:help/" in house.pings[0]
        assert await house.hears(ASK) == [words.ALREADY_TOLD]
        assert len(house.pings) == 1


async def test_the_customer_hears_of_a_person_only_after_the_ping_is_posted(house: House) -> None:
    gate = house.platform.gates[TEAM] = asyncio.Event()
    async with house.open() as desk:
        await desk.receive(incoming(ASK))
        await house.platform.until(lambda: house.platform.busy[TEAM] == 1)
        assert house.platform.texts(DESK) == []
        gate.set()
        await desk.settled()
        assert [post.place for post in house.platform.posts] == [TEAM, DESK]


async def test_where_nobody_can_be_called_the_customer_hears_how_to_reach_a_person(tmp_path: Path) -> None:
    house = House(tmp_path, agents=False)
    async with house.open():
        assert await house.hears(ASK) == [CONTACT]
        assert await house.hears("Can I pay in gold?") == [f"{words.NOT_FOUND}\n\n{CONTACT}"]


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
        assert again == [words.TOLD]


# --- messages ----------------------------------------------------------------------------------------


async def test_a_message_delivered_twice_is_answered_once(house: House) -> None:
    async with house.open() as desk:
        message = incoming("Hi!")
        assert await desk.receive(message)
        assert not await desk.receive(message)
        await desk.settled()
        assert not await desk.receive(message)
        await desk.settled()
        assert house.platform.texts(DESK) == [words.GREETING]


async def test_a_burst_is_answered_once_with_all_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "QUIET_SECONDS", 0.05)
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
    monkeypatch.setattr(worker_module, "QUIET_SECONDS", 0.01)
    house = House(tmp_path, model := ScriptedModel(lambda request: Answer(f"To {request.question}")))
    model.gate = asyncio.Event()
    async with house.open() as desk:
        for number, text in enumerate(("1", "2", "3", "4"), 1):
            await desk.receive(incoming(text))
            while len(model.requests) < min(number, 3):
                model.asked.clear()
                await model.asked.wait()
        model.gate.set()
        await desk.settled()
        assert house.platform.texts(DESK) == ["To 1\n2\n3", "To 4"]


async def test_an_edit_before_the_answer_counts_and_a_deleted_message_is_not_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "QUIET_SECONDS", 0.01)
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
    places = [f"stub:{number}" for number in range(20)]
    async with house.open() as desk:
        for place in places:
            await desk.receive(incoming(f"1 {place}", conversation=place))
        while len(model.requests) < 20:
            model.asked.clear()
            await model.asked.wait()
        model.gate.set()
        await desk.settled()
        for place in places:
            await desk.receive(incoming(f"2 {place}", conversation=place))
        await desk.settled()
        for place in places:
            assert house.platform.texts(place) == [f"To 1 {place}", f"To 2 {place}"]


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
        assert said == ["Carla: One?", "Dirk: Two?", "Carla: Three?"]
        assert house.platform.asked_names == ["stub:u1", "stub:u2"]


async def test_a_long_reply_comes_in_parts(tmp_path: Path) -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 20 for number in range(10))
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
        assert await house.hears("Can I pay in gold?") == [words.TROUBLE, words.TOLD]
        assert "the model can't be reached" in house.pings[0]


async def test_a_turn_that_fails_three_times_goes_to_the_agents_and_the_customer_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(tmp_path, model := ScriptedModel(RuntimeError("swordfish")))
    async with house.open():
        assert await house.hears("What is my password?") == [words.TROUBLE, words.TOLD]
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
        assert house.platform.texts("stub:1") == [words.TROUBLE, words.TOLD]


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
        assert await house.hears("yes") == [words.TOLD]
        assert "To the moon?" in house.pings[0]
        await house.hears("And Oslo?")
        said = [message["content"] for message in model.requests[2].messages[1:]]
        assert said[:2] == ["Where do you ship?", "To Norway."]
        assert said[-3:] == ["yes", words.TOLD, "And Oslo?"]


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
        assert house.platform.texts(DESK) == [words.GREETING]


# --- people ------------------------------------------------------------------------------------------


async def test_a_person_takes_over_and_gives_back(house: House) -> None:
    async with house.open() as desk:
        await house.hears(ASK)
        await desk.agent_says(DESK, ANN, DANA, "I'm Dana. How can I help?")
        await desk.settled()
        assert house.platform.texts(DESK)[-1] == "**Dana:** I'm Dana. How can I help?"
        assert await states(house) == [CaseState.CLAIMED]

        assert await house.hears("How long do refunds take?") == []  # the bot is silent
        assert house.pings[-1] == "**Ann** adds:\n> How long do refunds take?"
        assert len(house.platform.shown) == 1  # and does not seem to be writing

        assert await desk.resolve(DESK, DANA)
        await desk.settled()
        assert house.platform.texts(DESK)[-1] == words.RESOLVED
        assert not await desk.resolve(DESK, DANA)
        [reply] = await house.hears("How long do refunds take?")
        assert reply.startswith("Refunds take five working days")


async def test_a_new_request_after_the_end_of_a_case_calls_again(house: House) -> None:
    async with house.open() as desk:
        await house.hears(ASK)
        await desk.resolve(DESK, DANA)
        assert (await house.hears(ASK))[-1] == words.TOLD
        assert len(house.pings) == 2


async def test_an_open_offer_is_no_case_that_could_be_closed(house: House) -> None:
    async with house.open() as desk:
        await house.hears("Can I pay in gold?")
        assert not await desk.resolve(DESK, DANA)


async def test_a_person_may_step_in_without_being_called(house: House) -> None:
    async with house.open() as desk:
        await house.hears("Hi!")
        await desk.agent_says(DESK, ANN, DANA, "Let me.")
        assert await house.hears("How long do refunds take?") == ["**Dana:** Let me."]
        [case] = await house.store.open_cases(DESK)
        assert (case.state, case.reason, case.owner) == (CaseState.CLAIMED, Reason.TAKEN_OVER, DANA.id)


async def test_a_person_may_write_first(house: House) -> None:
    async with house.open() as desk:
        await desk.agent_says(DESK, ANN, DANA, "Hello, I'm Dana.")
        await desk.settled()
        assert house.platform.texts(DESK) == ["**Dana:** Hello, I'm Dana."]


async def test_a_person_who_takes_over_while_an_answer_is_made_is_not_talked_over(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("I know!")))
    model.gate = asyncio.Event()
    async with house.open() as desk:
        await desk.receive(incoming("Hello?"))
        await model.asked.wait()
        await desk.agent_says(DESK, ANN, DANA, "I'll take this.")
        model.gate.set()
        await desk.settled()
        assert house.platform.texts(DESK) == ["**Dana:** I'll take this."]
        assert house.pings == ["**Ann** adds:\n> Hello?"]
        await desk.resolve(DESK, DANA)
        await house.hears("And now?")
        said = [message["content"] for message in model.requests[-1].messages[1:]]
        assert any("I'll take this." in one for one in said)


async def test_a_case_silences_the_bot_for_its_customer_only(house: House) -> None:
    async with house.open() as desk:
        await house.hears("Hi!")
        await desk.agent_says(DESK, ANN, DANA, "Let me.")
        await desk.settled()
        assert await house.hears("Hi!", BEN) == [words.GREETING]
        assert await house.hears("Hi!", ANN) == []


async def test_what_an_agent_said_stands_in_later_prompts_under_the_agents_name(tmp_path: Path) -> None:
    house = House(tmp_path, model := ScriptedModel(Answer("Hm.")))
    async with house.open() as desk:
        await house.hears("Where is my parcel?")
        await desk.agent_says(DESK, ANN, DANA, "On its way.")
        await desk.resolve(DESK, DANA)
        await house.hears("When will it come?")
        said = [message["content"] for message in model.requests[1].messages[1:]]
        assert said[2] == "Dana (a person of our team): On its way."


async def test_a_long_message_of_an_agent_fits_the_platform(house: House) -> None:
    house.platform.limit = 200
    text = " ".join(f"word{number}" for number in range(200))
    async with house.open() as desk:
        await house.hears("Hi!")
        await desk.agent_says(DESK, ANN, DANA, text)
        await desk.settled()
        parts = house.platform.texts(DESK)[1:]
        assert all(len(part) <= 200 for part in parts)
        assert " ".join(parts).split()[1:] == text.split()


async def test_an_answer_that_escalates_tells_its_words_first(tmp_path: Path) -> None:
    upset = Answer("I'm sorry about that.", Action.ESCALATE, Reason.UPSET)
    house = House(tmp_path, ScriptedModel(upset))
    async with house.open():
        assert await house.hears("This is a scandal!") == ["I'm sorry about that.", words.TOLD]
        assert "the customer is upset" in house.pings[0]


async def test_agents_may_sit_on_another_platform(house: House) -> None:
    house.agents = Agents("other:team")
    house.also = other = RecordingPlatform("other")
    async with house.open():
        assert await house.hears(ASK) == [words.TOLD]
    assert len(other.texts("other:team")) == 1
    assert len(house.platform.posts) == 1
