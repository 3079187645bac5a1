"""What customers can tell the bot by a command, on a whole desk with a platform that records."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from core import words
from core.commands import wish
from core.handover import closing_words
from core.messages import Aside, Author, CaseState, Command, File, IncomingCommand, Press
from core.phrases import ENGLISH
from tests.builders import ANN, BEN, DANA, DESK, next_position
from tests.core.house import CONTACT, House

QUESTION = "How do I get a refund?"


def command(kind: Command, text: str = "", who: Author = ANN, **more: object) -> IncomingCommand:
    position = next_position()
    given = IncomingCommand(kind, who, DESK, f"stub:command/{position}", position, time.time(), text=text)
    return replace(given, **more)  # type: ignore[arg-type]


async def gives(house: House, given: IncomingCommand) -> str:
    """Give a command, wait for all that comes of it, and return what its giver alone is told."""
    aside = await house.desk.command(given)
    await house.desk.settled()
    return aside.text


# --- help --------------------------------------------------------------------------------------------


async def test_help_names_the_commands_as_the_platform_writes_them(house: House) -> None:
    async with house.open():
        told = await gives(house, command(Command.HELP, prefix="/frontdesk "))
    assert "*/frontdesk human* brings in a person" in told
    assert "*/frontdesk forget*" in told
    assert house.platform.texts(DESK) == []


async def test_an_unknown_command_is_named(house: House) -> None:
    async with house.open():
        told = await gives(house, command(Command.HELP, "hlep"))
    assert told.startswith(ENGLISH.no_such_command.format(name="hlep"))
    assert "/human" in told


async def test_help_names_the_contact_where_no_person_can_be_called(house: House) -> None:
    house.agents = None
    async with house.open():
        told = await gives(house, command(Command.HELP))
    assert CONTACT in told
    assert "/human" not in told


async def test_where_agents_work_help_is_for_agents_and_nothing_is_asked(house: House) -> None:
    async with house.open():
        assert await gives(house, command(Command.HELP, who=DANA, backstage=True)) == words.HELP_AGENTS
        assert await gives(house, command(Command.ASK, QUESTION, DANA, backstage=True)) == words.HELP_AGENTS
        await house.hears("I want to talk to a human")
        thread = house.thread_of(house.cards[0])
        # Also where only the store knows it; or the question would go on to the customer.
        asked = command(Command.ASK, QUESTION, DANA, conversation=thread)
        assert await gives(house, asked) == words.HELP_AGENTS
    assert house.rows("SELECT count(*) FROM notes") == [(0,)]


# --- a question --------------------------------------------------------------------------------------


async def test_a_question_is_shown_and_answered_below(house: House) -> None:
    async with house.open():
        assert await gives(house, command(Command.ASK, "How <do> I get a refund?")) == ""
    shown, answer = house.platform.texts(DESK)
    assert shown == words.asked("How <do> I get a refund?", ENGLISH.you_asked)
    assert "refund" in answer
    assert house.platform.posts[0].mention == ""


async def test_in_a_shared_channel_it_says_who_asked(house: House) -> None:
    async with house.open():
        await gives(house, command(Command.ASK, QUESTION, shared=True))
    assert house.platform.posts[0].mention == house.platform.mention(ANN.id)


async def test_what_is_shown_already_is_not_shown_again(house: House) -> None:
    async with house.open():
        await gives(house, command(Command.ASK, QUESTION, shown=True))
    assert len(house.platform.texts(DESK)) == 1


async def test_what_is_attached_to_the_words_comes_along(house: House) -> None:
    picture = File("door.png", "https://files.example.org/door.png")
    async with house.open():
        await gives(house, command(Command.ASK, "agent", shown=True, files=(picture,)))
        [asked] = [message for message in await house.store.history(DESK) if message.files]
    assert asked.files == (picture,)


async def test_an_empty_question_is_told_how_to_ask(house: House) -> None:
    async with house.open():
        told = await gives(house, command(Command.ASK, " ", prefix="/frontdesk "))
    assert "/frontdesk ask" in told
    assert house.platform.texts(DESK) == []


async def test_a_command_that_comes_again_does_nothing_twice(house: House) -> None:
    given = command(Command.ASK, QUESTION, elsewhere=True)
    async with house.open():
        assert await gives(house, given) == ENGLISH.goes_on_direct
        assert await gives(house, given) == ENGLISH.goes_on_direct
    async with house.open():  # after a restart only the store knows it
        assert await gives(house, given) == ENGLISH.asked_already
    assert len(house.platform.texts(DESK)) == 2


async def test_a_command_that_failed_can_be_given_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = command(Command.ASK, QUESTION)
    async with house.open() as desk:
        with monkeypatch.context() as broken:
            broken.setattr(house.store, "open_cases", None)
            with pytest.raises(TypeError):
                await desk.command(given)
        assert await gives(house, given) == ""
    assert len(house.platform.texts(DESK)) == 2


# --- a person ----------------------------------------------------------------------------------------


async def test_a_person_is_called_with_what_is_needed(house: House) -> None:
    async with house.open():
        assert await gives(house, command(Command.HUMAN, "My parcel 12 is lost")) == ENGLISH.calling
        assert "parcel 12" in house.cards[0].text
        assert await house.states() == [CaseState.WAITING]
    assert house.platform.texts(DESK)[-1] == ENGLISH.told


async def test_who_has_a_person_already_is_told_so_and_further_words_go_on_to_them(house: House) -> None:
    async with house.open():
        await gives(house, command(Command.HUMAN))
        assert await gives(house, command(Command.HUMAN)) == ENGLISH.has_person
        assert house.below() == []
        assert await gives(house, command(Command.HUMAN, "It is urgent")) == ENGLISH.calling
        assert "It is urgent" in house.below()[0]
        assert len(house.cards) == 1


async def test_what_a_command_says_for_a_customer_is_not_passed_on_as_their_words(house: House) -> None:
    async with house.open():
        await gives(house, command(Command.HUMAN))
        await gives(house, command(Command.HUMAN, "The box *hums*."))
        assert house.below() == ["**Ann:** (asked for a person) The box \\*hums\\*."]
        await house.presses(Press.RESOLVE)
        [case] = await house.store.cases()
        assert closing_words(case) == words.resolution("", "")


async def test_another_customer_gets_a_person_of_their_own(house: House) -> None:
    async with house.open():
        await gives(house, command(Command.HUMAN, shared=True))
        assert await gives(house, command(Command.HUMAN, who=BEN, shared=True)) == ENGLISH.calling
        assert len(house.cards) == 2


@pytest.mark.parametrize(
    "text", ["", "My parcel is lost", "¿Dónde está mi paquete?", "let me talk to an agent"]
)
def test_a_wish_for_a_person_keeps_the_customers_words(text: str) -> None:
    assert text in wish(text)
    assert wish(text) != ""


# --- a new start -------------------------------------------------------------------------------------


async def test_a_new_start_ends_an_open_offer(house: House) -> None:
    async with house.open():
        await house.hears("agent")
        assert await house.states() == [CaseState.OFFERED]
        assert await gives(house, command(Command.NEW)) == ENGLISH.new_begins
        assert await house.states() == []


async def test_no_new_start_while_people_have_the_case(house: House) -> None:
    async with house.open():
        await gives(house, command(Command.HUMAN))
        assert await gives(house, command(Command.NEW)) == ENGLISH.new_with_people
        assert await house.states() == [CaseState.WAITING]


async def test_nobody_starts_a_conversation_of_everybody_anew(house: House) -> None:
    async with house.open():
        await house.hears(QUESTION, shared=True)
        assert await gives(house, command(Command.NEW, shared=True)) == ENGLISH.new_shared
        assert await gives(house, command(Command.NEW, conversation="")) == ENGLISH.new_not_here


async def test_a_new_start_where_nothing_was_said_serves_no_new_place(house: House) -> None:
    async with house.open() as desk:
        assert await gives(house, command(Command.NEW)) == ENGLISH.new_begins
        assert not await desk.serves(DESK)


# --- to be forgotten ---------------------------------------------------------------------------------


async def test_who_wants_to_be_forgotten_is_asked_once_more_and_their_command_goes_too(house: House) -> None:
    async with house.open() as desk:
        await gives(house, command(Command.ASK, "How do I get a zebra refund?"))
        aside: Aside = await desk.command(command(Command.FORGET))
    assert [button.press for button in aside.buttons] == [Press.FORGET, Press.KEEP]
    assert aside.text.startswith(ENGLISH.forget_ask)


async def test_an_offer_below_a_message_that_somebody_asked_about_can_be_taken(house: House) -> None:
    asked = command(Command.ASK, "agent", shown=True, id="stub:1/7+ask")
    async with house.open():
        await gives(house, asked)
        assert await house.states() == [CaseState.OFFERED]
        await house.presses(Press.YES, ANN)
        assert await house.states() == [CaseState.WAITING]
