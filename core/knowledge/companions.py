"""The files beside the articles, in which the support lead decides; read again when they have changed."""

from __future__ import annotations

import logging
from pathlib import Path

from core.faults import Mendable
from core.knowledge.files import Unreadable
from core.knowledge.instructions import Instructions, parse_instructions
from core.knowledge.synonyms import NO_SYNONYMS, Synonyms, WrongSynonyms, parse_synonyms
from core.knowledge.watched import Watched
from core.policy import DEFAULT_POLICY, Policy
from core.policy_file import WrongPolicy, parse_policy

log = logging.getLogger(__name__)

INSTRUCTIONS = "instructions.md"
POLICY = "escalation.toml"
SYNONYMS = "synonyms.toml"


class KnowledgeMissing(Mendable):
    """There is nothing to answer from; the text says what to do."""


class Companions:
    """Instructions, policy and synonyms of a knowledge folder, as they are on disk now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._instructions = Watched(folder / INSTRUCTIONS, parse_instructions)
        self._policy = Watched(folder / POLICY, _parse_policy, DEFAULT_POLICY)
        self._synonyms = Watched(folder / SYNONYMS, _parse_synonyms, NO_SYNONYMS)
        self._trouble = ""

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
        try:
            return self._synonyms.read()
        except Unreadable as error:
            if str(error) != self._trouble:
                log.warning("%s can't be used: %s.", self._folder / SYNONYMS, error)
                self._trouble = str(error)
            return NO_SYNONYMS

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


def _parse_synonyms(text: str) -> Synonyms:
    try:
        return parse_synonyms(text)
    except WrongSynonyms as error:
        raise Unreadable(str(error)) from None
