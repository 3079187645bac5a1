"""From Slack's events to messages, with recorded payloads and without Slack."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.slack_events import Heard, read
from core.messages import Author, File, IncomingMessage
from tests.simulators.slack_payloads import load_fixture

BOT = "U0BOT"
CHANNEL = "slack:T1/C0123ABCD"
PARENT = "1735689600.000100"
LATER = "1735689660.000200"


def hear(shape: str, *, threads: bool = True, **fields: Any) -> Heard | None:
    return read(load_fixture("event_callback", event=load_fixture(shape, **fields)), BOT, threads=threads)


def heard(shape: str, *, threads: bool = True, **fields: Any) -> Heard:
    found = hear(shape, threads=threads, **fields)
    assert found is not None
    return found


def test_a_mention_opens_the_conversation_of_its_thread() -> None:
    assert heard("app_mention") == Heard(
        IncomingMessage(
            id=f"{CHANNEL}/{PARENT}",
            conversation=f"{CHANNEL}/{PARENT}",
            author=Author("slack:T1/U061F7AUR"),
            text="how do I reset my password?",
            position=1735689600000100,
            sent_at=1735689600.0001,
            mentions=True,
        ),
        addressed=True,
    )


def test_the_two_events_of_a_mention_are_one_message() -> None:
    text = "<@U0BOT> how do I reset my password?"
    assert heard("message_channel", text=text) == heard("app_mention", text=text)


def test_a_message_in_a_channel_is_not_addressed_to_us() -> None:
    assert not heard("message_channel").addressed
    assert not heard("message_channel", text="ask <@U0BOTTLE> or &lt;@U0BOT&gt;").addressed


def test_a_reply_belongs_to_its_thread() -> None:
    found = heard("message_thread")
    assert found.message.id == f"{CHANNEL}/{LATER}"
    assert found.message.conversation == f"{CHANNEL}/{PARENT}"
    assert found.message.answer_place == f"{CHANNEL}/{PARENT}"
    assert not found.addressed


def test_a_reply_to_us_in_a_thread_is_addressed_only_where_channels_are_flat() -> None:
    assert not heard("message_thread", parent_user_id=BOT).addressed
    assert heard("message_thread", parent_user_id=BOT, threads=False).addressed


def test_without_threads_the_channel_is_the_conversation() -> None:
    found = heard("app_mention", threads=False)
    assert (found.message.conversation, found.message.answer_place) == (CHANNEL, CHANNEL)
    inside = heard("app_mention", threads=False, ts=LATER, thread_ts=PARENT)
    assert (inside.message.conversation, inside.message.answer_place) == (CHANNEL, f"{CHANNEL}/{PARENT}")


@pytest.mark.parametrize("threads", [True, False])
def test_a_direct_message_is_for_us_and_its_threads_are_their_own(threads: bool) -> None:
    direct = heard("message_im", channel="DU1", threads=threads)
    assert direct.addressed
    assert direct.message.conversation == direct.message.answer_place == "slack:T1/DU1"
    fields = {"channel": "DU1", "channel_type": "im", "thread_ts": PARENT}
    inside = heard("message_thread", threads=threads, **fields)
    assert inside.addressed
    assert inside.message.conversation == inside.message.answer_place == f"slack:T1/DU1/{PARENT}"


def test_a_file_is_named() -> None:
    assert heard("file_share").message.text == "This is what I see\n(attached: screenshot.png)"
    assert heard("file_share", text="").message.text == "(attached: screenshot.png)"
    assert heard("file_share", text="", files=[{"id": "F1"}]).message.text == "(attached: a file)"


def test_a_file_can_be_got_where_slack_says() -> None:
    file = {"id": "F1", "name": "wet.png", "permalink": "https://example.slack.com/files/F1"}
    assert heard("file_share", files=[file]).message.files == (File("wet.png", str(file["permalink"])),)
    assert heard("file_share", files=[{"id": "F1"}]).message.files == (File("a file", ""),)


def test_what_a_message_forwards_is_read_and_what_it_links_to_is_not() -> None:
    file = {"id": "F1", "name": "label.pdf"}
    shared = {"is_share": True, "text": "Your parcel &amp; you <@U0BOT>", "files": [file]}
    unfurled = {"from_url": "https://example.org", "text": "A page"}
    found = heard("message_channel", text="See", attachments=[shared, unfurled])
    assert found.message.text.startswith("See\n(forwarded) Your parcel & you")
    assert found.message.text.endswith("\n(attached: label.pdf)")
    assert not found.addressed
    assert heard("message_channel").message.files == ()


def test_a_mention_is_known_in_both_of_its_events() -> None:
    assert heard("app_mention").message.mentions
    assert heard("message_channel", text="<@U0BOT> hello").message.mentions
    assert heard("message_im", channel="DU1", text="and you, <@U0BOT>?").message.mentions
    assert not heard("message_im", channel="DU1").message.mentions
    assert not heard("message_channel", text="ask <@U0BOTTLE>").message.mentions


def test_a_reply_that_is_shown_in_the_channel_too_is_read() -> None:
    assert heard("message_thread", subtype="thread_broadcast").message.text == "How do I reset my password?"


@pytest.mark.parametrize(
    "subtype",
    ["message_changed", "message_deleted", "channel_join", "bot_message", "me_message_unknown", "tombstone"],
)
def test_what_nobody_wrote_is_no_message(subtype: str) -> None:
    assert hear("message_channel", subtype=subtype) is None


@pytest.mark.parametrize(
    "shape", ["message_changed", "message_deleted", "app_home_opened", "member_joined_channel"]
)
def test_other_events_are_no_message(shape: str) -> None:
    assert hear(shape) is None


@pytest.mark.parametrize("fields", [{"user": BOT}, {"user": "USLACKBOT"}, {"bot_id": "B5"}, {"user": None}])
def test_we_do_not_listen_to_machines(fields: dict[str, Any]) -> None:
    assert hear("message_channel", **fields) is None
    assert hear("app_mention", **fields) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(), st.sampled_from(["message", "app_mention"]), st.booleans())
def test_any_text_can_be_heard(text: str, kind: str, threads: bool) -> None:
    found = heard("message_channel", type=kind, text=text, threads=threads)
    assert found.message.text == found.message.text.strip()


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.booleans())
def test_an_unknown_body_is_no_message(body: dict[str, Any], threads: bool) -> None:
    assert (
        read({"type": "event_callback", "event": {**body, "type": "reaction_added"}}, BOT, threads=threads)
        is None
    )
    assert read({key: value for key, value in body.items() if key != "event"}, BOT, threads=threads) is None
