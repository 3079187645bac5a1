"""What the tests of the model work with: requests, and a model whose meter and throttle remember."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from core.messages import Answer, Findings, Passage, Usage
from core.model import OpenedModel, open_model
from core.model.breaker import Patience
from core.model.calls import Pacing
from core.ports import (
    Asker,
    Call,
    ChatMessage,
    FaultKind,
    ModelFault,
    Opening,
    Piece,
    Request,
    Sentence,
    Task,
)
from tests.given import settings_of
from tests.simulators.model import ModelSimulator
from tests.simulators.model_answers import Scripted, structured

REFUNDS = Passage("refunds.md#1", "refunds.md", "Refunds", "How long?", "Five days.")
FAST = Pacing(first=0.001, jitter=lambda: 1.0)


def asked(question: str = "How long do refunds take?", history: Sequence[ChatMessage] = ()) -> Request:
    """Return a request, with a history between the instructions and the question."""
    return Request(
        messages=(
            {"role": "system", "content": "Answer in JSON."},
            *history,
            {"role": "user", "content": question},
        ),
        question=question,
        findings=Findings(),
        passages={REFUNDS.id: REFUNDS},
        max_tokens=321,
        tokens=100,
        history=(1, 1 + len(history)),
        asker=Asker("slack:T1/U1", "slack:T1/D1", "slack:T1/D1"),
    )


def cut_off(reply: str, keep: int) -> str:
    """Return the JSON of an answer that breaks off after so many characters of its reply."""
    return structured(reply)[: -len(json.dumps(reply, ensure_ascii=False)) + keep]


class RecordingMeter:
    """Keeps each reservation and what became of it.

    Attributes:
        calls: What was reserved, by number.
        settled: What was settled, by number.
        spent: Models whose budget is spent.
        broken: Whether settling fails.
        gate: What reserving waits for.
    """

    def __init__(self) -> None:
        self.calls: dict[int, Call] = {}
        self.settled: dict[int, list[Usage | None]] = {}
        self.spent: set[str] = set()
        self.broken = False
        self.gate = asyncio.Event()
        self.gate.set()
        self._changed = asyncio.Event()

    async def booked(self) -> None:
        """Return once all that was reserved is settled, which an answer that came does not wait for."""
        async with asyncio.timeout(5):
            while self.calls.keys() - self.settled.keys():
                self._changed.clear()
                await self._changed.wait()

    async def reserve(self, call: Call) -> int:
        await self.gate.wait()
        if call.model in self.spent:
            raise ModelFault("the day's budget is spent", kind=FaultKind.BUDGET)
        self.calls[number := len(self.calls) + 1] = call
        return number

    async def settle(self, number: int, usage: Usage | None) -> None:
        await asyncio.sleep(0)
        self.settled.setdefault(number, []).append(usage)
        self._changed.set()
        if self.broken:
            raise OSError("the disk is full")

    @property
    def bills(self) -> list[Usage | None]:
        """What each call was booked with, in the order of the calls."""
        return [self.settled[number][0] for number in self.calls]


class RecordingThrottle:
    """Keeps what it is told; lets calls through while it is open."""

    def __init__(self) -> None:
        self.learned: list[tuple[str, Mapping[str, str]]] = []
        self.settled: list[tuple[Call, Usage]] = []
        self.inside = 0
        self.most = 0
        self.rest = 0.0
        self.open = asyncio.Event()
        self.open.set()

    @contextlib.asynccontextmanager
    async def admit(self, call: Call) -> AsyncIterator[None]:
        await self.open.wait()
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            yield
        finally:
            self.inside -= 1

    def ready_in(self, call: Call) -> float:
        return self.rest

    def learn(self, model: str, headers: Mapping[str, str]) -> None:
        self.learned.append((model, headers))

    def settle(self, call: Call, usage: Usage) -> None:
        self.settled.append((call, usage))


class House:
    """The models behind one simulated server."""

    def __init__(self, server: ModelSimulator, patience: Patience | None = None, **settings: Any) -> None:
        self.server = server
        self.meter = RecordingMeter()
        self.throttle = RecordingThrottle()
        self.patience = patience
        self.settings: dict[str, Any] = {
            "openai_api_key": server.api_key,
            "openai_base_url": server.base_url,
            **settings,
        }
        self._opened: OpenedModel | None = None

    @property
    def opened(self) -> OpenedModel:
        """The models, made when they are first used: until then settings may be changed."""
        if self._opened is None:
            settings = settings_of(**self.settings)
            self._opened = open_model(settings, self.meter, self.throttle, FAST, self.patience)
        return self._opened

    async def pieces(self, request: Request | None = None) -> list[Piece]:
        pieces = [piece async for piece in self.opened.model.answer(request or asked())]
        await self.meter.booked()
        return pieces

    async def answer(self, request: Request | None = None) -> Answer:
        """Ask once, and check that what came keeps the port's promise."""
        *shown, answer = await self.pieces(request)
        assert isinstance(answer, Answer)
        assert isinstance(shown[0], Opening)
        assert all(isinstance(piece, Sentence) and piece.text for piece in shown[1:])
        assert "".join(piece.text for piece in shown if isinstance(piece, Sentence)) == answer.text
        return answer

    async def fault(self, request: Request | None = None) -> ModelFault:
        """Ask once, in vain."""
        with pytest.raises(ModelFault) as fault:
            await self.answer(request)
        assert self.server.api_key not in f"{fault.value}{fault.value.__cause__!r}{fault.value.__context__!r}"
        return fault.value

    async def write(self, text: str = "Sum it up.") -> str:
        messages: list[ChatMessage] = [{"role": "user", "content": text}]
        return await self.opened.clerk.write(Task("summary", messages, 10, 50))

    async def close(self) -> None:
        if self._opened:
            await self._opened.model.close()

    def check_bills(self) -> None:
        """Every reservation was settled, once, and every place at the server given back."""
        assert {number: len(bills) for number, bills in self.meter.settled.items()} == dict.fromkeys(
            self.meter.calls, 1
        )
        assert self.throttle.inside == 0


def said(text: str, **manner: Any) -> Scripted:
    """Return a structured answer to be sent in the simulator's ways."""
    return Scripted(structured(text, sources=["refunds.md#1"]), **manner)


def after(shown: str, rest: str, **manner: Any) -> Scripted:
    """Return a structured answer of which first one part comes, at once, then the other, by letters."""
    whole = structured(shown + rest, sources=["refunds.md#1"])
    first = whole[: -len(rest) - 2]
    return Scripted(whole, pieces=[first, *whole[len(first) :]], **manner)
