"""Wrong settings are told all at once, by name, and never with a secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.settings import Settings, WrongSettings, load_settings, misspelt

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in an empty folder, with none of our settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)


def settings_from(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def complaints(monkeypatch: pytest.MonkeyPatch, **values: str) -> dict[str, str]:
    """Return what is said about each wrong setting."""
    with pytest.raises(WrongSettings) as caught:
        settings_from(monkeypatch, **values)
    first, *lines = str(caught.value).splitlines()
    assert first == "These settings are wrong:"
    told = [line.strip().partition(": ") for line in lines]
    assert len({name for name, _, _ in told}) == len(told), "a setting is told twice"
    return {name: words for name, _, words in told}


def test_nothing_has_to_be_set() -> None:
    settings = load_settings()
    assert settings.platforms == []
    assert not settings.uses_model
    assert settings.prompt_tokens == settings.context_tokens - settings.max_tokens


def test_every_wrong_setting_is_told_at_once_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    told = complaints(
        monkeypatch,
        TEMPERATURE="hot",
        TOP_P="0",
        PORT="70000",
        LOG_LEVEL="LOUD",
        THREADS="perhaps",
        OPENAI_BASE_URL="ftp://models",
        DISCORD_GATEWAY_URL="https://gateway",
        AGENTS="#help",
        AGENTS_MENTION="@everyone",
        TURNS_AT_ONCE="0",
        SHUTDOWN_SECONDS="-1",
        ANSWER_TIMEOUT="0",
        SLACK_APP_TOKEN="xapp-1",
    )
    assert set(told) == {
        *("TEMPERATURE", "TOP_P", "PORT", "LOG_LEVEL", "THREADS", "OPENAI_BASE_URL", "DISCORD_GATEWAY_URL"),
        *("AGENTS", "AGENTS_MENTION", "TURNS_AT_ONCE", "SHUTDOWN_SECONDS", "ANSWER_TIMEOUT"),
        "SLACK_BOT_TOKEN",
    }
    assert all(told.values())


def test_secrets_and_values_never_stand_in_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "SLACK_SIGNING_SECRET", "DISCORD_TOKEN"):
        monkeypatch.setenv(name, f"hush-{name}")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-hush")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xoxb-hush")
    monkeypatch.setenv("OPENAI_BASE_URL", "ftp://user:hush@models")
    monkeypatch.setenv("PORT", "hush")
    with pytest.raises(WrongSettings) as caught:
        load_settings()
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hush")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-hush")
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.delenv("PORT")
    assert "hush" not in repr(load_settings())


def test_swapped_slack_tokens_are_both_told_with_where_the_right_one_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = complaints(monkeypatch, SLACK_BOT_TOKEN="xapp-1", SLACK_APP_TOKEN="xoxb-1")
    assert set(told) == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}
    assert "must start with xoxb-" in told["SLACK_BOT_TOKEN"]
    assert "OAuth & Permissions" in told["SLACK_BOT_TOKEN"]
    assert "must start with xapp-" in told["SLACK_APP_TOKEN"]
    assert "Basic Information" in told["SLACK_APP_TOKEN"]


def test_a_users_token_is_not_taken_for_a_bots(monkeypatch: pytest.MonkeyPatch) -> None:
    told = complaints(monkeypatch, SLACK_BOT_TOKEN="xoxp-1", SLACK_APP_TOKEN="xapp-1")
    assert set(told) == {"SLACK_BOT_TOKEN"}


def test_slack_needs_both_its_tokens_or_a_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(complaints(monkeypatch, SLACK_BOT_TOKEN="xoxb-1")) == {"SLACK_APP_TOKEN"}
    assert settings_from(monkeypatch, SLACK_SIGNING_SECRET="s").platforms == ["slack"]
    monkeypatch.delenv("SLACK_SIGNING_SECRET")
    assert settings_from(monkeypatch, SLACK_APP_TOKEN="xapp-1").platforms == ["slack"]
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    assert set(complaints(monkeypatch)) == {"SLACK_BOT_TOKEN"}


def test_agents_must_sit_on_a_platform_that_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    told = complaints(monkeypatch, AGENTS="slack:C0123456789")
    assert told == {"AGENTS": "is a place on a platform that is not served: set SLACK_BOT_TOKEN"}
    told = complaints(monkeypatch, AGENTS="discord:123456789012345678")
    assert told == {"AGENTS": "is a place on a platform that is not served: set DISCORD_TOKEN"}
    settings = settings_from(monkeypatch, DISCORD_TOKEN="t")
    assert settings.agents == "discord:123456789012345678"


def test_agents_may_sit_on_the_other_platform_than_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    settings = settings_from(monkeypatch, DISCORD_TOKEN="t", AGENTS="slack:G0123456789", **slack)
    assert settings.platforms == ["slack", "discord"]


@pytest.mark.parametrize("place", ["C0123456789", "slack:#help", "slack:c012", "discord:help", "teams:1"])
def test_a_place_that_is_none_is_told_with_what_one_looks_like(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = complaints(monkeypatch, AGENTS=place, DISCORD_TOKEN="t")
    assert told == {"AGENTS": "must look like slack:C0123456789 or discord:123456789012345678"}


@pytest.mark.parametrize("mention", ["<@123456789012345678>", "<@&123456789012345678>"])
def test_a_mention_of_the_platform_of_the_agents_is_taken(
    mention: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_from(monkeypatch, DISCORD_TOKEN="t", AGENTS="discord:1", AGENTS_MENTION=mention)
    assert settings.agents_mention == mention


@pytest.mark.parametrize("mention", ["<!here>", "<@U0123>", "<!subteam^S0123>"])
def test_a_mention_of_the_other_platform_is_told(mention: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = complaints(monkeypatch, DISCORD_TOKEN="t", AGENTS="discord:1", AGENTS_MENTION=mention)
    assert told == {"AGENTS_MENTION": "is a mention of the other platform than AGENTS"}


@pytest.mark.parametrize("mention", ["@everyone", "<@U1> <@U2>", "Dana", "<@U1> please"])
def test_only_one_mention_and_nothing_else_is_taken(mention: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = complaints(monkeypatch, DISCORD_TOKEN="t", AGENTS="discord:1", AGENTS_MENTION=mention)
    assert "must be one mention" in told["AGENTS_MENTION"]


def test_a_mention_without_agents_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(complaints(monkeypatch, AGENTS_MENTION="<!here>")) == {"AGENTS_MENTION"}


def test_the_answer_may_take_half_of_the_context_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(monkeypatch, CONTEXT_TOKENS="2000", MAX_TOKENS="1000")
    assert settings.prompt_tokens == 1000
    told = complaints(monkeypatch, MAX_TOKENS="1001")
    assert told == {
        "MAX_TOKENS": "must be at most half of CONTEXT_TOKENS (2000), to leave room for the question"
    }


def test_the_default_answer_is_held_against_a_small_context(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(complaints(monkeypatch, CONTEXT_TOKENS="1000")) == {"MAX_TOKENS"}


@pytest.mark.parametrize("name", ["CONTEXT_TOKENS", "MAX_TOKENS"])
def test_a_budget_that_is_no_number_is_told_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(complaints(monkeypatch, **{name: "many"})) == {name}


def test_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(monkeypatch, **{name.upper(): "" for name in Settings.model_fields})
    defaults = {name: field.get_default() for name, field in Settings.model_fields.items()}
    assert settings.model_dump() == defaults


def test_a_file_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("OPENAI_MODEL=from-file\nPORT=4000\nAGENTS=\nSOMETHING_ELSE=1\n")
    settings = settings_from(monkeypatch, PORT="5000")
    assert (settings.openai_model, settings.port, settings.agents) == ("from-file", 5000, None)


def test_a_wrong_value_in_the_file_is_told_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MAX_TOKENS=90000\nSLACK_APP_TOKEN=xoxb-1\n")
    told = complaints(monkeypatch, PORT="0")
    assert set(told) == {"MAX_TOKENS", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "PORT"}


def test_a_server_of_ones_own_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_from(monkeypatch, OPENAI_BASE_URL="http://localhost:11434/v1").uses_model


def test_the_example_file_explains_every_setting_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [found[1] for line in lines if (found := re.match(r"#? ?([A-Z][A-Z0-9_]+)=", line))]
    assert len(named) == len(set(named)), "a setting stands there twice"
    assert set(named) == {name.upper() for name in Settings.model_fields}


def test_a_name_with_a_slip_in_the_file_is_told_with_the_one_that_may_be_meant() -> None:
    Path(".env").write_text("DISCORD_TOKN=a\nopenai_modle=b\nFOO=c\nDATABASE_URL=d\nPORT=5\n")
    assert misspelt() == {"DISCORD_TOKN": "DISCORD_TOKEN", "OPENAI_MODLE": "OPENAI_MODEL"}


def test_what_several_entries_have_wrong_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = complaints(monkeypatch, DISCORD_TOKEN="a", DISCORD_CHANNELS="#help,#more", DISCORD_SHARDS="-1")
    assert told["DISCORD_CHANNELS"].startswith("must be ids of channels")
    assert told["DISCORD_SHARDS"] == "must be a number, 0 for a single connection, or auto"
