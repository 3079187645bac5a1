"""What came of one question, held against what was expected. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from core.evaluation.metrics import rank_of
from core.evaluation.questions import Question
from core.messages import Action, Answer, Findings

# So many articles are kept of what a search found; what stands further down counts as not found.
DEPTH = 10
# An article that stands further down is hardly ever what the answer is made from.
NEAR_THE_TOP = 3

_MARKS = re.compile(r"[*_`\\]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question.

    Attributes:
        question: As it was asked, with what was expected.
        found: The articles that the search found, best first, each once.
        answerable: How likely the articles hold the answer, by the search.
        usable: Whether the search found anything that an answer may rest on.
        action: What the answer did; None: it was only searched.
        reply: What the customer would read.
        named: The articles that the answer names as its sources.
        withheld: What a model would have said besides, without anything to support it.
        quoted: Whether the articles were quoted though a model is set: it could not be asked.
        seconds: How long it took.
        failed: Why there is no outcome; empty: there is one.
    """

    question: Question
    found: tuple[str, ...] = ()
    answerable: float = 0.0
    usable: bool = False
    action: Action | None = None
    reply: str = ""
    named: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    quoted: bool = False
    seconds: float = 0.0
    failed: str = ""

    @property
    def rank(self) -> int | None:
        """The place of the first expected article among those found, from 1; None: not among them."""
        return rank_of(self.question.articles, self.found)

    @property
    def missing(self) -> tuple[str, ...]:
        """Expected words that the reply does not hold."""
        return tuple(word for word in self.question.words if not holds(self.reply, word))

    @property
    def unwanted(self) -> tuple[str, ...]:
        """Words that it holds and must not."""
        return tuple(word for word in self.question.not_words if holds(self.reply, word))

    @property
    def wrongs(self) -> tuple[str, ...]:
        """What is not as expected, in words; none: the question came out right."""
        if self.failed:
            return (f"failed: {self.failed}",)
        return tuple(filter(None, (self._wrong_article, *self._wrong_reply)))

    @property
    def right(self) -> bool:
        """Whether all is as expected."""
        return not self.wrongs

    @property
    def _wrong_article(self) -> str:
        expected = self.question.articles
        if not expected or set(self.named) & set(expected):
            return ""
        if self.named:
            return f"rests on {' and '.join(self.named)}, not on {' or '.join(expected)}"
        if self.rank is None or self.rank > NEAR_THE_TOP:
            place = f"only {self.rank}." if self.rank else "not found"
            first = f"; first is {self.found[0]}" if self.found else ""
            return f"{' or '.join(expected)} is {place}{first}"
        return ""

    @property
    def _wrong_reply(self) -> tuple[str, ...]:
        if self.action is None:
            return ()
        expected = self.question.action
        return (
            f"{self.action} instead of {expected}" if expected and self.action is not expected else "",
            f"does not say: {'; '.join(self.missing)}" if self.missing else "",
            f"says: {'; '.join(self.unwanted)}" if self.unwanted else "",
        )


def judged(question: Question, findings: Findings, answer: Answer | None, seconds: float) -> Outcome:
    """Return what came of a question: what was found, and what was answered unless it was only searched."""
    found = tuple(dict.fromkeys(one.passage.article for one in findings.found))[:DEPTH]
    outcome = Outcome(question, found, findings.answerable, bool(findings.usable), seconds=seconds)
    if answer is None:
        return outcome
    return replace(
        outcome,
        action=answer.action,
        reply=answer.text,
        named=tuple(dict.fromkeys(passage.article for passage in answer.sources)),
        withheld=tuple(f"{one.kind}: {one.claim}" for one in answer.withheld),
    )


def searched(outcome: Outcome) -> Outcome:
    """Return an outcome as if it had only been searched, for comparison with one that was."""
    return Outcome(outcome.question, outcome.found, outcome.answerable, outcome.usable, failed=outcome.failed)


def holds(reply: str, words: str) -> bool:
    """Say whether a reply holds words; case, spacing, and Markdown's marks don't count.

    A number is not found inside a larger one: "5 days" is neither in "15 days" nor "$4" in "$40".
    """
    sought = _plain(words)
    before = r"(?<!\d)(?<!\d[.,])" if sought[:1].isdigit() else ""
    after = r"(?![.,]?\d)" if sought[-1:].isdigit() else ""
    return re.search(before + re.escape(sought) + after, _plain(reply)) is not None


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold().split())
