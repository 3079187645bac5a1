"""What is written while the process is down, or comes twice, is answered once; what is too old is told of."""

from __future__ import annotations

import signal
import sqlite3
import time
from pathlib import Path

from core.phrases import ENGLISH
from tests.process.conftest import ANA, HELP_CHANNEL, World
from tests.process.frontdesk import frontdesk, running


async def test_what_was_written_on_slack_while_we_were_down_is_answered_once(
    tmp_path: Path, world: World
) -> None:
    slack, model = world.slack, world.model
    settings = {**world.slack_settings, **world.model_settings}
    dm = slack.open_dm("U1")
    async with running(tmp_path, settings) as process:
        await slack.say(dm, "U1", "before")
        await slack.wait_posts(dm, 1)
        thread = await slack.say("C1", "U1", f"<@{slack.bot_user_id}> before")
        await slack.wait_posts("C1", 1, thread_ts=thread)
        await process.end(signal.SIGKILL)

    in_dm = await slack.say(dm, "U1", "in the DM", deliver=False)
    await slack.say("C1", "U1", "in the thread", thread, deliver=False)
    mention = await slack.say("C1", "U1", f"<@{slack.bot_user_id}> in the channel", deliver=False)
    await slack.say("C1", "U1", "not for us", deliver=False)

    async with running(tmp_path, settings):
        await slack.wait_posts(dm, 2)
        await slack.wait_posts("C1", 2, thread_ts=thread)
        await slack.wait_posts("C1", 1, thread_ts=mention)
        await slack.deliver_late(dm, in_dm)
        await slack.wait_acked(in_dm)
        await slack.say(dm, "U1", "after")
        await slack.wait_posts(dm, 3)
    assert len(slack.posts(dm)) == 3
    assert len(slack.posts("C1")) == 3
    assert not any("not for us" in request.text for request in model.requests)


async def test_what_was_written_on_discord_while_we_were_down_is_answered_once(
    tmp_path: Path, world: World
) -> None:
    discord = world.discord
    settings = {**world.discord_settings, **world.model_settings}
    dm = discord.open_dm(ANA)
    async with running(tmp_path, settings) as process:
        await discord.say(dm, ANA, "before")
        await discord.wait_posts(dm, 1)
        thread = await discord.say(HELP_CHANNEL, ANA, "<@1000> before")
        await discord.wait_posts(thread, 1)
        await process.end(signal.SIGKILL)

    await discord.say(dm, ANA, "in the DM", deliver=False)
    await discord.say(thread, ANA, "in the thread", deliver=False)
    mention = await discord.say(HELP_CHANNEL, ANA, "<@1000> in the channel", deliver=False)
    await discord.say(HELP_CHANNEL, ANA, "not for us", deliver=False)

    async with running(tmp_path, settings):
        await discord.wait_posts(dm, 2)
        await discord.wait_posts(thread, 2)
        await discord.wait_posts(mention, 1)
    assert discord.posts(HELP_CHANNEL) == []
    assert not any("not for us" in request.text for request in world.model.requests)


async def test_a_new_gateway_session_is_followed_by_a_read_back(tmp_path: Path, world: World) -> None:
    discord = world.discord
    dm = discord.open_dm(ANA)
    async with running(tmp_path, {**world.discord_settings, **world.model_settings}):
        await discord.say(dm, ANA, "before")
        await discord.wait_posts(dm, 1)
        await discord.say(dm, ANA, "lost on the way", deliver=False)
        discord.forget_sessions = True
        await discord.drop_connections(code=4009)
        posts = await discord.wait_posts(dm, 2, timeout=20)
    assert "lost on the way" in posts[-1].content


async def test_what_is_too_old_goes_to_the_agents_in_one_list_with_an_apology_each(
    tmp_path: Path, world: World
) -> None:
    slack = world.slack
    settings = {
        **world.slack_settings,
        **world.model_settings,
        "AGENTS": "slack:G1",
        "AGENTS_MENTION": "<!here>",
        "READ_BACK_HOURS": "1",
    }
    slack.add_user("U2", "ben", real_name="Ben")
    ana, ben = slack.open_dm("U1"), slack.open_dm("U2")
    async with running(tmp_path, settings) as process:
        for dm, user in ((ana, "U1"), (ben, "U2")):
            await slack.say(dm, user, "before")
            await slack.wait_posts(dm, 1)
        await process.end(signal.SIGKILL)
    # Let it have been down since three hours ago.
    with sqlite3.connect(tmp_path / "data" / "frontdesk.db") as db:
        db.execute("UPDATE seen SET at = at - 10800")
    two_hours_ago = time.time() - 7_200
    await slack.say(ana, "U1", "is *anybody* there?", deliver=False, at=two_hours_ago)
    await slack.say(ben, "U2", "and here?", deliver=False, at=two_hours_ago + 1)
    asked = len(world.model.requests)

    async with running(tmp_path, settings):
        [digest] = await slack.wait_posts("G1", 1)
        assert digest.text.startswith("<!here> *Not answered: 2*")
        assert "and here?" in digest.text
        for dm in (ana, ben):
            posts = await slack.wait_posts(dm, 2)
            assert posts[-1].text == ENGLISH.late
    assert len(world.model.requests) == asked


async def test_a_backup_is_made_while_it_runs_and_serves_as_the_database(
    tmp_path: Path, world: World
) -> None:
    slack = world.slack
    dm = slack.open_dm("U1")
    copy = tmp_path / "copies" / "monday.db"
    async with running(tmp_path, world.slack_settings):
        await slack.say(dm, "U1", "hello")
        await slack.wait_posts(dm, 1)
        code, out, err = await frontdesk(tmp_path, "backup", str(copy))
        assert code == 0, err
        assert "monday.db" in out
    with sqlite3.connect(copy) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT text FROM messages ORDER BY seq").fetchall() == [
            ("hello",),
            (ENGLISH.greeting,),
        ]


async def test_a_backup_that_can_not_be_made_says_why(tmp_path: Path) -> None:
    code, _, err = await frontdesk(tmp_path, "backup", str(tmp_path / "copy.db"))
    assert code == 2
    assert "There is no database" in err
    await frontdesk(tmp_path, "chat", stdin="hello\n")
    database = tmp_path / "data" / "frontdesk.db"
    for target, why in ((database, "own backup"), (database / "below.db", "could not be written")):
        code, _, err = await frontdesk(tmp_path, "backup", str(target))
        assert code == 2
        assert why in err
