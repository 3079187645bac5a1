"""Each customer is spoken to in their own language, from the offer of a person to the thumb."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import words
from core.messages import Press
from core.phrases import PHRASES
from tests.both.conftest import Open
from tests.both.sides import Side, plain

QUESTION = {"de": "Kann ich bei euch einen Gutschein kaufen?", "ja": "ギフト券は買えますか？"}
YES = {"de": "ja bitte", "ja": "はい"}
SPOKEN = [(platform, language) for platform in ("slack", "discord") for language in QUESTION]


@pytest.mark.parametrize(("platform", "language"), SPOKEN)
async def test_a_case_is_told_in_the_customers_language(
    sides: dict[str, Side], opened: Open, platform: str, language: str
) -> None:
    side, says = sides[platform], PHRASES[language]
    us = await opened(agents=side.team)
    await side.writes(us, "Ada", QUESTION[language])
    [offered] = side.reads("Ada")
    assert offered.endswith(plain(says.offer))
    await side.writes(us, "Ada", YES[language])
    (card,) = side.cards()
    assert side.reads("Ada")[1:] == [plain(says.told)]
    assert await side.press(us, card, "Dana", words.LABELS[Press.CLAIM]) == ""
    assert await side.press(us, card, "Dana", words.LABELS[Press.RESOLVE]) == ""
    assert side.reads("Ada")[2:] == [plain(says.claimed_by("Dana")), plain(says.resolved)]
    assert plain(await side.thumb(us, "Ada", Press.BAD)) == plain(says.sorry)
    # The agents read their cards in English, the customer's words as they are.
    assert side.cards()[0].text.startswith("Ada in a direct message")
    assert QUESTION[language] in side.cards()[0].text


async def test_what_the_support_lead_rewords_is_said_at_once(
    sides: dict[str, Side], opened: Open, knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.knowledge.library.FRESH_SECONDS", 0.0)
    side = sides["slack"]
    us = await opened(agents=side.team)
    await side.writes(us, "Ada", "Hi")
    (knowledge / "phrases.toml").write_text(f"[en]\ngreeting = {json.dumps('Ahoy!')}\n")
    await side.writes(us, "Ben", "Hi")
    assert side.reads("Ada") == [PHRASES["en"].greeting]
    assert side.reads("Ben") == ["Ahoy!"]
