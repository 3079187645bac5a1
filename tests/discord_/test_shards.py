"""Servers spread over several connections: `DISCORD_SHARDS`."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import WrongSettings, load_settings
from tests.discord_.conftest import ADA, HELP, MENTION, REFUND_QUESTION, Log, Start
from tests.simulators.discord import DiscordSimulator

# Discord takes the shard from the time that is in a server's id.
FAR_GUILD, FAR = 1 << 22, 3500


@pytest.fixture
def two(discord_: DiscordSimulator) -> DiscordSimulator:
    """A Discord that recommends two shards, with a server on each."""
    discord_.shards = 2
    discord_.add_guild(FAR_GUILD, "Far")
    discord_.add_channel(FAR, FAR_GUILD, "far")
    return discord_


@pytest.mark.parametrize("shards", ["auto", 2])
async def test_servers_of_all_shards_and_direct_messages_are_served(
    two: DiscordSimulator, frontdesk: Start, log: Log, shards: str | int
) -> None:
    us = await frontdesk(discord_shards=shards)
    assert len(log.with_words("connecting 2 shards, which takes about 5 s")) == 1
    assert us.who == ["Discord as Frontdesk"]
    assert two.live_shards == [(0, 2), (1, 2)]
    assert us.bot.connected
    for place in (HELP, FAR):
        thread = await two.say(place, ADA, f"{MENTION} {REFUND_QUESTION}")
        assert len(await two.wait_posts(thread, 1)) == 1
    dm = two.open_dm(ADA)
    await two.say(dm, ADA, REFUND_QUESTION)
    assert len(await two.wait_posts(dm, 1)) == 1


async def test_a_lost_shard_is_no_connection_and_its_places_are_read_back(
    two: DiscordSimulator, frontdesk: Start
) -> None:
    us = await frontdesk(discord_shards=2)
    await us.until(lambda: bool(us.rows("SELECT 1 FROM seen")))
    two.forget_sessions = True
    two.refuse_connections = True
    await two.drop_connections(shard=1)
    missed = await two.say(FAR, ADA, f"{MENTION} {REFUND_QUESTION}", deliver=False)
    await us.until(lambda: not us.bot.connected)
    # The other shard goes on meanwhile.
    thread = await two.say(HELP, ADA, f"{MENTION} {REFUND_QUESTION}")
    assert len(await two.wait_posts(thread, 1)) == 1
    two.refuse_connections = False
    assert len(await two.wait_posts(missed, 1)) == 1
    await us.until(lambda: us.bot.connected)


async def test_without_the_setting_there_is_one_connection(
    discord_: DiscordSimulator, frontdesk: Start
) -> None:
    await frontdesk()
    assert discord_.live_shards == [(0, 1)]
    assert "shard" not in discord_.gateway.identifies[0]


async def test_without_the_message_content_intent_shards_are_served_too(
    two: DiscordSimulator, frontdesk: Start
) -> None:
    two.privileged_intents_denied = True
    await frontdesk(discord_shards=2)
    thread = await two.say(FAR, ADA, f"{MENTION} {REFUND_QUESTION}")
    assert len(await two.wait_posts(thread, 1)) == 1


@pytest.mark.parametrize("wrong", ["some", "-1"])
def test_another_setting_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(WrongSettings, match="DISCORD_SHARDS"):
        load_settings(_env_file=None, discord_token="x", database=tmp_path / "f.db", discord_shards=wrong)
