"""What the store keeps of cases, of agents' words, and of what waits below a card."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core import cases
from core.handover import Change, NewWords, Note, heard, reworded
from core.messages import Answer, Author, Button, Case, CaseState, Post, Press, Role
from core.outage import Struck
from core.posts import new_key
from core.presses import Pressed
from core.store import Decision, Store
from tests.builders import ANN, BEN, DANA, DESK, TEAM, around, case_of, change_of, incoming, post
from tests.core.storing import STUB, YES, answered, asked, claimed, opened, rows, sent, texts

CLAIMED, RESOLVED, WAITING = CaseState.CLAIMED, CaseState.RESOLVED, CaseState.WAITING


def ping(key: str = "ping1", **more: object) -> Post:
    buttons = (Button(Press.CLAIM, "Claim", "case7"),)
    return replace(Post(key, TEAM, "A case.", buttons=buttons), **more)  # type: ignore[arg-type]


def below(text: str, key: str = "ping1") -> Post:
    return Post(new_key(), TEAM, text, under=key)


async def takes(store: Store, case: Case, *posts: Post, who: Author = DANA) -> None:
    """Let an agent claim a case."""
    step = Change(cases.step(case, CLAIMED, 9.0, who), who.id, "claimed", posts)
    assert await store.change(case.key, lambda now: step)


async def says(store: Store, case: Case, text: str, id: str = "stub:below/ping1/1") -> None:
    """Let Dana write in the thread of a case."""
    message = incoming(text, author=DANA, conversation=case.thread, id=id)
    await store.hear(
        case.key, message, 1, lambda now, words: heard(now, replace(message, text=words), around())
    )


# --- steps -------------------------------------------------------------------------------------------


async def test_a_case_is_kept_with_all_that_is_known_of_it(store: Store) -> None:
    case = replace(
        case_of(CLAIMED, owner=DANA, ping="p", since=5.0, spoke=Role.AGENT, spoke_at=6.0, reminders=1),
        subject="press",
        shared=True,
        opened_at=4.0,
        told=True,
        answer="On its way.",
        rating="good",
    )
    kept = await opened(store, case)
    assert kept == replace(case, id=kept.id, thread="")  # which is known once the card is posted


async def test_every_step_is_recorded_with_who_and_why(store: Store, path: Path) -> None:
    case = await opened(store, case_of())
    for state, who in ((WAITING, ANN), (CLAIMED, DANA), (RESOLVED, DANA)):
        now = await store.case(case.key)
        assert now is not None
        owner = DANA if state is CLAIMED else None
        change = Change(cases.step(now, state, 9.0, owner), who.id, f"so {state}", (post(state),))
        assert await store.change(case.key, lambda _, change=change: change)  # type: ignore[misc]
    assert await store.open_cases(DESK) == []
    steps = await store.steps(case)
    assert [(step.state, step.who, step.why) for step in steps] == [
        ("offered", ANN.id, "said so"),
        ("waiting", ANN.id, "so waiting"),
        ("claimed", DANA.id, "so claimed"),
        ("resolved", DANA.id, "so resolved"),
    ]
    assert all(abs(step.at - time.time()) < 60 for step in steps)
    assert rows(path, "SELECT state, owner, owner_name FROM cases") == [("resolved", DANA.id, "Dana")]
    assert [one.text for one in await sent(store)] == ["waiting", "claimed", "resolved"]


async def test_what_is_no_step_is_not_recorded_as_one(store: Store) -> None:
    case = await opened(store, case_of(WAITING))
    assert await store.change(case.key, lambda now: Change(replace(now, reminders=1), "frontdesk"))
    assert len(await store.steps(case)) == 1
    changed = await store.case(case.key)
    assert changed is not None
    assert changed.reminders == 1


async def test_a_change_that_comes_to_nothing_writes_nothing(store: Store) -> None:
    case = await opened(store, case_of(WAITING))
    assert not await store.change(case.key, lambda now: None)
    assert not await store.change("nobody's", lambda now: change_of(now))
    assert await store.case(case.key) == case


async def test_a_customer_has_one_open_case_in_a_conversation(store: Store) -> None:
    await answered(store, "One?", replace(YES, change=change_of(case_of(id=0))))
    turn = await asked(store, "Two?")
    second = replace(case_of(id=0), key="another")
    with pytest.raises(sqlite3.IntegrityError):
        await store.decide(turn, replace(YES, change=change_of(second)))


async def test_a_turn_knows_the_case_of_its_own_customer_while_it_is_only_offered(store: Store) -> None:
    offered = await opened(store, case_of())
    turn = await asked(store, "Two?", author=BEN)
    assert (turn.case, turn.beside) == (None, offered)


@pytest.mark.parametrize("state", [WAITING, CLAIMED])
async def test_a_case_that_people_have_is_everybodys_in_its_thread(state: CaseState, store: Store) -> None:
    case = await opened(store, case_of(state))
    assert (await asked(store, "Me too!", author=BEN)).case == case


async def test_in_a_whole_channel_a_case_is_its_customers_alone(store: Store) -> None:
    await store.add(incoming("Help!", shared=True), 1)
    turn = await claimed(store)
    await store.decide(turn, replace(YES, change=change_of(replace(case_of(WAITING, id=0), shared=True))))
    await store.add(incoming("And me?", author=BEN, shared=True), 1)
    bens = await claimed(store)
    assert (bens.case, bens.beside, bens.shared) == (None, None, True)
    await store.decide(bens, YES)
    assert (await asked(store, "Hello?")).case is not None


async def test_a_person_who_takes_over_while_a_reply_is_made_stops_it(store: Store) -> None:
    case = await opened(store, case_of())
    turn = await asked(store, "yes")
    await takes(store, case)
    assert await store.decide(turn, replace(YES, posts=(post("Yes."),))) is None
    await store.release(turn, counts=False)
    again = await claimed(store)
    assert again.case is not None
    assert (again.case.state, again.case.owner) == (CLAIMED, DANA)
    assert await store.decide(again, Decision(None)) is not None


async def test_a_case_that_was_closed_while_a_reply_was_made_is_not_opened_again(store: Store) -> None:
    case = await opened(store, case_of(WAITING))
    turn = await asked(store, "Hello?")
    await store.change(case.key, lambda now: change_of(cases.step(now, RESOLVED, 9.0, DANA)))
    assert turn.case is not None
    assert await store.decide(turn, Decision(None, change=Change(turn.case, ANN.id))) is None
    assert await store.open_cases(DESK) == []


async def test_the_store_stands_open_cases_and_finds_them_by_state(store: Store) -> None:
    case = await opened(store, case_of(WAITING))
    assert await store.cases((WAITING, CLAIMED)) == [case]
    assert await store.cases((RESOLVED,)) == []


# --- the card and its thread -------------------------------------------------------------------------


async def test_what_is_written_below_a_card_belongs_to_its_case(store: Store) -> None:
    case = await opened(store, case_of(WAITING, ping="ping1"), ping())
    await sent(store)
    thread = "stub:below/ping1"
    receipt = await store.add(incoming("Hi.", author=DANA, conversation=thread), 1)
    assert (receipt.new, receipt.case and receipt.case.key) == (False, case.key)
    assert await store.serves(thread)
    assert await store.serves("stub:whatever", thread)
    assert not await store.serves("stub:below/other")
    assert await store.claim(STUB) is None  # no turn comes of it


async def test_a_thread_that_was_made_while_a_turn_was_under_way_stays_known(store: Store) -> None:
    case = await opened(store, replace(case_of(WAITING, ping="ping1"), thread=""), ping())
    turn = await asked(store, "Hello?")
    await sent(store)  # the card is posted while Ann's words are looked at
    assert turn.case is not None
    change = Change(cases.spoken(turn.case, Role.CUSTOMER, 9.0), ANN.id)
    assert await store.decide(turn, Decision(None, change=change)) is not None
    known = await store.case(case.key)
    assert known is not None
    assert known.thread == "stub:below/ping1"


async def test_a_rating_and_a_reminder_are_not_undone_by_a_turn_under_way(store: Store) -> None:
    case = await opened(store, case_of(WAITING, ping="ping1"))
    turn = await asked(store, "Hello?")
    await store.change(case.key, lambda now: Change(replace(now, reminders=1), "frontdesk"))
    assert turn.case is not None
    change = Change(cases.spoken(turn.case, Role.CUSTOMER, 9.0), ANN.id)
    await store.decide(turn, Decision(None, change=change))
    known = await store.case(case.key)
    assert known is not None
    assert known.reminders == 1


async def test_posts_below_a_card_wait_for_it_and_know_where_it_is(store: Store) -> None:
    await opened(store, case_of(WAITING, ping="ping1"), below("So far."), ping())
    [row] = await store.take_posts(STUB)
    assert row.post.key == "ping1"
    await store.posted(row, "stub:there")
    [row] = await store.take_posts(STUB)
    assert (row.post.text, row.under) == ("So far.", "stub:there")


async def test_of_several_edits_that_wait_the_last_one_is_made(store: Store) -> None:
    edits = [Post(new_key(), TEAM, text, edits="ping1") for text in ("One.", "Two.")]
    await opened(store, case_of(WAITING, ping="ping1"), ping(), *edits)
    assert [one.text for one in await sent(store)] == ["A case.", "Two."]


async def test_a_card_that_waits_for_office_hours_holds_up_no_other_case(store: Store) -> None:
    """At night one agent still answers: the customer's words must reach them."""
    await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"), ping())
    await sent(store)
    tomorrow = ping("ping2", not_before=time.time() + 40_000)
    bens = replace(case_of(WAITING, ping="ping2", customer=BEN), key="case8")
    await opened(store, bens, tomorrow, below("Ben's.", "ping2"), author=BEN)
    turn = await asked(store, "Still there?")
    await store.decide(turn, Decision(None, posts=(below("**Ann:** Still there?"),)))
    assert [one.text for one in await sent(store)] == ["**Ann:** Still there?"]


async def test_a_card_that_could_not_be_posted_calls_nobody(store: Store) -> None:
    case = await opened(store, case_of(WAITING, ping="ping1"), ping(), below("So far."))
    [row] = await store.take_posts(STUB)
    await store.failed(row, "no such channel")
    known = await store.case(case.key)
    assert known is not None
    assert known.state is CaseState.CANCELLED
    assert (await store.steps(case))[-1].why == "the ping could not be posted"
    assert await store.idle(STUB)


async def test_what_belongs_to_a_card_that_failed_does_not_wait_for_ever(store: Store) -> None:
    await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"), ping())
    [row] = await store.take_posts(STUB)
    await store.failed(row, "no such channel")
    turn = await asked(store, "Hello?")
    edit = Post(new_key(), TEAM, "Now.", edits="ping1")
    await store.decide(turn, Decision(None, posts=(below("**Ann:** Hello?"), edit)))
    assert await store.take_posts(STUB) == []
    assert await store.idle(STUB)


# --- agents' words -----------------------------------------------------------------------------------


async def test_an_agents_words_stand_in_the_history_behind_what_they_answer(store: Store) -> None:
    case = await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"))
    await says(store, case, "From me.")
    turn = await asked(store, "Two?")
    last = turn.history[-1]
    assert (last.role, last.author, last.text) == (Role.AGENT, DANA, "From me.")
    assert "**Dana:** From me." in [one.text for one in await sent(store)]


async def test_an_agents_words_that_come_twice_are_passed_on_once(store: Store) -> None:
    case = await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"))
    await says(store, case, "From me.")
    await says(store, case, "From me.")
    assert [one.text for one in await sent(store)].count("**Dana:** From me.") == 1


async def test_an_agents_words_are_kept_when_the_turn_that_they_cut_off_is_put_back(store: Store) -> None:
    case = await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"))
    turn = await asked(store, "Two?")
    await says(store, case, "From me.")
    await store.release(turn, counts=False)
    await store.decide(await claimed(store), Decision(None))
    assert "From me." in [m.text for m in await store.history(DESK)]


async def test_neither_notes_nor_what_was_delivered_are_kept_as_notes(store: Store, path: Path) -> None:
    case = await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"))
    await says(store, case, "// a fraud?", id="stub:below/ping1/1")
    await says(store, case, "On its way.", id="stub:below/ping1/2")
    assert rows(path, "SELECT text FROM notes") == [("",), ("",)]
    assert not any("fraud" in m.text for m in await store.history(DESK))


async def test_words_before_a_claim_are_kept_until_they_are_sent(store: Store, path: Path) -> None:
    case = await opened(store, case_of(WAITING, ping="ping1"))
    await says(store, case, "Coming!", id="stub:below/ping1/1")
    assert rows(path, "SELECT id, author, text FROM notes") == [("stub:below/ping1/1", DANA.id, "Coming!")]
    seen: list[Note | None] = []

    def press(now: Case, note: Note | None, busy: bool) -> Pressed:
        seen.append(note)
        return Pressed("")

    await store.press(case.key, "stub:below/ping1/1", press)
    await store.press(case.key, "stub:below/ping1/2", press)
    assert seen == [Note("stub:below/ping1/1", DANA, "Coming!", 1), None]


async def test_an_agents_message_deleted_before_it_came_stays_away(store: Store) -> None:
    case = await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"))
    await store.delete("stub:below/ping1/1", "(gone)", 1, lambda *_: [])
    await says(store, case, "Oops.")
    assert await sent(store) == []


async def test_edited_words_of_an_agent_are_edited_where_the_customer_reads_them(store: Store) -> None:
    case = await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"))
    await says(store, case, "Tomorow.")
    [carried, *_] = await sent(store)
    await store.edit(
        "stub:below/ping1/1", "Tomorrow.", 1, 5.0, lambda new: reworded(new, lambda place: 2_000)
    )
    [edit] = await sent(store)
    assert (edit.edits, edit.place, edit.text) == (carried.key, DESK, "**Dana:** Tomorrow.")
    assert [m.text for m in await store.history(DESK)][-1] == "Tomorrow."


async def test_words_made_shorter_and_longer_again_arrive_whole(store: Store) -> None:
    """What was removed can't be edited any more."""
    case = await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"))
    await says(store, case, "short")

    def reword(new: NewWords) -> list[Post]:
        return reworded(new, lambda place: 60)

    live: dict[str, str] = {one.key: one.text for one in await sent(store) if one.place == DESK}
    long = " ".join(f"word{number}" for number in range(20))
    for at, text in enumerate((long, "short", long), 1):
        await store.edit("stub:below/ping1/1", text, 1, float(at), reword)
        for one in await sent(store):
            if one.edits:
                assert one.edits in live, "a post that was removed is edited"
            if one.edits and not one.text:
                del live[one.edits]
            else:
                live[one.edits or one.key] = one.text
        assert " ".join(live.values()) == f"**Dana:** {text}"


async def test_after_a_resolution_the_prompt_begins_afresh_with_a_word_of_it(store: Store) -> None:
    case = await opened(store, case_of(CLAIMED, owner=DANA, ping="ping1"))
    done = cases.step(case, RESOLVED, time.time(), DANA)
    await store.change(
        case.key, lambda now: Change(done, DANA.id, "resolved", closes=Note("", DANA, "(it)", 1))
    )
    turn = await asked(store, "Another thing?")
    assert [(m.role, m.text) for m in turn.history] == [(Role.AGENT, "(it)")]
    assert turn.session.previous == replace(done)
    assert turn.session.offers == 0


# --- sessions, muting, outages -----------------------------------------------------------------------


async def test_an_offer_counts_until_the_customer_begins_afresh(store: Store) -> None:
    await opened(store, replace(case_of(), opened_at=time.time()))
    assert (await asked(store, "Hm?")).session.offers == 1
    await store.release_left_over(STUB)
    await store.start_afresh(DESK)
    assert (await claimed(store)).session.offers == 0


async def test_an_offer_of_yesterday_counts_no_more(store: Store) -> None:
    await opened(store, replace(case_of(), opened_at=time.time() - 50_000))
    assert (await asked(store, "Hm?")).session.offers == 0


async def test_a_case_of_another_customer_is_not_this_ones_session(store: Store) -> None:
    await opened(store, replace(case_of(), opened_at=time.time()))
    assert (await asked(store, "Hm?", author=BEN)).session.offers == 0


async def test_a_muted_conversation_is_neither_stored_nor_answered_until_a_mention(store: Store) -> None:
    await answered(store, "stop", replace(YES, mute=True))
    assert not (await store.add(incoming("How are you all?"), 1)).new
    assert await store.claim(STUB) is None
    assert (await store.add(incoming("Bot?", mentions=True), 1)).new
    await store.decide(await claimed(store), YES)
    assert (await store.add(incoming("Again?"), 1)).new


async def test_a_muted_conversation_still_passes_words_on_to_people(store: Store) -> None:
    await opened(store, case_of(CLAIMED, owner=DANA))
    turn = await asked(store, "Hm.")
    await store.decide(turn, Decision(None, mute=True))
    assert (await store.add(incoming("Dana?"), 1)).new


async def test_an_outage_is_told_once_and_then_kept_up_to_date(store: Store) -> None:
    for number in (1, 2):
        turn = await asked(store, "Hm?")
        await store.decide(turn, replace(YES, struck=Struck(TEAM, "<@team>", f"Customer {number}", 100.0)))
    notice, edit = await sent(store)
    assert (notice.mention, notice.edits) == ("<@team>", "")
    assert (edit.mention, edit.edits) == ("", notice.key)
    assert "Customer 1" in edit.text
    assert "Customer 2" in edit.text


async def test_an_outage_whose_notice_could_not_be_posted_is_told_with_the_next_customer(
    store: Store,
) -> None:
    turn = await asked(store, "Hm?")
    await store.decide(turn, replace(YES, struck=Struck(TEAM, "<@team>", "Customer 1", 100.0)))
    [row] = await store.take_posts(STUB)
    await store.failed(row, "refused")
    turn = await asked(store, "Hm?")
    await store.decide(turn, replace(YES, struck=Struck(TEAM, "<@team>", "Customer 2", 101.0)))
    found = await store.take_posts(STUB)
    assert ["Customer 2" in text for text in texts(found)] == [True]


async def test_who_asks_for_a_person_is_heard_though_the_bot_is_to_be_quiet(store: Store) -> None:
    await store.add(incoming("stop"), 1)
    turn = await store.claim(["stub"])
    assert turn is not None
    await store.decide(turn, Decision(Answer("All right."), mute=True))
    assert not (await store.add(incoming("and what about tomorrow?"), 1)).new
    assert (await store.add(incoming("I want to talk to a human"), 1)).new
    assert (await store.add(incoming("my order is 12"), 1)).new


async def test_a_case_quotes_a_message_as_it_is_after_an_edit_and_not_at_all_after_a_deletion(
    store: Store,
) -> None:
    said = incoming("My card is *4111*\nand it is blocked")
    await store.add(said, 1)
    turn = await store.claim(["stub"])
    assert turn is not None
    case = replace(
        case_of(CaseState.WAITING, id=0, question=said.text, ping="p"),
        body="**Ann** needs a person.\n> My card is \\*4111\\*\n> and it is blocked",
    )
    await store.decide(turn, Decision(None, change=change_of(case)))
    await store.edit(said.id, "My card is blocked", 1, 9.0, lambda new: [])
    [known] = await store.cases()
    assert (known.question, known.body.split("\n")[1:]) == ("My card is blocked", ["> My card is blocked"])
    await store.delete(said.id, "(gone)", 1, lambda new: [])
    [known] = await store.cases()
    assert (known.question, known.body.split("\n")[1:]) == ("(gone)", ["> (gone)"])
