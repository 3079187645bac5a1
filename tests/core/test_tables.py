"""Tables as people read them in a chat."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.tables import without_tables


def test_two_columns_become_a_list() -> None:
    table = "We ship to:\n| Country | Price |\n|---|---|\n| Germany | $5 |\n| Japan | $18 |\nThat is all."

    # What follows without an empty line belongs to the table, as Markdown has it.
    assert without_tables(table) == ("We ship to:\n\n- **Germany**: $5\n- **Japan**: $18\n- **That is all.**")


def test_three_narrow_columns_become_a_code_block_in_columns() -> None:
    table = "| Plan | Plants | Price |\n|:--|--:|--:|\n| Free | 3 | $0 |\n| Family | 30 | $6 |\n\nMore soon."

    assert without_tables(table) == (
        "```\nPlan    Plants  Price\nFree         3     $0\nFamily      30     $6\n```\n\nMore soon."
    )


def test_wide_characters_take_two_columns() -> None:
    table = "| a | b | c |\n|---|---|---|\n| 日本 | x | y |\n| no | x | y |"

    assert without_tables(table) == "```\na     b  c\n日本  x  y\nno    x  y\n```"


def test_what_is_too_wide_for_a_phone_names_each_cell() -> None:
    table = (
        "| Plan | What it holds | Price |\n|---|---|---|\n"
        "| Free | three plants and one week of readings | $0 |\n| Pro | thirty plants |  |"
    )

    assert without_tables(table) == (
        "- **Free**: What it holds three plants and one week of readings; Price $0\n"
        "- **Pro**: What it holds thirty plants"
    )


def test_links_and_emphasis_are_kept() -> None:
    table = "| a | b | c |\n|---|---|---|\n| [Help](https://example.com) | *x* | `y` |"

    assert without_tables(table) == "- [Help](https://example.com): b *x*; c `y`"


def test_a_header_alone_and_code_and_other_bars_stay_readable() -> None:
    assert without_tables("| a | b |\n|---|---|") == "a · b"
    code = "```\n| a | b |\n|---|---|\n| c | d |\n```"
    assert without_tables(code) == code
    assert without_tables("this | that") == "this | that"


@given(st.text(alphabet="|-: \nab*`#>1.", max_size=60))
def test_no_table_is_left_and_nothing_else_changes(text: str) -> None:
    shown = without_tables(text)

    assert without_tables(shown) == shown
    if "|" not in text:
        assert shown == text
