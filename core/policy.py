"""What the support lead decides: when people are called, when they are there, when to remind. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# How far ahead an opening is looked for; who is closed for longer names no day.
LOOK_AHEAD_DAYS = 60
# Scripts that are written without spaces: a phrase is found anywhere in them.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that always goes to people.

    Attributes:
        name: What agents read.
        phrases: Words that tell it, in lower case; a `*` at the end stands for any ending.
        say: What the customer reads first; may be empty.
    """

    name: str
    phrases: tuple[str, ...]
    say: str = ""

    def matches(self, text: str) -> bool:
        """Say whether a text speaks of it."""
        words = _normal(text)
        return any(_stands_in(_normal(phrase), words) for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class Hours:
    """When people are there.

    Attributes:
        zone: The time zone that all times are in.
        week: For each day from Monday the spans of time, in order.
        holidays: Days on which nobody is there.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[time, time], ...], ...]
    holidays: frozenset[date] = frozenset()

    def opens(self, now: float) -> float | None:
        """Return from when on people are there: now, or the next opening; None if none is in sight.

        All times are in seconds since the epoch.
        """
        return next((start for start, _ in self._spans(now)), None)

    def later(self, now: float, seconds: float) -> float | None:
        """Return when people will have been there for some seconds from now on; None: not in sight."""
        for start, end in self._spans(now):
            if end - start >= seconds:
                return start + seconds
            seconds -= end - start
        return None

    def _spans(self, now: float) -> Iterator[tuple[float, float]]:
        """Yield the spans of time in which people are there, from now on."""
        today = datetime.fromtimestamp(now, self.zone).date()
        for ahead in range(LOOK_AHEAD_DAYS):
            day = today + timedelta(days=ahead)
            for start, end in () if day in self.holidays else self.week[day.weekday()]:
                opening = datetime.combine(day, start, self.zone).timestamp()
                closing = _closing(day, end, self.zone)
                if now < closing:
                    yield max(now, opening), closing


@dataclass(frozen=True, slots=True)
class Policy:
    """What the support lead decides; see `knowledge/escalation.toml`. Times are in seconds.

    Attributes:
        zone: The time zone in which times are told.
        hours: When people are there; None: always.
        subjects: What always goes to people.
        away_place: Where cases go out of hours; empty: the ping waits until somebody is there.
        away_mention: Whom to mention there.
        waiting: After how long agents are reminded of a case that nobody claimed.
        second_mention: Whom the last of these reminders mentions.
        answer: After how long the owner is reminded that the customer wrote last; 0: never.
        quiet: After how long without a word the customer is asked whether all is well; 0: never.
        close: How long after that the case is closed.
    """

    zone: ZoneInfo
    hours: Hours | None = None
    subjects: tuple[Subject, ...] = ()
    away_place: str = ""
    away_mention: str = ""
    waiting: tuple[float, ...] = (600.0, 1_800.0)
    second_mention: str = ""
    answer: float = 900.0
    quiet: float = 86_400.0
    close: float = 86_400.0

    def subject(self, texts: Sequence[str]) -> Subject | None:
        """Return the first subject that one of the texts speaks of."""
        return next((s for s in self.subjects if any(s.matches(text) for text in texts)), None)

    def opens(self, now: float) -> float | None:
        """Return from when on people are there: now, or later; None if no opening is in sight."""
        return self.hours.opens(now) if self.hours else now

    def later(self, now: float, seconds: float) -> float | None:
        """Return when people will have been there for some seconds from now on; None: not in sight."""
        return self.hours.later(now, seconds) if self.hours else now + seconds


DEFAULT_POLICY = Policy(ZoneInfo("UTC"))


def _normal(text: str) -> str:
    """Return text in one spelling: without case, with plain apostrophes and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").split())


def _stands_in(phrase: str, words: str) -> bool:
    if _UNSPACED.search(phrase):
        return phrase.rstrip("*") in words
    ending = r"\w*" if phrase.endswith("*") else r"(?!\w)"
    return re.search(rf"(?<!\w){re.escape(phrase.rstrip('*'))}{ending}", words) is not None


def _closing(day: date, end: time, zone: ZoneInfo) -> float:
    if end == time(0):  # midnight at the end of the day
        day += timedelta(days=1)
    return datetime.combine(day, end, zone).timestamp()
