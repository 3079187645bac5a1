"""`frontdesk run`: the real process, real clients, simulators on loopback."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from pathlib import Path

from core.phrases import ENGLISH
from tests.process.conftest import ANA, World
from tests.process.frontdesk import called, frontdesk, running


async def test_without_any_platform_it_says_what_to_fill_in_and_where_to_get_it(tmp_path: Path) -> None:
    code, _, err = await frontdesk(tmp_path, "run")
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DISCORD_TOKEN"):
        assert name in err
    assert "api.slack.com/apps" in err


async def test_wrong_settings_are_told_all_at_once_without_their_secrets(tmp_path: Path) -> None:
    code, _, err = await frontdesk(
        tmp_path, "run", SLACK_BOT_TOKEN="xapp-very-secret", TEMPERATURE="9", AGENTS="somewhere"
    )
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "TEMPERATURE", "AGENTS"):
        assert name in err
    assert "very-secret" not in err
    assert "Traceback" not in err


async def test_tokens_that_a_platform_refuses_are_told_with_what_to_do(tmp_path: Path, world: World) -> None:
    code, _, err = await frontdesk(
        tmp_path, "run", **{**world.slack_settings, "SLACK_BOT_TOKEN": "xoxb-wrong"}
    )
    assert code == 2
    assert "Slack refuses SLACK_BOT_TOKEN" in err
    assert "xoxb-wrong" not in err
    code, _, err = await frontdesk(tmp_path, "run", **{**world.discord_settings, "DISCORD_TOKEN": "wrong"})
    assert code == 2
    assert "Discord refuses DISCORD_TOKEN" in err


async def test_the_same_conversation_on_both_platforms_goes_on_after_a_restart(
    tmp_path: Path, world: World
) -> None:
    slack, discord, model = world.slack, world.discord, world.model
    slack_dm, discord_dm = slack.open_dm("U1"), discord.open_dm(ANA)

    async with running(tmp_path, world.settings) as process:
        ready = await process.logged("Ready:")
        assert "Slack as @" in ready
        assert "Discord as Frontdesk" in ready
        model.replies("On Slack.")
        await slack.say(slack_dm, "U1", "I write from Slack.")
        assert [post.text for post in await slack.wait_posts(slack_dm, 1)] == ["On Slack."]
        model.replies("On Discord.")
        await discord.say(discord_dm, ANA, "I write from Discord.")
        assert [post.content for post in await discord.wait_posts(discord_dm, 1)] == ["On Discord."]
        assert await process.end(signal.SIGTERM) == 0
        assert any("Stopped." in line for line in process.log)

    async with running(tmp_path, world.settings) as process:
        model.replies("Still Slack.")
        await slack.say(slack_dm, "U1", "Where was I?")
        await slack.wait_posts(slack_dm, 2)
        assert [m["content"] for m in model.requests[-1].messages[1:]] == [
            "I write from Slack.",
            "On Slack.",
            "Where was I?",
        ]
        model.replies("Still Discord.")
        await discord.say(discord_dm, ANA, "And here?")
        await discord.wait_posts(discord_dm, 2)
        assert [m["content"] for m in model.requests[-1].messages[1:]] == [
            "I write from Discord.",
            "On Discord.",
            "And here?",
        ]
        assert await process.end(signal.SIGINT) == 0


async def test_a_message_that_was_acked_is_answered_after_the_process_was_killed(
    tmp_path: Path, world: World
) -> None:
    slack, model = world.slack, world.model
    settings = {**world.slack_settings, **world.model_settings}
    model.hold()
    async with running(tmp_path, settings) as process:
        ts = await slack.say("C1", "U1", f"<@{slack.bot_user_id}> How do I return a sensor?")
        await slack.wait_acked(ts)
        await model.wait_requests(1)
        await process.end(signal.SIGKILL)
    model.release()

    model.replies("Like this.")
    async with running(tmp_path, settings):
        posts = await slack.wait_posts("C1", 1, thread_ts=ts)
        assert [post.text for post in posts] == ["Like this."]
        await slack.redeliver(ts)
        await slack.wait_acked(ts, times=2)
    assert len(slack.posts("C1")) == 1


async def test_a_person_is_called_across_platforms(tmp_path: Path, world: World) -> None:
    slack, discord = world.slack, world.discord
    settings = {**world.settings, "AGENTS": "slack:G1", "AGENTS_MENTION": "<!here>"}
    dm = discord.open_dm(ANA)
    async with running(tmp_path, settings):
        await discord.say(dm, ANA, "I want to talk to a human. *Now* <!channel>")
        [ping] = await slack.wait_posts("G1", 1)
        assert ping.text.startswith("<!here> *Ana* in a direct message on Discord needs a person")
        assert ping.text.count("<!") == 1
        [told] = await discord.wait_posts(dm, 1)
        assert told.content == ENGLISH.told
    assert world.model.requests == []


async def test_two_processes_do_not_serve_the_same_database(tmp_path: Path, world: World) -> None:
    async with running(tmp_path, world.slack_settings):
        code, _, err = await frontdesk(tmp_path, "run", **world.slack_settings)
        assert code == 2
        assert "Another `frontdesk run` uses the database" in err


async def test_a_folder_that_cannot_be_made_is_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = str(tmp_path / "file" / "frontdesk.db")
    code, _, err = await called(tmp_path, "run", DISCORD_TOKEN="token", DATABASE=database)
    assert code == 2
    assert err.startswith(f"The folder of the database {database} can't be written to")


async def test_neither_words_nor_secrets_reach_the_log(tmp_path: Path, world: World) -> None:
    slack, discord, model = world.slack, world.discord, world.model
    dm, discord_dm = slack.open_dm("U1"), discord.open_dm(ANA)
    async with running(tmp_path, world.settings) as process:
        model.fails(500)
        model.fails(500)
        model.fails(500)
        await slack.say(dm, "U1", "xyzzy is my secret word")
        await slack.wait_posts(dm, 1)
        model.replies("plugh")
        await discord.say(discord_dm, ANA, "xyzzy again")
        await discord.wait_posts(discord_dm, 1)
        await process.end()
    log = "\n".join(process.log)
    assert "The model gave no answer" in log
    for secret in (
        "xyzzy",
        "plugh",
        slack.bot_token,
        slack.app_token,
        discord.token,
        model.api_key,
    ):
        assert secret not in log


async def test_odd_input_is_answered_or_told_and_the_next_message_too(tmp_path: Path, world: World) -> None:
    slack = world.slack
    dm = slack.open_dm("U1")
    odd = ["word " * 2_000, "🌱" * 3_000, "متى يصل طلبي؟ " * 200, "how long do returns take? " * 300]
    async with running(tmp_path, world.slack_settings) as process:
        for count, text in enumerate([*odd, "hello"], 1):
            await slack.say(dm, "U1", text)
            posts = await slack.wait_posts(dm, count)
        assert posts[-1].text == ENGLISH.greeting
        assert not any("ERROR" in line for line in process.log)


async def test_three_hundred_messages_in_a_row_are_all_answered(tmp_path: Path, world: World) -> None:
    slack = world.slack
    dm = slack.open_dm("U1")
    async with running(tmp_path, world.slack_settings):
        for number in range(300):
            await slack.say(dm, "U1", f"hello {number}")
        async with asyncio.timeout(40):
            await slack.wait_until(lambda: _unanswered(tmp_path) == 0 and bool(slack.posts(dm)))
    with sqlite3.connect(tmp_path / "data" / "frontdesk.db") as db:
        assert db.execute("SELECT count(*) FROM messages WHERE role = 'customer'").fetchone() == (300,)


def _unanswered(folder: Path) -> int:
    with sqlite3.connect(folder / "data" / "frontdesk.db") as db:
        return int(db.execute("SELECT count(*) FROM messages WHERE turn IS NULL").fetchone()[0])
