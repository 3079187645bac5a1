"""What a draft may be made of: a case's question and what was said, without what points to a person. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.gaps.asked import asks
from core.masking import Masked
from core.messages import Case, Role, StoredMessage
from core.words import DELETED

Clean = Callable[[str], Masked]


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said in a case, by the customer or by the team."""

    by_team: bool
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of a resolved case.

    Attributes:
        case: Its number.
        day: When it was resolved: `2026-11-22`, in UTC.
        question: What the customer needed.
        lines: What customer and team said to each other, in order.
        masked: How much of each kind was taken out of all this.
    """

    case: int
    day: str
    question: str
    lines: tuple[Line, ...]
    masked: Mapping[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> tuple[str, ...]:
        """What the team said."""
        return tuple(line.text for line in self.lines if line.by_team)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n\n".join([self.question, *(line.text for line in self.lines)])


def material_of(case: Case, said: Sequence[StoredMessage], clean: Clean) -> Material:
    """Return what a draft may be made of.

    Args:
        case: A resolved case.
        said: What its customer and its agents said to each other, in order.
        clean: Takes out of a text what points to a person.
    """
    kinds: Counter[str] = Counter()

    def cleaned(text: str) -> str:
        result = clean(text.strip())
        kinds.update(result.kinds)
        return result.text

    parts = case.question.split("\n\n")
    # "I want to talk to a human" is why there is a case, not what it is about.
    question = cleaned("\n\n".join([part for part in parts if asks(part)] or parts))
    lines = tuple(
        Line(message.role is Role.AGENT, cleaned(message.text))
        for message in said
        if message.text.strip() and message.text != DELETED
    )
    day = datetime.fromtimestamp(case.since, UTC).strftime("%Y-%m-%d")
    return Material(case.id, day, question, lines, dict(kinds))
