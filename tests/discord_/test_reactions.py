"""From Discord's reactions to thumbs on answers, with recorded payloads and without Discord."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import discord
import pytest

from bots.discord_events import read_reaction
from core.messages import Author, IncomingReaction, Press

FIXTURES = Path(__file__).parents[1] / "fixtures" / "discord"
ME: Any = discord.Object(1000)


def reaction(kind: str = "ADD", emoji: str = "\N{THUMBS UP SIGN}", **fields: Any) -> IncomingReaction | None:
    data = json.loads((FIXTURES / f"message_reaction_{kind.lower()}.json").read_text())["d"] | fields
    shown = discord.PartialEmoji(name=emoji)
    event: Any = f"REACTION_{kind}"
    return read_reaction(discord.RawReactionActionEvent(data, shown, event), ME)


@pytest.mark.parametrize(
    ("emoji", "press"),
    [
        ("\N{THUMBS UP SIGN}", Press.HELPFUL),
        ("\N{THUMBS UP SIGN}\U0001f3ff", Press.HELPFUL),
        ("\N{THUMBS DOWN SIGN}", Press.UNHELPFUL),
        ("\N{THUMBS DOWN SIGN}\U0001f3fb", Press.UNHELPFUL),
    ],
)
def test_a_thumb_names_the_post_by_its_reference(emoji: str, press: Press) -> None:
    who, ref = Author("discord:2000"), "discord:3000/1235526000000000001"
    assert reaction(emoji=emoji) == IncomingReaction(press, ref, who)
    # Whose message it was on is not told of one that went.
    assert reaction("REMOVE", emoji) == IncomingReaction(press, ref, who, True)


def test_all_else_is_left_alone() -> None:
    assert reaction(emoji="\N{EYES}") is None
    assert reaction(message_author_id="2001") is None
    assert reaction(user_id="1000") is None
