"""The slash command and the message shortcut on Slack, as a customer uses them."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from bots.slack_asides import LONGEST, messages_of
from bots.slack_commands import COMMAND, SHORTCUT, parse
from bots.slack_format import to_slack
from core import words
from core.messages import Aside, Button, Command, Press
from core.phrases import ENGLISH, PHRASES
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import (
    AGENTS,
    ANA,
    BEN,
    DANA,
    HELP,
    PARCEL,
    Frontdesk,
    Serve,
)
from tests.slack.test_deliveries import write_lock
from tests.slack.test_http import SECRET, free_port

QUESTION = "When does my parcel arrive?"


async def gives(us: Frontdesk, text: str, user: str = ANA, channel: str = HELP) -> str:
    """Give a command, wait for all that comes of it, and return what its giver alone is told."""
    return await told(us, us.slack.command(COMMAND, text, user=user, channel=channel), user, channel)


async def asks_about(us: Frontdesk, channel: str, ts: str, user: str = ANA) -> str:
    """Use the shortcut on a message, as `gives` does."""
    return await told(us, us.slack.shortcut(SHORTCUT, channel, ts, user), user, channel)


async def told(us: Frontdesk, giving: Awaitable[str], user: str, channel: str) -> str:
    before = len(us.slack.ephemerals(channel, user))
    await us.slack.wait_acked(await giving)
    seen = await us.slack.wait_ephemeral(channel, user, before + 1)
    await us.desk.settled()
    return seen[-1].text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", (Command.HELP, "")),
        ("help", (Command.HELP, "")),
        ("Forget", (Command.FORGET, "")),
        ("FORGET.", (Command.FORGET, "")),
        ("forget me!", (Command.FORGET, "")),
        ("forget me not: is it hardy?", (Command.ASK, "forget me not: is it hardy?")),
        ("human\nmy parcel is lost", (Command.HUMAN, "my parcel is lost")),
        ("human my parcel is lost", (Command.HUMAN, "my parcel is lost")),
        ("ask  how do I pay?", (Command.ASK, "how do I pay?")),
        ("new shoes, when?", (Command.ASK, "new shoes, when?")),
        ("how do I pay?", (Command.ASK, "how do I pay?")),
        ("支払い方法は", (Command.ASK, "支払い方法は")),
        ("hlep", (Command.HELP, "hlep")),
    ],
)
def test_what_follows_the_command(typed: str, meant: tuple[Command, str]) -> None:
    assert parse(typed) == meant


# --- where it takes effect ---------------------------------------------------------------------------


async def test_a_question_in_a_channel_is_answered_in_direct_messages(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    assert await gives(quoting, QUESTION) == ENGLISH.goes_on_direct
    assert quoting.said(HELP) == []
    shown, answer = quoting.said(slack.open_dm(ANA))
    assert shown == f"{ENGLISH.you_asked}\n\n> {QUESTION}"
    assert PARCEL in answer
    # Escapes and mentions become what people read, and ping nobody where they are shown.
    await gives(quoting, f"Is <@{BEN}|ben> &lt;!here&gt; now?")
    assert quoting.said(slack.open_dm(ANA))[2].endswith("> Is @ben &lt;!here&gt; now?")


async def test_in_our_direct_messages_it_is_answered_there(quoting: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    used = await slack.command(COMMAND, QUESTION, user=ANA, channel=dm)
    await slack.wait_acked(used)
    await quoting.desk.settled()
    assert [PARCEL in text for text in quoting.said(dm)] == [False, True]
    # Slack delivers it again: nothing is said twice.
    await slack.redeliver(used)
    await slack.wait_acked(used, times=2)
    await quoting.desk.settled()
    assert len(quoting.said(dm)) == 2


async def test_a_channel_that_is_one_conversation_is_answered_in_place(serve: Serve) -> None:
    async with serve(threads=False, agents=f"slack:{AGENTS}") as us:
        assert await gives(us, "human My parcel is lost") == ENGLISH.calling
        assert us.cases() == [(f"slack:T1/{HELP}", "waiting")]
        shown, answer = us.said(HELP)
        assert shown.startswith(f"<@{ANA}> {ENGLISH.you_asked}")
        assert answer == ENGLISH.told
        assert await gives(us, "new", BEN) == ENGLISH.new_shared


async def test_a_person_is_called_into_the_direct_messages(serve: Serve, slack: SlackSimulator) -> None:
    async with serve(agents=f"slack:{AGENTS}") as us:
        assert await gives(us, "human My parcel is lost") == ENGLISH.goes_on_direct
        dm = slack.open_dm(ANA)
        assert us.said(dm)[-1] == ENGLISH.told
        assert us.cases() == [(f"slack:T1/{dm}", "waiting")]
        assert "My parcel is lost" in us.card.text
        # No message of hers is there to link to or to react to: nothing of the kind is tried.
        assert slack.calls_to("chat.getPermalink") == slack.calls_to("reactions.add") == []
        assert await gives(us, "human") == ENGLISH.has_person
        assert await gives(us, "new", channel=dm) == to_slack(ENGLISH.new_with_people)


async def test_new_begins_the_direct_messages_anew_and_no_channel(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    assert await gives(quoting, "new") == ENGLISH.new_not_here
    await quoting.hears(slack.open_dm(ANA), ANA, QUESTION)
    assert await gives(quoting, "new", channel=slack.open_dm(ANA)) == ENGLISH.new_begins


async def test_help_tells_what_there_is_to_customers_and_to_agents(serve: Serve) -> None:
    async with serve(agents=f"slack:{AGENTS}") as us:
        assert "/frontdesk human" in await gives(us, "")
        assert "hlep" in await gives(us, "hlep")
        assert await gives(us, "how do I claim?", DANA, AGENTS) == words.HELP_AGENTS


async def test_forget_asks_once_more_also_where_the_bot_is_not(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    slack.add_channel("C5", "elsewhere", is_member=False)
    await quoting.hears(slack.open_dm(ANA), ANA, QUESTION)
    await gives(quoting, "forget", channel="C5")
    [asked] = slack.ephemerals("C5", ANA)
    assert [button.label for button in asked.buttons] == [
        ENGLISH.label(Press.FORGET),
        ENGLISH.label(Press.KEEP),
    ]
    pressed = await slack.press_ephemeral("C5", asked.ts, ANA, ENGLISH.label(Press.FORGET))
    assert pressed.acked
    answered = await pressed.wait_changed()
    assert answered.text == ENGLISH.forgotten
    assert answered.buttons == []
    assert quoting.stored() == []


# --- the shortcut ------------------------------------------------------------------------------------


async def test_somebody_elses_message_is_answered_in_its_thread(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await slack.say(HELP, BEN, QUESTION)
    assert await asks_about(quoting, HELP, ts) == ENGLISH.asked_below
    [answer] = quoting.said(HELP, ts)
    assert PARCEL in answer
    assert quoting.rows("SELECT author FROM messages WHERE role = 'customer'") == [(f"slack:T1/{ANA}",)]
    assert await asks_about(quoting, HELP, ts, BEN) == ENGLISH.asked_below
    assert len(quoting.said(HELP, ts)) == 1
    # From now on the thread is served.
    await quoting.hears(HELP, BEN, "When do I get my refund?", ts)
    assert len(quoting.said(HELP, ts)) == 2


async def test_our_own_words_and_other_bots_are_not_asked(quoting: Frontdesk, slack: SlackSimulator) -> None:
    dm = slack.open_dm(ANA)
    await quoting.hears(dm, ANA, QUESTION)
    [answer] = slack.posts(dm)
    assert await asks_about(quoting, dm, answer.ts) == ENGLISH.own_words
    assert len(quoting.said(dm)) == 1


async def test_where_the_bot_is_not_it_tells_how_to_invite_it(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    slack.add_channel("C5", "elsewhere", is_member=False)
    ts = await slack.say("C5", BEN, QUESTION, deliver=False)
    assert "/invite @frontdesk" in (await asks_about(quoting, "C5", ts)).lower()
    assert quoting.stored() == []


@pytest.mark.parametrize(("id", "name"), [("D7", "directmessage"), ("G7", "mpdm-ana--ben-1")])
async def test_between_people_where_it_can_not_be_invited_it_answers_directly(
    quoting: Frontdesk, slack: SlackSimulator, id: str, name: str
) -> None:
    slack.add_channel(id, name, is_member=False, is_mpim=True, members=[ANA, BEN])
    ts = await slack.say(id, BEN, QUESTION, deliver=False)
    assert await asks_about(quoting, id, ts) == ENGLISH.goes_on_direct
    shown, answer = quoting.said(slack.open_dm(ANA))
    assert shown == f"{ENGLISH.you_asked}\n\n> {QUESTION}"
    assert PARCEL in answer
    assert quoting.rows("SELECT author FROM messages WHERE role = 'customer'") == [(f"slack:T1/{ANA}",)]


async def test_agents_ask_nothing_in_the_threads_of_cases(serve: Serve, slack: SlackSimulator) -> None:
    async with serve(agents=f"slack:{AGENTS}") as us:
        await gives(us, "human")
        ts = await slack.say(AGENTS, DANA, "// When does her parcel arrive?", us.card.ts)
        await slack.wait_acked(ts)
        before = len(us.said(slack.open_dm(ANA)))
        assert await asks_about(us, AGENTS, ts, DANA) == words.HELP_AGENTS
        assert len(us.said(slack.open_dm(ANA))) == before


# --- when something is wrong -------------------------------------------------------------------------


async def test_a_failure_is_told_and_a_second_try_works(quoting: Frontdesk, slack: SlackSimulator) -> None:
    slack.fail("conversations.open", error="internal_error")
    assert await gives(quoting, QUESTION) == ENGLISH.failed
    assert quoting.stored() == []
    slack.heal()
    assert await gives(quoting, QUESTION) == ENGLISH.goes_on_direct


async def test_a_failure_is_told_in_their_language(quoting: Frontdesk, slack: SlackSimulator) -> None:
    await quoting.hears(slack.open_dm(ANA), ANA, "Wie lange dauert es, bis mein Paket endlich ankommt?")
    slack.fail("conversations.open", error="internal_error")
    assert await gives(quoting, QUESTION) == PHRASES["de"].failed


async def test_a_press_that_failed_may_be_repeated(
    quoting: Frontdesk, slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gives(quoting, "forget")
    [asked] = slack.ephemerals(HELP, ANA)
    forget = ENGLISH.label(Press.FORGET)
    with monkeypatch.context() as broken:
        broken.setattr(quoting.desk.forgetting, "pressed", None)
        failed = await slack.press_ephemeral(HELP, asked.ts, ANA, forget)
        assert [seen.text for seen in await failed.wait_ephemeral()] == [ENGLISH.failed]
    pressed = await slack.press_ephemeral(HELP, asked.ts, ANA, forget)
    assert (await pressed.wait_changed()).text == ENGLISH.forgotten


def test_a_long_aside_is_told_in_parts_with_its_buttons_below_the_last() -> None:
    paragraph = "So much to say. " * 200
    keep = Button(Press.KEEP, "Keep", "")
    *before, last = messages_of(Aside("\n\n".join([paragraph] * 5), (keep,)))
    assert [shown.keys() for shown in before] == [{"text"}]
    assert all(len(shown["text"]) <= LONGEST for shown in (*before, last))
    assert last["blocks"][-1]["type"] == "actions"
    assert messages_of(Aside()) == []


async def test_it_is_acknowledged_in_time_while_the_file_is_held(
    quoting: Frontdesk, slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.adapter.ACK_SECONDS", 0.05)
    with write_lock(quoting.settings.database):
        used = await slack.command(COMMAND, QUESTION, user=ANA, channel=HELP)
        await slack.wait_acked(used)
        assert slack.ephemerals(HELP, ANA) == []
    assert (await slack.wait_ephemeral(HELP, ANA, 1))[0].text == ENGLISH.goes_on_direct


async def test_over_http(serve: Serve, slack: SlackSimulator) -> None:
    port = free_port()
    async with serve(slack_app_token=None, slack_signing_secret=SECRET, port=port) as us:
        slack.use_http(f"http://127.0.0.1:{port}/slack/events", SECRET)
        assert await gives(us, QUESTION) == ENGLISH.goes_on_direct
        ts = await slack.say(HELP, BEN, QUESTION)
        assert await asks_about(us, HELP, ts) == ENGLISH.asked_below
