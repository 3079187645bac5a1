"""The page that a platform gives the bot: what it can do and, for agents, the open cases. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core import words
from core.cards import status
from core.markdown import escape, excerpt
from core.messages import Case, CaseState
from core.phrases import own_words
from core.policy import Policy

# So many of the open cases are shown, the newest.
MOST_SHOWN = 20
QUESTION_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One open case: what is said of it, in Markdown, and the place where its team talks about it."""

    text: str
    thread: str


@dataclass(frozen=True, slots=True)
class Home:
    """The page.

    Attributes:
        text: What the bot can do and how to ask, in Markdown.
        heading: How many cases are open; empty for who is no agent.
        entries: The newest of them; none for who is no agent, for they hold customers' words.
    """

    text: str
    heading: str = ""
    entries: tuple[Entry, ...] = ()


def home(text: str, cases: Sequence[Case] | None, policy: Policy) -> Home:
    """Return the page for one person.

    Args:
        text: What the bot can do and how to ask, in Markdown.
        cases: Those that people have, the newest first; None for who is no agent.
        policy: Its time zone is the agents'.
    """
    if cases is None:
        return Home(text)
    claimed = sum(case.state is CaseState.CLAIMED for case in cases)
    heading = words.home_cases(len(cases) - claimed, claimed, MOST_SHOWN)
    return Home(text, heading, tuple(_entry(case, policy) for case in cases[:MOST_SHOWN]))


def _entry(case: Case, policy: Policy) -> Entry:
    question = escape(excerpt(" ".join(own_words(case.question).split()), QUESTION_LIMIT))
    text = words.home_case(
        escape(case.customer.name or case.customer.id),
        words.reason(case.reason, case.subject),
        status(case, policy),
        question,
    )
    return Entry(text, case.thread)
