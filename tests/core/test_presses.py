"""What a press comes to: who may, what is out of date, and what becomes of the case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import words
from core.cases import step
from core.handover import Change, Note
from core.messages import Case, CaseState, Press, Role, Sign
from core.phrases import ENGLISH
from core.presses import Pressed, pressed, rated
from tests.builders import ANN, BEN, DANA, DESK, ELI, TEAM, around, case_of

AROUND = around(1_800_000_000.0)
WAITING = case_of(CaseState.WAITING, ping="p")
DANAS = case_of(CaseState.CLAIMED, ping="p", owner=DANA)
RESOLVED = case_of(CaseState.RESOLVED, ping="p", owner=DANA)
CANCELLED = case_of(CaseState.CANCELLED, ping="p", owner=DANA)
NOTE = Note("stub:below/p/1", DANA, "Coming!", 2)
AGENTS_PRESSES = [press for press in Press if press not in {Press.YES, Press.NO, Press.GOOD, Press.BAD}]


def press(
    case: Case, what: Press, who: object = DANA, note: Note | None = None, *, busy: bool = False
) -> Pressed:
    return pressed(case, what, who, AROUND, note, busy)  # type: ignore[arg-type]


def change_of(pressed: Pressed) -> Change:
    assert pressed.change is not None
    return pressed.change


def out_of_date(reply: str) -> bool:
    return reply.startswith(words.OUT_OF_DATE.partition("{")[0].strip())


@pytest.mark.parametrize("what", AGENTS_PRESSES)
@pytest.mark.parametrize("case", [WAITING, DANAS, RESOLVED])
def test_customers_do_not_handle_their_own_case(what: Press, case: Case) -> None:
    assert press(case, what, ANN, NOTE) == Pressed(words.NOT_YOUR_OWN)


def test_a_claim_tells_the_customer_and_the_card() -> None:
    change = change_of(press(WAITING, Press.CLAIM))
    assert change.case == step(WAITING, CaseState.CLAIMED, AROUND.now, DANA)
    told, card = change.posts
    assert (told.place, told.text) == (DESK, ENGLISH.claimed_by("Dana"))
    assert (card.edits, card.place) == ("p", TEAM)
    assert "**Claimed by Dana**" in card.text
    assert [b.press for b in card.buttons] == [Press.TAKE_OVER, Press.RESOLVE, Press.GIVE_BACK]
    assert {b.about for b in card.buttons} == {WAITING.key}


def test_a_second_claim_of_ones_own_changes_nothing() -> None:
    for what in (Press.CLAIM, Press.TAKE_OVER):
        assert press(DANAS, what) == Pressed(words.YOURS_ALREADY)


def test_who_claims_a_moment_later_hears_who_has_it_and_may_take_over() -> None:
    late = press(DANAS, Press.CLAIM, ELI)
    assert late.change is None
    assert out_of_date(late.reply)
    assert "Claimed by Dana" in late.reply
    assert change_of(press(DANAS, Press.TAKE_OVER, ELI)).case.owner == ELI


@pytest.mark.parametrize("case", [WAITING, DANAS])
def test_resolve_asks_the_customer_how_it_was_and_keeps_a_word_of_it(case: Case) -> None:
    change = change_of(press(replace(case, answer="It is\nsent."), Press.RESOLVE, ELI))
    assert (change.case.state, change.why, change.who) == (CaseState.RESOLVED, "resolved", ELI.id)
    assert change.case.owner == (case.owner or ELI)
    told, card = change.posts
    assert (told.place, told.text) == (DESK, ENGLISH.resolved)
    assert [b.press for b in told.buttons] == [Press.GOOD, Press.BAD]
    assert [b.press for b in card.buttons] == [Press.REOPEN]
    assert change.closes is not None
    assert change.closes.text == words.resolution(case.question, "It is sent.")


@pytest.mark.parametrize("case", [WAITING, DANAS])
def test_give_back_tells_the_customer_and_ends_the_case(case: Case) -> None:
    change = change_of(press(case, Press.GIVE_BACK))
    assert change.case.state is CaseState.CANCELLED
    assert [post.text for post in change.posts if post.place == DESK] == [ENGLISH.given_back]
    assert change.closes is None


@pytest.mark.parametrize("what", [p for p in AGENTS_PRESSES if p is not Press.REOPEN])
@pytest.mark.parametrize("case", [RESOLVED, CANCELLED])
def test_a_button_of_an_open_case_is_out_of_date_on_a_closed_one(what: Press, case: Case) -> None:
    done = press(case, what, ELI, NOTE)
    assert done.change is None
    assert out_of_date(done.reply)


@pytest.mark.parametrize("case", [RESOLVED, CANCELLED])
def test_reopen_makes_the_presser_the_owner(case: Case) -> None:
    change = change_of(press(case, Press.REOPEN, ELI))
    assert (change.case.state, change.case.owner, change.why) == (CaseState.CLAIMED, ELI, "reopened")
    assert change.posts[0].text == ENGLISH.claimed_by("Eli")


def test_reopen_is_out_of_date_on_an_open_case() -> None:
    for case in (WAITING, DANAS):
        done = press(case, Press.REOPEN)
        assert done.change is None
        assert out_of_date(done.reply)


def test_reopen_beside_another_open_case_is_refused() -> None:
    assert press(RESOLVED, Press.REOPEN, busy=True) == Pressed(words.ANOTHER_OPEN)


@pytest.mark.parametrize("what", AGENTS_PRESSES)
def test_a_forged_press_on_an_offer_claims_nothing_without_a_card(what: Press) -> None:
    """The key of a case stands in the customer's own buttons too."""
    done = press(case_of(CaseState.OFFERED), what, DANA, NOTE)
    assert done.change is None
    assert out_of_date(done.reply)


# --- words that were kept -----------------------------------------------------------------------------


def test_send_claims_and_passes_the_words_on_without_another_notice() -> None:
    done = press(WAITING, Press.SEND, note=NOTE)
    assert done.reply == words.SENT
    change = change_of(done)
    assert (change.case.state, change.case.owner, change.case.spoke) == (CaseState.CLAIMED, DANA, Role.AGENT)
    assert change.passed_on == NOTE
    assert [post.text for post in change.posts if post.place == DESK] == ["**Dana:** Coming!"]
    [mark] = [post for post in change.posts if post.sign]
    assert (mark.sign, mark.reply_to) == (Sign.DELIVERED, NOTE.id)


def test_send_in_ones_own_case_is_no_second_claim() -> None:
    change = change_of(press(DANAS, Press.SEND, note=NOTE))
    assert change.why == ""
    assert change.case.since == DANAS.since


def test_send_a_moment_later_than_another_claims_does_not_take_over() -> None:
    elis = Note("stub:below/p/2", ELI, "Me!", 1)
    late = press(DANAS, Press.SEND, ELI, elis)
    assert late.change is None
    assert out_of_date(late.reply)
    assert change_of(press(DANAS, Press.SEND_OVER, ELI, elis)).case.owner == ELI


@pytest.mark.parametrize("note", [None, replace(NOTE, text=""), replace(NOTE, author=ELI)])
def test_words_that_are_gone_or_anothers_are_not_sent(note: Note | None) -> None:
    assert press(WAITING, Press.SEND, note=note) == Pressed(words.NOTE_GONE)


def test_words_that_were_made_a_note_since_are_not_sent() -> None:
    assert press(WAITING, Press.SEND, note=replace(NOTE, text="// fraud?")).change is None


# --- thumbs -------------------------------------------------------------------------------------------


def test_a_thumb_is_its_customers_alone() -> None:
    for who in (BEN, DANA):
        assert rated(RESOLVED, Press.GOOD, who, AROUND) == Pressed(ENGLISH.not_yours)


def test_a_thumb_up_is_kept_and_bothers_nobody() -> None:
    done = rated(RESOLVED, Press.GOOD, ANN, AROUND)
    assert done.reply == ENGLISH.thank_you
    assert change_of(done).case.rating == "good"
    assert not [post for post in change_of(done).posts if post.place == TEAM or post.under]


def test_a_thumb_down_is_told_to_the_agents_once() -> None:
    done = rated(RESOLVED, Press.BAD, ANN, AROUND)
    assert done.reply == ENGLISH.sorry
    assert [post.text for post in change_of(done).posts if post.under] == [words.WANTS_MORE]
    again = rated(change_of(done).case, Press.BAD, ANN, AROUND)
    assert not [post for post in (again.change.posts if again.change else ()) if post.under]
