"""Replies that are seen while they are written: a desk whose model writes what a test dictates."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core import deciding, draft, outbox, replying, words
from core.messages import (
    Action,
    CaseState,
    File,
    IncomingMessage,
    IncomingPress,
    Post,
    Press,
    Reason,
    Role,
    Unread,
)
from core.phrases import ENGLISH, PHRASES
from core.ports import BadForm, ModelFault, Refused, TryLater, Unknown
from core.store import Store
from tests.builders import ANN, DANA, DESK, incoming, next_position
from tests.core.house import ASK, House
from tests.fakes import DictatedModel

pytestmark = pytest.mark.usefixtures("no_waiting", "at_once")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show each sentence as it comes."""
    monkeypatch.setattr(draft, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(draft, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(draft, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(deciding, "AGENT_FIRST_SECONDS", 0.0)
    monkeypatch.setattr(replying, "QUIET_SECONDS", 0.0)


@pytest.fixture
def model() -> DictatedModel:
    return DictatedModel()


@pytest.fixture
def house(tmp_path: Path, model: DictatedModel) -> House:
    return House(tmp_path, model)


def seen(house: House) -> list[str]:
    return house.platform.texts(DESK)


async def sees(house: House, text: str) -> None:
    """Wait until the customer reads just this last."""
    await house.platform.until(lambda: seen(house)[-1:] == [text])


async def until(happened: Callable[[], object]) -> None:
    while not happened():
        await asyncio.sleep(0)


async def asks(house: House, text: str = "How do I start?") -> IncomingMessage:
    message = incoming(text)
    await house.desk.receive(message)
    return message


def rows(house: House, columns: str = "live, state, text, ref") -> list[tuple[object, ...]]:
    return house.rows(f"SELECT {columns} FROM posts ORDER BY id")  # noqa: S608 - our own words


# --- growing -----------------------------------------------------------------------------------------


async def test_a_quick_answer_is_one_post(
    house: House, model: DictatedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft, "FIRST_SECONDS", 3600.0)
    async with house.open():
        model.writes("Open the app.", " Press Start.", None)
        assert await house.hears("How do I start?") == ["Open the app. Press Start."]
    assert not house.platform.states
    assert not house.platform.edits


async def test_a_long_answer_grows_and_ends_exactly(house: House, model: DictatedModel) -> None:
    async with house.open() as desk:
        question = await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        assert rows(house)[0][:2] == (1, "sending")
        model.writes(" Press Start.")
        await sees(house, "Open the app. Press Start.")
        model.writes(" Wait.", None)
        await desk.settled()
    assert seen(house) == ["Open the app. Press Start. Wait."]
    [(ref, states)] = house.platform.states.items()
    assert states[:2] == ["Open the app.", "Open the app. Press Start."]
    assert house.platform.tries[0].reply_to == question.id
    assert rows(house) == [(2, "posted", "Open the app. Press Start. Wait.", ref)]


async def test_an_end_that_is_refused_for_its_form_comes_plain_in_the_same_post(
    house: House, model: DictatedModel
) -> None:
    async with house.open() as desk:
        await asks(house)
        model.writes("Open **it**.")
        await sees(house, "Open **it**.")
        model.writes(" Wait.")
        await sees(house, "Open **it**. Wait.")
        house.platform.faults[DESK] = [BadForm("no such form")]
        model.writes(None)
        await desk.settled()
    assert seen(house) == ["Open it. Wait."]


async def test_no_sign_of_work_stays_once_something_is_seen(house: House, model: DictatedModel) -> None:
    async with house.open() as desk:
        await asks(house)
        await model.asked.wait()
        assert house.platform.at_work
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        assert not house.platform.at_work
        model.writes(None)
        await desk.settled()


async def test_what_is_too_long_for_a_post_goes_on_in_the_next_one(
    house: House, model: DictatedModel
) -> None:
    house.platform.limit = 60
    first, second, third = ("Open the app. " * 3).strip(), "Press Start. " * 3, "Then wait. " * 4
    async with house.open() as desk:
        await asks(house)
        model.writes(first)
        await sees(house, first)
        model.writes(f"\n\n{second}", f"\n\n{third}", None)
        await desk.settled()
    assert [text.strip() for text in seen(house)] == [first, second.strip(), third.strip()]


async def test_what_only_offers_a_person_is_one_post(house: House, model: DictatedModel) -> None:
    async with house.open():
        model.writes("I don't know that.", None, action=Action.OFFER_HUMAN)
        [offer] = await house.hears("How do I start?")
    assert offer.startswith("I don't know that.")
    assert not house.platform.states


# --- faults ------------------------------------------------------------------------------------------


async def test_a_platform_that_is_busy_slows_the_edits_and_not_the_end(
    house: House, model: DictatedModel
) -> None:
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        house.platform.faults[DESK] = [TryLater("busy", 3600.0)]
        model.writes(" Press Start.")
        await until(lambda: not house.platform.faults[DESK])
        model.writes(" Wait.", None)
        await desk.settled()
    assert seen(house) == ["Open the app. Press Start. Wait."]
    assert [len(states) for states in house.platform.states.values()] == [1]


@pytest.mark.parametrize("fault", [TryLater("busy", 3600.0), Refused("no")])
async def test_a_reply_that_can_t_be_begun_is_posted_when_it_is_finished(
    house: House, model: DictatedModel, fault: Exception
) -> None:
    house.platform.faults[DESK] = [fault]
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await until(lambda: not house.platform.faults[DESK])
        assert not seen(house)
        model.writes(" Press Start.", None)
        await desk.settled()
    assert seen(house) == ["Open the app. Press Start."]
    assert [row[0] for row in rows(house)] == [0]


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_connection_that_breaks_at_the_beginning_makes_no_second_post(
    house: House, model: DictatedModel, arrives: bool
) -> None:
    house.platform.faults[DESK], house.platform.arrives = [Unknown("broke")], arrives
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await until(lambda: not house.platform.faults[DESK])
        model.writes(" Press Start.", None)
        await desk.settled()
    assert seen(house) == ["Open the app. Press Start."]
    assert len(house.platform.asked) == 1


async def test_a_reply_that_was_deleted_on_the_platform_is_posted_anew(
    house: House, model: DictatedModel
) -> None:
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        house.platform.posts.clear()
        model.writes(" Press Start.", None)
        await desk.settled()
    assert seen(house) == ["Open the app. Press Start."]


async def test_a_reply_that_was_deleted_and_can_t_be_posted_anew_is_told_to_the_agents(
    house: House, model: DictatedModel
) -> None:
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        house.platform.faults[DESK] = [Refused("gone"), Refused("gone"), Refused("gone")]
        model.writes(" Press Start.", None)
        await desk.settled()
    assert "Press Start." in house.pings[-1]


async def test_a_model_that_dies_in_the_middle_is_said_and_a_person_offered(
    house: House, model: DictatedModel
) -> None:
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        model.writes(ModelFault("it died"))
        await desk.settled()
        case = await house.case()
        assert (case.state, case.reason) == (CaseState.OFFERED, Reason.UNSURE)
        [text] = seen(house)
        assert text.startswith(f"Open the app.\n\n{ENGLISH.broken_off}")
        await house.presses(Press.YES, ANN)
        assert len(house.cards) == 1


# --- who writes meanwhile ----------------------------------------------------------------------------


async def test_what_is_written_before_anything_is_seen_is_answered_together(
    house: House, model: DictatedModel
) -> None:
    async with house.open() as desk:
        await asks(house)
        await model.asked.wait()
        await asks(house, "On a phone.")
        await until(lambda: len(model.requests) == 2)
        model.writes("Tap it.", None)
        await desk.settled()
    assert seen(house) == ["Tap it."]
    assert "phone" in model.requests[1].question
    assert "start" in model.requests[1].question


async def test_what_is_written_after_that_is_the_next_turn(house: House, model: DictatedModel) -> None:
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        await asks(house, "On a phone.")
        model.writes(" Press Start.", None, "Tap it.", None)
        await desk.settled()
    assert seen(house) == ["Open the app. Press Start.", "Tap it."]
    assert [request.question for request in model.requests] == ["How do I start?", "On a phone."]


@pytest.mark.parametrize("deletes", [True, False])
async def test_a_question_that_is_changed_after_that_is_not_answered_anew(
    house: House, model: DictatedModel, deletes: bool
) -> None:
    async with house.open() as desk:
        question = await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        if deletes:
            await desk.delete(question.id)
        else:
            await desk.edit(question.id, "How do I stop?", question.sent_at + 5)
        model.writes(" Press Start.", None)
        await desk.settled()
        said = [message.text for message in await house.store.history(DESK)]
    assert seen(house) == ["Open the app. Press Start."]
    assert len(model.requests) == 1
    assert said[-1] == "Open the app. Press Start."
    assert "How do I start?" not in said


async def test_a_question_that_is_deleted_after_that_does_not_reach_the_agents(
    house: House, model: DictatedModel
) -> None:
    async with house.open() as desk:
        question = await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        await desk.delete(question.id)
        model.writes(ModelFault("it died"))
        await desk.settled()
        await house.hears("yes")
    assert len(house.cards) == 1
    assert "How do I start?" not in str(house.platform.posts)
    assert not house.rows("SELECT 1 FROM cases WHERE question LIKE '%start%' OR body LIKE '%start%'")


@pytest.mark.parametrize("shared", [False, True])
async def test_of_who_is_forgotten_in_the_middle_nothing_stays(
    house: House, model: DictatedModel, shared: bool
) -> None:
    async with house.open() as desk:
        await desk.receive(replace(incoming("How do I start?", shared=shared), sent_at=time.time()))
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        asked = await desk.forgetting.ask(ANN)
        about = asked.buttons[0].about
        await desk.press(IncomingPress(Press.FORGET, about, ANN, next_position(), time.time()))
        assert not house.rows("SELECT 1 FROM posts WHERE text != ''")
        model.writes(" Press Start.", None)
        await desk.settled()
    assert seen(house) == []


async def test_an_agent_who_writes_in_the_middle_goes_on(house: House, model: DictatedModel) -> None:
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        await desk.receive(incoming("Let me.", author=DANA))
        await desk.settled()  # although the model is still at it
        [text] = seen(house)
        assert text == f"Open the app.\n\n{ENGLISH.goes_on_by()}"
        case = await house.case()
        assert (case.state, case.owner) == (CaseState.CLAIMED, DANA)
        history = await house.store.history(DESK)
        assert [(m.role, m.text) for m in history][1] == (Role.ASSISTANT, text)
        assert "How do I start?" in "".join(house.platform.texts(house.thread_of(house.cards[-1])))
        assert await house.hears("Thanks, how?") == []
    assert len(model.requests) == 1


async def test_a_first_reply_that_is_broken_off_is_in_its_customers_language(
    house: House, model: DictatedModel
) -> None:
    async with house.open() as desk:
        await asks(house, "Wie lange dauert die Lieferung bei euch?")
        model.writes("Einen Moment.")
        await sees(house, "Einen Moment.")
        await desk.receive(incoming("Let me.", author=DANA))
        await desk.settled()
        assert seen(house) == [f"Einen Moment.\n\n{PHRASES['de'].goes_on_by()}"]
        assert (await house.case()).language == "de"


async def test_an_answer_whose_end_still_waits_is_finished_although_an_agent_comes(
    house: House, model: DictatedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LONGEST_WAIT", 3600.0)
    async with house.open() as desk:
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        house.platform.faults[DESK] = [TryLater("busy", 3600.0)]
        model.writes(None)
        await until(lambda: ("waiting",) in rows(house, "state"))
        await desk.receive(incoming("Let me.", author=DANA))
        await until(lambda: house.cards)
        house.rewrite("UPDATE posts SET text = 'Open the app. Press Start.', not_before = 0 WHERE live = 2")
        desk.send()
        await desk.settled()
    assert seen(house) == ["Open the app. Press Start."]


async def test_a_case_that_is_taken_up_again_in_the_middle_gets_the_question(
    house: House, model: DictatedModel
) -> None:
    async with house.open():
        await house.hears(ASK)
        await house.presses(Press.CLAIM)
        await house.presses(Press.RESOLVE)
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        await house.presses(Press.REOPEN)
        assert ENGLISH.goes_on_by("Dana") in "\n".join(seen(house))
        assert seen(house)[-1] == ENGLISH.claimed_by("Dana")
        assert house.below()[-1] == "**Ann:** How do I start?"
        assert rows(house, "live, state").count((1, "sending")) == 0


# --- a process that is gone --------------------------------------------------------------------------


async def left_by_a_kill(house: House, ref: str | None) -> None:
    """Leave what a process leaves that was killed after the first words of a reply were seen."""
    store = await Store.open(house.folder / "frontdesk.db")
    await store.add(incoming("How do I start?", id="stub:1"), 1)
    turn = await store.claim(("stub",))
    assert turn
    post = Post("k" * 24, DESK, "Open the", reply_to="stub:1", live=True)
    assert await store.begin(turn, post)
    if ref:
        await store.began(post.key, ref)
    await store.close()


LEFT = Post("k" * 24, DESK, "Open the", reply_to="stub:1", live=True)
REF = f"stub:{'k' * 24}"


@pytest.mark.parametrize("known", [True, False])
async def test_a_reply_that_a_killed_process_began_is_ended(
    house: House, model: DictatedModel, known: bool
) -> None:
    await left_by_a_kill(house, REF if known else None)
    house.platform.posts.append(LEFT)
    model.writes("Open the app.", " Press Start.", None)
    async with house.open() as desk:
        await desk.settled()
    assert seen(house) == ["Open the app. Press Start."]
    assert rows(house) == [(2, "posted", "Open the app. Press Start.", REF)]
    assert len(house.platform.asked) == (0 if known else 1)


async def test_a_reply_that_a_killed_process_did_not_get_to_show_is_posted(
    house: House, model: DictatedModel
) -> None:
    await left_by_a_kill(house, None)
    model.writes("Open the app.", None)
    async with house.open() as desk:
        await desk.settled()
    assert seen(house) == ["Open the app."]


@pytest.mark.parametrize("known", [True, False])
async def test_what_was_seen_is_removed_where_nobody_answers_any_more(
    house: House, model: DictatedModel, known: bool
) -> None:
    await left_by_a_kill(house, REF if known else None)
    house.platform.posts.append(LEFT)
    store = await Store.open(house.folder / "frontdesk.db")
    await store.release_left_over(("stub",))
    await store.delete("stub:1", words.DELETED, 1, lambda new: [])
    await store.close()
    async with house.open() as desk:
        await desk.settled()
    assert seen(house) == []
    assert [row[:2] for row in rows(house)] == [(2, "posted")]


async def test_what_can_t_be_known_is_handed_to_the_agents(house: House, model: DictatedModel) -> None:
    await left_by_a_kill(house, None)
    house.platform.finds = [Refused("it does not tell")]
    model.writes("Open the app.", None)
    async with house.open() as desk:
        await desk.settled()
    assert "Open the app." in house.pings[-1]


async def test_a_stop_in_the_middle_leaves_it_to_the_next_start(house: House, model: DictatedModel) -> None:
    house.patience = 0.0
    async with house.open():
        await asks(house)
        model.writes("Open the app.")
        await sees(house, "Open the app.")
    house.model = second = DictatedModel()
    second.writes("Open it.", " Press Start.", None)
    async with house.open() as desk:
        await desk.settled()
    assert seen(house) == ["Open it. Press Start."]


# --- what was attached ---------------------------------------------------------------------------------


async def test_what_was_not_read_is_told_at_the_end_of_a_reply_that_grew(
    house: House, model: DictatedModel
) -> None:
    packed = File("a.zip", "https://example.org/a.zip", "application/zip", 9, "a.zip")
    async with house.open() as desk:
        await desk.receive(incoming("How do I start?", files=[packed]))
        model.writes("Open the app.")
        await sees(house, "Open the app.")
        model.writes(" Press Start.", None)
        await desk.settled()
    unread = ENGLISH.unread_of([("a.zip", Unread.KIND)])
    assert seen(house) == [f"Open the app. Press Start.\n\n{unread}\n\n{ENGLISH.offered()}"]
    assert house.button(Press.YES)
