"""A post that is refused for its form goes out plain: once, whole, and also after a crash in between."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core import outbox as module
from core.messages import Button, Post, Press
from core.outbox import Outbox
from core.plain import plain, plainer
from core.ports import BadForm
from core.store import Decision, Store
from tests.builders import DESK, incoming, post
from tests.fakes import RecordingPlatform

STUB = ("stub",)
BUTTONS = (Button(Press.YES, "Yes", "k"),)
MARKED = "## Refunds\n\nSend it **back** within [30 days](https://example.org/r).\n\n- one\n- two"
PLAIN = "Refunds\n\nSend it back within 30 days (https://example.org/r).\n\n- one\n- two"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_FLIGHT_SECONDS", 0.0)


async def queued(store: Store, *posts: Post) -> None:
    await store.add(incoming(), 1)
    turn = await store.claim(STUB)
    assert turn is not None
    assert await store.decide(turn, Decision(None, posts=posts)) is not None


async def sent(store: Store, platform: RecordingPlatform) -> None:
    outbox = Outbox(store, {"stub": platform})
    await outbox.take_up()
    running = asyncio.create_task(outbox.run())
    while not await store.idle(STUB):
        await asyncio.sleep(0)
    outbox.stop()
    await running
    await outbox.finish(0)


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        (MARKED, PLAIN),
        ("Just words.", "Just words."),
        ("a *b* _c_ ~~d~~ `e` \\*f\\*", "a b c d e *f*"),
        ("1. one\n   - nested\n2. two\n\nthen", "1. one\n   - nested\n2. two\n\nthen"),
        ("> quoted\n> twice", "> quoted\n> twice"),
        ("```python\nif a:\n    b\n```", "if a:\n    b"),
        ("![a cat](https://example.org/c.png)", "a cat (https://example.org/c.png)"),
        ("<https://example.org> and <a@example.org>", "https://example.org and a@example.org"),
        ("[**bold** link](https://example.org)", "bold link (https://example.org)"),
        ("<b>no HTML</b>", "<b>no HTML</b>"),
        ("**「注意」**を読む", "「注意」を読む"),
        ("> " * 60 + "deep", "> " * 10 + "deep"),
        ("", ""),
    ],
)
def test_plain_words(markdown: str, words: str) -> None:
    assert plain(markdown) == words


def test_it_gets_plainer_until_there_is_nothing_left_to_leave_out() -> None:
    marked = Post("k", DESK, MARKED, mention="<@1>", buttons=BUTTONS)
    [first] = plainer(marked, 2_000, was_plain=False, buttons=False)
    assert (first.key, first.mention, first.buttons) == ("k", "<@1>", BUTTONS)
    assert first.text == PLAIN.replace("- ", "\\- ")
    [second] = plainer(first, 2_000, was_plain=True, buttons=False)
    assert (second.text, second.buttons) == (first.text, ())
    assert plainer(second, 2_000, was_plain=True, buttons=True) == ()
    assert plainer(marked, 2_000, was_plain=False, buttons=True) == (second,)


async def test_it_is_sent_again_plain_once(tmp_path: Path) -> None:
    store, platform = await Store.open(tmp_path / "db"), RecordingPlatform()
    platform.faults[DESK] = [BadForm("no such form")]
    await queued(store, Post("k", DESK, MARKED, buttons=BUTTONS), post("Later"))
    await sent(store, platform)
    assert [(one.text, len(one.buttons)) for one in platform.posts] == [
        (PLAIN.replace("- ", "\\- "), 1),
        ("Later", 0),
    ]
    assert len(platform.tries) == 3
    await store.close()


async def test_refused_again_it_is_given_up(tmp_path: Path) -> None:
    store, platform = await Store.open(tmp_path / "db"), RecordingPlatform()
    platform.faults[DESK] = [BadForm("no such form")] * 2
    await queued(store, Post("k", DESK, MARKED), post("Later"))
    await sent(store, platform)
    assert platform.texts(DESK) == ["Later"]
    await store.close()


async def test_what_does_not_fit_any_more_follows_right_behind(tmp_path: Path) -> None:
    store, platform = await Store.open(tmp_path / "db"), RecordingPlatform(limit=60)
    platform.faults[DESK] = [BadForm("too long")]
    starred = "`****` " * 8  # each star is escaped where it is no code
    await queued(store, Post("k", DESK, f"{starred}first"), post("Second"), post("Third"))
    await sent(store, platform)
    *parts, second, third = platform.texts(DESK)
    assert (second, third) == ("Second", "Third")
    assert len(parts) == 2
    assert " ".join(parts) == "\\*\\*\\*\\* " * 8 + "first"
    await store.close()


async def test_a_crash_after_it_was_made_plain_loses_nothing(tmp_path: Path) -> None:
    store, platform = await Store.open(tmp_path / "db"), RecordingPlatform()
    marked = Post("k", DESK, MARKED)
    await queued(store, marked)
    [row] = await store.take_posts(STUB)
    await store.post_plainer(row, plainer(marked, 2_000, was_plain=False, buttons=False), "no")
    await store.close()

    store = await Store.open(tmp_path / "db")
    platform.faults[DESK] = [BadForm("still no such form")]
    await sent(store, platform)
    assert platform.posts == []  # that it was plain already is known
    assert len(platform.tries) == 1
    await store.close()


async def test_a_crash_before_that_asks_the_platform_first(tmp_path: Path) -> None:
    store, platform = await Store.open(tmp_path / "db"), RecordingPlatform()
    platform.faults[DESK] = [BadForm("no such form")]
    await queued(store, Post("k", DESK, MARKED))
    await store.take_posts(STUB)
    await store.close()

    store = await Store.open(tmp_path / "db")
    await sent(store, platform)
    assert len(platform.asked) == 1
    assert [one.text for one in platform.posts] == [PLAIN.replace("- ", "\\- ")]
    await store.close()


async def test_an_edit_goes_out_plain_too(tmp_path: Path) -> None:
    store, platform = await Store.open(tmp_path / "db"), RecordingPlatform()
    await queued(store, Post("k", DESK, "A card", buttons=BUTTONS))
    await sent(store, platform)
    platform.faults[DESK] = [BadForm("no such form")]
    await queued(store, Post("e", DESK, MARKED, edits="k", buttons=BUTTONS))
    await sent(store, platform)
    [card] = platform.posts
    assert (card.text, card.buttons) == (PLAIN.replace("- ", "\\- "), BUTTONS)
    await store.close()
