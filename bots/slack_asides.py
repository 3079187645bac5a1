"""What one person alone is told on Slack, in answer to a command or to a pressed button."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from bots.slack_blocks import blocks
from bots.slack_faults import FAULTS
from bots.slack_format import to_slack
from core.messages import Aside
from core.splitting import split

# A text may have 40,000 characters (docs.slack.dev/reference/methods/chat.postEphemeral); fewer are readable.
LONGEST = 12_000
# A response URL takes five answers (docs.slack.dev/interactivity/handling-user-interaction).
MOST_PARTS = 4

Call = Callable[..., Awaitable[Any]]


def messages_of(aside: Aside) -> list[dict[str, Any]]:
    """Return the messages of an aside, its buttons below the last; none if it says nothing. Pure."""
    *before, last = split(to_slack(aside.text), LONGEST)[:MOST_PARTS] or [""]
    shown: list[dict[str, Any]] = [{"text": part} for part in before]
    return [*shown, {"text": last, "blocks": blocks(last, aside.buttons) or None}] if last else []


async def whisper(respond: Call, aside: Aside, *, instead: bool = False) -> None:
    """Tell somebody by the response URL of what they did: it works where the bot is not, too.

    Args:
        respond: Bolt's utility that posts to it.
        aside: What to tell, which may be nothing.
        instead: Whether it takes the place of the message that was pressed.
    """
    shown = messages_of(aside)
    with contextlib.suppress(*FAULTS):
        if instead and not shown:
            await respond(delete_original=True)
        for number, message in enumerate(shown):
            replaces = instead and number == 0
            await respond(**message, response_type="ephemeral", replace_original=replaces)
