"""What `bots/overheard.py` keeps of others' talk: little, and not for long."""

from __future__ import annotations

import pytest

import bots.overheard
from bots.overheard import Overheard
from core.messages import IncomingMessage
from tests.builders import incoming

THREAD, OTHER = "stub:thread", "stub:other"


class Ear:
    """Overheard messages, and those that were received of them."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.overheard = Overheard(self.receive)

    async def receive(self, message: IncomingMessage) -> bool:
        self.received.append(message.text)
        return True

    def hear(self, text: str, position: int, conversation: str = THREAD) -> None:
        self.overheard.keep(incoming(text, conversation=conversation, position=position))

    async def mention(self, position: int = 0) -> list[str]:
        await self.overheard.follow(incoming("mention", conversation=THREAD, position=position))
        return self.received


async def test_what_is_newer_than_the_mention_is_received_in_order_and_once() -> None:
    ear = Ear()
    for text, position in (("third", 3), ("first", 1), ("second", 2)):
        ear.hear(text, position)
    ear.hear("elsewhere", 4, OTHER)
    assert await ear.mention(position=1) == ["second", "third"]
    assert await ear.mention(position=1) == ["second", "third"]


async def test_what_could_not_be_received_is_still_kept() -> None:
    ear = Ear()
    ear.hear("first", 1)
    ear.overheard._receive, receive = fails, ear.overheard._receive
    with pytest.raises(OSError, match="locked"):
        await ear.mention()
    ear.overheard._receive = receive
    assert await ear.mention() == ["first"]


async def fails(_: IncomingMessage) -> bool:
    raise OSError("locked")


async def test_only_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bots.overheard, "MOST_KEPT", 2)
    ear = Ear()
    for number in (1, 2, 3):
        ear.hear(str(number), number)
    assert await ear.mention() == ["2", "3"]


async def test_it_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    ear, now = Ear(), 0.0
    monkeypatch.setattr("bots.overheard.time.monotonic", lambda: now)
    ear.hear("old", 1)
    now = 100.0
    ear.hear("new", 2)
    now = 130.0
    assert await ear.mention() == ["new"]
    assert not ear.overheard._kept
