"""What Slack's errors about a post's form mean, in the shape in which Slack tells of them."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.slack_faults import repeatable, trouble
from core.ports import BadForm, Refused


def error(name: str, *messages: str) -> SlackApiError:
    body: dict[str, Any] = {"ok": False, "error": name}
    if messages:
        body["response_metadata"] = {"messages": list(messages)}
    response = AsyncSlackResponse(
        client=AsyncWebClient("xoxb"),
        http_verb="POST",
        api_url="chat.postMessage",
        req_args={},
        data=body,
        headers={},
        status_code=200,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("refused", "buttons"),
    [
        (error("msg_too_long"), False),
        (error("no_text"), False),
        (error("invalid_blocks"), True),
        (error("invalid_blocks", "[ERROR] too long [json-pointer:/blocks/1/elements/0/text]"), True),
        (error("invalid_blocks", "[ERROR] too long [json-pointer:/blocks/0/text/text]"), False),
    ],
)
def test_a_form_is_refused_with_or_without_its_buttons(refused: SlackApiError, buttons: bool) -> None:
    for fault in (trouble(refused), repeatable(refused)):
        assert isinstance(fault, BadForm)
        assert fault.buttons is buttons


def test_what_is_not_about_the_form_can_not_be_mended_by_another() -> None:
    assert type(trouble(error("is_archived"))) is Refused
