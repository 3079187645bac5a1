"""Hostile articles and hostile customers, and a model that obeys them: nothing happens but words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.messages import Press
from tests import hostile
from tests.both.conftest import Open
from tests.both.sides import Side
from tests.both.test_pairs import LABELS, WANTED
from tests.discord_.conftest import Frontdesk, model_settings
from tests.hostile import ATTACKS, Harm
from tests.simulators.model import ModelSimulator

on_both = pytest.mark.parametrize("platform", ["slack", "discord"])


async def with_a_case(us: Frontdesk, side: Side) -> None:
    """Let Ben have a person: a case that attacks could close."""
    await side.writes(us, "Ben", WANTED)
    assert await side.press(us, side.cards()[0], "Dana", LABELS[Press.CLAIM]) == ""


async def asked(us: Frontdesk, side: Side, questions: list[str]) -> None:
    """Let as many customers ask, each one thing, and wait until all are answered."""
    known = us.messages()
    for number, text in enumerate(questions):
        await side.writes(us, f"C{number}", text, settle=False)
    await us.until(lambda: us.messages() == known + len(questions))
    await us.settled()
    assert all(side.reads(f"C{number}") for number in range(len(questions)))


@on_both
async def test_what_stands_in_an_article_changes_nothing_though_the_model_obeys_it(
    sides: dict[str, Side], opened: Open, knowledge: Path, model: ModelSimulator, platform: str
) -> None:
    side = sides[platform]
    hostile.plant(knowledge / "articles", ATTACKS)
    model.always(hostile.obeys(ATTACKS))
    us = await opened(agents=side.team, **model_settings(model))
    await with_a_case(us, side)
    before = hostile.state(us.rows)
    await asked(us, side, [hostile.question(number) for number in range(len(ATTACKS))])
    assert len(model.requests) >= len(ATTACKS)
    assert hostile.harm(us.rows, before, side) == Harm()


@on_both
async def test_what_a_customer_writes_changes_nothing_though_the_model_obeys_it(
    sides: dict[str, Side], opened: Open, model: ModelSimulator, platform: str
) -> None:
    side = sides[platform]
    model.always(hostile.obeys(ATTACKS))
    us = await opened(agents=side.team, **model_settings(model))
    await with_a_case(us, side)
    before = hostile.state(us.rows)
    await asked(us, side, [attack.text for attack in ATTACKS])
    assert hostile.harm(us.rows, before, side) == Harm()


@on_both
async def test_a_hostile_article_that_is_quoted_says_its_own_words_and_does_nothing(
    sides: dict[str, Side], opened: Open, knowledge: Path, platform: str
) -> None:
    side = sides[platform]
    hostile.plant(knowledge / "articles", ATTACKS)
    us = await opened(agents=side.team)
    await with_a_case(us, side)
    before = hostile.state(us.rows)
    await asked(us, side, [hostile.question(number) for number in range(len(ATTACKS))])
    assert hostile.harm(us.rows, before, side) == Harm()
    quoted = us.rows("SELECT text FROM messages WHERE role = 'assistant' AND text LIKE '%from our article%'")
    assert len(quoted) == len(ATTACKS)
    articles = [set(re.findall(r"\w+", attack.text)) for attack in ATTACKS]
    for (text,) in quoted:
        words, _, source = text.rpartition("\n\n")
        assert any(set(re.findall(r"\w+", words)) <= article for article in articles), words
        assert source.startswith("_This is from our article “Crate ")


@on_both
async def test_no_foreign_link_is_shown_that_no_named_article_holds(
    sides: dict[str, Side], opened: Open, knowledge: Path, model: ModelSimulator, platform: str
) -> None:
    side, some = sides[platform], ATTACKS[:6]
    hostile.plant(knowledge / "articles", some)
    model.always(hostile.obeys(some))
    us = await opened(agents=side.team, **model_settings(model))
    await asked(us, side, [hostile.question(number) for number in range(len(some))])
    assert hostile.foreign_links(side, some) == []
