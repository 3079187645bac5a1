"""What the bot itself says to customers, one table a language, and how its parts are put together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.markdown import escape
from core.messages import Passage, Press, Reason, Unread
from core.phrases.naming import linked, named


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every fixed phrase that customers read, in one language.

    What stands in braces is filled in. Words that a phrase asks the customer to write (*yes*, *agent*) are
    ones that the rules of escalation understand in that language.
    """

    # --- answers
    greeting: str
    welcome: str
    good: str
    not_found: str
    not_found_for: str  # {questions}
    unread: str  # {language}
    no_more: str
    see_also: str  # {name}
    source: str  # {name}
    source_part: str  # {name}, {heading}
    sources: str  # {names}
    left_out: str
    cut: str
    broken_off: str
    goes_on: str  # {name}
    goes_on_team: str
    too_long: str
    still_on_it: str
    busy: str
    trouble: str
    filtered: str
    late: str
    late_alone: str
    i_am_a_bot: str
    muted: str

    # --- when a person would help
    upset: str
    unhelped: str
    repeated: str
    not_solved: str
    bare: str
    declined: str
    after_no: str
    offer: str
    offer_of: str  # {name}
    for_a_person: str
    told: str
    told_until: str  # {when}
    away: str
    away_until: str  # {when}

    # --- a case
    passed_on: str
    withdrawn: str
    claimed: str  # {name}
    given_back: str
    resolved: str
    still_needed: str  # {time}
    closed_quiet: str
    thank_you: str
    sorry: str
    not_yours: str
    out_of_date: str

    # --- what is attached
    for_a_look: str
    cant_read: str  # {parts}
    cant_hear_voice: str  # {names}
    cant_watch: str  # {names}
    cant_see: str  # {names}
    cant_open: str  # {names}
    too_large: str  # {names}
    too_many: str  # {names}
    no_room: str  # {names}
    broken: str  # {names}
    no_text: str  # {names}
    gone: str  # {names}
    not_now: str  # {names}

    # --- when to speak
    looped: str
    mention_me: str  # {name}
    may_not_write_there: str  # {where}

    # --- commands
    wants_person: str
    you_asked: str
    goes_on_direct: str
    calling: str
    has_person: str
    failed: str
    asked_below: str
    asked_already: str
    no_question: str  # {prefix}
    nothing_to_ask: str
    own_words: str
    no_such_command: str  # {name}
    new_begins: str
    new_shared: str
    new_not_here: str
    new_with_people: str
    invite: str  # {how}
    may_not_write: str
    closed_direct: str
    help: str
    help_ask: str  # {prefix}
    help_menu: str
    help_files: str
    help_person: str  # {prefix}
    help_new: str  # {prefix}
    help_forget: str  # {prefix}
    help_feedback: str
    home: str
    home_person: str

    # --- what a platform lists beside a command, in 100 characters at most
    command_ask: str
    command_ask_what: str
    command_human: str
    command_human_what: str
    command_new: str
    command_forget: str
    command_help: str

    # --- whether it helped
    not_helpful: str
    not_helpful_offer: str
    with_team: str
    person_asked: str

    # --- being forgotten
    forget_ask: str
    forget_open: str
    forgotten: str
    forget_later: str
    forgotten_now: str
    kept: str

    # --- buttons
    button_yes: str
    button_no: str
    button_helpful: str
    button_unhelpful: str
    button_person: str
    button_forget: str
    button_keep: str

    # --- lists, times and spans
    and_: str  # {first}, {last}
    or_: str  # {first}, {last}
    today: str  # {time}, {zone}
    tomorrow: str  # {time}, {zone}
    on_weekday: str  # {weekday}, {time}, {zone}
    on_date: str  # {weekday}, {day}, {month}, {time}, {zone}
    weekdays: str  # seven words, Monday first
    months: str  # twelve words
    one_day: str
    days: str  # {number}
    one_hour: str
    hours: str  # {number}
    one_minute: str
    minutes: str  # {number}
    moment: str

    def label(self, press: Press) -> str:
        """Return what a button says that customers see."""
        return {
            Press.YES: self.button_yes,
            Press.NO: self.button_no,
            Press.GOOD: "👍",
            Press.BAD: "👎",
            Press.HELPFUL: self.button_helpful,
            Press.UNHELPFUL: self.button_unhelpful,
            Press.PERSON: self.button_person,
            Press.FORGET: self.button_forget,
            Press.KEEP: self.button_keep,
        }[press]

    def listed(self, parts: Sequence[str], last: str = "") -> str:
        """Return a list of at least one part as words: `a, b and c`; `last` replaces the pattern `and_`."""
        if len(parts) == 1:
            return parts[0]
        return (last or self.and_).format(first=", ".join(parts[:-1]), last=parts[-1])

    def not_found_of(self, questions: Sequence[str]) -> str:
        """Return that the articles answer some of a message's questions, but not these."""
        quoted = [f"“{escape(question)}”" for question in questions]
        return self.not_found_for.format(questions=self.listed(quoted, self.or_))

    def see_also_of(self, passage: Passage) -> str:
        """Return the sentence that names an article which may answer a question as well."""
        return self.see_also.format(name=linked(passage))

    def source_of(self, passages: Sequence[Passage]) -> str:
        """Return the sentence that names the articles that an answer rests on; empty for no passages."""
        if not passages:
            return ""
        names = list(dict.fromkeys(map(linked, passages)))
        if len(names) > 1:
            return self.sources.format(names=self.listed(names))
        headings = {passage.heading for passage in passages}
        if len(headings) == 1 and all(headings):
            return self.source_part.format(name=names[0], heading=named(headings.pop()))
        return self.source.format(name=names[0])

    def unread_of(self, files: Sequence[tuple[str, Unread]]) -> str:
        """Return the one sentence that says which files, by name, could not be read and why."""
        why = {
            Unread.VOICE: self.cant_hear_voice,
            Unread.VIDEO: self.cant_watch,
            Unread.UNSEEN: self.cant_see,
            Unread.KIND: self.cant_open,
            Unread.TOO_BIG: self.too_large,
            Unread.TOO_MANY: self.too_many,
            Unread.NO_ROOM: self.no_room,
            Unread.BROKEN: self.broken,
            Unread.EMPTY: self.no_text,
            Unread.GONE: self.gone,
            Unread.NOT_NOW: self.not_now,
        }
        names: dict[Unread, list[str]] = {}
        for name, unread in files:
            names.setdefault(unread, []).append(f"“{named(name)}”")
        parts = [why[unread].format(names=self.listed(theirs)) for unread, theirs in names.items()]
        return self.cant_read.format(parts=self.listed(parts, self.or_))

    def helps(self, prefix: str, contact: str) -> str:
        """Return what a customer can do, a line each.

        Args:
            prefix: What stands before a command's name: `/`, or `/frontdesk `.
            contact: How to reach a person where none can be called; empty where one can.
        """
        lines = [
            self.help_ask.format(prefix=prefix),
            self.help_menu,
            self.help_files,
            contact or self.help_person.format(prefix=prefix),
            self.help_new.format(prefix=prefix),
            self.help_forget.format(prefix=prefix),
            self.help_feedback,
        ]
        return "\n".join([self.help, *(f"- {line}" for line in lines)])

    def welcomes(self, prefix: str, person: str) -> str:
        """Return what the bot's own page says.

        Args:
            prefix: What stands before a command's name.
            person: How people are reached, in a sentence.
        """
        lines = [
            self.help_ask.format(prefix=prefix),
            self.help_menu,
            self.help_files,
            person,
            self.help_new.format(prefix=prefix),
            self.help_forget.format(prefix=prefix),
        ]
        return "\n".join([self.home, *(f"- {line}" for line in lines)])

    def before_person(self, reason: Reason) -> str:
        """Return what a customer reads before hearing that a person comes; empty if nothing need be said."""
        return {
            Reason.CONTENT_FILTERED: self.filtered,
            Reason.MODEL_UNAVAILABLE: self.trouble,
            Reason.TURN_FAILED: self.trouble,
            Reason.NOT_IN_ARTICLES: self.not_found,
            Reason.LOOPED: self.looped,
        }.get(reason, "")

    def goes_on_by(self, name: str = "") -> str:
        """Return what closes a reply as the team, or the one whose escaped name is given, takes over."""
        return self.goes_on.format(name=name) if name else self.goes_on_team

    def offered(self, name: str = "") -> str:
        """Return the question whether to bring in a person, or the one whose escaped name is given."""
        return self.offer_of.format(name=name) if name else self.offer

    def away_till(self, when: str) -> str:
        """Return what a customer reads out of hours; `when` is empty if no opening is in sight."""
        return self.away_until.format(when=when) if when else self.away

    def told_till(self, when: str) -> str:
        """Return what a customer reads once somebody was called; with `when` that was out of hours."""
        return f"{self.told} {self.told_until.format(when=when)}" if when else self.told

    def claimed_by(self, name: str) -> str:
        """Return what the customer reads when a person takes their case; the name is escaped."""
        return self.claimed.format(name=name)

    def opening(self, at: float, now: float, zone: ZoneInfo) -> str:
        """Return a later time as a customer reads it: `today at 14:00 (CET)`, `on Monday at 09:00 (CET)`."""
        then, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone).date()
        days = (then.date() - today).days
        pattern = {0: self.today, 1: self.tomorrow}.get(days, self.on_weekday if days < 7 else self.on_date)
        return pattern.format(
            time=f"{then:%H:%M}",
            zone=f"{then:%Z}",
            weekday=self.weekdays.split()[then.weekday()],
            day=then.day,
            month=self.months.split()[then.month - 1],
        )

    def span(self, seconds: float) -> str:
        """Return a span of time in words: `30 minutes`, `24 hours`, `2 days`."""
        minutes = round(seconds / 60)
        units = (
            (1_440, self.one_day, self.days),
            (60, self.one_hour, self.hours),
            (1, self.one_minute, self.minutes),
        )
        for size, one, many in units:
            if minutes >= 2 * size or (minutes >= size and minutes % size == 0):
                number = round(minutes / size)
                return one if number == 1 else many.format(number=number)
        return self.moment
