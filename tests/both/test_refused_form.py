"""A post that Slack or Discord refuses for its form is sent again plain; its customer misses nothing."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from core import words
from core.messages import Press
from core.phrases import ENGLISH
from tests.both.conftest import Open
from tests.both.sides import DiscordSide, Side, SlackSide, plain
from tests.discord_.conftest import model_settings
from tests.simulators.model import ModelSimulator

both = pytest.mark.parametrize("platform", ["slack", "discord"])
MARKED = "## How\n\nJust send it **back**:\n\n- pack it\n- *label* it"
PLAIN = "How\n\nJust send it back:\n\n- pack it\n- label it"


def refuse(side: Side, *, edits: bool = False) -> None:
    """Let the platform refuse the form of the next post, or of the next edit."""
    if side.name == "slack":
        method = "chat.update" if edits else "chat.postMessage"
        cast(SlackSide, side).slack.fail(method, error="msg_too_long")
    else:
        method, path = ("PATCH", "/{message}") if edits else ("POST", "")
        path = f"/channels/{{channel}}/messages{path}"
        discord = cast(DiscordSide, side).discord
        discord.fail(method, path, status=400, code=50035, message="Invalid Form Body")


def buttons(side: Side, who: str) -> list[str]:
    """The labels below our last words to a customer."""
    person = side.person(who)
    if side.name == "slack":
        slack = cast(SlackSide, side).slack
        return [button.label for button in slack.posts(slack.open_dm(person.rpartition("/")[2]))[-1].buttons]
    discord = cast(DiscordSide, side).discord
    dm = discord.open_dm(int(person.removeprefix("discord:")))
    return [button.label for button in discord.posts(dm)[-1].buttons]


@both
async def test_a_reply_keeps_its_buttons_where_its_words_are_refused(
    sides: dict[str, Side], opened: Open, model: ModelSimulator, platform: str
) -> None:
    side = sides[platform]
    us = await opened(**model_settings(model))
    model.replies(MARKED)
    refuse(side)
    await side.writes(us, "Ada", "Where is help?")
    assert [plain(said) for said in side.reads("Ada")] == [PLAIN]
    assert buttons(side, "Ada") == [ENGLISH.label(Press.HELPFUL), ENGLISH.label(Press.UNHELPFUL)]
    assert plain(await side.thumb(us, "Ada", Press.HELPFUL)) == plain(ENGLISH.thank_you)


@both
async def test_words_arrive_without_buttons_that_the_platform_does_not_take(
    sides: dict[str, Side], opened: Open, knowledge: Path, platform: str
) -> None:
    """The simulators check buttons as the platforms do: a label has its limit, which a lead may pass."""
    side = sides[platform]
    (knowledge / "phrases.toml").write_text(f'[en]\nbutton_helpful = "{"Helpful " * 20}"\n', "utf-8")
    us = await opened()
    await side.writes(us, "Ada", "How do I get a refund?")
    [said] = side.reads("Ada")
    assert said.startswith("Open Orders")
    assert buttons(side, "Ada") == []


@both
async def test_refused_twice_it_is_given_up_and_what_follows_arrives(
    sides: dict[str, Side], opened: Open, platform: str
) -> None:
    side = sides[platform]
    us = await opened()
    for _ in range(3):  # as it was, plain, and without buttons
        refuse(side)
    await side.writes(us, "Ada", "How do I get a refund?")
    assert side.reads("Ada") == []
    await side.writes(us, "Ada", "How do I get a refund?")
    assert len(side.reads("Ada")) == 1


@both
async def test_a_card_is_kept_up_to_date_in_plain_words(
    sides: dict[str, Side], opened: Open, platform: str
) -> None:
    side = sides[platform]
    us = await opened(agents=side.team)
    await side.writes(us, "Ada", "I want to talk to a human")
    (card,) = side.cards()
    refuse(side, edits=True)
    assert await side.press(us, card, "Dana", words.LABELS[Press.CLAIM]) == ""
    (card,) = side.cards()
    assert "Claimed by Dana" in card.text
    assert words.LABELS[Press.RESOLVE] in card.buttons
