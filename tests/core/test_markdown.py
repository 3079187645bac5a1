"""Other people's words stay words, and a long reply arrives whole, in parts that are each valid."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.markdown import escape, excerpt, split, unescape

_commonmark = MarkdownIt("commonmark").enable(["table", "strikethrough"])

# What escaping need not keep: Markdown itself has no line of blanks and no control characters.
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=60)
MARKS = st.text(alphabet="\\`*_~[]()<>|#+-=.:!&;\"'{}$^%@/ \n\t1a2xb", max_size=40)

TRICKY = [
    "*bold* _it_ ~~gone~~ `code`",
    "# heading\n## another\n> quote\n- list\n+ list\n1. first\n2) second",
    "Setext\n======",
    "Setext\n------",
    "[text](https://x.example) ![image](y) <https://z.example> [ref]: /url",
    "&lt;b&gt; &amp; &#42; &copy;",
    "    indented like code",
    "\tindented like code",
    "text\n\n    after a blank line",
    "a | b\n--- | ---\n1 | 2",
    "```\ncode\n```",
    "~~~\ncode\n~~~",
    "back\\slash \\* \\\\ end\\",
    "***\n---\n___",
    "<script>alert(1)</script> <!-- note -->",
    "1\\. 1. 10) 123456789. 1234567890.",
    "- - -\n* * *",
    "-\n+\n#\n1.",
]


def visible(markdown: str) -> tuple[str, set[str]]:
    """Return what a reader of rendered Markdown sees, and the kinds of markup in it."""
    words: list[str] = []
    kinds: set[str] = set()

    def walk(tokens: list[Token]) -> None:
        for token in tokens:
            if token.children is not None:
                walk(token.children)
            elif token.type in {"softbreak", "hardbreak"}:
                words.append("\n")
            elif token.type in {"text", "text_special"}:
                words.append(token.content)
            else:
                words.append("\n" if token.type.startswith("paragraph") else token.content)
                kinds.add(token.type)

    walk(_commonmark.parse(markdown))
    return "".join(words), kinds - {"paragraph_open", "paragraph_close"}


def no_blanks(text: str) -> str:
    return re.sub(r"\s+", "", text)


def assert_shown_as_it_is(text: str) -> None:
    shown, kinds = visible(escape(text))
    assert kinds == set()
    assert no_blanks(shown) == no_blanks(text)


@pytest.mark.parametrize("text", TRICKY)
def test_escaped_markup_is_shown_as_it_was_written(text: str) -> None:
    assert_shown_as_it_is(text)


@given(PLAIN | MARKS)
def test_whatever_is_escaped_is_shown_as_it_was_written(text: str) -> None:
    assert_shown_as_it_is(text)


@given(st.text(st.characters()) | MARKS)
def test_unescaping_gives_back_what_was_escaped(text: str) -> None:
    assert not_indented(unescape(escape(text))) == not_indented(text)


def not_indented(text: str) -> str:
    """Return a text without the blanks that would make code of a line."""
    return re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE)


def test_plain_words_are_not_touched() -> None:
    for text in ("Hello, Ann! It costs 5.50 € (really).", "v1.2 is out - at last", "a #tag and me@x.example"):
        assert escape(text) == text


# --- excerpts ----------------------------------------------------------------------------------------


@given(st.text(max_size=60), st.integers(2, 50))
def test_an_excerpt_is_never_longer_than_its_limit_and_starts_like_the_text(text: str, limit: int) -> None:
    cut = excerpt(text, limit)
    assert len(cut) <= limit
    if len(text.strip()) <= limit:
        assert cut == text.strip()
    else:
        assert cut.endswith("…")
        assert text.strip().startswith(cut[:-1])


def test_an_excerpt_is_cut_between_words() -> None:
    assert excerpt("one two three", 10) == "one two…"
    assert excerpt("a" * 20, 10) == "a" * 9 + "…"


# --- splitting ---------------------------------------------------------------------------------------


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
