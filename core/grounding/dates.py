"""Dates, days of the week and times of day, as six languages write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.grounding.claims import Claim, Key, Kind, plain

_MONTH_NAMES = (
    "january jan januar jänner janvier janv enero ene janeiro",
    "february feb februar février févr fevrier febrero fevereiro fev",
    "march mar märz mrz mars marzo março",
    "april apr avril avr abril abr",
    "may mai mayo maio",
    "june jun juni juin junio junho",
    "july jul juli juillet juil julio julho",
    "august aug août aout agosto ago",
    "september sep sept septembre septiembre setembro",
    "october oct oktober okt octobre octubre outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc diciembre dic dezembro",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_DAY_NAMES = (
    "monday mondays montag montags lundi lundis lunes segunda-feira 月曜日 月曜",
    "tuesday tuesdays dienstag dienstags mardi mardis martes terça-feira 火曜日 火曜",
    "wednesday wednesdays mittwoch mittwochs mercredi mercredis miércoles quarta-feira 水曜日 水曜",
    "thursday thursdays donnerstag donnerstags jeudi jeudis jueves quinta-feira 木曜日 木曜",
    "friday fridays freitag freitags vendredi vendredis viernes sexta-feira 金曜日 金曜",
    "saturday saturdays samstag samstags sonnabend samedi samedis sábado sábados 土曜日 土曜",
    "sunday sundays sonntag sonntags dimanche dimanches domingo domingos 日曜日 日曜",
)
_DAYS = {name: number for number, names in enumerate(_DAY_NAMES) for name in names.split()}


def _any(names: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_MONTH, _DAY = rf"(?P<month>{_any(_MONTHS)})\b\.?", rf"(?:\b|(?<=\w)(?=[月火水木金土日]))(?:{_any(_DAYS)})"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b",
        r"\b(?P<either>\d{1,2})(?P<mark>[./-])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})\b",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)? ?(?:of |de )?{_MONTH}"
        r"(?:,? (?:de )?(?P<year>\d{4})\b)?",
        rf"\b{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,:]?\d)(?:,? (?P<year>\d{{4}})\b)?",
        rf"\b{_MONTH},? (?:de )?(?P<year>(?:19|20)\d\d)\b",
        r"(?:(?P<year>\d{4})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
    )
)
_MAYBE_DATE = re.compile(
    rf"\d[./-]\d|月|\d[a-zº.]* ?(?:of |de )?(?:{_any(_MONTHS)})\b|\b(?:{_any(_MONTHS)})\b\.?,? (?:de )?\d"
)
_WEEK = re.compile(_DAY)
_WEEK_RANGE = re.compile(
    rf"(?P<first>{_any(_DAYS)}) ?(?:to|-|through|until|bis|au|a|à|から|〜|~) ?(?P<last>{_any(_DAYS)})"
)
_JOINT = r" ?(?:-|to|and|bis|und|until|à|a|et|y|e) ?"
_AM = r" ?(?P<half>[ap])\.?m\b\.?"
_CLOCKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<h>\d{{1,2}})(?::(?P<min>\d\d))?{_JOINT}(?P<h2>\d{{1,2}})(?::(?P<min2>\d\d))?{_AM}",
        rf"\b(?P<h>\d{{1,2}})(?::(?P<min>[0-5]\d))?{_AM}",
        r"\b(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)\b",
        rf"\b(?P<h>\d{{1,2}}){_JOINT}(?P<h2>\d{{1,2}}) uhr\b",
        r"\b(?P<h>\d{1,2})(?:[.:](?P<min>[0-5]\d))? uhr\b",
        r"\b(?P<h>\d{1,2}) ?h ?(?P<min>[0-5]\d)\b",
        r"\b(?P<h>\d{1,2}) ?o['’]clock\b",
        r"(?P<ja>午前|午後)?(?P<h>\d{1,2})時(?!間)(?:(?P<min>\d{1,2})分)?",
    )
)
_MAYBE_CLOCK = re.compile(r"\d ?[:h時uo]|\d ?[ap]\.?m\b|\d uhr")
_ALWAYS = re.compile(
    r"24/7|\baround the clock\b|\brund um die uhr\b|\b24 ?h(?:eures)?(?:/| sur )24\b|\blas 24 horas\b"
    r"|\b24 horas por dia\b|24時間(?:年中無休|365日)"
)


def dates(text: str) -> tuple[list[Claim], str]:
    """Return the dates and times that a text in small letters states, and the text without them."""
    found: list[Claim] = []

    def note(pattern: re.Pattern[str], read: object, text: str) -> str:
        def taken(match: re.Match[str]) -> str:
            claim = read(match)  # type: ignore[operator]
            if claim is None:
                return match[0]
            found.append(claim)
            return "\n" if "\n" in match[0] else " ¦ "

        return pattern.sub(taken, text)

    text = note(_ALWAYS, lambda match: plain(Kind.TIME, match[0], ("always",)), text)
    if _MAYBE_DATE.search(text):
        for pattern in _DATES:
            text = note(pattern, _date, text)
    found += _weekdays(text)
    if _MAYBE_CLOCK.search(text):
        for pattern in _CLOCKS:
            text = note(pattern, _clock, text)
    return found, text


def _date(match: re.Match[str]) -> Claim | None:
    part = match.groupdict()
    year = int(part["year"]) if part.get("year") else 0
    year += 2_000 if part.get("either") and year < 100 else 0
    if part.get("either"):
        one, two = int(part["either"]), int(part["other"])
        days = {(month, day) for month, day in ((one, two), (two, one)) if month <= 12 and day <= 31}
    else:
        month = _MONTHS[part["month"]] if part.get("month") else int(part["m"])
        days = {(month, int(part.get("d") or 0))}
    days = {(month, day) for month, day in days if 1 <= month <= 12 and day <= 31}
    if not days:
        return None
    keys: list[Key] = [("date", month, day, year) for month, day in sorted(days)]
    states = [*keys, *(("date", month, day, 0) for month, day in days)]
    return Claim(Kind.DATE, match[0].strip(), tuple((key,) for key in keys), tuple(states))


def _weekdays(text: str) -> Iterator[Claim]:
    for match in _WEEK_RANGE.finditer(text):
        first, last = _DAYS[match["first"]], _DAYS[match["last"]]
        between = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
        yield Claim(Kind.DATE, match[0], (), tuple(("weekday", day) for day in between), weighs=False)
    for match in _WEEK.finditer(text):
        yield plain(Kind.DATE, match[0], ("weekday", _DAYS[match[0]]))


def _clock(match: re.Match[str]) -> Claim | None:
    part = match.groupdict()
    half = {"p": 12, "a": 0, "午後": 12, "午前": 0}.get(part.get("half") or part.get("ja") or "")
    keys: list[Key] = []
    for hour, minute in (("h", "min"), ("h2", "min2")):
        if not part.get(hour):
            continue
        hours = int(part[hour])
        if hours > 24:
            return None
        hours = hours if half is None else hours % 12 + half
        keys.append(("clock", hours * 60 % 1_440 + int(part.get(minute) or 0)))
    return Claim(Kind.TIME, match[0].strip(), (tuple(keys),), tuple(keys))
