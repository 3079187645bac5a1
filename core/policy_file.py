"""Reads `knowledge/escalation.toml`. Pure."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from core.policy import Hours, Policy, Subject

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class WrongPolicy(Exception):
    """The file can't be used; the text names each entry that is wrong and what is expected."""


def _span(text: object) -> tuple[time, time]:
    match = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*", str(text))
    numbers = [int(number) for number in match.groups()] if match else []
    if not numbers or numbers[1] > 59 or numbers[3] > 59 or numbers[0] > 23 or numbers[2] > 24:
        raise ValueError('must look like "09:00-17:30"')
    start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if not start < end <= 24 * 60:
        raise ValueError("must end after it starts, at 24:00 at the latest; write a night as two days' spans")
    return time(*divmod(start, 60)), time(*divmod(end % (24 * 60), 60))


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('must be a time zone such as "Europe/Berlin"') from None


Span = Annotated[tuple[time, time], BeforeValidator(_span)]
Mention = Annotated[str, StringConstraints(pattern=r"^(<[@!#][^<>\s]+>)?$")]
PlaceId = Annotated[str, StringConstraints(pattern=r"^((slack:[CG][A-Z0-9]+|discord:[0-9]{1,20}))?$")]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, to_lower=True)]
# A year at most: what is meant to be never is left out, or 0 where that is said.
Minutes = Annotated[float, Field(ge=0, le=60 * 24 * 365)]
HoursLong = Annotated[float, Field(ge=0, le=24 * 365)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)


class _OutOfHours(_Table):
    place: PlaceId = ""
    mention: Mention = ""


class _Reminders(_Table):
    waiting_minutes: list[Annotated[Minutes, Field(gt=0)]] = [10, 30]
    second_mention: Mention = ""
    answer_minutes: Minutes = 15
    quiet_hours: HoursLong = 24
    close_hours: Annotated[HoursLong, Field(gt=0)] = 24


class _Subject(_Table):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    words: Annotated[list[Phrase], Field(min_length=1)]
    say: str = ""


class _Days(_Table):
    monday: list[Span] = []
    tuesday: list[Span] = []
    wednesday: list[Span] = []
    thursday: list[Span] = []
    friday: list[Span] = []
    saturday: list[Span] = []
    sunday: list[Span] = []


class _File(_Table):
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("UTC")
    hours: _Days | None = None
    holidays: list[date] = []
    out_of_hours: _OutOfHours = _OutOfHours()
    reminders: _Reminders = _Reminders()
    subjects: list[_Subject] = []


def parse_policy(text: str) -> Policy:
    """Read `escalation.toml`.

    Raises:
        WrongPolicy: It is no TOML, or something in it is unknown or can't be.
    """
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WrongPolicy(f"it is not valid TOML: {error}") from None
    except ValidationError as error:
        found = [f"{_where(e['loc'])}: {_what(e)}" for e in error.errors(include_url=False)]
        raise WrongPolicy("; ".join(found)) from None
    reminders = file.reminders
    return Policy(
        zone=file.timezone,
        hours=_hours(file),
        subjects=tuple(Subject(s.name, tuple(s.words), s.say.strip()) for s in file.subjects),
        away_place=file.out_of_hours.place,
        away_mention=file.out_of_hours.mention,
        waiting=tuple(sorted(minutes * 60 for minutes in reminders.waiting_minutes)),
        second_mention=reminders.second_mention,
        answer=reminders.answer_minutes * 60,
        quiet=reminders.quiet_hours * 3_600,
        close=reminders.close_hours * 3_600,
    )


def _hours(file: _File) -> Hours | None:
    if file.hours is None:
        return None
    week = tuple(tuple(sorted(getattr(file.hours, day))) for day in DAYS)
    return Hours(file.timezone, week, frozenset(file.holidays))


def _where(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)


def _what(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "is not known here"
    message: str = error["msg"].removeprefix("Value error, ")
    return message[0].lower() + message[1:]
