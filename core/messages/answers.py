"""What is said to a turn, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Action(StrEnum):
    """What an answer does; the model names one before it writes."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    OFFER_HUMAN = "offer_human"
    ESCALATE = "escalate"


class Reason(StrEnum):
    """The closed list of reasons to offer or call a person."""

    ASKED_FOR_PERSON = "asked_for_person"
    NOT_IN_ARTICLES = "not_in_articles"
    UNSURE = "unsure"
    SENSITIVE = "sensitive"
    UPSET = "upset"
    UNHELPED = "unhelped"
    REPEATED = "repeated"
    CONTENT_FILTERED = "content_filtered"
    MODEL_UNAVAILABLE = "model_unavailable"
    TURN_FAILED = "turn_failed"
    TAKEN_OVER = "taken_over"
    LATE = "late"
    LOOPED = "looped"
    UNREAD_FILE = "unread_file"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that one or several model calls used, as the provider counted them."""

    model: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            other.model or self.model,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an article under its heading.

    Attributes:
        id: `billing/refunds.md#3`: the article's path and the passage's number in it.
        article: The path relative to the articles folder.
        title: The article's title.
        heading: The heading that it stands under; empty before the first one.
        text: Markdown, without the heading.
        url: Where customers can read the article; empty where the front matter has none.
    """

    id: str
    article: str
    title: str
    heading: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its score for a question, 0 to 1; `used` says whether an answer may rest on it."""

    passage: Passage
    score: float
    used: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search gave.

    Attributes:
        found: Passages, best first.
        answerable: How likely it is that they hold the answer, 0 to 1.
        unread: What the articles' language is called in itself, where the question is in another one that
            the search can't read; empty where it can.
        parts: What was found for each of several questions, where they were looked for one by one too.
    """

    found: tuple[Found, ...] = ()
    answerable: float = 0.0
    unread: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def usable(self) -> tuple[Found, ...]:
        """The passages that an answer may rest on."""
        return tuple(found for found in self.found if found.used)


@dataclass(frozen=True, slots=True)
class Part:
    """One of several questions of a message, and what was found for it alone."""

    question: str
    findings: Findings


@dataclass(frozen=True, slots=True)
class Withheld:
    """A claim of a model's reply that nothing it was given supports, so that it was not shown.

    Attributes:
        kind: What sort of claim: one of the closed list of `core.grounding`.
        claim: The claim alone (`30 days`), not the sentence around it.
        mended: Whether the model, asked once more, wrote a sentence that is supported in its place.
    """

    kind: str
    claim: str
    mended: bool


class Saw(StrEnum):
    """What an answer knew of the files of its turn."""

    ALL = "all"
    TEXTS = "texts"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one turn, and what it does; `sources` are the passages that it rests on.

    `withheld` is what a model would have said besides, had it stood in what it was given; `saw` is what it
    knew of what was attached and read.
    """

    text: str
    action: Action = Action.ANSWER
    reason: Reason | None = None
    sources: tuple[Passage, ...] = ()
    usage: Usage = field(default_factory=Usage)
    withheld: tuple[Withheld, ...] = ()
    saw: Saw = Saw.ALL
