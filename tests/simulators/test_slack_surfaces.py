"""The simulated Slack: assistant pane, Home tab, shared channels, socket addresses, for the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack import Pane, SlackSimulator


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator() as simulator:
        simulator.add_user("U1", "ana")
        simulator.add_user("U7", "ada", team=("T7", "Acme"))
        simulator.add_channel("C1", "help")
        yield simulator


@pytest.fixture
def client(slack: SlackSimulator) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


async def refusal(call: Any) -> str:
    """Return the error that a call ends with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_thread_of_the_pane_has_a_title_and_suggestions(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    thread, dm = await slack.open_pane("U1"), slack.open_dm("U1")
    [started] = [one.payload["event"] for one in slack.deliveries if one.given_up and not one.acked][-1:]
    assert started["assistant_thread"]["thread_ts"] == thread
    await client.assistant_threads_setTitle(channel_id=dm, thread_ts=thread, title="Parcels")
    prompts: list[dict[str, Any]] = [{"title": "When?", "message": "When does it come?"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=dm, thread_ts=thread, prompts=prompts)
    assert slack.pane("U1", thread) == Pane("Parcels", ["When does it come?"])
    assert slack.posts(dm) == [], "Slack's own head of the thread is no post"


async def test_what_slack_refuses_about_the_pane(slack: SlackSimulator, client: AsyncWebClient) -> None:
    thread, dm = await slack.open_pane("U1"), slack.open_dm("U1")
    elsewhere = await slack.say(dm, "U1", "hello", deliver=False)
    suggest, entitle = client.assistant_threads_setSuggestedPrompts, client.assistant_threads_setTitle
    one: dict[str, Any] = {"title": "a", "message": "b"}
    many, half, no_more = [one] * 5, [{"title": "a"}], "invalid_arguments"
    assert await refusal(suggest(channel_id=dm, thread_ts=thread, prompts=many)) == no_more
    assert await refusal(suggest(channel_id=dm, thread_ts=thread, prompts=half)) == no_more
    assert await refusal(suggest(channel_id=dm, thread_ts=elsewhere, prompts=[one])) == "invalid_thread_ts"
    assert await refusal(entitle(channel_id=dm, thread_ts="1.2", title="a")) == "invalid_thread_ts"
    slack.scopes -= {"assistant:write"}
    assert await refusal(entitle(channel_id=dm, thread_ts=thread, title="a")) == "missing_scope"


async def test_a_home_tab_shows_what_was_published_last(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    def page(text: str, times: int = 1) -> dict[str, Any]:
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        return {"type": "home", "blocks": [section] * times}

    await client.views_publish(user_id="U1", view=page("one"))
    await client.views_publish(user_id="U1", view=page("two"))
    assert slack.home("U1") == "two"
    publish = client.views_publish
    assert await refusal(publish(user_id="U1", view=page("x", 101))) == "invalid_arguments"
    assert await refusal(publish(user_id="U1", view=page("x" * 3_001))) == "invalid_arguments"
    assert await refusal(publish(user_id="U1", view={**page("x"), "type": "modal"})) == "invalid_arguments"
    assert await refusal(publish(user_id="U0", view=page("x"))) == "user_not_found"
    assert slack.home("U1") == "two"


async def test_events_come_only_to_who_subscribed(slack: SlackSimulator) -> None:
    slack.subscriptions.clear()
    assert await slack.open_home("U1") is None
    await slack.open_pane("U1")
    assert slack.deliveries == []


async def test_people_of_another_workspace_are_told_by_it(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    await slack.say("C1", "U7", "hello")
    payload = slack.deliveries[-1].payload
    assert (payload["team_id"], payload["authorizations"][0]["team_id"]) == ("T7", "T1")
    assert payload["is_ext_shared_channel"] is True
    assert payload["event"]["user_team"] == "T7"
    assert (await client.users_info(user="U7"))["user"]["team_id"] == "T7"
    assert (await client.team_info(team="T7"))["team"]["name"] == "Acme"
    assert await refusal(client.team_info(team="T8")) == "team_not_found"


async def test_an_address_that_expired_opens_nothing(slack: SlackSimulator, client: AsyncWebClient) -> None:
    slack.addresses_expire = True
    opened = await client.apps_connections_open(app_token=slack.app_token)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="404"):
            await session.ws_connect(opened["url"])
