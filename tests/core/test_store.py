"""The contract of the store, kept on a real file."""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from core.handover import NewWords
from core.messages import Action, Answer, Author, CaseState, IncomingMessage, Post, Role
from core.schema import migrations
from core.store import Claimed, Decision, Receipt, Store, StoreUnusable
from tests.builders import ANN, BEN, DESK, TEAM, case_of, change_of, incoming, passage, post
from tests.core.storing import STUB, YES, answered, asked, claimed, queued, rows, texts


def everything(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all our tables."""
    db = sqlite_utils.Database(path)
    found = {name: list(db.table(name).rows) for name in db.table_names()}
    db.close()
    return found


def with_a_migration_from_the_future(path: Path) -> None:
    db = sqlite_utils.Database(path)
    [name] = [name for name in db.table_names() if name.endswith("migrations")]
    applied = dict(next(iter(db.table(name).rows)))
    applied.pop("id", None)
    db.table(name).insert({**applied, "name": "m999_from_the_future"})
    db.close()


def a_diary(path: Path) -> bytes:
    path.parent.mkdir()
    path.write_text("Dear diary, today I was not a database. " * 100)
    return path.read_bytes()


# --- the inbox ---------------------------------------------------------------------------------------


async def test_a_message_delivered_twice_is_stored_once(store: Store) -> None:
    message = incoming("Hello.")
    assert await store.add(message, 1) == Receipt(new=True)
    assert await store.add(message, 1) == Receipt(new=False)
    assert await store.add(replace(message, text="Hello again."), 2) == Receipt(new=False)
    turn = await claimed(store)
    assert [waiting.text for waiting in turn.waiting] == ["Hello."]
    assert await store.claim(STUB) is None


async def test_a_message_delivered_twice_at_once_is_stored_once(store: Store, path: Path) -> None:
    other = await Store.open(path)
    message = incoming("Hello.")
    receipts = await asyncio.gather(*(s.add(message, 1) for s in (store, other) * 5))
    assert [receipt.new for receipt in receipts].count(True) == 1
    await other.close()


async def test_a_message_delivered_again_after_its_answer_stays_answered(store: Store) -> None:
    message = incoming("Hello.")
    await store.add(message, 1)
    await store.decide(await claimed(store), YES)
    assert not (await store.add(message, 1)).new
    assert await store.claim(STUB) is None


@pytest.mark.parametrize("text", ["", "\0", "🪴", "a\0b", "שלום", "x" * 100_000])
async def test_any_text_is_kept_as_it_is(text: str, store: Store) -> None:
    await store.add(incoming(text), 1)
    assert (await claimed(store)).text == text


async def test_half_of_an_emoji_does_not_lose_the_words_around_it(store: Store) -> None:
    receipt = await store.add(incoming("help \ud83d please", author=Author("stub:ann", "A\ud83d")), 1)
    assert receipt.new
    text = (await claimed(store)).text
    assert text.startswith("help ")
    assert text.endswith(" please")


async def test_what_one_author_has_waiting_is_one_turn_in_the_platforms_order(store: Store) -> None:
    for position, text in ((30, "third"), (10, "first"), (20, "second")):
        await store.add(incoming(text, position=position), 1)
    turn = await claimed(store)
    assert [message.text for message in turn.waiting] == ["first", "second", "third"]
    assert turn.text == "first\nsecond\nthird"
    assert turn.newest.text == "third"
    assert {message.turn for message in turn.waiting} == {turn.id}


async def test_a_late_older_message_gets_the_next_turn(store: Store) -> None:
    await store.add(incoming("new", position=20), 1)
    turn = await claimed(store)
    await store.add(incoming("old", position=10), 1)
    assert await store.claim(STUB) is None
    await store.decide(turn, YES)
    assert (await claimed(store)).text == "old"


async def test_two_authors_in_one_conversation_get_their_own_turns(store: Store) -> None:
    for author, text in ((ANN, "a1"), (BEN, "b1"), (ANN, "a2")):
        await store.add(incoming(text, author=author), 1)
    turn = await claimed(store)
    assert turn.text == "a1\na2"
    assert await store.claim(STUB) is None
    await store.decide(turn, YES)
    assert (await claimed(store)).text == "b1"


async def test_one_turn_at_a_time_in_a_conversation_and_many_conversations_at_once(store: Store) -> None:
    for conversation in ("stub:1", "stub:2", "stub:3"):
        await store.add(incoming(conversation, conversation=conversation), 1)
    turns = [await claimed(store) for _ in range(3)]
    assert [turn.conversation for turn in turns] == ["stub:1", "stub:2", "stub:3"]
    await store.add(incoming("more", conversation="stub:2"), 1)
    assert await store.claim(STUB) is None
    await store.decide(turns[1], YES)
    assert (await claimed(store)).text == "more"


async def test_two_processes_never_claim_the_same_turn(store: Store, path: Path) -> None:
    for number in range(10):
        await store.add(incoming(f"m{number}", conversation=f"stub:{number}"), 1)
    other = await Store.open(path)
    turns = await asyncio.gather(*(s.claim(STUB) for s in (store, other) * 10))
    got = sorted(turn.text for turn in turns if turn)
    assert got == sorted(f"m{number}" for number in range(10))
    await other.close()


async def test_only_connected_platforms_are_served(store: Store) -> None:
    await store.add(incoming(conversation="slack:T1/C1"), 1)
    assert await store.claim(STUB) is None
    assert await store.claim(()) is None
    assert await store.idle(STUB)
    assert not await store.idle(("slack",))
    turn = await store.claim(("stub", "slack"))
    assert turn is not None


async def test_a_conversation_is_served_from_its_first_message_on(store: Store) -> None:
    assert not await store.serves(DESK)
    await store.add(incoming(), 1)
    assert await store.serves(DESK)


async def test_an_answer_goes_to_the_place_that_the_message_names(store: Store) -> None:
    await store.add(incoming(place="stub:other"), 1)
    assert (await claimed(store)).newest.place == "stub:other"


# --- turns -------------------------------------------------------------------------------------------


async def test_the_history_holds_questions_with_their_answers_oldest_first(store: Store) -> None:
    await answered(store, "One?", Decision(Answer("1"), "One.", 3))
    await answered(store, "Two?", Decision(Answer("2"), "Two.", 5))
    turn = await asked(store, "Three?")
    assert [(m.role, m.text) for m in turn.history] == [
        (Role.CUSTOMER, "One?"),
        (Role.ASSISTANT, "One."),
        (Role.CUSTOMER, "Two?"),
        (Role.ASSISTANT, "Two."),
    ]
    assert [m.tokens for m in turn.history] == [1, 3, 1, 5]
    assert await store.history(DESK) == list(turn.history)


async def test_conversations_do_not_hear_each_other(store: Store) -> None:
    await answered(store, "One?")
    await store.add(incoming("Hello?", conversation="stub:other"), 1)
    assert (await claimed(store)).history == ()


async def test_what_left_the_window_stays_in_the_file_and_out_of_the_prompt(store: Store) -> None:
    await answered(store, "One?")
    second = await asked(store, "Two?")
    await store.decide(second, replace(YES, window=second.id))
    turn = await asked(store, "Three?")
    assert turn.start == second.id
    assert [m.text for m in turn.history] == ["Two?", "Yes."]
    assert len(await store.history(DESK)) == 4


async def test_a_new_session_forgets_and_takes_back_an_open_offer(store: Store) -> None:
    await answered(store, "One?", replace(YES, change=change_of(case_of(id=0))))
    await store.start_afresh(DESK)
    turn = await asked(store, "Two?")
    assert (turn.history, turn.case) == ((), None)
    await store.decide(turn, replace(YES, window=turn.start))
    assert [m.text for m in (await asked(store, "Three?")).history] == ["Two?", "Yes."]


async def test_a_new_session_may_be_the_first_thing_in_a_conversation(store: Store) -> None:
    await store.start_afresh(DESK)
    assert (await asked(store, "One?")).text == "One?"


async def test_a_turn_under_way_does_not_undo_a_new_session(store: Store) -> None:
    await answered(store, "One?")
    turn = await asked(store, "Two?")
    await store.start_afresh(DESK)
    await store.decide(turn, replace(YES, window=turn.id))
    assert (await asked(store, "Three?")).history == ()


async def test_a_decision_is_written_whole(store: Store, path: Path) -> None:
    turn = await asked(store)
    answer = Answer("Yes.", Action.ANSWER, None, (passage(),))
    case = case_of(CaseState.WAITING, id=0)
    assert await store.decide(turn, Decision(answer, "Yes.", 2, (post("Yes."),), change_of(case))) is not None
    assert rows(path, "SELECT state, action, reason, sources FROM turns") == [
        ("decided", "answer", None, '["refunds.md#1"]')
    ]
    assert texts(await store.take_posts(STUB)) == ["Yes."]
    [stored] = await store.open_cases(DESK)
    assert stored == replace(case, id=stored.id)
    assert rows(path, "SELECT state, who FROM case_steps") == [("waiting", ANN.id)]


async def test_a_decision_that_fails_in_the_middle_leaves_nothing_behind(store: Store, path: Path) -> None:
    await answered(store, "One?", replace(YES, posts=(post("Old.", key="k" * 24),)))
    turn = await asked(store, "Two?")
    before = everything(path)
    twice = (post("First."), post("Second.", key="k" * 24))  # a key that is there already
    case = case_of(id=0)
    answer = Answer("No.")
    with pytest.raises(sqlite3.IntegrityError):
        await store.decide(turn, Decision(answer, "No.", 1, twice, change_of(case), window=turn.id))
    assert everything(path) == before
    assert await store.decide(turn, YES) is not None  # and the store goes on


async def test_a_turn_is_decided_once(store: Store) -> None:
    turn = await asked(store)
    assert await store.decide(turn, replace(YES, posts=(post("Yes."),))) is not None
    assert await store.decide(turn, replace(YES, posts=(post("Again."),))) is None
    assert texts(await store.take_posts(STUB)) == ["Yes."]


async def test_a_turn_that_was_put_back_is_not_decided(store: Store) -> None:
    turn = await asked(store)
    await store.release(turn)
    assert await store.decide(turn, replace(YES, posts=(post("Yes."),))) is None
    assert await store.take_posts(STUB) == []


# --- edits -------------------------------------------------------------------------------------------


def nowhere(new: NewWords) -> list[Post]:
    raise AssertionError("these words were passed on to nobody")


async def words_of(store: Store, *steps: tuple[str, float] | IncomingMessage) -> list[str]:
    """Return the words of a message after it was added, or edited at a time, in this order."""
    for step_ in steps:
        if isinstance(step_, IncomingMessage):
            await store.add(step_, 1)
        else:
            await store.edit("m1", step_[0], 1, step_[1], nowhere)
    return [message.text for message in (await claimed(store)).waiting]


FIRST = incoming("First", id="m1")


async def test_of_several_edits_the_newest_counts_whenever_it_comes(store: Store) -> None:
    assert await words_of(store, FIRST, ("New", 20.0), ("Old", 10.0)) == ["New"]


async def test_an_edit_back_to_the_first_words_is_newer_than_one_in_between(store: Store) -> None:
    assert await words_of(store, FIRST, ("First", 20.0), ("Between", 10.0)) == ["First"]


async def test_a_repeated_edit_changes_nothing(store: Store) -> None:
    assert await words_of(store, FIRST, ("New", 10.0), ("Unfurled", 10.0)) == ["New"]
    assert await store.edit("m1", "New", 1, 10.0, nowhere) is None
    assert await store.edit("m1", "New", 1, 11.0, nowhere) is None  # the same words
    assert await store.edit("m1", "Newer", 1, 12.0, nowhere) == (DESK, ANN.id)


async def test_words_that_were_never_edited_are_older_than_any_edit(store: Store) -> None:
    assert await words_of(store, FIRST, ("New", 1.0), ("First", 0.0)) == ["New"]


async def test_a_message_that_comes_edited_is_as_new_as_its_edit(store: Store) -> None:
    edited = replace(FIRST, text="New", edited_at=20.0)
    assert await words_of(store, edited, ("Old", 10.0)) == ["New"]


async def test_an_edit_may_come_before_its_message_and_be_older_or_newer(store: Store) -> None:
    edited = replace(FIRST, text="Newer", edited_at=20.0)
    assert await words_of(store, ("New", 10.0), edited) == ["Newer"]


async def test_an_edit_that_comes_before_its_message_stays(store: Store) -> None:
    assert await words_of(store, ("New", 10.0), FIRST, ("Old", 5.0)) == ["New"]


async def test_the_posts_of_a_decision_that_can_go_at_once_are_taken_with_it(store: Store) -> None:
    turn = await asked(store)
    ping = post("ping", place=TEAM)
    told = post("told", after=ping.key)
    rows = await store.decide(turn, replace(YES, posts=(post("a"), post("b"), ping, told)), STUB)
    assert rows is not None
    assert texts(rows) == ["a", "ping"]
    assert await store.take_posts(STUB) == []
    assert texts(await store.doubtful_posts(STUB)) == ["a", "ping"]
    assert await store.posted(rows[1], "ref")  # others wait
    assert await store.posted(rows[0], "ref")
    [b] = await store.take_posts(STUB)
    assert await store.posted(b, "ref")
    [told_] = await store.take_posts(STUB)
    assert not await store.posted(told_, "ref")


async def test_no_step_of_a_turn_reads_through_all_that_was_ever_said(store: Store, path: Path) -> None:
    statements: list[str] = []
    await store._run(lambda db: db.conn.set_trace_callback(statements.append))
    await queued(store, post("a"), post("b"))
    await store.add(incoming("Once more?"), 1)
    await store.release((await store.claim_all(STUB, 5)).turns[0])
    turn = (await store.claim_all(STUB, 5)).turns[0]
    await store.extend(turn)
    await store.decide(turn, YES, STUB)
    await store.next_post(STUB)
    for row in await store.doubtful_posts(STUB):
        await store.posted(row, "ref")
    await store._run(lambda db: db.conn.set_trace_callback(None))
    with sqlite3.connect(path) as db:
        db.execute("CREATE TEMP TABLE held (place TEXT PRIMARY KEY)")
        asked_ = {s for s in statements if s.startswith(("SELECT", "UPDATE", "DELETE"))}
        steps = {(s, step_[3]) for s in asked_ for step_ in db.execute(f"EXPLAIN QUERY PLAN {s}")}
    long_ones = [(s, plan) for s, plan in steps if plan.startswith("SCAN") and "held" not in plan]
    assert [one for one in long_ones if "USING INDEX posts_open" not in one[1]] == []


async def test_a_decision_overtakes_nothing_that_waits_in_its_place(store: Store) -> None:
    await queued(store, post("earlier"))
    turn = await asked(store)
    rows = await store.decide(turn, replace(YES, posts=(post("later"),)), STUB)
    assert rows is not None
    assert texts(rows) == ["earlier"]


async def test_all_that_waits_is_claimed_at_once_and_the_rest_is_told_of(store: Store) -> None:
    assert await store.claim_all(STUB, 2) == Claimed((), False, None)
    for number in range(3):
        await store.add(incoming(str(number), conversation=f"stub:{number}"), 1)
    first = await store.claim_all(STUB, 2)
    assert ([turn.text for turn in first.turns], first.left, first.next_at) == (["0", "1"], True, None)
    second = await store.claim_all(STUB, 2)
    assert ([turn.text for turn in second.turns], second.left, second.next_at) == (["2"], False, None)
    await store.add(incoming("more", conversation="stub:2"), 1)
    behind = await store.claim_all(STUB, 2)
    assert behind == Claimed((), True, None)  # its conversation has a turn
    await store.release(second.turns[0], 60.0)
    put_back = await store.claim_all(STUB, 0)
    assert put_back.next_at is not None
    assert put_back.next_at > time.time() + 50


async def test_names_are_those_that_are_known_at_the_claim(store: Store) -> None:
    nameless = Author(ANN.id)
    await answered(store, "One?", author=nameless)
    assert (await asked(store, "Two?", author=nameless)).newest.author.name == ""
    await store.release_left_over(STUB)
    await store.remember_name(Author(ANN.id, "Annie"))
    turn = await claimed(store)
    assert {message.author.name for message in turn.waiting + turn.history[:1]} == {"Annie"}


# --- putting back ------------------------------------------------------------------------------------


async def test_what_was_decided_is_not_put_back(store: Store) -> None:
    turn = await answered(store, "One?")
    await store.release(turn)  # a shutdown that ran out of patience while the decision was written
    assert await store.claim(STUB) is None
    assert len(await store.history(DESK)) == 2


async def test_every_try_is_counted_except_those_that_a_clean_stop_cut_off(store: Store) -> None:
    turn = await asked(store)
    assert turn.newest.attempts == 1
    await store.release(turn)
    turn = await claimed(store)
    assert turn.newest.attempts == 2
    await store.release(turn, counts=False)
    assert (await claimed(store)).newest.attempts == 2


async def test_a_turn_that_was_put_back_for_later_waits_until_then(store: Store) -> None:
    turn = await asked(store)
    await store.release(turn, 1_000)
    assert await store.claim(STUB) is None
    moment = await store.next_waiting(STUB)
    assert moment is not None
    assert moment > time.time() + 900
    assert await store.claim(STUB, moment - 1) is None
    assert (await claimed(store, moment)).text == turn.text


async def test_what_was_put_back_holds_up_nobody_else(store: Store) -> None:
    turn = await asked(store)
    await store.release(turn, 1_000)
    await store.add(incoming("Me?", author=BEN), 1)
    assert (await claimed(store)).text == "Me?"


async def test_a_new_message_brings_those_that_were_put_back_along(store: Store) -> None:
    turn = await asked(store, "One.")
    await store.release(turn, 1_000)
    await store.add(incoming("Two."), 1)
    assert (await claimed(store)).text == "One.\nTwo."


async def test_no_moment_is_named_that_has_passed_while_nothing_can_be_claimed(store: Store) -> None:
    """A moment that has passed would make the desk ask again and again, as fast as it can."""
    turn = await asked(store)
    await store.release(turn, 10)
    await store.add(incoming("Me?", author=BEN), 1)
    await claimed(store)  # another customer of the same conversation is being answered
    moment = await store.next_waiting(STUB)
    assert await store.claim(STUB, time.time() + 20) is None
    assert moment is None or moment > time.time() + 20


async def test_turns_of_a_process_that_died_are_taken_up_and_counted(path: Path) -> None:
    first = await Store.open(path)
    turn = await asked(first)
    await first.close()
    second = await Store.open(path)
    assert await second.claim(STUB) is None
    assert await second.release_left_over(("slack",)) == 0
    assert await second.release_left_over(STUB) == 1
    again = await claimed(second)
    assert (again.text, again.newest.attempts) == (turn.text, 2)
    await second.close()


async def test_what_was_committed_survives_a_process_that_is_killed(path: Path, tmp_path: Path) -> None:
    """A copy of the file and its log, taken while the store is open, is what a kill leaves behind."""
    store = await Store.open(path)
    await store.add(incoming("Hello."), 1)
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in path.parent.glob("frontdesk.db*"):
        if not file.name.endswith("-shm"):
            (copy / file.name).write_bytes(file.read_bytes())
    await store.close()
    revived = await Store.open(copy / path.name)
    assert (await claimed(revived)).text == "Hello."
    await revived.close()


# --- people ------------------------------------------------------------------------------------------


async def test_names_of_people_are_kept_and_renewed(store: Store) -> None:
    await store.add(incoming(author=Author("stub:u1", "Old")), 1)
    await store.add(incoming(author=Author("stub:u1", "New")), 1)
    await store.add(incoming(author=Author("stub:u1")), 1)
    await store.remember_name(BEN)
    assert await store.names(["stub:u1", BEN.id, "stub:nobody"]) == {"stub:u1": "New", BEN.id: "Ben"}
    assert await store.names([]) == {}


# --- the outbox --------------------------------------------------------------------------------------


async def test_posts_of_a_place_are_sent_one_after_the_other_in_order(store: Store) -> None:
    await queued(store, *(post(text) for text in "abc"))
    for text in "abc":
        [row] = await store.take_posts(STUB)
        assert row.post.text == text
        assert await store.take_posts(STUB) == []
        await store.posted(row, f"stub:{text}")
    assert await store.idle(STUB)


async def test_posts_of_different_places_are_sent_at_once(store: Store) -> None:
    await queued(store, post("a", place="stub:1"), post("b", place="stub:2"), post("c", place="stub:1"))
    assert texts(await store.take_posts(STUB)) == ["a", "b"]


async def test_a_post_that_waits_for_another_comes_after_it_and_holds_up_nothing(store: Store) -> None:
    ping = post("ping", place=TEAM)
    await queued(store, ping, post("told", after=ping.key), post("more"))
    first = await store.take_posts(STUB)
    assert texts(first) == ["ping", "more"]
    await store.posted(first[1], "r")
    assert await store.take_posts(STUB) == []
    await store.posted(first[0], "r")
    assert texts(await store.take_posts(STUB)) == ["told"]


async def test_a_place_has_one_post_under_way_also_when_one_stops_waiting(store: Store) -> None:
    ping = post("ping", place=TEAM)
    await queued(store, ping, post("told", after=ping.key), post("more"))
    pinged, more = await store.take_posts(STUB)
    await store.posted(pinged, "r")
    assert await store.take_posts(STUB) == []
    await store.posted(more, "r")
    assert texts(await store.take_posts(STUB)) == ["told"]


async def test_what_waited_for_a_post_that_failed_says_what_it_says_otherwise(store: Store) -> None:
    ping = post("ping", place=TEAM)
    await queued(store, ping, post("told", after=ping.key, otherwise="write to us"))
    [row] = await store.take_posts(STUB)
    await store.failed(row, "no such channel")
    [row] = await store.take_posts(STUB)
    assert (row.post.text, row.post.after) == ("write to us", "")


async def test_what_waited_and_has_nothing_else_to_say_fails_as_well(store: Store, path: Path) -> None:
    first = post("first", place=TEAM)
    second = post("second", after=first.key)
    await queued(store, first, second, post("third", after=second.key, otherwise="else"))
    [row] = await store.take_posts(STUB)
    await store.failed(row, "refused")
    assert texts(await store.take_posts(STUB)) == ["else"]
    assert rows(path, "SELECT text, state FROM posts ORDER BY id") == [
        ("first", "failed"),
        ("second", "failed"),
        ("else", "sending"),
    ]


async def test_a_post_that_failed_does_not_hold_up_the_next_one(store: Store) -> None:
    await queued(store, post("a"), post("b"))
    [row] = await store.take_posts(STUB)
    await store.failed(row, "refused")
    assert texts(await store.take_posts(STUB)) == ["b"]


async def test_a_post_that_has_to_wait_keeps_its_place_in_the_order(store: Store) -> None:
    await queued(store, post("a"), post("b"))
    [row] = await store.take_posts(STUB)
    moment = time.time() + 100
    await store.try_later(row, moment, "rate limit")
    assert await store.take_posts(STUB) == []
    assert await store.next_post(STUB) == moment
    [again] = await store.take_posts(STUB, moment)
    assert (again.post, again.attempts) == (replace(row.post, not_before=moment), 1)


async def test_no_moment_is_named_that_has_passed_while_no_post_can_be_sent(store: Store) -> None:
    ping = post("ping", place=TEAM)
    await queued(store, ping, post("told", after=ping.key), post("more"))
    pinged, more = await store.take_posts(STUB)
    await store.try_later(more, time.time() + 10, "rate limit")
    await store.posted(pinged, "r")
    assert texts(await store.take_posts(STUB)) == ["told"]  # is being sent for a long time
    assert await store.take_posts(STUB, time.time() + 20) == []
    moment = await store.next_post(STUB)
    assert moment is None or moment > time.time() + 20


async def test_posts_that_a_process_was_sending_when_it_died_are_in_doubt(path: Path) -> None:
    first = await Store.open(path)
    await queued(first, post("a"), post("b"))
    [sending] = await first.take_posts(STUB)
    await first.close()
    second = await Store.open(path)
    assert await second.take_posts(STUB) == []
    assert await second.doubtful_posts(("slack",)) == []
    [row] = await second.doubtful_posts(STUB)
    assert row == replace(sending, doubtful=True)
    await second.posted(row, "r")
    assert texts(await second.take_posts(STUB)) == ["b"]
    await second.close()


async def test_the_store_is_idle_when_nothing_waits_to_be_answered_or_sent(store: Store) -> None:
    assert await store.idle(STUB)
    await store.add(incoming(), 1)
    assert not await store.idle(STUB)
    turn = await claimed(store)
    assert not await store.idle(STUB)
    await store.decide(turn, replace(YES, posts=(post("Yes."),)))
    assert not await store.idle(STUB)
    [row] = await store.take_posts(STUB)
    assert not await store.idle(STUB)
    await store.posted(row, "r")
    assert await store.idle(STUB)


# --- the file ----------------------------------------------------------------------------------------


async def test_a_file_opens_again_with_all_that_it_held(path: Path) -> None:
    store = await Store.open(path)
    await answered(store, "One?", replace(YES, change=change_of(case_of(id=0))))
    before = everything(path)
    await store.close()
    again = await Store.open(path)
    assert everything(path) == before
    turn = await asked(again, "Two?")
    assert ([m.text for m in turn.history], turn.case and turn.case.state) == (["One?", "Yes."], "offered")
    await again.close()


def older_versions() -> list[str | None]:
    """Return the migrations that a file may stop before: every one but the first."""
    names = [migration.name for migration in migrations.pending(sqlite_utils.Database(memory=True))]
    return [*names[1:], None]


@pytest.mark.parametrize("stop_before", older_versions())
async def test_a_file_of_an_older_version_is_brought_up_to_date_with_its_data(
    stop_before: str | None, path: Path
) -> None:
    path.parent.mkdir()
    db = sqlite_utils.Database(path)
    migrations.apply(db, stop_before=stop_before)
    db.execute("INSERT INTO conversations(id, created_at) VALUES (?, 0)", [DESK])
    db.execute(
        "INSERT INTO messages(id, conversation, platform, place, role, author, author_name, text, tokens, "
        "position, sent_at) VALUES ('stub:1', ?, 'stub', ?, 'customer', 'stub:ann', '', 'Old?', 1, 1, 0)",
        [DESK, DESK],
    )
    db.conn.commit()
    db.close()
    store = await Store.open(path)
    turn = await claimed(store)
    assert turn.text == "Old?"
    assert await store.decide(turn, YES) is not None
    await store.close()


async def test_a_case_from_before_agents_could_claim_silences_nobody(path: Path) -> None:
    path.parent.mkdir()
    db = sqlite_utils.Database(path)
    migrations.apply(db, stop_before="m003_handover")
    db.execute("INSERT INTO conversations(id, created_at) VALUES (?, 0)", [DESK])
    for state, customer in (("waiting", "stub:ann"), ("offered", "stub:ben"), ("resolved", "stub:ann")):
        db.execute(
            "INSERT INTO cases(conversation, customer, customer_name, place, reason, question, state, "
            "opened_at) VALUES (?, ?, '', ?, 'unsure', 'Old?', ?, 5)",
            [DESK, customer, DESK, state],
        )
    db.conn.commit()
    db.close()
    store = await Store.open(path)
    cases = await store.cases()
    assert sorted((case.id, case.state) for case in cases) == [
        (1, "cancelled"),
        (2, "offered"),
        (3, "resolved"),
    ]
    assert len({case.key for case in cases}) == 3
    [step] = await store.steps(next(case for case in cases if case.id == 1))
    assert (step.state, step.who) == ("cancelled", "frontdesk")
    await store.close()


async def test_a_file_of_a_newer_version_is_refused_and_not_touched(path: Path) -> None:
    await (await Store.open(path)).close()
    with_a_migration_from_the_future(path)
    before = everything(path)
    with pytest.raises(StoreUnusable, match=r"newer Frontdesk \(it has m999_from_the_future\)"):
        await Store.open(path)
    assert everything(path) == before


async def test_a_file_that_is_no_database_is_refused_and_not_touched(path: Path) -> None:
    before = a_diary(path)
    with pytest.raises(StoreUnusable, match=r"damaged or not a database .*Move it away"):
        await Store.open(path)
    assert await asyncio.to_thread(path.read_bytes) == before


async def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="DATABASE names a file that this user may write"):
        await Store.open(tmp_path)


async def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreUnusable, match="Set DATABASE to a file that this user may write"):
        await Store.open(tmp_path / "data" / "frontdesk.db")


@pytest.mark.parametrize("name", ["frontdesk.db", "new/frontdesk.db"])
async def test_a_read_only_folder_is_told(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "read-only"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(StoreUnusable, match="this user may write"):
        await Store.open(folder / name)


async def test_positions_decide_whatever_the_order_of_arrival(store: Store) -> None:
    for order in itertools.permutations((1, 2, 3)):
        for position in order:
            await store.add(incoming(str(position), position=position), 1)
        turn = await claimed(store)
        assert turn.text == "1\n2\n3"
        await store.decide(turn, YES)
