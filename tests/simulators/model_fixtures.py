"""What the service sends, kept as files: its answers, and its errors with their usual figures."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent.parent / "fixtures" / "openai"

_ERRORS_BY_CODE = {
    "context_length_exceeded": "context_length",
    "insufficient_quota": "quota",
    "invalid_api_key": "invalid_api_key",
    "model_not_found": "model_not_found",
    "rate_limit_exceeded": "rate_limit",
    "unsupported_parameter": "unsupported_parameter",
}
_FIGURES = {"model": "gpt-4o-mini", "key": "sk-***", "limit": 8192, "used": 9001, "wait": 1}
"""What fills the placeholders of an error when the test does not care."""
_ERRORS_BY_STATUS = {
    401: "invalid_api_key",
    404: "model_not_found",
    429: "rate_limit",
    500: "server",
    502: "server",
    503: "overloaded",
    504: "server",
}


@cache
def _fixture_text(name: str) -> str:
    return (FIXTURES / f"{name}.json").read_text(encoding="utf-8")


def fixture(name: str) -> dict[str, Any]:
    """The content of tests/fixtures/openai/NAME.json, for its reader to change."""
    loaded: dict[str, Any] = json.loads(_fixture_text(name))
    return loaded


def error_body(name: str, /, **figures: object) -> dict[str, Any]:
    """The body of tests/fixtures/openai/error_NAME.json, its placeholders filled in."""
    body = fixture(f"error_{name}")
    error = body["error"]
    for key in ("message", "param"):
        if error[key] is not None:
            error[key] = error[key].format(**figures)
    return body


def error_of(status: int, code: str | None = None, **figures: object) -> dict[str, Any]:
    """The usual error of this code, or else of this status, with usual figures for those not given."""
    default = "other" if 400 <= status < 500 else "server"
    name = _ERRORS_BY_CODE.get(code or "", _ERRORS_BY_STATUS.get(status, default))
    return error_body(name, **{**_FIGURES, **figures})
