"""The Responses API: an order as a request's body, and what its events say. Nothing is kept there. Pure."""

from __future__ import annotations

from typing import Any

from core.messages import Usage
from core.model.formats import ANSWER_SCHEMA, JSON_WORD, Form
from core.model.orders import ErrorEvent, Finish, Heard, Order, counted, data_url
from core.model.parameters import Manner, safety_identifier
from core.ports import ChatMessage

PATH = "/responses"
_FORMATS: dict[Form, dict[str, Any]] = {
    Form.SCHEMA: {"type": "json_schema", "name": "answer", "strict": True, "schema": ANSWER_SCHEMA},
    Form.JSON: {"type": "json_object"},
}
# It has no words for the others.
_TAKES = ("temperature", "top_p", "service_tier")
_FINISHES = {"max_output_tokens": Finish.LENGTH, "content_filter": Finish.FILTER}


def body(order: Order, manner: Manner, form: Form) -> dict[str, Any]:
    """Return the body of a request: the first system message as instructions, the others as input."""
    given: list[Any] = [_with_parts(message) for message in order.messages]
    instructions = given.pop(0)["content"] if given and given[0]["role"] == "system" else None
    # Only the input counts here for the rule that JSON must be mentioned.
    if form is Form.JSON and not any("json" in str(message["content"]).lower() for message in given):
        given.insert(0, {"role": "system", "content": JSON_WORD})
    asked: dict[str, Any] = {
        "model": manner.model,
        "input": given,
        "stream": True,
        "store": False,
        "max_output_tokens": order.max_tokens,
        **{name: manner.wanted[name] for name in _TAKES if name in manner.wanted},
    }
    if instructions is not None:
        asked["instructions"] = instructions
    if effort := manner.wanted.get("reasoning_effort"):
        asked["reasoning"] = {"effort": effort}
    if form in _FORMATS:
        asked["text"] = {"format": _FORMATS[form]}
    if who := safety_identifier(order.asker.customer):
        asked["safety_identifier"] = who
    return manner.without_refused(asked)


def _with_parts(message: ChatMessage) -> Any:
    """Return a message as the API takes it: pictures are parts of its content, after its words."""
    pictures = message.get("pictures")
    if not pictures:
        return message
    parts: list[Any] = [{"type": "input_text", "text": message["content"]}]
    parts += [
        {"type": "input_image", "image_url": data_url(picture), "detail": picture.detail}
        for picture in pictures
    ]
    return {"role": message["role"], "content": parts}


def hear(event: dict[str, Any], streamed: bool) -> Heard | None:
    """Return what an event says, or a whole answer; None if it is neither.

    Raises:
        ErrorEvent: It is an error.
    """
    if not streamed:
        return _whole(event)
    match event.get("type"):
        case "response.output_text.delta":
            return Heard(event.get("delta") or "")
        case "response.refusal.delta" | "response.refusal.done":
            return Heard(refused=True)
        case "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled":
            ended = event.get("response") or {}
            return Heard(finish=_finish(ended), usage=_usage(ended))
        case "error":
            # The error's fields stand in the event itself, or in an object of their own.
            raise ErrorEvent(event.get("error") or event)
        case str():
            return Heard()
    if event.get("error"):
        raise ErrorEvent(event["error"])
    return None


def _whole(response: dict[str, Any]) -> Heard | None:
    finish = _finish(response)
    if not isinstance(response.get("output"), list):
        return None
    parts = [
        part
        for item in response["output"]
        if item.get("type") == "message"
        for part in item.get("content") or []
    ]
    text = "".join(part.get("text") or "" for part in parts if part.get("type") == "output_text")
    refused = any(part.get("type") == "refusal" for part in parts)
    return Heard(text, refused, finish, _usage(response))


def _finish(response: dict[str, Any]) -> Finish:
    if response.get("error"):
        raise ErrorEvent(response["error"])
    why = (response.get("incomplete_details") or {}).get("reason")
    return _FINISHES.get(str(why), Finish.STOP)


def _usage(response: dict[str, Any]) -> Usage | None:
    used = response.get("usage")
    if not isinstance(used, dict):
        return None
    details = used.get("input_tokens_details")
    prompt = counted(used.get("input_tokens"))
    return Usage(
        prompt_tokens=prompt,
        cached_tokens=min(prompt, counted(details.get("cached_tokens")) if isinstance(details, dict) else 0),
        completion_tokens=counted(used.get("output_tokens")),
        calls=1,
    )
