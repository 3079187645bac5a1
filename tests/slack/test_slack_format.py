"""Slack's notation both ways, without Slack."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.slack_format import escape, from_slack, to_markdown, to_slack
from core.markdown import escape as escape_markdown

SAFE_LINK = re.compile(r"<(?:https?://|mailto:)[^\s<>|]+(?:\|[^<>]*)?>", re.IGNORECASE)

# Pieces that Slack or Markdown reads something into, mixed with any characters at all.
PIECES = st.sampled_from(
    [
        *"<!channel> <!here> <@U1> <#C1> <!subteam^S1> <https://a.example> <https://a.example|b>".split(),
        *"&lt;!here&gt; &amp;lt; < > | & * _ ~ ` ``` ~~~ [ ] ( ) ! # - 1. \\ <b> </b> <!-- -->".split(),
        *"[a](http://b.example) [a](<!here>) ![a](http://b.example/<@U1>) [<!here>](http://b.example)".split(),
        *"mailto:a@b.example http://a.example|b".split(),
        *[" ", "\n", "\n\n", "\n> ", "\n- ", "\n    "],
    ]
)
MARKDOWN = st.lists(PIECES | st.text(max_size=5)).map("".join)


# --- to Slack ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "mrkdwn"),
    [
        ("plain words", "plain words"),
        ("**bold** and *italic* and ~~gone~~", "*bold* and _italic_ and ~gone~"),
        ("[our page](https://shop.example/a?b=1&c=2)", "<https://shop.example/a?b=1&amp;c=2|our page>"),
        ("[write](mailto:help@shop.example)", "<mailto:help@shop.example|write>"),
        ("<https://shop.example>", "<https://shop.example|https://shop.example>"),
        ("# Refunds", "*Refunds*"),
        ("## **Refunds** and more\n\ntext", "*Refunds and more*\n\ntext"),
        ("1. one\n2. two", "1.  one\n2.  two"),
        ("- one\n- two", "•   one\n•   two"),
        ("run `a < b`", "run `a &lt; b`"),
        ("```python\nif a < b:\n    pass\n```", "```\nif a &lt; b:\n    pass\n```"),
        ("> quoted", "> quoted"),
        ("one\n\ntwo\nthree", "one\n\ntwo\nthree"),
        ("Tom & Jerry, 1 < 2 > 0", "Tom &amp; Jerry, 1 &lt; 2 &gt; 0"),
        ("![a cat](https://shop.example/cat.png)", "<https://shop.example/cat.png|a cat>"),
        ("**「注意」**を読む。", "*「注意」*\u200bを読む。"),
        ("これは**重要**です", "これは\u200b*重要*\u200bです"),
        ("次の**“保証”：**は~~無料~~。", "次の\u200b*“保証”：*\u200bは\u200b~無料~。"),
        ("un*frigging*believable, ***very***", "un\u200b_frigging_\u200bbelievable, _*very*_"),
        ("````md\n```py\nx\n```\n````", "```\n`\u200b`\u200b`py\nx\n`\u200b`\u200b`\n```"),
        ("https://x.example/~ada/_a_?b=1&c=2 _", "https://x.example/~ada/_a_?b=1&amp;c=2 _"),
        ("type ``a`b`` now", "type a`b now"),
        ("> " * 40 + "deep", "> " * 10 + "deep"),
        ("مرحبا 👩‍👩‍👧‍👦 :wave:", "مرحبا 👩‍👩‍👧‍👦 :wave:"),
    ],
)
def test_markdown_becomes_mrkdwn(markdown: str, mrkdwn: str) -> None:
    assert to_slack(markdown) == mrkdwn


@pytest.mark.parametrize(
    "ping", ["<!channel>", "<!here>", "<!everyone>", "<@U1>", "<#C1>", "<!subteam^S1>", "<!here|hello>"]
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "a {} b",
        "**{}**",
        "# {}",
        "- {}",
        "> {}",
        "`{}`",
        "```\n{}\n```",
        "    {}",
        "[{}](https://shop.example)",
        "![{}](https://shop.example)",
        "[a]({})",
        "[a](<{}>)",
        "[a](https://shop.example/{})",
        "| {} |\n|---|\n| {} |",
    ],
)
def test_no_ping_survives_wherever_it_stands(ping: str, around: str) -> None:
    # Slack reads a control sequence only between real angle brackets.
    assert "<" not in SAFE_LINK.sub("", to_slack(around.replace("{}", ping)))


def test_a_ping_hidden_in_entities_does_not_survive() -> None:
    assert to_slack("&lt;!here&gt; &#60;!here&#62;") == "&lt;!here&gt; &lt;!here&gt;"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "slack://open", "//a.example", "x"]
)
def test_only_links_to_the_web_and_to_mail_become_links(address: str) -> None:
    shown = to_slack(f"[words]({address})")
    assert "<" not in shown
    assert "words" in shown


def test_every_line_of_a_quotation_is_quoted() -> None:
    lines = to_slack("> one\n> two\n>\n> three").split("\n")
    assert [line.strip() for line in lines] == ["> one", "> two", ">", "> three"]


def test_a_picture_in_a_link_leaves_no_link_in_a_link() -> None:
    shown = to_slack("[![our logo](https://shop.example/logo.png)](https://shop.example)")
    assert "our logo" in shown
    assert "<" not in SAFE_LINK.sub("", shown)


@pytest.mark.parametrize("markdown", ["---", "***", "[page]: https://shop.example"])
def test_something_is_left_of_what_markdown_shows_as_no_text(markdown: str) -> None:
    # Slack refuses an empty post, and the customer would hear nothing.
    assert to_slack(markdown).strip()


@given(MARKDOWN)
def test_no_angle_bracket_is_left_but_those_of_safe_links(markdown: str) -> None:
    assert "<" not in SAFE_LINK.sub("", to_slack(markdown))


@given(MARKDOWN)
def test_every_ampersand_is_an_escape(markdown: str) -> None:
    assert not re.search(r"&(?!(?:amp|lt|gt);)", to_slack(markdown))


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=50))
def test_plain_words_are_left_alone(text: str) -> None:
    assert to_slack(text) == text


@given(MARKDOWN)
def test_what_slack_is_sent_it_shows_as_it_was(text: str) -> None:
    assert from_slack(escape(text), {}, "U0BOT").split() == text.split()


@pytest.mark.parametrize(
    "words",
    [
        "<!here> look",
        "[click](https://evil.example)",
        "# big",
        "> quoted",
        "- listed",
        "1. listed",
        "![x](https://e.example)",
    ],
)
def test_escaped_words_of_customers_are_shown_as_typed(words: str) -> None:
    assert to_slack(escape_markdown(words)) == escape(words)


@pytest.mark.parametrize("words", ["*bold*", "_italic_", "~gone~", "`code`", "```code```"])
def test_escaped_words_of_customers_get_no_emphasis_from_slack(words: str) -> None:
    """Slack's mrkdwn has no backslash: an invisible character has to keep the mark from its word."""
    shown = to_slack(escape_markdown(words))
    mark = words[0]
    assert not re.search(rf"(?<!\w){re.escape(mark)}\w[^\n]*\w{re.escape(mark)}(?!\w)", shown)


# --- from Slack --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("hello", "hello"),
        ("<@U0BOT> hello", "hello"),
        ("<@U0BOT|frontdesk> hello", "hello"),
        ("hello <@U0BOT>", "hello"),
        ("<@U0BOT>", ""),
        ("ask <@U2>", "ask @ben"),
        ("ask <@U2|benny>", "ask @benny"),
        ("ask <@U3>", "ask @U3"),
        ("in <#C1|help>", "in #help"),
        ("in <#C1>", "in #C1"),
        ("<!here> and <!channel>", "@here and @channel"),
        ("<!subteam^S1|@support>", "@support"),
        ("<!subteam^S1>", "@subteam"),
        ("<https://shop.example>", "https://shop.example"),
        ("<https://shop.example|https://shop.example>", "https://shop.example"),
        ("<https://shop.example|the shop>", "the shop (https://shop.example)"),
        ("<https://shop.example/?a=1&amp;b=2>", "https://shop.example/?a=1&b=2"),
        ("<mailto:a@shop.example|a@shop.example>", "a@shop.example"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt; is an escape", "&lt; is an escape"),
        ("&lt;@U0BOT&gt;", "<@U0BOT>"),
        ("one\n  two\n\nthree", "one\n  two\n\nthree"),
        ("  one  \n two  ", "one\n two"),
        ("", ""),
    ],
)
def test_what_slack_sends_becomes_plain_text(text: str, read: str) -> None:
    assert from_slack(text, {"U2": "ben"}, "U0BOT") == read


def test_a_date_is_read_as_the_words_that_stand_for_it() -> None:
    assert from_slack("until <!date^1392734382^{date_short}|18 Feb 2014>", {}, "U0BOT") == "until 18 Feb 2014"


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(from_slack(text, {}, "U0BOT"), str)


@pytest.mark.parametrize(
    ("mrkdwn", "markdown"),
    [
        ("*bold* and _italic_ and ~gone~", "**bold** and *italic* and ~~gone~~"),
        ("*_both_*", "***both***"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("`*code*` and ```*more*\n_code_```", "`*code*` and ```*more*\n_code_```"),
        ("* not a list of one", "* not a list of one"),
        ("*two words* here", "**two words** here"),
        ("", ""),
    ],
)
def test_emphasis_of_slack_becomes_markdown(mrkdwn: str, markdown: str) -> None:
    assert to_markdown(mrkdwn) == markdown


def test_emphasis_that_never_ends_takes_no_time() -> None:
    assert to_markdown("*_~a " * 3_000)
