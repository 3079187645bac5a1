"""The shapes of what Slack sends, loaded from tests/fixtures/slack and filled in."""

import copy
import functools
import json
import re
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent.parent / "fixtures" / "slack"
MENTION = re.compile(r"<@(\w+)(?:\|[^>]*)?>")


@functools.cache
def _parsed(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
    return payload


def load_fixture(name: str, **fields: Any) -> dict[str, Any]:
    """A copy of one payload shape, with top-level fields replaced."""
    return {**copy.deepcopy(_parsed(name)), **fields}


def mentions(text: str, user: str) -> bool:
    """Whether the text holds <@user>."""
    return user in MENTION.findall(text)


def rich_text(text: str) -> list[dict[str, Any]]:
    """The blocks Slack makes of plain text: text runs and user mentions."""
    parts = MENTION.split(text)
    elements: list[dict[str, Any]] = []
    for index, part in enumerate(parts):
        if index % 2:
            elements.append({"type": "user", "user_id": part})
        elif part:
            elements.append({"type": "text", "text": part})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "bGk2", "elements": [section]}]
