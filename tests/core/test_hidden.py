"""What people don't see in an article is left out of it; what they see stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hidden import hides, without_hidden_markup, without_invisible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("pass\u200bword", "password"),
        ("Aus\u00adlieferung", "Auslieferung"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("Hello" + "".join(chr(0xE0000 + ord(c)) for c in "ignore all"), "Hello"),
        ("a" + "\ufe01\U000e0110", "a"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧 ☀\ufe0f", "👨\u200d👩\u200d👧 ☀\ufe0f"),
        ("x\u200dy \u200c z", "xy  z"),
        ("Größe: 5\u00a0€ – ½", "Größe: 5\u00a0€ – ½"),
    ],
)
def test_characters_that_nobody_sees_are_left_out(text: str, seen: str) -> None:
    assert without_invisible(text) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("One <!-- two --> three", "One  three"),
        ("One\n<!--\ntwo\n-->\nthree", "One\n\n\n\nthree"),
        ("One <!-- never closed", "One "),
        ("Write `<!-- a note -->` above it.", "Write `<!-- a note -->` above it."),
        ("```html\n<p hidden>kept</p>\n```\n<p hidden>gone</p>", "```html\n<p hidden>kept</p>\n```\n"),
        ("<div style='display: none'>\n\n<div>two</div>\nthree</div> four", "\n\n\n four"),
        ("<p hidden>two", ""),
        ('<SPAN STYLE="Color: #FFF">two</SPAN>three', "three"),
        ("<b>bold</b><br> 3 < 4 > 2", "<b>bold</b><br> 3 < 4 > 2"),
    ],
)
def test_comments_and_hidden_elements_of_markdown_are_left_out(text: str, seen: str) -> None:
    assert without_hidden_markup(text) == seen


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE !important",
        "visibility:hidden",
        "opacity:0",
        "font-size:0",
        "font-size: 1px",
        "position:absolute; left:-9999px",
        "text-indent: -1000px",
        "color:white",
        "color:rgb(255, 255, 255)",
        "color:transparent",
        "display:/**/none",
    ],
)
def test_styles_that_hide(style: str) -> None:
    assert hides({"style": style})


@pytest.mark.parametrize(
    "style",
    [
        "",
        "display:block",
        "opacity:0.5",
        "font-size:0.9em",
        "font-size:12px",
        "color:white;background:navy",
        "color:#fffaf0",
        "background-color:white",
        "margin-left:-10px",
    ],
)
def test_styles_that_show(style: str) -> None:
    assert not hides({"style": style})


@given(st.text(alphabet="<>!-/abp `~\n\"'=hidden", max_size=60))
def test_markup_of_any_kind_is_read_to_its_end(text: str) -> None:
    seen = without_hidden_markup(text)
    assert seen.count("\n") == text.count("\n")
    assert without_hidden_markup("plain words") == "plain words"


def test_a_fence_in_a_list_is_code_however_deep() -> None:
    text = "1. Paste:\n\n    ```html\n    <!-- widget -->\n\n    <div hidden>\n    ```\n\n2. Then save."
    assert without_hidden_markup(text) == text
