"""Finds what is wrong in the files beside the articles: instructions, policy, synonyms and phrases. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.knowledge.files import Unreadable
from core.knowledge.instructions import parse_instructions
from core.knowledge.synonyms import WrongSynonyms, parse_synonyms
from core.knowledge_check.findings import Spot, line_of
from core.phrases.rewording import WrongPhrases, parse_phrases
from core.policy_file import WrongPolicy, parse_policy

_KNOWN = {"company", "contact"}
_KEY = re.compile(r"^(?P<key>[^\s:#][^:\n]*):", re.MULTILINE)


def instructions(text: str) -> Iterator[Spot]:
    """Yield what is wrong in `instructions.md`: it can't be read, or its front matter has unknown entries."""
    try:
        parse_instructions(text)
    except Unreadable as error:
        yield Spot(1, f"The file can't be used: {error}.")
        return
    head = re.match(r"---[ \t]*\n.*?\n---", text, re.DOTALL)
    for found in _KEY.finditer(head[0] if head else ""):
        if found["key"].strip("\"'") not in _KNOWN:
            yield Spot(
                line_of(text, found.start()),
                f"“{found['key']}” is not known here; there are company and contact.",
            )


def policy(text: str) -> Iterator[Spot]:
    """Yield what is wrong in `escalation.toml`."""
    try:
        parse_policy(text)
    except WrongPolicy as error:
        yield Spot(_line_told(str(error), text), f"The file can't be used: {error}.")


def synonyms(text: str) -> Iterator[Spot]:
    """Yield what is wrong in `synonyms.toml`."""
    try:
        parse_synonyms(text)
    except WrongSynonyms as error:
        yield Spot(_line_told(str(error), text), f"The file can't be used: {error}.")


def phrases(text: str) -> Iterator[Spot]:
    """Yield what is wrong in `phrases.toml`."""
    try:
        parse_phrases(text)
    except WrongPhrases as error:
        yield Spot(_line_told(str(error), text), f"The file can't be used: {error}.")


def _line_told(error: str, text: str) -> int:
    """Return the line that an error names, or that its entry stands on."""
    if told := re.search(r"at line (\d+)", error):
        return int(told[1])
    quoted = re.findall(r"`(\w+)`", error)
    names = [name for name in reversed(error.split(":")[0].split(".")) if not name.isdigit()]
    found = next(
        (
            m
            for name in [*quoted, *names]
            if (m := re.search(rf"^\W*{re.escape(name)}\b", text, re.MULTILINE))
        ),
        None,
    )
    return line_of(text, found.end()) if found else 1
