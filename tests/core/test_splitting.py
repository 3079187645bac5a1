"""A long reply arrives whole, in parts that are each valid."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.splitting import finished, split


def open_fence(part: str) -> str:
    """Return the fence that is still open at the end of a part, by CommonMark's rules."""
    fence = ""
    for line in part.split("\n"):
        mark = re.match(r" {0,3}(`{3,}|~{3,})([^\n]*)$", line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence = mark[1]
    return fence


def without_fences(text: str) -> list[str]:
    """Return the words of a text, its fence lines left out: a cut block has more of them."""
    return [
        w for line in text.split("\n") if not re.match(r" {0,3}(`{3,}|~{3,})", line) for w in line.split()
    ]


LIMITS = st.integers(40, 120)
WORD = st.text(alphabet="abcdeäß€😀.,*_", min_size=1, max_size=12)
LINE = st.lists(WORD, max_size=30).map(" ".join)
PARAGRAPH = st.lists(LINE, min_size=1, max_size=5).map("\n".join)
CODE = st.tuples(st.sampled_from(["```", "~~~", "````", "```python"]), PARAGRAPH).map(
    lambda block: f"{block[0]}\n{block[1]}\n{block[0].replace('python', '')}"
)
DOCUMENT = st.lists(PARAGRAPH | CODE, max_size=6).map("\n\n".join)


@given(DOCUMENT, LIMITS)
def test_every_part_fits_and_is_valid_on_its_own(text: str, limit: int) -> None:
    for part in split(text, limit):
        assert len(part) <= limit
        assert part.strip()
        assert open_fence(part) == ""


@given(DOCUMENT, LIMITS)
def test_nothing_is_lost_and_no_word_is_broken(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert [word for part in parts for word in without_fences(part)] == without_fences(text)


@pytest.mark.timeout(10)
@given(st.text(alphabet="ab `~\n\t-#>", max_size=300), LIMITS)
@example("a" + " " * 200 + "b", 40)
@example("`" * 60 + "\n" + "code " * 50 + "\n" + "`" * 60, 100)
def test_any_text_is_cut_into_parts_that_fit_and_say_something(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert all(part.strip() for part in parts)


@pytest.mark.parametrize("mark", ["`", "~"])
@pytest.mark.timeout(5)
def test_fences_that_are_as_long_as_a_part_do_not_hang(mark: str) -> None:
    text = f"{mark * 30}\n{'code ' * 50}\n{mark * 30}"
    assert all(len(part) <= 40 for part in split(text, 40))


def test_a_text_that_fits_stays_one_part() -> None:
    text = "Hello.\n\n```sh\nmake\n```\n\nBye."
    assert split(text, 100) == [text]
    assert split("", 100) == []


def test_cuts_are_made_between_paragraphs() -> None:
    paragraphs = ["a" * 30, "b" * 30, "c" * 30]
    assert split("\n\n".join(paragraphs), 70) == ["\n\n".join(paragraphs[:2]), paragraphs[2]]


def test_else_between_lines_else_between_words() -> None:
    assert split("a" * 30 + "\n" + "b" * 30, 50) == ["a" * 30, "b" * 30]
    assert split("a" * 30 + " " + "b" * 30, 50) == ["a" * 30, "b" * 30]


def test_only_a_word_longer_than_a_part_is_broken() -> None:
    assert split("a" * 100, 40) == ["a" * 40, "a" * 40, "a" * 20]


def test_a_code_block_that_is_cut_is_closed_and_opened_again_in_its_language() -> None:
    code = "\n".join(f"line {number}" for number in range(10))
    parts = split(f"Before.\n\n```python\n{code}\n```\n\nAfter.", 60)
    blocks = [part for part in parts if "line" in part]
    assert len(blocks) > 1
    for block in blocks:
        assert block.count("```python\n") == 1
    assert parts[-1].endswith("After.")


def test_a_code_block_that_was_never_closed_is_closed() -> None:
    assert split("```\ncode", 100) == ["```\ncode\n```"]


def test_code_in_a_line_in_three_backticks_opens_no_block() -> None:
    text = "```make``` sets up all.\n\nThen go on."
    assert split(text, 100) == [text]


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 40"):
        split("text", 39)


def test_links_code_and_emphasised_words_are_not_torn() -> None:
    pieces = [
        "[our page on refunds](https://shop.example/refunds_(all)?a=1)",
        "**only in the first month**",
        "`make all the things`",
        "<https://shop.example|as Slack writes it>",
        "*really not* ~~any more than that~~",
    ]
    text = " ".join(f"{'word ' * number}{piece}" for number, piece in enumerate(pieces * 8))

    for limit in range(65, 130):
        parts = split(text, limit)
        assert " ".join(parts) == text
        for part in parts:
            assert part.count("**") % 2 == part.count("`") % 2 == part.count("[") - part.count("](") == 0
            assert part.count("<") == part.count(">")


def test_emphasis_over_two_lines_is_not_torn() -> None:
    assert split("word " * 6 + "**bold\nand bold**", 40) == [
        "word word word word word word",
        "**bold\nand bold**",
    ]


def test_what_is_longer_than_a_part_is_torn_rather_than_kept_back() -> None:
    text = f"**{'word ' * 20}**"
    parts = split(text, 60)
    assert all(len(part) <= 60 for part in parts)
    assert " ".join(parts) == text


def test_what_continues_a_quotation_is_quoted() -> None:
    parts = split("> " + "word " * 30 + "end\n> > " + "deeper " * 20, 60)
    assert len(parts) > 4
    assert all(part.startswith("> ") for part in parts)
    assert all(part.startswith("> > ") for part in parts if "deeper" in part.split("\n")[0])


@pytest.mark.parametrize("lead", ["    ", "> ", "> > ", "\t"])
def test_code_in_a_list_or_a_quotation_is_closed_and_opened_again_there(lead: str) -> None:
    code = [f"line {number} of the code" for number in range(8)]
    text = "\n".join(f"{lead}{line}" for line in ["```sh", *code, "```"])

    parts = split(f"Do this:\n\n{text}\n\nDone.", 80)

    assert len(parts) > 3
    assert all(part.count("```") % 2 == 0 for part in parts)
    assert [line for part in parts for line in part.split("\n") if " of the code" in line] == [
        f"{lead}{line}" for line in code
    ]


def test_the_end_of_a_quotation_is_the_end_of_its_code() -> None:
    after = "after" + " word" * 10
    assert split(f"> ```\n> code\n{after}", 60) == ["> ```\n> code\n> ```", after]
    assert finished("> ```\n> code\nafter") == "> ```\n> code\nafter"
    assert finished("before\n> ```\n> code\n").rstrip() == "before"


@pytest.mark.timeout(5)
@pytest.mark.parametrize("marks", ["*a ", "**a _b ", "`a ``b ", "[", "[a](", "<a ", "~~a", "> "])
def test_marks_that_never_end_take_no_time(marks: str) -> None:
    assert all(len(part) <= 2_000 for part in split(marks * 10_000, 2_000))
