"""A customer of one platform is forgotten, with what agents of the other one were shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import words
from core.messages import Author, Post, Press
from core.phrases import ENGLISH
from core.posts import new_key
from tests.both.conftest import Open
from tests.both.sides import Side, plain
from tests.discord_.conftest import Frontdesk

SECRET = "My zebra77 is lost"


def in_bytes(us: Frontdesk) -> bool:
    folder = Path(us.settings.database).parent
    return any(b"zebra77" in file.read_bytes() for file in folder.glob(f"{us.settings.database.name}*"))


async def forgets(us: Frontdesk, side: Side, who: str) -> str:
    """Let a customer ask to be forgotten, and press Yes below the question; return what they are told."""
    person = Author(side.person(who), who)
    aside = await us.desk.forgetting.ask(person)
    place = us.rows("SELECT place FROM messages WHERE author = ?", person.id)[0][0]
    adapter = us.slack if side.name == "slack" else us.bot
    await adapter.post(Post(new_key(), place, aside.text, buttons=aside.buttons))
    return await side.thumb(us, who, Press.FORGET)


async def test_what_repeats_their_question_above_the_answer_is_removed(
    sides: dict[str, Side], opened: Open
) -> None:
    side = sides["slack"]  # Discord shows a question itself, as the answer to its command
    us = await opened()
    await side.gives(us, "Ada", "ask", "How do I get a refund for my zebra77?")
    await us.settled()
    asked, answer = side.reads("Ada")
    assert "zebra77" in asked
    await forgets(us, side, "Ada")
    await us.until(lambda: bool(us.rows("SELECT 1 FROM forgotten WHERE state = 'swept'")))
    await us.settled()
    read = side.reads("Ada")
    assert answer in read
    assert [text for text in read if "zebra77" in text] == []


@pytest.mark.parametrize(("customer", "agents"), [("slack", "discord"), ("discord", "slack")])
async def test_once_the_case_is_closed_nothing_is_left_of_it(
    sides: dict[str, Side], opened: Open, customer: str, agents: str
) -> None:
    theirs, ours = sides[customer], sides[agents]
    us = await opened(agents=ours.team)
    await theirs.writes(us, "Ada", f"{SECRET}, get me a human please")
    await theirs.writes(us, "Ada", "It is a zebra77!")
    (card,) = ours.cards()
    assert SECRET in card.text

    # While the team deals with it the wish is only kept.
    assert plain(await forgets(us, theirs, "Ada")) == plain(ENGLISH.forget_later)
    assert in_bytes(us)
    await ours.press(us, card, "Dana", words.LABELS[Press.CLAIM])
    await ours.says(us, card, "Dana", "We found the zebra77.")
    await ours.press(us, card, "Dana", words.LABELS[Press.RESOLVE])
    await us.until(lambda: bool(us.rows("SELECT 1 FROM forgotten WHERE state = 'swept'")))
    await us.settled()
    assert not in_bytes(us)
    (card,) = ours.cards()
    assert "A customer who asked to be forgotten needed a person: asked for a person." in card.text
    assert "Resolved by Dana" in card.text
    assert card.buttons == ()
    assert [text for text in ours.below(card) if "zebra77" in text] == []
    # What a person told them is theirs to keep.
    assert [text for text in theirs.reads("Ada") if "We found the zebra77." in text] != []

    # Whoever writes again is answered.
    before = len(theirs.reads("Ada"))
    await theirs.writes(us, "Ada", "How long does a refund take?")
    assert len(theirs.reads("Ada")) == before + 1
