"""What every embedder must do: this machine's, a provider's, the one that remembers, and the tests' own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import numpy
import pytest
from numpy.typing import NDArray

from core.embedding import LocalEmbedder, is_installed
from core.embedding.remembering import Remembering
from core.model import open_model
from core.model.free import Unmetered
from core.ports import Embedder
from core.throttle import FairThrottle, Limits
from tests.fakes import WordEmbedder
from tests.given import settings_of
from tests.simulators.model import ModelSimulator

REFUND = "How to get a refund for an order"
OFFICE = "Our office opens at nine"
Asked = Callable[..., NDArray[numpy.float32]]
ODD = ["", " \n", "a\0b", "😀🏳️‍🌈", "half of a pair: \ud83d", "long " * 20_000, "x" * 100_000]


async def _local() -> AsyncIterator[Embedder]:
    if not is_installed():
        pytest.skip("the extra `semantic` is not installed")
    embedder = LocalEmbedder()
    yield embedder
    await embedder.close()


async def _provider() -> AsyncIterator[Embedder]:
    async with ModelSimulator() as server:
        settings = settings_of(
            openai_api_key=server.api_key,
            openai_base_url=server.base_url,
            embeddings="provider",
        )
        opened = open_model(settings, Unmetered(), FairThrottle(Limits()))
        assert opened.embedder
        yield opened.embedder
        await opened.embedder.close()
        await opened.model.close()


async def _remembering() -> AsyncIterator[Embedder]:
    yield Remembering(WordEmbedder())


async def _words() -> AsyncIterator[Embedder]:
    yield WordEmbedder()


MAKERS: dict[str, Callable[[], AsyncIterator[Embedder]]] = {
    "local": _local,
    "provider": _provider,
    "remembering": _remembering,
    "words": _words,
}


@pytest.fixture(scope="module", params=MAKERS)
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """Embed with one embedder, which all tests share: it takes a moment to load."""
    with asyncio.Runner() as runner:
        making = MAKERS[request.param]()

        async def made() -> Embedder:
            return await anext(making)

        embedder = runner.run(made())
        assert embedder.name
        assert embedder.batch > 0

        def embed(*texts: str, urgent: bool = True) -> NDArray[numpy.float32]:
            return runner.run(embedder.embed(texts, urgent=urgent))

        yield embed
        with pytest.raises(StopAsyncIteration):
            runner.run(made())


@pytest.mark.parametrize("urgent", [True, False])
def test_each_text_has_a_vector_of_length_1_whatever_stands_in_it(asked: Asked, urgent: bool) -> None:
    rows = asked(REFUND, *ODD, urgent=urgent)
    assert rows.dtype == numpy.float32
    assert len(rows) == 1 + len(ODD)
    assert numpy.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_text_has_the_same_vector_in_whatever_company_and_hurry(asked: Asked) -> None:
    alone, among = asked(REFUND)[0], asked(OFFICE, REFUND, OFFICE, REFUND)
    assert numpy.array_equal(among[1], alone)
    assert numpy.array_equal(among[3], alone)
    assert numpy.array_equal(
        asked("so many more words than in the others " * 9, REFUND, urgent=False)[1], alone
    )


def test_what_is_about_the_same_is_nearer(asked: Asked) -> None:
    question, refund, office = asked("I want a refund for my order", REFUND, OFFICE)
    assert question @ refund > question @ office + 0.2


def test_no_texts_have_no_vectors(asked: Asked) -> None:
    assert len(asked()) == 0
    assert len(asked(urgent=False)) == 0
