"""A customer's words while people have their case, and an agent's straight to a customer. Pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import words
from core.messages import Author, Case, CaseState, Press, Reason, Role
from core.phrases import ENGLISH
from core.relay import relay, taken_over
from core.store import Decision
from tests.builders import ANN, BEN, DANA, DESK, ELI, TEAM, around, case_of, stored, turn_of

AROUND = around(1_800_000_000.0)
WAITING = case_of(CaseState.WAITING, ping="p")
DANAS = case_of(CaseState.CLAIMED, ping="p", owner=DANA)


def relayed(case: Case, *texts: str) -> Decision:
    return relay(turn_of(*texts, case=case, start=2), case, AROUND)


def new(decision: Decision) -> Case:
    assert decision.change is not None
    return decision.change.case


def test_each_message_goes_below_the_card_as_it_was_written() -> None:
    turn = turn_of("It is *urgent*.", "Hello?", case=DANAS, start=2)
    decision = relay(turn, DANAS, AROUND)
    assert [post.text for post in decision.posts] == ["**Ann:** It is \\*urgent\\*.", "**Ann:** Hello?"]
    assert {(post.place, post.under) for post in decision.posts} == {(TEAM, "p")}
    assert [post.carries for post in decision.posts] == [message.id for message in turn.waiting]
    assert (decision.answer, decision.said, decision.window) == (None, "", 2)


def test_the_first_words_after_the_call_are_acknowledged_once_with_a_way_back() -> None:
    first = relayed(WAITING, "Order 4711.")
    assert first.said == ENGLISH.passed_on
    assert [post.text for post in first.posts if post.place == DESK] == [ENGLISH.passed_on]
    assert new(first).told
    assert relayed(new(first), "Hello?").said == ""


def test_to_a_case_that_somebody_has_nothing_is_said() -> None:
    assert relayed(DANAS, "Order 4711.").said == ""


def test_the_owner_is_pinged_by_the_first_word_after_their_own() -> None:
    answered = replace(DANAS, spoke=Role.AGENT)
    first = relayed(answered, "Thanks.", "And when?")
    assert [post.mention for post in first.posts] == ["<@dana>", ""]
    assert [post.mention for post in relayed(new(first), "Hello?").posts] == [""]


def test_an_owner_on_another_platform_is_not_pinged() -> None:
    far = replace(DANAS, owner=Author("slack:T1/U1", "Dana"), spoke=Role.AGENT)
    assert [post.mention for post in relayed(far, "Thanks.").posts] == [""]


@pytest.mark.parametrize("case", [WAITING, DANAS])
def test_never_mind_ends_the_case_and_tells_both(case: Case) -> None:
    decision = relayed(case, "never mind")
    assert new(decision).state is CaseState.CANCELLED
    assert decision.change is not None
    assert decision.change.who == ANN.id
    news, card, told = decision.posts
    assert (news.text, news.under) == (words.WITHDREW, "p")
    assert (card.edits, [button.press for button in card.buttons]) == ("p", [Press.REOPEN])
    assert (told.place, told.text) == (DESK, ENGLISH.withdrawn)


def test_never_mind_of_another_customer_is_only_passed_on() -> None:
    turn = turn_of(stored("never mind", author=BEN), case=WAITING)
    decision = relay(turn, WAITING, AROUND)
    assert new(decision).state is CaseState.WAITING
    assert [post.text for post in decision.posts if post.under] == ["**Ben:** never mind"]


def test_words_do_not_make_a_case_look_answered() -> None:
    after = new(relayed(replace(DANAS, spoke=Role.AGENT, spoke_at=1.0, reminders=1), "Hm."))
    assert (after.spoke, after.spoke_at, after.reminders) == (Role.CUSTOMER, AROUND.now, 0)


# --- an agent in the customer's thread ------------------------------------------------------------------


def steps_in(case: Case | None = None, beside: Case | None = None, who: Author = DANA) -> Decision:
    history = [stored("Where is it?", turn=1), stored("Hm.", role=Role.ASSISTANT, turn=1)]
    turn = turn_of(stored("Let me.", author=who), history=history, case=case, stranger=True)
    return taken_over(replace(turn, beside=beside), AROUND, "#help", "https://x.example/1")


def test_who_steps_in_uncalled_owns_a_new_case_with_a_card() -> None:
    decision = steps_in()
    case = new(decision)
    assert (case.state, case.owner, case.customer) == (CaseState.CLAIMED, DANA, ANN)
    assert (case.reason, case.question) == (Reason.TAKEN_OVER, "Where is it?")
    card, *transcript = decision.posts
    assert (card.place, card.key, card.mention) == (TEAM, case.ping, "")
    assert "**Claimed by Dana**" in card.text
    assert "> Where is it?" in card.text
    assert transcript[0].text.startswith(words.TRANSCRIPT)
    assert not [post for post in decision.posts if post.place == DESK]  # they read it already
    assert decision.by_agent
    assert decision.change is not None
    assert decision.change.why


@pytest.mark.parametrize("case", [WAITING, replace(DANAS, owner=ELI)])
def test_who_steps_into_a_case_takes_it_over(case: Case) -> None:
    decision = steps_in(case)
    assert (new(decision).state, new(decision).owner, new(decision).ping) == (CaseState.CLAIMED, DANA, "p")
    card, seen = decision.posts
    assert card.edits == "p"
    assert (seen.under, seen.text) == ("p", "**Dana:** Let me.")


def test_the_owners_words_in_the_customers_thread_are_no_step() -> None:
    decision = steps_in(DANAS)
    assert decision.change is not None
    assert decision.change.why == ""
    assert [post.text for post in decision.posts] == ["**Dana:** Let me."]
    assert new(decision).spoke is Role.AGENT


def test_an_offer_that_is_open_is_taken_over_as_well() -> None:
    case = new(steps_in(beside=case_of(CaseState.OFFERED)))
    assert (case.id, case.state, case.owner) == (7, CaseState.CLAIMED, DANA)
    assert case.ping


def test_who_changes_to_another_language_is_spoken_to_in_that_one() -> None:
    german = replace(WAITING, language="de")
    decision = relayed(german, "How long does it take until I get my money back?")
    assert decision.said == ENGLISH.passed_on
    assert (decision.language, new(decision).language) == ("en", "en")
    assert new(relayed(german, "Bestellung 4711")).language == "de"
    assert new(relayed(german, "Hello!")).language == "de"


def test_what_another_customer_writes_there_does_not_change_the_language() -> None:
    german = replace(WAITING, language="de", customer=BEN)
    decision = relayed(german, "How long does it take until I get my money back?")
    assert (decision.language, new(decision).language) == ("", "de")
