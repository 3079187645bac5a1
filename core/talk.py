"""When people go on talking among themselves where the bot serves. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

# After so long a silence what somebody says is no longer taken for a part of the talk.
TALK_SECONDS = 600.0
# Of what was said before, so much is looked at.
LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said in a conversation.

    Attributes:
        author: Who said it: the bot, an agent or a customer.
        at: When, in seconds since the epoch.
        to_others: Whether it was said to other people.
    """

    author: str
    at: float
    to_others: bool


def goes_on(author: str, at: float, before: Sequence[Said]) -> bool:
    """Say whether words that name nobody go on with a talk of other people.

    Where somebody has just spoken to another person, the next word of anybody else is an answer to that.
    Who goes on after their own words to another person, whom nobody has answered, may well mean the bot.

    Args:
        author: Who says them.
        at: When, in seconds since the epoch.
        before: What was said before in the conversation, the newest first.
    """
    if not before or at - before[0].at > TALK_SECONDS:
        return False
    talk = itertools.takewhile(lambda said: said.to_others, before)
    return any(said.author != author for said in talk)
