"""Buttons, what only one person sees, response_url: the real Slack clients against the simulator."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.simulators.slack import Pressed, SlackSimulator
from tests.simulators.slack_clients import SECRET, Bot, http_mode, refused, socket_mode, web_client

BOTH = pytest.mark.parametrize("mode", [socket_mode, http_mode])


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator() as simulator:
        simulator.add_user("U1", "ana")
        simulator.add_user("U2", "ben")
        simulator.add_channel("C1", "help")
        simulator.add_channel("G1", "agents", is_private=True, members=["U1"])
        yield simulator


class Buttons(Bot):
    """A bolt app that writes down what is pressed."""

    def __init__(self, slack: SlackSimulator) -> None:
        super().__init__(slack)
        self.pressed: list[dict[str, Any]] = []
        self.app.action(re.compile("^desk:"))(self.press)

    async def press(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self.pressed.append(body)


def button(label: str, action_id: str, value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "text": text, "action_id": action_id, "value": value}


def row(*buttons: dict[str, Any], block_id: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


CASE = [row(button("Take it", "desk:take", "7"), button("Close", "desk:close", "7"))]


async def posted_case(slack: SlackSimulator, channel: str = "C1", thread: str | None = None) -> str:
    post = await web_client(slack).chat_postMessage(
        channel=channel, text="Ana asks", blocks=CASE, thread_ts=thread
    )
    return str(post["ts"])


async def press(slack: SlackSimulator) -> Pressed:
    """A press that nobody is connected to hear, for its response_url."""
    return await slack.press("C1", await posted_case(slack), "U1", "desk:take")


async def answer(pressed: Pressed, **message: Any) -> tuple[int, str]:
    response = await AsyncWebhookClient(pressed.response_url).send_dict(message)
    return response.status_code, response.body


# Pressing


@BOTH
async def test_pressed_button_reaches_the_app(slack: SlackSimulator, mode: Any) -> None:
    bot = Buttons(slack)
    question = await slack.say("G1", "U1", "hello")
    ts = await posted_case(slack, "G1", question)
    async with mode(slack, bot):
        pressed = await slack.press("G1", ts, "U1", "desk:take")
        assert pressed.acked
        assert (await slack.press("G1", ts, "U1", "Close")).acked
    taken, closed = bot.pressed
    assert taken == pressed.payload
    assert taken["type"] == "block_actions"
    assert taken["user"] == {"id": "U1", "username": "ana", "name": "ana", "team_id": "T1"}
    assert (taken["api_app_id"], taken["team"]["id"]) == ("A0APP", "T1")
    assert taken["token"]
    assert taken["trigger_id"] != closed["trigger_id"]
    assert taken["channel"] == {"id": "G1", "name": "privategroup"}
    assert taken["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "G1",
        "is_ephemeral": False,
        "thread_ts": question,
    }
    assert taken["message"]["ts"] == ts
    assert taken["message"]["bot_id"] == "B0BOT"
    assert taken["message"]["blocks"][0]["elements"][0]["text"]["emoji"] is True
    [action] = taken["actions"]
    assert action.pop("action_ts") > ts
    assert action == {
        "type": "button",
        "action_id": "desk:take",
        "block_id": "row",
        "text": {"type": "plain_text", "text": "Take it", "emoji": True},
        "value": "7",
    }
    assert [action["action_id"] for action in closed["actions"]] == ["desk:close"]
    assert pressed.delivery.attempts == 1


async def test_press_over_http_is_a_signed_form(slack: SlackSimulator) -> None:
    ts = await posted_case(slack)
    seen: list[dict[str, Any]] = []
    bot = Buttons(slack)

    @bot.app.middleware
    async def look(request: Any, next: Any) -> None:
        seen.append(request.headers)
        await next()

    async with http_mode(slack, bot):
        await slack.press("C1", ts, "U1", "desk:take")
        assert slack._http is not None
        slack.use_http(slack._http.url, "another secret")
        forged = await slack.press("C1", ts, "U1", "desk:take")
    assert seen[0]["content-type"] == ["application/x-www-form-urlencoded"]
    assert not forged.acked
    assert forged.delivery.statuses == [401]
    assert len(bot.pressed) == 1


async def test_only_what_can_be_seen_can_be_pressed(slack: SlackSimulator) -> None:
    ts = await posted_case(slack, "G1")
    with pytest.raises(LookupError, match="0 buttons are 'desk:reopen'"):
        await slack.press("G1", ts, "U1", "desk:reopen")
    with pytest.raises(LookupError, match="not in G1"):
        await slack.press("G1", ts, "U2", "desk:take")
    with pytest.raises(LookupError, match="nobody is U9"):
        await slack.press("G1", ts, "U9", "desk:take")
    with pytest.raises(LookupError, match="no message"):
        await slack.press("G1", "1.0", "U1", "desk:take")
    blocks = [row(button("Take", "desk:take", "1")), row(button("Take", "desk:take", "2"), block_id="b")]
    await web_client(slack).chat_update(channel="G1", ts=ts, text="x", blocks=blocks)
    with pytest.raises(LookupError, match="2 buttons are 'Take'"):
        await slack.press("G1", ts, "U1", "Take")
    second = await slack.press("G1", ts, "U1", "Take", value="2")
    assert second.payload["actions"][0]["block_id"] == "b"
    await web_client(slack).chat_update(channel="G1", ts=ts, text="x", blocks=[])
    with pytest.raises(LookupError):
        await slack.press("G1", ts, "U1", "Take", value="2")


@BOTH
async def test_forged_press(slack: SlackSimulator, mode: Any) -> None:
    bot = Buttons(slack)
    ts = await slack.say("C1", "U1", "no buttons here")
    async with mode(slack, bot):
        assert (await slack.press("C1", ts, "U9", "desk:close", value="8", forge=True)).acked
        assert (await slack.press("G1", "1.0", "U2", "desk:close", forge=True)).acked
    first, second = bot.pressed
    assert (first["user"]["id"], first["message"]["text"]) == ("U9", "no buttons here")
    assert (first["actions"][0]["action_id"], first["actions"][0]["value"]) == ("desk:close", "8")
    assert (second["user"]["id"], second["container"]["message_ts"]) == ("U2", "1.0")
    assert "message" not in second
    assert "value" not in second["actions"][0]


async def test_press_without_acknowledgement_is_not_delivered_again(slack: SlackSimulator) -> None:
    slack.interactions.ack_seconds = 0.2
    slack.echo = False
    bot = Bot(slack)
    released = asyncio.Event()

    @bot.app.action("desk:take")
    async def slow(ack: Any) -> None:
        await released.wait()
        await ack()

    ts = await posted_case(slack)
    async with socket_mode(slack, bot):
        started = time.monotonic()
        late = await slack.press("C1", ts, "U1", "desk:take")
        assert 0.2 <= time.monotonic() - started < 2
        assert not late.acked
        released.set()
        await slack.wait_acked(late.delivery.id)
        assert not late.acked
        # Bolt acknowledges nothing that it has no listener for.
        unheard = await slack.press("C1", ts, "U1", "desk:close")
        assert not unheard.acked
        assert await slack.redeliver_unacked() == []
    assert (late.delivery.attempts, unheard.delivery.attempts) == (1, 1)


async def test_slack_waits_three_seconds_for_an_acknowledgement(slack: SlackSimulator) -> None:
    assert slack.interactions.ack_seconds == 3


async def test_press_with_nobody_there_fails_at_once(slack: SlackSimulator) -> None:
    ts = await posted_case(slack)
    started = time.monotonic()
    assert not (await slack.press("C1", ts, "U1", "desk:take")).acked
    slack.use_http("http://127.0.0.1:1/slack/events", SECRET)
    assert not (await slack.press("C1", ts, "U1", "desk:take")).acked
    async with http_mode(slack, Bot(slack)):
        unheard = await slack.press("C1", ts, "U1", "desk:take")
    assert (unheard.acked, unheard.delivery.statuses) == (False, [404])
    assert time.monotonic() - started < 2


@BOTH
async def test_middleware_that_raises_leaves_the_press_without_acknowledgement(
    slack: SlackSimulator, mode: Any
) -> None:
    slack.interactions.ack_seconds = 0.3
    bot = Buttons(slack)

    @bot.app.middleware
    async def broken(next: Any) -> None:
        raise RuntimeError("the disk is full")

    async with mode(slack, bot):
        assert not (await slack.press("C1", await posted_case(slack), "U1", "desk:take")).acked
    assert bot.pressed == []


@BOTH
async def test_many_press_at_once(slack: SlackSimulator, mode: Any) -> None:
    bot = Buttons(slack)
    ts = await posted_case(slack)
    async with mode(slack, bot):
        presses = await asyncio.gather(
            *(slack.press("C1", ts, user, "desk:take") for user in ("U1", "U2") * 3)
        )
    assert all(pressed.acked for pressed in presses)
    assert sorted(body["user"]["id"] for body in bot.pressed) == ["U1"] * 3 + ["U2"] * 3


@BOTH
async def test_what_the_presser_sees(slack: SlackSimulator, mode: Any) -> None:
    bot = Bot(slack)

    @bot.app.action("desk:take")
    async def take(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        await client.chat_update(channel=channel, ts=ts, text="Ben took it", blocks=[CASE[0]])
        await client.chat_postEphemeral(channel=channel, user=body["user"]["id"], text="It is yours")

    @bot.app.action("desk:close")
    async def close(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_delete(channel=body["channel"]["id"], ts=body["message"]["ts"])

    ts = await posted_case(slack)
    await bot.client.chat_postEphemeral(channel="C1", user="U2", text="from before")
    async with mode(slack, bot):
        pressed = await slack.press("C1", ts, "U2", "desk:take")
        assert (await pressed.wait_changed()).text == "Ben took it"
        [seen] = await pressed.wait_ephemeral()
        assert seen.text == "It is yours"
        assert [each.text for each in slack.ephemerals("C1", "U2")] == ["from before", "It is yours"]
        await (await slack.press("C1", ts, "U2", "desk:close")).wait_gone()
    with pytest.raises(TimeoutError, match="1 ephemerals"):
        await (await press(slack)).wait_ephemeral(timeout=0.05)


# What only one person sees


async def test_ephemeral_is_seen_by_one_person(slack: SlackSimulator) -> None:
    client = web_client(slack)
    waiting = asyncio.create_task(slack.wait_ephemeral("C1", "U1"))
    answered = await client.chat_postEphemeral(channel="C1", user="U1", text="only you", blocks=CASE)
    [seen] = await waiting
    assert (seen.ts, seen.text, seen.blocks) == (answered["message_ts"], "only you", CASE)
    assert [each.label for each in seen.buttons] == ["Take it", "Close"]
    assert slack.ephemerals("C1", "U2") == []
    assert slack.posts("C1") == []
    assert slack.deliveries == []
    assert (await client.conversations_history(channel="C1"))["messages"] == []
    update = client.chat_update(channel="C1", ts=seen.ts, text="x")
    assert await refused(update) == "message_not_found"
    assert await refused(client.chat_delete(channel="C1", ts=seen.ts)) == "message_not_found"


async def test_ephemerals_that_are_refused(slack: SlackSimulator) -> None:
    client = web_client(slack)
    outsider = client.chat_postEphemeral(channel="G1", user="U2", text="x")
    assert await refused(outsider) == "user_not_in_channel"
    nowhere = client.chat_postEphemeral(channel="C9", user="U1", text="x")
    assert await refused(nowhere) == "channel_not_found"
    # Unlike chat.postMessage it takes no person for a channel.
    person = client.chat_postEphemeral(channel="U1", user="U1", text="x")
    assert await refused(person) == "channel_not_found"
    empty = client.api_call("chat.postEphemeral", json={"channel": "C1", "user": "U1"})
    assert await refused(empty) == "no_text"
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}]
    bad = client.chat_postEphemeral(channel="C1", user="U1", text="x", blocks=long)
    assert await refused(bad) == "invalid_blocks"
    slack.leave("C1", "U1")
    left = client.chat_postEphemeral(channel="C1", user="U1", text="x")
    assert await refused(left) == "user_not_in_channel"


async def test_ephemeral_in_a_thread_without_replies_is_never_shown(slack: SlackSimulator) -> None:
    client = web_client(slack)
    ts = await slack.say("C1", "U1", "a question")
    assert (await client.chat_postEphemeral(channel="C1", user="U1", text="x", thread_ts=ts))["ok"]
    assert slack.ephemerals("C1", "U1") == []
    await slack.say("C1", "U1", "more of it", ts)
    await client.chat_postEphemeral(channel="C1", user="U1", text="y", thread_ts=ts)
    [seen] = slack.ephemerals("C1", "U1")
    assert (seen.text, seen.thread_ts) == ("y", ts)


@BOTH
async def test_button_of_an_ephemeral(slack: SlackSimulator, mode: Any) -> None:
    bot = Bot(slack)
    bodies: list[dict[str, Any]] = []

    @bot.app.action("desk:take")
    async def take(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        bodies.append(body)
        await respond(text="Taken", replace_original=True)

    @bot.app.action("desk:close")
    async def close(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    answered = await bot.client.chat_postEphemeral(channel="C1", user="U1", text="Sure?", blocks=CASE)
    shown, ts = slack.ephemerals("C1", "U1"), answered["message_ts"]
    with pytest.raises(LookupError, match="U2 sees no message"):
        await slack.press_ephemeral("C1", ts, "U2", "desk:take")
    async with mode(slack, bot):
        taking = await slack.press_ephemeral("C1", ts, "U1", "Take it")
        assert taking.acked
        changed = await taking.wait_changed()
        assert (changed.text, changed.buttons, changed.edits) == ("Taken", [], ["Sure?"])
        closing = await slack.press_ephemeral("C1", ts, "U1", "desk:close", forge=True)
        await closing.wait_gone()
    assert shown[0].text == "Sure?"
    assert slack.ephemerals("C1", "U1") == []
    assert bodies[0]["container"]["is_ephemeral"] is True
    assert bodies[0]["container"]["message_ts"] == ts
    assert "message" not in bodies[0]


# response_url


async def test_answer_is_for_the_presser_alone(slack: SlackSimulator) -> None:
    pressed = await press(slack)
    question = await slack.say("C1", "U1", "hello")
    status, body = await answer(pressed, text="noted", blocks=CASE, thread_ts=question)
    assert (status, json.loads(body)) == (200, {"ok": True})
    [seen] = pressed.ephemerals
    assert (seen.user, seen.text, seen.thread_ts) == ("U1", "noted", None)
    assert [each.label for each in seen.buttons] == ["Take it", "Close"]
    assert len(slack.posts("C1")) == 1
    [call] = slack.calls_to("response_url")
    assert call.arguments["text"] == "noted"


async def test_answer_in_the_channel(slack: SlackSimulator) -> None:
    pressed = await press(slack)
    before = len(slack.deliveries)
    await answer(pressed, text="all see this", response_type="in_channel", replace_original=False)
    question = slack.posts("C1")[0].ts
    threaded = {"response_type": "in_channel", "replace_original": False, "thread_ts": question}
    await answer(pressed, text="in its thread", **threaded)
    assert [(post.text, post.thread_ts) for post in slack.posts("C1")[1:]] == [
        ("all see this", None),
        ("in its thread", question),
    ]
    assert len(slack.deliveries) == before + 2
    await answer(pressed, text="instead", response_type="in_channel")
    assert [post.text for post in slack.posts("C1")] == ["instead", "all see this", "in its thread"]


async def test_answer_replaces_or_deletes_the_message(slack: SlackSimulator) -> None:
    pressed = await press(slack)
    await answer(pressed, text="taken", replace_original=True)
    [post] = slack.posts("C1")
    assert (post.text, post.blocks, post.edits) == ("taken", None, ["Ana asks"])
    assert slack.deliveries[-1].payload["event"]["subtype"] == "message_changed"
    await answer(pressed, delete_original="true")
    assert slack.posts("C1") == []
    assert slack.deliveries[-1].payload["event"]["subtype"] == "message_deleted"
    for message in ({"text": "x", "replace_original": True}, {"delete_original": True}):
        status, body = await answer(pressed, **message)
        assert (status, json.loads(body)["error"]) == (404, "message_not_found")


async def test_answers_that_are_refused(slack: SlackSimulator) -> None:
    pressed = await press(slack)
    for message, error in [
        ({}, "no_text"),
        ({"text": "x", "blocks": [row()]}, "invalid_blocks"),
    ]:
        status, body = await answer(pressed, **message)
        assert (status, json.loads(body)["error"]) == (400, error)
    for number in range(5):
        assert (await answer(pressed, text=str(number)))[0] == 200
    status, body = await answer(pressed, text="once too often")
    assert (status, json.loads(body)["error"]) == (404, "used_url")
    late = await press(slack)
    slack.interactions.response_url_seconds = 0
    status, body = await answer(late, text="too late")
    assert (status, json.loads(body)["error"]) == (404, "expired_url")
    late.response_url += "x"
    status, body = await answer(late, text="whose?")
    assert (status, json.loads(body)["error"]) == (404, "invalid_token")
    assert len(slack.ephemerals("C1", "U1")) == 5


# Faults

CALLS: dict[str, Any] = {
    "chat.update": {"channel": "C1", "text": "changed"},
    "chat.delete": {"channel": "C1"},
    "chat.postEphemeral": {"channel": "C1", "user": "U1", "text": "x"},
    "reactions.add": {"channel": "C1", "name": "eyes"},
    "conversations.members": {"channel": "C1"},
    "conversations.open": {"users": "U1,U2"},
}


def state(slack: SlackSimulator, ts: str) -> Any:
    """All that the calls can change."""
    texts = [post.text for post in slack.posts("C1")]
    places = len(slack._workspace.channels)
    return texts, slack.ephemerals("C1", "U1"), texts and slack.reactions("C1", ts), places


@pytest.mark.parametrize("method", CALLS)
async def test_new_methods_fail_like_the_old(slack: SlackSimulator, method: str) -> None:
    client = web_client(slack)
    client.retry_handlers.clear()
    ts = await posted_case(slack)
    arguments = {**CALLS[method], "ts": ts, "timestamp": ts}

    async def fails(**fault: Any) -> BaseException:
        slack.fail(method, **fault)
        with pytest.raises((SlackApiError, aiohttp.ClientError)) as caught:
            await client.api_call(method, json=arguments)
        return caught.value

    untouched = state(slack, ts)
    limited = await fails(status=429, retry_after=7)
    assert isinstance(limited, SlackApiError)
    assert (limited.response.status_code, limited.response.headers["Retry-After"]) == (429, "7")
    broken = await fails(status=500)
    assert isinstance(broken, SlackApiError)
    assert broken.response.status_code == 500
    assert isinstance(await fails(), aiohttp.ClientError)
    assert state(slack, ts) == untouched
    assert isinstance(await fails(after=True), aiohttp.ClientError)
    changed = state(slack, ts) != untouched
    assert changed == (method != "conversations.members")


@pytest.mark.parametrize("method", CALLS)
async def test_new_methods_are_held_like_the_old(slack: SlackSimulator, method: str) -> None:
    client = web_client(slack)
    ts = await posted_case(slack)
    untouched = state(slack, ts)
    fault = slack.fail(method, hang=True)
    calling = asyncio.create_task(client.api_call(method, json={**CALLS[method], "ts": ts, "timestamp": ts}))
    await slack.wait_call(method)
    assert state(slack, ts) == untouched
    fault.release()
    assert (await calling)["ok"]
    assert (state(slack, ts) != untouched) == (method != "conversations.members")


async def test_response_url_fails_like_the_methods(slack: SlackSimulator) -> None:
    pressed = await press(slack)
    client = AsyncWebhookClient(pressed.response_url, retry_handlers=[])
    slack.fail("response_url", status=429, retry_after=7)
    limited = await client.send(text="x")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    slack.fail("response_url")
    with pytest.raises(aiohttp.ClientError):
        await client.send(text="x")
    assert pressed.ephemerals == []
    slack.fail("response_url", after=True)
    with pytest.raises(aiohttp.ClientError):
        await client.send(text="x")
    assert len(pressed.ephemerals) == 1
    fault = slack.fail("response_url", hang=True)
    held = asyncio.create_task(client.send(text="y"))
    await slack.wait_call("response_url", 4)
    waiting = asyncio.create_task(pressed.wait_ephemeral(2, timeout=2))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    fault.release()
    assert [each.text for each in await waiting] == ["x", "y"]
    assert (await held).status_code == 200


async def test_default_respond_answers_twice_after_a_dropped_connection(
    slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What bolt's respond() does, whatever retry handlers the app's client has."""
    bot = Bot(slack)
    bot.client.retry_handlers.clear()

    @bot.app.action("desk:take")
    async def take(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="noted")

    slack.fail("response_url", after=True)
    async with socket_mode(slack, bot):
        pressed = await slack.press("C1", await posted_case(slack), "U1", "desk:take")
        seen = await pressed.wait_ephemeral(2)
    assert [each.text for each in seen] == ["noted", "noted"]


# Commands


@BOTH
async def test_command(slack: SlackSimulator, mode: Any) -> None:
    bot = Bot(slack)

    @bot.app.command("/frontdesk")
    async def used(ack: Any, command: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view={"type": "modal"})
        await ack(text=f"you said {command['text']}")
        await respond(text="and that was all")

    async with mode(slack, bot):
        used_id = await slack.command("/frontdesk", "status", user="U1", channel="C1")
        (delivery,) = await slack.wait_acked(used_id)
        [seen] = await slack.wait_ephemeral("C1", "U1")
    assert delivery.response == {"text": "you said status"}
    assert seen.text == "and that was all"
