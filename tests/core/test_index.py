"""The index is made once and kept; whatever befalls it, the articles are found."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bots.serve import serve
from core import documents
from core.knowledge import KnowledgeMissing, Library
from core.knowledge.catalog import Catalog
from core.ports import Embedder, EmbeddingFault
from core.prompt import Prompter
from core.settings import load_settings
from core.tokens import EstimatingCounter
from tests.builders import REFUNDS, turn_of, write_knowledge
from tests.fakes import WordEmbedder
from tests.process.frontdesk import frontdesk

Caplog = pytest.LogCaptureFixture

REFUNDS_QUESTION = "How long do refunds take?"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.knowledge.library.FRESH_SECONDS", 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_knowledge(tmp_path / "knowledge")


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "data" / "index"


@asynccontextmanager
async def opened(
    folder: Path, index_dir: Path | None, embedder: Embedder | None = None, most_whole: int = 1_000
) -> AsyncIterator[Library]:
    """Start on a folder, and stop at the end of the block."""
    library = Library(folder, index_dir, embedder, most_whole=most_whole)
    try:
        await library.open()
        yield library
    finally:
        library.close()


async def best(library: Library, question: str = REFUNDS_QUESTION) -> str:
    """Return the text of the best passage for a question."""
    found = (await library.look_up(question)).findings.found
    return found[0].passage.text if found else ""


def rewrite_unseen(file: Path, old: str, new: str) -> None:
    """Change a file so that nobody can tell without reading it."""
    assert len(old) == len(new)
    found = file.stat()
    file.write_text(file.read_text().replace(old, new))
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


def files(folder: Path, kind: str) -> list[Path]:
    """Return the files or folders below a folder whose names are of a kind."""
    return sorted(folder.rglob(kind))


# --- kept over a restart -----------------------------------------------------------------------------


async def test_a_second_start_reads_nothing_again(folder: Path, index_dir: Path) -> None:
    async with opened(folder, index_dir) as library:
        assert "five working days" in await best(library)
    rewrite_unseen(folder / "articles" / "refunds.md", "five", "nine")
    async with opened(folder, index_dir) as library:
        assert "five working days" in await best(library)
        passages = (await library.read()).passages
        assert passages is not None
        assert [p.article for p in passages] == ["refunds.md", "shipping.md"]


async def test_what_changed_while_nobody_served_is_seen_at_the_start(folder: Path, index_dir: Path) -> None:
    write_knowledge(folder, {"gifts.md": "Gift vouchers never expire."})
    async with opened(folder, index_dir):
        pass
    articles = folder / "articles"
    (articles / "refunds.md").write_text(REFUNDS.replace("five working", "twenty-one"))
    (articles / "gifts.md").unlink()
    write_knowledge(folder, {"new/plans.md": "The studio plan costs twelve dollars."})
    async with opened(folder, index_dir) as library:
        assert "twenty-one days" in await best(library)
        assert await best(library, "gift vouchers") == ""
        assert await best(library, "studio plan") == "The studio plan costs twelve dollars."


async def test_a_folder_that_is_away_for_a_moment_is_not_an_empty_one(
    folder: Path, index_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder, index_dir) as library:
        (folder / "articles").rename(folder / "away")
        assert "five working days" in await best(library)
        assert "what was read before stays" in caplog.text
        (folder / "away").rename(folder / "articles")
        assert "five working days" in await best(library)
    (folder / "articles").rename(folder / "away")
    with pytest.raises(KnowledgeMissing, match="can't be read"):
        async with opened(folder, index_dir):
            pass
    (folder / "away").rename(folder / "articles")
    async with opened(folder, index_dir) as library:
        assert "five working days" in await best(library)


async def test_each_folder_has_an_index_of_its_own(tmp_path: Path, index_dir: Path) -> None:
    one = write_knowledge(tmp_path / "one", {"a.md": "Umbrellas are for rent."})
    other = write_knowledge(tmp_path / "other", {"b.md": "Umbrellas are for sale."})
    async with opened(one, index_dir) as first, opened(other, index_dir) as second:
        assert await best(first, "umbrellas") == "Umbrellas are for rent."
        assert await best(second, "umbrellas") == "Umbrellas are for sale."
    assert len(files(index_dir, "words-*")) == 2


async def test_a_file_that_could_not_be_read_is_tried_again_at_the_next_start(
    folder: Path, index_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "articles" / "bad.md").write_bytes(b"\0")
    for _ in range(2):
        caplog.clear()
        async with opened(folder, index_dir) as library:
            await best(library)
        assert ["bad.md" in record.getMessage() for record in caplog.records] == [True]


# --- what befalls it ---------------------------------------------------------------------------------


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def removed(file: Path) -> None:
    file.unlink()


def renamed(file: Path, name: str) -> None:
    file.rename(file.with_name(name))


def write_file(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def turned_over(file: Path) -> None:
    """Change the beginning alone: what tells at a file's end whether it is whole still fits."""
    data = file.read_bytes()
    file.write_bytes(bytes(255 - byte for byte in data[:200]) + data[200:])


@pytest.mark.parametrize("befall", [cut_short, emptied, removed, turned_over])
@pytest.mark.parametrize("kind", ["*.store", "*.term", "*.idx", "meta.json"])
async def test_a_damaged_index_is_made_anew(
    kind: str, befall: Callable[[Path], None], folder: Path, index_dir: Path
) -> None:
    async with opened(folder, index_dir):
        pass
    [file] = files(index_dir, kind)
    befall(file)
    async with opened(folder, index_dir) as library:
        assert "five working days" in await best(library)
    async with opened(folder, index_dir) as library:
        assert "five working days" in await best(library)


async def test_an_index_that_an_older_version_made_is_thrown_away(folder: Path, index_dir: Path) -> None:
    async with opened(folder, index_dir):
        pass
    [kept] = files(index_dir, "words-*")
    renamed(kept, "words-0")
    async with opened(folder, index_dir) as library:
        assert "five working days" in await best(library)
    assert files(index_dir, "words-*") == [kept]


async def test_where_nothing_can_be_written_the_index_is_kept_in_memory(
    folder: Path, index_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_file(index_dir, "a file stands where the folder should be")
    async with opened(folder, index_dir) as library:
        assert "five working days" in await best(library)
        (folder / "articles" / "refunds.md").write_text(REFUNDS.replace("five working", "twenty-one"))
        assert "twenty-one days" in await best(library)
    [record] = caplog.records
    assert "Set INDEX_DIR to a folder that this user may write" in record.getMessage()


async def test_an_index_that_vanishes_while_it_is_used_costs_nothing_but_a_warning(
    folder: Path, index_dir: Path
) -> None:
    async with opened(folder, index_dir) as library:
        for file in files(index_dir, "words-*/*"):
            removed(file)
        (folder / "articles" / "refunds.md").write_text(REFUNDS.replace("five working", "twenty-one"))
        async with asyncio.timeout(10):
            while "twenty-one days" not in await best(library):
                await asyncio.sleep(0)
        assert await best(library, "Where do you ship?") != ""


# --- several at once ---------------------------------------------------------------------------------


async def test_what_one_process_writes_the_other_takes_up(folder: Path, index_dir: Path) -> None:
    async with opened(folder, index_dir) as one, opened(folder, index_dir) as other:
        for days in ("twenty-one", "thirty-five"):
            (folder / "articles" / "refunds.md").write_text(REFUNDS.replace("five working", days))
            assert f"{days} days" in await best(one)
            assert f"{days} days" in await best(other)


async def test_processes_that_start_at_once_on_a_new_index_all_answer(tmp_path: Path) -> None:
    asked = [frontdesk(tmp_path, "search", "How long do refunds take?", "--json") for _ in range(2)]
    ended = await asyncio.gather(*asked)
    assert [(code, err) for code, _, err in ended] == [(0, "")] * 2
    assert len({out for _, out, _ in ended}) == 1
    assert "refunds" in ended[0][1]


# --- large folders, long documents -------------------------------------------------------------------


async def test_a_folder_too_large_for_any_prompt_is_searched_but_never_loaded_whole(folder: Path) -> None:
    turn = turn_of(REFUNDS_QUESTION)
    async with opened(folder, None, most_whole=100) as library:
        knowledge = await library.look_up(REFUNDS_QUESTION)
        assert knowledge.passages is None
        prompter = Prompter(12_000, EstimatingCounter())
        assert prompter.needs_search(turn, knowledge.instructions, knowledge.passages)
        prompt = prompter.build(turn, knowledge.instructions, knowledge.passages, knowledge.findings.found)
        assert "refunds.md#1" in prompt.passages
        assert [p.article for p in await library.passages()] == ["refunds.md", "shipping.md"]
        assert await library.size() == 2


async def test_a_document_that_takes_long_to_read_holds_up_no_question(folder: Path) -> None:
    async with opened(folder, None) as library:
        write_knowledge(folder, {"prices.csv": "Plan,Price\nUmbrella,12 dollars\n"})
        assert "five working days" in await best(library)  # at once, in the midst of it
        async with asyncio.timeout(20):
            while "12 dollars" not in await best(library, "umbrella plan price"):
                await asyncio.sleep(0.02)


async def test_a_document_is_waited_for_at_the_start(tmp_path: Path) -> None:
    folder = write_knowledge(tmp_path, {"prices.csv": "Plan,Price\nUmbrella,12 dollars\n"})
    async with opened(folder, None) as library:
        assert "12 dollars" in await best(library, "umbrella plan price")


# A reader that says that it was asked, and fails.
FAILING = "import sys; open({!r}, 'a').write('asked '); sys.exit(1)"


async def test_a_document_that_can_not_be_read_is_told_of_at_each_start_but_tried_once(
    folder: Path, index_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Caplog
) -> None:
    asked = tmp_path / "asked"
    monkeypatch.setattr(documents, "_START", FAILING.format(str(asked)))
    write_knowledge(folder, {"prices.csv": "Plan,Price\n"})
    for _ in range(2):
        caplog.clear()
        async with opened(folder, index_dir):
            assert "The article prices.csv is left out: it makes its reader crash" in caplog.text
        assert asked.read_text() == "asked "
    write_knowledge(folder, {"prices.csv": "Plan,Price\nUmbrella,12 dollars\n"})
    async with opened(folder, index_dir):
        assert asked.read_text() == "asked asked "


async def test_what_is_kept_of_documents_may_be_lost_or_damaged(
    folder: Path, index_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    monkeypatch.setattr(documents, "_START", FAILING.format(str(asked)))
    write_knowledge(folder, {"prices.csv": "Plan,Price\n"})
    for number, damage in enumerate(["[]", '{"files": {"prices.csv": 1}}', "", '{"readers": []}'], 2):
        async with opened(folder, index_dir):
            pass
        [kept] = index_dir.rglob("refused.json")
        kept.write_text(damage)
        async with opened(folder, index_dir):
            assert asked.read_text() == "asked " * number


async def test_a_stop_is_heard_while_a_document_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Caplog
) -> None:
    caplog.set_level("INFO")
    child = tmp_path / "child"
    waiting = f"import os, time; open({str(child)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    monkeypatch.setattr(documents, "_START", waiting)
    write_knowledge(folder, {"prices.csv": "Plan,Price\n"})
    settings = load_settings(
        knowledge_dir=folder, database=tmp_path / "x.db", index_dir=tmp_path, embeddings="none"
    )
    serving = asyncio.create_task(serve(settings))
    async with asyncio.timeout(20):
        while not (child.exists() and child.read_text()):
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        await serving
        while Path(f"/proc/{child.read_text()}").exists():
            await asyncio.sleep(0.01)
    assert caplog.messages[-1] == "Stopped."


def test_a_long_piece_of_work_is_done_bit_by_bit_and_told_of(tmp_path: Path) -> None:
    folder = write_knowledge(tmp_path, {f"{number}.md": f"Word{number}." for number in range(5)})
    catalog = Catalog(folder / "articles", None)
    told: list[tuple[int, int]] = []
    rounds = 0
    while catalog.update(0.0, lambda done, total: told.append((done, total))):
        rounds += 1
        assert len(catalog.view.files) == rounds
    assert told == [(number, 5) for number in range(1, 6)]
    catalog.close()


# --- by meaning --------------------------------------------------------------------------------------

MONEY = {"reimbursed": "refunds", "sent": "take"}


async def test_what_is_meant_is_found_once_its_vectors_are_made(folder: Path, index_dir: Path) -> None:
    embedder = WordEmbedder(means=MONEY)
    async with opened(folder, index_dir, embedder) as library:
        assert await best(library, "reimbursed when") == ""
        assert await library.missing_vectors() == 2
        told: list[tuple[int, int]] = []
        await library.make_vectors(lambda done, total: told.append((done, total)))
        assert told[-1] == (2, 2)
        assert "five working days" in await best(library, "reimbursed when")


async def test_vectors_are_made_once_for_each_text(folder: Path, index_dir: Path) -> None:
    for _ in range(2):
        async with opened(folder, index_dir, embedder := WordEmbedder()) as library:
            await library.make_vectors(lambda done, total: None)
    assert embedder.asked == []
    async with opened(folder, index_dir, embedder) as library:
        (folder / "articles" / "refunds.md").write_text(REFUNDS.replace("five working", "twenty-one"))
        await library.make_vectors(lambda done, total: None)
    [asked] = embedder.asked
    assert "twenty-one days" in asked


async def test_vectors_are_made_in_the_background_also_of_what_is_added(folder: Path) -> None:
    async with opened(folder, None, WordEmbedder(means=MONEY)) as library:
        library.keep_making_vectors(lambda done, total: None)
        async with asyncio.timeout(10):
            while not await best(library, "reimbursed"):
                await asyncio.sleep(0)
            write_knowledge(folder, {"gifts.md": "Vouchers never expire."})
            while await best(library, "Vouchers never expire.") == "" or await library.missing_vectors():
                await asyncio.sleep(0)


async def test_without_the_embedder_words_alone_go_on_with_one_warning(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder, None, embedder := WordEmbedder()) as library:
        await library.make_vectors(lambda done, total: None)
        embedder.faults = [EmbeddingFault("it is down")] * 2
        for _ in range(2):
            assert "five working days" in await best(library)
        assert await best(library) != ""
    warnings = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    assert warnings == [
        "What questions mean can't be compared (it is down); articles are found by words alone."
    ]
