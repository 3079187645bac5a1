"""What tests of the store do over and over."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.messages import Answer, Author, Case, Post, Turn
from core.store import Decision, OutboxRow, Store
from tests.builders import ANN, DESK, change_of, incoming

STUB = ("stub",)
YES = Decision(Answer("Yes."), "Yes.", 1)


async def claimed(store: Store, now: float | None = None) -> Turn:
    """Claim the next turn, which has to be there."""
    turn = await store.claim(STUB, now)
    assert turn is not None
    return turn


async def asked(store: Store, *texts: str, author: Author = ANN, conversation: str = DESK) -> Turn:
    """Store messages and claim them."""
    for text in texts or ("How do refunds work?",):
        await store.add(incoming(text, author=author, conversation=conversation), 1)
    return await claimed(store)


async def answered(store: Store, text: str, decision: Decision = YES, author: Author = ANN) -> Turn:
    """Store a message and answer it."""
    turn = await asked(store, text, author=author)
    assert await store.decide(turn, replace(decision, window=decision.window or turn.start)) is not None
    return turn


async def opened(store: Store, case: Case, *posts: Post, author: Author = ANN) -> Case:
    """Store a case that somebody's message leads to, and return it as it is stored."""
    turn = await asked(store, case.question, author=author)
    change = replace(change_of(replace(case, id=0), case.customer.id), posts=posts)
    assert await store.decide(turn, replace(YES, change=change, window=turn.start)) is not None
    found = await store.case(case.key)
    assert found is not None
    return found


async def queued(store: Store, *posts: Post) -> None:
    """Put posts into the outbox."""
    turn = await asked(store)
    assert await store.decide(turn, Decision(None, posts=posts)) is not None


async def sent(store: Store, *, thread: bool = True) -> list[Post]:
    """Record all that can be sent now as posted, and return it in order."""
    found: list[Post] = []
    while rows_ := await store.take_posts(STUB):
        for row in rows_:
            found.append(row.post)
            below = f"stub:below/{row.post.key}" if thread and row.post.buttons else ""
            await store.posted(row, f"stub:{row.post.key}", below)
    return found


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the file, past the store."""
    with sqlite3.connect(path) as db:
        return db.execute(query).fetchall()


def texts(found: list[OutboxRow]) -> list[str]:
    """Return what posts say."""
    return [row.post.text for row in found]
