"""Buttons in Slack's Block Kit, both ways, without Slack."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.slack_blocks import ACTION, SECTION_LIMIT, blocks, read_press
from core.messages import Author, Button, IncomingPress, Press
from tests.simulators.slack_payloads import load_fixture

LONGEST_VALUE = 2_000  # docs.slack.dev/reference/block-kit/block-elements/button-element
LONGEST_LABEL = 75


def buttons(*presses: Press) -> tuple[Button, ...]:
    return tuple(Button(press, press.value, "0123abcd") for press in presses)


def pressed(**action: Any) -> dict[str, Any]:
    """Return a recorded press with another action in it."""
    body = load_fixture("block_actions")
    body["actions"] = [{**body["actions"][0], **action}]
    return body


def test_words_alone_need_no_blocks() -> None:
    assert blocks("Hello", ()) == []


def test_buttons_stand_below_all_of_the_words() -> None:
    text = "\n\n".join(["word " * 100] * 12)
    *sections, actions = blocks(text, buttons(Press.CLAIM, Press.RESOLVE))
    assert len(sections) == 3
    assert all(len(section["text"]["text"]) <= SECTION_LIMIT for section in sections)
    assert " ".join(section["text"]["text"] for section in sections).split() == text.split()
    assert [element["text"]["text"] for element in actions["elements"]] == ["claim", "resolve"]


def test_no_two_buttons_of_a_post_have_the_same_action() -> None:
    [*_, actions] = blocks("Hello", buttons(*Press))
    names = [element["action_id"] for element in actions["elements"]]
    assert len(set(names)) == len(names) == len(Press)
    assert all(len(element["text"]["text"]) <= LONGEST_LABEL for element in actions["elements"])


@pytest.mark.parametrize("press", list(Press))
def test_what_was_made_is_read_again(press: Press) -> None:
    about = "0123456789abcdef01234567.slack:T1/C0123ABCD/1735689600.000100"
    [*_, actions] = blocks("Hello", (Button(press, press.value, about),))
    [element] = actions["elements"]
    assert len(element["value"]) <= LONGEST_VALUE
    body = pressed(**element, action_ts="1735689700.000300")
    who = Author(f"slack:{body['user']['team_id']}/{body['user']['id']}")
    assert read_press(body, "T1") == IncomingPress(press, about, who, 1735689700000300, 1735689700.0003)


@pytest.mark.parametrize("name", ["other:claim", ACTION, f"{ACTION}destroy", ""])
def test_other_buttons_are_not_ours(name: str) -> None:
    assert read_press(pressed(action_id=name), "T1") is None


@given(st.dictionaries(st.sampled_from(["user", "team", "container"]), st.none() | st.just({}), max_size=3))
def test_a_press_of_nobody_is_nobodys(parts: dict[str, Any]) -> None:
    body = {**pressed(action_id=f"{ACTION}claim"), **parts}
    press = read_press(body, "T1")
    assert press is not None
    assert press.who.id.startswith("slack:")


def test_no_action_is_no_press() -> None:
    assert read_press({}, "T1") is None
    assert read_press({"actions": []}, "T1") is None
