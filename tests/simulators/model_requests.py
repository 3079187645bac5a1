"""What reached the simulated model: a request, read alike whichever API it came by."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PICTURES = {"image_url", "input_image"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request for a completion, as it arrived."""

    id: str
    """The x-request-id of its answer."""
    body: dict[str, Any]
    headers: Mapping[str, str]
    at: float
    """When it arrived, by `time.monotonic`."""
    api: str = "chat"
    """`chat`, `responses` or `embeddings`."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages, as Chat Completions has them."""
        messages: list[dict[str, Any]] = self.body.get("messages", [])
        if self.api == "chat":
            return messages
        if self.api == "embeddings":
            return [{"role": "user", "content": text} for text in self.texts]
        instructions = self.body.get("instructions")
        first = [{"role": "system", "content": instructions}] if instructions else []
        return [*first, *self.input]

    @property
    def texts(self) -> list[str]:
        """What is to be embedded."""
        given = self.body.get("input") or []
        return [given] if isinstance(given, str) else given

    @property
    def input(self) -> list[dict[str, Any]]:
        """The input of the Responses API."""
        given = self.body.get("input") or []
        return [{"role": "user", "content": given}] if isinstance(given, str) else given

    @property
    def format(self) -> dict[str, Any]:
        """The form that the answer is asked for in, as Chat Completions has it; empty for none."""
        if self.api == "chat":
            wanted: dict[str, Any] = self.body.get("response_format") or {}
            return wanted
        form: dict[str, Any] = (self.body.get("text") or {}).get("format") or {}
        return {"type": form["type"], "json_schema": form} if form.get("type") == "json_schema" else form

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def system(self) -> str:
        """All that the system says, joined by empty lines."""
        return "\n\n".join(
            text_of(message) for message in self.messages if message.get("role") in ("system", "developer")
        )

    @property
    def last_user(self) -> str:
        """The last user message, or an empty string where there is none."""
        users = [message for message in self.messages if message.get("role") == "user"]
        return text_of(users[-1]) if users else ""

    @property
    def text(self) -> str:
        """Every word of the messages."""
        return "\n".join(text_of(message) for message in self.messages)


def text_of(message: dict[str, Any]) -> str:
    """The words of a message, whose content may be a string, a list of parts, or nothing."""
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content)
    return content or ""


def pictures_of(message: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The pictures of a message of either API: media type and bytes, both empty for what is no picture."""
    content = message.get("content")
    parts = [part for part in content if part.get("type") in _PICTURES] if isinstance(content, list) else []
    found = []
    for part in parts:
        address = part["image_url"]
        head, _, data = str(address["url"] if part["type"] == "image_url" else address).partition(",")
        kind = head.removeprefix("data:").removesuffix(";base64")
        try:
            found.append((kind, base64.b64decode(data, validate=True)))
        except ValueError:
            found.append(("", b""))
    return found
