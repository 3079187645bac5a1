"""From Slack's reactions to thumbs on answers, with recorded payloads and without Slack."""

from __future__ import annotations

from typing import Any

import pytest

from bots.slack_events import read_reaction
from core.messages import Author, IncomingReaction, Press
from tests.simulators.slack_payloads import load_fixture

BOT = "U0BOT"


def reaction(shape: str = "reaction_added", **fields: Any) -> IncomingReaction | None:
    return read_reaction(load_fixture("event_callback", event=load_fixture(shape, **fields)), BOT)


@pytest.mark.parametrize(
    ("name", "press"),
    [
        ("+1", Press.HELPFUL),
        ("thumbsup", Press.HELPFUL),
        ("+1::skin-tone-6", Press.HELPFUL),
        ("-1", Press.UNHELPFUL),
        ("thumbsdown::skin-tone-2", Press.UNHELPFUL),
    ],
)
def test_a_thumb_names_the_post_by_its_reference(name: str, press: Press) -> None:
    who = Author("slack:T1/U061F7AUR")
    ref = "slack:C0123ABCD/1735689600.000100"
    added, removed = reaction(reaction=name), reaction("reaction_removed", reaction=name)
    assert added
    assert removed
    assert added == IncomingReaction(press, ref, who, at=added.at)
    assert removed == IncomingReaction(press, ref, who, True, removed.at)
    assert min(added.at, removed.at) > 1_700_000_000


@pytest.mark.parametrize(
    "fields",
    [
        {"reaction": "eyes"},
        {"item_user": "U061F7AUR"},
        {"item_user": None},
        {"user": BOT},
        {"item": {"type": "file", "file": "F1"}},
    ],
)
def test_all_else_is_left_alone(fields: dict[str, Any]) -> None:
    assert reaction(**fields) is None
    assert reaction("app_mention") is None
