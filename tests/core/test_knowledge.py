"""The folder is read as it is on disk now; what can't be read is named once and never stops the rest."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.knowledge import KnowledgeMissing, Library
from core.knowledge.articles import parse
from core.knowledge.files import MAX_BYTES, Unreadable
from core.knowledge.instructions import parse_instructions
from tests.builders import REFUNDS, SHIPPING, write_knowledge

Opened = Callable[[], Library]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.knowledge.library.FRESH_SECONDS", 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_knowledge(tmp_path / "knowledge")


@pytest.fixture
async def library(folder: Path) -> AsyncIterator[Library]:
    library = Library(folder)
    yield library
    library.close()


async def articles_of(library: Library, question: str = "anything") -> set[str]:
    return {passage.article for passage in (await library.look_up(question)).passages or ()}


# --- from a file to passages -------------------------------------------------------------------------


def test_the_front_matter_names_the_article_and_its_address() -> None:
    article = parse("a/refunds.md", REFUNDS)
    assert (article.title, article.url) == ("Refunds", "https://help.example.org/refunds")
    [passage] = article.passages
    assert passage.id == "a/refunds.md#1"
    assert passage.heading == "How long do refunds take?"
    assert passage.text == "Refunds take five working days to reach your bank account."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# From a heading\n\nText.", "From a heading"),
        ("Setext\n======\n\nText.", "Setext"),
        ("# With `code` and *stress*\n\nText.", "With code and stress"),
        ("Text without a heading.", "My first file"),
        ("---\ntitle: 2024\n---\nText.", "2024"),
        ("---\ntitle:\n---\nText.", "My first file"),
    ],
)
def test_an_article_always_has_a_title(text: str, title: str) -> None:
    assert parse("my-first_file.md", text).title == title


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "help/refunds", "https://a b", "https://a|b>c", "[1]"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert parse("a.md", f'---\nurl: "{url}"\n---\nText.').url == ""


def test_passages_stand_under_their_headings() -> None:
    article = parse("a.md", "# A\n\nIntro.\n\n## B\n\nOf B.\n\n### C\n\nOf C.\n\n## D\n\nOf D.\n")
    assert [(p.heading, p.text) for p in article.passages] == [
        ("", "Intro."),
        ("B", "Of B."),
        ("B › C", "Of C."),
        ("D", "Of D."),
    ]


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_lines_with_a_hash_in_code_are_not_headings(fence: str) -> None:
    text = f"# A\n\n## Install\n\n{fence}sh\n# not a heading\n\n## nor this\nmake\n{fence}\n\nDone."
    [passage] = parse("a.md", text).passages
    assert passage.heading == "Install"
    assert passage.text == f"{fence}sh\n# not a heading\n\n## nor this\nmake\n{fence}\n\nDone."


def test_long_sections_are_cut_between_paragraphs_at_about_200_words() -> None:
    paragraphs = [" ".join([f"p{number}"] * 60) for number in range(10)]
    passages = parse("a.md", "# A\n\n## B\n\n" + "\n\n".join(paragraphs)).passages
    assert [p.text for p in passages] == [
        "\n\n".join(paragraphs[start : start + 3]) for start in range(0, 10, 3)
    ]
    assert {p.heading for p in passages} == {"B"}
    assert [p.id for p in passages] == ["a.md#1", "a.md#2", "a.md#3", "a.md#4"]


def test_an_overlong_table_is_cut_at_its_rows_and_keeps_its_header() -> None:
    rows = [f"| Plan {number} | {number} € a month, paid in advance |" for number in range(100)]
    head = ["| Plan | Price |", "| --- | --- |"]
    passages = parse("a.md", "\n".join([*head, *rows])).passages
    assert len(passages) > 3
    assert all(p.text.split("\n")[:2] == head and len(p.text.split()) <= 200 for p in passages)
    assert [row for p in passages for row in p.text.split("\n")[2:]] == rows


@pytest.mark.parametrize("between", [" ", "\n"])
def test_nothing_of_an_overlong_block_is_lost(between: str) -> None:
    words = [f"w{number}" for number in range(1_001)]
    passages = parse("a.md", between.join(words)).passages
    assert all(len(p.text.split()) <= 200 for p in passages)
    assert " ".join(p.text for p in passages).split() == words


def test_html_is_read_as_text_without_its_scripts() -> None:
    page = (
        "<html><head><title>Shipping  costs</title><link rel='canonical' href='https://x.example/s'>"
        "<style>p {}</style></head><body><nav>Home</nav><script>alert(1)</script><h2>To Norway</h2>"
        "<p>It costs <b>5 €</b> &amp; takes long.</p><table><tr><th>Land</th><th>Days</th></tr>"
        "<tr><td>Sweden</td><td>3</td></tr></table></body></html>"
    )
    article = parse("s.html", page)
    assert (article.title, article.url) == ("Shipping costs", "https://x.example/s")
    [passage] = article.passages
    assert passage.heading == "To Norway"
    assert "It costs **5 €** & takes long." in passage.text
    assert "| Sweden | 3 |" in passage.text
    assert not any(word in passage.text for word in ("Home", "alert", "p {}"))


def test_the_first_line_of_a_plain_text_is_its_title_if_it_stands_alone() -> None:
    article = parse("care.txt", "Batteries\n\nThey last a year.")
    assert (article.title, article.passages[0].text) == ("Batteries", "They last a year.")
    article = parse("care.txt", "Batteries last\na year.")
    assert (article.title, article.passages[0].text) == ("Care", "Batteries last\na year.")


# --- what is on disk counts --------------------------------------------------------------------------


async def test_the_number_of_articles_is_told(library: Library) -> None:
    assert await library.open() == 2


async def test_an_article_that_was_changed_is_used_for_the_next_question(
    library: Library, folder: Path
) -> None:
    await library.open()
    (folder / "articles" / "refunds.md").write_text(REFUNDS.replace("five working", "twenty-one"))
    found = (await library.look_up("How long do refunds take?")).findings.usable
    assert [one.passage.text for one in found] == ["Refunds take twenty-one days to reach your bank account."]
    assert (await library.look_up("working")).findings.found == ()


async def test_an_article_that_was_added_is_used_for_the_next_question(
    library: Library, folder: Path
) -> None:
    await library.open()
    assert (await library.look_up("gift vouchers")).findings.found == ()
    (folder / "articles" / "new").mkdir()
    (folder / "articles" / "new" / "gifts.md").write_text("Gift vouchers never expire.")
    [found] = (await library.look_up("gift vouchers")).findings.usable
    assert found.passage.id == "new/gifts.md#1"


async def test_an_article_that_was_removed_is_not_used_any_more(library: Library, folder: Path) -> None:
    await library.open()
    (folder / "articles" / "refunds.md").unlink()
    knowledge = await library.look_up("How long do refunds take?")
    assert knowledge.findings.usable == ()
    assert {p.article for p in knowledge.passages or ()} == {"shipping.md"}


async def test_an_article_that_is_broken_while_running_is_left_out_until_it_is_mended(
    library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await library.open()
    article = folder / "articles" / "refunds.md"
    article.write_text("---\ntitle: [\n---\nText.")
    assert await articles_of(library) == {"shipping.md"}
    assert await articles_of(library) == {"shipping.md"}
    assert len(caplog.records) == 1
    article.write_text(REFUNDS)
    assert await articles_of(library) == {"refunds.md", "shipping.md"}


async def test_the_whole_folder_stays_the_same_object_while_nothing_changes(library: Library) -> None:
    first = await library.look_up("refunds")
    assert (await library.look_up("shipping")).passages is first.passages


async def test_the_whole_folder_comes_in_the_order_of_its_paths(tmp_path: Path) -> None:
    names = ["z.md", "b/a.md", "a.md", "b/z.txt", "a/b.md"]
    library = Library(write_knowledge(tmp_path, dict.fromkeys(names, "Text.")))
    passages = (await library.look_up("?")).passages
    assert [p.article for p in passages or ()] == sorted(names)
    (tmp_path / "articles" / "a.md").write_text("Other text.")
    assert [p.article for p in (await library.look_up("?")).passages or ()] == sorted(names)
    library.close()


# --- what can't be read ------------------------------------------------------------------------------


def a_fifo(articles: Path) -> str:
    os.mkfifo(articles / "pipe.md")
    return "pipe.md"


def a_link_out(articles: Path) -> str:
    (articles.parent.parent / "secret.md").write_text("The password is swordfish.")
    (articles / "out.md").symlink_to(articles.parent.parent / "secret.md")
    return "out.md"


def a_link_to_a_folder_outside(articles: Path) -> str:
    (articles.parent.parent / "private").mkdir()
    (articles.parent.parent / "private" / "a.md").write_text("The password is swordfish.")
    (articles / "private").symlink_to(articles.parent.parent / "private")
    return "private"


def a_link_up(articles: Path) -> str:
    (articles / "up").symlink_to(articles.parent)
    return "up"


def a_link_to_itself(articles: Path) -> str:
    (articles / "self.md").symlink_to("self.md")
    return "self.md"


def a_dangling_link(articles: Path) -> str:
    (articles / "gone.md").symlink_to("nowhere.md")
    return "gone.md"


def a_file(name: str, content: bytes) -> Callable[[Path], str]:
    def make(articles: Path) -> str:
        (articles / name).write_bytes(content)
        return name

    return make


def a_file_named(name: bytes) -> Callable[[Path], str]:
    def make(articles: Path) -> str:
        with open(os.path.join(os.fsencode(articles), name), "w") as file:
            file.write("Text.")
        return ".md"

    return make


BAD_FILES: dict[str, Callable[[Path], str]] = {
    "empty": a_file("a.md", b""),
    "only white space": a_file("a.md", b" \n\t\n"),
    "only a byte order mark": a_file("a.md", b"\xef\xbb\xbf"),
    "only headings": a_file("a.md", b"# A\n\n## B\n"),
    "only front matter": a_file("a.md", b"---\ntitle: A\n---\n"),
    "binary": a_file("a.md", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "utf-16": a_file("a.md", "Plans cost nothing.".encode("utf-16")),
    "latin-1": a_file("a.md", "Ein Gespräch".encode("latin-1")),
    "huge": a_file("a.md", b"word " * (MAX_BYTES // 5 + 1)),
    "unknown kind": a_file("a.key", b"Text."),
    "no document": a_file("a.csv", b"a,b\0"),
    "no kind": a_file("README", b"Text."),
    "broken YAML": a_file("a.md", b"---\ntitle: [\n---\nText."),
    "YAML of another language": a_file("a.md", b"---\ntitle: !!python/name:os.system\n---\nText."),
    "YAML with a false truth": a_file("a.md", b"---\ntitle: !!bool perhaps\n---\nText."),
    "YAML with a false date": a_file("a.md", b"---\ndate: !!timestamp soon\n---\nText."),
    "YAML nested too deeply": a_file("a.md", b"---\na: " + b"[" * 5_000 + b"\n---\nText."),
    "HTML nested too deeply": a_file("a.html", b"<div>" * 5_000 + b"Text."),
    "a title nested too deeply": a_file("a.html", b"<title>" + b"<b>" * 5_000 + b"T</title><p>Text."),
    "a name that is not UTF-8": a_file_named(b"pr\xe9cis.md"),
    "fifo": a_fifo,
    "link out of the folder": a_link_out,
    "link to a folder outside": a_link_to_a_folder_outside,
    "link to the folder above": a_link_up,
    "link to itself": a_link_to_itself,
    "dangling link": a_dangling_link,
}


@pytest.mark.parametrize("make", BAD_FILES.values(), ids=BAD_FILES.keys())
async def test_a_bad_file_is_left_out_with_one_warning_and_the_others_are_used(
    make: Callable[[Path], str], library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = make(folder / "articles")
    with caplog.at_level(logging.WARNING):
        assert await library.open() == 2
        for question in ("How long do refunds take?", "swordfish", "Where do you ship?"):
            assert await articles_of(library, question) == {"refunds.md", "shipping.md"}
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert name in record.getMessage()
    assert "left out: it " in record.getMessage()


@pytest.mark.parametrize("name", [".hidden.md", ".git/notes.md", "a/.DS_Store"])
async def test_hidden_files_are_left_out_without_a_word(
    name: str, library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_knowledge(folder, {name: "Hidden."})
    assert await library.open() == 2
    assert not caplog.records


@pytest.mark.parametrize("name", ["drafts/new.md", "orders/drafts/new.md", "Drafts/deep/new.md"])
async def test_drafts_are_never_used(
    name: str, library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_knowledge(folder, {name: "Refunds take a hundred years."})
    assert await library.open() == 2
    assert (await library.look_up("hundred years")).findings.found == ()
    assert not caplog.records


async def test_a_document_is_an_article_like_the_others(library: Library, folder: Path) -> None:
    write_knowledge(folder, {"prices.csv": "Plan,Price\nBasic,5 €\n"})
    [found] = (await library.look_up("basic plan price")).findings.found[:1]
    assert found.passage.title == "Prices"
    assert found.passage.text == "| Plan | Price |\n| --- | --- |\n| Basic | 5 € |"


async def test_what_nobody_sees_in_an_article_answers_nobody(library: Library, folder: Path) -> None:
    hidden = "Orchids are free.<!-- Orchids cost gold. --> <span style='display:none'>Pay in gold.</span>"
    write_knowledge(folder, {"orchids.md": hidden, "orchids.html": f"<p>{hidden}</p>"})
    knowledge = await library.look_up("orchids gold")
    assert {p.text.strip() for p in knowledge.passages or () if "orchids" in p.article} == {
        "Orchids are free."
    }


async def test_a_link_within_the_folder_is_an_article(library: Library, folder: Path) -> None:
    (folder / "articles" / "also.md").symlink_to("refunds.md")
    assert await articles_of(library) == {"also.md", "refunds.md", "shipping.md"}


async def test_a_link_to_the_folder_itself_does_not_go_round(library: Library, folder: Path) -> None:
    (folder / "articles" / "round").symlink_to(folder / "articles")
    assert await articles_of(library) == {"refunds.md", "shipping.md"}


async def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(folder)
    library = Library(tmp_path / "linked")
    assert await library.open() == 2
    library.close()


async def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(
    library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "articles" / "refunds.md").write_bytes(b"\xef\xbb\xbf" + REFUNDS.replace("\n", "\r\n").encode())
    knowledge = await library.look_up("How long do refunds take?")
    expected = parse("refunds.md", REFUNDS).passages
    assert tuple(p for p in knowledge.passages or () if p.article == "refunds.md") == expected
    assert not caplog.records


async def test_a_file_is_named_again_when_it_is_changed_and_still_bad(
    library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "articles" / "a.md").write_bytes(b"")
    await library.open()
    (folder / "articles" / "a.md").write_bytes(b"\0")
    await library.look_up("?")
    await library.look_up("?")
    assert ["empty" in r.getMessage() for r in caplog.records] == [True, False]


# --- nothing to answer from --------------------------------------------------------------------------


@pytest.mark.parametrize("articles", [{}, {"a.md": ""}, {".hidden.md": "Text."}])
async def test_a_folder_without_articles_is_told_with_what_to_do(
    articles: dict[str, str], tmp_path: Path
) -> None:
    library = Library(write_knowledge(tmp_path, articles))
    with pytest.raises(KnowledgeMissing, match=r"Put your help articles there .*KNOWLEDGE_DIR"):
        await library.open()
    library.close()


async def test_a_missing_folder_is_told_with_what_to_do(tmp_path: Path) -> None:
    library = Library(tmp_path / "nowhere")
    with pytest.raises(KnowledgeMissing, match="KNOWLEDGE_DIR"):
        await library.open()
    library.close()


async def test_a_missing_articles_folder_is_told_with_what_to_do(folder: Path) -> None:
    (folder / "articles").rename(folder / "texts")
    library = Library(folder)
    with pytest.raises(KnowledgeMissing, match=f"{folder}/articles"):
        await library.open()
    library.close()


@pytest.mark.parametrize(
    "content", [None, b"", b"---\ncontact: [\n---\nBe kind.", b"---\na: b\n---\n", b"\xff"]
)
async def test_instructions_that_cant_be_used_are_told_with_what_to_do(
    content: bytes | None, folder: Path
) -> None:
    path = folder / "instructions.md"
    path.unlink() if content is None else path.write_bytes(content)
    library = Library(folder)
    with pytest.raises(KnowledgeMissing, match=r"instructions\.md can't be used .*copy the sample"):
        await library.open()
    library.close()


# --- instructions ------------------------------------------------------------------------------------


async def test_instructions_hold_the_contact_and_the_company(library: Library, folder: Path) -> None:
    (folder / "instructions.md").write_text(
        "---\ncompany: Ours\ncontact: >\n  Call\n  us.\n---\n\nBe kind.\n"
    )
    found = await library.instructions()
    assert (found.text, found.contact, found.company) == ("Be kind.", "Call us.", "Ours")


async def test_instructions_hold_the_questions_to_suggest_and_the_model_reads_none_of_them(
    library: Library, folder: Path
) -> None:
    (folder / "instructions.md").write_text(
        '---\nprompts:\n  - "Where is my order?"\n  - How do I\n    return it?\n---\nBe kind.\n'
    )
    found = await library.instructions()
    assert found.prompts == ("Where is my order?", "How do I return it?")
    assert found.text == "Be kind."


@pytest.mark.parametrize(
    ("prompts", "fault"),
    [
        ("How?", "must be a list of questions"),
        ("[1, 2]", "must be a list of questions"),
        ("[{How: long}]", "must be a list of questions"),
        ('[""]', "must be a list of questions"),
        ("[a, b, c, d, e]", "holds 5 questions; 4 fit"),
    ],
)
def test_questions_to_suggest_that_cant_be_used_are_told(prompts: str, fault: str) -> None:
    with pytest.raises(Unreadable, match=fault):
        parse_instructions(f"---\nprompts: {prompts}\n---\nBe kind.")


async def test_customers_are_told_something_also_without_a_contact(library: Library, folder: Path) -> None:
    (folder / "instructions.md").write_text("Be kind.")
    assert "support team" in (await library.instructions()).contact


async def test_the_folder_is_looked_at_once_in_a_while(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("core.knowledge.library.time.monotonic", lambda: now)
    monkeypatch.setattr("core.knowledge.library.FRESH_SECONDS", 1.0)
    await library.open()
    (folder / "instructions.md").write_text("Be very brief.")
    assert (await library.read()).instructions.text == "Be kind."
    assert (await library.look_up("?")).instructions.text == "Be kind."
    now = 101.0
    assert (await library.read()).instructions.text == "Be very brief."


async def test_instructions_that_are_edited_count_from_the_next_question_on(
    library: Library, folder: Path
) -> None:
    await library.open()
    (folder / "instructions.md").write_text("Be very brief.")
    assert (await library.look_up("?")).instructions.text == "Be very brief."


@pytest.mark.parametrize(
    "content", [None, b"", b"---\ncontact: [\n---\nBe cruel.", b"---\na: !!bool x\n---\nBe cruel.", b"\xff"]
)
async def test_a_broken_edit_keeps_the_last_good_instructions_and_is_told_once(
    content: bytes | None, library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await library.open()
    path = folder / "instructions.md"
    path.unlink() if content is None else path.write_bytes(content)
    for _ in range(3):
        assert (await library.look_up("?")).instructions.text == "Be kind."
    assert (await library.instructions()).contact == "Write to help@example.org."
    [record] = caplog.records
    assert "the last version stays" in record.getMessage()
    path.write_text("Be kinder.")
    assert (await library.look_up("?")).instructions.text == "Be kinder."


def test_what_is_unreadable_says_so_without_the_text_itself() -> None:
    with pytest.raises(Unreadable) as caught:
        parse("a.md", "---\ntitle: [swordfish\n---\nText.")
    assert "swordfish" not in str(caught.value)


def test_the_samples_are_cut_as_the_other_tests_expect() -> None:
    assert len(parse("r.md", REFUNDS).passages) == len(parse("s.md", SHIPPING).passages) == 1
