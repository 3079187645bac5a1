"""Vectors of passages: made once, kept through restarts and crashes, and compared with a question."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy
import pytest

from core.knowledge.vector_file import KEPT_SECONDS
from core.knowledge.vectors import Vectors, fill, key_of
from core.ports import EmbeddingFault
from tests.fakes import WordEmbedder

T = TypeVar("T")
TEXTS = [f"Passage {number}: how to water a plant of kind {number}" for number in range(10)]


class Folder:
    """Texts, and the vectors of those that are in use now; everything runs in the loop's own thread."""

    def __init__(self, path: Path | None, texts: Iterable[str] = TEXTS, name: str = "words") -> None:
        self.vectors = Vectors(path, name)
        self.progress: list[tuple[int, int]] = []
        self.holds(texts)

    def holds(self, texts: Iterable[str]) -> None:
        self.texts = {key_of(text): text for text in texts}
        self.vectors.use(self.texts)

    async def fill(self, embedder: WordEmbedder) -> None:
        async def runs(work: Callable[[], T], /) -> T:
            return work()

        def texts_of(keys: Sequence[bytes]) -> Mapping[bytes, str]:
            return {key: self.texts[key] for key in keys}

        await fill(
            self.vectors, embedder, texts_of, runs, lambda made, size: self.progress.append((made, size))
        )

    async def nearest(self, question: str, embedder: WordEmbedder, limit: int = 3) -> list[str]:
        (query,) = await embedder.embed([question], urgent=True)
        return [self.texts[key] for key, _ in self.vectors.nearest(query, limit)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index" / "vectors.db"


@pytest.fixture
def damaged(path: Path) -> Path:
    path.parent.mkdir()
    path.write_bytes(b"this is no database " * 100)
    return path


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


async def test_every_text_is_embedded_once_in_batches_with_the_progress_told(
    path: Path, embedder: WordEmbedder
) -> None:
    folder = Folder(path, [*TEXTS, TEXTS[0]])
    await folder.fill(embedder)
    assert sorted(embedder.asked) == sorted(TEXTS)
    assert folder.progress == [(4, 10), (8, 10), (10, 10)]
    await folder.fill(embedder)
    assert len(embedder.asked) == 10


async def test_no_restart_and_no_edit_of_another_text_makes_one_again(
    path: Path, embedder: WordEmbedder
) -> None:
    folder = Folder(path)
    await folder.fill(embedder)
    folder.vectors.close()
    again = Folder(path, reversed(TEXTS))
    assert (again.vectors.made, again.vectors.size) == (10, 10)
    await again.fill(embedder)
    assert len(embedder.asked) == 10
    again.holds([*TEXTS[:9], "An edited passage"])
    await again.fill(embedder)
    assert embedder.asked[10:] == ["An edited passage"]
    again.holds(TEXTS)  # the edit is taken back
    await again.fill(embedder)
    assert len(embedder.asked) == 11
    again.vectors.close()


async def test_what_fails_or_is_stopped_goes_on_where_it_was(path: Path, embedder: WordEmbedder) -> None:
    folder = Folder(path)
    embedder.faults = [None, EmbeddingFault("the budget is spent")]
    with pytest.raises(EmbeddingFault):
        await folder.fill(embedder)
    assert folder.vectors.made == 4
    embedder.gate.clear()
    embedder.at_work.clear()
    filling = asyncio.create_task(folder.fill(embedder))
    await embedder.at_work.wait()
    filling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await filling
    folder.vectors.close()
    embedder.gate.set()
    await Folder(path).fill(embedder)
    assert sorted(embedder.asked) == sorted(TEXTS)


async def test_a_crash_in_the_middle_of_a_write_loses_that_batch_alone(
    path: Path, embedder: WordEmbedder
) -> None:
    folder = Folder(path)
    embedder.faults = [None, None, EmbeddingFault("the third batch never came")]
    with pytest.raises(EmbeddingFault):
        await folder.fill(embedder)
    crashed = path.with_name("crashed.db")
    shutil.copy(path, crashed)
    log = path.with_name("vectors.db-wal").read_bytes()
    crashed.with_name("crashed.db-wal").write_bytes(log[:-100])
    after = Folder(crashed)
    assert after.vectors.made == 4
    await after.fill(embedder)
    assert after.vectors.made == 10
    assert sorted(set(embedder.asked)) == sorted(TEXTS)
    assert len(embedder.asked) == 4 + 4 + 6


async def test_two_processes_on_one_file_share_what_either_made(path: Path, embedder: WordEmbedder) -> None:
    one, other = Folder(path), Folder(path)
    await one.fill(embedder)
    assert other.vectors.made == 0
    await other.fill(embedder)
    assert len(embedder.asked) == 10
    one.holds([*TEXTS, "A new passage"])
    other.holds([*TEXTS, "A new passage"])
    await one.fill(embedder)
    await other.fill(embedder)
    assert embedder.asked[10:] == ["A new passage"]
    assert await other.nearest("plant of kind 3", embedder) == await one.nearest("plant of kind 3", embedder)


async def test_vectors_of_different_embedders_are_never_compared(path: Path) -> None:
    one, other = WordEmbedder("one"), WordEmbedder("other", dimensions=100)
    await Folder(path, name="one").fill(one)
    folder = Folder(path, name="other")
    assert await folder.nearest("plant of kind 3", other) == []
    await folder.fill(other)
    assert len(other.asked) == 1 + 10
    assert await folder.nearest("plant of kind 3", other)
    assert Folder(path, name="one").vectors.made == 10, "who goes back finds them still there"


async def test_another_embedder_s_are_dropped_after_a_month_without_it(path: Path) -> None:
    await Folder(path, name="one").fill(WordEmbedder("one"))
    folder, now = Folder(path, name="other"), time.time()
    for later in (0, KEPT_SECONDS / 2, KEPT_SECONDS):
        folder.vectors.tidy(now + later)
        assert Folder(path, name="one").vectors.made == 10
    folder.vectors.tidy(now + KEPT_SECONDS + 1)
    assert Folder(path, name="one").vectors.made == 0


async def test_a_provider_that_serves_another_size_is_begun_anew_and_the_old_ones_stay(path: Path) -> None:
    small, large = WordEmbedder(dimensions=64), WordEmbedder(dimensions=100)
    folder = Folder(path)
    await folder.fill(small)
    (query,) = await large.embed(["plant of kind 3"], urgent=True)
    assert folder.vectors.nearest(query, 3) == []
    assert folder.vectors.cosines(query, folder.texts) == {}
    await folder.fill(large)
    assert len(large.asked) == 1 + 10
    assert len(await folder.nearest("plant of kind 3", large)) == 3
    assert len(await folder.nearest("plant of kind 3", small)) == 3
    assert len(small.asked) == 10 + 1


async def test_only_texts_in_use_are_found(path: Path, embedder: WordEmbedder) -> None:
    folder = Folder(path)
    await folder.fill(embedder)
    assert await folder.nearest(TEXTS[3], embedder, 1) == [TEXTS[3]]
    folder.holds([*TEXTS[:3], *TEXTS[4:]])
    assert TEXTS[3] not in await folder.nearest(TEXTS[3], embedder, 10)
    assert len(await folder.nearest(TEXTS[3], embedder, 100)) == 9
    folder.holds([])
    assert await folder.nearest(TEXTS[3], embedder) == []


async def test_cosines_are_those_of_the_vectors_but_for_a_rounding(embedder: WordEmbedder) -> None:
    random = numpy.random.default_rng(6)
    rows = random.normal(size=(7_000, 64)).astype(numpy.float32)  # more than one block
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    keys = [key_of(str(number)) for number in range(len(rows))]
    vectors = Vectors(None, "any")
    vectors.use(keys)
    vectors.keep(keys[:10], rows[:10])
    vectors.keep(keys, rows)
    for query in rows[[0, 6_500]] * 0.8 + rows[[1, 6_999]] * 0.6:
        exact = dict(zip(keys, rows @ query, strict=True))
        nearest = vectors.nearest(query, 50)
        assert [cosine for _, cosine in nearest] == sorted((c for _, c in nearest), reverse=True)
        assert dict(nearest) == pytest.approx({key: exact[key] for key, _ in nearest}, abs=0.01)
        assert {key for key, _ in nearest} >= set(sorted(keys, key=exact.__getitem__)[-20:])
        some = [keys[6_999], key_of("unknown"), keys[3]]
        assert vectors.cosines(query, some) == pytest.approx(
            {keys[6_999]: exact[keys[6_999]], keys[3]: exact[keys[3]]}, abs=0.01
        )


async def test_what_no_text_needed_for_a_month_is_dropped(path: Path, embedder: WordEmbedder) -> None:
    folder = Folder(path)
    await folder.fill(embedder)
    folder.holds(TEXTS[:6])
    now = time.time()
    folder.vectors.tidy(now)
    folder.holds(TEXTS[:8])  # two of them come back
    folder.vectors.tidy(now + KEPT_SECONDS)
    folder.vectors.tidy(now + KEPT_SECONDS + 1)
    assert sqlite3.connect(path).execute("SELECT count(*) FROM vectors").fetchone() == (8,)
    assert Folder(path).vectors.made == 8


async def test_a_damaged_file_is_begun_anew(
    damaged: Path, embedder: WordEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    await Folder(damaged).fill(embedder)
    assert "is damaged" in caplog.text
    assert Folder(damaged).vectors.made == 10


async def test_where_nothing_can_be_written_vectors_are_kept_in_memory(
    tmp_path: Path, embedder: WordEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "index").write_text("a file where a folder should be")
    folder = Folder(tmp_path / "index" / "vectors.db")
    await folder.fill(embedder)
    assert await folder.nearest(TEXTS[3], embedder, 1) == [TEXTS[3]]
    assert "Check INDEX_DIR" in caplog.text


async def test_a_disk_that_fails_later_costs_a_warning(
    path: Path, embedder: WordEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Folder(path)
    other = sqlite3.connect(path)
    other.execute("DROP TABLE vectors")
    await folder.fill(embedder)
    assert await folder.nearest(TEXTS[3], embedder, 1) == [TEXTS[3]]
    assert caplog.text.count("can't be kept on disk") == 1
