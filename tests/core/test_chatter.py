"""People who talk among themselves where the bot serves: heard, kept, not answered."""

from __future__ import annotations

import asyncio
import time

import pytest

from core.messages import Answer, Press, Reason
from core.phrases import ENGLISH
from core.store import Store
from core.talk import Said, goes_on
from tests.builders import ANN, BEN, DANA, DESK, incoming
from tests.core.house import ASK, House
from tests.fakes import ScriptedModel


@pytest.fixture
def talking(house: House) -> House:
    """A house whose model always answers."""
    house.model = ScriptedModel(Answer("It takes a while."))
    return house


def prompt(house: House) -> list[str]:
    """What the customers and the bot said, as the model was told last."""
    assert isinstance(house.model, ScriptedModel)
    return [m["content"] for m in house.model.requests[-1].messages if m["role"] != "system"]


def asked(house: House) -> int:
    """How often the model was asked."""
    assert isinstance(house.model, ScriptedModel)
    return len(house.model.requests)


async def test_words_to_others_are_no_turn_but_the_next_answer_knows_them(talking: House) -> None:
    async with talking.open():
        await talking.hears("How long do refunds take?")
        assert await talking.hears("@Ben, was yours the blue one?", to_others=True) == []
        assert await talking.hears("@Ann, the red one", BEN, to_others=True) == []
        assert asked(talking) == 1
        assert await talking.hears("And for that one?", mentions=True) == ["It takes a while."]
    assert prompt(talking) == [
        "How long do refunds take?",
        "It takes a while.",
        "Ann (customer, to others): @Ben, was yours the blue one?",
        "Ben (customer, to others): @Ann, the red one",
        "And for that one?",
    ]


async def test_who_asks_others_for_a_person_is_not_given_one_by_us(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        assert await house.hears(f"@Ben {ASK}", to_others=True) == []
        assert await house.store.cases() == []
        assert await house.hears(ASK) == [ENGLISH.told]


async def test_agents_see_which_words_were_said_to_others(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        await house.hears("@Ben it never arrived, did yours?", to_others=True)
        await house.hears(ASK)
        (case,) = await house.store.cases()
        assert case.question == f"How do refunds work?\n\n{ASK}"
        [transcript] = house.platform.texts(house.thread_of(house.cards[-1]))
        assert "**Ann (to others):** @Ben it never arrived, did yours?" in transcript
        assert "**Ann:** How do refunds work?" in transcript


async def test_what_is_said_to_others_is_no_question_that_the_articles_lack(house: House) -> None:
    async with house.open():
        await house.hears("unicorn 77?")
        await house.hears("@Ben how much is a dragon?", to_others=True)
        turns = await house.store.customer_turns((Reason.UNSURE, Reason.NOT_IN_ARTICLES), 0.0)
        assert [turn.texts for turn in turns] == [("unicorn 77?",)]


async def test_with_a_case_all_words_are_relayed(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.hears("@Ben, they are on it", to_others=True, id="stub:there")
        assert house.below()[-1] == "**Ann (to others):** @Ben, they are on it"
        await house.desk.edit("stub:there", "@Ben, they are there", time.time(), to_others=True)
        await house.desk.settled()
        assert house.below()[-1] == "**Ann (to others):** @Ben, they are there"


async def test_an_agent_who_speaks_to_the_customer_by_name_takes_over(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        assert await house.hears("@Ann let me look at that", DANA, to_others=True) == []
        case = await house.case()
        assert (case.owner, case.customer) == (DANA, ANN)
        assert (
            "**Dana:** @Ann let me look at that" in house.platform.texts(house.thread_of(house.cards[-1]))[0]
        )


async def test_an_open_offer_stays_open_while_people_talk(house: House) -> None:
    async with house.open():
        await house.hears("agent?")
        await house.hears("@Ben shall I?", to_others=True)
        assert await house.hears("yes please") == [ENGLISH.told]


async def test_thanks_to_a_person_are_no_word_to_us(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.presses(Press.RESOLVE)
        await house.hears("thanks @Dana", to_others=True)
        assert house.platform.signs == []


async def test_what_waits_together_is_told_apart(talking: House) -> None:
    await talking.left_in_store(
        incoming("@Ben look", to_others=True),
        incoming("How long do refunds take?"),
        incoming("@Ben so there", to_others=True),
    )
    async with talking.open() as desk:
        await desk.settled()
    assert talking.platform.texts(DESK) == ["It takes a while."]
    assert prompt(talking)[-1] == "How long do refunds take?"


async def test_what_is_too_old_to_be_answered_is_kept_without_an_apology(store: Store) -> None:
    old = incoming("@Ben look", to_others=True)
    await store.add(old, 1)
    assert await store.late(("stub",), old.sent_at + 1) == []
    turn = await store.claim(("stub",), oldest=old.sent_at + 1)
    assert turn is not None
    assert turn.is_chatter


async def test_while_an_answer_is_made_talk_does_not_begin_it_anew(talking: House) -> None:
    model = talking.model
    assert isinstance(model, ScriptedModel)
    async with talking.open() as desk:
        model.gate = asyncio.Event()
        await desk.receive(incoming("How long do refunds take?"))
        await model.asked.wait()
        await desk.receive(incoming("@Ben look", to_others=True))
        model.gate.set()
        await desk.settled()
        assert talking.platform.texts(DESK) == ["It takes a while."]
        assert asked(talking) == 1


# --- a talk goes on ----------------------------------------------------------------------------------


async def test_answers_to_one_another_are_left_alone_too(talking: House) -> None:
    async with talking.open():
        await talking.hears("How long do refunds take?")
        assert await talking.hears("@Ben can you look at my order?", to_others=True) == []
        assert await talking.hears("Sure, which order was it?", BEN) == []
        assert await talking.hears("The blue one") == []
        assert await talking.hears("I mean the lamp") == []
        assert asked(talking) == 1
        assert await talking.hears("And how long does it take now?", mentions=True) == ["It takes a while."]
        assert await talking.hears("And for lamps?") == ["It takes a while."]
    assert "Ben (customer, to others): Sure, which order was it?" in prompt(talking)


async def test_who_goes_on_after_nobody_answered_means_us(talking: House) -> None:
    async with talking.open():
        await talking.hears("How long do refunds take?")
        await talking.hears("@Ben look", to_others=True)
        assert await talking.hears("And how long do exchanges take?") == ["It takes a while."]


async def test_who_wants_a_person_in_the_middle_of_a_talk_gets_one(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        await house.hears("@Ben look", to_others=True)
        await house.hears("Where?", BEN)
        assert await house.hears(ASK) == [ENGLISH.told]


async def test_a_talk_ends_with_ten_minutes_of_silence(talking: House) -> None:
    talk = [Said("customer2", 1_000.0, to_others=True)]
    assert goes_on("customer1", 1_600.0, talk)
    assert not goes_on("customer1", 1_601.0, talk)
    assert not goes_on("customer2", 1_001.0, talk)
    assert goes_on("customer2", 1_001.0, [*talk, Said("customer1", 999.0, to_others=True)])
    assert not goes_on("customer1", 1_001.0, [Said("assistant", 1_000.5, to_others=False), *talk])
    assert not goes_on("customer1", 1_001.0, [])


async def test_a_slip_that_is_mended_in_a_talk_gets_no_answer_until_it_mentions_us(talking: House) -> None:
    async with talking.open():
        await talking.hears("How long do refunds take?")
        await talking.hears("@Ben look", to_others=True)
        await talking.hears("Wich one?", BEN, id="stub:m")
        await edits(talking, "stub:m", "Which one?", 1.0)
        assert asked(talking) == 1
        await edits(talking, "stub:m", "Which one was it?", 2.0, mentions=True)
        assert asked(talking) == 2
    assert prompt(talking)[-1] == "Ben (customer): Which one was it?"


# --- edits -------------------------------------------------------------------------------------------


async def edits(
    house: House, id: str, text: str, at: float, *, to_others: bool = False, mentions: bool = False
) -> None:
    await house.desk.edit(id, text, at, to_others=to_others, mentions=mentions)
    await house.desk.settled()


async def test_words_edited_to_be_for_us_are_answered_once(talking: House) -> None:
    async with talking.open():
        await talking.hears("How long do refunds take?")
        await talking.hears("@Ben and exchanges?", id="stub:m", to_others=True)
        await edits(talking, "stub:m", "And exchanges?", 1.0)
        assert talking.platform.texts(DESK) == ["It takes a while."] * 2
        assert prompt(talking)[-1] == "And exchanges?"
        await edits(talking, "stub:m", "And exchanges, please?", 2.0)
        assert asked(talking) == 2


async def test_a_name_taken_out_where_the_text_stays_the_same_counts(talking: House) -> None:
    """The bot's own mention is no part of the text."""
    async with talking.open():
        await talking.hears("How long do refunds take?")
        await talking.hears("@Ben and exchanges?", id="stub:m", to_others=True)
        await edits(talking, "stub:m", "@Ben and exchanges?", 1.0)
        assert asked(talking) == 2


async def test_words_edited_to_be_for_others_before_they_are_answered_get_no_answer(talking: House) -> None:
    model = talking.model
    assert isinstance(model, ScriptedModel)
    async with talking.open():
        await talking.hears("How long do refunds take?")
        model.gate, model.asked = asyncio.Event(), asyncio.Event()
        await talking.desk.receive(incoming("And exchanges?", id="stub:m"))
        await model.asked.wait()
        await talking.desk.edit("stub:m", "@Ben and exchanges?", 1.0, to_others=True)
        model.gate.set()
        await talking.desk.settled()
    assert talking.platform.texts(DESK) == ["It takes a while."]


async def test_what_was_answered_stays_answered(talking: House) -> None:
    async with talking.open():
        await talking.hears("How long do refunds take?", id="stub:m")
        await edits(talking, "stub:m", "@Ben how long?", 1.0, to_others=True)
        await edits(talking, "stub:m", "How long?", 2.0)
        assert asked(talking) == 1


# --- told to be quiet --------------------------------------------------------------------------------


async def test_while_it_is_to_be_quiet_only_words_to_it_wake_it(house: House) -> None:
    async with house.open():
        await house.hears("How do refunds work?")
        assert await house.hears("stop replying") == [ENGLISH.muted]
        assert await house.hears("How do refunds work?") == []
        assert await house.hears(f"@Ben {ASK}", to_others=True) == []
        assert len(await house.hears("How do refunds work?", mentions=True)) == 1
