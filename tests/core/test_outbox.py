"""What was decided is sent: in order per place, many places at once, each post effectively once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import outbox as module
from core.messages import Post
from core.outbox import MAX_TRIES, Outbox
from core.ports import Refused, TryLater, Unknown
from core.store import Decision, Store
from tests.builders import DESK, TEAM, incoming, post
from tests.fakes import RecordingPlatform

STUB = ("stub",)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_FLIGHT_SECONDS", 0.0)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "frontdesk.db")
    yield store
    await store.close()


@pytest.fixture
def platform() -> RecordingPlatform:
    return RecordingPlatform()


async def queued(store: Store, *posts: Post) -> None:
    await store.add(incoming(), 1)
    turn = await store.claim(STUB)
    assert turn is not None
    assert await store.decide(turn, Decision(None, posts=posts)) is not None


@contextlib.asynccontextmanager
async def sending(store: Store, platform: RecordingPlatform) -> AsyncIterator[Outbox]:
    """Send until the block ends."""
    outbox = Outbox(store, {"stub": platform})
    await outbox.take_up()
    running = asyncio.create_task(outbox.run())
    try:
        yield outbox
    finally:
        outbox.stop()
        await running
        await outbox.finish(0)


async def sent(store: Store, platform: RecordingPlatform) -> None:
    """Send all there is."""
    async with sending(store, platform):
        while not await store.idle(STUB):
            await asyncio.sleep(0)


async def test_posts_of_a_place_arrive_in_order_one_at_a_time(
    store: Store, platform: RecordingPlatform
) -> None:
    texts = [str(number) for number in range(20)]
    await queued(store, *map(post, texts))
    await sent(store, platform)
    assert platform.texts(DESK) == texts
    assert platform.most_at_once[DESK] == 1


async def test_a_slow_place_holds_up_no_other(store: Store, platform: RecordingPlatform) -> None:
    gate = platform.gates["stub:0"] = asyncio.Event()
    await queued(store, *(post("Hi.", place=f"stub:{number}") for number in range(10)))
    async with sending(store, platform):
        await platform.until(lambda: len(platform.posts) == 9)
        assert platform.texts("stub:0") == []
        gate.set()
        await platform.until(lambda: len(platform.posts) == 10)


async def test_many_places_are_served_at_once(store: Store, platform: RecordingPlatform) -> None:
    places = [f"stub:{number}" for number in range(10)]
    gate = asyncio.Event()
    platform.gates = dict.fromkeys(places, gate)
    await queued(store, *(post("Hi.", place=place) for place in places))
    async with sending(store, platform):
        await platform.until(lambda: platform.busy.total() == 10)
        gate.set()
        await platform.until(lambda: len(platform.posts) == 10)


async def test_a_place_that_was_waited_for_still_gets_one_post_at_a_time(
    store: Store, platform: RecordingPlatform
) -> None:
    ping = post("ping", place=TEAM)
    gate = platform.gates[DESK] = asyncio.Event()
    await queued(store, ping, post("told", after=ping.key), post("more"))
    async with sending(store, platform) as outbox:
        await platform.until(lambda: platform.texts(TEAM) == ["ping"] and bool(platform.busy[DESK]))
        for _ in range(5):  # whatever could start has started by then
            outbox.wake()
            await store.idle(STUB)
        assert platform.busy[DESK] == 1
        gate.set()
        await platform.until(lambda: len(platform.posts) == 3)
    assert platform.texts(DESK) == ["more", "told"]


async def test_a_post_that_is_put_off_is_sent_once_and_before_what_follows(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[DESK] = [TryLater("rate limit", 0), TryLater("rate limit", 0)]
    await queued(store, post("a"), post("b"))
    await sent(store, platform)
    assert platform.texts(DESK) == ["a", "b"]
    assert [one.text for one in platform.tries] == ["a", "a", "a", "b"]
    assert len({one.key for one in platform.tries[:3]}) == 1


async def test_a_post_that_is_put_off_for_ever_is_given_up_and_told_otherwise(
    store: Store, platform: RecordingPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.faults[TEAM] = [TryLater("rate limit", 0)] * 50
    ping = post("ping", place=TEAM)
    await queued(store, ping, post("told", after=ping.key, otherwise="write to us"))
    await sent(store, platform)
    assert [one.place for one in platform.tries].count(TEAM) == MAX_TRIES
    assert platform.texts(DESK) == ["write to us"]
    assert "A post to stub:team could not be made" in caplog.text


async def test_a_post_that_is_refused_is_given_up_at_once_and_told_otherwise(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[TEAM] = [Refused("no such channel")]
    ping = post("ping", place=TEAM)
    await queued(store, ping, post("told", after=ping.key, otherwise="write to us"), post("more"))
    await sent(store, platform)
    assert [one.text for one in platform.tries].count("ping") == 1
    assert platform.texts(DESK) in (["more", "write to us"], ["write to us", "more"])


async def test_a_fault_of_an_adapter_does_not_stop_the_others(
    store: Store, platform: RecordingPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.faults[DESK] = [KeyError("the customer's words")]
    await queued(store, post("a"), post("b"), post("c", place=TEAM))
    await sent(store, platform)
    assert (platform.texts(DESK), platform.texts(TEAM)) == (["b"], ["c"])
    assert "the customer's words" not in caplog.text


async def test_a_post_whose_connection_broke_is_looked_for_and_not_sent_again(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[DESK] = [Unknown("reset")]
    platform.arrives = True
    await queued(store, post("a"), post("b"))
    await sent(store, platform)
    assert platform.texts(DESK) == ["a", "b"]
    assert [one.text for one in platform.asked] == ["a"]


async def test_a_post_that_surely_did_not_arrive_is_sent_again(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[DESK] = [Unknown("reset")]
    await queued(store, post("a"), post("b"))
    await sent(store, platform)
    assert platform.texts(DESK) == ["a", "b"]
    assert [one.text for one in platform.tries] == ["a", "a", "b"]


async def test_the_platform_is_asked_again_until_it_can_tell(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[DESK] = [Unknown("reset")]
    platform.arrives = True
    platform.finds = [TryLater("busy", 0), Unknown("reset"), TryLater("busy", 0)]
    await queued(store, post("a"))
    await sent(store, platform)
    assert platform.texts(DESK) == ["a"]
    assert len(platform.asked) == 4


@pytest.mark.parametrize("finds", [[Refused("not knowable")], [TryLater("busy", 0)] * 50])
async def test_what_can_not_be_known_is_never_sent_again(
    finds: list[Exception | None], store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[DESK] = [Unknown("reset")]
    platform.finds = finds
    await queued(store, post("a"), post("b"))
    await sent(store, platform)
    assert [one.text for one in platform.tries] == ["a", "b"]
    assert len(platform.asked) <= MAX_TRIES


async def test_a_connection_that_always_breaks_is_given_up_as_well(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.faults[TEAM] = [Unknown("reset")] * 50
    ping = post("ping", place=TEAM)
    await queued(store, ping, post("told", after=ping.key, otherwise="write to us"))
    await sent(store, platform)
    assert [one.place for one in platform.tries].count(TEAM) <= MAX_TRIES
    assert platform.texts(DESK) == ["write to us"]


@pytest.mark.parametrize("arrived", [True, False])
async def test_posts_in_doubt_at_the_start_arrive_once(
    arrived: bool, store: Store, platform: RecordingPlatform
) -> None:
    await queued(store, post("a"), post("b"))
    [row] = await store.take_posts(STUB)  # by a process that dies now
    if arrived:
        platform.posts.append(row.post)
    await sent(store, platform)
    assert platform.texts(DESK) == ["a", "b"]
    assert [one.text for one in platform.asked] == ["a"]


async def test_what_is_under_way_at_the_end_is_in_doubt_at_the_next_start(
    store: Store, platform: RecordingPlatform
) -> None:
    platform.gates[DESK] = asyncio.Event()
    await queued(store, post("a"), post("b"))
    async with sending(store, platform):
        await platform.until(lambda: platform.busy[DESK] == 1)
    assert [row.post.text for row in await store.doubtful_posts(STUB)] == ["a"]
    platform.gates.clear()
    await sent(store, platform)
    assert platform.texts(DESK) == ["a", "b"]


async def test_what_waits_when_the_end_is_called_is_still_sent(
    store: Store, platform: RecordingPlatform
) -> None:
    await queued(store, post("a"))
    outbox = Outbox(store, {"stub": platform})
    outbox.stop()
    await outbox.run()
    await outbox.finish(30)
    assert platform.texts(DESK) == ["a"]


async def test_posts_for_platforms_that_are_not_served_stay(
    store: Store, platform: RecordingPlatform
) -> None:
    await queued(store, post("later", place="slack:T1/C1"), post("now"))
    await sent(store, platform)
    assert [one.text for one in platform.posts] == ["now"]
    assert [row.post.text for row in await store.take_posts(["slack"])] == ["later"]
