"""What is no new post: edits, signs, hints for one person, and what goes below another post."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.messages import Button, Post, Press, Sign
from core.outbox import MAX_TRIES
from core.ports import Refused, TryLater, Unknown
from core.store import Store
from tests.builders import DESK, TEAM, post
from tests.core.test_outbox import STUB, queued, sent
from tests.fakes import RecordingPlatform

CLAIM = (Button(Press.CLAIM, "Claim", "case7"),)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.outbox.IN_FLIGHT_SECONDS", 0.0)
    monkeypatch.setattr("core.outbox.LONGEST_WAIT", 0.0)


@pytest.fixture
def platform() -> RecordingPlatform:
    return RecordingPlatform()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "frontdesk.db")
    yield store
    await store.close()


def edit(of: Post, text: str) -> Post:
    return replace(post(text, place=of.place), edits=of.key)


async def test_an_edit_replaces_words_and_buttons_in_place(store: Store, platform: RecordingPlatform) -> None:
    card = replace(post("waiting", place=TEAM), buttons=CLAIM)
    await queued(store, card)
    await sent(store, platform)
    await queued(store, edit(card, "claimed"))
    await sent(store, platform)
    assert platform.texts(TEAM) == ["claimed"]
    assert platform.posts[0].buttons == ()


async def test_of_several_edits_that_wait_the_newest_is_made(
    store: Store, platform: RecordingPlatform
) -> None:
    card = post("waiting", place=TEAM)
    await queued(store, card, edit(card, "claimed"), edit(card, "resolved"))
    await sent(store, platform)
    assert platform.texts(TEAM) == ["resolved"]
    assert len(platform.edits) == 1


@pytest.mark.parametrize("fault", [TryLater("busy", 0.0), Unknown("reset")])
async def test_an_edit_that_did_not_get_through_is_made_again(
    store: Store, platform: RecordingPlatform, fault: Exception
) -> None:
    card = post("waiting", place=TEAM)
    await queued(store, card)
    await sent(store, platform)
    platform.faults[TEAM] = [fault]
    await queued(store, edit(card, "claimed"))
    await sent(store, platform)
    assert platform.texts(TEAM) == ["claimed"]
    assert platform.asked == []


async def test_an_edit_that_never_gets_through_is_left_and_holds_nothing_up(
    store: Store, platform: RecordingPlatform
) -> None:
    card = post("waiting", place=TEAM)
    await queued(store, card)
    await sent(store, platform)
    platform.faults[TEAM] = [Unknown("reset")] * MAX_TRIES
    await queued(store, edit(card, "claimed"), post("next", place=TEAM))
    await sent(store, platform)
    assert platform.texts(TEAM) == ["waiting", "next"]


async def test_an_edit_in_doubt_at_the_start_is_made_again(store: Store, platform: RecordingPlatform) -> None:
    card = post("waiting", place=TEAM)
    await queued(store, card)
    await sent(store, platform)
    await queued(store, edit(card, "claimed"))
    await store.take_posts(STUB)  # by a process that dies now
    await sent(store, platform)
    assert platform.texts(TEAM) == ["claimed"]


async def test_a_sign_is_set_once_the_words_have_arrived(store: Store, platform: RecordingPlatform) -> None:
    words = post("Hi Ann")
    sign = Post("sign", TEAM, "", reply_to="stub:m1", after=words.key, sign=Sign.DELIVERED)
    await queued(store, words, sign)
    await sent(store, platform)
    assert platform.texts(DESK) == ["Hi Ann"]
    assert platform.signs == [("stub:m1", Sign.DELIVERED)]


async def test_in_place_of_the_sign_the_reason_is_told_if_they_did_not_arrive(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[DESK] = [Refused("the channel is gone")]
    words = replace(post("Hi Ann"), carries="stub:m1")
    sign = Post(
        "sign", TEAM, "", reply_to="stub:m1", after=words.key, otherwise="No: {why}.", sign=Sign.DELIVERED
    )
    await queued(store, words, sign)
    await sent(store, platform)
    assert platform.signs == []
    assert platform.texts(TEAM) == ["No: the channel is gone."]


async def test_what_goes_below_a_post_waits_for_it_and_goes_there(
    store: Store, platform: RecordingPlatform
) -> None:
    card = post("card", place=TEAM)
    await queued(store, replace(post("first", place=TEAM), under=card.key), card)
    await sent(store, platform)
    below = platform.below(f"stub:{card.key}")
    assert platform.texts(below) == ["first"]
    assert [one.text for one in platform.posts] == ["card", "first"]


async def test_what_goes_below_a_post_that_failed_fails_as_well(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[TEAM] = [Refused("no")]
    card = post("card", place=TEAM)
    await queued(store, card, replace(post("first", place=TEAM), under=card.key))
    await queued(store, replace(post("later", place=TEAM), under=card.key))
    await sent(store, platform)
    assert platform.posts == []


async def test_a_hint_for_one_person_is_not_repeated_when_in_doubt(
    store: Store, platform: RecordingPlatform
) -> None:
    await queued(store, replace(post("psst", place=TEAM), only="stub:dana"))
    await store.take_posts(STUB)  # by a process that dies now
    await sent(store, platform)
    assert platform.tries == []
    assert platform.asked == []


async def test_what_waits_for_the_office_hours_lets_others_pass(
    store: Store, platform: RecordingPlatform
) -> None:
    await queued(store, replace(post("ping", place=TEAM), not_before=4e9), post("now", place=TEAM))
    await sent(store, platform)
    assert platform.texts(TEAM) == ["now"]
