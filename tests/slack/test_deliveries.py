"""Events: stored before they are acknowledged, answered once however often they come, and whose we ignore."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import core.store.database
from core import words
from tests.simulators.model import ModelSimulator
from tests.simulators.model_answers import Scripted, structured
from tests.simulators.slack import SlackSimulator, load_fixture
from tests.slack.conftest import ANA, BEN, BOT, HELP, PARCEL, REFUND, Frontdesk, Serve

SECRET = "signing-secret"


@contextlib.contextmanager
def write_lock(database: Path) -> Iterator[None]:
    """Hold the database as another program would."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def no_room_for_messages(database: Path) -> Iterator[None]:
    """Let the database refuse messages, and only them."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON messages BEGIN SELECT RAISE(FAIL, 'disk full'); END"
        )
        yield
        other.execute("DROP TRIGGER full")


class Errors(logging.Handler):
    """Tells when something was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._by: dict[str, asyncio.Event] = {}

    def of(self, name: str) -> asyncio.Event:
        """Return an event that is set once a logger of this name logs an error."""
        return self._by.setdefault(name, asyncio.Event())

    def emit(self, record: logging.LogRecord) -> None:
        for name, event in self._by.items():
            if record.name.startswith(name):
                event.set()


@pytest.fixture
def errors() -> Iterator[Errors]:
    listener = Errors()
    logging.getLogger().addHandler(listener)
    yield listener
    logging.getLogger().removeHandler(listener)


async def first_of(*waits: Any) -> None:
    """Wait for whichever comes first."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    done, pending = await asyncio.wait(tasks, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    assert done, "none of it came"


# --- once --------------------------------------------------------------------------------------------


async def test_the_same_event_again_is_answered_once(quoting: Frontdesk, slack: SlackSimulator) -> None:
    ts = await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await slack.redeliver(ts)
    await slack.wait_acked(ts, times=2)
    await quoting.desk.settled()
    assert len(slack.posts(HELP)) == 1
    assert len(quoting.stored()) == 2


async def test_the_same_event_after_a_restart_is_answered_once(slack: SlackSimulator, serve: Serve) -> None:
    async with serve() as before:
        ts = await before.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    async with serve() as after:
        await slack.redeliver(ts)
        await slack.wait_acked(ts, times=2)
        await after.desk.settled()
        assert len(slack.posts(HELP)) == 1
        assert len(after.stored()) == 2


async def test_the_same_event_while_the_answer_is_made_is_answered_once(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.hold()
    ts = await slack.say(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await model.wait_requests(1)
    await slack.redeliver(ts)
    await slack.wait_acked(ts, times=2)
    model.release()
    await modelled.desk.settled()
    assert len(slack.posts(HELP)) == len(model.requests) == 1


async def test_a_question_that_a_stop_interrupted_is_answered_at_the_next_start(
    slack: SlackSimulator, serve: Serve, model: ModelSimulator
) -> None:
    model.hold()
    async with serve(model, shutdown_seconds=0):
        ts = await slack.say(HELP, ANA, f"{BOT} When does my parcel arrive?")
        await slack.wait_acked(ts)
        await model.wait_requests(1)
    model.release()
    assert slack.posts(HELP) == []
    model.replies("Some days.")
    async with serve(model) as after:
        await after.desk.settled()
        assert after.said(HELP, ts) == ["Some days."]


async def test_late_and_out_of_order_events_are_all_answered(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    first = await slack.say(dm, ANA, "first", deliver=False)
    await modelled.hears(dm, ANA, "second")
    await slack.deliver_late(dm, first)
    await slack.wait_acked(first)
    await modelled.desk.settled()
    assert modelled.said(dm) == ["second", "first"]


async def test_what_is_said_below_an_older_direct_message_is_read_back(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    await quoting.hears(dm, ANA, "When does my parcel arrive?")
    [older] = slack.posts(dm)
    since = float(older.ts) + 0.00001
    await slack.say(dm, ANA, "When do I get my refund?", older.ts, deliver=False)
    missed = [message async for message in quoting.bot.missed(f"slack:T1/{dm}", since)]
    assert [(one.text, one.conversation) for one in missed] == [
        ("When do I get my refund?", f"slack:T1/{dm}/{older.ts}")
    ]


# --- stored first ------------------------------------------------------------------------------------


async def test_slack_gets_no_acknowledgement_for_what_could_not_be_stored(
    quoting: Frontdesk, slack: SlackSimulator, errors: Errors
) -> None:
    dm = slack.open_dm(ANA)
    refused = errors.of("slack_bolt")
    with no_room_for_messages(quoting.settings.database):
        ts = await slack.say(dm, ANA, "When does my parcel arrive?")
        await asyncio.wait_for(refused.wait(), 10)
        assert not slack.acked(ts)
    assert quoting.stored() == []
    assert slack.posts(dm) == []
    await slack.redeliver_unacked()
    await slack.wait_acked(ts)
    await quoting.desk.settled()
    [said] = quoting.said(dm)
    assert PARCEL in said


async def test_a_database_that_is_locked_for_a_while_ends_nothing(
    slack: SlackSimulator, serve: Serve, model: ModelSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.store.database, "BUSY_SECONDS", 0.02)
    dm = slack.open_dm(ANA)
    async with serve(model) as frontdesk:
        model.hold()
        model.always(lambda request: Scripted(structured("Some days.")))
        await slack.wait_acked(await slack.say(dm, ANA, "When does my parcel arrive?"))
        await model.wait_requests(1)
        with write_lock(frontdesk.settings.database):
            model.release()
            # There is no event to wait for: long enough for several writes to give up.
            await asyncio.sleep(0.3)
        async with asyncio.timeout(3):
            await frontdesk.desk.settled()
        assert frontdesk.said(dm) == ["Some days."]


async def test_a_message_is_stored_when_it_is_acknowledged(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.hold()
    dm = slack.open_dm(ANA)
    ts = await slack.say(dm, ANA, "When does my parcel arrive?")
    await slack.wait_acked(ts)
    assert modelled.stored() == [(f"slack:T1/{dm}", "customer", "When does my parcel arrive?")]
    assert slack.posts(dm) == []
    model.release()


@pytest.mark.parametrize(
    "fault", [{"error": "internal_error"}, {"status": 503}, {"error": "ratelimited"}, {}]
)
async def test_no_event_is_lost_while_slacks_api_is_down(
    slack: SlackSimulator, serve: Serve, errors: Errors, fault: dict[str, Any]
) -> None:
    """Whatever Bolt asks of Slack before our code runs: an acknowledged event is a stored one."""
    dm = slack.open_dm(ANA)
    async with serve() as frontdesk:
        refused = errors.of("slack_bolt")
        slack.fail("auth.test", times=None, **fault)
        ts = await slack.say(dm, ANA, "When does my parcel arrive?")
        await first_of(slack.wait_acked(ts), refused.wait())
        slack.heal()
        await slack.redeliver_unacked()
        await slack.wait_acked(ts)
        await frontdesk.desk.settled()
        assert [PARCEL in text for text in frontdesk.said(dm)] == [True]


async def test_every_event_is_acknowledged_even_if_it_means_nothing_to_us(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    for shape in ("app_home_opened", "member_joined_channel", "assistant_thread_started"):
        await slack.wait_acked(await slack.deliver(load_fixture(shape)))
    assert quoting.stored() == []


# --- whom we ignore ----------------------------------------------------------------------------------


async def test_our_own_messages_come_back_and_are_ignored(quoting: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    await quoting.hears(dm, ANA, "When does my parcel arrive?")
    [post] = slack.posts(dm)
    await slack.wait_acked(post.ts)
    await quoting.desk.settled()
    assert len(slack.posts(dm)) == 1
    assert [role for _, role, _ in quoting.stored()] == ["customer", "assistant"]


async def test_other_bots_are_ignored(quoting: Frontdesk, slack: SlackSimulator) -> None:
    slack.add_user("U7", "otherbot", is_bot=True)
    await quoting.hears(HELP, "U7", f"{BOT} When does my parcel arrive?")
    ts = await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await quoting.hears(HELP, "U7", "When do I get my refund?", ts)
    assert [post.thread_ts for post in slack.posts(HELP)] == [ts]
    assert len(quoting.stored()) == 2


async def test_an_edit_that_first_mentions_us_is_answered(quoting: Frontdesk, slack: SlackSimulator) -> None:
    chatter = await quoting.hears(HELP, BEN, "Nice weather")
    assert quoting.stored() == []
    await slack.edit(HELP, chatter, f"{BOT} When does my parcel arrive?")
    [post] = await slack.wait_posts(HELP, 1, thread_ts=chatter)
    assert "three working days" in post.text


async def test_edits_and_deletions_of_what_was_answered_cause_no_answer_and_remove_the_words(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    reply = await quoting.hears(HELP, ANA, "When do I get my refund?", ts)
    chatter = await quoting.hears(HELP, BEN, "Nice weather")
    events = [
        await slack.edit(HELP, ts, f"{BOT} When do I get my refund?"),
        await slack.edit(HELP, chatter, "Nicer weather"),
        await slack.delete(HELP, reply),
        await slack.delete(HELP, ts),
        await slack.delete(HELP, slack.posts(HELP)[0].ts),
    ]
    for event in events:
        assert event is not None
        await slack.wait_acked(event)
    await quoting.desk.settled()
    assert len(slack.calls_to("chat.postMessage")) == 2
    assert [row[-1] for row in quoting.stored() if "customer" in row] == [words.DELETED] * 2


async def test_an_edit_read_back_is_newer_than_one_that_is_delivered_again(
    slack: SlackSimulator, serve: Serve
) -> None:
    dm = slack.open_dm(ANA)
    async with serve() as frontdesk:
        ts = await frontdesk.hears(dm, ANA, "When does my parcel arrive?")
        older = await slack.edit(dm, ts, "When does my other parcel arrive?")
        assert older
        await slack.wait_acked(older)
    await slack.edit(dm, ts, "When do I get my refund?")  # nobody listens
    async with serve() as frontdesk:
        async with asyncio.timeout(10):
            while "refund" not in str(frontdesk.stored()):
                await asyncio.sleep(0.01)
        await slack.redeliver(older)
        await slack.wait_acked(older, times=2)
        assert frontdesk.stored()[0][-1] == "When do I get my refund?"


async def test_what_overtakes_its_mention_is_answered_and_what_stands_before_it_is_not(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    root = await quoting.hears(HELP, BEN, "Nice weather")
    await quoting.hears(HELP, BEN, "Very nice", root)
    mention = await slack.say(HELP, ANA, f"{BOT} When does my parcel arrive?", root, deliver=False)
    await quoting.hears(HELP, BEN, "When do I get my refund?", root)
    assert quoting.stored() == []
    await slack.deliver_late(HELP, mention)
    await slack.wait_acked(mention)
    await quoting.desk.settled()
    asked = "SELECT text FROM messages WHERE role = 'customer' AND audience = '' ORDER BY seq"
    assert quoting.rows(asked) == [("When does my parcel arrive?",), ("When do I get my refund?",)]
    assert len(quoting.said(HELP, root)) == 2
    assert any(REFUND in text for text in quoting.said(HELP, root))


async def test_what_was_overheard_and_edited_or_deleted_meanwhile_is_taken_as_it_is_now(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    mention = await slack.say(HELP, ANA, f"{BOT} When does my parcel arrive?", deliver=False)
    edited = await quoting.hears(HELP, ANA, "And my old words?", mention)
    deleted = await quoting.hears(HELP, ANA, "And what I take back?", mention)
    for event in (
        await slack.edit(HELP, edited, "When do I get my refund?"),
        await slack.delete(HELP, deleted),
    ):
        assert event
        await slack.wait_acked(event)
    await slack.deliver_late(HELP, mention)
    await slack.wait_acked(mention)
    await quoting.desk.settled()
    asked = [text for _, role, text in quoting.stored() if role == "customer"]
    assert asked == ["When does my parcel arrive?", "When do I get my refund?"]


# --- the socket --------------------------------------------------------------------------------------


@pytest.mark.parametrize("graceful", [True, False])
async def test_a_connection_that_drops_is_made_again(
    quoting: Frontdesk, slack: SlackSimulator, graceful: bool
) -> None:
    dm = slack.open_dm(ANA)
    await quoting.hears(dm, ANA, "When does my parcel arrive?")
    slack.refuse_connections = True
    await slack.drop_connections(graceful)
    ts = await slack.say(dm, ANA, "When do I get my refund?")
    slack.refuse_connections = False
    await slack.wait_connected()
    await slack.redeliver_unacked()
    await slack.wait_acked(ts)
    await quoting.desk.settled()
    assert [REFUND in text for text in quoting.said(dm)] == [False, True]


async def test_slack_may_ask_for_a_new_connection(quoting: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    await slack.ask_to_reconnect()
    await slack.wait_until(lambda: slack.connections_made == 2 and slack.connections == 1)
    await quoting.hears(dm, ANA, "When does my parcel arrive?")
    assert PARCEL in quoting.said(dm)[0]


async def test_after_the_stop_nothing_is_taken_in(slack: SlackSimulator, serve: Serve) -> None:
    dm = slack.open_dm(ANA)
    async with serve():
        pass
    assert slack.connections == 0
    ts = await slack.say(dm, ANA, "When does my parcel arrive?")
    assert not slack.acked(ts)
    async with serve() as again:
        await slack.redeliver_unacked()
        await slack.wait_acked(ts)
        await again.desk.settled()
        assert PARCEL in again.said(dm)[0]
