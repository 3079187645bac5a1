"""What Slack checks of a message before it takes it."""

import json
import re
from typing import Any

from tests.simulators.slack_blocks import markdown_length, problems_of
from tests.simulators.slack_workspace import SlackError

Arguments = dict[str, Any]

POST_LIMIT = 40_000
UPDATE_LIMIT = 4_000
MARKDOWN_LIMIT = 12_000
EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
TS = re.compile(r"\d+(\.\d+)?")


def structured(arguments: Arguments, name: str, error: str) -> Any:
    """An argument that holds lists or objects, which a form sends as JSON text."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(error) from None


def checked_text(arguments: Arguments, limit: int) -> str:
    """The text of a message to be posted: none needed beside blocks or attachments."""
    markdown = arguments.get("markdown_text")
    if markdown is not None:
        if arguments.get("text") or arguments.get("blocks"):
            raise SlackError("markdown_text_conflict")
        if len(str(markdown)) > MARKDOWN_LIMIT:
            raise SlackError("msg_too_long")
        return str(markdown)
    text = str(arguments.get("text") or "")
    empty: tuple[Any, ...] = (None, "", "[]", [])
    if not text.strip() and arguments.get("blocks") in empty and arguments.get("attachments") in empty:
        raise SlackError("no_text")
    if len(text) > limit:
        raise SlackError("msg_too_long")
    return text


def checked_blocks(arguments: Arguments) -> list[dict[str, Any]] | None:
    """The blocks of a message, refused when they break Slack's limits."""
    blocks = structured(arguments, "blocks", "invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    if problems := list(problems_of(blocks)):
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": messages})
    if markdown_length(blocks) > MARKDOWN_LIMIT:
        raise SlackError("msg_blocks_too_long")
    return blocks


def checked_metadata(arguments: Arguments) -> dict[str, Any] | None:
    """The metadata of a message; an empty object is allowed and means none."""
    metadata = structured(arguments, "metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    complete = isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    if metadata and not complete:
        raise SlackError("invalid_metadata_schema")
    return metadata


def streamed_text(arguments: Arguments) -> str:
    """What one call adds to a streamed message: its markdown_text or its markdown chunks."""
    chunks = structured(arguments, "chunks", "invalid_chunks") or []
    if not isinstance(chunks, list):
        raise SlackError("invalid_chunks")
    parts = [str(arguments.get("markdown_text") or "")]
    parts += [str(chunk["text"]) for chunk in chunks if chunk.get("type") == "markdown_text"]
    if any(len(part) > MARKDOWN_LIMIT for part in parts):
        raise SlackError("msg_too_long")
    return "".join(parts)


def checked_emoji(arguments: Arguments) -> str:
    """The name of a reaction: without colons, and not the character itself."""
    name = str(arguments.get("name") or "")
    if not EMOJI.fullmatch(name):
        raise SlackError("invalid_name")
    return name


def checked_timestamp(arguments: Arguments) -> str:
    """The ts of the message that a reaction is for."""
    ts = str(arguments.get("timestamp") or "")
    if not ts or not arguments.get("channel"):
        raise SlackError("no_item_specified")
    if not TS.fullmatch(ts):
        raise SlackError("bad_timestamp")
    return ts
