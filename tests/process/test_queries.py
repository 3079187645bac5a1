"""`frontdesk ask` and `frontdesk search`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from core.phrases import ENGLISH
from tests.process.frontdesk import called
from tests.simulators.model import ModelSimulator


async def test_ask_answers_in_words(tmp_path: Path) -> None:
    code, out, err = await called(tmp_path, "ask", "I forgot my password")
    assert code == 0, err
    assert "reset link that works for 60 minutes" in out


async def test_ask_as_json_says_what_it_rests_on(tmp_path: Path) -> None:
    _, out, _ = await called(tmp_path, "ask", "--json", "I forgot my password")
    answer = json.loads(out)
    assert answer["action"] == "answer"
    assert answer["reason"] is None
    assert answer["sources"] == [{"article": "account/signing-in.md", "heading": "I forgot my password"}]
    assert answer["usage"]["calls"] == 0


async def test_ask_names_the_action_and_its_reason(tmp_path: Path) -> None:
    expected = {
        "Do you sell gift cards?": ("offer_human", "not_in_articles", ENGLISH.not_found),
        "I want to talk to a human": ("escalate", "asked_for_person", "support@sproutwell.example"),
        "hello": ("answer", None, ENGLISH.greeting),
    }
    stdin = "\n".join(json.dumps({"text": text}) for text in expected)
    _, out, _ = await called(tmp_path, "ask", "--batch", stdin=stdin)
    for line, (action, reason, reply) in zip(out.splitlines(), expected.values(), strict=True):
        answer = json.loads(line)
        assert (answer["action"], answer["reason"]) == (action, reason)
        assert reply in answer["reply"]


async def test_a_batch_is_answered_in_order_and_stores_no_words(tmp_path: Path) -> None:
    async with ModelSimulator() as model:
        model.replies("First.")
        model.replies("Second.", action="clarify")
        lines = [
            json.dumps({"text": "secret one"}),
            json.dumps(
                {
                    "text": "secret two",
                    "history": [
                        {"role": "user", "text": "before"},
                        {"role": "assistant", "text": "said before"},
                    ],
                }
            ),
        ]
        code, out, err = await called(
            tmp_path,
            "ask",
            "--batch",
            stdin="\n".join(lines),
            OPENAI_API_KEY=model.api_key,
            OPENAI_BASE_URL=model.base_url,
        )
        assert code == 0, err
        answers = [json.loads(line) for line in out.splitlines()]
        assert [(a["reply"], a["action"]) for a in answers] == [("First.", "answer"), ("Second.", "clarify")]
        assert all(a["usage"]["prompt_tokens"] > 0 for a in answers)
        assert [m["content"] for m in model.requests[1].messages[1:]] == [
            "before",
            "said before",
            "secret two",
        ]
    with sqlite3.connect(tmp_path / "data" / "frontdesk.db") as db:
        assert db.execute("SELECT count(*) FROM usage").fetchone() == (2,)
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (0,)
    assert b"secret" not in (tmp_path / "data" / "frontdesk.db").read_bytes()


async def test_a_bad_line_of_a_batch_gets_an_error_in_its_place(tmp_path: Path) -> None:
    stdin = '{"text": "hello"}\nnot json\n{"nothing": 1}\n\n{"text": "thanks"}\n'
    code, out, err = await called(tmp_path, "ask", "--batch", stdin=stdin)
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1, err
    assert lines[0]["reply"] == ENGLISH.greeting
    assert lines[1]["error"].startswith("line 2: ")
    assert lines[2]["error"].startswith("line 3: text")
    assert lines[3]["reply"] == ENGLISH.welcome


async def test_ask_wants_either_a_text_or_a_batch(tmp_path: Path) -> None:
    for arguments in [("ask",), ("ask", "--batch", "hello"), ("search",)]:
        code, _, err = await called(tmp_path, *arguments)
        assert code == 2
        assert "--batch" in err


async def test_search_marks_what_would_be_used(tmp_path: Path) -> None:
    code, out, _ = await called(tmp_path, "search", "I forgot my password", "--limit", "3")
    first, *_ = out.splitlines()
    assert code == 0
    assert first.startswith("* ")
    assert "account/signing-in.md  I forgot my password" in first
    assert out.count(".md ") + out.count(".txt ") + out.count(".html ") == 3
    assert "\nAnswerable: " in out


async def test_search_batch_understands_follow_ups(tmp_path: Path) -> None:
    lines = [
        json.dumps({"question": "I forgot my password"}),
        json.dumps(
            {
                "question": "and how long does it work?",
                "history": [{"role": "user", "text": "How do I get a password reset link?"}],
            }
        ),
    ]
    code, out, err = await called(tmp_path, "search", "--batch", stdin="\n".join(lines))
    assert code == 0, err
    for line in map(json.loads, out.splitlines()):
        assert line["results"][0]["article"] == "account/signing-in.md"
        assert {"article", "heading", "score"} <= line["results"][0].keys()
        assert 0 <= line["answerable"] <= 1
