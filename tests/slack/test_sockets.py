"""Socket Mode: several connections, renewed one by one, without a message lost or answered twice."""

from __future__ import annotations

import asyncio

import pytest

import bots.slack_sockets
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import ANA, BOT, HELP, PARCEL, Frontdesk, Serve

QUESTION = "When does my parcel arrive?"


def read_backs(slack: SlackSimulator) -> int:
    """Return how often it was looked for what was missed: each time all channels are listed once."""
    return len(slack.calls_to("users.conversations"))


async def listening(frontdesk: Frontdesk) -> None:
    """Wait until the start is over: from now on what is missed can be read back."""
    while await frontdesk.store.last_seen("slack") is None:
        await asyncio.sleep(0)


async def renewed(slack: SlackSimulator, made: int, open_now: int) -> None:
    """Wait until so many connections were made in all, and so many are open."""
    await slack.wait_until(lambda: slack.connections_made == made and slack.connections == open_now)


@pytest.mark.parametrize("count", [1, 3])
async def test_while_connections_are_renewed_no_message_is_lost_or_answered_twice(
    serve: Serve, slack: SlackSimulator, count: int
) -> None:
    async with serve(slack_connections=count) as frontdesk:
        asked: list[str] = []
        for number in range(12):
            asked.append(await slack.say(HELP, ANA, f"{BOT} {QUESTION}"))
            if number in {3, 7}:
                await slack.ask_to_reconnect("warning" if number == 3 else "refresh_requested", most=1)
        await renewed(slack, count + 2, count)
        # What fell into the gap is read back, or delivered again.
        await slack.redeliver_unacked()
        for ts in asked:
            await slack.wait_acked(ts)
        await frontdesk.desk.settled()
        assert [len(frontdesk.said(HELP, ts)) for ts in asked] == [1] * len(asked)


async def test_a_renewal_while_another_connection_is_up_reads_nothing_back(
    serve: Serve, slack: SlackSimulator
) -> None:
    async with serve(slack_connections=2) as frontdesk:
        await listening(frontdesk)
        for made in (3, 4, 5):
            await slack.ask_to_reconnect(most=1)
            await renewed(slack, made, 2)
        dm = slack.open_dm(ANA)
        await frontdesk.hears(dm, ANA, QUESTION)
        assert PARCEL in frontdesk.said(dm)[0]
        assert read_backs(slack) == 0


async def test_the_only_connection_is_renewed_with_a_look_at_what_came_meanwhile(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    await listening(quoting)
    await slack.say(dm, ANA, QUESTION, deliver=False)
    await slack.ask_to_reconnect()
    await slack.wait_posts(dm, 1)
    assert read_backs(slack) == 1


async def test_a_connection_that_was_lost_without_a_word_is_read_back_though_another_seems_to_be_up(
    serve: Serve, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    async with serve(slack_connections=2) as frontdesk:
        await listening(frontdesk)
        await slack.say(dm, ANA, QUESTION, deliver=False)
        await slack.drop_connections(most=1)
        await slack.wait_posts(dm, 1)
        await frontdesk.desk.settled()
        assert len(frontdesk.said(dm)) == 1


async def test_it_is_connected_as_long_as_one_connection_is_open(serve: Serve, slack: SlackSimulator) -> None:
    async with serve(slack_connections=2) as frontdesk:
        assert frontdesk.bot.connected
        slack.refuse_connections = True
        await slack.drop_connections(graceful=True, most=1)
        assert slack.connections == 1
        assert frontdesk.bot.connected
        await slack.drop_connections(graceful=True)
        await slack.wait_call(
            "apps.connections.open", 5
        )  # both ask for new ones, after the check and the start
        assert not frontdesk.bot.connected
        slack.refuse_connections = False
        await slack.wait_connected(2)
        await slack.wait_acked(await slack.say(slack.open_dm(ANA), ANA, QUESTION))
        assert frontdesk.bot.connected


async def test_an_address_that_expired_is_not_tried_for_ever(
    serve: Serve, slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bots.slack_sockets, "ADDRESS_SECONDS", 0.05)
    async with serve() as frontdesk:
        slack.addresses_expire = True
        before = len(slack.calls_to("apps.connections.open"))
        await slack.drop_connections()
        await slack.wait_call("apps.connections.open", before + 2)
        slack.addresses_expire = False
        await slack.wait_connected()
        dm = slack.open_dm(ANA)
        await frontdesk.hears(dm, ANA, QUESTION)
        assert PARCEL in frontdesk.said(dm)[0]
