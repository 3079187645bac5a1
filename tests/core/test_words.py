"""What customers read of where an answer comes from."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from core.phrases import ENGLISH
from tests.builders import passage

URL = "https://help.example.org/refunds"


def test_no_passage_is_no_source() -> None:
    assert ENGLISH.source_of([]) == ""


def test_an_article_is_linked_where_it_has_an_address_and_its_part_is_named() -> None:
    assert (
        ENGLISH.source_of([passage(heading="When?")])
        == "_This is from our article “Refunds”, under “When?”._"
    )
    assert (
        ENGLISH.source_of([passage(heading="", url=URL)]) == f"_This is from our article [Refunds]({URL})._"
    )


def test_each_article_is_named_once_in_the_order_of_the_answer() -> None:
    one, two = passage(url=URL), passage(id="b.md#1", title="Shipping")
    again = passage(id="refunds.md#2", heading="Else", url=URL)
    three = passage(id="c.md#1", title="Plans")
    assert (
        ENGLISH.source_of([one, two, again])
        == f"_This is from our articles [Refunds]({URL}) and “Shipping”._"
    )
    assert ENGLISH.source_of([one, again]) == f"_This is from our article [Refunds]({URL})._"
    assert ENGLISH.source_of([two, three, one]) == (
        f"_This is from our articles “Shipping”, “Plans” and [Refunds]({URL})._"
    )


def test_two_files_that_are_one_article_to_the_customer_are_named_once() -> None:
    assert ENGLISH.source_of([passage(url=URL), passage(id="copy.md#1", url=URL)]).count("Refunds") == 1


@pytest.mark.parametrize(
    "title",
    [
        "Refunds [draft](https://evil.example)",
        "a | b _c_ *d* `e` <b>f</b> & ~g~",
        "<@U123> <!channel> @everyone",
        "two\nlines\n# heading",
        "1. first",
        "]( https://evil.example )",
        "\\",
    ],
)
@pytest.mark.parametrize("url", [URL, "https://help.example.org/a_(b)_c", "https://help.example.org/a)b*c\\"])
def test_an_odd_title_or_address_is_shown_as_it_is_in_one_link(title: str, url: str) -> None:
    text = ENGLISH.source_of([passage(title=title, heading="", url=url)])
    [inline] = [token for token in MarkdownIt().parse(text) if token.type == "inline"]
    children = inline.children or []
    [link] = [token for token in children if token.type == "link_open"]
    assert str(link.attrs["href"]).startswith("https://help.example.org/")
    assert "".join(token.content for token in children) == (
        f"This is from our article {' '.join(title.split())}."
    )
    assert {token.type for token in children} == {
        *("em_open", "text", "link_open", "link_close", "em_close"),
        *(["text_special"] if any(token.type == "text_special" for token in children) else []),
    }


def test_a_title_that_is_too_long_is_cut_and_one_that_is_missing_is_the_files_name() -> None:
    assert len(ENGLISH.source_of([passage(title="word " * 1_000)])) < 250
    assert "“refunds.md”" in ENGLISH.source_of([passage(title="")])
    assert ENGLISH.see_also_of(passage(title="[x]", url=URL)) == f"_See also [\\[x\\]]({URL})._"
