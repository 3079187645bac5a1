"""Articles' Markdown as a passage needs it: on a page, what it means may stand elsewhere."""

from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.knowledge.articles import parse
from core.written_out import written_out

PAGE = MarkdownIt("commonmark").enable("table")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[Orders][o] or [o], [O][]\n\n[o]: /o 'Yours'", "[Orders](/o) or [o](/o), [O](/o)"),
        ("See [o]: there\n\n[o]: <https://a.b/o>", "See [o](https://a.b/o): there"),
        ("![How it looks][p]\n\n[p]: https://a.b/p.png", "![How it looks](https://a.b/p.png)"),
        ("[Orders][o]\n\n[o]: https://a.b/o_(new)", "[Orders](https://a.b/o_%28new%29)"),
        ("- [x] done, [no][n], a[1], [kept](https://a.b)\n\n[o]: /o", "- [x] done, [no][n], a[1], [kept](https://a.b)"),
        ("[a][b][o]\n\n[o]: /o", "[a][b](/o)"),
        ("One:\n\n    <br>[o]\n\n[o]: /o", "One:\n\n    <br>[o]"),
        ("`[o]` and \\[o]\n\n```\n[o]\n```\n\n[o]: /o", "`[o]` and \\[o]\n\n```\n[o]\n```"),
        ("One<br>two<BR/>three <br />\nfour", "One\ntwo\nthree\nfour"),
        ("- one<br>two\n1. one<br>two", "- one\n  two\n1. one\n   two"),
        ("> - one<br>two", "> - one\n>   two"),
        ("## One<br>two", "## One two"),
        ("| a |\n|---|\n| 1<br>2 |\n\none<br>two", "| a |\n|---|\n| 1, 2 |\n\none\ntwo"),
        ("30&nbsp;days &amp; 2 &lt; 3 &euro; &#8364; &quot;so&quot;", '30 days & 2 < 3 € € "so"'),
        ("&lt;b&gt; &#42;no&#42; &#x5b;o] &amp;lt; a&#124;b", "\\<b> \\*no\\* \\[o] &amp;lt; a\\|b"),
        ("&#35; no title\n&gt; no quotation", "\\# no title\n\\> no quotation"),
        ("`&lt;br&gt;<br>` AT&T &no; &copy &#8203;&#10;.", "`&lt;br&gt;<br>` AT&T &no; &copy &#10;."),
    ],
)  # fmt: skip
def test_what_a_page_makes_of_it_is_written_out(written: str, told: str) -> None:
    assert written_out(written).partition("\n\n[")[0] == told


def test_a_passage_has_the_addresses_that_stand_at_the_end_of_its_page() -> None:
    page = "# Parcels\n\nSee [your orders][o].\n\n## Lost\n\nTell [us].\n\n[o]: https://a.b/o\n[us]: https://a.b/us\n"
    one, two = parse("parcels.md", page).passages
    assert one.text == "See [your orders](https://a.b/o)."
    assert two.text == "Tell [us](https://a.b/us)."


PIECES = "a| |\n|<br>|&lt;|&amp;|&nbsp;|&gt;|[1]|[a][1]|*|> |- |# |1. ".split("|")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_page_shows_the_same_letters_as_before(text: str) -> None:
    page = f"{text}\n\n[1]: https://a.b/o\n"
    assert _letters(written_out(page)) == _letters(page)


def _letters(markdown: str) -> list[str]:
    """Return the letters that a page shows."""
    shown = PAGE.render(markdown)
    plain = html.unescape("".join(part.partition(">")[2] for part in f">{shown}".split("<")))
    return [letter for letter in plain if letter.isalpha()]


def test_a_long_line_is_read_in_time_linear_in_it() -> None:
    assert written_out("a&lt;<br>" * 50_000) == "\n".join(["a\\<"] * 50_000)
