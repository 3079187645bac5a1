"""When people are there, what always goes to them, and the file in which the support lead says so."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from core.policy import DEFAULT_POLICY, Hours, Policy, Subject
from core.policy_file import WrongPolicy, parse_policy
from tests.builders import moment
from tests.process.frontdesk import PROJECT

BERLIN = "Europe/Berlin"
OFFICE = """
timezone = "Europe/Berlin"
holidays = [2026-12-25]
[hours]
monday = ["09:00-12:30", "13:00-17:00"]
friday = ["09:00-15:00"]
saturday = ["22:00-24:00"]
sunday = ["00:00-02:00"]
"""


def hours(text: str = OFFICE) -> Hours:
    found = parse_policy(text).hours
    assert found is not None
    return found


def opens(at: str, text: str = OFFICE, zone: str = BERLIN) -> float | None:
    return hours(text).opens(moment(at, zone))


# 2026-11-23 is a Monday.
@pytest.mark.parametrize(
    ("at", "from_then"),
    [
        ("2026-11-23 08:59", "2026-11-23 09:00"),
        ("2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-11-23 12:29", "2026-11-23 12:29"),
        ("2026-11-23 12:30", "2026-11-23 13:00"),  # the break
        ("2026-11-23 16:59", "2026-11-23 16:59"),
        ("2026-11-23 17:00", "2026-11-27 09:00"),  # closed from the minute of closing on
        ("2026-11-25 12:00", "2026-11-27 09:00"),  # a day without hours
        ("2026-11-28 21:00", "2026-11-28 22:00"),
        ("2026-11-28 23:59", "2026-11-28 23:59"),
        ("2026-11-29 00:00", "2026-11-29 00:00"),  # over midnight
        ("2026-11-29 02:00", "2026-11-30 09:00"),
        ("2026-12-24 12:00", "2026-12-26 22:00"),  # Friday the 25th is a holiday
    ],
)
def test_people_are_there_from(at: str, from_then: str) -> None:
    assert opens(at) == moment(from_then, BERLIN)


def test_the_hours_are_those_of_the_time_zone_wherever_the_machine_is() -> None:
    assert opens("2026-11-23 07:59", zone="UTC") == moment("2026-11-23 08:00", "UTC")
    new_york = OFFICE.replace(BERLIN, "America/New_York")
    assert opens("2026-11-23 13:59", new_york, "UTC") == moment("2026-11-23 14:00", "UTC")


def test_a_change_to_summer_time_moves_no_opening() -> None:
    week = 'timezone = "Europe/Berlin"\n[hours]\nmonday = ["09:00-17:00"]'
    # On Sunday 2026-03-29 and 2026-10-25 the clocks change.
    assert opens("2026-03-28 12:00", week) == moment("2026-03-30 07:00", "UTC")
    assert opens("2026-10-24 12:00", week) == moment("2026-10-26 08:00", "UTC")


def test_an_hour_that_does_not_exist_or_comes_twice_closes_nobody_out() -> None:
    night = 'timezone = "Europe/Berlin"\n[hours]\nsunday = ["02:30-05:00"]'
    found = opens("2026-03-29 00:00", night)
    assert found is not None
    assert moment("2026-03-29 01:00", "UTC") <= found <= moment("2026-03-29 02:00", "UTC")
    assert opens("2026-10-25 04:00", night) == moment("2026-10-25 04:00", BERLIN)


def test_who_is_never_there_has_no_opening() -> None:
    assert opens("2026-11-23 12:00", 'timezone = "Europe/Berlin"\n[hours]\n') is None


def test_who_is_closed_for_a_season_names_no_day() -> None:
    days = ", ".join(f"2026-{month:02}-{day:02}" for month in (10, 11, 12) for day in range(1, 31))
    closed = f'holidays = [{days}]\n[hours]\nmonday = ["09:00-17:00"]'
    assert opens("2026-10-01 12:00", closed, "UTC") is None


def test_without_hours_people_are_always_there() -> None:
    assert parse_policy("").opens(5.0) == 5.0
    assert DEFAULT_POLICY.opens(5.0) == 5.0


# --- subjects -----------------------------------------------------------------------------------------

LAWYER = Subject("legal", ("lawyer", "sue you", "refund*", "anwält*", "弁護士"))


@pytest.mark.parametrize(
    "text",
    ["My LAWYER says", "I will sue  you!", "refunds?", "refund", "Meine Anwältin.", "弁護士に相談します"],
)
def test_a_subject_is_found_wherever_it_stands(text: str) -> None:
    assert LAWYER.matches(text)


@pytest.mark.parametrize("text", ["", "lawyers", "I sue your cat", "prerefund", "pursue you"])
def test_a_part_of_another_word_is_no_subject(text: str) -> None:
    assert not LAWYER.matches(text)


def test_the_first_subject_that_fits_counts() -> None:
    first, second = Subject("one", ("gold",)), Subject("two", ("gold", "silver"))
    policy = Policy(ZoneInfo("UTC"), subjects=(first, second))
    assert policy.subject(["hello", "gold and silver"]) == first
    assert policy.subject(["silver"]) == second
    assert policy.subject(["bronze"]) is None


# --- the file -----------------------------------------------------------------------------------------


def test_the_file_that_comes_with_frontdesk_is_right_and_says_what_is_in_force() -> None:
    policy = parse_policy((PROJECT / "knowledge" / "escalation.toml").read_text())
    assert (policy.zone.key, policy.hours) == (BERLIN, None)
    assert policy.waiting == (600.0, 1_800.0)
    assert (policy.answer, policy.quiet, policy.close) == (900.0, 86_400.0, 86_400.0)
    assert policy.subject(["I want a copy of my data"]) is not None


def test_an_empty_file_is_the_same_as_none() -> None:
    assert parse_policy("") == DEFAULT_POLICY


def test_every_entry_counts() -> None:
    policy = parse_policy(
        """
        timezone = "Asia/Tokyo"
        [out_of_hours]
        place = "slack:C0123"
        mention = "<!here>"
        [reminders]
        waiting_minutes = [60, 5]
        second_mention = "<@U1>"
        answer_minutes = 0
        quiet_hours = 48
        close_hours = 1
        [[subjects]]
        name = "press"
        words = [" Journalist "]
        say = " One moment. "
        """
    )
    assert policy == Policy(
        ZoneInfo("Asia/Tokyo"),
        None,
        (Subject("press", ("journalist",), "One moment."),),
        "slack:C0123",
        "<!here>",
        (300.0, 3_600.0),
        "<@U1>",
        0.0,
        172_800.0,
        3_600.0,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("timezone = ", "not valid TOML"),
        ('timezone = "Berlin"', 'timezone: must be a time zone such as "Europe/Berlin"'),
        ('timezone = "../../etc/passwd"', "timezone: must be a time zone"),
        ('timezone = ""', "timezone: must be a time zone"),
        ('time_zone = "UTC"', "time_zone: is not known here"),
        ('[hours]\nmonnday = ["09:00-17:00"]', "hours.monnday: is not known here"),
        ('[hours]\nmonday = ["9-17"]', 'hours.monday.0: must look like "09:00-17:30"'),
        (
            '[hours]\nmonday = ["09:00-24:30"]',
            "hours.monday.0: must end after it starts, at 24:00",
        ),
        ('[hours]\nmonday = ["22:00-02:00"]', "write a night as two days' spans"),
        ('[hours]\nmonday = ["09:60-17:00"]', 'hours.monday.0: must look like "09:00-17:30"'),
        ('[hours]\nmonday = "09:00-17:00"', "hours.monday"),
        ('holidays = ["Christmas"]', "holidays.0"),
        ('[out_of_hours]\nplace = "#night"', "out_of_hours.place"),
        ('[out_of_hours]\nmention = "@here"', "out_of_hours.mention"),
        ("[reminders]\nwaiting_minutes = [0]", "reminders.waiting_minutes.0"),
        ("[reminders]\nanswer_minutes = -1", "reminders.answer_minutes"),
        ("[reminders]\nclose_hours = 0", "reminders.close_hours"),
        ('[[subjects]]\nname = "x"', "subjects.0.words"),
        ('[[subjects]]\nname = ""\nwords = ["ab"]', "subjects.0.name"),
        ('[[subjects]]\nname = "x"\nwords = ["a"]', "subjects.0.words.0"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(WrongPolicy) as error:
        parse_policy(text)
    assert told in str(error.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(WrongPolicy) as error:
        parse_policy('timezone = "Berlin"\n[reminders]\nclose_hours = 0')
    assert "timezone" in str(error.value)
    assert "close_hours" in str(error.value)


@pytest.mark.parametrize("number", ["inf", "nan", "1e300"])
@pytest.mark.parametrize("entry", ["waiting_minutes = [{}]", "quiet_hours = {}", "close_hours = {}"])
def test_numbers_without_an_end_are_refused(entry: str, number: str) -> None:
    with pytest.raises(WrongPolicy):
        parse_policy(f"[reminders]\n{entry.format(number)}")
