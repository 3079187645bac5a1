"""Slack's assistant pane: what is suggested there and how its threads are named.

Its threads are conversations like other threads in direct messages. Bolt's AsyncAssistant is not used: its
listeners run after the acknowledgement, so that a greeting could be lost, and it keeps a pane's context in
the metadata of a message that it posts itself, for which we have no use.
"""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bots.slack_posts import Spot
from core.markdown import excerpt
from core.messages import IncomingMessage

TITLE_LIMIT = 80


def opened(event: dict[str, Any]) -> Spot | None:
    """Return the thread that somebody sees in the pane, from an event of the pane; None if it names none."""
    thread: dict[str, Any] = event.get("assistant_thread") or {}
    channel, ts = thread.get("channel_id"), thread.get("thread_ts")
    return Spot(str(channel), str(ts)) if channel and ts else None


def may_need_title(message: IncomingMessage, where: Spot) -> bool:
    """Say whether a message may be the first one in a thread of the pane: one in a direct message."""
    return where.channel.startswith("D") and where.thread is not None and bool(message.text.strip())


async def suggest(client: AsyncWebClient, where: Spot, prompts: tuple[str, ...]) -> None:
    """Show questions that can be asked by a click."""
    if prompts and where.thread:
        await client.assistant_threads_setSuggestedPrompts(
            channel_id=where.channel,
            thread_ts=where.thread,
            prompts=[{"title": prompt, "message": prompt} for prompt in prompts],
        )


async def entitle(client: AsyncWebClient, where: Spot, question: str) -> None:
    """Name a thread in the pane's history by its first question."""
    title = excerpt(" ".join(question.split()), TITLE_LIMIT)
    await client.assistant_threads_setTitle(
        channel_id=where.channel, thread_ts=str(where.thread), title=title
    )
