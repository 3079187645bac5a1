"""Settings, from the environment and `.env`; all wrong ones are told at once, by name, without secrets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    HttpUrl,
    NonNegativeInt,
    PositiveInt,
    SecretStr,
    StringConstraints,
    UrlConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, Url
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict

from core.faults import Mendable

WebSocketUrl = Annotated[Url, UrlConstraints(allowed_schemes=["ws", "wss"])]

AGENTS_PATTERN = r"^(slack:[CG][A-Z0-9]+|discord:[0-9]{1,20})$"
# One mention, in Slack's notation (a person, a user group, everybody here) or Discord's (a person, a role).
MENTION_PATTERN = (
    r"^(<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<!(here|channel)>|<@!?[0-9]{1,20}>|<@&[0-9]{1,20}>)$"
)

# A person: on Slack with the id of their workspace.
PERSON_PATTERN = r"^(slack:T[A-Z0-9]+/[UW][A-Z0-9]+|discord:[0-9]{1,20})$"
PersonId = Annotated[str, StringConstraints(pattern=PERSON_PATTERN)]


def _listed(value: object) -> object:
    """Return the entries of a list that is written with commas or spaces between."""
    return tuple(re.split(r"[\s,]+", value.strip())) if isinstance(value, str) and value.strip() else value


def _quoted(value: object) -> object:
    """Return the entries of a list that is written with commas between; they may hold spaces."""
    return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


# Slack's tokens tell by their first letters what they are for; mixing them up is the commonest mistake.
_SLACK_PREFIXES = ("xoxb-", "xapp-", "xoxp-")
_SHAPES = {
    "slack_bot_token": ("xoxb-", "the Bot User OAuth Token, under OAuth & Permissions"),
    "slack_app_token": ("xapp-", "an App-Level Token, under Basic Information"),
}
# From so alike on, by difflib's measure, a name that is no setting is taken for one with a slip.
_NEARLY = 0.85


class Settings(BaseSettings):
    """What whoever runs Frontdesk can set; `.env.example` explains each one."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    openai_api_key: SecretStr | None = None
    openai_base_url: HttpUrl | None = None
    openai_api: Literal["chat", "responses"] = "chat"
    openai_model: str = "gpt-4.1-mini"
    openai_fallback_model: str | None = None
    vision: Literal["auto", "true", "false"] = "auto"
    temperature: float = Field(default=0.2, ge=0, le=2)
    max_tokens: int = Field(default=800, ge=50)
    top_p: float = Field(default=1.0, gt=0, le=1)
    seed: int | None = None
    stop: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_quoted), Field(max_length=4)] = ()
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    service_tier: Literal["auto", "default", "flex", "priority"] | None = None
    context_tokens: int = Field(default=20_000, ge=1_000)
    history: Literal["drop", "summary", "session"] = "drop"
    session_hours: float = Field(default=12, gt=0)
    answer_timeout: float = Field(default=60, gt=0)
    stall_timeout: float = Field(default=20, gt=0)
    moderation: bool = False

    embeddings: Literal["auto", "local", "provider", "none"] = "auto"
    openai_embedding_model: str = "text-embedding-3-small"
    answerable: float | None = Field(default=None, ge=0, le=1)

    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1_000)
    calls_at_once: int = Field(default=200, ge=1)
    questions_per_minute: int = Field(default=20, ge=1)
    queue_size: int = Field(default=500, ge=1)

    budget_day: Decimal | None = Field(default=None, gt=0)
    budget_month: Decimal | None = Field(default=None, gt=0)
    customer_budget_day: Decimal | None = Field(default=None, gt=0)
    customer_budget_month: Decimal | None = Field(default=None, gt=0)
    prices: Path | None = None

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_connections: int = Field(1, ge=1, le=10)
    slack_api_url: HttpUrl = HttpUrl("https://slack.com/api/")

    discord_token: SecretStr | None = None
    discord_api_url: HttpUrl = HttpUrl("https://discord.com/api/v10")
    discord_gateway_url: WebSocketUrl = Url("wss://gateway.discord.gg/")
    discord_shards: Literal["auto"] | NonNegativeInt = 0
    discord_channels: Annotated[tuple[PositiveInt, ...], NoDecode, BeforeValidator(_listed)] = ()

    agents: Annotated[str, StringConstraints(pattern=AGENTS_PATTERN)] | None = None
    agents_mention: Annotated[str, StringConstraints(pattern=MENTION_PATTERN)] | None = None
    agent_ids: Annotated[tuple[PersonId, ...], NoDecode, BeforeValidator(_listed)] = ()

    knowledge_dir: Path = Path("knowledge")
    index_dir: Path = Path("data/index")
    database: Path = Path("data/frontdesk.db")
    threads: bool = True
    turns_at_once: int = Field(default=200, ge=1)
    read_back_hours: float = Field(default=12, ge=0)
    read_back_timeout: float = Field(default=60, gt=0)
    shutdown_seconds: float = Field(default=10, ge=0)
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="wrap")
    @classmethod
    def _together(cls, data: Any, handler: Any) -> Self:
        """Check what spans several settings also when single ones are wrong, so that all are told at once."""
        errors = _across(data) if isinstance(data, dict) else []
        try:
            settings: Self = handler(data)
        except ValidationError as error:
            errors = [*_as_details(error), *errors]
        if errors:
            raise ValidationError.from_exception_data("Settings", errors, hide_input=True)
        return settings

    @property
    def uses_model(self) -> bool:
        """Whether a model answers; without one the articles are quoted."""
        return self.openai_api_key is not None or self.openai_base_url is not None

    @property
    def prompt_tokens(self) -> int:
        """The largest prompt, in tokens."""
        return self.context_tokens - self.max_tokens

    @property
    def platforms(self) -> list[str]:
        """The platforms whose tokens are set."""
        tokens = {"slack": self.slack_bot_token, "discord": self.discord_token}
        return [name for name, token in tokens.items() if token is not None]


class WrongSettings(Mendable):
    """Settings that can't be used; each line of the text names one and says what is expected."""


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` come before the environment.

    Raises:
        WrongSettings: Names all wrong settings, without their values where these are secrets.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"  {_name(e['loc'])}: {_words(e)}" for e in error.errors(include_url=False)]
        raise WrongSettings("\n".join(dict.fromkeys(["These settings are wrong:", *lines]))) from None


def misspelt() -> Mapping[str, str]:
    """Return the names in `.env` that are no settings but nearly so, each with the one that may be meant."""
    names = [name.lower() for name in DotEnvSettingsSource(Settings).env_vars]
    near = {
        name: difflib.get_close_matches(name, Settings.model_fields, 1, cutoff=_NEARLY)
        for name in names
        if name not in Settings.model_fields
    }
    return {name.upper(): found[0].upper() for name, found in near.items() if found}


def _across(data: dict[str, Any]) -> list[InitErrorDetails]:
    values = {key.lower(): _plain(value) for key, value in data.items() if value is not None}
    found: list[InitErrorDetails] = []

    def wrong(name: str, message: str) -> None:
        found.append(_detail(name, message))

    for name, (prefix, what) in _SHAPES.items():
        others = tuple(other for other in _SLACK_PREFIXES if other != prefix)
        if values.get(name, "").startswith(others):
            wrong(name, f"must start with {prefix} ({what})")
    if "slack_bot_token" in values and not {"slack_app_token", "slack_signing_secret"} & set(values):
        wrong(
            "slack_app_token",
            "is needed beside SLACK_BOT_TOKEN for Socket Mode (or SLACK_SIGNING_SECRET for HTTP)",
        )
    if "slack_bot_token" not in values and {"slack_app_token", "slack_signing_secret"} & set(values):
        wrong("slack_bot_token", "is needed to serve Slack (OAuth & Permissions, starts with xoxb-)")
    if re.match(AGENTS_PATTERN, agents := values.get("agents", "")):
        token = "slack_bot_token" if agents.startswith("slack:") else "discord_token"
        if token not in values:
            wrong("agents", f"is a place on a platform that is not served: set {token.upper()}")
        found += _mention_fits(values.get("agents_mention", ""), agents)
    if "discord_channels" in values and "discord_token" not in values:
        wrong("discord_channels", "are served on Discord: set DISCORD_TOKEN")
    if "agent_ids" in values and not agents:
        wrong("agent_ids", "has no cases to handle: set AGENTS, the place where agents are pinged")
    if "agents_mention" in values and not agents:
        wrong("agents_mention", "has nobody to ping: set AGENTS, the place where agents are pinged")
    if values.get("embeddings") == "provider" and not {"openai_api_key", "openai_base_url"} & set(values):
        wrong("embeddings", "is provider, which needs OPENAI_API_KEY or OPENAI_BASE_URL")
    return [*found, *_budget(values)]


def _mention_fits(mention: str, agents: str) -> list[InitErrorDetails]:
    if not re.match(MENTION_PATTERN, mention):
        return []
    is_discord = re.match(r"<@[!&]?[0-9]", mention) is not None
    if is_discord == agents.startswith("discord:"):
        return []
    message = "is a mention of the other platform than AGENTS"
    return [_detail("agents_mention", message)]


def _budget(values: dict[str, str]) -> list[InitErrorDetails]:
    try:
        context = int(values.get("context_tokens", Settings.model_fields["context_tokens"].default))
        longest = int(values.get("max_tokens", Settings.model_fields["max_tokens"].default))
    except ValueError:
        return []  # told by its own name
    if longest * 2 <= context:
        return []
    message = f"must be at most half of CONTEXT_TOKENS ({context}), to leave room for the question"
    return [_detail("max_tokens", message)]


def _detail(name: str, message: str) -> InitErrorDetails:
    kind = PydanticCustomError("setting", "{message}", {"message": message})
    return {"type": kind, "loc": (name,), "input": None}


def _plain(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _as_details(error: ValidationError) -> list[InitErrorDetails]:
    return [_detail(str(e["loc"][0]), _words(e)) for e in error.errors(include_url=False)]


_EXPECTED = {
    "agent_ids": "must be people as slack:T0123/U0123 or discord:123456789012345678, with commas between",
    "agents": "must look like slack:C0123456789 or discord:123456789012345678",
    "agents_mention": "must be one mention as the platform writes it: <@U0123>, <!subteam^S0123>, "
    "<!here> for Slack; <@123…> or <@&123…> for Discord",
    "discord_channels": "must be ids of channels, with commas between: 123456789012345678",
    "discord_shards": "must be a number, 0 for a single connection, or auto",
}


def _words(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] != "setting" and name in _EXPECTED:
        return _EXPECTED[name]
    message: str = error["msg"]
    return message[0].lower() + message[1:] if message[1:2].islower() else message


def _name(loc: tuple[int | str, ...]) -> str:
    return str(loc[0]).upper() if loc else "settings"
