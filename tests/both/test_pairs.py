"""A case's whole life for each pair: the customer on Slack or Discord, the agents on Slack or Discord."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from core import words
from core.messages import Press
from core.phrases import ENGLISH
from tests.both.conftest import CUSTOMERS, Open
from tests.both.sides import Side, plain

WANTED = "I want to talk to a human"
LABELS = words.LABELS
PAIRS = [(customer, agents) for customer in ("slack", "discord") for agents in ("slack", "discord")]
pairs = pytest.mark.parametrize(("customer", "agents"), PAIRS, ids=[f"from {c} to {a}" for c, a in PAIRS])


def away_policy(knowledge: Path, place: str = "") -> None:
    """Let the office be open for one minute a year only, which is not now."""
    day = time.strftime("%A", time.gmtime(time.time() + 3 * 86_400)).lower()
    text = f'timezone = "UTC"\n[hours]\n{day} = ["09:00-17:00"]\n'
    if place:
        text += f'[out_of_hours]\nplace = "{place}"\n'
    (knowledge / "escalation.toml").write_text(text, "utf-8")


@pairs
async def test_from_the_question_to_the_thumb(
    sides: dict[str, Side], opened: Open, customer: str, agents: str
) -> None:
    theirs, ours = sides[customer], sides[agents]
    us = await opened(agents=ours.team)

    await theirs.writes(us, "Ada", "My order 12 is lost, get me a human please")
    (card,) = ours.cards()
    place = "Slack" if customer == "slack" else "Discord"
    assert card.text.startswith(f"Ada in a direct message on {place} needs a person: asked for a person.")
    assert card.buttons == (LABELS[Press.CLAIM], LABELS[Press.RESOLVE], LABELS[Press.GIVE_BACK])
    assert theirs.reads("Ada") == [plain(ENGLISH.told)]
    assert sides["slack" if agents == "discord" else "discord"].cards() == []

    added = await theirs.writes(us, "Ada", "For a child")
    assert ours.below(card) == ["Ada: For a child"]
    assert theirs.reads("Ada")[1:] == [plain(ENGLISH.passed_on)]

    # Words before the claim stay inside; Send and claim sends them.
    early = await ours.says(us, card, "Emil", "Which order?")
    assert plain(ours.hint(card, "Emil")) == plain(words.CLAIM_FIRST)
    assert (len(theirs.reads("Ada")), ours.marks(early)) == (2, 0)
    await ours.send_anyway(us, card, "Emil", LABELS[Press.SEND])
    assert theirs.reads("Ada")[2:] == ["Emil: Which order?"]
    assert ours.marks(early) == 1

    assert await ours.press(us, card, "Dana", LABELS[Press.TAKE_OVER]) == ""
    assert "Claimed by Dana" in ours.cards()[0].text
    await ours.says(us, card, "Dana", "// hm, the warehouse again")
    message = await ours.says(us, card, "Dana", "It is *on its way*, at 5 < 6 & 7.")
    assert theirs.reads("Ada")[3:] == [ENGLISH.claimed_by("Dana"), "Dana: It is on its way, at 5 < 6 & 7."]
    assert ours.marks(message) == 1

    await theirs.writes(us, "Ada", "Oh, good")
    assert ours.below(card)[-1].endswith("Ada: Oh, good")

    # Edits follow in both directions.
    await ours.edits(us, message, "It was returned.")
    assert theirs.reads("Ada")[4] == "Dana: It was returned."
    await theirs.edits(us, added, "For an adult")
    assert ours.below(card)[0] == "Ada: For an adult"

    assert await ours.press(us, card, "Dana", LABELS[Press.RESOLVE]) == ""
    assert ours.cards()[0].buttons == (LABELS[Press.REOPEN],)
    assert theirs.reads("Ada")[5:] == [plain(ENGLISH.resolved)]
    assert plain(await theirs.thumb(us, "Ada", Press.GOOD)) == plain(ENGLISH.thank_you)
    assert us.rows("SELECT state, rating FROM cases") == [("resolved", "good")]
    assert len(ours.cards()) == 1

    # The bot answers again; what the people said is not said twice by a restart.
    await us.stop()
    us = await opened(agents=ours.team)
    await theirs.writes(us, "Ada", "How do I get a refund?")
    assert theirs.reads("Ada")[6].startswith("Open Orders")
    assert len(theirs.reads("Ada")) == 7


@pairs
async def test_who_is_no_agent_is_refused(
    sides: dict[str, Side], opened: Open, customer: str, agents: str
) -> None:
    theirs, ours = sides[customer], sides[agents]
    us = await opened(agents=ours.team, agent_ids=ours.person("Dana"))
    await theirs.writes(us, "Ada", WANTED)
    (card,) = ours.cards()
    assert plain(await ours.press(us, card, "Emil", LABELS[Press.CLAIM])) == plain(words.NOT_AN_AGENT)
    await ours.says(us, card, "Emil", "May I?")
    assert theirs.reads("Ada") == [plain(ENGLISH.told)]
    assert await ours.press(us, card, "Dana", LABELS[Press.CLAIM]) == ""
    await ours.says(us, card, "Dana", "I may.")
    assert theirs.reads("Ada")[1:] == [ENGLISH.claimed_by("Dana"), "Dana: I may."]


@pairs
async def test_out_of_hours_the_case_goes_to_the_place_for_the_night(
    sides: dict[str, Side], opened: Open, knowledge: Path, customer: str, agents: str
) -> None:
    """The agents' place is on the customer's platform here, the one for the night on the other pair's."""
    theirs, night = sides[customer], sides[agents]
    away_policy(knowledge, night.night)
    us = await opened(agents=theirs.team)
    await theirs.writes(us, "Ada", WANTED)
    assert theirs.cards(theirs.team) == []
    (card,) = night.cards(night.night)
    (told,) = theirs.reads("Ada")
    assert told.startswith(plain(ENGLISH.told))
    assert "back on" in told
    assert await night.press(us, card, "Dana", LABELS[Press.CLAIM]) == ""
    await night.says(us, card, "Dana", "I am awake.")
    assert theirs.reads("Ada")[1:] == [ENGLISH.claimed_by("Dana"), "Dana: I am awake."]
    await theirs.writes(us, "Ada", "Good!")
    assert night.below(card)[-1].endswith("Ada: Good!")
    assert await night.press(us, card, "Dana", LABELS[Press.RESOLVE]) == ""
    assert us.cases() == [("resolved", "asked_for_person")]


@pairs
async def test_out_of_hours_without_such_a_place_the_ping_waits_and_the_customer_knows(
    sides: dict[str, Side], opened: Open, knowledge: Path, customer: str, agents: str
) -> None:
    theirs, ours = sides[customer], sides[agents]
    away_policy(knowledge)
    us = await opened(agents=ours.team)
    await theirs.writes(us, "Ada", WANTED)
    (told,) = theirs.reads("Ada")
    assert told.startswith("Our team is away at the moment and back on")
    assert ours.cards() == []
    await theirs.writes(us, "Ada", "Hello?")
    assert theirs.reads("Ada")[1:] == [plain(ENGLISH.passed_on)]
    assert ours.cards() == []
    await theirs.writes(us, "Ada", "never mind")
    assert theirs.reads("Ada")[2:] == [plain(ENGLISH.withdrawn)]


async def test_a_hundred_cases_at_once_across_both(sides: dict[str, Side], opened: Open) -> None:
    """Nobody reads a word that is meant for somebody else, and all is done in bounded time."""
    ours = sides["discord"]
    us = await opened(agents=ours.team)
    names = [f"C{number}" for number in range(CUSTOMERS)]
    async with asyncio.timeout(90):
        for theirs in sides.values():
            for name in names:
                await theirs.writes(us, name, f"{WANTED}, {name}", settle=False)
        await us.until(lambda: len(us.cases()) == 2 * CUSTOMERS, 60)
        await us.desk.settled()
        cards = {
            (side, name): next(
                card
                for card in ours.cards()
                if card.text.startswith(f"{name} in") and f"on {side.title()}" in card.text
            )
            for side in sides
            for name in names
        }
        assert len(ours.cards()) == len(cards) == 2 * CUSTOMERS
        for card in cards.values():
            assert await ours.press(us, card, "Dana", LABELS[Press.CLAIM]) == ""
        for (side, name), card in cards.items():
            await ours.says(us, card, "Dana", f"Hello {name} on {side}", settle=False)
        said = "SELECT count(*) FROM messages WHERE role = 'agent'"
        await us.until(lambda: us.rows(said) == [(2 * CUSTOMERS,)], 60)
        await us.desk.settled()
    for side, name in cards:
        assert sides[side].reads(name) == [
            plain(ENGLISH.told),
            ENGLISH.claimed_by("Dana"),
            f"Dana: Hello {name} on {side}",
        ]
    assert us.rows("SELECT state, count(*) FROM cases GROUP BY state") == [("claimed", 2 * CUSTOMERS)]
