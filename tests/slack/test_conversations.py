"""Which conversation a message belongs to, where it is answered, and what the model sees of it."""

from __future__ import annotations

from tests.simulators.model import ModelSimulator
from tests.simulators.model_answers import echo
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import ANA, BEN, BOT, HELP, PARCEL, REFUND, SALES, Frontdesk, Serve


def spoken(model: ModelSimulator, number: int = -1) -> list[tuple[str, str]]:
    """Return the roles and words of a request, without the instructions."""
    return [(m["role"], m["content"]) for m in model.requests[number].messages if m["role"] != "system"]


# --- threads -----------------------------------------------------------------------------------------


async def test_a_mention_is_answered_once_in_a_thread_under_it(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    types = [delivery.payload["event"]["type"] for delivery in slack.deliveries if delivery.about(ts)]
    assert sorted(types) == ["app_mention", "message"]
    [post] = slack.posts(HELP)
    assert post.thread_ts == ts
    assert PARCEL in post.text
    conversation = f"slack:T1/{HELP}/{ts}"
    [question, answer] = quoting.stored()
    assert question == (conversation, "customer", "When does my parcel arrive?")
    assert answer[:2] == (conversation, "assistant")


async def test_it_is_answered_once_when_the_mention_event_comes_first(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    slack.mention_first = True
    ts = await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    [post] = slack.posts(HELP)
    assert post.thread_ts == ts


async def test_a_mention_without_message_events_is_answered(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    slack.subscriptions.discard("message.channels")
    ts = await quoting.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    [post] = slack.posts(HELP, ts)
    assert PARCEL in post.text


async def test_the_thread_goes_on_without_a_mention(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.replies("Some days.")
    ts = await modelled.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    model.replies("To the door.")
    await modelled.hears(HELP, ANA, "And where?", ts)
    assert modelled.said(HELP, ts) == ["Some days.", "To the door."]
    assert spoken(model) == [
        ("user", "When does my parcel arrive?"),
        ("assistant", "Some days."),
        ("user", "And where?"),
    ]


async def test_a_mention_inside_a_strange_thread_opens_a_conversation_there(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    parent = await quoting.hears(HELP, ANA, "Has anybody had a refund?")
    await quoting.hears(HELP, BEN, f"{BOT} When do I get my refund?", parent)
    [post] = slack.posts(HELP)
    assert post.thread_ts == parent
    assert REFUND in post.text
    await quoting.hears(HELP, ANA, "And when does my parcel arrive?", parent)
    # What was said before the mention is kept, and not answered.
    [_, second] = quoting.said(HELP, parent)
    assert PARCEL in second


async def test_chatter_is_neither_answered_nor_stored(quoting: Frontdesk, slack: SlackSimulator) -> None:
    parent = await quoting.hears(HELP, ANA, "When does my parcel arrive?")
    await quoting.hears(HELP, BEN, "When do I get my refund?", parent)
    await quoting.hears(HELP, BEN, "Ask <@U1>, or <@U0BOTTLE>")
    assert slack.posts(HELP) == []
    assert quoting.stored() == []
    assert quoting.rows("SELECT * FROM conversations") == []


async def test_two_people_in_a_thread_are_told_apart_by_their_names(
    modelled: Frontdesk, model: ModelSimulator
) -> None:
    model.replies("Some days.")
    ts = await modelled.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    model.replies("Some days for you as well.")
    await modelled.hears(HELP, BEN, "And mine?", ts)
    assert spoken(model, 0) == [("user", "When does my parcel arrive?")]
    assert spoken(model, 1) == [
        ("user", "When does my parcel arrive?"),
        ("assistant", "Some days."),
        ("user", "ben (customer): And mine?"),
    ]
    assert modelled.slack.calls_to("users.info")[0].arguments["user"] == ANA


async def test_a_name_is_asked_for_once(modelled: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    await modelled.hears(dm, ANA, "When does my parcel arrive?")
    await modelled.hears(dm, ANA, "Where does it arrive?")
    assert len(slack.calls_to("users.info")) == 1


async def test_a_name_that_could_not_be_had_is_asked_for_again(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} When does my parcel arrive?")
    slack.fail("users.info", status=503)
    await modelled.hears(HELP, BEN, "And mine?", ts)
    await modelled.hears(HELP, BEN, "Where does it arrive?", ts)
    assert spoken(model)[2] == ("user", "ben (customer): And mine?")


async def test_two_channels_are_never_mixed(modelled: Frontdesk, model: ModelSimulator) -> None:
    help_ts = await modelled.hears(HELP, ANA, f"{BOT} My order is 1001")
    sales_ts = await modelled.hears(SALES, ANA, f"{BOT} My parcel is 2002")
    await modelled.hears(HELP, ANA, "Which order?", help_ts)
    await modelled.hears(SALES, ANA, "Which parcel?", sales_ts)
    assert "1001" in model.requests[2].text
    assert "2002" not in model.requests[2].text
    assert "2002" in model.requests[3].text
    assert "1001" not in model.requests[3].text
    assert len(modelled.said(HELP)) == len(modelled.said(SALES)) == 2


async def test_many_conversations_at_once_get_their_own_answers(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    model.hold()
    asked = [await slack.say(HELP, ANA, f"{BOT} Question {n}") for n in range(8)]
    await model.wait_requests(8)
    model.release()
    await modelled.desk.settled()
    assert [modelled.said(HELP, ts) for ts in asked] == [[f"Question {n}"] for n in range(8)]


# --- direct messages ---------------------------------------------------------------------------------


async def test_a_direct_message_is_answered_in_place_with_memory(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.replies("Hello Ana!")
    await modelled.hears(dm, ANA, "Hi, I'm Ana")
    model.replies("Ana.")
    await modelled.hears(dm, ANA, "What is my name?")
    assert [(post.text, post.thread_ts) for post in slack.posts(dm)] == [("Hello Ana!", None), ("Ana.", None)]
    assert spoken(model) == [
        ("user", "Hi, I'm Ana"),
        ("assistant", "Hello Ana!"),
        ("user", "What is my name?"),
    ]
    assert modelled.stored() == [
        (f"slack:T1/{dm}", "customer", "Hi, I'm Ana"),
        (f"slack:T1/{dm}", "assistant", "Hello Ana!"),
        (f"slack:T1/{dm}", "customer", "What is my name?"),
        (f"slack:T1/{dm}", "assistant", "Ana."),
    ]


async def test_a_thread_in_a_direct_message_is_its_own_conversation(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    ts = await modelled.hears(dm, ANA, "My order is 1001")
    await modelled.hears(dm, ANA, "My parcel is late", ts)
    assert modelled.said(dm, ts) == ["My parcel is late"]
    assert spoken(model) == [("user", "My parcel is late")]
    await modelled.hears(dm, ANA, "Which order?")
    assert spoken(model) == [
        ("user", "My order is 1001"),
        ("assistant", "My order is 1001"),
        ("user", "Which order?"),
    ]


async def test_two_customers_never_see_each_other(modelled: Frontdesk, model: ModelSimulator) -> None:
    await modelled.hears(modelled.slack.open_dm(ANA), ANA, "My order is 1001")
    await modelled.hears(modelled.slack.open_dm(BEN), BEN, "Which order is Ana's?")
    assert "1001" not in model.requests[1].text


async def test_memory_outlives_a_restart(slack: SlackSimulator, serve: Serve, model: ModelSimulator) -> None:
    dm = slack.open_dm(ANA)
    async with serve(model) as before:
        await before.hears(dm, ANA, "My order is 1001")
    async with serve(model) as after:
        await after.hears(dm, ANA, "Which order?")
    assert spoken(model) == [
        ("user", "My order is 1001"),
        ("assistant", "My order is 1001"),
        ("user", "Which order?"),
    ]


async def test_a_group_message_needs_a_mention(quoting: Frontdesk, slack: SlackSimulator) -> None:
    group = slack.add_channel("G5", "mpdm-ana--ben--frontdesk-1", is_mpim=True)
    await quoting.hears(group, ANA, "When does my parcel arrive?")
    assert quoting.stored() == []
    ts = await quoting.hears(group, ANA, f"{BOT} When does my parcel arrive?")
    [post] = slack.posts(group)
    assert post.thread_ts == ts


# --- one conversation per channel --------------------------------------------------------------------


async def test_without_threads_a_channel_is_one_conversation_answered_in_place(
    slack: SlackSimulator, serve: Serve, model: ModelSimulator
) -> None:
    async with serve(model, threads=False) as flat:
        model.replies("Thank you, Ana.")
        await flat.hears(HELP, ANA, f"{BOT} My order is 1001")
        await flat.hears(HELP, BEN, "Nice weather today")
        model.replies("Ana's.")
        await flat.hears(HELP, BEN, f"{BOT} Which order?")
        assert [(post.text, post.thread_ts) for post in slack.posts(HELP)] == [
            ("Thank you, Ana.", None),
            ("Ana's.", None),
        ]
        assert spoken(model) == [
            ("user", "ana (customer): My order is 1001"),
            ("assistant", "Thank you, Ana."),
            ("user", "ben (customer): Which order?"),
        ]
        assert {conversation for conversation, _, _ in flat.stored()} == {f"slack:T1/{HELP}"}
        assert "Nice weather today" not in [text for _, _, text in flat.stored()]


async def test_without_threads_a_mention_in_a_thread_is_answered_there_in_the_channels_conversation(
    slack: SlackSimulator, serve: Serve, model: ModelSimulator
) -> None:
    async with serve(model, threads=False) as flat:
        first = await flat.hears(HELP, ANA, f"{BOT} My order is 1001")
        await flat.hears(HELP, ANA, f"{BOT} Which order?", first)
        await flat.hears(HELP, ANA, "Only between us", first)
        [in_place, in_thread] = slack.posts(HELP)
        assert (in_place.text, in_place.thread_ts) == ("ana (customer): My order is 1001", None)
        assert (in_thread.text, in_thread.thread_ts) == ("ana (customer): Which order?", first)
        assert "1001" in model.requests[1].text
        assert {conversation for conversation, _, _ in flat.stored()} == {f"slack:T1/{HELP}"}


async def test_without_threads_a_reply_to_the_bot_needs_no_mention(
    slack: SlackSimulator, serve: Serve, model: ModelSimulator
) -> None:
    async with serve(model, threads=False) as flat:
        await flat.hears(HELP, ANA, f"{BOT} My order is 1001")
        [answer] = slack.posts(HELP)
        await flat.hears(HELP, ANA, "Which order?", answer.ts)
        assert flat.said(HELP, answer.ts) == ["ana (customer): Which order?"]
        assert spoken(model)[0] == ("user", "ana (customer): My order is 1001")


# --- words of all kinds ------------------------------------------------------------------------------


async def test_a_mention_alone_is_greeted(modelled: Frontdesk, model: ModelSimulator) -> None:
    ts = await modelled.hears(HELP, ANA, BOT)
    assert modelled.said(HELP, ts) == ["Hi! What can I help you with?"]
    assert model.requests == []


async def test_emoji_and_right_to_left_text_pass_unchanged(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    words = "متى تصل طردي؟ 👩‍👩‍👧‍👦 مرحبا :wave: 你好"
    await modelled.hears(dm, ANA, words)
    assert spoken(model) == [("user", words)]
    assert modelled.said(dm) == [words]
    assert modelled.stored()[0][2] == words


async def test_ten_thousand_characters_reach_the_model_whole(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    words = " ".join(f"word{n:04}" for n in range(1111))[:10_000]
    model.replies("I read all of it.")
    await modelled.hears(dm, ANA, words)
    assert len(words) > 9_990
    assert spoken(model) == [("user", words)]
    assert modelled.said(dm) == ["I read all of it."]


async def test_what_slack_escapes_reaches_the_model_as_it_was_typed(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.replies("Yes.")
    await modelled.hears(dm, ANA, "Is 1 &lt; 2 &amp; <https://shop.example/a?b=1&amp;c=2|the shop> up?")
    assert spoken(model) == [("user", "Is 1 < 2 & the shop (https://shop.example/a?b=1&c=2) up?")]


async def test_an_attachment_is_named_to_the_model(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.replies("I can't see pictures.")
    await modelled.hears(dm, ANA, "What is this?", files=[{"id": "F1", "name": "broken.png"}])
    [(_, told)] = spoken(model)
    assert told.startswith('What is this?\n(attached: broken.png)\n<attachment title="broken.png">\n')
    assert [said.split("\n")[0] for said in modelled.said(dm)] == ["I can't see pictures."]


async def test_a_burst_is_answered_once(
    modelled: Frontdesk, slack: SlackSimulator, model: ModelSimulator
) -> None:
    dm = slack.open_dm(ANA)
    model.hold()
    await slack.say(dm, ANA, "one")
    await model.wait_requests(1)
    for word in ("two", "three"):
        await slack.wait_acked(await slack.say(dm, ANA, word))
    model.always(echo)
    model.release()
    await modelled.desk.settled()
    assert modelled.said(dm) == ["three"]
    assert spoken(model) == [("user", "one"), ("user", "two"), ("user", "three")]
