"""What a post looks like on Slack, and that each is made once whatever goes wrong."""

from __future__ import annotations

import pytest

from bots.slack_posts import ts_of
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack_methods import is_true
from tests.slack.conftest import ANA, BEN, BOT, HELP, PARCEL, REFUND, Frontdesk, Serve


def post_states(frontdesk: Frontdesk) -> list[tuple[str]]:
    return frontdesk.rows("SELECT state FROM posts ORDER BY id")


# --- how it looks ------------------------------------------------------------------------------------

# Many names for many parts; numbers would be claims.
LETTERS = [a + b for a in "abcdefghij" for b in "abcdefghij"]


async def test_markdown_is_posted_as_slacks_own(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.replies(
        "# Returns\n\n1. **Open** [Orders](https://shop.example/?a=1&b=2)\n2. Run `a < b`\n\n- done"
    )
    await modelled.hears(dm, ANA, "How?")
    assert modelled.said(dm) == [
        "*Returns*\n\n1.  *Open* <https://shop.example/?a=1&amp;b=2|Orders>\n2.  Run `a &lt; b`\n\n•   done"
    ]


async def test_nothing_that_a_model_writes_can_ping(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.replies("<!channel> <@U1> & a < b > c `<!here>`\n\n```\n<!everyone>\n```")
    await modelled.hears(dm, ANA, "Ping everybody")
    assert modelled.said(dm) == [
        "&lt;!channel&gt; &lt;@U1&gt; &amp; a &lt; b &gt; c `&lt;!here&gt;`\n\n```\n&lt;!everyone&gt;\n```"
    ]


async def test_nothing_that_a_customer_writes_can_ping_when_it_is_repeated(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    await modelled.hears(dm, ANA, "say &lt;!channel&gt; or <!here> or <@U2> or &amp;lt;!here&amp;gt;")
    [said] = modelled.said(dm)
    assert "<" not in said
    assert "!channel" in said


async def test_links_are_not_unfurled(modelled: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    await modelled.hears(dm, ANA, "see https://shop.example")
    [post] = slack.posts(dm)
    assert not is_true(post.arguments["unfurl_links"])
    assert not is_true(post.arguments["unfurl_media"])


async def test_a_posts_metadata_holds_its_key_and_no_words(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    await modelled.hears(dm, ANA, "My order is 1001")
    [post] = slack.posts(dm)
    [(key,)] = modelled.rows("SELECT key FROM posts")
    assert post.metadata == {"event_type": "frontdesk_post", "event_payload": {"key": key}}


async def test_a_long_reply_comes_in_parts_in_order_with_its_code_whole(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    before = [f"Paragraph {letter} explains a little of what the code below does." for letter in LETTERS[:60]]
    code = [f"line_{n:03} = {n} < {n + 1}" for n in range(200)]
    after = [f"Remark {letter} stands below the code." for letter in LETTERS[:80]]
    reply = "\n\n".join([*before, "```python\n" + "\n".join(code) + "\n```", *after])
    assert len(reply) >= 10_000
    model.replies(reply)
    dm = slack.open_dm(ANA)
    # The first part has to wait; none of the others may overtake it.
    slack.fail("chat.postMessage", status=429, retry_after=1)
    await modelled.hears(dm, ANA, "Show me the code")
    parts = modelled.said(dm)
    assert len(parts) >= 4
    assert all(part.count("```") % 2 == 0 for part in parts)
    inside: list[str] = []
    outside: list[str] = []
    for part in parts:
        for number, piece in enumerate(part.split("```")):
            (inside if number % 2 else outside).extend(line for line in piece.split("\n") if line)
    assert inside == [line.replace("<", "&lt;") for line in code]
    assert outside == [*before, *after]
    assert modelled.stored()[-1][2] == reply
    tries = [call.at for call in slack.calls_to("chat.postMessage")]
    assert tries[1] - tries[0] >= 1.0


async def test_ten_thousand_characters_without_a_space_are_posted_whole(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    await modelled.hears(dm, ANA, "x" * 10_000)
    assert "".join(modelled.said(dm)) == "x" * 10_000


@pytest.mark.parametrize("reply", ["---", "[page]: https://shop.example"])
async def test_a_reply_that_renders_to_nothing_is_not_silence(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator, reply: str
) -> None:
    dm = slack.open_dm(ANA)
    model.replies(reply)
    await modelled.hears(dm, ANA, "Hello?")
    assert len(modelled.said(dm)) == 1


# --- made once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, None], ids=["500", "dropped"])
@pytest.mark.parametrize("place", ["thread", "direct"])
async def test_a_post_that_was_made_though_slack_did_not_say_so_is_found_and_not_repeated(
    quoting: Frontdesk, slack: SlackSimulator, status: int | None, place: str
) -> None:
    channel = HELP if place == "thread" else slack.open_dm(ANA)
    ts = await quoting.hears(channel, ANA, f"{BOT} When do I get my refund?")
    thread = ts if place == "thread" else None
    slack.fail("chat.postMessage", status=status, after=True)
    await quoting.hears(channel, ANA, "When does my parcel arrive?", thread)
    assert [PARCEL in text for text in quoting.said(channel, thread)] == [False, True]
    assert len(slack.calls_to("chat.postMessage")) == 2
    looked = slack.calls_to("conversations.replies" if thread else "conversations.history")
    assert is_true(looked[0].arguments["include_all_metadata"])
    assert post_states(quoting) == [("posted",), ("posted",)]
    [ref] = [row[0] for row in quoting.rows("SELECT ref FROM posts")][1:]
    assert ref.endswith(slack.posts(channel)[1].ts)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"error": "internal_error"}, {}])
async def test_a_post_that_was_not_made_is_made_again(
    quoting: Frontdesk, slack: SlackSimulator, fault: dict[str, object]
) -> None:
    dm = slack.open_dm(ANA)
    slack.fail("chat.postMessage", **fault)  # type: ignore[arg-type]
    await quoting.hears(dm, ANA, "When does my parcel arrive?")
    assert [PARCEL in text for text in quoting.said(dm)] == [True]
    assert len(slack.calls_to("chat.postMessage")) == 2


async def test_a_post_in_doubt_waits_until_slack_can_be_asked(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    slack.fail("chat.postMessage", status=500, after=True)
    slack.fail("conversations.history", status=429, retry_after=1)
    await quoting.hears(dm, ANA, "When does my parcel arrive?")
    assert len(quoting.said(dm)) == 1
    assert len(slack.calls_to("conversations.history")) == 2
    assert len(slack.calls_to("chat.postMessage")) == 1


async def test_a_post_in_doubt_is_found_far_back_in_a_busy_channel(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    dm = slack.open_dm(ANA)
    held = slack.fail("chat.postMessage", status=500, hang=True, after=True)
    await slack.say(dm, ANA, "When does my parcel arrive?")
    await slack.wait_posts(dm, 1)
    for number in range(250):
        await slack.say(dm, ANA, f"hurry up {number}", deliver=False)
    held.release()
    await quoting.desk.settled()
    assert len(quoting.said(dm)) == 1
    assert len(slack.calls_to("conversations.history")) == 2


async def test_a_post_that_was_on_its_way_at_a_crash_is_looked_up_at_the_next_start(
    slack: SlackSimulator, serve: Serve
) -> None:
    dm = slack.open_dm(ANA)
    slack.fail("chat.postMessage", hang=True, after=True)
    async with serve(shutdown_seconds=0):
        await slack.say(dm, ANA, "When does my parcel arrive?")
        await slack.wait_posts(dm, 1)
    slack.heal()
    async with serve() as again:
        await again.desk.settled()
        assert len(slack.posts(dm)) == 1
        assert post_states(again) == [("posted",)]


async def test_a_place_that_slack_refuses_does_not_hold_up_others(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    anas, bens = slack.open_dm(ANA), slack.open_dm(BEN)
    slack.fail("chat.postMessage", error="is_archived")
    await quoting.hears(anas, ANA, "When does my parcel arrive?")
    await quoting.hears(bens, BEN, "When do I get my refund?")
    assert quoting.said(anas) == []
    assert REFUND in quoting.said(bens)[0]
    assert post_states(quoting) == [("failed",), ("posted",)]
    assert len(slack.calls_to("chat.postMessage")) == 2


# --- while it works ----------------------------------------------------------------------------------


async def test_a_thread_shows_a_status_before_the_answer(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.hold()
    ts = await slack.say(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await slack.wait_until(lambda: bool(slack.status))
    assert slack.posts(HELP) == []
    model.release()
    await modelled.desk.settled()
    [status] = slack.status
    assert (status.channel, status.thread_ts) == (HELP, ts)
    assert status.status
    assert len(slack.posts(HELP, ts)) == 1
    assert slack.calls_to("reactions.add") == []


async def test_a_direct_message_gets_eyes_until_it_is_answered(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.hold()
    ts = await slack.say(dm, ANA, "When does my parcel arrive?")
    await slack.wait_until(lambda: slack.reactions(dm, ts) == {"eyes": {slack.bot_user_id}})
    model.release()
    await modelled.desk.settled()
    await slack.wait_until(lambda: slack.reactions(dm, ts) == {})
    assert slack.status == []


async def test_eyes_that_come_late_go_away_as_well(quoting: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    held = slack.fail("reactions.add", hang=True)
    ts = await quoting.hears(dm, ANA, "When does my parcel arrive?")
    assert len(quoting.said(dm)) == 1
    assert slack.reactions(dm, ts) == {}
    held.release()
    await slack.wait_until(lambda: slack.reactions(dm, ts) != {})
    await slack.wait_until(lambda: slack.reactions(dm, ts) == {}, timeout=1, what="the eyes to go away")


@pytest.mark.parametrize("fault", [{"error": "missing_scope"}, {"status": 500}, {}, {"status": 429}])
async def test_an_answer_comes_though_no_status_can_be_shown(
    quoting: Frontdesk, slack: SlackSimulator, fault: dict[str, object]
) -> None:
    dm = slack.open_dm(ANA)
    for method in ("assistant.threads.setStatus", "reactions.add", "reactions.remove"):
        slack.fail(method, times=None, **fault)  # type: ignore[arg-type]
    ts = await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    await quoting.hears(dm, ANA, "When do I get my refund?")
    assert PARCEL in quoting.said(HELP, ts)[0]
    assert REFUND in quoting.said(dm)[0]


@pytest.mark.parametrize(
    ("id", "ts"),
    [
        ("slack:T1/C1/1735689600.000100", "1735689600.000100"),
        ("slack:T1/C1/command-12466734323.1395872398", None),
        ("", None),
    ],
)
def test_the_ts_in_an_id(id: str, ts: str | None) -> None:
    assert ts_of(id) == ts
