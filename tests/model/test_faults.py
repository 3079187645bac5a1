"""The table of what can go wrong: in code, in the README, and how a server's error finds its row."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from core.model.faults import (
    TABLE,
    Happened,
    Refusal,
    Remedy,
    context_figures,
    markdown,
    refused,
)
from core.model.parameters import OPTIONAL
from core.throttle.headers import retry_after
from tests.simulators.model_fixtures import error_body

NOW = 1_750_000_000.0


def test_the_readme_shows_the_table() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert markdown() in readme


def test_the_table_says_something_of_all_that_can_happen() -> None:
    assert set(TABLE) == set(Happened)
    assert {row.remedy for row in TABLE.values()} == set(Remedy)


def happened(status: int, **error: Any) -> Happened:
    return refused(Refusal(status, error), OPTIONAL, NOW).happened


@pytest.mark.parametrize(
    ("status", "error", "row"),
    [
        (400, {}, Happened.REFUSED),
        (400, {"message": "This model's maximum context length is 8192 tokens."}, Happened.TOO_LONG),
        (400, {"type": "exceed_context_size_error"}, Happened.TOO_LONG),
        (400, {"param": "messages", "message": "'stop' it"}, Happened.REFUSED),
        (400, {"param": "temperature", "code": "unsupported_value"}, Happened.WRONG_PARAMETER),
        (400, {"param": "reasoning.effort"}, Happened.WRONG_PARAMETER),
        (400, {"message": "Unknown field: safety_identifier"}, Happened.WRONG_PARAMETER),
        (422, {"message": "[{'loc': ('body', 'seed'), 'msg': 'Extra inputs'}]"}, Happened.WRONG_PARAMETER),
        (422, {"message": "please stop it"}, Happened.REFUSED),
        (400, {"message": "json_schema is not supported"}, Happened.WRONG_FORMAT),
        (400, {"param": "text.format"}, Happened.WRONG_FORMAT),
        (401, {}, Happened.BAD_KEY),
        (402, {}, Happened.QUOTA_SPENT),
        (403, {}, Happened.BAD_KEY),
        (404, {}, Happened.UNKNOWN_MODEL),
        (408, {}, Happened.SERVER_ERROR),
        (413, {}, Happened.TOO_LONG),
        (429, {}, Happened.RATE_LIMITED),
        (429, {"code": 429}, Happened.RATE_LIMITED),
        (429, {"type": "insufficient_quota", "code": None}, Happened.QUOTA_SPENT),
        (500, {"code": "invalid_api_key"}, Happened.SERVER_ERROR),
        (529, {}, Happened.SERVER_ERROR),
        (200, {"message": "oops"}, Happened.SERVER_ERROR),
        (200, {"code": "rate_limit_exceeded"}, Happened.RATE_LIMITED),
    ],
)
def test_an_error_finds_its_row(status: int, error: dict[str, Any], row: Happened) -> None:
    assert happened(status, **error) is row


def test_only_what_was_sent_can_be_left_out() -> None:
    error = Refusal(400, {"param": "seed"})
    assert refused(error, frozenset({"seed"}), NOW).parameter == "seed"
    assert refused(error, frozenset({"stop"}), NOW).happened is Happened.REFUSED


@pytest.mark.parametrize(
    ("error", "figures"),
    [
        (error_body("context_length", limit=8192, used=9001)["error"], (8192, 9001)),
        (
            {
                "message": "This model's maximum context length is 16,385 tokens. However, you requested "
                "20,000 tokens (19,000 in the messages, 1,000 in the completion)."
            },
            (16385, 20000),
        ),
        ({"message": "the request exceeds", "n_ctx": 512, "n_prompt_tokens": 600}, (512, 600)),
        ({"message": "prompt is too long: 210000 tokens > limit of 200000 tokens"}, (200000, 0)),
        ({"message": "too long"}, (0, 0)),
        ({}, (0, 0)),
    ],
)
def test_the_figures_are_read_from_what_the_server_says(
    error: dict[str, Any], figures: tuple[int, int]
) -> None:
    assert context_figures(error) == figures


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": format_datetime(datetime.fromtimestamp(NOW + 9, UTC), usegmt=True)}, 9.0),
        ({"retry-after": format_datetime(datetime.fromtimestamp(NOW - 9, UTC), usegmt=True)}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, 0.0),
    ],
)
def test_the_wait_is_read_from_the_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_what_the_server_said_is_in_no_repr() -> None:
    refusal = Refusal(400, {"message": "the prompt was: my secret"}, {"x": "my secret"})
    assert "secret" not in repr(refusal)
    fault = refused(refusal, OPTIONAL, NOW)
    assert "secret" not in f"{fault!r}{fault}"


@pytest.mark.parametrize("status", [429, 413])
def test_a_prompt_larger_than_a_whole_minute_allows_is_too_long_and_no_wait_helps(status: int) -> None:
    message = (
        "Request too large for gpt-4.1 in organization org-1 on tokens per min (TPM): Limit 6000, "
        "Requested 10500. The input or output tokens must be reduced in order to run successfully."
    )
    error = {"message": message, "code": "rate_limit_exceeded", "type": "tokens"}
    fault = refused(Refusal(status, error), OPTIONAL, NOW)
    assert (fault.happened, fault.limit, fault.used) == (Happened.TOO_LONG, 6_000, 10_500)


def test_a_rate_limit_that_passes_names_the_same_figures_and_stays_one() -> None:
    message = "Rate limit reached on tokens per min (TPM): Limit 6000, Used 5000, Requested 2000."
    error = {"message": message, "code": "rate_limit_exceeded", "type": "tokens"}
    assert refused(Refusal(429, error), OPTIONAL, NOW).happened is Happened.RATE_LIMITED


def test_a_date_that_no_calendar_holds_is_no_time_to_wait() -> None:
    assert retry_after({"retry-after": "Sun Nov  6 08:49:37 1994 99999999999999999 07:28:00"}, NOW) is None
