"""What the simulated service is like: what there is, what it takes, and what its answers tell."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

RATE_LIMITS = {
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "200000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-remaining-tokens": "199000",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-reset-tokens": "300ms",
}
"""What the service sends with each answer; a test replaces `ModelSimulator.rate_limits`."""


def _flags_nothing(_: str) -> bool:
    return False


@dataclass(eq=False)
class Service:
    """A service that takes and tells everything; a test changes what shall be otherwise."""

    api_key: str = "sk-test"
    models: set[str] | None = None
    """The models there are; None takes any name."""
    supports: set[str] = field(default_factory=lambda: {"json_schema", "json_object"})
    """The kinds of response_format taken; others are refused with a 400."""
    sees: bool = True
    """Whether pictures are taken; a model that can't see refuses them with a 400."""
    unsupported_parameters: set[str] = field(default_factory=set)
    """Parameters refused with a 400 for as long as they stand here."""
    reports_usage: bool = True
    """Whether answers tell the tokens used; some compatible servers do not."""
    ignores_stream: bool = False
    """Whether answers come whole though a stream was asked for, as from some compatible servers."""
    calls_itself: str = ""
    """The model's name in answers; empty: as it was asked for."""
    malform: dict[str, Any] = field(default_factory=dict)
    """What replaces parts of each event of Chat Completions, as from a server that is none."""
    rate_limits: dict[str, str] = field(default_factory=lambda: dict(RATE_LIMITS))
    dimensions: int = 64
    """How many numbers an embedding has."""
    embedding_tokens: int = 8_192
    """The longest text that is embedded, four characters to a token."""
    takes_base64: bool = True
    """Whether embeddings come as base64 where that is asked for."""
    flags: Callable[[str], bool] = _flags_nothing
    """Which words the moderation flags."""
    moderation_status: int = 200
    """What the moderation answers with."""
