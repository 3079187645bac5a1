"""Other people's words stay words, and are cut short between words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.markdown import escape, excerpt, unescape

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
