"""Agents and customers talk through a case: whose words go where, and what the writer sees of it."""

from __future__ import annotations

import pytest

from bots.slack_format import to_slack
from core import words
from core.phrases import ENGLISH
from tests.simulators.slack import SlackSimulator
from tests.slack.conftest import (
    AGENTS,
    ANA,
    BEN,
    BOT,
    CLAIM,
    DANA,
    ELI,
    HELP,
    PERSON,
    REOPEN,
    RESOLVE,
    SEND,
    SEND_OVER,
    Frontdesk,
)

DELIVERED = {"white_check_mark": {SlackSimulator.bot_user_id}}
THEIRS = 2  # posts in the customer's thread once a case is claimed: the call, and who takes care of it


def delivered(frontdesk: Frontdesk, ts: str) -> list[str]:
    """Return what the customer read since their case was claimed."""
    return frontdesk.said(HELP, ts)[THEIRS:]


# --- the agents' words -------------------------------------------------------------------------------


async def test_the_owners_words_go_to_the_customer_by_name_and_are_marked(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    written = await modelled.hears(AGENTS, DANA, "Hi Ana, I'm on it.", modelled.card.ts)
    assert delivered(modelled, ts) == ["*dana:* Hi Ana, I'm on it."]
    assert slack.reactions(AGENTS, written) == DELIVERED
    assert modelled.below() == []
    assert modelled.stored()[-1] == (f"slack:T1/{HELP}/{ts}", "agent", "Hi Ana, I'm on it.")


async def test_the_owners_emphasis_reaches_the_customer_as_it_was_meant(modelled: Frontdesk) -> None:
    ts = await modelled.claimed()
    await modelled.hears(AGENTS, DANA, "Press *Reset* for _ten_ seconds", modelled.card.ts)
    assert delivered(modelled, ts) == ["*dana:* Press *Reset* for _ten_ seconds"]


@pytest.mark.parametrize("note", ["// she is a VIP", "  //no space", "//"])
async def test_a_note_stays_inside(modelled: Frontdesk, slack: SlackSimulator, note: str) -> None:
    ts = await modelled.claimed()
    written = await modelled.hears(AGENTS, DANA, note, modelled.card.ts)
    assert delivered(modelled, ts) == []
    assert slack.reactions(AGENTS, written) == {}
    assert slack.ephemerals(AGENTS, DANA) == []
    assert note.strip() not in [text for _, _, text in modelled.stored()]


async def test_words_outside_of_the_cases_threads_are_the_agents_own(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    other = await modelled.hears(AGENTS, DANA, "Lunch?")
    await modelled.hears(AGENTS, ELI, "At one", other)
    assert delivered(modelled, ts) == []
    assert slack.ephemerals(AGENTS, DANA) == slack.ephemerals(AGENTS, ELI) == []
    assert len(modelled.cards()) == 1


async def test_words_before_the_claim_stay_inside_with_a_hint_that_only_the_writer_sees(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    written = await modelled.hears(AGENTS, DANA, "Who takes this?", modelled.card.ts)
    assert modelled.said(HELP, ts) == [ENGLISH.told]
    [hint] = slack.ephemerals(AGENTS, DANA)
    assert hint.text == words.CLAIM_FIRST
    assert hint.thread_ts == modelled.card.ts
    assert [button.label for button in hint.buttons] == [SEND]
    assert slack.ephemerals(AGENTS, ELI) == []
    assert slack.reactions(AGENTS, written) == {}
    assert modelled.cases()[0][1] == "waiting"


async def test_send_and_claim_sends_just_those_words(modelled: Frontdesk, slack: SlackSimulator) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    card = modelled.card.ts
    first = await modelled.hears(AGENTS, DANA, "Hi Ana, it is on its way.", card)
    await modelled.hears(AGENTS, DANA, "She writes every week.", card)
    [hint, _] = slack.ephemerals(AGENTS, DANA)
    pressed = await slack.press_ephemeral(AGENTS, hint.ts, DANA, SEND)
    assert pressed.acked
    told = await pressed.wait_changed()
    await modelled.desk.settled()
    assert told.text == words.SENT
    assert told.buttons == []
    assert modelled.said(HELP, ts)[1:] == ["*dana:* Hi Ana, it is on its way."]
    assert slack.reactions(AGENTS, first) == DELIVERED
    assert "*Claimed by dana*" in modelled.card.text
    # A press that came twice finds nothing left to send.
    about = hint.buttons[0].value
    again = await slack.press_ephemeral(AGENTS, hint.ts, DANA, "frontdesk:send", value=about, forge=True)
    assert (await again.wait_changed()).text == words.NOTE_GONE
    await modelled.desk.settled()
    assert len(modelled.said(HELP, ts)) == 2


async def test_another_agents_words_stay_inside_until_they_take_over(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    written = await modelled.hears(AGENTS, ELI, "Tell her Tuesday.", modelled.card.ts)
    assert delivered(modelled, ts) == []
    [hint] = slack.ephemerals(AGENTS, ELI)
    assert hint.text == words.TAKE_OVER_FIRST.format(owner="dana")
    await slack.press_ephemeral(AGENTS, hint.ts, ELI, SEND_OVER)
    await modelled.desk.settled()
    assert delivered(modelled, ts) == ["*eli:* Tell her Tuesday."]
    assert slack.reactions(AGENTS, written) == DELIVERED
    assert "*Claimed by eli*" in modelled.card.text


async def test_words_that_were_to_claim_a_case_are_not_sent_once_another_has_it(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.hears(AGENTS, ELI, "Tuesday!", modelled.card.ts)
    [hint] = slack.ephemerals(AGENTS, ELI)
    await modelled.presses(modelled.card, DANA, CLAIM)
    pressed = await slack.press_ephemeral(AGENTS, hint.ts, ELI, SEND)
    told = await pressed.wait_changed()
    await modelled.desk.settled()
    assert told.text.startswith(words.OUT_OF_DATE.format(state="*Claimed by dana*, "))
    assert delivered(modelled, ts) == []


async def test_nobody_sends_another_ones_words(modelled: Frontdesk, slack: SlackSimulator) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.hears(AGENTS, DANA, "Not for her eyes", modelled.card.ts)
    [hint] = slack.ephemerals(AGENTS, DANA)
    about = hint.buttons[0].value
    pressed = await slack.press_ephemeral(AGENTS, hint.ts, ELI, "frontdesk:send", value=about, forge=True)
    assert (await pressed.wait_changed()).text == words.NOTE_GONE
    await modelled.desk.settled()
    assert modelled.said(HELP, ts) == [ENGLISH.told]
    assert modelled.cases()[0][1] == "waiting"


@pytest.mark.parametrize(("now", "sent"), [("Better words", ["*dana:* Better words"]), (None, [])])
async def test_what_is_sent_later_is_sent_as_it_is_then(
    modelled: Frontdesk, slack: SlackSimulator, now: str | None, sent: list[str]
) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    written = await modelled.hears(AGENTS, DANA, "Bad words", modelled.card.ts)
    await modelled.edits(AGENTS, written, now)
    [hint] = slack.ephemerals(AGENTS, DANA)
    pressed = await slack.press_ephemeral(AGENTS, hint.ts, DANA, SEND)
    told = await pressed.wait_changed()
    await modelled.desk.settled()
    assert told.text == (words.SENT if sent else words.NOTE_GONE)
    assert modelled.said(HELP, ts)[1:] == sent


async def test_words_in_the_thread_of_a_closed_case_are_not_sent(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    await modelled.presses(modelled.card, DANA, RESOLVE)
    await modelled.hears(AGENTS, DANA, "And one more thing", modelled.card.ts)
    assert delivered(modelled, ts) == [ENGLISH.resolved]
    [hint] = slack.ephemerals(AGENTS, DANA)
    assert hint.text == words.CLOSED_CASE
    await slack.press_ephemeral(AGENTS, hint.ts, DANA, REOPEN)
    await modelled.desk.settled()
    assert modelled.cases()[0][1] == "claimed"


async def test_the_customer_in_the_agents_channel_by_mistake_is_told_so(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    slack.join(AGENTS, ANA)
    await modelled.hears(AGENTS, ANA, "I see you!", modelled.card.ts)
    assert [hint.text for hint in slack.ephemerals(AGENTS, ANA)] == [words.NOT_YOUR_OWN]
    assert delivered(modelled, ts) == []


async def test_another_bot_in_the_thread_is_not_heard(modelled: Frontdesk, slack: SlackSimulator) -> None:
    ts = await modelled.claimed()
    slack.add_user("U7", "otherbot", is_bot=True)
    slack.join(AGENTS, "U7")
    await modelled.hears(AGENTS, "U7", "Build 7 is green.", modelled.card.ts)
    assert delivered(modelled, ts) == []
    assert slack.ephemerals(AGENTS, "U7") == []


async def test_an_agents_words_can_not_ping_a_channel_of_customers(modelled: Frontdesk) -> None:
    ts = await modelled.claimed()
    await modelled.hears(AGENTS, DANA, "<!channel> <@U2> &lt;!here&gt;", modelled.card.ts)
    assert delivered(modelled, ts) == ["*dana:* @channel @ben &lt;!here&gt;"]


# --- the customer's words ----------------------------------------------------------------------------


async def test_the_customers_words_arrive_in_the_thread_and_ping_the_owner_once(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    await modelled.hears(AGENTS, DANA, "Which order?", modelled.card.ts)
    await modelled.hears(HELP, ANA, "1001", ts)
    await modelled.hears(HELP, ANA, "or 1002", ts)
    assert modelled.below() == ["<@U8> *ana:* 1001", "*ana:* or 1002"]
    await modelled.hears(AGENTS, DANA, "Which of them?", modelled.card.ts)
    await modelled.hears(HELP, ANA, "1002", ts)
    assert modelled.below()[2:] == ["<@U8> *ana:* 1002"]
    assert delivered(modelled, ts) == ["*dana:* Which order?", "*dana:* Which of them?"]
    assert slack.ephemerals(AGENTS, DANA) == []


async def test_the_first_words_after_the_call_are_acknowledged_once(modelled: Frontdesk) -> None:
    ts = await modelled.hears(HELP, ANA, f"{BOT} {PERSON}")
    await modelled.hears(HELP, ANA, "My parcel is wet", ts)
    await modelled.hears(HELP, ANA, "Very wet", ts)
    assert modelled.said(HELP, ts) == [ENGLISH.told, to_slack(ENGLISH.passed_on)]
    assert modelled.below() == ["*ana:* My parcel is wet", "*ana:* Very wet"]
    assert len(modelled.cards()) == 1


async def test_relayed_words_ping_nobody_and_get_no_emphasis(modelled: Frontdesk) -> None:
    ts = await modelled.claimed()
    await modelled.hears(
        HELP, ANA, "&lt;!here&gt; <!channel> *bold*\n&gt; # me\n[x](https://evil.example)", ts
    )
    [relayed] = modelled.below()
    assert "<!" not in relayed
    assert "*bold*" not in relayed
    assert "\u200b*\u200bbold" in relayed
    assert "<https://evil.example" not in relayed


async def test_another_customers_words_in_the_thread_are_passed_on_too(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    await modelled.hears(HELP, BEN, "Mine is wet as well", ts)
    assert modelled.below() == ["*ben:* Mine is wet as well"]
    assert delivered(modelled, ts) == []
    assert slack.ephemerals(HELP, BEN) == []


# --- edits and deletions -----------------------------------------------------------------------------


async def test_the_owners_edits_and_deletions_follow(modelled: Frontdesk, slack: SlackSimulator) -> None:
    ts = await modelled.claimed()
    written = await modelled.hears(AGENTS, DANA, "It comes on Monday.", modelled.card.ts)
    await modelled.edits(AGENTS, written, "It comes on Tuesday.")
    assert delivered(modelled, ts) == ["*dana:* It comes on Tuesday."]
    assert modelled.stored()[-1][2] == "It comes on Tuesday."
    await modelled.edits(AGENTS, written, None)
    assert delivered(modelled, ts) == []
    assert [post.text for post in slack.deleted_posts(HELP)] == ["*dana:* It comes on Tuesday."]
    assert "Tuesday" not in str(modelled.stored())


async def test_the_customers_edits_and_deletions_follow(modelled: Frontdesk) -> None:
    ts = await modelled.claimed()
    written = await modelled.hears(HELP, ANA, "My order is *1001*", ts)
    await modelled.edits(HELP, written, "My order is *1002* <!here>")
    [relayed] = modelled.below()
    assert "*ana:* My order is" in relayed
    assert "1002" in relayed
    assert "*1002*" not in relayed
    assert "<!here>" not in relayed
    await modelled.edits(HELP, written, None)
    assert modelled.below() == []


async def test_an_edit_that_makes_words_a_note_takes_them_back(modelled: Frontdesk) -> None:
    ts = await modelled.claimed()
    written = await modelled.hears(AGENTS, DANA, "She is a VIP", modelled.card.ts)
    await modelled.edits(AGENTS, written, "// She is a VIP, be careful")
    assert "careful" not in str(delivered(modelled, ts))


@pytest.mark.parametrize("length", [100, 9_000])
async def test_an_edit_may_change_how_many_posts_there_are(modelled: Frontdesk, length: int) -> None:
    ts = await modelled.claimed()
    written = await modelled.hears(AGENTS, DANA, "word " * 1_000, modelled.card.ts)
    assert len(delivered(modelled, ts)) == 2
    text = "other " * (length // 6)
    await modelled.edits(AGENTS, written, text)
    read = " ".join(delivered(modelled, ts)).removeprefix("*dana:* ")
    assert read.split() == text.split()
    # And back again.
    await modelled.edits(AGENTS, written, "word " * 1_000)
    assert " ".join(delivered(modelled, ts)).split() == ["*dana:*", *["word"] * 1_000]


# --- long, with files, and when it fails -------------------------------------------------------------


async def test_long_words_arrive_in_order_though_slack_is_busy(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    text = " ".join(f"word{n:04}" for n in range(1_200))
    slack.fail("chat.postMessage", status=429, retry_after=1)
    written = await modelled.hears(AGENTS, DANA, text, modelled.card.ts)
    parts = delivered(modelled, ts)
    assert len(parts) == 4
    assert " ".join(parts) == f"*dana:* {text}"
    assert slack.reactions(AGENTS, written) == DELIVERED


@pytest.mark.parametrize("refusal", ["channel_not_found", "is_archived", "not_in_channel"])
async def test_words_that_could_not_be_delivered_are_told_with_the_reason(
    modelled: Frontdesk, slack: SlackSimulator, refusal: str
) -> None:
    ts = await modelled.claimed()
    slack.fail("chat.postMessage", error=refusal)
    written = await modelled.hears(AGENTS, DANA, "Hi Ana", modelled.card.ts)
    assert delivered(modelled, ts) == []
    assert slack.reactions(AGENTS, written) == {}
    [told] = modelled.below()
    assert told.startswith("Not delivered: ")
    assert refusal in told
    assert len(modelled.cards()) == 1


async def test_of_long_words_none_is_sent_behind_one_that_failed(
    modelled: Frontdesk, slack: SlackSimulator
) -> None:
    ts = await modelled.claimed()
    first = slack.fail("chat.postMessage", hang=True, after=True)
    await slack.wait_acked(await slack.say(AGENTS, DANA, "word " * 1_500, modelled.card.ts))
    await slack.wait_posts(HELP, THEIRS + 1, ts)
    slack.fail("chat.postMessage", error="is_archived")
    first.release()
    await modelled.desk.settled()
    assert len(delivered(modelled, ts)) == 1
    [told] = modelled.below()
    assert told.startswith("Not delivered: ")


async def test_files_are_linked_in_both_directions_and_edits_keep_them(modelled: Frontdesk) -> None:
    def file(name: str) -> list[dict[str, str]]:
        return [{"id": "F1", "name": name, "permalink": f"https://example.slack.com/files/{name}"}]

    ts = await modelled.claimed()
    theirs = await modelled.hears(HELP, ANA, "Look", ts, files=file("wet.png"))
    ours = await modelled.hears(AGENTS, DANA, "Print this", modelled.card.ts, files=file("label.pdf"))
    bare = await modelled.hears(AGENTS, DANA, "", modelled.card.ts, files=file("second.pdf"))
    assert "<https://example.slack.com/files/wet.png|wet.png>" in modelled.below()[0]
    assert "<https://example.slack.com/files/label.pdf|label.pdf>" in delivered(modelled, ts)[0]
    assert "<https://example.slack.com/files/second.pdf|second.pdf>" in delivered(modelled, ts)[1]
    assert bare
    await modelled.edits(HELP, theirs, "Look here")
    await modelled.edits(AGENTS, ours, "Print this label")
    assert "Look here" in modelled.below()[0]
    assert "<https://example.slack.com/files/wet.png|wet.png>" in modelled.below()[0]
    assert "<https://example.slack.com/files/label.pdf|label.pdf>" in delivered(modelled, ts)[0]
