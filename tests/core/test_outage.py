"""One notice while the bot can't answer, with all who wait on it."""

from __future__ import annotations

from core import words
from core.outage import LISTED, SAME_OUTAGE_SECONDS, Outage, Struck, told
from core.posts import new_key
from tests.builders import TEAM


def struck(name: str = "Ann", now: float = 1_000.0, not_before: float = 0.0) -> Struck:
    return Struck(TEAM, "<@team>", words.struck(name, "#help", "https://x.example/1"), now, not_before)


def test_the_first_one_pings_with_a_notice_that_lists_them() -> None:
    outage, notice = told(None, struck(not_before=5.0))
    assert (notice.key, notice.place, notice.mention, notice.edits) == (outage.key, TEAM, "<@team>", "")
    assert notice.not_before == 5.0
    assert "Waiting: 1." in notice.text
    assert "- **Ann** in #help ([open](https://x.example/1))" in notice.text


def test_the_next_ones_are_listed_on_the_same_notice_without_a_ping() -> None:
    first, notice = told(None, struck("Ann"))
    second, edit = told(first, struck("Ben", 1_100.0))
    assert (edit.edits, edit.mention, edit.place) == (notice.key, "", TEAM)
    assert "Waiting: 2." in edit.text
    assert edit.text.index("Ann") < edit.text.index("Ben")
    assert (second.key, second.total, second.last_at) == (first.key, 2, 1_100.0)


def test_a_long_list_is_cut_and_counted() -> None:
    outage: Outage | None = None
    for number in range(LISTED + 30):
        outage, post = told(outage, struck(f"Customer {number}"))
    assert f"Waiting: {LISTED + 30}." in post.text
    assert f"Customer {LISTED - 1}**" in post.text
    assert f"Customer {LISTED}**" not in post.text
    assert "and 30 more" in post.text
    assert len(post.text) < 3_000


def test_a_notice_is_for_one_outage_as_long_as_it_goes_on() -> None:
    outage = Outage(new_key(), TEAM, ("old",), 1, 1_000.0)
    same, edit = told(outage, struck(now=1_000.0 + SAME_OUTAGE_SECONDS))
    assert same.key == outage.key
    another, notice = told(same, struck(now=same.last_at + SAME_OUTAGE_SECONDS + 1))
    assert another.key != outage.key
    assert (another.total, notice.edits, notice.mention) == (1, "", "<@team>")
    assert edit.edits == outage.key
