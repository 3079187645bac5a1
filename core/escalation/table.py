"""What a language's table holds, and the notation that it is written in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Cue(StrEnum):
    """What a message says about wanting a person."""

    PERSON = "person"
    BARE = "bare"
    UPSET = "upset"
    UNHELPED = "unhelped"
    STOP = "stop"
    BOT = "bot"
    BACK = "back"


class Small(StrEnum):
    """A message that no article answers and none needs to."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One language. Patterns are matched against the form that `core.escalation.said` gives a text.

    Attributes:
        names: Words for people and bots, each by the name in capitals that stands for them in the phrases
            below: a message is read after `HUMAN` has been put in the place of "a real person". In order.
        person: Asks for a person, anywhere in a message.
        bare: Names a person and nothing else: "agent".
        urgent: Turns such a bare word into a clear request: "now".
        passing: Speaks of people, but does not ask for one; taken out before `person` is looked for.
        upset: Anger or frustration, anywhere in a message.
        unhelped: Says that an answer did not help, anywhere in a message.
        stop: Tells the bot to be quiet, and nothing else.
        bot: Asks whether a bot or a person is writing; taken out before `person` is looked for.
        back: Withdraws a request for a person, and says nothing else.
        yes: Takes an offer, and says nothing else.
        no: Declines it, and says nothing else.
        greeting: Greets, and says nothing else.
        thanks: Thanks, and says nothing else.
        good: Says that all is well, and nothing else.
        filler: What may stand around a phrase that is said to be the whole message.
        noise: Words that do not tell one question from another.
    """

    names: Mapping[str, re.Pattern[str]]
    person: re.Pattern[str]
    bare: re.Pattern[str]
    urgent: re.Pattern[str]
    passing: re.Pattern[str]
    upset: re.Pattern[str]
    unhelped: re.Pattern[str]
    stop: re.Pattern[str]
    bot: re.Pattern[str]
    back: re.Pattern[str]
    yes: re.Pattern[str]
    no: re.Pattern[str]
    greeting: re.Pattern[str]
    thanks: re.Pattern[str]
    good: re.Pattern[str]
    filler: re.Pattern[str]
    noise: frozenset[str]


# Every repeat has an upper bound, here and in the tables, so that a search takes time linear in the text.
_COMMON = {
    "word": r"\w{1,30}",
    "few": r"(\w{1,30} ){0,3}",
    "some": r"(\w{1,30} ){0,6}",
    "start": r"((?<=[.,] )|^)",
    "end": r"(?= [.,]|$)",
}


def phrases(lines: str, blocks: Mapping[str, str] | None = None, *, spaced: bool = True) -> re.Pattern[str]:
    """Compile a list of phrases, one a line; one that ends with `|` goes on in the next.

    A phrase is a regular expression in which parentheses only group, and `<name>` stands for a block: another
    such list. A line that begins with `#` is a comment. In languages that part words by spaces, a phrase
    begins and ends at a word's edge.
    """
    known = {**_COMMON, **(blocks or {})}
    listed = _listed(lines, known)
    return re.compile(rf"(?<!\w){listed}(?!\w)" if spaced else listed)


def _listed(lines: str, blocks: Mapping[str, str]) -> str:
    kept = [line.strip() for line in lines.splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\|\n", "|", "\n".join(line for line in kept if line))
    return f"(?:{'|'.join(_expanded(line, blocks) for line in whole.splitlines())})"


def _expanded(line: str, blocks: Mapping[str, str]) -> str:
    plain = re.sub(r"\((?!\?)", "(?:", line)
    return re.sub(r"<(\w+)>", lambda name: _listed(blocks[name[1]], blocks), plain)
