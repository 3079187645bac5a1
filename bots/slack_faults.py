"""What an error of Slack's Web API means."""

from __future__ import annotations

from collections.abc import Awaitable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.adapter import StartFailed
from core.ports import BadForm, Refused, TryLater, Unknown

# What a call of the Web API can end with.
FAULTS = (SlackApiError, aiohttp.ClientError, TimeoutError)
# Errors after which a post may have been made all the same.
_DOUBTFUL = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}

# Errors that are about how a post is written; those about blocks may be about its buttons.
# docs.slack.dev/reference/methods/chat.postMessage
_FORM = {"no_text", "msg_too_long", "markdown_text_conflict"}
_BLOCKS = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}

# Agents read these when their words could not be delivered.
_PLAIN = {
    "channel_not_found": "the channel is gone, or the bot was never in it",
    "not_in_channel": "the bot is not in that channel",
    "is_archived": "the channel is archived",
    "message_not_found": "the message is gone",
    "restricted_action": "the workspace's rules don't let the bot write there",
    "thread_not_found": "the thread is gone",
}


async def asked(call: Awaitable[AsyncSlackResponse], setting: str, remedy: str) -> AsyncSlackResponse:
    """Make a call of the start; tell a token that is refused from a Slack that does not answer."""
    try:
        return await call
    except FAULTS as error:
        if isinstance(trouble(error), Refused):
            raise StartFailed(f"Slack refuses {setting} ({why(error)}). {remedy}") from error
        raise StartFailed(
            f"Slack can't be reached ({why(error)}). Check the network and SLACK_API_URL, or try later."
        ) from error


def why(error: Exception) -> str:
    """Return what went wrong in a word: Slack's own error, or the exception's kind."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error") or f"HTTP {error.response.status_code}")
    return type(error).__name__


def trouble(error: Exception) -> TryLater | Refused | Unknown:
    """Say what an error of the Web API means for a post."""
    words = f"Slack: {why(error)}"
    if isinstance(error, SlackApiError):
        status = error.response.status_code
        if status == 429 or error.response.get("error") == "ratelimited":
            return TryLater(words, float(error.response.headers.get("Retry-After", 1)))
        if status >= 500 or error.response.get("error") in {None, *_DOUBTFUL}:
            return Unknown(words)
        if why(error) in _FORM | _BLOCKS:
            return BadForm(words, buttons=why(error) in _BLOCKS and _about_buttons(error))
        plain = _PLAIN.get(why(error))
        return Refused(f"{plain} ({words})" if plain else words)
    if isinstance(error, aiohttp.ClientConnectorError):
        return TryLater(words)
    return Unknown(words)


def _about_buttons(error: SlackApiError) -> bool:
    """Say whether blocks may be refused for what can be pressed in them; Slack mostly tells where it is."""
    told = (error.response.get("response_metadata") or {}).get("messages") or []
    return not told or any("/elements" in str(message) for message in told)


def repeatable(error: Exception) -> TryLater | Refused | Unknown:
    """Say what an error means for a call that may be made twice."""
    fault = trouble(error)
    return TryLater(str(fault)) if isinstance(fault, Unknown) else fault
