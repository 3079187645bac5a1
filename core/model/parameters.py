"""Which parameters a family of models takes, and what a server was found to refuse. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from core.model.formats import Forms
from core.settings import Settings
from core.sight import Sight, sight_of


@dataclass(frozen=True, slots=True)
class Family:
    """Models that take the same.

    Attributes:
        names: Their names, without what stands before a slash and without `ft:`.
        takes: The parameters to send where they are set; the server's word comes after that.
        limit: How Chat Completions calls the longest answer for them.
    """

    names: re.Pattern[str]
    takes: frozenset[str]
    limit: str = "max_tokens"


_SAMPLING = frozenset({"temperature", "top_p", "seed", "stop"})
# The first that fits. Models that reason before they answer take no sampling, and count their thinking as
# output: platform.openai.com/docs/guides/reasoning. Other servers get what is set, and say what they refuse.
FAMILIES = (
    Family(
        re.compile(r"o\d|gpt-[5-9](?!.*chat)"),
        frozenset({"seed", "reasoning_effort", "service_tier"}),
        "max_completion_tokens",
    ),
    Family(re.compile(r"gpt-oss"), _SAMPLING | {"reasoning_effort", "service_tier"}),
    Family(re.compile(r"gpt-|chatgpt-"), _SAMPLING | {"service_tier"}),
    Family(re.compile(""), _SAMPLING | {"reasoning_effort", "service_tier"}),
)

# What a request can do without, by the names that the two APIs have for it.
OPTIONAL = frozenset(
    "temperature top_p seed stop reasoning_effort reasoning service_tier stream_options safety_identifier "
    "store max_tokens max_completion_tokens max_output_tokens".split()
)


@dataclass
class Manner:
    """How one model wants to be asked: what its family takes, and what its server taught us since we began.

    Attributes:
        model: Its name.
        wanted: The parameters that are set and that its family takes.
        limit: How Chat Completions calls the longest answer for it.
        forms: The form of answer that it takes.
        refused: What its server refused; it is not sent again.
        sight: How it sees pictures; None if it doesn't, or its server takes none.
    """

    model: str
    wanted: dict[str, Any] = field(default_factory=dict)
    limit: str = "max_tokens"
    forms: Forms = field(default_factory=Forms)
    refused: set[str] = field(default_factory=set)
    sight: Sight | None = None

    @property
    def stops(self) -> bool:
        """Whether words are sent that end an answer, be it in the middle of its form."""
        return "stop" in self.wanted and "stop" not in self.refused

    def without_refused(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return a request's body without what the server refused."""
        return {name: value for name, value in body.items() if name not in self.refused}


def family_of(model: str) -> Family:
    """Return the family of a model, by its name."""
    bare = model.rpartition("/")[2].removeprefix("ft:")
    return next(family for family in FAMILIES if family.names.match(bare))


def manner_of(model: str, settings: Settings) -> Manner:
    """Return how a model is asked to begin with."""
    family = family_of(model)
    given = {
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "seed": settings.seed,
        "stop": list(settings.stop) or None,
        "reasoning_effort": settings.reasoning_effort,
        "service_tier": settings.service_tier,
    }
    wanted = {name: value for name, value in given.items() if name in family.takes and value is not None}
    return Manner(model, wanted, family.limit, sight=sight_of(model, settings.vision))


def safety_identifier(customer: str) -> str:
    """Return what tells a provider customers apart without telling who they are: 64 characters."""
    return hashlib.sha256(customer.encode()).hexdigest()[:64] if customer else ""
