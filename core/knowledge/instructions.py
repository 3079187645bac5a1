"""What `instructions.md` says: the voice and rules for the model, and facts from its front matter. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

import frontmatter

from core.knowledge.files import Unreadable

# docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts
MOST_PROMPTS = 4
DEFAULT_CONTACT = "Please write to our support team and we will get back to you."


@dataclass(frozen=True, slots=True)
class Instructions:
    """What `instructions.md` says.

    Attributes:
        text: For the model.
        contact: How customers reach a person where none can be called.
        company: Its name; may be empty.
        languages: Which languages the articles are in, as ISO 639-1 codes; empty where that is not said.
        prompts: Questions that are suggested to who opens a conversation, at most MOST_PROMPTS.
    """

    text: str
    contact: str
    company: str
    languages: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()


def parse_instructions(text: str) -> Instructions:
    """Split `instructions.md` into the facts of its front matter and the text.

    The facts are `contact`, `company`, `language` (one ISO 639-1 code, or a list of them) and `prompts` (a
    list of questions to suggest).

    Raises:
        Unreadable: The front matter is not YAML, its prompts are no list of a few questions, or there is no
            text.
    """
    try:
        metadata, body = frontmatter.parse(text)
    except Exception:  # besides YAMLError, PyYAML lets through what its converters raise
        raise Unreadable("its front matter is not valid YAML") from None
    if not body.strip():
        raise Unreadable("it has no text below its front matter")
    contact = " ".join(str(metadata.get("contact") or DEFAULT_CONTACT).split())
    company = str(metadata.get("company") or "").strip()
    return Instructions(
        body.strip(), contact, company, _codes(metadata.get("language")), _prompts(metadata.get("prompts"))
    )


def _prompts(value: object) -> tuple[str, ...]:
    """Return the questions of a list, each on one line."""
    given = [] if value is None else value
    if not isinstance(given, list) or not all(isinstance(one, str) and one.strip() for one in given):
        raise Unreadable("prompts in its front matter must be a list of questions, each in quotes")
    if len(given) > MOST_PROMPTS:
        raise Unreadable(f"prompts in its front matter holds {len(given)} questions; {MOST_PROMPTS} fit")
    return tuple(" ".join(one.split()) for one in given)


def _codes(value: object) -> tuple[str, ...]:
    """Return language codes as front matter gives them: `de`, `de-AT`, `de, en` or a list."""
    # YAML 1.1 reads Norwegian's code as "no".
    given = ["no" if one is False else str(one) for one in (value if isinstance(value, list) else [value])]
    codes = re.findall(r"\b([a-z]{2})(?:[-_][a-z]+)?\b", " ".join(given).lower()) if value is not None else []
    return tuple(dict.fromkeys(codes))
