"""`phrases.toml`: what the bot itself says, reworded by the support lead. Pure."""

from __future__ import annotations

import difflib
import json
import string
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from core.phrases import ENGLISH, PHRASES, Phrases

LONGEST = 1_000
# docs.discord.com/developers/interactions/application-commands: of a description
LONGEST_LISTED = 100
_LISTED = "command_"
# Words that are picked by their place in the list.
_COUNTED = {"weekdays": 7, "months": 12}
# What a button says for a customer.
_WISH = "wants_person"
_KEYS = [field.name for field in fields(Phrases)]


class WrongPhrases(Exception):
    """The file can't be used; the text says where and what is expected."""


def parse_phrases(text: str) -> Mapping[str, Phrases]:
    """Read the file: a section a language (`[de]`), an entry for each phrase that is to be another.

    A language that there are no phrases in can be added: its section has to have them all.

    Returns:
        All phrases by language, those that are not in the file as they are without it.

    Raises:
        WrongPhrases: It is not TOML, or something in it is unknown or can't be.
    """
    try:
        sections = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongPhrases(f"it is not valid TOML ({error})") from None
    return {**PHRASES, **{language: _table(language, section) for language, section in sections.items()}}


def as_section(language: str, phrases: Phrases) -> str:
    """Return the phrases of a language as a section of the file, to begin rewording with."""
    lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in asdict(phrases).items()]
    return "\n".join([f"[{language}]", *lines])


def _table(language: str, section: object) -> Phrases:
    if not isinstance(section, dict):
        raise WrongPhrases(f"`{language}` stands above every section; begin one, such as [en], before it")
    if not (language.isascii() and language.isalpha() and len(language) == 2 and language.islower()):
        raise WrongPhrases(f"`{language}` is no language; write its code of two letters, such as [de]")
    for key, text in section.items():
        _check(language, key, text)
    known = PHRASES.get(language)
    if known and section.get(_WISH, known.wants_person) != known.wants_person:
        raise WrongPhrases(
            f"`{_WISH}` of [{language}] is known to the rules by its words; leave it out, or as it is"
        )
    missing = [key for key in _KEYS if key not in section]
    if known is None and missing:
        listed = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        raise WrongPhrases(
            f"`{language}` is new here, so it has to have all phrases; {len(missing)} are missing ({listed})"
        )
    return replace(known or ENGLISH, **section)


def _check(language: str, key: str, text: Any) -> None:
    where = f"`{key}` of [{language}]"
    if key not in _KEYS:
        near = difflib.get_close_matches(key, _KEYS, 1)
        hint = f"; did you mean `{near[0]}`?" if near else "; `frontdesk phrases` prints all there are"
        raise WrongPhrases(f"{where} is not known{hint}")
    if not isinstance(text, str) or not text.strip():
        raise WrongPhrases(f"{where} has to be a text in quotes")
    longest = LONGEST_LISTED if key.startswith(_LISTED) else LONGEST
    if len(text) > longest:
        raise WrongPhrases(f"{where} is longer than {longest:,} characters")
    given, needed = _names(where, text), _names(where, getattr(ENGLISH, key))
    if given != needed:
        listed = " and ".join(f"{{{name}}}" for name in sorted(needed)) or "nothing"
        raise WrongPhrases(f"{where} has to have {listed} in braces, where that is filled in")
    if key in _COUNTED and len(text.split()) != _COUNTED[key]:
        raise WrongPhrases(f"{where} has to have {_COUNTED[key]} words")


def _names(where: str, text: str) -> set[str]:
    """Return what a phrase leaves to be filled in."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        raise WrongPhrases(
            f"{where} has a brace without its partner; write {{{{ for a brace itself"
        ) from None
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise WrongPhrases(f"{where} has more than a name in braces")
    return {name for _, name, _, _ in parts if name is not None}
