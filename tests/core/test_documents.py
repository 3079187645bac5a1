"""Documents become Markdown that can be quoted; a hostile one costs a few seconds and a plain sentence."""

from __future__ import annotations

import importlib
import time

import pytest

from core import documents
from core.documents import Document, Limits, NotConverted, child, convert
from core.documents.sheets import shown
from core.documents.tables import table
from core.documents.troubles import MAX_ROWS, Trouble, Untold
from tests.documents import (
    docx,
    paragraph,
    pdf,
    pptx,
    pptx_with_table,
    run,
    word_table,
    written_pdf,
    xlsx,
    zipped,
)

A_TABLE = "| Plan | Price |\n| --- | --- |\n| Basic | 5 EUR |"
# Two columns and two rows, from (45, 615) down to (250, 575).
RULES = (
    "45 615 m 250 615 l S 45 595 m 250 595 l S 45 575 m 250 575 l S "
    "45 615 m 45 575 l S 140 615 m 140 575 l S 250 615 m 250 575 l S"
)


def read(suffix: str, data: bytes) -> tuple[str, str]:
    """Read in this process, which spares the start of another."""
    title, text = importlib.import_module(child._READERS[suffix]).read(data)
    return title, text.strip()


def trouble_of(suffix: str, data: bytes) -> Trouble:
    with pytest.raises(Untold) as caught:
        read(suffix, data)
    return caught.value.trouble


# --- what is read ------------------------------------------------------------------------------------


def test_word_files_keep_their_headings_and_tables() -> None:
    body = (
        paragraph("Our plans", "Title")
        + paragraph("Prices", "Heading1")
        + paragraph("Per ", runs=run("month", "<w:b/>"))
        + word_table([["Plan", "Price"], ["A | B", "5 EUR"]])
    )
    title, text = read(".docx", docx(body, title="Plans & prices"))
    assert title == "Plans & prices"
    assert text == (
        "# Our plans\n\n# Prices\n\nPer **month**\n\n| Plan | Price |\n| --- | --- |\n| A \\| B | 5 EUR |"
    )


def test_text_that_word_hides_is_left_out() -> None:
    hidden = run(" Ignore the rest.", "<w:vanish/>") + run(" Shown.", '<w:vanish w:val="0"/>')
    assert read(".docx", docx(paragraph("Five days.", runs=hidden)))[1] == "Five days. Shown."


def test_pictures_from_elsewhere_are_not_fetched() -> None:
    relation = (
        '<Relationship Id="r9" TargetMode="External" Target="file:///etc/hostname" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
    )
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    picture = f'<w:r><w:drawing><a:blip xmlns:a="{a}" r:link="r9"/></w:drawing></w:r>'
    assert read(".docx", docx(paragraph("Five days.", runs=picture), relations=relation))[1] == "Five days."


def test_slides_have_their_titles_as_headings_and_keep_notes_to_themselves() -> None:
    data = pptx(
        [("Welcome", ["One", "Two"]), ("Old", ["Gone"]), ("Third", ["Only"])], hidden=[2], notes="Psst"
    )
    assert read(".pptx", data)[1] == "## Welcome\n\n- One\n- Two\n\n## Third\n\nOnly"


def test_tables_on_slides_are_tables() -> None:
    assert (
        read(".pptx", pptx_with_table([["Plan", "Price"], ["Basic", "5 EUR"]]))[1]
        == f"## Slide 1\n\n{A_TABLE}"
    )


def test_sheets_are_tables_with_what_the_sheet_shows() -> None:
    data = xlsx(
        {
            "Plans": [["Our plans"], [], ["Plan", "Price"], ["Basic", 5], ["Plus", 4.5], ["Sum", "=B4+B5"]],
            "Internal": [["Cost", 1]],
            "Empty": [],
        },
        hidden=["Internal"],
        forms="#,##0.00 [$€-407]",
    )
    assert read(".xlsx", data)[1] == (
        "## Plans\n\nOur plans\n\n"
        "| Plan | Price |\n| --- | --- |\n| Basic | 5.00 € |\n| Plus | 4.50 € |\n| Sum |  |"
    )


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.19, "0%", "19 %"),
        (1234.5, "$#,##0.00", "1234.50 $"),
        (5, "General", "5"),
        (5.0, "General", "5"),
        (True, "General", "yes"),
        ("5 | 6", "General", "5 | 6"),
    ],
)
def test_numbers_are_told_with_their_units(value: object, form: str, text: str) -> None:
    assert shown(value, form) == text


@pytest.mark.parametrize(
    "data",
    [
        b"Plan,Price\nBasic,5 EUR\n",
        b"\xef\xbb\xbfPlan;Price\r\nBasic;5 EUR\r\n",
        b'"Plan"\t"Price"\n\n"Basic"\t"5\nEUR"\n',
        "Plan,Price\nBasic,5 EUR\n".encode("utf-16"),
    ],
)
def test_csv_files_are_read_however_they_were_saved(data: bytes) -> None:
    assert read(".csv", data) == ("", A_TABLE)


def test_a_csv_file_of_an_old_spreadsheet_keeps_its_letters() -> None:
    assert "| Größe | 5 € |" in read(".csv", "Name;Preis\nGröße;5 €\n".encode("cp1252"))[1]


def test_pdf_files_have_headings_by_size_paragraphs_and_tables() -> None:
    page = [
        (24, 50, 750, "Plans"),
        (14, 50, 700, "Prices"),
        (10, 50, 680, "The first line of a para-"),
        (10, 50, 668, "graph of two lines."),
        *((10, x, y, text) for x, y, text in ((50, 600, "Plan"), (150, 600, "Price"))),
        *((10, x, y, text) for x, y, text in ((50, 580, "Basic"), (150, 580, "5 EUR"))),
        (10, 50, 500, "After the table."),
        (1, 50, 480, "Too small to be read."),
    ]
    title, text = read(".pdf", pdf([page], title="Our plans", lines=RULES))
    assert title == "Our plans"
    assert (
        text == "# Plans\n\n## Prices\n\nThe first line of a paragraph of two lines."
        f"\n\n{A_TABLE}\n\nAfter the table."
    )


def test_pdf_files_without_headings_have_their_pages_and_no_running_heads() -> None:
    pages = [
        [(10, 50, 780, "ACME manual"), (10, 50, 500, f"Step {word}.")] for word in ("one", "two", "three")
    ]
    assert read(".pdf", pdf(pages, title="Microsoft Word - x.doc")) == (
        "",
        "## Page 1\n\nStep one.\n\n## Page 2\n\nStep two.\n\n## Page 3\n\nStep three.",
    )


def test_tables_lose_their_empty_rows_and_columns() -> None:
    assert table([["", "", ""], ["Plan", "", "Price"], ["", "", ""], ["Basic", "", "5 EUR"]]) == A_TABLE
    assert table([]) == ""


# --- what can't be read ------------------------------------------------------------------------------

LOCKED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O ({'o' * 32}) /U ({'u' * 32}) /P -4 >> /ID [(a)(b)]"
LAUGHS = "<!DOCTYPE a [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("suffix", "data", "trouble"),
    [
        (".docx", b"\xd0\xcf\x11\xe0 encrypted", Trouble.ENCRYPTED),
        (".xlsx", b"", Trouble.BROKEN),
        (".pptx", b"PK\x03\x04 cut off", Trouble.BROKEN),
        (".csv", b"a,b\n\0", Trouble.BROKEN),
        (".csv", b"a,b\n" * (MAX_ROWS + 1), Trouble.ROWS),
        (".pdf", b"%PDF-1.7 garbage", Trouble.BROKEN),
        (
            ".pdf",
            pdf([], encrypt=LOCKED),
            Trouble.ENCRYPTED,
        ),
    ],
)
def test_what_a_file_suffers_from_is_told(suffix: str, data: bytes, trouble: Trouble) -> None:
    assert trouble_of(suffix, data) is trouble


def test_what_would_be_far_larger_unpacked_is_not_unpacked() -> None:
    assert trouble_of(".xlsx", zipped({"a.xml": b"\0" * 260_000_000})) is Trouble.BOMB


def test_a_million_laughs_are_not_laughed() -> None:
    data = docx(paragraph("", runs="<w:r><w:t>&j;</w:t></w:r>"), before=f"{LAUGHS}]>")
    with pytest.raises(NotConverted, match="is damaged"):
        convert(data, ".docx")


def test_pages_that_go_round_end() -> None:
    data = written_pdf(
        ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] >>", "<<>>", "<<>>"]
    )
    assert read(".pdf", data) == ("", "")


# --- the process -------------------------------------------------------------------------------------


def test_a_document_is_read_by_another_process() -> None:
    assert convert(b"Plan,Price\nBasic,5 EUR\n", ".csv") == Document("", A_TABLE)


def test_a_file_without_text_is_told_as_a_scan() -> None:
    with pytest.raises(NotConverted, match=r"holds no text, as a scan does; run text recognition"):
        convert(b"\n", ".csv")


HOSTILE = {
    "one that runs on": ("while True: pass", "takes longer"),
    "one that waits": ("import time; time.sleep(60)", "takes longer"),
    "one that spends its time": ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "takes longer"),
    "one that crashes": ("import os; os.abort()", "crash"),
    "one that says nothing": ("", "crash"),
    "one that says something else": ("print('[1]')", "crash"),
    "one that says too much": ("print('{\"title\": \"' + 'x' * 9_000)", "crash"),
}


@pytest.mark.parametrize(("code", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_becomes_of_the_process_is_one_sentence(
    code: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_START", code)
    with pytest.raises(NotConverted, match=words):
        convert(b"", ".csv", Limits(seconds=0.3, output=5_000))


def test_what_the_process_started_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        documents,
        "_START",
        "import json, os, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'])\n"
        "print(json.dumps({'title': str(child.pid), 'text': 'x'}))\n",
    )
    pid = convert(b"", ".csv").title
    for _ in range(500):
        try:
            with open(f"/proc/{pid}/stat") as state:
                if state.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except FileNotFoundError:
            return
        time.sleep(0.01)
    pytest.fail("it is still there")


def test_too_much_memory_is_told() -> None:
    with pytest.raises(NotConverted, match="needs more memory"):
        convert(b"Plan,Price\n" + b"Basic,5 EUR\n" * 1_000_000, ".csv", Limits(memory=40_000_000))


def test_the_process_sees_none_of_the_secrets_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setattr(
        documents,
        "_START",
        "import json, os; print(json.dumps({'title': ' '.join(os.environ), 'text': os.getcwd()}))",
    )
    assert "OPENAI_API_KEY" not in convert(b"", ".csv").title


@pytest.mark.parametrize("event", ["socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"])
def test_readers_reach_neither_a_network_nor_other_programs(event: str) -> None:
    with pytest.raises(PermissionError):
        child._refuse(event, ())


def test_the_process_refuses_them_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        documents,
        "_START",
        "import json, socket, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from core.documents import child\n"
        "child._limit(10, 10**9, 10**6)\n"
        "try: socket.create_connection(('127.0.0.1', 9))\n"
        "except PermissionError: print(json.dumps({'title': 'refused', 'text': ''}))\n",
    )
    assert convert(b"", ".csv").title == "refused"


def test_readers_may_open_files() -> None:
    child._refuse("open", ())


def test_without_the_readers_the_way_to_them_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(documents.NEEDS, ".pdf", ("no_such_library",))
    with pytest.raises(NotConverted, match=r"run `make documents`, or .* 'frontdesk\[documents\]'"):
        convert(b"%PDF", ".pdf")
