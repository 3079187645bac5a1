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
        person: What the button says that brings in a person; empty where there is none.
        renew: What the button says that brings the cases up to date; empty for who is no agent.
    """

    text: str
    heading: str = ""
    entries: tuple[Entry, ...] = ()
    person: str = ""
    renew: str = ""


def home(text: str, cases: Sequence[Case] | None, policy: Policy, person: str) -> Home:
    """Return the page for one person.

    Args:
        text: What the bot can do and how to ask, in Markdown.
        cases: Those that people have, the newest first; None for who is no agent.
        policy: Its time zone is the agents'.
        person: What a customer's button says that brings in a person; empty where nobody can be called.
    """
    if cases is None:
        return Home(text, person=person)
    claimed = sum(case.state is CaseState.CLAIMED for case in cases)
    heading = words.home_cases(len(cases) - claimed, claimed, MOST_SHOWN)
    entries = tuple(_entry(case, policy) for case in cases[:MOST_SHOWN])
    return Home(text, heading, entries, renew=words.RENEW)


def _entry(case: Case, policy: Policy) -> Entry:
    question = escape(excerpt(" ".join(own_words(case.question).split()), QUESTION_LIMIT))
    text = words.home_case(
        escape(case.customer.name or case.customer.id),
        words.reason(case.reason, case.subject),
        status(case, policy),
        question,
    )
    return Entry(text, case.thread)
