"""Messages are untrusted: every text is judged, in time linear in its length; every table is complete."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.escalation import cues, declines_offer, same_question, small_talk, takes_offer
from core.escalation.reading import tables
from core.escalation.said import LIMIT, said
from core.escalation.table import Table, phrases

RULES: list[Callable[[str], object]] = [
    cues,
    takes_offer,
    declines_offer,
    small_talk,
    lambda text: same_question(text, f"{text} more"),
]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for table in tables():
        language = next(name for name, tables in LANGUAGE_OF.items() if tables is table)
        for field in fields(Table):
            value = getattr(table, field.name)
            if isinstance(value, re.Pattern):
                yield f"{language}-{field.name}", value
        yield from ((f"{language}-{name}", pattern) for name, pattern in table.names.items())


LANGUAGE_OF = dict(zip("en de es fr pt ja".split(), tables(), strict=True))
PATTERNS = dict(patterns())

# What the patterns begin with or hold, over and over.
PIECES = [
    "a ",
    "i ",
    "so ",
    "not ",
    "HUMAN ",
    "talk to ",
    "dont want to ",
    "mit ",
    "con ",
    "HUMANと",
    "x",
    " , ",
]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_is_linear(name: str) -> None:
    """Forty thousand characters take about ten times as long as four thousand; quadratic is a hundred."""
    pattern = PATTERNS[name]
    for piece in PIECES:
        short, long = (measured(pattern, piece * (size // len(piece))) for size in (4_000, 40_000))
        assert long < 40 * max(short, 0.001), piece


def measured(pattern: re.Pattern[str], text: str) -> float:
    """Return the CPU time of this thread alone: what else the machine does must not count."""
    started = time.thread_time()
    for _ in pattern.finditer(text):
        pass
    return time.thread_time() - started


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_repeats_without_a_bound(name: str) -> None:
    bare = re.sub(r"\\.|\[[^\]]*\]", "x", PATTERNS[name].pattern)
    assert not re.search(r"[*+]|\{\d*,\}", bare)


LONG = [
    piece * 30_000 for piece in ("yes ", "\n", "talk to ", "```", ">", '"', "«", "「", "👍", "ﷺ", "' ", ".,")
]
REPEATED = [f"{word} " * 60 + "help" for word in ("please", "thanks", "thank you", "no thanks", "ok", "hi")]


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", [*LONG, *REPEATED], ids=lambda text: ascii(text[:12]))
def test_long_messages_do_not_hold_up_the_desk(text: str) -> None:
    for rule in RULES:
        rule(text)


def test_a_long_message_is_cut() -> None:
    message = said("word " * 5_000)
    assert max(len(message.own), len(message.clauses)) <= LIMIT
    assert cues("word " * 5_000 + "I want to talk to a human") == frozenset()
    assert cues("I want to talk to a human. " + "word " * 5_000)


@given(st.text(st.characters()) | st.text(alphabet="yes no,please'thank u!?\n>`\"はい人と話", max_size=200))
def test_any_message_is_judged(text: str) -> None:
    for rule in RULES:
        rule(text)


@given(st.lists(st.sampled_from("talk to a human please not now agent bot my your is there I spoke".split())))
def test_a_judgement_does_not_hang_on_blanks_or_case(words: list[str]) -> None:
    assert cues("  ".join(words)) == cues(" ".join(words).lower() + "\n")


@pytest.mark.parametrize("table", tables(), ids=LANGUAGE_OF)
def test_every_table_fills_every_field(table: Table) -> None:
    for field in fields(Table):
        value = getattr(table, field.name)
        assert value.pattern != phrases("").pattern if isinstance(value, re.Pattern) else True
    assert {"BOT", "HUMAN", "SUPPORT", "STAFF"} <= set(table.names)


def test_phrases_are_written_plainly() -> None:
    pattern = phrases(
        """
        # a comment
        talk to <who>
        one (or|
            two)|three
        """,
        {"who": "her|him"},
    )
    for text in ("talk to her", "talk to him", "one or", "one two", "three"):
        assert pattern.fullmatch(text), text
    assert not pattern.search("stalk to hers")
    assert pattern.groups == 0
