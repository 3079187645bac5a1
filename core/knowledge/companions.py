"""The files beside the articles, in which the support lead decides; read again when they have changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from core.faults import Mendable
from core.knowledge.files import Unreadable
from core.knowledge.instructions import Instructions, parse_instructions
from core.knowledge.synonyms import NO_SYNONYMS, Synonyms, WrongSynonyms, parse_synonyms
from core.knowledge.watched import Watched
from core.phrases import PHRASES, Phrases
from core.phrases.rewording import WrongPhrases, parse_phrases
from core.policy import DEFAULT_POLICY, Policy
from core.policy_file import WrongPolicy, parse_policy

log = logging.getLogger(__name__)

INSTRUCTIONS = "instructions.md"
POLICY = "escalation.toml"
SYNONYMS = "synonyms.toml"
PHRASES_FILE = "phrases.toml"

T = TypeVar("T")


class KnowledgeMissing(Mendable):
    """There is nothing to answer from; the text says what to do."""


class Companions:
    """Instructions, policy, synonyms and phrases of a knowledge folder, as they are on disk now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._instructions = Watched(folder / INSTRUCTIONS, parse_instructions)
        self._policy = Watched(folder / POLICY, _parse_policy, DEFAULT_POLICY)
        self._synonyms = Watched(folder / SYNONYMS, _parse_synonyms, NO_SYNONYMS)
        self._phrases = Watched(folder / PHRASES_FILE, _parse_phrases, PHRASES)
        self._troubles: dict[str, str] = {}

    def instructions(self) -> Instructions:
        """Return voice, rules and facts; raises KnowledgeMissing."""
        try:
            return self._instructions.read()
        except Unreadable as error:
            raise KnowledgeMissing(
                f"{self._folder / INSTRUCTIONS} can't be used ({error}). It holds the voice and rules of "
                "your bot; copy the sample from the project, or set KNOWLEDGE_DIR."
            ) from None

    def synonyms(self) -> Synonyms:
        """Return the table; a wrong one costs hits, not the start."""
        return self._or(NO_SYNONYMS, self._synonyms, SYNONYMS)

    def phrases(self) -> Mapping[str, Phrases]:
        """Return what the bot itself says, by language; a wrong file costs the new words, not the start."""
        return self._or(PHRASES, self._phrases, PHRASES_FILE)

    def _or(self, default: T, watched: Watched[T], name: str) -> T:
        try:
            return watched.read()
        except Unreadable as error:
            if str(error) != self._troubles.get(name):
                log.warning("%s can't be used: %s.", self._folder / name, error)
                self._troubles[name] = str(error)
            return default

    def policy(self) -> Policy:
        """Return when people are called; raises KnowledgeMissing."""
        try:
            return self._policy.read()
        except Unreadable as error:
            raise KnowledgeMissing(
                f"{self._folder / POLICY} can't be used: {error}. It says when people are called; the sample "
                "in the project explains each entry. Without the file Frontdesk goes by its defaults."
            ) from None


def _parse_policy(text: str) -> Policy:
    try:
        return parse_policy(text)
    except WrongPolicy as error:
        raise Unreadable(str(error)) from None


def _parse_phrases(text: str) -> Mapping[str, Phrases]:
    try:
        return parse_phrases(text)
    except WrongPhrases as error:
        raise Unreadable(str(error)) from None


def _parse_synonyms(text: str) -> Synonyms:
    try:
        return parse_synonyms(text)
    except WrongSynonyms as error:
        raise Unreadable(str(error)) from None
