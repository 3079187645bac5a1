"""What is shown of a reply while it is written, and when."""

from __future__ import annotations

import asyncio

import pytest

from core.bursts import unless
from core.draft import EVERY_SECONDS, FIRST_SECONDS, Draft, Progress, due, visible
from core.messages import Action
from core.ports import Opening, Sentence
from core.splitting import finished
from core.store import Store
from tests.builders import incoming
from tests.fakes import RecordingPlatform

ANSWER = Action.ANSWER


def test_nothing_is_due_before_there_are_words() -> None:
    assert due(Progress(100.0), 500) is None
    assert due(Progress(100.0, ANSWER), 500) is None
    assert due(Progress(100.0, ANSWER, " \n"), 500) is None


def test_the_first_words_are_due_once_the_turn_has_taken_long() -> None:
    assert due(Progress(100.0, ANSWER, "One."), 500) == 100.0 + FIRST_SECONDS


def test_later_words_are_due_a_while_after_the_last_ones() -> None:
    progress = Progress(100.0, ANSWER, "One. Two.", shown="One.", shown_at=107.0)
    assert due(progress, 500) == 107.0 + EVERY_SECONDS
    assert due(Progress(100.0, ANSWER, "One.", "One.", 107.0), 500) is None


def test_a_platform_that_wants_to_be_left_alone_is() -> None:
    assert due(Progress(100.0, ANSWER, "One.", not_before=130.0), 500) == 130.0
    assert due(Progress(100.0, ANSWER, "One. Two.", "One.", 107.0, 130.0), 500) == 130.0


@pytest.mark.parametrize("action", [Action.OFFER_HUMAN, Action.ESCALATE, None])
def test_only_what_answers_is_shown_while_it_is_written(action: Action | None) -> None:
    assert due(Progress(100.0, action, "One."), 500) is None
    assert due(Progress(100.0, Action.CLARIFY, "Which one?"), 500) is not None


def test_what_is_too_long_for_one_post_stays_at_the_first_part() -> None:
    first, second = "a " * 30, "b " * 30
    assert visible(Progress(0.0, ANSWER, f"{first}\n\n{second}"), 80) == first.strip()
    grown = Progress(0.0, ANSWER, f"{first}\n\n{second}\n\n{second}", shown=first.strip())
    assert due(grown, 80) is None


def test_what_was_shown_only_grows_also_where_the_parts_are_cut_anew() -> None:
    shown = "a " * 30 + "\n\n" + "b " * 5
    progress = Progress(0.0, ANSWER, shown + "b " * 60, shown=shown.strip())
    assert visible(progress, 80) == shown.strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Run this:\n```\nmake", "Run this:\n"),
        ("Run this:\n```\nmake\n```", "Run this:\n```\nmake\n```"),
        ("Run this:\n```\nmake\n```\nThen:\n~~~\nls", "Run this:\n```\nmake\n```\nThen:\n"),
        ("Prices:\n\n| a | b |\n", "Prices:\n\n"),
        ("Prices:\n\n| a | b |\n|---|---|\n| 1 | 2", "Prices:\n\n"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nThat's", "| a | b |\n|---|---|\n| 1 | 2 |\n\nThat's"),
        ("One. Two.", "One. Two."),
        ("", ""),
    ],
)
def test_code_and_tables_wait_until_they_are_whole(text: str, shown: str) -> None:
    assert finished(text) == shown


async def test_what_is_committed_goes_on_although_something_changes() -> None:
    changed, gate = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        await gate.wait()
        return "done"

    working = asyncio.ensure_future(unless(changed, work(), lambda: True))
    await asyncio.sleep(0)
    changed.set()
    gate.set()
    assert await working == "done"
    assert await unless(changed, work(), lambda: False) is None


@pytest.mark.parametrize("changes", [True, False])
async def test_what_begins_anew_is_not_shown(store: Store, changes: bool) -> None:
    await store.add(incoming("How?"), 1)
    turn = await store.claim(("stub",))
    assert turn
    platform, changed = RecordingPlatform(), asyncio.Event()

    async def with_people() -> bool:
        return False

    async def first() -> None: ...

    draft = Draft(turn, platform, store, -FIRST_SECONDS, changed, with_people, first)
    draft.hear(Opening(ANSWER))
    draft.hear(Sentence("One."))
    if changes:
        changed.set()
    await asyncio.sleep(0.01)  # what is due at once has begun by then
    await draft.finish()
    assert draft.committed is not changes
    assert bool(platform.tries) is not changes
