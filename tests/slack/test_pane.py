"""The assistant pane: greeted once, questions suggested, and each thread named by its first question."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.phrases import ENGLISH
from tests.simulators.model import ModelSimulator
from tests.simulators.slack import SlackSimulator, load_fixture
from tests.slack.conftest import ANA, CONTACT, PARCEL, REFUND, Frontdesk, Serve

PROMPTS = ["When does my parcel arrive?", "When do I get my refund?"]


@pytest.fixture
def knowledge(knowledge: Path) -> Path:
    """The help centre, with questions to suggest."""
    listed = "".join(f'  - "{prompt}"\n' for prompt in PROMPTS)
    (knowledge / "instructions.md").write_text(
        f'---\ncontact: "{CONTACT}"\nprompts:\n{listed}---\nBe kind.\n', "utf-8"
    )
    return knowledge


async def opened(frontdesk: Frontdesk) -> tuple[str, str]:
    """Let Ana open the pane; return the direct message and the thread, once all was done."""
    slack = frontdesk.slack
    thread = await slack.open_pane(ANA)
    await slack.wait_until(lambda: slack.pane(ANA, thread).prompts != [])
    await frontdesk.desk.settled()
    return slack.open_dm(ANA), thread


async def test_who_opens_the_pane_is_greeted_and_sees_what_can_be_asked(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    dm, thread = await opened(quoting)
    assert quoting.said(dm, thread) == [ENGLISH.greeting]
    assert slack.pane(ANA, thread).prompts == PROMPTS
    assert quoting.stored() == [], "a greeting is nothing that a customer said"


async def test_a_first_question_names_its_thread_and_later_ones_do_not(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    dm, thread = await opened(quoting)
    await quoting.hears(dm, ANA, PROMPTS[0], thread)
    await slack.wait_call("assistant.threads.setTitle")
    await quoting.hears(dm, ANA, PROMPTS[1], thread)
    assert slack.pane(ANA, thread).title == PROMPTS[0]
    assert len(slack.calls_to("assistant.threads.setTitle")) == 1
    greeting, first, second = quoting.said(dm, thread)
    assert (greeting, PARCEL in first, REFUND in second) == (ENGLISH.greeting, True, True)


async def test_while_an_answer_is_made_the_pane_says_so(
    modelled: Frontdesk, model: ModelSimulator, slack: SlackSimulator
) -> None:
    dm, thread = await opened(modelled)
    model.hold()
    await slack.say(dm, ANA, PROMPTS[0], thread)
    await slack.wait_until(lambda: slack.status != [])
    model.release()
    assert (slack.status[0].channel, slack.status[0].thread_ts) == (dm, thread)


async def test_each_thread_of_the_pane_is_a_conversation_of_its_own(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    dm, one = await opened(quoting)
    _, other = await opened(quoting)
    await quoting.hears(dm, ANA, PROMPTS[0], one)
    await quoting.hears(dm, ANA, PROMPTS[1], other)
    assert [len(quoting.said(dm, thread)) for thread in (one, other)] == [2, 2]
    assert {conversation for conversation, _, _ in quoting.stored()} == {
        f"slack:T1/{dm}/{one}",
        f"slack:T1/{dm}/{other}",
    }


async def test_nobody_is_greeted_twice_in_a_thread(slack: SlackSimulator, serve: Serve) -> None:
    async with serve() as frontdesk:
        dm, thread = await opened(frontdesk)
        [started] = [one.id for one in slack.deliveries if "assistant_thread" in one.payload["event"]]
        await slack.redeliver(started)
        await slack.wait_acked(started, times=2)
    async with serve() as again:
        await slack.redeliver(started)
        moved = await slack.look_at_pane(ANA, thread)
        assert moved
        await slack.wait_acked(started, times=3)
        await slack.wait_acked(moved)
        await again.desk.settled()
        assert again.said(dm, thread) == [ENGLISH.greeting]


async def test_the_suggestions_are_those_of_the_file_as_it_is_now(
    serve: Serve, slack: SlackSimulator, knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.knowledge.library.FRESH_SECONDS", 0.0)
    async with serve() as frontdesk:
        _, thread = await opened(frontdesk)
        text = '---\nprompts: ["Anything else?"]\n---\nBe kind.\n'
        (knowledge / "instructions.md").write_text(text, "utf-8")
        await slack.look_at_pane(ANA, thread)
        await slack.wait_until(lambda: slack.pane(ANA, thread).prompts == ["Anything else?"])


async def test_a_greeting_is_stored_before_slack_is_told_that_we_have_the_event(
    serve: Serve, slack: SlackSimulator
) -> None:
    slack.fail("chat.postMessage", status=503, times=None)
    async with serve() as frontdesk:
        thread = await slack.open_pane(ANA)
        await slack.wait_acked(slack.deliveries[-1].id)
        assert frontdesk.rows("SELECT text FROM posts") == [(ENGLISH.greeting,)]
    slack.heal()
    async with serve() as again:
        await again.desk.settled()
        assert again.said(slack.open_dm(ANA), thread) == [ENGLISH.greeting]


async def test_what_only_decorates_may_fail(quoting: Frontdesk, slack: SlackSimulator) -> None:
    slack.fail("assistant.threads.setSuggestedPrompts", error="missing_scope", times=None)
    slack.fail("assistant.threads.setTitle", error="missing_scope", times=None)
    thread = await slack.open_pane(ANA)
    await slack.wait_call("assistant.threads.setSuggestedPrompts")
    await quoting.hears(dm := slack.open_dm(ANA), ANA, PROMPTS[0], thread)
    assert PARCEL in quoting.said(dm, thread)[-1]


async def test_what_slack_tells_of_the_panes_own_message_is_no_question(
    quoting: Frontdesk, slack: SlackSimulator
) -> None:
    _, thread = await opened(quoting)
    head = {"type": "message", "subtype": "assistant_app_thread", "user": slack.bot_user_id, "ts": thread}
    titled = {**head, "text": "New Assistant Thread", "assistant_app_thread": {"title": "Parcels"}}
    changed = load_fixture(
        "message_changed",
        channel=slack.open_dm(ANA),
        channel_type="im",
        message=titled,
        previous_message=head,
    )
    await slack.wait_acked(await slack.deliver(changed))
    await quoting.desk.settled()
    assert quoting.stored() == []
