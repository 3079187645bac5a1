"""A case from the call to its end, as its customer and the agents live it: dialogues on a stand-in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core import words
from core.handover import FRONTDESK
from core.messages import Agents, Author, CaseState, Press, Reason, Sign
from core.phrases import ENGLISH
from core.ports import Refused, TryLater
from tests.builders import ANN, BEN, DANA, DESK, ELI, TEAM, incoming, offer
from tests.core.house import ASK, House
from tests.fakes import RecordingPlatform, ScriptedModel

pytestmark = pytest.mark.usefixtures("no_waiting")

REFUNDS = "How long do refunds take?"
CARD = [Press.CLAIM, Press.RESOLVE, Press.GIVE_BACK]


async def test_the_whole_life_of_a_case(house: House) -> None:
    async with house.open() as desk:
        await house.hears("My parcel is wet.")
        assert await house.hears(ASK) == [ENGLISH.told]
        [card] = house.cards
        assert "> My parcel is wet." in card.text
        assert "**Waiting since" in card.text
        assert house.buttons() == CARD
        transcript = house.platform.texts(house.thread_of(card))[0]
        assert transcript.startswith(words.TRANSCRIPT)
        assert "**Ann:** My parcel is wet." in transcript

        assert await house.hears("It is order 4711.") == [ENGLISH.passed_on]
        assert await house.hears("Hello?") == []  # once is enough
        assert house.below() == ["**Ann:** It is order 4711.", "**Ann:** Hello?"]

        assert await house.presses(Press.CLAIM) == ""
        assert house.platform.texts(DESK)[-1] == ENGLISH.claimed_by("Dana")
        assert "**Claimed by Dana**" in house.cards[0].text
        assert house.buttons()[0] is Press.TAKE_OVER

        said = await house.agent_says("We send a new one.")
        assert house.platform.texts(DESK)[-1] == "**Dana:** We send a new one."
        assert house.platform.signs == [(said.id, Sign.DELIVERED)]
        await house.agent_says("// third wet parcel this week")
        assert house.platform.texts(DESK)[-1] == "**Dana:** We send a new one."
        assert await house.hears(REFUNDS) == []  # the bot is silent
        assert house.below()[-1] == f"**Ann:** {REFUNDS}"

        assert await house.presses(Press.RESOLVE) == ""
        assert house.platform.texts(DESK)[-1] == ENGLISH.resolved
        assert "Resolved by Dana" in house.cards[0].text
        assert house.buttons() == [Press.REOPEN]
        assert len(house.cards) == 1  # kept up to date, not repeated

        assert await house.presses(Press.GOOD, ANN) == ENGLISH.thank_you
        thanks = incoming("thank you")
        await desk.receive(thanks)
        await desk.settled()
        assert house.platform.signs[-1] == (thanks.id, Sign.THANKS)
        assert house.platform.texts(DESK)[-1] == ENGLISH.resolved
        [reply] = await house.hears(REFUNDS)
        assert reply.startswith("Refunds take five working days")
        assert await house.trail() == [
            ("offered", FRONTDESK, f"offered: {words.REASONS[Reason.NOT_IN_ARTICLES]}"),
            ("waiting", ANN.id, words.REASONS[Reason.ASKED_FOR_PERSON]),
            ("claimed", DANA.id, "claimed"),
            ("resolved", DANA.id, "resolved"),
        ]


@pytest.mark.parametrize("how", ["press", "word"])
async def test_yes_by_press_or_word_calls_a_person(how: str, house: House) -> None:
    async with house.open():
        await house.hears("Can I pay in gold?")
        assert [b.press for b in house.platform.posts[-1].buttons] == [Press.YES, Press.NO]
        if how == "press":
            assert await house.presses(Press.YES, ANN) == ""
        else:
            await house.hears("yes")
        assert house.platform.texts(DESK)[-1] == ENGLISH.told
        assert "> Can I pay in gold?" in house.pings[0]
        await house.presses(Press.YES, ANN)  # once more
        assert len(house.pings) == 1


async def test_after_a_no_nobody_is_offered_again_but_who_asks_gets_a_person(tmp_path: Path) -> None:
    house = House(tmp_path, ScriptedModel(offer("I don't know.")))
    async with house.open():
        await house.hears("Can I pay in gold?")
        await house.presses(Press.NO, ANN)
        assert house.platform.texts(DESK)[-1] == ENGLISH.declined
        assert await house.hears("And in silver?") == [f"I don't know.\n\n{ENGLISH.after_no}"]
        assert await house.hears("this is ridiculous") == [f"I don't know.\n\n{ENGLISH.after_no}"]
        assert await house.hears("agent") == [ENGLISH.told]


async def test_a_press_on_an_offer_is_its_customers_alone_and_goes_out_of_date(house: House) -> None:
    async with house.open():
        await house.hears("Can I pay in gold?")
        assert await house.presses(Press.YES, BEN) == ENGLISH.not_yours
        await house.hears(REFUNDS)  # the offer lapses
        assert await house.presses(Press.YES, ANN) == ENGLISH.out_of_date
        assert house.pings == []


async def test_a_customer_who_needs_nobody_any_more_gets_the_bot_back(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        assert await house.hears("never mind") == [ENGLISH.withdrawn]
        assert house.below()[-1] == words.WITHDREW
        assert house.buttons() == [Press.REOPEN]
        [reply] = await house.hears(REFUNDS)
        assert reply.startswith("Refunds take five working days")


async def test_two_requests_from_one_conversation_are_one_case(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.hears(ASK)
        assert len(house.pings) == 1
        assert len(await house.store.cases()) == 1


async def test_given_back_the_bot_answers_again_and_does_not_loop(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.GIVE_BACK)
        assert house.platform.texts(DESK)[-1] == ENGLISH.given_back
        [reply] = await house.hears(REFUNDS)
        assert reply.startswith("Refunds take five working days")
        assert len(house.pings) == 1
        assert (await house.hears(ASK))[-1] == ENGLISH.told
        assert len(house.pings) == 2


async def test_a_case_that_did_not_help_is_reopened(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.presses(Press.RESOLVE)
        assert await house.presses(Press.BAD, ANN) == ENGLISH.sorry
        assert await house.presses(Press.BAD, ANN) == ENGLISH.sorry
        assert house.below().count(words.WANTS_MORE) == 1
        assert await house.presses(Press.REOPEN, ELI) == ""
        assert house.platform.texts(DESK)[-1] == ENGLISH.claimed_by("Eli")
        assert await house.hears("Still wet.") == []
        assert house.below()[-1] == "**Ann:** Still wet."


async def test_a_case_is_not_reopened_beside_another_of_the_same_customer(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.RESOLVE)
        old = house.button(Press.REOPEN).about
        await house.hears(ASK)
        assert await house.presses(Press.REOPEN, about=old) == words.ANOTHER_OPEN
        assert [case.state for case in await house.store.cases()] == [CaseState.WAITING, CaseState.RESOLVED]


async def test_who_begins_afresh_under_an_offer_sees_its_buttons_go_at_once(house: House) -> None:
    async with house.open() as desk:
        await house.hears("Can I pay in gold?")
        await desk.start_afresh(DESK)
        await desk.settled()  # which waits for all that is to be posted
        assert await house.states() == []
        assert not house.platform.posts[-1].buttons


async def test_an_open_offer_does_not_stand_in_the_way_of_reopening(house: House) -> None:
    """There is no card of an offer that the agent could look at."""
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.RESOLVE)
        await house.hears("Can I pay in gold?")
        assert await house.presses(Press.REOPEN) == ""
        assert [case.state for case in await house.store.open_cases(DESK)] == [CaseState.CLAIMED]


async def test_the_same_problem_is_offered_back_to_who_had_it(house: House) -> None:
    async with house.open():
        await house.hears("My parcel is wet.")
        await house.presses(Press.NO, ANN)
        await house.hears("My parcel is wet.\nI want to talk to a human")
        await house.presses(Press.CLAIM)
        await house.presses(Press.RESOLVE)
        assert await house.hears("that didn't help") == [f"{ENGLISH.not_solved}\n\n{ENGLISH.offered('Dana')}"]
        assert await house.hears("yes") == [ENGLISH.told]
        assert "Dana helped them before" in house.pings[-1]
        assert house.cards[-1].mention == "<@dana>"


async def test_a_yes_to_an_offer_is_no_thumb(house: House) -> None:
    """Also where the question was written before the resolution, and answered after it."""
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.presses(Press.RESOLVE)
        await house.hears("Can I pay in gold?", sent_at=1.0)
        assert await house.hears("yes") == [ENGLISH.told]


@pytest.mark.parametrize(("word", "rating"), [("yes", "good"), ("no", "bad")])
async def test_whether_people_helped_may_be_said_in_words(word: str, rating: str, house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.presses(Press.RESOLVE)
        assert await house.hears(word) == ([] if rating == "good" else [ENGLISH.sorry])
        assert (await house.case()).rating == rating
        assert (house.below()[-1:] == [words.WANTS_MORE]) == (rating == "bad")


async def test_a_stopped_bot_is_quiet_until_it_is_mentioned(house: House) -> None:
    async with house.open():
        assert await house.hears("stop") == [ENGLISH.muted]
        assert await house.hears("Hi!") == []
        assert await house.hears("Hi!", mentions=True) == [ENGLISH.greeting]
        assert house.pings == []


async def test_a_bot_says_that_it_is_one(house: House) -> None:
    async with house.open():
        assert await house.hears("are you a bot?") == [ENGLISH.i_am_a_bot]
        assert house.pings == []


# --- who may ------------------------------------------------------------------------------------------


async def test_who_is_not_in_the_agents_place_may_press_nothing(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        for press in CARD:
            assert await house.presses(press, BEN) == words.NOT_AN_AGENT
        house.platform.members.add(ANN.id)
        assert await house.presses(Press.CLAIM, ANN) == words.NOT_YOUR_OWN
        assert await house.states() == [CaseState.WAITING]


async def test_a_list_in_the_settings_says_who_may(house: House) -> None:
    house.agents = Agents(TEAM, "<@team>", frozenset({ELI.id}))
    async with house.open():
        await house.hears(ASK)
        assert await house.presses(Press.CLAIM, DANA) == words.NOT_AN_AGENT
        assert await house.presses(Press.CLAIM, ELI) == ""


async def test_while_the_members_can_not_be_asked_for_nothing_happens(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        house.platform.faults[f"{TEAM}/members"] = [TryLater("busy")]
        assert await house.presses(Press.CLAIM) == words.FAILED_PRESS
        assert await house.presses(Press.CLAIM) == ""


async def test_of_two_who_claim_at_once_one_gets_it_and_the_other_hears_who(house: House) -> None:
    async with house.open() as desk:
        await house.hears(ASK)
        replies = await asyncio.gather(*(house.presses(Press.CLAIM, who) for who in (DANA, ELI)))
        await desk.settled()
        case = await house.case()
        assert case.owner is not None
        assert house.platform.texts(DESK)[1:] == [ENGLISH.claimed_by(case.owner.name)]
        assert sorted(map(bool, replies)) == [False, True]
        assert f"**Claimed by {case.owner.name}**" in "".join(replies)
        other = ELI if case.owner == DANA else DANA
        assert await house.presses(Press.TAKE_OVER, other) == ""
        assert f"**Claimed by {other.name}**" in house.cards[0].text


async def test_a_button_of_no_case_changes_nothing(house: House) -> None:
    async with house.open():
        for about in ("", "nobody's", "nobody's.stub:help/1", "' OR 1=1 --"):
            assert await house.presses(Press.CLAIM, about=about or ".") == ENGLISH.out_of_date


# --- agents' words ------------------------------------------------------------------------------------


async def test_words_before_a_claim_stay_and_one_press_sends_them(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        said = await house.agent_says("Coming!")
        assert house.platform.texts(DESK) == [ENGLISH.told]
        hint = house.platform.posts[-1]
        assert (hint.text, hint.only, hint.reply_to) == (words.CLAIM_FIRST, DANA.id, said.id)
        assert hint.buttons[0].label == words.LABELS[Press.SEND]
        assert await house.presses(Press.SEND, ELI) == words.NOTE_GONE  # they are not hers
        assert await house.presses(Press.SEND) == words.SENT
        assert house.platform.texts(DESK) == [ENGLISH.told, "**Dana:** Coming!"]
        assert house.platform.signs == [(said.id, Sign.DELIVERED)]
        assert await house.presses(Press.SEND) == words.NOTE_GONE
        assert await house.states() == [CaseState.CLAIMED]


async def test_another_agents_words_stay_until_they_take_over(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.agent_says("I know this one.", ELI)
        hint = house.platform.posts[-1]
        assert (hint.text, hint.only) == (words.TAKE_OVER_FIRST.format(owner="Dana"), ELI.id)
        assert await house.presses(Press.SEND_OVER, ELI) == words.SENT
        assert house.platform.texts(DESK)[-1] == "**Eli:** I know this one."
        await house.agent_says("Hm.", DANA)
        assert house.platform.posts[-1].text == words.TAKE_OVER_FIRST.format(owner="Eli")


async def test_words_that_were_changed_or_deleted_before_they_are_sent(house: House) -> None:
    async with house.open() as desk:
        await house.hears(ASK)
        said = await house.agent_says("Comming!")
        await desk.edit(said.id, "Coming!", 5.0)
        await house.presses(Press.SEND)
        assert house.platform.texts(DESK)[-1] == "**Dana:** Coming!"
        await house.presses(Press.TAKE_OVER, ELI)
        said = await house.agent_says("Never mind him.")
        await desk.delete(said.id)
        assert await house.presses(Press.SEND_OVER) == words.NOTE_GONE
        assert "Never mind him" not in "".join(house.platform.texts(DESK))


async def test_words_in_a_closed_case_are_not_sent(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.presses(Press.RESOLVE)
        await house.agent_says("One more thing.")
        assert house.platform.posts[-1].text == words.CLOSED_CASE
        assert house.platform.texts(DESK)[-1] == ENGLISH.resolved


async def test_edits_and_deletions_follow_both_ways(house: House) -> None:
    async with house.open() as desk:
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        hers, theirs = await house.agent_says("Tomorow."), incoming("Thank yuo.")
        await desk.receive(theirs)
        await desk.settled()
        await desk.edit(hers.id, "Tomorrow.", 5.0)
        await desk.edit(theirs.id, "Thank *you*.", 5.0)
        await desk.settled()
        assert house.platform.texts(DESK)[-1] == "**Dana:** Tomorrow."
        assert house.below()[-1] == "**Ann:** Thank \\*you\\*."
        await desk.delete(hers.id)
        await desk.delete(theirs.id)
        await desk.settled()
        assert house.platform.texts(DESK) == [ENGLISH.told, ENGLISH.claimed_by("Dana")]
        assert house.below() == []


async def test_a_deleted_request_leaves_none_of_its_own_words_with_the_agents(house: House) -> None:
    asked = incoming(f"{ENGLISH.wants_person}\n\nMy code is 4711.")
    async with house.open() as desk:
        await house.hears("How do I get a refund?")
        await desk.receive(asked)
        await desk.settled()
        thread = house.thread_of(house.cards[-1])
        assert "> My code is 4711." in house.cards[-1].text
        assert "(asked for a person) My code is 4711." in house.platform.texts(thread)[0]
        await desk.delete(asked.id)
        await desk.settled()
        assert "4711" not in "".join([house.cards[-1].text, *house.platform.texts(thread)])


async def test_an_edit_that_makes_a_note_of_delivered_words_shows_the_customer_nothing_of_it(
    house: House,
) -> None:
    async with house.open() as desk:
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        said = await house.agent_says("It was our fault.")
        await desk.edit(said.id, "// is it fraud?", 5.0)
        await desk.settled()
        assert "fraud" not in "".join(house.platform.texts(DESK))


async def test_words_that_can_not_be_delivered_are_told_with_the_reason(house: House) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        house.platform.faults[DESK] = [Refused("they closed their direct messages")]
        await house.agent_says("Hello?")
        assert house.below()[-1] == words.NOT_DELIVERED.format(why="they closed their direct messages")
        assert house.platform.signs == []


async def test_long_words_of_an_agent_come_in_order_and_are_marked_once_all_are_there(house: House) -> None:
    house.platform.limit = 200
    text = " ".join(f"word{number}" for number in range(200))
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        house.platform.faults[DESK] = [None, TryLater("busy", 0), None]
        said = await house.agent_says(text)
        parts = house.platform.texts(DESK)[2:]
        assert all(len(part) <= 200 for part in parts)
        assert " ".join(parts).split()[1:] == text.split()
        assert house.platform.signs == [(said.id, Sign.DELIVERED)]


async def test_agents_may_sit_on_another_platform(house: House) -> None:
    house.agents = Agents("other:team", "<@others>")
    house.also = other = RecordingPlatform("other")
    dana = type(DANA)("other:dana", "Dana")
    other.members = {dana.id}
    async with house.open() as desk:
        assert await house.hears(ASK) == [ENGLISH.told]
        [card] = [post for post in other.posts if post.place == "other:team"]
        assert await house.presses(Press.CLAIM, dana, on=other) == ""
        thread = other.below(f"other:{card.key}")
        await desk.receive(incoming("Hello from afar.", author=dana, conversation=thread))
        await desk.settled()
        assert house.platform.texts(DESK)[-1] == "**Dana:** Hello from afar."
        await house.hears("Hello!")
        assert other.texts(thread)[-1] == "**Ann:** Hello!"
        assert len(other.texts("other:team")) == 1


class SlowToName(RecordingPlatform):
    """Takes its time to name somebody, but only at the first call."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_first = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def person(self, author: Author) -> str:
        if not self.asked_first.is_set():
            self.asked_first.set()
            await self.goes_on.wait()
        return "Dana"


async def test_words_of_an_agent_whose_name_is_asked_for_do_not_overtake_each_other(house: House) -> None:
    house.platform = platform = SlowToName()
    platform.members = {DANA.id}
    async with house.open() as desk:
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        house.rewrite("DELETE FROM people")
        thread, nameless = house.thread_of(house.cards[0]), Author(DANA.id)
        said = [incoming(text, author=nameless, conversation=thread) for text in ("One.", "Two.", "Three.")]
        hearing = [asyncio.create_task(desk.receive(message)) for message in said]
        await platform.asked_first.wait()
        await desk.edit("stub:nothing", "", 0.0)  # the store has taken what came before this
        platform.goes_on.set()
        await asyncio.gather(*hearing)
        await desk.settled()
        read = platform.texts(DESK)[-3:]
        assert read == ["**Dana:** One.", "**Dana:** Two.", "**Dana:** Three."]
