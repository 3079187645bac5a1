"""A page with all that an answer may hold, as each platform gets it; the golden files were read by people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bots.discord_format import to_discord
from bots.slack_format import to_slack
from core.posts import parts_of, replies
from tests.builders import stored

FOLDER = Path(__file__).parents[1] / "fixtures" / "form"
LIMITS = {"slack": 3_000, "discord": 1_900}
SHOWN: dict[str, Callable[[str], str]] = {"slack": to_slack, "discord": to_discord}


@pytest.mark.parametrize("platform", SHOWN)
def test_the_samples_page(platform: str) -> None:
    page = (FOLDER / "samples.md").read_text()

    [post] = replies(stored("How?"), page, LIMITS[platform])

    assert f"{SHOWN[platform](post.text)}\n" == (FOLDER / f"{platform}.txt").read_text()


@pytest.mark.parametrize("platform", SHOWN)
def test_in_parts_no_code_is_torn_and_nothing_is_lost(platform: str) -> None:
    page = (FOLDER / "samples.md").read_text()

    parts = [SHOWN[platform](post.text) for post in parts_of(page, 120, f"{platform}:1")]

    assert len(parts) > 5
    assert all(part.count("```") % 2 == 0 for part in parts)
    assert "return 30 - order.age  # **not bold**, " in "\n".join(parts)
