"""The form that an answer is asked for in, and the simpler ones for servers that don't know it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from core.messages import Action, Reason

# What a model may give as its reason; the others are decided in code.
MODEL_REASONS = (
    Reason.ASKED_FOR_PERSON,
    Reason.NOT_IN_ARTICLES,
    Reason.UNSURE,
    Reason.SENSITIVE,
    Reason.UPSET,
)

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": [action.value for action in Action]},
        "reason": {
            "anyOf": [
                {"type": "string", "enum": [reason.value for reason in MODEL_REASONS]},
                {"type": "null"},
            ]
        },
        "sources": {"type": "array", "items": {"type": "string"}},
        "reply": {"type": "string"},
    },
    "required": ["action", "reason", "sources", "reply"],
    "additionalProperties": False,
}


class Form(IntEnum):
    """From the strictest form that a server may know to none."""

    SCHEMA = 0
    JSON = 1
    PLAIN = 2


# What a form adds to the prompt on the server's side, in tokens, rounded up.
FORM_TOKENS = {Form.SCHEMA: 150, Form.JSON: 10, Form.PLAIN: 0}
FORM_NAMES = {Form.SCHEMA: "JSON schema", Form.JSON: "JSON mode", Form.PLAIN: "plain text"}
# Servers refuse their JSON mode where no message mentions JSON.
JSON_WORD = "Answer with one JSON object."


@dataclass
class Forms:
    """The form that a model takes, kept for the life of the process."""

    now: Form = Form.SCHEMA

    def step_down(self, refused: Form) -> bool:
        """Take the next simpler form than the one refused, unless that was done; say whether there is one."""
        if refused is Form.PLAIN:
            return False
        self.now = max(self.now, Form(refused + 1))
        return True
