"""What a check of the knowledge folder can find, and the words for it, all in one place. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is: a problem costs answers or trust, a hint makes answers better."""

    PROBLEM = "problem"
    HINT = "hint"


class Rule(StrEnum):
    """One kind of finding; `RULES` has its words."""

    NO_ARTICLES = "no-articles"
    UNREADABLE = "unreadable"
    SETTINGS = "settings"
    SECRET = "secret"  # noqa: S105 -- the kind of finding, not one
    INSTRUCTIONS = "instructions"
    HIDDEN_CHARACTERS = "hidden-characters"
    HIDDEN_TEXT = "hidden-text"
    COMMENT = "comment"
    DEAD_LINK = "dead-link"
    WRONG_URL = "wrong-url"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    LONG_PARAGRAPH = "long-paragraph"
    NO_HEADINGS = "no-headings"
    NO_TITLE = "no-title"


@dataclass(frozen=True, slots=True)
class Told:
    """A rule's words: what is wrong (`{}` stands for what was found), and what to do."""

    severity: Severity
    what: str
    do: str


RULES = {
    Rule.NO_ARTICLES: Told(
        Severity.PROBLEM,
        "Holds no article that can be read, of {}.",
        "Put your help articles there (.md, .txt, .html or .csv); without any the bot does not start.",
    ),
    Rule.UNREADABLE: Told(
        Severity.PROBLEM, "The file {}.", "Until then it is left out, and nothing is answered from it."
    ),
    Rule.SETTINGS: Told(
        Severity.PROBLEM, "{}", "Mend the entry or remove it; the sample in the project explains each one."
    ),
    Rule.SECRET: Told(
        Severity.PROBLEM,
        "Looks like a secret: {}.",
        "Customers can be told what stands in an article. Remove it, and have it made invalid by its issuer.",
    ),
    Rule.INSTRUCTIONS: Told(
        Severity.PROBLEM,
        "Reads like an instruction to a model: “{}”.",
        "Find out who wrote it. Rules for the bot belong into instructions.md; articles should tell facts.",
    ),
    Rule.HIDDEN_CHARACTERS: Told(
        Severity.PROBLEM,
        "Holds characters that nobody sees: {}.",
        "They are left out of answers. Remove them, or type the line anew.",
    ),
    Rule.HIDDEN_TEXT: Told(
        Severity.PROBLEM,
        "Holds text that is not shown: “{}”.",
        "It is left out of answers. Show it, or remove it.",
    ),
    Rule.COMMENT: Told(
        Severity.HINT,
        "Holds a comment: “{}”.",
        "It is left out of answers. If customers should know it, make it part of the text.",
    ),
    Rule.DEAD_LINK: Told(Severity.PROBLEM, "Links to {}, which is not there.", "Mend the link or remove it."),
    Rule.WRONG_URL: Told(
        Severity.PROBLEM,
        "Its url “{}” is no web address, so answers can't link to it.",
        "Write it as https://….",
    ),
    Rule.DUPLICATE: Told(
        Severity.PROBLEM,
        "Says the same as {}.",
        "Keep one: two copies crowd other articles out, and one of them will grow old.",
    ),
    Rule.NEAR_DUPLICATE: Told(
        Severity.HINT,
        "Shares {}.",
        "Make one article of them, or say in each heading what it is for.",
    ),
    Rule.LONG_PARAGRAPH: Told(
        Severity.HINT,
        "A paragraph of {} words; it is cut somewhere in the middle.",
        "Part it where a new thought begins.",
    ),
    Rule.NO_HEADINGS: Told(
        Severity.HINT,
        "{} words without a heading.",
        "Put a heading above each thing that customers ask; articles are found and cut by them.",
    ),
    Rule.NO_TITLE: Told(
        Severity.HINT,
        "Has no title; customers will read its file's name, “{}”.",
        "Begin with “# Title”, or give it a title in its front matter.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        path: The file, relative to the knowledge folder.
        line: Where in it, from 1; None where a line can't be told.
        rule: Which rule found it.
        found: What stands at `{}` in the rule's words; never a secret itself.
    """

    path: str
    line: int | None
    rule: Rule
    found: str

    @property
    def severity(self) -> Severity:
        """Return how bad it is."""
        return RULES[self.rule].severity

    @property
    def what(self) -> str:
        """Return what is wrong, in words."""
        return RULES[self.rule].what.format(self.found)

    @property
    def do(self) -> str:
        """Return what to do about it, in words."""
        return RULES[self.rule].do


@dataclass(frozen=True, slots=True)
class Spot:
    """Something that a rule found in a text: on which line, from 1, and what."""

    line: int
    found: str


def line_of(text: str, offset: int) -> int:
    """Return the number of the line, from 1, that an offset of a text stands on."""
    return text.count("\n", 0, offset) + 1


def short(text: str, characters: int = 60) -> str:
    """Return a text on one line, cut at the end where it is long."""
    words = " ".join(text.split())
    return words if len(words) <= characters else words[: characters - 1].rstrip() + "…"
