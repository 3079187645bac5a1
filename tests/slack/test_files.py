"""Files in Slack: with the token and the scope, by id where another company shared them, and what is none."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bots.downloads import download
from bots.slack_files import SlackFiles, files_of
from core.messages import File, Unread
from core.phrases import ENGLISH
from core.ports import Refused, TooLarge, TryLater
from tests.simulators.model import ModelSimulator
from tests.simulators.model_requests import text_of
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import ANA, BOT, HELP, Frontdesk, Serve

EMPTY: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("told", "file"),
    [
        (
            {
                "name": "a.log",
                "mimetype": "text/plain",
                "size": 7,
                "url_private_download": "u",
                "permalink": "p",
            },
            File("a.log", "p", "text/plain", 7, "u"),
        ),
        ({"name": "a.log", "url_private": "u"}, File("a.log", "", "", 0, "u")),
        ({"id": "F1", "file_access": "check_file_info"}, File("a file", "", "", 0, "id:F1")),
        ({"id": "F1", "mode": "tombstone"}, File("a deleted file", "")),
        ({"id": "F1", "mode": "hidden_by_limit"}, File("a file that Slack no longer shows", "")),
        (
            {"name": "Plan", "is_external": True, "url_private": "https://docs.example/1"},
            File("Plan", ""),
        ),
        ({"title": "Untitled", "size": None}, File("Untitled", "")),
        (
            {
                "name": "voice.m4a",
                "mimetype": "video/mp4",
                "subtype": "slack_audio",
                "url_private": "u",
            },
            File("voice.m4a", "", "audio/mp4", 0, "u"),
        ),
    ],
)
def test_what_slack_tells_of_a_file(told: dict[str, Any], file: File) -> None:
    assert files_of({"files": [told]}) == (file,)


def test_a_message_without_files_has_none() -> None:
    assert files_of(EMPTY) == ()
    assert files_of({"files": None}) == ()


async def test_a_mention_that_came_without_its_files_gets_them_from_the_second_event(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    """Slack tells of a mention twice; `app_mention` may lack the files."""
    slack.mention_first = True
    file = slack.files.upload("error.log", b"FATAL E4711", "text/plain")
    model.replies("The disk is full.")
    ts = await modelled.hears(HELP, ANA, f"{BOT} Why?", files=[file])
    assert modelled.said(HELP, ts) == ["The disk is full."]
    assert "FATAL E4711" in text_of(model.requests[-1].messages[-1])


async def test_without_the_scope_the_customer_is_told_and_the_log_says_why(
    serve: Serve, slack: SlackSimulator, model: ModelSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    slack.scopes -= {"files:read"}
    dm = slack.open_dm(ANA)
    caplog.set_level(logging.INFO)
    async with serve(model) as frontdesk:
        assert any(
            "files:read (to read what customers attach)" in one for one in await frontdesk.bot.check(None)
        )
        model.replies("Tell me more.")
        file = slack.files.upload("page.html", b"<p>Order 7</p>", "text/html")
        await frontdesk.hears(dm, ANA, "See", files=[file])
        (said,) = frontdesk.said(dm)
    assert ENGLISH.unread_of([("page.html", Unread.GONE)]) in said
    assert "the app lacks files:read" in caplog.text
    assert "Sign in" not in text_of(model.requests[-1].messages[-1])


async def test_a_file_of_another_company_is_asked_for_by_its_id(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    file = slack.files.upload("error.log", b"FATAL E4711", "text/plain")
    shared = {"id": file["id"], "mode": "file_access", "file_access": "check_file_info"}
    model.replies("The disk is full.")
    await modelled.hears(slack.open_dm(ANA), ANA, "Why?", files=[shared])
    assert "FATAL E4711" in text_of(model.requests[-1].messages[-1])
    assert 'title="error.log"' in text_of(model.requests[-1].messages[-1])


async def test_what_a_file_of_another_company_is_decides_how_it_is_read(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    file = slack.files.upload("memo.m4a", b"\0\0\0 ftypM4A", "audio/mp4")
    shared = {"id": file["id"], "mode": "file_access", "file_access": "check_file_info"}
    dm = slack.open_dm(ANA)
    model.replies("What is it about?")
    await modelled.hears(dm, ANA, "Listen", files=[shared])
    (said,) = modelled.said(dm)
    assert ENGLISH.unread_of([("memo.m4a", Unread.VOICE)]) in said


# --- fetching ----------------------------------------------------------------------------------------


@pytest.fixture
async def files(modelled: Frontdesk) -> SlackFiles:
    return modelled.bot._files


def as_told(file: dict[str, Any], **more: Any) -> File:
    (read,) = files_of({"files": [{**file, **more}]})
    return read


async def test_a_file_is_fetched_with_the_token_up_to_its_limit(
    files: SlackFiles, slack: SlackSimulator
) -> None:
    file = as_told(slack.files.upload("a.txt", b"12345", "text/plain"))
    assert await files.fetch(file, 5) == b"12345"
    assert slack.files.asked == [f"Bearer {slack.bot_token}"]
    with pytest.raises(TooLarge):
        await files.fetch(file, 4)


async def test_a_deleted_file_is_refused_and_a_busy_slack_is_asked_again(
    files: SlackFiles, slack: SlackSimulator
) -> None:
    file = slack.files.upload("a.txt", b"12345", "text/plain")
    slack.files.faults.append(web.Response(status=429, headers={"Retry-After": "7"}))
    with pytest.raises(TryLater) as later:
        await files.fetch(as_told(file), 5)
    assert later.value.after == 7.0
    slack.files.remove(file)
    with pytest.raises(Refused):
        await files.fetch(as_told(file), 5)
    with pytest.raises(Refused):
        await files.describe(File("a", "", "", 0, "id:F404"))


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[str, list[str]]]:
    """An address that is not Slack's, and the tokens that were shown there."""
    heard: list[str] = []

    async def listen(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization", ""))
        return web.Response(text="here it is")

    app = web.Application()
    app.router.add_get("/{any:.*}", listen)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/f", heard
    await runner.cleanup()


async def test_nobody_but_slack_is_asked_for_a_file(
    files: SlackFiles, slack: SlackSimulator, elsewhere: tuple[str, list[str]]
) -> None:
    address, heard = elsewhere
    with pytest.raises(Refused):
        await files.fetch(File("a", "", "", 0, address), 100)
    file = as_told(slack.files.upload("a.txt", b"12345", "text/plain"))
    slack.files.faults.append(web.Response(status=302, headers={"Location": address}))
    with pytest.raises(Refused):
        await files.fetch(file, 100)
    assert heard == []


async def test_where_an_address_leads_to_another_host_the_token_stays_behind(
    slack: SlackSimulator, elsewhere: tuple[str, list[str]]
) -> None:
    address, heard = elsewhere
    source = slack.files.upload("a.txt", b"12345", "text/plain")["url_private_download"]
    slack.files.faults.append(web.Response(status=302, headers={"Location": address}))
    secret = {"Authorization": "Bearer xoxb"}
    async with aiohttp.ClientSession() as session:
        got = await download(session, source, 100, lambda url: True, secret)
    assert (got, heard, slack.files.asked) == (b"here it is", [""], ["Bearer xoxb"])


async def test_an_address_that_leads_round_in_circles_leads_nowhere(slack: SlackSimulator) -> None:
    source = slack.files.upload("a.txt", b"12345", "text/plain")["url_private_download"]
    slack.files.faults += [web.Response(status=302, headers={"Location": source}) for _ in range(9)]
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Refused):
            await download(session, source, 100, lambda url: True)
    assert len(slack.files.asked) == 4
