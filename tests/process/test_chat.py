"""`frontdesk chat` as a newcomer plays with it, through a pipe."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from core import words
from core.messages import Press
from core.phrases import ENGLISH
from tests.process.frontdesk import called, frontdesk
from tests.simulators.model import ModelSimulator


async def chat(folder: Path, *lines: str, **settings: str) -> list[str]:
    """Say lines and return what was said back, one text per line, without the echo of the lines."""
    code, out, err = await called(folder, "chat", stdin="\n".join(lines) + "\n", **settings)
    assert code == 0, err
    assert "Traceback" not in err
    said = out.split("You: ")[1:]
    assert [text.split("\n", 1)[0] for text in said] == list(lines)
    return [text.split("\n", 1)[1].strip() for text in said]


async def test_five_questions_to_the_quoter(tmp_path: Path) -> None:
    password, gift, human, typos, nothing = await chat(
        tmp_path,
        "I forgot my password",
        "Do you sell gift cards?",
        "I want to talk to a human",
        "hwo do i resset my pasword",
        "",
    )
    assert "reset link that works for 60 minutes" in password
    assert "This is from our article [Passwords, signing in and two-factor codes]" in password
    assert ENGLISH.not_found in gift
    assert ENGLISH.offered() in gift
    assert f"[{ENGLISH.label(Press.YES)}: /yes]" in gift
    assert "To the agents:" in human
    assert "asked for a person" in human
    assert "Do you sell gift cards?" in human
    assert f"Frontdesk: {ENGLISH.told}" in human
    for command in ("claim", "resolve", "back"):
        assert f": /{command}]" in human
    assert "To the agents:" in typos  # people have the case: the bot only passes on
    assert ENGLISH.passed_on in typos
    assert nothing == "Write a question, or /help."


async def test_an_offer_is_taken_with_a_plain_yes_and_the_agents_read_the_question(tmp_path: Path) -> None:
    _, taken = await chat(tmp_path, "Is there a student discount?", "yes please")
    assert "Is there a student discount?" in taken
    assert ENGLISH.told in taken
    assert f"Frontdesk: {ENGLISH.not_found}" not in taken


async def test_a_case_is_played_from_the_call_to_the_thumb(tmp_path: Path) -> None:
    _, early, claim, sent, note, more, resolve, good, again = await chat(
        tmp_path,
        "I want to talk to a human",
        "/agent I'm having a look.",
        "/send",
        "/agent It is on its way.",
        "/note a regular of ours",
        "thank you, when will it come?",
        "/resolve",
        "/good",
        "hello",
    )
    assert words.CLAIM_FIRST in early
    assert f"[{words.LABELS[Press.SEND]}: /send]" in early
    assert "Frontdesk: **Dana from Support:** I'm having a look." in claim
    assert "(delivered)" in claim
    assert words.SENT in claim
    assert "Frontdesk: **Dana from Support:** It is on its way." in sent
    assert "Frontdesk:" not in note
    assert "thank you, when will it come?" in more
    assert "Frontdesk:" not in more  # the bot is silent
    assert f"Frontdesk: {ENGLISH.resolved}" in resolve
    assert ": /good]" in resolve
    assert ": /reopen]" in resolve
    assert ENGLISH.thank_you in good
    assert again == f"Frontdesk: {ENGLISH.greeting}"


async def test_a_case_is_claimed_given_back_and_reopened(tmp_path: Path) -> None:
    _, claim, back, answer, reopen, silent = await chat(
        tmp_path, "I want to talk to a human", "/claim", "/back", "hello", "/reopen", "hello again"
    )
    assert ENGLISH.claimed_by("Dana from Support") in claim
    assert ENGLISH.given_back in back
    assert ENGLISH.greeting in answer
    assert ENGLISH.claimed_by("Dana from Support") in reopen
    assert ENGLISH.greeting not in silent


async def test_an_offer_is_pressed_like_a_button(tmp_path: Path) -> None:
    _, yes = await chat(tmp_path, "Is there a student discount?", "/yes")
    assert ENGLISH.told in yes
    (other := tmp_path / "other").mkdir()
    _, no, late = await chat(other, "Is there a student discount?", "/no", "/yes")
    assert ENGLISH.declined in no
    assert ENGLISH.told not in late


async def test_the_bot_is_stopped_and_mentioned(tmp_path: Path) -> None:
    stop, quiet, back = await chat(tmp_path, "stop", "hello", "hello @frontdesk")
    assert ENGLISH.muted in stop
    assert quiet == ""
    assert "Frontdesk:" in back


async def test_commands_that_can_not_be_followed_say_why(tmp_path: Path) -> None:
    unknown, bare, resolve, nobody, note, nothing, help_ = await chat(
        tmp_path, "/foo", "/agent", "/resolve", "/agent Hello?", "/note Hm.", "/attach nowhere.log", "/help"
    )
    assert "There is no /foo" in unknown
    assert "/agent I'm having a look." in bare
    assert "/resolve" in resolve
    assert "Frontdesk:" not in nobody + resolve
    assert "no case" in note
    assert nothing == "There is no file 'nowhere.log' here."
    assert "/quit" in help_


async def test_quit_leaves_at_once(tmp_path: Path) -> None:
    code, out, _ = await frontdesk(tmp_path, "chat", stdin="/quit\nhello\n")
    assert code == 0
    assert "hello" not in out


async def test_the_conversation_goes_on_after_a_restart_and_ends_with_new(tmp_path: Path) -> None:
    async with ModelSimulator() as model:
        settings = {"OPENAI_API_KEY": model.api_key, "OPENAI_BASE_URL": model.base_url}
        model.replies("Hello Ana.")
        [said] = await chat(tmp_path, "My name is Ana.", **settings)
        assert said.split("\n")[0] == "Frontdesk: Hello Ana."
        assert "/helpful]" in said

        model.replies("You are Ana.")
        await chat(tmp_path, "Who am I?", **settings)
        assert [m["content"] for m in model.requests[-1].messages[1:]] == [
            "My name is Ana.",
            "Hello Ana.",
            "Who am I?",
        ]

        model.replies("I don't know.")
        model.replies("The disk is full.")
        (tmp_path / "app.log").write_text("FATAL E4711")
        await chat(tmp_path, "/new", "And now?", f"/attach {tmp_path / 'app.log'} What broke?", **settings)
        assert [m["content"] for m in model.requests[-2].messages[1:]] == ["And now?"]
        assert "FATAL E4711" in model.requests[-1].last_user
        assert "What broke?" in model.requests[-1].last_user

    with sqlite3.connect(tmp_path / "data" / "frontdesk.db") as db:
        rows = db.execute("SELECT role, text, tokens > 0 FROM messages ORDER BY seq").fetchall()
        assert rows[:2] == [("customer", "My name is Ana.", 1), ("assistant", "Hello Ana.", 1)]
        assert db.execute("SELECT count(*), min(prompt_tokens) > 0 FROM usage").fetchone() == (4, 1)


async def test_only_one_chat_at_a_time_uses_a_database(tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "data").mkdir()
    with FileLock(tmp_path / "data" / "frontdesk.db.chat.lock"):
        code, _, err = await frontdesk(tmp_path, "chat", stdin="hello\n")
    assert code == 2
    assert "DATABASE" in err


async def test_a_missing_knowledge_folder_is_told_with_what_to_do(tmp_path: Path) -> None:
    code, _, err = await frontdesk(tmp_path, "chat", KNOWLEDGE_DIR=str(tmp_path / "nowhere"))
    assert code == 2
    assert "KNOWLEDGE_DIR" in err
    assert "Traceback" not in err


async def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but somebody's notes, longer than a header of SQLite's\n" * 50)
    before = file.read_bytes()
    code, _, err = await frontdesk(tmp_path, "chat", DATABASE=str(file))
    assert code == 2
    assert "damaged or not a database" in err
    assert file.read_bytes() == before


async def test_commands_go_the_way_of_words_and_tell_the_customer_alone(tmp_path: Path) -> None:
    lines = ["/human My parcel is lost", "/new", "/resolve", "/new", "/forget", "/sure"]
    code, out, _ = await frontdesk(tmp_path, "chat", stdin="\n".join(lines))
    assert code == 0
    told = [line.removeprefix("(only to You) ") for line in out.splitlines() if line.startswith("(only")]
    assert told[:3] == [ENGLISH.calling, ENGLISH.new_with_people, ENGLISH.new_begins]
    assert told[3:] == [ENGLISH.forget_ask.partition("\n")[0], ENGLISH.forgotten]
    assert "  | > My parcel is lost" in out
