"""Starting on Slack: what is wrong is said in words, with what to do about it."""

from __future__ import annotations

import pytest

from bots.adapter import StartFailed
from bots.slack_checks import SCOPES
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import AGENTS, ANA, HELP, PARCEL, Frontdesk, Serve


async def fails(serve: Serve, **settings: str) -> str:
    with pytest.raises(StartFailed) as caught:
        async with serve(**settings):
            pass
    return str(caught.value)


async def test_it_says_who_it_is(quoting: Frontdesk) -> None:
    assert quoting.who == "Slack as @frontdesk in Example (Socket Mode)"


async def test_a_bad_bot_token_is_told(serve: Serve) -> None:
    text = await fails(serve, slack_bot_token="xoxb-wrong")
    assert "SLACK_BOT_TOKEN (invalid_auth)" in text
    assert "OAuth & Permissions" in text
    assert "xoxb-wrong" not in text


async def test_a_bad_app_token_is_told(serve: Serve) -> None:
    text = await fails(serve, slack_app_token="xapp-wrong")
    assert "SLACK_APP_TOKEN (invalid_auth)" in text
    assert "connections:write" in text
    assert "xapp-wrong" not in text


async def test_a_slack_that_is_not_there_is_told(serve: Serve) -> None:
    text = await fails(serve, slack_api_url="http://127.0.0.1:9/api/")
    assert "can't be reached" in text
    assert "SLACK_API_URL" in text


@pytest.mark.parametrize("fault", [{"status": 503}, {"error": "internal_error"}, {"status": 429}])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_slack_that_is_out_of_order_is_not_blamed_on_the_tokens(
    slack: SlackSimulator, serve: Serve, method: str, fault: dict[str, object]
) -> None:
    slack.fail(method, times=None, **fault)  # type: ignore[arg-type]
    text = await fails(serve)
    assert "TOKEN" not in text


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_connection_that_breaks_at_the_start_is_told(
    slack: SlackSimulator, serve: Serve, method: str
) -> None:
    slack.fail(method, times=None)
    assert "can't be reached" in await fails(serve)


async def test_nothing_is_wrong_with_a_complete_app(slack: SlackSimulator, serve: Serve) -> None:
    slack.scopes = set(SCOPES)
    async with serve(agents=f"slack:{AGENTS}") as frontdesk:
        assert await frontdesk.bot.check(frontdesk.settings.agents) == []


async def test_missing_permissions_are_told_with_what_they_are_for(
    slack: SlackSimulator, serve: Serve
) -> None:
    slack.scopes = set(SCOPES) - {"im:history", "reactions:write"}
    async with serve() as frontdesk:
        [problem] = await frontdesk.bot.check(None)
        assert "im:history (to read direct messages), reactions:write (to show" in problem
        assert "users:read" not in problem
        assert "OAuth & Permissions" in problem


async def test_an_agents_place_that_everybody_can_read_is_told(serve: Serve) -> None:
    async with serve(agents=f"slack:{HELP}") as frontdesk:
        [problem] = await frontdesk.bot.check(frontdesk.settings.agents)
        assert f"slack:{HELP} is public" in problem
        assert "private channel" in problem


async def test_an_agents_place_without_the_bot_in_it_is_told(slack: SlackSimulator, serve: Serve) -> None:
    slack.add_channel("C7", "public-agents", is_member=False)
    async with serve(agents="slack:C7") as frontdesk:
        problems = await frontdesk.bot.check(frontdesk.settings.agents)
        assert [("is public" in p, "/invite" in p) for p in problems] == [(True, False), (False, True)]


@pytest.mark.parametrize("place", ["C404", "C8"])
async def test_an_agents_place_that_can_not_be_reached_is_told(
    slack: SlackSimulator, serve: Serve, place: str
) -> None:
    slack.add_channel("C8", "secret", is_private=True, is_member=False)
    async with serve(agents=f"slack:{place}") as frontdesk:
        [problem] = await frontdesk.bot.check(frontdesk.settings.agents)
        assert f"slack:{place} can't be reached (channel_not_found)" in problem
        assert "/invite" in problem


async def test_it_answers_with_no_more_permissions_than_it_needs(slack: SlackSimulator, serve: Serve) -> None:
    slack.scopes = {"app_mentions:read", "im:history", "chat:write"}
    async with serve() as frontdesk:
        dm = slack.open_dm(ANA)
        await frontdesk.hears(dm, ANA, "When does my parcel arrive?")
        assert PARCEL in frontdesk.said(dm)[0]
