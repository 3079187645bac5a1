"""Events over HTTP: only what Slack signed, each once, and none acknowledged that could not be stored."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bots.adapter import StartFailed
from tests.simulators.slack import SlackSimulator, load_fixture
from tests.slack.conftest import (
    AGENTS,
    ANA,
    BOT,
    CLAIM,
    DANA,
    HELP,
    PARCEL,
    PERSON,
    REOPEN,
    RESOLVE,
    Frontdesk,
    Serve,
)
from tests.slack.test_deliveries import no_room_for_messages, write_lock

SECRET = "signing-secret"
FORM = "application/x-www-form-urlencoded"


@contextlib.contextmanager
def without_table(database: Path, table: str) -> Iterator[None]:
    """Let the database be damaged for a while."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute(f"ALTER TABLE {table} RENAME TO lost")
        yield
        other.execute(f"ALTER TABLE lost RENAME TO {table}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def over_http(slack: SlackSimulator, serve: Serve) -> AsyncIterator[Frontdesk]:
    """Frontdesk that gets its events as signed requests."""
    port = free_port()
    async with serve(slack_app_token=None, slack_signing_secret=SECRET, port=port) as frontdesk:
        assert frontdesk.who == f"Slack as @frontdesk in Example (http://127.0.0.1:{port}/slack/events)"
        slack.use_http(f"http://127.0.0.1:{port}/slack/events", SECRET)
        yield frontdesk


def question(text: str = "When does my parcel arrive?") -> dict[str, Any]:
    return load_fixture(
        "event_callback", event=load_fixture("message_im", channel=f"D{ANA}", user=ANA, text=text)
    )


async def test_over_http_a_mention_is_answered(over_http: Frontdesk, slack: SlackSimulator) -> None:
    ts = await over_http.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    [post] = slack.posts(HELP)
    assert post.thread_ts == ts
    assert PARCEL in post.text
    assert slack.connections_made == 0


async def test_over_http_retries_are_answered_once(over_http: Frontdesk, slack: SlackSimulator) -> None:
    ts = await over_http.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await slack.redeliver(ts, "http_timeout")
    await slack.wait_acked(ts, times=2)
    await over_http.desk.settled()
    assert len(slack.posts(HELP)) == 1


async def test_over_http_only_slacks_own_signature_counts(
    over_http: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    forged, _ = await slack.post_http(question(), signing_secret="somebody-elses")
    replayed, _ = await slack.post_http(question(), age=301)
    unsigned, _ = await slack.post_http(question(), headers={"X-Slack-Signature": ""})
    assert (forged, replayed, unsigned) == (401, 401, 401)
    await over_http.desk.settled()
    assert over_http.stored() == []
    genuine, _ = await slack.post_http(question(), age=200)
    assert genuine == 200
    await over_http.desk.settled()
    assert PARCEL in over_http.said(dm)[0]


async def test_over_http_what_could_not_be_stored_is_not_acknowledged(
    over_http: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    with no_room_for_messages(over_http.settings.database):
        status, text = await slack.post_http(question("My order is 1001"))
        assert status == 500
        assert "1001" not in text
    status, _ = await slack.post_http(question())
    assert status == 200
    await over_http.desk.settled()
    assert len(over_http.said(dm)) == 1


async def test_over_http_the_address_can_be_verified(over_http: Frontdesk, slack: SlackSimulator) -> None:
    body = load_fixture("url_verification")
    status, text = await slack.post_http(body)
    assert status == 200
    assert body["challenge"] in text


async def test_over_http_a_port_that_is_taken_is_told(slack: SlackSimulator, serve: Serve) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            StartFailed, match=rf"127\.0\.0\.1:{port} can't be listened on .*Choose a free PORT"
        ):
            async with serve(slack_app_token=None, slack_signing_secret=SECRET, port=port):
                pass


async def test_over_http_an_old_delivery_of_slacks_comes_with_a_new_signature_and_changes_nothing(
    over_http: Frontdesk, slack: SlackSimulator
) -> None:
    slack.open_dm(ANA)
    statuses = [(await slack.post_http(question(), age=age))[0] for age in (20, 10, 10, 0)]
    assert statuses == [200] * 4
    await over_http.desk.settled()
    assert len(over_http.stored()) == 2, "the question and its answer"


@pytest.fixture
async def staffed(slack: SlackSimulator, serve: Serve) -> AsyncIterator[Frontdesk]:
    """Frontdesk that gets its events as signed requests, with agents."""
    port = free_port()
    async with serve(
        slack_app_token=None, slack_signing_secret=SECRET, port=port, agents=f"slack:{AGENTS}"
    ) as frontdesk:
        slack.use_http(f"http://127.0.0.1:{port}/slack/events", SECRET)
        yield frontdesk


async def test_over_http_a_press_that_is_replayed_is_refused(
    staffed: Frontdesk, slack: SlackSimulator
) -> None:
    await staffed.hears(HELP, ANA, f"{BOT} {PERSON}")
    await staffed.presses(staffed.card, DANA, CLAIM)
    await staffed.presses(staffed.card, DANA, RESOLVE)
    payload = [one.payload for one in slack.deliveries if one.kind == "interactive"][-1]
    body = urlencode({"payload": json.dumps(payload)})
    assert slack._http
    # Signed by Slack a moment ago, in the middle of one second; whoever recorded it sends it again and again.
    signed_at = int(time.time()) - 2 + 0.5
    first, _ = await slack._http.post(body, FORM, age=time.time() - signed_at)
    again, text = await slack._http.post(body, FORM, age=time.time() - signed_at)
    assert (first, again) == (200, 401)
    await staffed.presses(staffed.card, DANA, REOPEN)
    before = staffed.steps()
    assert (await slack._http.post(body, FORM, age=time.time() - signed_at))[0] == 401
    await staffed.desk.settled()
    assert staffed.steps() == before, "the case that was reopened stays open"
    assert "replayed" in text


async def test_over_http_a_load_balancer_is_told_whether_messages_can_be_taken_in(
    over_http: Frontdesk,
) -> None:
    base = f"http://127.0.0.1:{over_http.settings.port}"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base}/healthz") as response:
            assert (response.status, await response.text()) == (200, "ok")
        async with session.get(f"{base}/slack/events") as response:
            assert response.status == 405
        async with session.post(f"{base}/elsewhere", data="{}") as response:
            assert response.status == 404
        with without_table(over_http.settings.database, "conversations"):
            async with session.get(f"{base}/healthz") as response:
                assert response.status == 503
        async with session.get(f"{base}/healthz") as response:
            assert response.status == 200


async def test_over_http_a_body_that_is_larger_than_any_of_slacks_is_refused(
    over_http: Frontdesk, slack: SlackSimulator
) -> None:
    status, _ = await slack.post_http(question("x" * 1_100_000))
    assert status == 413
    assert over_http.stored() == []


async def test_over_http_what_takes_longer_than_slack_waits_is_answered_once(
    over_http: Frontdesk, slack: SlackSimulator
) -> None:
    """Slack delivers again after 3 seconds, while the first delivery still waits for the database."""
    slack.open_dm(ANA)
    with write_lock(over_http.settings.database):
        waiting = [asyncio.create_task(slack.post_http(question(), age=age)) for age in (4, 0)]
        await asyncio.wait(waiting, timeout=0.1)
    assert [(await one)[0] for one in waiting] == [200, 200]
    await over_http.desk.settled()
    assert len(over_http.stored()) == 2
