"""The real Slack clients against the simulator."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack import Button, SlackSimulator, load_fixture
from tests.simulators.slack_clients import SECRET, Bot, http_mode, refused, socket_mode, web_client
from tests.simulators.slack_payloads import FIXTURES


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator() as simulator:
        simulator.add_user("U1", "ana")
        simulator.add_channel("C1", "help")
        yield simulator


async def test_mention_arrives_as_two_events_with_one_ts(slack: SlackSimulator) -> None:
    bot = Bot(slack)
    async with socket_mode(slack, bot):
        ts = await slack.say("C1", "U1", "<@U0BOT> hello")
        await slack.wait_acked(ts)
    assert bot.types == ["message", "app_mention"]
    assert [body["event"]["ts"] for body in bot.bodies] == [ts, ts]
    assert [body["event_id"] for body in bot.bodies] == slack.event_ids(ts)
    assert len(set(slack.event_ids(ts))) == 2
    message, mention = (body["event"] for body in bot.bodies)
    assert message["channel_type"] == "channel"
    assert "channel_type" not in mention


async def test_mention_can_come_first(slack: SlackSimulator) -> None:
    slack.mention_first = True
    ts = await slack.say("C1", "U1", "<@U0BOT> hello")
    types = [delivery.payload["event"]["type"] for delivery in slack.deliveries]
    assert types == ["app_mention", "message"]
    assert not slack.acked(ts)


async def test_direct_message_arrives_once(slack: SlackSimulator) -> None:
    bot = Bot(slack)
    dm = slack.open_dm("U1")
    assert slack.open_dm("U1") == dm
    async with socket_mode(slack, bot):
        await slack.wait_acked(await slack.say(dm, "U1", "<@U0BOT> hello"))
    assert [body["event"]["channel_type"] for body in bot.bodies] == ["im"]
    assert bot.bodies[0]["event"]["channel"] == dm


async def test_thread_reply_names_its_parent(slack: SlackSimulator) -> None:
    first = await slack.say("C1", "U1", "a question")
    await slack.say("C1", "U1", "more of it", thread_ts=first)
    event = slack.deliveries[-1].payload["event"]
    assert (event["thread_ts"], event["parent_user_id"]) == (first, "U1")


async def test_private_group_and_foreign_channels(slack: SlackSimulator) -> None:
    slack.add_channel("G1", "secret", is_private=True)
    slack.add_channel("C2", "elsewhere", is_member=False)
    slack.add_channel("G2", "hidden", is_private=True, is_member=False)
    await slack.say("G1", "U1", "hi")
    await slack.say("C2", "U1", "<@U0BOT> hi")
    assert [delivery.payload["event"]["channel_type"] for delivery in slack.deliveries] == ["group"]
    client = web_client(slack)
    assert await refused(client.chat_postMessage(channel="C2", text="x")) == "not_in_channel"
    assert await refused(client.chat_postMessage(channel="G2", text="x")) == "channel_not_found"


async def test_own_messages_come_back_and_bolt_ignores_them(slack: SlackSimulator) -> None:
    bot = Bot(slack)
    async with socket_mode(slack, bot):
        response = await bot.client.chat_postMessage(channel="C1", text="an answer")
        (delivery,) = await slack.wait_acked(response["ts"])
        slack.echo = False
        await bot.client.chat_postMessage(channel="C1", text="another")
    event = delivery.payload["event"]
    assert (event["user"], event["bot_id"], event["app_id"]) == ("U0BOT", "B0BOT", "A0APP")
    assert "subtype" not in event
    assert bot.bodies == []
    assert len(slack.deliveries) == 1


async def test_another_bot_is_marked_as_one(slack: SlackSimulator) -> None:
    slack.add_user("U2", "deploys", is_bot=True)
    await slack.say("C1", "U2", "<@U0BOT> deployed")
    events = [delivery.payload["event"] for delivery in slack.deliveries]
    assert [event["type"] for event in events] == ["message", "app_mention"]
    assert [event["bot_id"] for event in events] == ["BU2", "BU2"]
    assert not any("client_msg_id" in event for event in events)


async def test_shared_file(slack: SlackSimulator) -> None:
    files = load_fixture("file_share")["files"]
    await slack.say("C1", "U1", "look <@U0BOT>", files=files)
    message, mention = (delivery.payload["event"] for delivery in slack.deliveries)
    assert message["subtype"] == "file_share"
    assert message["files"] == mention["files"] == files


async def test_edit_and_delete(slack: SlackSimulator) -> None:
    ts = await slack.say("C1", "U1", "frist")
    await slack.edit("C1", ts, "first")
    changed = slack.deliveries[-1].payload["event"]
    assert changed["subtype"] == "message_changed"
    assert changed["previous_message"]["text"] == "frist"
    assert changed["message"]["text"] == "first"
    assert changed["message"]["edited"]["user"] == "U1"
    await slack.delete("C1", ts)
    deleted = slack.deliveries[-1].payload["event"]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    history = await web_client(slack).conversations_history(channel="C1")
    assert history["messages"] == []


async def test_deleted_thread_parent_becomes_a_tombstone(slack: SlackSimulator) -> None:
    ts = await slack.say("C1", "U1", "a question")
    await slack.say("C1", "U1", "more", thread_ts=ts)
    await slack.delete("C1", ts)
    event = slack.deliveries[-1].payload["event"]
    assert event["subtype"] == "message_changed"
    assert event["message"]["subtype"] == "tombstone"


async def test_redelivery_keeps_the_event_id(slack: SlackSimulator) -> None:
    bot = Bot(slack)
    async with socket_mode(slack, bot):
        ts = await slack.say("C1", "U1", "hello")
        await slack.wait_acked(ts)
        await slack.redeliver(ts)
        await slack.wait_acked(ts, times=2)
    assert bot.bodies[0] == bot.bodies[1]
    assert bot.retries == ["0", "1"]


async def test_unacked_events_are_redelivered_on_the_next_connection(
    slack: SlackSimulator,
) -> None:
    bot = Bot(slack)
    lost = await slack.say("C1", "U1", "nobody is connected")
    missed = await slack.say("C1", "U1", "not even sent", deliver=False)
    async with socket_mode(slack, bot):
        assert await slack.redeliver_unacked() == slack.event_ids(lost)
        await slack.wait_acked(lost)
        await slack.deliver_late("C1", missed)
        await slack.wait_acked(missed)
    assert [body["event"]["ts"] for body in bot.bodies] == [lost, missed]


async def test_each_event_goes_to_one_of_several_connections(slack: SlackSimulator) -> None:
    one, two = Bot(slack), Bot(slack)
    async with socket_mode(slack, one), socket_mode(slack, two):
        assert slack.connections == 2
        for text in "abcd":
            await slack.wait_acked(await slack.say("C1", "U1", text))
    assert (len(one.bodies), len(two.bodies)) == (2, 2)


@pytest.mark.parametrize("graceful", [False, True])
async def test_client_reconnects_after_a_broken_connection(slack: SlackSimulator, graceful: bool) -> None:
    bot = Bot(slack)
    async with socket_mode(slack, bot):
        await slack.drop_connections(graceful)
        assert slack.connections == 0
        ts = await slack.say("C1", "U1", "lost")
        await slack.wait_connected()
        await slack.redeliver_unacked()
        await slack.wait_acked(ts)
    assert len(slack.calls_to("apps.connections.open")) == 2


async def test_client_replaces_the_connection_when_asked(slack: SlackSimulator) -> None:
    bot = Bot(slack)
    async with socket_mode(slack, bot):
        await slack.ask_to_reconnect()
        await slack.wait_until(lambda: slack.connections_made == 2 and slack.connections == 1)
        await slack.wait_acked(await slack.say("C1", "U1", "hello"))


async def test_refused_connections(slack: SlackSimulator) -> None:
    bot = Bot(slack)
    async with socket_mode(slack, bot):
        slack.refuse_connections = True
        await slack.drop_connections()
        await slack.wait_call("apps.connections.open", 3)
        assert slack.connections == 0
        slack.refuse_connections = False
        await slack.wait_connected()


async def test_http_mode_signs_and_retries(slack: SlackSimulator) -> None:
    bot = Bot(slack)
    async with http_mode(slack, bot):
        ts = await slack.say("C1", "U1", "hello")
        (delivery,) = await slack.wait_acked(ts)
        await slack.redeliver(ts)
        await slack.wait_acked(ts, times=2)
    assert delivery.statuses == [200, 200]
    assert bot.retries == [None, "1"]


async def test_http_mode_refuses_forged_and_old_requests(slack: SlackSimulator) -> None:
    body = load_fixture("url_verification")
    async with http_mode(slack, Bot(slack)):
        status, text = await slack.post_http(body)
        assert (status, json.loads(text)["challenge"]) == (200, body["challenge"])
        assert (await slack.post_http(body, signing_secret="other"))[0] == 401
        assert (await slack.post_http(body, age=600))[0] == 401


async def test_http_mode_with_nobody_listening(slack: SlackSimulator) -> None:
    slack.use_http("http://127.0.0.1:1/slack/events", SECRET)
    ts = await slack.say("C1", "U1", "hello")
    with pytest.raises(TimeoutError, match="acknowledgement"):
        await slack.wait_acked(ts, timeout=0.05)


async def test_any_event_can_be_delivered(slack: SlackSimulator) -> None:
    bot = Bot(slack)
    seen: list[str] = []

    @bot.app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        seen.append(event["tab"])

    async with socket_mode(slack, bot):
        await slack.wait_acked(await slack.deliver(load_fixture("app_home_opened"), retry=1))
    assert seen == ["home"]


async def test_posts_keep_what_was_sent(slack: SlackSimulator) -> None:
    client = web_client(slack)
    ts = await slack.say("C1", "U1", "a question")
    waiting = asyncio.create_task(slack.wait_posts("C1", 1, thread_ts=ts))
    metadata = {"event_type": "answer", "event_payload": {"question": ts}}
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]
    await client.chat_postMessage(
        channel="C1",
        text="hi",
        thread_ts=ts,
        blocks=blocks,
        metadata=metadata,
        unfurl_links=False,
        mrkdwn=False,
    )
    (post,) = await waiting
    assert (post.text, post.thread_ts, post.blocks) == ("hi", ts, blocks)
    assert (post.metadata, post.edited) == (metadata, False)
    assert post.arguments["unfurl_links"] is False
    assert post.arguments["mrkdwn"] is False
    await client.chat_update(channel="C1", ts=post.ts, text="hello")
    (post,) = slack.posts("C1")
    assert (post.text, post.blocks, post.metadata) == ("hello", blocks, metadata)
    assert post.edited


def button(label: str = "Take it", **fields: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, **fields}


def actions(*elements: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **fields}


def section(text: str, kind: str = "mrkdwn", **fields: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}, **fields}


async def test_blocks_are_shown_with_what_was_left_out(slack: SlackSimulator) -> None:
    client = web_client(slack)
    take = button(action_id="take", value="7", style="primary")
    blocks = [section("*Ana* asks", accessory=button("Open")), actions(take, block_id="row")]
    as_text = {"channel": "C1", "text": "Ana asks", "blocks": json.dumps(blocks)}
    await client.api_call("chat.postMessage", data=as_text)
    await client.chat_postMessage(channel="C1", text="Ana asks", blocks=blocks)
    as_json, as_list = slack.posts("C1")
    assert as_json.blocks == as_list.blocks == blocks
    opened, taken = as_list.buttons
    assert taken == Button("take", "Take it", "7", "primary", "row")
    assert (opened.label, opened.value, opened.style) == ("Open", None, None)
    assert opened.action_id
    assert opened.block_id
    newest = (await client.conversations_history(channel="C1"))["messages"][0]
    assert newest["blocks"][0]["text"] == {"type": "mrkdwn", "text": "*Ana* asks", "verbatim": False}
    assert newest["blocks"][1]["elements"][0]["text"]["emoji"] is True
    assert newest["blocks"][0]["block_id"] == opened.block_id


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x" * 3_000), section("x", "plain_text")],
        [{"type": "divider"}] * 50,
        [actions(*(button(action_id=f"a{number}") for number in range(25)))],
        [actions(button("x" * 75, value="x" * 2_000, action_id="x" * 255, style="danger"))],
        [actions(button(action_id="same")), actions(button(action_id="same"))],
        [actions(button(), button())],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}]}],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}]}],
    ],
)
async def test_blocks_within_the_limits(slack: SlackSimulator, blocks: Any) -> None:
    await web_client(slack).chat_postMessage(channel="C1", text="x", blocks=blocks)
    assert slack.posts("C1")[0].blocks == blocks


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([section("x" * 3_001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0/type]"),
        ([section("x", accessory=button(""))], "/blocks/0/accessory/text/text]"),
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "poem"}], "unsupported type: poem [json-pointer:/blocks/0/type]"),
        ([{}], "unsupported type: None"),
        ([{"type": "divider", "block_id": "b"}] * 2, "already exists [json-pointer:/blocks/1/block_id]"),
        ([actions()], "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
        ([actions(*[button()] * 26)], "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
        ([actions({"type": "lever"})], "unsupported type: lever"),
        ([actions({"type": "button"})], "missing required field: text"),
        ([actions(button("x" * 76))], "must be less than 76 characters"),
        ([actions(button(value="x" * 2_001))], "must be less than 2001 characters"),
        ([actions(button(value=7))], "must be a string [json-pointer:/blocks/0/elements/0/value]"),
        ([actions(button(action_id="x" * 256))], "must be less than 256 characters"),
        ([actions(button(action_id="a"), button(action_id="a"))], '`action_id` "a" already exists'),
        ([actions(button(style="default"))], "[json-pointer:/blocks/0/elements/0/style]"),
        ([actions(button(disabled=True))], "invalid additional property: disabled"),
        ([actions(button(text={"type": "mrkdwn", "text": "x"}))], "unsupported type: mrkdwn"),
        ([actions(button(confirm={}))], "missing required field: title"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type: mrkdwn"),
    ],
)
async def test_blocks_beyond_the_limits(slack: SlackSimulator, blocks: Any, problem: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await web_client(slack).chat_postMessage(channel="C1", text="x", blocks=blocks)
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    assert problem in answer["errors"][0]
    assert answer["response_metadata"]["messages"][0] == f"[ERROR] {answer['errors'][0]}"
    assert slack.posts("C1") == []


async def test_own_post_is_changed(slack: SlackSimulator) -> None:
    client = web_client(slack)
    bot = Bot(slack)
    blocks = [section("Ana asks"), actions(button(action_id="take"))]
    posted = await client.chat_postMessage(channel="C1", text="Ana asks", blocks=blocks)
    async with socket_mode(slack, bot):
        await client.chat_update(channel="C1", ts=posted["ts"], text="Ben took it")
        [post] = slack.posts("C1")
        assert (post.text, post.blocks, [each.action_id for each in post.buttons]) == (
            "Ben took it",
            blocks,
            ["take"],
        )
        await client.chat_update(channel="C1", ts=posted["ts"], text="Done", blocks=[section("Done")])
        changed = slack.deliveries[-1].payload["event"]
        await slack.wait_acked(changed["ts"])
    [post] = slack.posts("C1")
    assert (post.text, post.buttons, post.edits) == ("Done", [], ["Ana asks", "Ben took it"])
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert "bot_id" not in changed
    assert (changed["message"]["bot_id"], changed["message"]["text"]) == ("B0BOT", "Done")
    assert changed["previous_message"]["text"] == "Ben took it"
    assert changed["message"]["edited"]["user"] == "B0BOT"
    # Bolt keeps to itself what its own bot did, whoever listens for it.
    assert bot.bodies == []


async def test_own_post_is_deleted(slack: SlackSimulator) -> None:
    client = web_client(slack)
    posted = await client.chat_postMessage(channel="C1", text="one")
    await client.chat_update(channel="C1", ts=posted["ts"], text="two")
    await client.chat_delete(channel="C1", ts=posted["ts"])
    event = slack.deliveries[-1].payload["event"]
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", posted["ts"])
    assert event["previous_message"]["bot_id"] == "B0BOT"
    assert slack.posts("C1") == []
    assert [(post.text, post.edits) for post in slack.deleted_posts("C1")] == [("two", ["one"])]
    again = client.chat_delete(channel="C1", ts=posted["ts"])
    assert await refused(again) == "message_not_found"


async def test_changes_of_own_posts_are_told_only_to_subscribers(slack: SlackSimulator) -> None:
    client = web_client(slack)
    posted = await client.chat_postMessage(channel="C1", text="one")
    before = len(slack.deliveries)
    slack.subscriptions.discard("message.channels")
    await client.chat_update(channel="C1", ts=posted["ts"], text="two")
    await client.chat_delete(channel="C1", ts=posted["ts"])
    assert len(slack.deliveries) == before


async def test_what_can_not_be_changed(slack: SlackSimulator) -> None:
    client = web_client(slack)
    theirs = await slack.say("C1", "U1", "hello")
    assert await refused(client.chat_update(channel="C1", ts=theirs, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(channel="C1", ts=theirs)) == "cant_delete_message"
    assert await refused(client.chat_update(channel="C1", ts="1.0", text="x")) == "message_not_found"
    assert await refused(client.chat_update(channel="C8", ts=theirs, text="x")) == "channel_not_found"
    own = await client.chat_postMessage(channel="U1", text="a DM takes a user's id to post in")
    by_user = client.chat_update(channel="U1", ts=own["ts"], text="but not to change it")
    assert await refused(by_user) == "channel_not_found"
    bad = client.chat_update(channel=own["channel"], ts=own["ts"], text="x", blocks=[section("")])
    assert await refused(bad) == "invalid_blocks"
    question = await client.chat_postMessage(channel="C1", text="a question")
    await slack.say("C1", "U1", "an answer", question["ts"])
    await client.chat_delete(channel="C1", ts=question["ts"])
    buried = client.chat_update(channel="C1", ts=question["ts"], text="x")
    assert await refused(buried) == "message_not_found"
    assert [post.text for post in slack.deleted_posts("C1")] == ["a question"]


async def test_metadata_is_found_only_when_asked_for(slack: SlackSimulator) -> None:
    client = web_client(slack)
    ts = await slack.say("C1", "U1", "a question")
    metadata = {"event_type": "answer", "event_payload": {"question": ts}}
    await client.chat_postMessage(channel="C1", text="hi", thread_ts=ts, metadata=metadata)
    replies = await client.conversations_replies(channel="C1", ts=ts)
    assert "metadata" not in replies["messages"][1]
    replies = await client.conversations_replies(channel="C1", ts=ts, include_all_metadata=True)
    parent, reply = replies["messages"]
    assert parent["reply_count"] == 1
    assert reply["metadata"] == metadata


async def test_history_pages_and_periods(slack: SlackSimulator) -> None:
    client = web_client(slack)
    stamps = [await slack.say("C1", "U1", str(number)) for number in range(5)]
    assert stamps == sorted(set(stamps))
    texts: list[str] = []
    async for page in await client.conversations_history(channel="C1", limit=2):
        texts += [message["text"] for message in page["messages"]]
    assert texts == ["4", "3", "2", "1", "0"]
    period: dict[str, Any] = {"channel": "C1", "oldest": stamps[1], "latest": stamps[3]}
    inner = await client.conversations_history(**period)
    assert [message["text"] for message in inner["messages"]] == ["2"]
    whole = await client.conversations_history(**period, inclusive=True)
    assert [message["text"] for message in whole["messages"]] == ["3", "2", "1"]
    wrong = client.conversations_history(channel="C1", cursor="x")
    assert await refused(wrong) == "invalid_cursor"


async def test_backdated_messages_are_in_their_place(slack: SlackSimulator) -> None:
    new = await slack.say("C1", "U1", "new")
    old = await slack.say("C1", "U1", "old", at=1_700_000_000)
    older = await slack.say("C1", "U1", "as old", at=1_700_000_000)
    history = await web_client(slack).conversations_history(channel="C1")
    assert [message["ts"] for message in history["messages"]] == [new, older, old]


async def test_stream_takes_metadata_only_at_its_end(slack: SlackSimulator) -> None:
    client = web_client(slack)
    dm = slack.open_dm("U1")
    ts = await slack.say(dm, "U1", "a question")
    metadata = {"event_type": "answer", "event_payload": {}}
    start = client.chat_startStream(channel=dm, thread_ts=ts, metadata=metadata)
    assert await refused(start) == "invalid_arguments"
    in_channel = client.chat_startStream(channel="C1", thread_ts=ts)
    assert await refused(in_channel) == "missing_recipient_team_id"
    stream = await client.chat_stream(channel=dm, thread_ts=ts, buffer_size=1)
    await stream.append(markdown_text="Hello ")
    assert [(post.text, post.streaming) for post in slack.posts(dm)] == [("Hello ", True)]
    await stream.append(markdown_text="**there")
    await stream.stop(markdown_text="**", metadata=metadata)
    (post,) = await slack.wait_posts(dm, 1)
    assert (post.text, post.metadata) == ("Hello **there**", metadata)
    append = client.chat_appendStream(channel=dm, ts=post.ts, markdown_text="x")
    assert await refused(append) == "message_not_in_streaming_state"


async def test_a_stream_is_refused_where_none_is_taken_and_kept_from_changes_while_it_runs(
    slack: SlackSimulator,
) -> None:
    client, dm = web_client(slack), slack.open_dm("U1")
    ts = await slack.say(dm, "U1", "a question")
    slack.refuse_streams("C1")
    start = client.chat_startStream(channel="C1", thread_ts=ts)
    assert await refused(start) == "channel_type_not_supported"
    answer = await client.chat_startStream(channel=dm, thread_ts=ts, markdown_text="One.")
    message = {"channel": dm, "ts": answer["ts"]}
    assert await refused(client.chat_update(**message, text="Two.")) == "streaming_state_conflict"
    assert await refused(client.chat_delete(**message)) == "cant_delete_message"
    await slack.end_stream(**message)
    append = client.chat_appendStream(**message, markdown_text=" Two.")
    assert await refused(append) == "message_not_in_streaming_state"
    await client.chat_update(**message, text="Three.")
    assert slack.posts(dm)[0].states == ["One.", "Three."]
    await client.chat_delete(**message)
    assert slack.posts(dm) == []


async def test_reactions_and_assistant_status(slack: SlackSimulator) -> None:
    client = web_client(slack)
    ts = await slack.say("C1", "U1", "hello")
    await client.reactions_add(channel="C1", timestamp=ts, name="eyes")
    assert slack.reactions("C1", ts) == {"eyes": {"U0BOT"}}
    again = client.reactions_add(channel="C1", timestamp=ts, name="eyes")
    assert await refused(again) == "already_reacted"
    await client.reactions_remove(channel="C1", timestamp=ts, name="eyes")
    assert slack.reactions("C1", ts) == {}
    gone = client.reactions_remove(channel="C1", timestamp=ts, name="eyes")
    assert await refused(gone) == "no_reaction"
    for name in (":eyes:", "👀", ""):
        wrong = client.reactions_add(channel="C1", timestamp=ts, name=name)
        assert await refused(wrong) == "invalid_name"
    nowhere = client.reactions_add(channel="C1", timestamp="1.0", name="eyes")
    assert await refused(nowhere) == "message_not_found"
    waiting = asyncio.create_task(slack.wait_reaction("C1", ts, "white_check_mark"))
    await client.reactions_add(channel="C1", timestamp=ts, name="white_check_mark")
    assert await waiting == {"U0BOT"}
    await client.assistant_threads_setStatus(channel_id="C1", thread_ts=ts, status="is thinking")
    assert [(status.thread_ts, status.status) for status in slack.status] == [(ts, "is thinking")]


async def test_looking_things_up(slack: SlackSimulator) -> None:
    client = web_client(slack)
    ts = await slack.say("C1", "U1", "hello")
    identity = await client.auth_test()
    assert (identity["user_id"], identity["bot_id"]) == ("U0BOT", "B0BOT")
    assert "chat:write" in identity.headers["x-oauth-scopes"].split(",")
    assert (await client.users_info(user="U1"))["user"]["real_name"] == "Ana"
    assert (await client.conversations_info(channel="C1"))["channel"]["is_member"]
    assert (await client.conversations_members(channel="C1"))["members"] == ["U0BOT", "U1"]
    assert (await client.conversations_open(users="U1"))["channel"]["id"] == slack.open_dm("U1")
    joined = await client.users_conversations(types="public_channel,im")
    assert [channel["id"] for channel in joined["channels"]] == ["C1", slack.open_dm("U1")]
    link = await client.chat_getPermalink(channel="C1", message_ts=ts)
    assert link["permalink"].endswith(f"/archives/C1/p{ts.replace('.', '')}")
    assert (await client.team_info())["team"]["id"] == "T1"
    assert (await client.bots_info(bot="B0BOT"))["bot"]["app_id"] == "A0APP"
    home = await client.views_publish(user_id="U1", view={"type": "home", "blocks": []})
    assert home["view"]["type"] == "home"
    await client.chat_postEphemeral(channel="C1", user="U1", text="only you see this")
    assert slack.posts("C1") == []


async def test_members_of_channels(slack: SlackSimulator) -> None:
    client = web_client(slack)
    slack.add_user("U2", "ben")
    slack.add_user("U3", "deploys", is_bot=True)
    slack.add_channel("G1", "agents", is_private=True, members=["U2"])
    slack.add_channel("C2", "few", members=["U1"])
    slack.add_user("U4", "late")
    assert (await client.conversations_members(channel="G1"))["members"] == ["U0BOT", "U2"]
    assert (await client.conversations_members(channel="C2"))["members"] == ["U0BOT", "U1"]
    pages = []
    async for page in await client.conversations_members(channel="C1", limit=2):
        pages.append(page["members"])
    assert pages == [["U0BOT", "U1"], ["U2", "U3"], ["U4"]]
    slack.join("G1", "U4")
    slack.leave("G1", "U2")
    last = await client.conversations_members(channel="G1")
    assert (last["members"], last["response_metadata"]["next_cursor"]) == (["U0BOT", "U4"], "")
    slack.leave("G1", "U0BOT")
    assert await refused(client.conversations_members(channel="G1")) == "channel_not_found"
    bots = [(await client.users_info(user=user))["user"]["is_bot"] for user in ("U2", "U3")]
    assert bots == [False, True]


async def test_opening_conversations(slack: SlackSimulator) -> None:
    client = web_client(slack)
    slack.add_user("U2", "ben")
    first = await client.conversations_open(users=["U1", "U2"], return_im=True)
    assert first["channel"]["is_mpim"]
    again = await client.conversations_open(users="U2,U1")
    assert (again["channel"], again["already_open"]) == ({"id": first["channel"]["id"]}, True)
    await client.chat_postMessage(channel=first["channel"]["id"], text="hello both")
    assert await refused(client.conversations_open(users="U9")) == "user_not_found"
    assert await refused(client.conversations_open(users="")) == "users_list_not_supplied"
    crowd = client.conversations_open(users=["U1"] * 9)
    assert await refused(crowd) == "too_many_users"
    public = client.conversations_open(channel="C1")
    assert await refused(public) == "method_not_supported_for_channel_type"


async def test_refused_calls(slack: SlackSimulator) -> None:
    client = web_client(slack)
    assert await refused(client.api_call("chat.sing")) == "unknown_method"
    stranger = AsyncWebClient("xoxb-wrong", base_url=slack.api_url)
    assert await refused(stranger.auth_test()) == "invalid_auth"
    assert await refused(client.chat_postMessage(channel="C9", text="x")) == "channel_not_found"
    empty = client.api_call("chat.postMessage", json={"channel": "C1"})
    assert await refused(empty) == "no_text"
    long = client.chat_postMessage(channel="C1", text="x" * 40_001)
    assert await refused(long) == "msg_too_long"
    many = client.chat_postMessage(channel="C1", text="x", blocks=[{"type": "divider"}] * 51)
    assert await refused(many) == "invalid_blocks"
    slack.scopes.discard("chat:write")
    assert await refused(client.chat_postMessage(channel="C1", text="x")) == "missing_scope"


async def test_rate_limit_is_waited_out_by_the_retry_handler(
    slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The handler adds up to a second of its own to what Retry-After asks for.
    monkeypatch.setattr("slack_sdk.http_retry.builtin_async_handlers.random.random", lambda: 0.0)
    client = web_client(slack)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.fail("chat.postMessage", status=429, retry_after=0)
    await client.chat_postMessage(channel="C1", text="hi")
    assert len(slack.calls_to("chat.postMessage")) == 2
    assert len(slack.posts("C1")) == 1


async def test_errors_and_server_failures(slack: SlackSimulator) -> None:
    client = web_client(slack)
    slack.fail("chat.postMessage", error="ratelimited")
    assert await refused(client.chat_postMessage(channel="C1", text="x")) == "ratelimited"
    slack.fail("*", times=None, status=503)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.auth_test()
        assert caught.value.response.status_code == 503
    slack.heal()
    await client.auth_test()


async def test_dropped_after_posting_leaves_the_client_in_doubt(slack: SlackSimulator) -> None:
    client = web_client(slack)
    client.retry_handlers.clear()
    slack.fail("chat.postMessage", after=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel="C1", text="hi")
    assert [post.text for post in slack.posts("C1")] == ["hi"]


async def test_default_client_posts_twice_after_a_dropped_connection(
    slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the SDK's default retry does, and why a bot must not leave it on for posting."""
    client = web_client(slack)
    monkeypatch.setattr(client.retry_handlers[0].interval_calculator, "backoff_factor", 0)
    slack.fail("chat.postMessage", after=True)
    await client.chat_postMessage(channel="C1", text="hi")
    assert len(slack.posts("C1")) == 2


async def test_held_response(slack: SlackSimulator) -> None:
    client = web_client(slack)
    fault = slack.fail("chat.postMessage", hang=True)
    posting = asyncio.create_task(client.chat_postMessage(channel="C1", text="hi"))
    await slack.wait_call("chat.postMessage")
    assert slack.posts("C1") == []
    fault.release()
    assert (await posting)["ok"]
    assert len(slack.posts("C1")) == 1


async def test_closing_while_a_response_is_held_and_a_socket_is_open() -> None:
    loop = asyncio.get_running_loop()
    async with SlackSimulator() as slack:
        slack.add_channel("C1", "help")
        bot = Bot(slack)
        handler = AsyncSocketModeHandler(bot.app, slack.app_token)
        await handler.connect_async()
        await slack.wait_connected()
        slack.fail("chat.postMessage", hang=True)
        posting = asyncio.create_task(bot.client.chat_postMessage(channel="C1", text="hi"))
        await slack.wait_call("chat.postMessage")
        handler.client.auto_reconnect_enabled = False
        started = loop.time()
    assert loop.time() - started < 1
    await asyncio.gather(posting, return_exceptions=True)
    await handler.close_async()


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_fixtures_are_copies(path: Any) -> None:
    payload = load_fixture(path.stem)
    payload.clear()
    assert load_fixture(path.stem) == json.loads(path.read_text("utf-8"))
