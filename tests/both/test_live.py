"""Replies that grow while they are written, in each kind of place, with the real clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

import core.deciding
import core.draft
from core.phrases import ENGLISH
from core.ports import ModelFault
from tests.both.conftest import ON_DISCORD, ON_SLACK, Open
from tests.both.places import SLACK_HELP, DiscordPlace, Place, SlackPlace
from tests.both.sides import Side, plain
from tests.discord_.conftest import Frontdesk
from tests.fakes import DictatedModel
from tests.simulators.discord import DiscordSimulator
from tests.simulators.slack import SlackSimulator

OPEN, START, WAIT = "Open the *app*.", " Press **Start** & go.", " Then wait."
WHOLE = plain(OPEN + START + WAIT)

everywhere = pytest.mark.parametrize(
    "place", ["slack thread", "slack dm", "discord thread", "discord dm"], indirect=True
)
one_of_each = pytest.mark.parametrize("place", ["slack thread", "discord dm"], indirect=True)
streamed = pytest.mark.parametrize("place", ["slack thread"], indirect=True)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> DictatedModel:
    """A model that writes what a test dictates; what it writes is shown at once."""
    model = DictatedModel()
    monkeypatch.setattr("bots.house._models", lambda settings, meter: (model, None, None))
    monkeypatch.setattr(core.draft, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(core.draft, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(core.deciding, "AGENT_FIRST_SECONDS", 0.0)
    return model


@pytest.fixture
def place(
    request: pytest.FixtureRequest, slack: SlackSimulator, discord_: DiscordSimulator, sides: dict[str, Side]
) -> Place:
    threaded = request.param.endswith("thread")
    if request.param.startswith("slack"):
        slack.add_channel(SLACK_HELP, "help")
        return SlackPlace(slack, ON_SLACK["Ada"], ON_SLACK["Dana"], threaded=threaded)
    return DiscordPlace(discord_, ON_DISCORD["Ada"], ON_DISCORD["Dana"], threaded=threaded)


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0.002)


async def grows_to(place: Place, text: str) -> None:
    """Wait until the last that is to be read there is this."""
    await until(lambda: [reply.text for reply in place.replies()][-1:] == [plain(text)])


async def begun(us: Frontdesk, place: Place, model: DictatedModel) -> str:
    """Let a question be asked and the first words of its answer be read; return the question's id."""
    question = await place.asks(us, "How do I start?")
    model.writes(OPEN)
    await grows_to(place, OPEN)
    await until(lambda: us.rows("SELECT 1 FROM posts WHERE live = 1 AND ref IS NOT NULL"))
    return question


def said(us: Frontdesk) -> list[str]:
    return [text for (text,) in us.rows("SELECT text FROM messages WHERE role = 'assistant' ORDER BY seq")]


@one_of_each
async def test_a_quick_answer_is_one_post(
    place: Place, opened: Open, model: DictatedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.draft, "FIRST_SECONDS", 3600.0)
    us = await opened()
    model.writes(OPEN, START, WAIT, None)
    await place.asks(us, "How do I start?")
    await us.settled()
    assert [reply.states for reply in place.replies()] == [[WHOLE]]


@everywhere
async def test_a_long_answer_grows_and_ends_exactly(place: Place, opened: Open, model: DictatedModel) -> None:
    us = await opened()
    await begun(us, place, model)
    model.writes(START)
    await grows_to(place, OPEN + START)
    model.writes(WAIT, None)
    await us.settled()
    [reply] = place.replies()
    assert reply.text == WHOLE
    assert reply.states[:2] == [plain(OPEN), plain(OPEN + START)]
    assert said(us) == [OPEN + START + WAIT]


@everywhere
async def test_a_limit_slows_what_grows_and_not_the_end(
    place: Place, opened: Open, model: DictatedModel
) -> None:
    us = await opened()
    await begun(us, place, model)
    limited = place.limit_shows()
    model.writes(START)
    await until(limited)
    model.writes(WAIT, None)
    await us.settled()
    assert [reply.text for reply in place.replies()] == [WHOLE]


@everywhere
async def test_a_connection_that_breaks_while_it_grows_does_no_harm(
    place: Place, opened: Open, model: DictatedModel
) -> None:
    us = await opened()
    await begun(us, place, model)
    place.break_shows()
    model.writes(START)
    await grows_to(place, OPEN + START)
    model.writes(WAIT, None)
    await us.settled()
    assert [reply.text for reply in place.replies()] == [WHOLE]


@one_of_each
async def test_what_is_too_long_for_a_post_goes_on_in_the_next_one(
    place: Place, opened: Open, model: DictatedModel
) -> None:
    us = await opened()
    first, second = "Open the app. " * 110, "Press Start. " * 120
    await place.asks(us, "How do I start?")
    model.writes(first)
    await grows_to(place, first.strip())
    model.writes(f"\n\n{second}", None)
    await us.settled()
    assert [reply.text.strip() for reply in place.replies()] == [first.strip(), second.strip()]


@one_of_each
async def test_what_is_written_while_it_grows_is_the_next_turn(
    place: Place, opened: Open, model: DictatedModel
) -> None:
    us = await opened()
    await begun(us, place, model)
    await place.asks(us, "And on a phone?")
    model.writes(START, WAIT, None, "Tap it.", None)
    await us.settled()
    assert [reply.text for reply in place.replies()] == [WHOLE, "Tap it."]


@one_of_each
async def test_a_question_that_is_deleted_while_it_grows_is_answered_once(
    place: Place, opened: Open, model: DictatedModel
) -> None:
    us = await opened()
    await place.asks(us, "Hello!")
    model.writes("Hello.", None)
    await us.settled()
    await until(lambda: [reply.text for reply in place.replies()] == ["Hello."])
    question = await begun(us, place, model)
    await place.deletes(question)
    await until(lambda: us.rows("SELECT 1 FROM tombstones"))
    model.writes(START, WAIT, None)
    await us.settled()
    assert [reply.text for reply in place.replies()] == ["Hello.", WHOLE]
    assert not us.rows("SELECT 1 FROM messages WHERE text LIKE '%How do I start%'")


@pytest.mark.parametrize("place", ["slack thread", "discord thread"], indirect=True)
async def test_an_agent_who_writes_while_it_grows_takes_over(
    place: Place, opened: Open, model: DictatedModel, sides: dict[str, Side]
) -> None:
    side = sides["slack" if isinstance(place, SlackPlace) else "discord"]
    us = await opened(agents=side.team)
    await begun(us, place, model)
    await place.answers(us, "Let me help you.")
    model.writes(START)
    model.writes(None)
    await us.settled()
    [reply] = place.replies()
    assert reply.text.startswith(plain(OPEN))
    assert reply.text.endswith(plain(ENGLISH.goes_on_by()))
    assert us.cases() == [("claimed", "taken_over")]
    assert "How do I start?" in side.cards()[0].text


@one_of_each
async def test_a_model_that_dies_while_it_grows_is_told_with_the_offer_of_a_person(
    place: Place, opened: Open, model: DictatedModel, sides: dict[str, Side]
) -> None:
    side = sides["slack" if isinstance(place, SlackPlace) else "discord"]
    us = await opened(agents=side.team)
    await begun(us, place, model)
    model.writes(ModelFault("it died"))
    await us.settled()
    [reply] = place.replies()
    assert reply.text.startswith(f"{plain(OPEN)}\n\n{plain(ENGLISH.broken_off)}")
    assert us.cases() == [("offered", "unsure")]


# --- Slack's streams ---------------------------------------------------------------------------------


@streamed
async def test_where_slack_takes_no_streams_it_is_edited_and_not_asked_again(
    place: Place, slack: SlackSimulator, opened: Open, model: DictatedModel
) -> None:
    slack.refuse_streams(SLACK_HELP)
    us = await opened()
    for question in "One?", "Two?":
        await place.asks(us, question)
        model.writes(OPEN)
        await grows_to(place, OPEN)
        model.writes(START)
        await grows_to(place, OPEN + START)
        model.writes(WAIT, None)
        await us.settled()
    assert [reply.text for reply in place.replies()] == [WHOLE, WHOLE]
    assert len(slack.calls_to("chat.startStream")) == 1
    assert not slack.calls_to("chat.appendStream")


@streamed
async def test_a_stream_that_ends_in_its_words_is_not_marked_as_edited(
    place: Place, slack: SlackSimulator, opened: Open, model: DictatedModel
) -> None:
    us = await opened()
    await begun(us, place, model)
    model.writes(START, WAIT, None)
    await us.settled()
    [post] = slack.posts(SLACK_HELP, post_thread(place))
    assert not post.edited
    assert not post.streaming
    assert post.metadata
    [start] = slack.calls_to("chat.startStream")
    assert start.arguments["recipient_user_id"] == ON_SLACK["Ada"]
    assert start.arguments["recipient_team_id"] == slack.team_id


@streamed
async def test_a_stream_that_slack_ended_is_edited(
    place: Place, slack: SlackSimulator, opened: Open, model: DictatedModel
) -> None:
    us = await opened()
    await begun(us, place, model)
    [post] = slack.posts(SLACK_HELP, post_thread(place))
    await slack.end_stream(SLACK_HELP, post.ts)
    model.writes(START)
    await grows_to(place, OPEN + START)
    model.writes(WAIT, None)
    await us.settled()
    assert [reply.text for reply in place.replies()] == [WHOLE]


@streamed
async def test_nothing_that_is_streamed_pings_anybody(
    place: Place, opened: Open, model: DictatedModel, sides: dict[str, Side]
) -> None:
    us = await opened()
    await place.asks(us, "Whom do I ask?")
    model.writes("Ask <!here> or <@U8> or @channel.")
    await until(place.replies)
    model.writes(" Also <", "!channel>.", None)
    await us.settled()
    assert sides["slack"].pings() == []


@everywhere
async def test_a_reply_whose_beginning_was_not_recorded_is_found_and_ended(
    place: Place, opened: Open, model: DictatedModel
) -> None:
    us = await opened(shutdown_seconds=0.01)
    await begun(us, place, model)
    await us.stop()
    us.change("UPDATE posts SET ref = NULL, posted_at = NULL")
    us = await opened()
    model.writes("Open it.", WAIT, None)
    await us.settled()
    assert [reply.text for reply in place.replies()] == ["Open it. Then wait."]


def post_thread(place: Place) -> str | None:
    assert isinstance(place, SlackPlace)
    return place.thread
