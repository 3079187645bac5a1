"""Chat Completions: an order as a request's body, and what its events say. Pure."""

from __future__ import annotations

from typing import Any

from core.messages import Usage
from core.model.formats import ANSWER_SCHEMA, JSON_WORD, Form
from core.model.orders import ErrorEvent, Finish, Heard, Order, counted, data_url
from core.model.parameters import Manner, safety_identifier
from core.ports import ChatMessage

PATH = "/chat/completions"
_FORMATS: dict[Form, dict[str, Any]] = {
    Form.SCHEMA: {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": ANSWER_SCHEMA},
    },
    Form.JSON: {"type": "json_object"},
}
_FINISHES = {"length": Finish.LENGTH, "content_filter": Finish.FILTER}
_LIMITS = ("max_tokens", "max_completion_tokens")


def body(order: Order, manner: Manner, form: Form) -> dict[str, Any]:
    """Return the body of a request."""
    messages: list[Any] = [_with_parts(message) for message in order.messages]
    by_us = (message["content"].lower() for message in messages if message["role"] == "system")
    if form is Form.JSON and not any("json" in text for text in by_us):
        messages.insert(0, {"role": "system", "content": JSON_WORD})
    asked: dict[str, Any] = {
        "model": manner.model,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        **manner.wanted,
        _limit(manner): order.max_tokens,
    }
    if form in _FORMATS:
        asked["response_format"] = _FORMATS[form]
    if who := safety_identifier(order.asker.customer):
        asked["safety_identifier"] = who
    return manner.without_refused(asked)


def _with_parts(message: ChatMessage) -> Any:
    """Return a message as the API takes it: pictures are parts of its content, after its words."""
    pictures = message.get("pictures")
    if not pictures:
        return message
    parts: list[Any] = [{"type": "text", "text": message["content"]}]
    parts += [
        {"type": "image_url", "image_url": {"url": data_url(picture), "detail": picture.detail}}
        for picture in pictures
    ]
    return {"role": message["role"], "content": parts}


def _limit(manner: Manner) -> str:
    """Return how the longest answer is called: the other name, where the server refused the usual one."""
    if manner.limit not in manner.refused:
        return manner.limit
    return next((name for name in _LIMITS if name not in manner.refused), manner.limit)


def hear(event: dict[str, Any], streamed: bool) -> Heard | None:
    """Return what an event says, or a whole answer; None if it is neither.

    Raises:
        ErrorEvent: It is an error.
    """
    if event.get("error"):
        raise ErrorEvent(event["error"])
    usage = _usage(event)
    choices = event.get("choices")
    if not choices:
        return Heard(usage=usage) if streamed and (usage or isinstance(choices, list)) else None
    choice = choices[0]
    said = choice.get("delta" if streamed else "message") or {}
    finish = choice.get("finish_reason")
    return Heard(
        _text(said.get("content")),
        bool(said.get("refusal")),
        _FINISHES.get(finish, Finish.STOP) if finish else None,
        usage,
    )


def _text(content: object) -> str:
    """Return the words of an answer; some servers send them in parts, their thinking among these."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content if part.get("type") == "text")
    return content if isinstance(content, str) else ""


def _usage(event: dict[str, Any]) -> Usage | None:
    used = event.get("usage")
    if not isinstance(used, dict):
        return None
    details = used.get("prompt_tokens_details")
    prompt = counted(used.get("prompt_tokens"))
    cached = counted(details.get("cached_tokens")) if isinstance(details, dict) else 0
    return Usage(
        prompt_tokens=prompt,
        cached_tokens=min(prompt, cached),
        completion_tokens=counted(used.get("completion_tokens")),
        calls=1,
    )
