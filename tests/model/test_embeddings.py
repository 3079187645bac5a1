"""A provider's embeddings: what is asked, what it costs, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy
import pytest

from core.messages import Usage
from core.model import embeddings
from core.model.breaker import Patience
from core.model.embeddings import BATCH, TEXT_BYTES
from core.ports import Embedder, EmbeddingFault
from tests.model.house import House
from tests.simulators.model import ModelSimulator

SECRET = "my card is 4111 1111 1111 1111"
MODEL = "text-embedding-3-small"


@pytest.fixture
async def house(server: ModelSimulator) -> AsyncIterator[House]:
    made = House(server, Patience(failures=4), embeddings="provider")
    yield made
    await made.close()
    await made.meter.booked()
    made.check_bills()


@pytest.fixture
def embedder(house: House) -> Embedder:
    assert house.opened.embedder
    return house.opened.embedder


async def fault(embedder: Embedder, *, urgent: bool = True) -> str:
    with pytest.raises(EmbeddingFault) as caught:
        await embedder.embed([SECRET], urgent=urgent)
    assert SECRET not in f"{caught.value}{caught.value.__cause__!r}"
    return str(caught.value)


async def test_nothing_is_embedded_by_a_provider_unless_it_is_set(server: ModelSimulator) -> None:
    for choice in ("auto", "local", "none"):
        house = House(server, embeddings=choice)
        assert house.opened.embedder is None
        await house.close()


async def test_many_texts_go_in_several_requests_and_come_back_in_order(
    house: House, embedder: Embedder
) -> None:
    texts = [f"text number {number}" for number in range(BATCH + 20)]
    rows = await embedder.embed(texts, urgent=False)
    assert [len(request.texts) for request in house.server.requests] == [BATCH, 20]
    assert {request.body["encoding_format"] for request in house.server.requests} == {"base64"}
    one = await embedder.embed([texts[BATCH + 3]], urgent=True)
    assert numpy.array_equal(rows[BATCH + 3], one[0])


async def test_long_texts_share_no_request_that_would_be_too_large(house: House, embedder: Embedder) -> None:
    await embedder.embed(["😀" * TEXT_BYTES] * BATCH, urgent=False)
    assert [len(request.texts) for request in house.server.requests] == [30, 20]
    assert {len(text.encode()) for request in house.server.requests for text in request.texts} == {TEXT_BYTES}


async def test_a_server_that_takes_less_is_sent_less_from_then_on(house: House, embedder: Embedder) -> None:
    house.server.embedding_tokens = 512
    await embedder.embed(["long words " * 1_000], urgent=True)
    assert [len(r.texts[0]) for r in house.server.requests] == [8_000, 4_000, 2_000]
    await embedder.embed(["other words " * 1_000], urgent=True)
    assert len(house.server.requests[-1].texts[0]) == 2_000
    house.server.embedding_tokens = 10
    with pytest.raises(EmbeddingFault, match="takes no text of 500 bytes"):
        await embedder.embed(["more words " * 1_000], urgent=True)


async def test_what_it_costs_is_booked_as_embedding(house: House, embedder: Embedder) -> None:
    await embedder.embed(["four words of text."], urgent=False)
    await house.meter.booked()
    (call,) = house.meter.calls.values()
    assert (call.model, call.purpose, call.max_tokens) == (MODEL, "embedding", 0)
    assert house.meter.bills == [Usage(MODEL, 4, 0, 0, 1)]
    assert call.prompt_tokens >= 4
    assert house.throttle.learned[0][0] == MODEL


async def test_numbers_instead_of_base64_are_read_too(house: House, embedder: Embedder) -> None:
    (packed,) = await embedder.embed(["a text"], urgent=True)
    house.server.takes_base64 = False
    (plain,) = await embedder.embed(["a text"], urgent=True)
    assert packed @ plain == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_passes_is_tried_again(house: House, embedder: Embedder, status: int) -> None:
    house.server.fails(status, retry_after=0.001)
    house.server.resets()
    assert len(await embedder.embed(["a text"], urgent=True)) == 1
    await house.meter.booked()
    assert house.meter.bills == [Usage(MODEL), None, Usage(MODEL, 1, 0, 0, 1)]
    assert [call.again for call in house.meter.calls.values()] == [False, True, True]


@pytest.mark.parametrize(
    ("status", "code", "told", "tries"),
    [
        (500, None, "the server has trouble", 3),
        (429, None, "rate limit is reached", 3),
        (429, "insufficient_quota", "quota is spent", 1),
        (401, None, "check OPENAI_API_KEY", 1),
        (404, None, "check OPENAI_EMBEDDING_MODEL", 1),
        (400, None, "refused the request", 1),
    ],
)
async def test_what_stays_is_told_in_words(
    house: House, embedder: Embedder, status: int, code: str | None, told: str, tries: int
) -> None:
    for _ in range(tries):
        house.server.fails(status, code=code, message=f"I don't like: {SECRET}")
    assert told in await fault(embedder)
    assert len(house.server.requests) == tries
    await house.meter.booked()
    assert house.meter.bills == [Usage(MODEL)] * tries


async def test_a_server_that_fails_again_and_again_is_left_alone(house: House, embedder: Embedder) -> None:
    for _ in range(4):
        house.server.fails(500)
    await fault(embedder)
    assert "left alone" in await fault(embedder)
    assert len(house.server.requests) == 4
    assert "left alone" in await fault(embedder)
    assert len(house.server.requests) == 4


async def test_a_budget_that_is_spent_stops_it_before_the_server_is_asked(
    house: House, embedder: Embedder
) -> None:
    house.meter.spent.add(MODEL)
    assert "budget is spent" in await fault(embedder)
    assert house.server.requests == []


async def test_nobody_waits_long_for_it(
    house: House, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embeddings, "URGENT_SECONDS", 0.02)
    house.server.hangs()
    assert "no embeddings came in time" in await fault(embedder)


async def test_who_stops_waiting_is_billed_for_what_was_reserved(house: House, embedder: Embedder) -> None:
    house.server.hangs()
    asking = asyncio.create_task(embedder.embed(["a text"], urgent=True))
    await house.server.wait_requests(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await house.meter.booked()
    assert house.meter.bills == [None]


@pytest.mark.parametrize(
    "instead",
    [
        {"data": []},
        {"data": None},
        {"data": [{"index": 0, "embedding": "no base64!"}]},
        {"data": [{"index": 0, "embedding": [float("nan")] * 3}]},
        {"data": [{"index": 0, "embedding": [0.0] * 3}]},
        {"data": [{"index": 0, "embedding": 7}]},
        {"data": [{"embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0]}]},
    ],
)
async def test_what_is_no_embedding_is_told(
    house: House, embedder: Embedder, instead: dict[str, object]
) -> None:
    house.server.malform = instead
    assert "holds no embeddings" in await fault(embedder)


@pytest.mark.parametrize("fault_", ["malformed", "empty", "wrong_type"])
async def test_what_is_no_answer_is_told(house: House, embedder: Embedder, fault_: str) -> None:
    getattr(house.server, fault_)()
    assert "holds no embeddings" in await fault(embedder)
